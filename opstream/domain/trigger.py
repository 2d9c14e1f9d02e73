"""What starts a workflow besides a person."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from opstream.domain.values import Json


class Missed(StrEnum):
    """What becomes of times that passed while OpStream was down."""

    SKIP = "skip"
    ONCE = "once"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Times at which a workflow starts: those of a cron expression, or one date.

    Args:
        cron: Five fields, Sunday is 0; None when `at` is given.
        at: The only time; None when `cron` is given.
        timezone: IANA name; the cron expression is read in it.
        inputs: What the runs get; no templates, a schedule knows nothing else.
    """

    cron: str | None = None
    at: datetime | None = None
    timezone: str = "UTC"
    missed: Missed = Missed.ONCE
    inputs: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A POST to `/hooks/<name>`, signed by HMAC-SHA256.

    Args:
        secret: Name of the secret that signs; see the settings for where secrets stand.
        inputs: Template of the run's inputs; it sees `body` and `headers`.
    """

    name: str
    secret: str
    inputs: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji put on a message.

    Args:
        emoji: Name without colons.
        channel: Name or id; None means any channel that the bot is in.
        inputs: Template; it sees `text`, `channel`, `thread`, `by`, `link`.
    """

    emoji: str
    channel: str | None = None
    inputs: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChannelMessage:
    """A message of a person in a channel.

    Args:
        contains: Words that it must contain, in any case; empty means any message.
        inputs: As of `Reaction`.
    """

    channel: str
    contains: str = ""
    inputs: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An entry in the menu of a message; `inputs` as of `Reaction`."""

    title: str
    inputs: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AfterRun:
    """The end of another workflow's run.

    Args:
        outcomes: Which ends count: succeeded, failed, cancelled, denied.
        inputs: Template; it sees `run` (id, workflow, outcome, result, reason).
    """

    workflow: str
    outcomes: tuple[str, ...] = ("succeeded",)
    inputs: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OnSignal:
    """A measurement's breach that was pushed or found; `inputs` sees `signal`."""

    signal: str
    inputs: Json = field(default_factory=dict)


Trigger: TypeAlias = Schedule | Webhook | Reaction | ChannelMessage | Shortcut | AfterRun | OnSignal
