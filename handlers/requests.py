"""What people do in Slack, as small typed requests. Everything in them is a claim, not yet a fact."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from opstream.domain.conversation import Place
from opstream.domain.values import Json


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever did something in Slack."""

    id: str
    name: str = ""
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Carried:
    """What a button or form carries."""

    run: str = ""
    step: str = ""
    revision: int = 0
    workflow: str = ""
    inputs: Mapping[str, Json] = field(default_factory=dict)
    place: Place | None = None
    request: str = ""
    list: str = ""
    offset: int = 0
    words: str = ""
    verb: str = ""
    draft: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command; `name` is without the slash, `text` has ids where Slack had mentions."""

    asker: Asker
    name: str
    text: str
    place: Place
    trigger_id: str
    response_url: str


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button; `place` is None on Home and in a form."""

    asker: Asker
    action_id: str
    carried: Carried
    place: Place | None
    trigger_id: str
    response_url: str
    key: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A submitted form; `values` by block id, None for what was left empty."""

    asker: Asker
    carried: Carried
    values: Mapping[str, str | None]
    key: str


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that a person said; `place` has a thread only when it was said in one.

    Args:
        addressed: It begins with a mention, so it is for whoever is mentioned.
    """

    asker: Asker
    text: str
    place: Place
    ts: str
    addressed: bool = False

    @property
    def answer_place(self) -> Place:
        """Where an answer belongs: in the thread, in a channel always in one."""
        return (
            self.place
            if self.place.is_direct
            else Place(self.place.channel, self.place.thread or self.ts)
        )


@dataclass(frozen=True, slots=True)
class Reacted:
    """An emoji that somebody put on the message `ts` of a channel."""

    asker: Asker
    emoji: str
    place: Place
    ts: str
    key: str


@dataclass(frozen=True, slots=True)
class Called:
    """A shortcut used on the message `ts` of a channel; `text` is what the message says."""

    asker: Asker
    text: str
    place: Place
    ts: str
    trigger_id: str
    response_url: str


@dataclass(frozen=True, slots=True)
class Execution:
    """A step of Slack's Workflow Builder that is ours to carry out.

    Args:
        inputs: As they would be typed: `service=checkout duration=2m`.
    """

    id: str
    workflow: str
    inputs: str
    channel: str
