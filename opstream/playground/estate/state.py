"""The estate through time: what was set and which faults were on at any moment."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from opstream.playground.estate.faults import SMALL_POOL, FaultName
from opstream.playground.estate.spec import HEALTHY, ServiceName, Settings

_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
_TROUBLE_BEFORE_CREATION = timedelta(minutes=45)


@dataclass(frozen=True, slots=True)
class Epoch:
    """A stretch of time without a change; it lasts until the next one begins."""

    at: datetime
    settings: Mapping[ServiceName, Settings]
    faults: Mapping[FaultName, datetime]  # those that are on, and since when
    restarted: Mapping[ServiceName, datetime]

    def with_settings(self, service: ServiceName, settings: Settings) -> "Epoch":
        """Return this epoch with the settings of one service replaced."""
        return replace(self, settings={**self.settings, service: settings})

    def with_fault(self, fault: FaultName, *, active: bool) -> "Epoch":
        """Return this epoch with a fault on since its beginning, or off."""
        faults = {name: since for name, since in self.faults.items() if name != fault}
        if active:
            faults[fault] = self.faults.get(fault, self.at)
        return replace(self, faults=faults)


NORMAL = Epoch(at=_ALWAYS, settings=HEALTHY, faults={}, restarted={})
"""What measurements are compared with."""


@dataclass(frozen=True, slots=True)
class Estate:
    seed: int
    epochs: tuple[Epoch, ...]  # oldest first

    def at(self, moment: datetime) -> Epoch:
        """Return the epoch that held at a moment."""
        place = bisect_right(self.epochs, moment, key=lambda epoch: epoch.at)
        return self.epochs[max(place - 1, 0)]

    @property
    def latest(self) -> Epoch:
        """The epoch of the last change."""
        return self.epochs[-1]

    def followed_by(self, epoch: Epoch) -> "Estate":
        """Return the estate after one more change."""
        return replace(self, epochs=(*self.epochs, epoch))


def fresh_estate(created: datetime, seed: int) -> Estate:
    """Return an estate that got into trouble a little before it was first looked at."""
    trouble = replace(NORMAL, at=created - _TROUBLE_BEFORE_CREATION)
    small = replace(HEALTHY["checkout"], pool_size=SMALL_POOL)
    trouble = trouble.with_settings("checkout", small).with_fault("pool_too_small", active=True)
    return Estate(seed=seed, epochs=(NORMAL, trouble))
