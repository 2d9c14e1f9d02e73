"""Large outputs as files named by the hash of their bytes; satisfies the port `Artifacts`."""

import asyncio
import os
import re
import secrets
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from opstream.errors import NotFound, StoreUnavailable

_ID = re.compile(r"[0-9a-f]{64}")


def id_of(content: bytes) -> str:
    """Return the id under which some bytes are kept."""
    return sha256(content).hexdigest()


def none_of(artifact_id: str) -> NotFound:
    """Return the complaint that there are no bytes of that id."""
    hint = "Large outputs are kept beside the database; was it brought back without them?"
    return NotFound("artifact", artifact_id, hint=hint)


class FileArtifacts:
    """Files below a folder, `<first two letters>/<hash>`; never changed once they are there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, content: bytes) -> str:
        """Keep some bytes durably and return their id; the same bytes have the same id.

        Raises:
            StoreUnavailable: the disk is full, or may not be written; nothing was written.
        """
        return await asyncio.to_thread(self._put, content)

    async def get(self, artifact_id: str) -> bytes:
        """Return the bytes.

        Raises:
            NotFound: there are none of that id.
        """
        if not _ID.fullmatch(artifact_id):
            raise none_of(artifact_id)
        try:
            return await asyncio.to_thread(self._path(artifact_id).read_bytes)
        except FileNotFoundError:
            raise none_of(artifact_id) from None

    async def older(self, before: datetime) -> int:
        """Return how many were kept last before a moment."""
        return len(await asyncio.to_thread(self._older, before))

    async def remove_older(self, before: datetime, most: int) -> int:
        """Remove those that were kept last before a moment; return how many."""
        return await asyncio.to_thread(self._remove_older, before, most)

    def _older(self, before: datetime) -> list[Path]:
        files = (file for file in self._folder.glob("??/*") if _ID.fullmatch(file.name))
        return [file for file in files if file.stat().st_mtime < before.timestamp()]

    def _remove_older(self, before: datetime, most: int) -> int:
        chosen = self._older(before)[:most]
        for file in chosen:
            file.unlink(missing_ok=True)
        return len(chosen)

    def _path(self, artifact_id: str) -> Path:
        return self._folder / artifact_id[:2] / artifact_id

    def _put(self, content: bytes) -> str:
        artifact_id = id_of(content)
        path = self._path(artifact_id)
        with suppress(FileNotFoundError):
            os.utime(path)  # it is in use again: its time begins anew
            return artifact_id
        unfinished = path.with_name(f".{secrets.token_hex(8)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_durably(unfinished, content)
            unfinished.replace(path)
            for folder in (path.parent, self._folder, self._folder.parent):
                _flush_folder(folder)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise StoreUnavailable(
                f"An output could not be kept in {self._folder} ({error.strerror}). Free some space "
                "and check that the folder may be written, then try again; nothing was written."
            ) from error
        return artifact_id


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Make a new name in a folder durable; where folders cannot be opened, the system sees to it."""
    if os.name == "nt":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
