"""What can happen in the workspace, past tense.

Everything that changes goes through one of these: the store writes it, the workspace takes it in, the pages show
it, and the app hears of it as far as its manifest subscribes to it.
"""

from dataclasses import dataclass
from typing import TypeAlias

from opstream.playground.slack.channels import Channel
from opstream.playground.slack.executions import Execution
from opstream.playground.slack.grants import Hook
from opstream.playground.slack.messages import Ephemeral, Message
from opstream.playground.slack.views import View
from opstream.playground.slack.wire import Json


@dataclass(frozen=True, slots=True)
class ChannelChanged:
    """A channel is new, or someone joined it."""

    channel: Channel


@dataclass(frozen=True, slots=True)
class MessagePosted:
    message: Message


@dataclass(frozen=True, slots=True)
class MessageChanged:
    """A message was edited, or reacted to."""

    message: Message
    previous: Message
    # Slack tells the app of edits with `message_changed`, of reactions with their own events.
    edited: bool = True


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    message: Message


@dataclass(frozen=True, slots=True)
class EphemeralPosted:
    """An ephemeral message was shown, or replaced under the same `ts`."""

    message: Ephemeral


@dataclass(frozen=True, slots=True)
class EphemeralDeleted:
    message: Ephemeral


@dataclass(frozen=True, slots=True)
class ViewOpened:
    """A modal was put on top of a person's stack."""

    view: View


@dataclass(frozen=True, slots=True)
class ViewUpdated:
    """A modal got new content. With `silent` only its values did, which the page knows already."""

    view: View
    silent: bool = False


@dataclass(frozen=True, slots=True)
class ViewClosed:
    view: View


@dataclass(frozen=True, slots=True)
class HomePublished:
    view: View


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """A person looks at a tab of the app's home: `home` or `messages`."""

    person: str
    tab: str


@dataclass(frozen=True, slots=True)
class Reacted:
    """An emoji was added to a message or taken away."""

    person: str
    name: str
    message: Message
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """A person has read a channel (or one thread in it) up to `ts`."""

    person: str
    channel: str
    thread_ts: str
    ts: str


@dataclass(frozen=True, slots=True)
class StatusSet:
    """The app says what it is doing in a thread; '' says that it is done."""

    channel: str
    thread_ts: str
    text: str


@dataclass(frozen=True, slots=True)
class SessionSet:
    """The app says whether it is at work in a thread; `stoppable` when it hears of Stop."""

    channel: str
    thread_ts: str
    at_work: bool
    stoppable: bool


@dataclass(frozen=True, slots=True)
class SessionStopped:
    """A person pressed Stop in a thread; `streams` are the messages that ended by that."""

    person: str
    channel: str
    thread_ts: str
    streams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PromptsOffered:
    """The app offers what to say to it in a conversation: a title, and titles with their messages."""

    channel: str
    title: str
    prompts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EntityOpened:
    """A person asks for the details of a Work Object that hangs below a message."""

    person: str
    trigger_id: str
    message: Message
    entity: Json


@dataclass(frozen=True, slots=True)
class EntityPresented:
    """The app shows a person the details of a Work Object, or says why there are none."""

    person: str
    entity: Json
    error: Json


@dataclass(frozen=True, slots=True)
class Snoozed:
    """A person wants no disturbance until a time; 0.0 means that they can be disturbed again."""

    person: str
    until: float


@dataclass(frozen=True, slots=True)
class HookChanged:
    """A `response_url` was given out, or used once."""

    hook: Hook


@dataclass(frozen=True, slots=True)
class StepExecuted:
    """A workflow of Workflow Builder came to a step of the app."""

    execution: Execution


@dataclass(frozen=True, slots=True)
class StepEnded:
    """The app said how a step ended."""

    execution: Execution


Happening: TypeAlias = (
    ChannelChanged
    | MessagePosted
    | MessageChanged
    | MessageDeleted
    | EphemeralPosted
    | EphemeralDeleted
    | ViewOpened
    | ViewUpdated
    | ViewClosed
    | HomePublished
    | HomeOpened
    | Reacted
    | Read
    | StatusSet
    | SessionSet
    | SessionStopped
    | PromptsOffered
    | EntityOpened
    | EntityPresented
    | Snoozed
    | HookChanged
    | StepExecuted
    | StepEnded
)
