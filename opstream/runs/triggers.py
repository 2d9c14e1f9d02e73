"""What starts workflows besides people and times: things in the chat, and signals.

A trigger's template of inputs is worked out over what happened. Each start has a key made of the delivery
and the workflow, so that a delivery that comes twice starts one run. Where several workflows listen, one
that cannot start does not keep the others from it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import structlog

from opstream.definitions.catalog import Catalog
from opstream.domain.conversation import Place
from opstream.domain.person import Person
from opstream.domain.run import Run
from opstream.domain.trigger import ChannelMessage, OnSignal, Reaction, Shortcut
from opstream.domain.values import Json, JsonObject
from opstream.domain.workflow import Workflow
from opstream.engine import expressions
from opstream.errors import BadInput, OpStreamError, StoreUnavailable
from opstream.runs import senders
from opstream.runs.starting import Starter

log = structlog.get_logger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Message:
    """A message in a channel, as triggers see it.

    Args:
        channel: The chat tool's id of the channel.
        ts: What tells it from all others in the channel.
        thread: The `ts` of the message that it replies to, or None.
        name: Of the channel, without `#`; empty when unknown.
        link: An address that opens it.
        by_bot: Whether a bot wrote it.
    """

    channel: str
    ts: str
    text: str = ""
    thread: str | None = None
    name: str = ""
    link: str = ""
    by_bot: bool = False

    def is_in(self, channel: str) -> bool:
        """Return whether it stands in a channel that is given by its name or id."""
        return channel.lstrip("#").lower() in {self.channel.lower(), self.name.lower()} - {""}


@dataclass(frozen=True, slots=True)
class Listening:
    """What in the chat starts something, so that an edge can pass over the rest.

    Args:
        emojis: Names of reactions.
        messages: Whether any channel is listened to.
        shortcuts: Titles of entries in the menu of a message.
    """

    emojis: frozenset[str] = frozenset()
    messages: bool = False
    shortcuts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """What came of something that may start workflows.

    Args:
        runs: Those that it started, or had started before.
        refused: Why others did not start.
    """

    runs: tuple[Run, ...] = ()
    refused: tuple[OpStreamError, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """One start that a trigger asks for.

    Args:
        inputs: The trigger's template of inputs.
        seen: What the template sees.
        key: Of what happened; the same one starts the workflow once.
        by: In whose name it starts.
        words: What happened, for people.
    """

    workflow: Workflow
    inputs: Json
    seen: JsonObject
    key: str
    by: Person
    words: str
    place: Place | None = None


class Triggers:
    """Starts what waits for something to happen."""

    def __init__(self, catalog: Catalog, starter: Starter) -> None:
        self._catalog = catalog
        self._starter = starter

    def triggers_of_chat(self) -> Listening:
        """Return what in the chat starts something."""
        return Listening(
            frozenset(one.emoji for _, one in self.waiting(Reaction)),
            any(True for _ in self.waiting(ChannelMessage)),
            tuple(dict.fromkeys(one.title for _, one in self.waiting(Shortcut))),
        )

    async def reacted(self, emoji: str, message: Message, *, by: Person, key: str) -> Started:
        """Start what a reaction starts, as the person who reacted.

        Args:
            emoji: Its name, without colons; a skin tone does not count.
            message: What the emoji was put on.
            by: Who put it there; a bot starts nothing.
            key: Of the delivery.
        """
        name = emoji.strip(":").partition("::")[0]
        return await self._in_chat(
            Reaction,
            lambda one: one.emoji == name and (one.channel is None or message.is_in(one.channel)),
            (message, by, key, f"the reaction :{name}:"),
        )

    async def said(self, message: Message, *, by: Person, key: str) -> Started:
        """Start what a message of a person in a channel starts, as that person."""
        if message.by_bot:
            return Started()
        text = message.text.lower()
        return await self._in_chat(
            ChannelMessage,
            lambda one: message.is_in(one.channel) and one.contains.lower() in text,
            (message, by, key, "a message in the channel"),
        )

    async def shortcut(self, title: str, message: Message, *, by: Person, key: str) -> Started:
        """Start what an entry in the menu of a message starts, as the person who chose it."""
        return await self._in_chat(
            Shortcut, lambda one: one.title == title, (message, by, key, f"“{title}”")
        )

    async def signal(self, name: str, body: Json, *, key: str) -> Started:
        """Start what a signal starts.

        Args:
            name: Of the signal.
            body: What it tells; templates see its keys, and `name`, in `signal`. What has no keys is
                `signal.value`.
            key: Of this breach; the same one starts each workflow once.
        """
        told = body if isinstance(body, Mapping) else {"value": body}
        seen: JsonObject = {"signal": {**told, "name": name}}
        by, words = senders.signal(name), f"the signal `{name}`"
        return await self.start_all(
            Wanted(workflow, one.inputs, seen, f"signal:{key}", by, words)
            for workflow, one in self.waiting(OnSignal)
            if one.signal == name
        )

    async def _in_chat(
        self,
        kind: type[T],
        fits: Callable[[T], bool],
        happened: tuple[Message, Person, str, str],
    ) -> Started:
        message, by, key, words = happened
        if by.is_bot:
            return Started()
        seen: JsonObject = {
            "text": message.text,
            "channel": message.channel,
            "thread": message.thread or message.ts,
            "by": by.id,
            "link": message.link,
        }
        place = Place(message.channel, message.thread or message.ts)
        return await self.start_all(
            Wanted(workflow, one.inputs, seen, f"chat:{key}", by, words, place)  # type: ignore[attr-defined]  # each kind has inputs
            for workflow, one in self.waiting(kind)
            if fits(one)
        )

    def waiting(self, kind: type[T]) -> Iterator[tuple[Workflow, T]]:
        """Yield the triggers of a kind, each with its workflow."""
        for workflow in self._catalog.listed():
            for one in workflow.triggers:
                if isinstance(one, kind):
                    yield workflow, one

    async def start_all(self, wanted: Iterable[Wanted]) -> Started:
        """Start some workflows; one that cannot start does not keep the others from it.

        Raises:
            StoreUnavailable: the database does not answer; the same call again starts the rest.
        """
        runs: dict[str, Run] = {}
        refused: list[OpStreamError] = []
        for one in wanted:
            try:
                run = await self._start(one)
            except StoreUnavailable:
                raise
            except OpStreamError as error:
                log.info("trigger_refused", workflow=one.workflow.id, reason=str(error))
                refused.append(error)
            else:
                runs[run.id] = run
        return Started(tuple(runs.values()), tuple(refused))

    async def _start(self, wanted: Wanted) -> Run:
        return await self._starter.start(
            wanted.workflow.id,
            inputs_from(wanted.inputs, wanted.seen),
            by=wanted.by,
            place=wanted.place,
            request_key=f"{wanted.key}:{wanted.workflow.id}",
            trigger=wanted.words,
        )


def inputs_from(template: Json, seen: JsonObject) -> Mapping[str, Json]:
    """Return the inputs that a trigger's template gives for what happened.

    Raises:
        ExpressionError: the template cannot be worked out.
        BadInput: it gives no names with values.
    """
    given = expressions.render(template, seen)
    if not isinstance(given, Mapping):
        raise BadInput("The `inputs` of a trigger must be names with values.")
    return given
