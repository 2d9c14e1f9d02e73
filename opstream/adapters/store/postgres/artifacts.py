"""Large outputs in the database, so that every process has them; satisfies the port `Artifacts`."""

from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, func, literal_column
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from opstream.adapters.store.artifacts import id_of, none_of
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Writer
from opstream.adapters.store.statements import compiled
from opstream.adapters.store.tables import ArtifactRow, table
from opstream.adapters.store.times import stored

_ARTIFACTS = table(ArtifactRow)
_NOW: ColumnElement[int] = literal_column("(extract(epoch FROM now()) * 1000000)::bigint")
_KEEP = compiled(
    insert(_ARTIFACTS)
    .values(id=bindparam("id"), size=bindparam("size"), content=bindparam("content"), at=_NOW)
    .on_conflict_do_update(index_elements=["id"], set_={"at": _NOW})
)
_OLDER = (
    select(col(ArtifactRow.id))
    .where(col(ArtifactRow.at) < bindparam("before"))
    .limit(bindparam("most"))
)
_REMOVE = compiled(delete(_ARTIFACTS).where(_ARTIFACTS.c.id.in_(_OLDER)))


class PostgresArtifacts:
    """Rows by the hash of their bytes; never changed once they are there."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def put(self, content: bytes) -> str:
        """Keep some bytes durably and return their id; the same bytes have the same id."""
        row = {"id": id_of(content), "size": len(content), "content": content}
        await self._writer.execute(_KEEP, [row])
        return id_of(content)

    async def get(self, artifact_id: str) -> bytes:
        """Return the bytes.

        Raises:
            NotFound: there are none of that id.
        """
        query = select(ArtifactRow.content).where(ArtifactRow.id == artifact_id)
        found = await self._reader.read(lambda look: look.exec(query).first())
        if found is None:
            raise none_of(artifact_id)
        return found

    async def older(self, before: datetime) -> int:
        """Return how many were kept last before a moment."""
        condition = col(ArtifactRow.at) < stored(before)
        query = select(func.count()).select_from(ArtifactRow).where(condition)
        return await self._reader.read(lambda look: look.exec(query).one())

    async def remove_older(self, before: datetime, most: int) -> int:
        """Remove those that were kept last before a moment; return how many."""
        return await self._writer.execute(_REMOVE, [{"before": stored(before), "most": most}])
