"""Our messages; satisfies the port `PostingStore`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Writer
from opstream.adapters.store.statements import compiled
from opstream.adapters.store.tables import PostingRow, RunRow, table
from opstream.domain.conversation import Place, Posting

_RUNS = table(RunRow)
_CHANGING = ("run_id", "channel", "thread", "ts", "digest")
_new = insert(table(PostingRow)).values({name: bindparam(name) for name in ("key", *_CHANGING)})
_SAVE = compiled(
    _new.on_conflict_do_update(
        index_elements=["key"], set_={name: _new.excluded[name] for name in _CHANGING}
    )
)
_SHOWN = compiled(
    update(_RUNS)
    .where(_RUNS.c.id == bindparam("run"), _RUNS.c.shown_version < bindparam("shown"))
    .values(shown_version=bindparam("shown"), has_news=_RUNS.c.version > bindparam("shown"))
)


class SqlPostings:
    """Which of our messages stand where, and which runs they show as they are."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def of_run(self, run_id: str) -> Sequence[Posting]:
        """Return a run's postings, in the order in which they were intended."""
        query = select(PostingRow).where(PostingRow.run_id == run_id).order_by(col(PostingRow.id))
        return await self._reader.read(
            lambda session: [_posting(row) for row in session.exec(query)]
        )

    async def save(self, posting: Posting) -> None:
        """Insert or replace a posting by its key, durably; it keeps its place in the order."""
        await self._writer.execute(_SAVE, [_row(posting)])

    async def at(self, channel: str, ts: str) -> Posting | None:
        """Return our posting that stands in a channel at a `ts`, or None."""
        query = select(PostingRow).where(PostingRow.channel == channel, PostingRow.ts == ts)
        row = await self._reader.read(lambda session: session.exec(query).first())
        return _posting(row) if row else None

    async def run_of_thread(self, channel: str, thread: str) -> str | None:
        """Return the run one of whose messages is the root of a thread."""
        query = select(PostingRow.run_id).where(
            PostingRow.channel == channel, PostingRow.ts == thread
        )
        return await self._reader.read(lambda session: session.exec(query).first())

    async def unsettled(self) -> Sequence[str]:
        """Return ids of runs whose messages may not show their last state."""
        query = select(RunRow.id).where(col(RunRow.has_news)).order_by(RunRow.id)
        return await self._reader.read(lambda session: session.exec(query).all())

    async def shown(self, run_id: str, version: int) -> None:
        """Note that the messages of a run show it as of `version`; an older one changes nothing."""
        await self._writer.execute(_SHOWN, [{"run": run_id, "shown": version}])


def _row(posting: Posting) -> dict[str, Any]:
    return {
        "key": posting.key,
        "run_id": posting.run_id,
        "channel": posting.place.channel,
        "thread": posting.place.thread,
        "ts": posting.ts,
        "digest": posting.digest,
    }


def _posting(row: PostingRow) -> Posting:
    return Posting(row.key, row.run_id, Place(row.channel, row.thread), row.ts, row.digest)
