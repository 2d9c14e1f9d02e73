"""Files of the app: announced, uploaded to an address of their own, completed, and then to be seen in blocks."""

import secrets
from dataclasses import dataclass, replace
from pathlib import Path

from opstream.playground.slack.wire import Json

LARGEST = 1_000_000
KINDS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


@dataclass(frozen=True, slots=True)
class File:
    """A file on its way, or there; `ticket` is the secret part of the address that it is uploaded to."""

    id: str
    name: str
    size: int
    ticket: str
    uploaded: bool = False
    title: str = ""

    @property
    def url(self) -> str:
        """Where the page finds it."""
        return f"/files/{self.id}"


class Files:
    """All files of a playground; what they hold lies in a folder and outlives a restart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, File] = {}

    def announce(self, name: str, size: int) -> File:
        """Return a new file that is still to be uploaded."""
        file = File(f"F0{secrets.token_hex(5).upper()}", name, size, secrets.token_urlsafe(24))
        self._known[file.id] = file
        return file

    def take(self, ticket: str, content: bytes) -> bool:
        """Keep what was uploaded; False for an address or a size that was not announced."""
        for file in self._known.values():
            if secrets.compare_digest(file.ticket, ticket) and len(content) == file.size:
                self._folder.mkdir(parents=True, exist_ok=True)
                (self._folder / file.id).write_bytes(content)
                self._known[file.id] = replace(file, uploaded=True)
                return True
        return False

    def complete(self, id: str, title: str) -> File | None:
        """Make an uploaded file one that blocks may show; None when it is not there."""
        file = self._known.get(id)
        if file is None or not file.uploaded:
            return None
        self._known[id] = replace(file, title=title or file.name, ticket=secrets.token_urlsafe(24))
        return self._known[id]

    def content(self, id: str) -> tuple[bytes, str] | None:
        """Return what a picture holds and its kind; None for what is no picture, or not there."""
        if not id.isalnum():
            return None
        try:
            content = (self._folder / id).read_bytes()
        except OSError:
            return None
        kind = next((kind for head, kind in KINDS.items() if content.startswith(head)), "")
        return (content, kind) if kind else None


def as_slack(file: File) -> Json:
    """Return a file as the Web API shows it."""
    return {"id": file.id, "title": file.title or file.name, "name": file.name, "size": file.size}
