"""What people should hear, and how they want to hear it."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from opstream.domain.conversation import Place


class NoticeKind(StrEnum):
    """What a notice is about."""

    STARTED = "started"
    MILESTONE = "milestone"
    COMPLETED = "completed"
    FAILED = "failed"
    APPROVAL = "approval"
    ESCALATION = "escalation"
    SCHEDULE = "schedule"
    TROUBLE = "trouble"


class Severity(StrEnum):
    """How much it matters; what is critical breaks through everything."""

    NORMAL = "normal"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that people should hear.

    Args:
        key: Unique, such as `run-4f7k2q9d/completed/1`: the same key twice is heard once.
        text: What there is to say, in full sentences; plain text.
        subject: What it is about, in a few words, such as the title of a workflow.
        run: Id of the run that it is about, or ''; whoever watches that run hears it, too.
        place: The thread or channel that it belongs to: where its button leads, and where whoever
            chose threads hears it.
        persons: Ids of whom it concerns.
        channels: Ids or `#names` of channels that hear it; without persons, watchers and channels it goes
            to the default channel, and what is critical to the critical one in any case.
        origin: Id of who caused it, who need not be told; or ''.
    """

    key: str
    kind: NoticeKind
    text: str
    subject: str = ""
    severity: Severity = Severity.NORMAL
    run: str = ""
    place: Place | None = None
    persons: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    origin: str = ""

    @property
    def is_critical(self) -> bool:
        """Whether it breaks through everything."""
        return self.severity is Severity.CRITICAL


class Where(StrEnum):
    """Where in Slack somebody hears of things."""

    DIRECT = "direct"
    THREAD = "thread"
    CHANNEL = "channel"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A stretch of every day; it runs past midnight when `end` is before `start`."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Frequency:
    """At most `count` notices within any stretch of length `per`."""

    count: int
    per: timedelta

    def __str__(self) -> str:
        named = {one: name for name, one in PER.items()}
        return f"{self.count}/{named.get(self.per, self.per)}"


PER = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*(?:-|\u2013|to)\s*(\d{1,2}):(\d{2})")
_RATE = re.compile(r"(\d{1,4})\s*(?:/|per\s)\s*(second|minute|hour|day)s?")
ALL_KINDS = tuple(NoticeKind)


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a person or a channel wants to hear of things.

    Args:
        kinds: What to hear of; what is critical is heard in any case.
        where: Where in Slack.
        outside: Names of channels beyond Slack that hear it, too.
        quiet: Hours in which only what is critical comes through, or None.
        timezone: The time zone of these hours.
        frequency: How many at most, or None for any number.
        digest: So long what is not critical is gathered for one message, or None.
        follows_do_not_disturb: Whether direct messages wait for the end of the chat's own pause.
    """

    kinds: tuple[NoticeKind, ...] = ALL_KINDS
    where: Where = Where.DIRECT
    outside: tuple[str, ...] = ()
    quiet: QuietHours | None = None
    timezone: str = "UTC"
    frequency: Frequency | None = None
    digest: timedelta | None = None
    follows_do_not_disturb: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """Where one notice goes: somebody or some channel in Slack, or a channel beyond it by its name.

    Args:
        owner: Id of the person or channel whose preferences count.
        place: Where in Slack it is posted; None beyond Slack.
        outside: Name of the channel beyond Slack; '' in Slack.
        run: Id of the run in whose thread it is posted, wherever that stands; '' for just the place.
    """

    owner: str
    place: Place | None = None
    outside: str = ""
    run: str = ""

    @property
    def id(self) -> str:
        """What tells targets apart; a channel beyond Slack is the same for everybody."""
        if self.place is None:
            return f"outside:{self.outside}"
        return f"{self.owner}>{self.place.channel}>{self.place.thread or self.run}"


class Standing(StrEnum):
    """What became of a notice on its way to one target."""

    HELD = "held"
    DIGEST = "digest"
    SENT = "sent"
    DROPPED = "dropped"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A notice on its way to one target.

    Args:
        at: When the notice came.
        due_at: When it is to be sent, or looked at again.
        tries: How often sending it was begun.
        why: Why it stands as it does, as a sentence.
    """

    notice: Notice
    target: Target
    standing: Standing
    at: datetime
    due_at: datetime
    tries: int = 0
    why: str = ""


def parse_quiet_hours(text: str) -> QuietHours | None:
    """Return quiet hours such as `22:00-08:00`; None when the text says none."""
    found = _HOURS.fullmatch(text.strip().lower())
    if found is None:
        return None
    numbers = [int(one) for one in found.groups()]
    if numbers[0] > 23 or numbers[2] > 23 or numbers[1] > 59 or numbers[3] > 59:
        return None
    hours = QuietHours(time(numbers[0], numbers[1]), time(numbers[2], numbers[3]))
    return None if hours.start == hours.end else hours


def parse_frequency(text: str) -> Frequency | None:
    """Return a rate such as `1/hour` or `10 per day`; None when the text says none."""
    found = _RATE.fullmatch(text.strip().lower())
    if found is None or not int(found[1]):
        return None
    return Frequency(int(found[1]), PER[found[2]])
