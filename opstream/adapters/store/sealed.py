"""Sealed texts by name; what is in them is for whoever has the key (see `adapters/vault.py`)."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Writer
from opstream.adapters.store.statements import compiled
from opstream.adapters.store.tables import table
from opstream.adapters.store.tables_of_people import SealedRow

_SEALED = table(SealedRow)
_new = insert(_SEALED)
_SAVE = compiled(
    _new.on_conflict_do_update(index_elements=["name"], set_={"content": _new.excluded.content})
)
_REMOVE = compiled(delete(_SEALED).where(_SEALED.c.name == bindparam("which")))


class SqlSealed:
    """Bytes that only the holder of a key can read."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def save(self, name: str, content: bytes) -> None:
        """Insert or replace one, durably."""
        await self._writer.execute(_SAVE, [{"name": name, "content": content}])

    async def load(self, name: str) -> bytes | None:
        """Return one, or None when there is none."""
        query = select(SealedRow.content).where(SealedRow.name == name)
        return await self._reader.read(lambda look: look.exec(query).first())

    async def remove(self, name: str) -> bool:
        """Take one out; False when there is none."""
        return await self._writer.execute(_REMOVE, [{"which": name}]) == 1

    async def names(self, prefix: str) -> Sequence[str]:
        """Return the names that begin with some letters, in order."""
        name = col(SealedRow.name)
        query = select(SealedRow.name).where(name.startswith(prefix, autoescape=True))
        return await self._reader.read(lambda look: sorted(look.exec(query)))
