"""The encrypted store: tokens and the like, sealed before they reach the database.

The key comes from `OPSTREAM_KEY`, or stands in a file of its own beside the SQLite database, made at the
first use. Several keys, divided by commas, let one change it: the first seals, all of them open.
"""

import asyncio
import os
import secrets
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from opstream.adapters.store.sealed import SqlSealed
from opstream.errors import StoreUnavailable

if TYPE_CHECKING:  # it takes a tenth of a second to import, and few installs need it at once
    from cryptography.fernet import MultiFernet

FILE = "key"
_KEY_BYTES = 32
_HOW_TO_MAKE = (
    "`python -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'`"
)


class Vault:
    """Satisfies the port `Vault`.

    Args:
        sealed: Where the sealed texts stand.
        keys: What `OPSTREAM_KEY` says; '' when it says nothing.
        folder: Where a key of our own may stand; None where other machines could not read it.
    """

    def __init__(self, sealed: SqlSealed, keys: str, folder: Path | None) -> None:
        self._sealed = sealed
        self._keys = keys
        self._folder = folder
        self._seal: MultiFernet | None = None

    async def put(self, name: str, text: str) -> None:
        """Keep a text under a name, sealed and durably.

        Raises:
            StoreUnavailable: there is no key, or none that can be used.
        """
        seal = await self._opened()
        await self._sealed.save(name, seal.encrypt(text.encode()))

    async def get(self, name: str) -> str | None:
        """Return the text of a name, or None.

        Raises:
            StoreUnavailable: it was sealed with a key that is not here.
        """
        content = await self._sealed.load(name)
        if content is None:
            return None
        seal = await self._opened()
        from cryptography.fernet import InvalidToken

        try:
            return seal.decrypt(content).decode()
        except InvalidToken as error:
            raise StoreUnavailable(
                f"`{name}` in the encrypted store was sealed with another key. Set OPSTREAM_KEY to "
                "that key too (several are divided by commas), or link the account again."
            ) from error

    async def remove(self, name: str) -> bool:
        """Forget a text; False when there is none."""
        return await self._sealed.remove(name)

    async def names(self, prefix: str = "") -> Sequence[str]:
        """Return the names that begin with some letters, in order."""
        return await self._sealed.names(prefix)

    async def _opened(self) -> "MultiFernet":
        if self._seal is None:
            self._seal = await asyncio.to_thread(self._make)
        return self._seal

    def _make(self) -> "MultiFernet":
        from cryptography.fernet import Fernet, MultiFernet

        written = self._keys or self._own_key()
        keys = [one.strip() for one in written.split(",") if one.strip()]
        for key in keys:
            _check(key)
        return MultiFernet([Fernet(key) for key in keys])

    def _own_key(self) -> str:
        """Return the key of the file, made when there is none."""
        if self._folder is None:
            raise StoreUnavailable(
                "Something secret is to be kept, and there is no key for it. Set OPSTREAM_KEY to the "
                f"same key in every process; {_HOW_TO_MAKE} makes one."
            )
        path = self._folder / FILE
        try:
            return path.read_text().strip() or _written(path)
        except FileNotFoundError:
            return _written(path)
        except OSError as error:
            raise StoreUnavailable(
                f"The key file {path} cannot be read ({error.strerror}). Give the user that runs "
                "OpStream the right to, or set OPSTREAM_KEY."
            ) from error


def _written(path: Path) -> str:
    """Return a new key, durable before it is used, readable by its owner alone."""
    from cryptography.fernet import Fernet

    key = Fernet.generate_key().decode()
    draft = path.with_name(f"{FILE}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(key + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise StoreUnavailable(
            f"A key file cannot be written to {path} ({error.strerror}). Make room there, or set "
            "OPSTREAM_KEY."
        ) from error
    return key


def _check(key: str) -> None:
    try:
        size = len(urlsafe_b64decode(key.encode()))
    except (NotBase64, ValueError):
        size = 0
    if size != _KEY_BYTES:
        raise StoreUnavailable(
            f"OPSTREAM_KEY holds something that is no key: 32 bytes, in URL-safe Base64. "
            f"{_HOW_TO_MAKE} makes one."
        )
