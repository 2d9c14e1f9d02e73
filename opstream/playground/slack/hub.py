"""Where everything meets: what happens is taken in, written down in one commit, and told to all who listen."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from opstream.playground.slack import happenings as h
from opstream.playground.slack.bot_events import events_of
from opstream.playground.slack.conversing import Conversing
from opstream.playground.slack.files import Files
from opstream.playground.slack.grants import HOOK_SECONDS, Hook, Triggers
from opstream.playground.slack.manifest import Manifest
from opstream.playground.slack.payloads import event_callback
from opstream.playground.slack.store import Row, Store
from opstream.playground.slack.wire import Clock, Json, mapping, text
from opstream.playground.slack.workspace import Workspace

Listener: TypeAlias = Callable[[h.Happening], None]

IDS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def new_id(prefix: str = "", length: int = 9) -> str:
    """Return an id in Slack's style, such as `V7Q2M5XK1A`."""
    return prefix + "".join(secrets.choice(IDS) for _ in range(length))


@dataclass(frozen=True, slots=True)
class BotEvent:
    """An event on its way to the app."""

    id: str
    payload: Json
    attempt: int = 0
    # Of its own messages the app knows already: these events need not outlive a crash.
    durable: bool = True

    @property
    def time(self) -> float:
        """When it happened, in seconds since the epoch."""
        return float(text(self.payload.get("event_time")) or 0)

    def row(self) -> Row:
        """Return how the store keeps it."""
        return ("event", self.id, {"payload": self.payload, "attempt": self.attempt})


class Hub:
    """The workspace, its store, and who wants to hear of changes."""

    def __init__(
        self, workspace: Workspace, store: Store, manifest: Manifest, clock: Clock
    ) -> None:
        self.workspace = workspace
        self.store = store
        self.manifest = manifest
        self.clock = clock
        self.triggers = Triggers(clock)
        self.conversing = Conversing(clock)
        self.address = ""  # known once the server listens
        self.files = Files(store.folder / "files")
        self.unknown_blocks: set[str] = set()  # types that this workspace does not know yet
        self.work_objects = True  # whether the app's page of settings has them turned on
        self._listeners: list[Listener] = []
        self._send: Callable[[BotEvent], None] = lambda event: None

    def listen(self, listener: Listener) -> None:
        """Call `listener` with everything that happens from now on, after it is safe on disk."""
        self._listeners.append(listener)

    def send_events_to(self, send: Callable[[BotEvent], None]) -> None:
        """Call `send` with each event for the app, after it is safe on disk."""
        self._send = send

    def next_ts(self) -> str:
        """Return a `ts` for now, later than every one before."""
        return self.workspace.next_ts(self.clock())

    def record(self, *happened: h.Happening) -> None:
        """Take in what has happened, keep it, tell it."""
        events: list[BotEvent] = []
        for happening in happened:
            self.workspace.apply(happening)
            events += self._events(happening)
        rows = [event.row() for event in events if event.durable]
        self.store.record(happened, rows)
        for happening in happened:
            for listener in self._listeners:
                listener(happening)
        for event in events:
            self._send(event)

    def _events(self, happening: h.Happening) -> Iterable[BotEvent]:
        now = self.clock()
        for event in events_of(happening, self.workspace, self.manifest, self.next_ts()):
            event_id = new_id("Ev", 10)
            payload = event_callback(event, event_id, int(now))
            yield BotEvent(event_id, payload, durable=not _of_own_message(happening))

    def tidy(self) -> None:
        """Forget what nobody will ask for again: spent addresses, and ephemeral messages beyond count."""
        now = self.clock()
        spent = [hook.id for hook in self.workspace.hooks.values() if hook.refusal(now)]
        self.store.write([("hook", hook_id, None) for hook_id in spent])
        self.workspace.forget_hooks(spent)
        self.record(*(h.EphemeralDeleted(one) for one in self.workspace.stale_ephemerals()))

    def issue_hook(self, hook: Hook) -> str:
        """Keep a `response_url` and return it."""
        self.record(h.HookChanged(hook))
        return f"{self.address}/response/{hook.id}"

    def new_hook(self, person: str, channel: str) -> Hook:
        """Return a fresh `response_url` for an interaction in a channel; not yet kept."""
        expires_at = self.clock() + HOOK_SECONDS
        return Hook(secrets.token_urlsafe(18), person, channel, expires_at)


def _of_own_message(happening: h.Happening) -> bool:
    match happening:
        case h.MessagePosted(message) | h.MessageChanged(message) | h.MessageDeleted(message):
            return message.by_app
        case _:
            return False


def event_from_row(event_id: str, data: Json) -> BotEvent:
    """Return the event that `BotEvent.row` wrote."""
    attempt = data.get("attempt")
    return BotEvent(
        event_id, mapping(data.get("payload")), attempt if isinstance(attempt, int) else 0
    )
