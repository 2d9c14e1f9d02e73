"""Large outputs in the database, so that every process has them; satisfies the port `Artifacts`."""

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select

from opstream.adapters.store.artifacts import id_of, none_of
from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Writer
from opstream.adapters.store.statements import compiled
from opstream.adapters.store.tables import ArtifactRow, table

_KEEP = compiled(insert(table(ArtifactRow)).on_conflict_do_nothing())


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
