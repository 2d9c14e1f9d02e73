"""What memory does by itself: measures what is new, and lets go of what is old; both are tickers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from opstream.domain.memory import EntryKind
from opstream.errors import OperationFailed
from opstream.knowledge.search import Search
from opstream.ports import Clock, MemoryStore

log = structlog.get_logger(__name__)
_SOME = 16
_BATCH = 200
_PAUSE = timedelta(seconds=0.1)
_AFTER_FAILURE = timedelta(minutes=2)


class Measuring:
    """Measures the meaning of entries that were kept without; until then words find them."""

    def __init__(self, search: Search, clock: Clock) -> None:
        self._search = search
        self._clock = clock
        self._not_before: datetime | None = None

    async def next_at(self) -> datetime | None:
        """Return when it has something to do; None while all is measured."""
        if not await self._search.waits():
            return None
        return self._not_before or self._clock.now()

    async def tick(self, now: datetime) -> None:
        """Measure some entries; after a failure wait for a while."""
        try:
            await self._search.measure_some(_SOME)
            self._not_before = now + _PAUSE
        except OperationFailed as error:
            log.warning("meaning_not_measured", measure=self._search.measure, error=str(error))
            self._not_before = now + _AFTER_FAILURE


@dataclass(frozen=True, slots=True)
class Spans:
    """How long entries are kept, by kind; what is not named is kept for ever."""

    by_kind: Mapping[EntryKind, timedelta] = field(default_factory=dict)
    every: timedelta = timedelta(hours=6)


class Fading:
    """Removes entries that were kept for long enough, a few at a time."""

    def __init__(self, store: MemoryStore, spans: Spans, clock: Clock) -> None:
        self._store = store
        self._spans = spans
        self._clock = clock
        self._next_at: datetime | None = None

    async def next_at(self) -> datetime | None:
        """Return when it is looked again; None while everything is kept for ever."""
        if not self._spans.by_kind:
            return None
        if self._next_at is None:
            self._next_at = self._clock.now() + self._spans.every
        return self._next_at

    async def tick(self, now: datetime) -> None:
        """Remove some entries of each kind, and come back soon while there are more."""
        removed = {
            kind: await self._store.outdated(kind, now - span, _BATCH)
            for kind, span in self._spans.by_kind.items()
        }
        more = any(count >= _BATCH for count in removed.values())
        self._next_at = now + (_PAUSE if more else self._spans.every)
        if any(removed.values()):
            log.info("memory_faded", **{kind.value: count for kind, count in removed.items()})
