"""How long data is kept, by kind: removed little by little, so that nobody waits for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from opstream.domain.person import Person, Role
from opstream.governance.guard import Deed, Guard
from opstream.ports import Clock, Kind, Retained

log = structlog.get_logger(__name__)

_LOOK = Deed("retention.looked", "see what would be removed", Role.ADMIN)
_NOW = Deed("retention.applied", "remove what is old", Role.ADMIN)
_BATCH = 200
_PAUSE = timedelta(seconds=2)
_ORDER = (Kind.RUNS, Kind.ARTIFACTS, Kind.DELIVERIES, Kind.USAGE, Kind.AUDIT)


@dataclass(frozen=True, slots=True)
class Periods:
    """How long each kind is kept; what is not named is kept for ever.

    Args:
        every: How often it is looked for what is too old.
    """

    by_kind: Mapping[Kind, timedelta] = field(default_factory=dict)
    every: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Outdated:
    """How much of a kind is, or was, too old.

    Args:
        kept_for: How long it is kept; None for ever.
    """

    kind: Kind
    kept_for: timedelta | None
    count: int


class Retention:
    """Removes what is too old; a ticker."""

    def __init__(self, store: Retained, periods: Periods, guard: Guard, clock: Clock) -> None:
        self._store = store
        self._periods = periods
        self._guard = guard
        self._clock = clock
        self._next_at: datetime | None = None

    async def next_at(self) -> datetime | None:
        """Return when it is looked again; None while everything is kept for ever."""
        if not self._periods.by_kind:
            return None
        if self._next_at is None:
            self._next_at = self._clock.now() + self._periods.every
        return self._next_at

    async def tick(self, now: datetime) -> None:
        """Remove a batch of each kind, and come back soon while there is more."""
        removed = {kind: await self._remove(kind, now) for kind in self._kinds()}
        more = any(count >= _BATCH for count in removed.values())
        self._next_at = now + (_PAUSE if more else self._periods.every)
        if any(removed.values()):
            log.info("data_removed", **{kind.value: count for kind, count in removed.items()})

    async def outdated(self, *, by: Person) -> Sequence[Outdated]:
        """Return how much of each kind is too old now.

        Raises:
            NotAllowed: the person is no admin.
        """
        await self._guard.require(by, _LOOK)
        now = self._clock.now()
        found = []
        for kind in _ORDER:
            kept_for = self._periods.by_kind.get(kind)
            count = await self._store.outdated(kind, now - kept_for) if kept_for else 0
            found.append(Outdated(kind, kept_for, count))
        return found

    async def apply(self, *, by: Person) -> Sequence[Outdated]:
        """Remove all that is too old, and return how much that was.

        Raises:
            NotAllowed: the person is no admin.
        """
        await self._guard.require(by, _NOW)
        now = self._clock.now()
        removed = []
        for kind in self._kinds():
            count = 0
            while batch := await self._remove(kind, now):
                count += batch
            removed.append(Outdated(kind, self._periods.by_kind[kind], count))
        return removed

    def _kinds(self) -> list[Kind]:
        return [kind for kind in _ORDER if kind in self._periods.by_kind]

    async def _remove(self, kind: Kind, now: datetime) -> int:
        return await self._store.remove(kind, now - self._periods.by_kind[kind], _BATCH, now)
