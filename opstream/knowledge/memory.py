"""What is kept of talks and of runs: written down as they end, each once."""

from collections.abc import Sequence
from datetime import datetime

from opstream.domain.conversation import Place
from opstream.domain.memory import Audience, Case, Entry, EntryKind
from opstream.domain.outcome import Outcome
from opstream.domain.person import Who
from opstream.domain.run import Run
from opstream.domain.workflow import Workflow
from opstream.knowledge import cases
from opstream.knowledge.compacting import matters
from opstream.knowledge.masking import Mask, masked
from opstream.knowledge.search import shown_in
from opstream.ports import MemoryStore

_MOST_EXCHANGES = 60
_LONGEST_EXCHANGE = 4_000
_TITLE = 120
_EARLIER = 60
_RUNS = frozenset({EntryKind.RUN})


class Memory:
    """Keeps conversations and runs.

    Args:
        mask: Takes secrets out of a text.
    """

    def __init__(self, store: MemoryStore, mask: Mask) -> None:
        self._store = store
        self._mask = mask

    async def note_exchange(
        self, place: Place, who: Who, said: str, answered: str, at: datetime
    ) -> Entry:
        """Add a question and its answer to what is remembered of a conversation.

        Of a long one the newest exchanges stay, and of the older ones those with names, numbers or
        decisions.

        Args:
            place: The thread, or a direct conversation.
            who: The person.
            said: What they said.
            answered: What was answered.
            at: When.
        """
        id = f"thread/{place.channel}/{place.thread or ''}"
        known = await self._store.get(id)
        spoken = f"{who.name}: {said.strip()}\nOpStream: {answered.strip()}"
        exchange = self._mask(spoken)[:_LONGEST_EXCHANGE]
        if known is not None and exchange in known.passages[-1:]:
            return known
        earlier = known.passages if known else ()
        title = known.title if known else self._mask(" ".join(said.split()))[:_TITLE]
        private = place.is_direct
        entry = Entry(
            id=id,
            kind=EntryKind.CONVERSATION,
            title=title or "Conversation",
            passages=_shortened((*earlier, exchange)),
            at=at,
            audience=Audience(
                person=who.id if private else "", channel="" if private else place.channel
            ),
            subjects=frozenset({f"{place.channel}/{place.thread or ''}", who.id})
            | (known.subjects if known else frozenset()),
            by=who.id if known is None else known.by,
        )
        await self._store.keep(entry, (), "")
        return entry

    async def note_run(self, workflow: Workflow, run: Run) -> bool:
        """Remember a run that ended, and of a failure before it what helped; False when it is known.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        entry = masked(cases.entry_of(workflow, run), self._mask)
        known = await self._store.get(entry.id)
        entry = cases.keeping_remedy(entry, known)
        if run.outcome is Outcome.SUCCEEDED:
            remedied = cases.remedied(entry, await self._of(workflow.id))
            if remedied is not None:
                await self._store.keep(remedied, (), "")
        if known is not None and _same(entry, known):
            return False
        await self._store.keep(entry, (), "")
        return True

    async def similar(self, workflow: Workflow, run: Run) -> Sequence[Case]:
        """Return earlier failures like that of a run, with what helped; () when none is like it.

        Only those are returned that everybody may see where the run stands.
        """
        if run.outcome is not Outcome.FAILED or run.ended_at is None:
            return ()
        entry = masked(cases.entry_of(workflow, run), self._mask)
        owner = run.by.id
        earlier = [one for one in await self._of(workflow.id) if shown_in(one, run.place, owner)]
        return cases.similar(entry, earlier)

    async def _of(self, workflow_id: str) -> Sequence[Entry]:
        return await self._store.about(cases.subject_of(workflow_id), _RUNS, _EARLIER)


def _same(entry: Entry, known: Entry) -> bool:
    return (entry.passages, entry.at, entry.title) == (known.passages, known.at, known.title)


def _shortened(exchanges: Sequence[str]) -> tuple[str, ...]:
    too_many = len(exchanges) - _MOST_EXCHANGES
    if too_many <= 0:
        return tuple(exchanges)
    dull = [at for at, one in enumerate(exchanges[:-10]) if not matters(one)]
    gone = set((dull + [at for at in range(len(exchanges)) if at not in dull])[:too_many])
    return tuple(one for at, one in enumerate(exchanges) if at not in gone)
