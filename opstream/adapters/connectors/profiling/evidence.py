"""What was measured of a service, as typed data: metrics, traces, logs, targets and settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric over time; percentages are 0 to 100 whatever the tool gave.

    Args:
        points: Time and value of each period, oldest first; may be empty.
    """

    name: str
    unit: str
    points: tuple[tuple[datetime | None, float], ...]
    mean: float
    highest: float
    last: float

    @property
    def values(self) -> tuple[float, ...]:
        """The values alone, oldest first."""
        return tuple(value for _, value in self.points)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a request; `share` is of the mean request, 0 to 1."""

    service: str
    operation: str
    kind: str  # self, wait, call
    mean_ms: float
    p99_ms: float
    share: float


@dataclass(frozen=True, slots=True)
class Pattern:
    """Log lines that are alike."""

    level: str
    template: str
    count: int
    share: float
    first: datetime | None
    last: datetime | None

    @property
    def is_error(self) -> bool:
        """Whether these lines tell of failures."""
        return self.level.upper() in ("ERROR", "CRITICAL", "FATAL")


@dataclass(frozen=True, slots=True)
class Target:
    """A promise about a service, and how it is kept.

    Args:
        target: What was promised; None when the tool says only whether it is met.
        actual: What was measured; None as well.
    """

    service: str
    name: str
    objective: str
    target: float | None
    actual: float | None
    unit: str
    met: bool
    burn_rate: float | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """How a service is set up now; None where the tool does not say."""

    service: str
    replicas: int | None = None
    pool_size: int | None = None
    timeout_seconds: float | None = None
    version: str = ""
    previous_version: str = ""
    healthy: bool | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of a service; every part may be missing.

    Args:
        remedies: Which changes can be made, by what they are called; None when nobody said so.
    """

    service: str
    metrics: Mapping[str, Measure] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()
    traces: int = 0
    patterns: tuple[Pattern, ...] = ()
    log_lines: int = 0
    targets: tuple[Target, ...] = ()
    settings: Mapping[str, Setting] = field(default_factory=dict)
    remedies: frozenset[str] | None = None

    @property
    def setting(self) -> Setting:
        """How the service itself is set up."""
        return self.settings.get(self.service, Setting(self.service))

    @property
    def own_targets(self) -> tuple[Target, ...]:
        """The promises about the service itself."""
        return tuple(one for one in self.targets if one.service in ("", self.service))

    @property
    def missed(self) -> tuple[Target, ...]:
        """The promises about the service that are broken."""
        return tuple(one for one in self.own_targets if not one.met)

    def unwell(self, service: str) -> bool:
        """Return whether another service is known to be in trouble of its own."""
        setting = self.settings.get(service)
        if setting is not None and setting.healthy is False:
            return True
        return any(one.service == service and not one.met for one in self.targets)
