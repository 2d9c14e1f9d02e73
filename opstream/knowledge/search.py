"""Finds what is remembered, by words and by meaning, for whoever may see it."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from opstream.domain.audience import standing
from opstream.domain.conversation import Place
from opstream.domain.memory import Entry, EntryKind, Hit
from opstream.domain.person import Person, Sight
from opstream.domain.prompt import Vector
from opstream.errors import OperationFailed
from opstream.ports import Embedder, MemoryStore, Question

log = structlog.get_logger(__name__)
_QUESTION_LENGTH = 2_000


class Search:
    """Asks the store, with the meaning of the question where it can be measured.

    Args:
        embedder: Measures meaning; None leaves it at words.
        trust: How much it counts beside the words; 1 is as much.
        alike: How alike, from 0 to 1, what only meaning finds has to be.
    """

    def __init__(
        self,
        store: MemoryStore,
        embedder: Embedder | None,
        trust: float = 1.0,
        alike: float = 0.0,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._trust = trust
        self._alike = alike

    @property
    def measure(self) -> str:
        """The name of the measure, '' without one."""
        return self._embedder.name if self._embedder else ""

    async def find(
        self,
        text: str,
        *,
        seen_by: Person,
        kinds: frozenset[EntryKind] = frozenset(),
        subject: str = "",
        limit: int = 5,
    ) -> Sequence[Hit]:
        """Return the passages that fit a question best, best first, at most one of an entry.

        Args:
            text: The question.
            seen_by: For whom; see `audience_of`.
            kinds: Only these; empty means all.
            subject: Only what is about this; '' for all.
            limit: How many at most.
        """
        asked = text[:_QUESTION_LENGTH]
        found = await self._meaning(asked)
        vector = found[0] if found else None
        measure = self.measure if vector is not None else ""
        return await self._store.find(
            Question(
                asked, vector, measure, seen_by, kinds, subject, limit, self._trust, self._alike
            )
        )

    async def measure_some(self, most: int) -> int:
        """Measure the meaning of entries that have none yet; return how many were.

        Raises:
            OperationFailed: it cannot be measured now.
        """
        if self._embedder is None:
            return 0
        todo = await self._store.unmeasured(self.measure, most)
        for entry in todo:
            texts = [f"{entry.title}\n{one}" for one in entry.passages]
            vectors = await self._embedder.embed(texts) if texts else ()
            if await self._store.get(entry.id) == entry:  # else somebody changed it meanwhile
                await self._store.keep(entry, vectors, self.measure)
        return len(todo)

    async def waits(self) -> bool:
        """Return whether the meaning of something has still to be measured."""
        return bool(self.measure and await self._store.unmeasured(self.measure, 1))

    async def _meaning(self, question: str) -> Sequence[Vector]:
        if self._embedder is None or not question.strip():
            return ()
        try:
            return await self._embedder.embed([question], question=True)
        except OperationFailed as error:
            log.warning("meaning_not_measured", measure=self.measure, error=str(error))
            return ()


def audience_of(by: Person, place: Place | None) -> Person:
    """Return for whom an answer is that is given in a place: in a channel, for all who read there.

    What only the person may see is told to them alone; of private channels, only what was said in the
    very one.
    """
    if place is None or place.is_direct:
        return by
    sight = by.sight or Sight(place.workspace)
    hidden = (sight.hidden | sight.private) - {place.channel}
    return replace(by, id="", sight=Sight(sight.workspace, hidden))


def sees(person: Person, entry: Entry) -> bool:
    """Return whether a person may see an entry."""
    return standing(entry.audience, entry.by).seen_by(person)


def shown_in(entry: Entry, place: Place | None, owner: str) -> bool:
    """Return whether an entry may be shown in a place where nobody in particular asks.

    Args:
        owner: Who is in a direct conversation.
    """
    if entry.audience.everyone and (place is None or not place.workspace):
        return True
    if place is None:
        return False
    if place.is_direct:
        return bool(owner) and entry.audience.person == owner
    return entry.audience.channel == place.channel
