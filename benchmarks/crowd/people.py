"""A crowd in a playground workspace: who is in it, what each does, and what is written down of it."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from opstream.playground.slack import happenings as h
from opstream.playground.slack import payloads
from opstream.playground.slack.channels import Channel
from opstream.playground.slack.delivery import Acknowledged
from opstream.playground.slack.desk import Desk
from opstream.playground.slack.messages import Message
from opstream.playground.slack.people import APP_USER, Person
from opstream.playground.slack.server import Playground
from opstream.playground.slack.wire import mappings

BUTTONS = ("run_details", "run_logs", "run_pause", "run_resume")
SENTENCES = ("/opstream list", "/opstream status", "/opstream history", "/opstream help start")
_PATIENCE_SECONDS = 1.5


@dataclass
class Notes:
    """What happened: how long acknowledgements and answers took, and the bot's messages by key.

    Attributes:
        asked_at: When whoever waits for an answer asked.
        unanswered: How often somebody asked for something else before there was an answer.
    """

    ms: list[float] = field(default_factory=list)
    lost: int = 0
    pressed: int = 0
    answered: list[float] = field(default_factory=list)
    unanswered: int = 0
    asked_at: dict[str, float] = field(default_factory=dict)
    posted: Counter[str] = field(default_factory=Counter)

    def heard(self, happening: h.Happening) -> None:
        """Take in what happened in the workspace."""
        match happening:
            case h.MessagePosted(message) if message.by_app:
                self.posted.update(filter(None, [_key(message)]))
            case h.EphemeralPosted(shown) if shown.person in self.asked_at:
                took = perf_counter() - self.asked_at.pop(shown.person)
                self.answered.append(took * 1000)

    def asks(self, person: str) -> float:
        """Note that somebody asks for something now, and return when that is."""
        self.unanswered += person in self.asked_at
        self.asked_at[person] = perf_counter()
        return self.asked_at[person]


class Crowd:
    """People who type and press, each at their own pace."""

    def __init__(self, playground: Playground, people: int, channels: int, seed: int) -> None:
        self._desk: Desk = playground._desk  # the page would do the same one step further out
        self._dice = random.Random(seed)
        self.notes = Notes()
        self.people = [_person(number) for number in range(people)]
        self.channels = [_channel(number, self.people) for number in range(channels)]
        hub = self._desk.hub
        hub.workspace.people |= {one.id: one for one in self.people}
        hub.record(*(h.ChannelChanged(one) for one in self.channels))
        hub.listen(self.notes.heard)

    async def start(self, text: str, count: int) -> None:
        """Let them start so many runs, spread over the channels."""
        for number in range(count):
            person = self.people[number % len(self.people)]
            channel = self.channels[number % len(self.channels)]
            await self._note(self._command(person, channel, text))

    async def live(self, seconds: float) -> None:
        """Let each of them type and press for a while."""
        until = perf_counter() + seconds
        await asyncio.gather(*(self._live(person, until) for person in self.people))

    async def _live(self, person: Person, until: float) -> None:
        await asyncio.sleep(self._dice.uniform(0, _PATIENCE_SECONDS))
        while perf_counter() < until:
            button = self._button() if self._dice.random() < 0.5 else None
            if button is not None:
                await self._note(self._press(person, *button))
            else:
                text = self._dice.choice(SENTENCES)
                await self._note(self._command(person, self._dice.choice(self.channels), text))
            await asyncio.sleep(self._dice.uniform(0.5, 2 * _PATIENCE_SECONDS))

    async def _note(self, sent: Awaitable[float | None]) -> None:
        took = await sent
        if took is None:
            self.notes.lost += 1
        else:
            self.notes.ms.append(took)

    async def _command(self, person: Person, channel: Channel, text: str) -> float | None:
        name, _, said = text.partition(" ")
        hook = self._desk.hub.new_hook(person.id, channel.id)
        payload = payloads.command(self._desk.act(person, hook=hook), channel, name, said)
        return await self._deliver(person, "slash_commands", payload)

    async def _press(
        self, person: Person, message: Message, button: Mapping[str, Any]
    ) -> float | None:
        workspace = self._desk.hub.workspace
        channel = workspace.channels[message.channel]
        hook = self._desk.hub.new_hook(person.id, channel.id)
        place = payloads.Place(channel, message, workspace.thread(message))
        self.notes.pressed += 1
        act = self._desk.act(person, hook=hook)
        entry = {**button, "action_ts": act.action_ts}
        pressed = payloads.press_in_message(act, place, entry, {})
        return await self._deliver(person, "interactive", pressed)

    async def _deliver(self, person: Person, kind: str, payload: dict[str, Any]) -> float | None:
        sent = self.notes.asks(person.id)
        outcome = await self._desk.sockets.deliver(kind, payload, answers=True)
        return (perf_counter() - sent) * 1000 if isinstance(outcome, Acknowledged) else None

    def _button(self) -> tuple[Message, Mapping[str, Any]] | None:
        channel = self._dice.choice(self.channels)
        log = list(self._desk.hub.workspace.messages.get(channel.id, {}).values())
        for message in self._dice.sample(log, min(10, len(log))):
            for block in message.content.blocks:
                for one in mappings(block.get("elements")):
                    if str(one.get("action_id")) in BUTTONS:
                        return message, {**one, "block_id": block.get("block_id", "b")}
        return None


def _key(message: Message) -> str:
    metadata = message.content.metadata or {}
    payload = metadata.get("event_payload")
    return str(payload.get("key", "")) if isinstance(payload, dict) else ""


def _person(number: int) -> Person:
    return Person(f"U0CROWD{number:03}", f"p{number}", f"Person {number}", "Crowd", "#555555")


def _channel(number: int, people: list[Person]) -> Channel:
    members = (*(one.id for one in people), APP_USER)
    return Channel(f"C0CROWD{number:03}", f"crowd-{number}", "channel", "", members)
