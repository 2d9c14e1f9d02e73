"""The workspace as data: what there is, and what each happening does to it. No I/O, no clock."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from opstream.playground.slack import happenings as h
from opstream.playground.slack.channels import Channel
from opstream.playground.slack.executions import Execution
from opstream.playground.slack.grants import Hook
from opstream.playground.slack.messages import Ephemeral, Message, Thread, spoken_to
from opstream.playground.slack.people import APP_USER, GROUPS, PEOPLE, SYSTEM, Person, app_person
from opstream.playground.slack.views import View

EPHEMERALS_KEPT = 200
OPENED_KEPT = 100


class Workspace:
    """Everything in the playground. Read it freely; what happens to it goes through `apply`."""

    def __init__(self, app_name: str = "OpStream") -> None:
        everyone = (*PEOPLE, app_person(app_name), SYSTEM)
        self.people: dict[str, Person] = {person.id: person for person in everyone}
        self.groups = GROUPS
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, dict[str, Message]] = {}  # channel -> ts -> message, oldest first
        self.ephemerals: dict[tuple[str, str, str], Ephemeral] = {}  # person, channel, ts
        self.stacks: dict[str, tuple[View, ...]] = {}  # person -> open modals, bottom one first
        self.homes: dict[str, View] = {}
        self.reads: dict[tuple[str, str, str], str] = {}  # person, channel, thread_ts -> ts
        self.hooks: dict[str, Hook] = {}
        self.executions: dict[str, Execution] = {}
        self.prompts: dict[str, h.PromptsOffered] = {}  # channel -> the latest
        self.snoozes: dict[str, float] = {}  # person -> until when they want no disturbance
        self.opened: dict[str, h.EntityOpened] = {}  # by trigger, the latest ones
        self._spoken_to: dict[tuple[str, str], frozenset[str]] = {}
        self._threads: dict[tuple[str, str], dict[str, None]] = {}
        self._last_ts = 0

    @property
    def humans(self) -> list[Person]:
        """The people one can be, in their order."""
        return [person for person in self.people.values() if person.kind == "person"]

    def next_ts(self, now: float) -> str:
        """Return a `ts` for this moment, later than every one before it."""
        self._last_ts = max(int(now * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def message(self, channel: str, ts: str) -> Message | None:
        """Return a message, or None when there is none under this `ts`."""
        return self.messages.get(channel, {}).get(ts)

    def replies(self, channel: str, thread_ts: str) -> tuple[Message, ...]:
        """Return the replies of a thread, oldest first; () when there are none."""
        log = self.messages.get(channel, {})
        return tuple(log[ts] for ts in self._threads.get((channel, thread_ts), ()) if ts in log)

    def thread(self, message: Message) -> Thread | None:
        """Return the thread a message is in or has begun, None when there is none."""
        if message.thread_ts:
            root = self.message(message.channel, message.thread_ts)
            return Thread(parent_user=root.user if root else "")
        replies = self.replies(message.channel, message.ts)
        return Thread(parent_user=message.user, replies=replies) if replies else None

    def spoken_to(self, message: Message) -> frozenset[str]:
        """Return who a message names, groups and broadcasts as they are."""
        key = (message.channel, message.ts)
        if key not in self._spoken_to:
            self._spoken_to[key] = spoken_to(message.content)
        return self._spoken_to[key]

    def threads_of(self, channel: str) -> Iterator[str]:
        """Yield the `ts` of every message in a channel that has replies."""
        return (ts for place, ts in self._threads if place == channel)

    def direct(self, person: str) -> Channel | None:
        """Return the direct messages between a person and the app."""
        return next((one for one in self.channels.values() if one.user == person), None)

    def channels_of(self, person: str) -> list[Channel]:
        """Return the channels a person is in, direct messages last."""
        mine = [one for one in self.channels.values() if person in one.members]
        return sorted(mine, key=lambda channel: channel.kind == "im")

    def app_is_in(self, channel: Channel) -> bool:
        """Whether the app is a member."""
        return APP_USER in channel.members

    def view(self, view_id: str, external_id: str = "") -> View | None:
        """Return an open modal or a home tab by its id or the app's own id; None when it is gone."""
        for view in self._views():
            if view_id == view.id or (external_id and external_id == view.external_id):
                return view
        return None

    def _views(self) -> Iterable[View]:
        yield from self.homes.values()
        for stack in self.stacks.values():
            yield from stack

    def apply(self, happening: h.Happening) -> None:
        """Take in what happened."""
        match happening:
            case h.ChannelChanged(channel):
                self.channels[channel.id] = channel
            case h.MessagePosted() | h.MessageChanged() | h.MessageDeleted():
                self._apply_message(happening)
            case h.EphemeralPosted() | h.EphemeralDeleted():
                self._apply_ephemeral(happening)
            case h.ViewOpened() | h.ViewUpdated() | h.ViewClosed() | h.HomePublished():
                self._apply_view(happening)
            case _:
                self._apply_rest(happening)

    def _apply_rest(
        self,
        happening: h.Read
        | h.HookChanged
        | h.StepExecuted
        | h.StepEnded
        | h.HomeOpened
        | h.Reacted
        | h.StatusSet
        | h.SessionSet
        | h.SessionStopped
        | h.PromptsOffered
        | h.EntityOpened
        | h.EntityPresented
        | h.Snoozed,
    ) -> None:
        match happening:
            case h.Read(person, place, thread_ts, ts):
                self.reads[person, place, thread_ts] = ts
            case h.HookChanged(hook):
                self.hooks[hook.id] = hook
            case h.StepExecuted(execution) | h.StepEnded(execution):
                self.executions[execution.id] = execution
            case h.PromptsOffered(place):
                self.prompts[place] = happening
            case h.EntityOpened() | h.EntityPresented() | h.Snoozed():
                self._apply_attention(happening)
            case h.HomeOpened() | h.Reacted() | h.StatusSet() | h.SessionSet() | h.SessionStopped():
                pass  # told on, but nothing to remember
            case _:
                assert_never(happening)

    def _apply_attention(self, happening: h.EntityOpened | h.EntityPresented | h.Snoozed) -> None:
        if isinstance(happening, h.Snoozed):
            self.snoozes[happening.person] = happening.until
        elif isinstance(happening, h.EntityOpened):
            self.opened[happening.trigger_id] = happening
            if len(self.opened) > OPENED_KEPT:
                del self.opened[next(iter(self.opened))]

    def _apply_message(
        self, happening: h.MessagePosted | h.MessageChanged | h.MessageDeleted
    ) -> None:
        message = happening.message
        self._spoken_to.pop((message.channel, message.ts), None)
        log = self.messages.setdefault(message.channel, {})
        thread = (message.channel, message.thread_ts)
        if isinstance(happening, h.MessageDeleted):
            log.pop(message.ts, None)
            self._threads.get(thread, {}).pop(message.ts, None)
            return
        log[message.ts] = message
        self._note_ts(message.ts)
        if message.thread_ts:
            self._threads.setdefault(thread, {})[message.ts] = None

    def _apply_ephemeral(self, happening: h.EphemeralPosted | h.EphemeralDeleted) -> None:
        message = happening.message
        key = (message.person, message.channel, message.ts)
        if isinstance(happening, h.EphemeralDeleted):
            self.ephemerals.pop(key, None)
            return
        self.ephemerals[key] = message
        self._note_ts(message.ts)

    def _apply_view(
        self, happening: h.ViewOpened | h.ViewUpdated | h.ViewClosed | h.HomePublished
    ) -> None:
        view = happening.view
        if view.is_home:
            self.homes[view.person] = view
            return
        stack = self.stacks.get(view.person, ())
        match happening:
            case h.ViewOpened():
                stack = (*stack, view)
            case h.ViewClosed():
                stack = tuple(one for one in stack if one.id != view.id)
            case _:
                stack = tuple(view if one.id == view.id else one for one in stack)
        self.stacks[view.person] = stack

    def _note_ts(self, ts: str) -> None:
        whole, _, fraction = ts.partition(".")
        self._last_ts = max(self._last_ts, int(whole) * 1_000_000 + int(fraction or 0))

    def forget_hooks(self, spent: Iterable[str]) -> None:
        """Forget addresses that cannot be used any more."""
        for hook_id in spent:
            self.hooks.pop(hook_id, None)

    def stale_ephemerals(self) -> list[Ephemeral]:
        """Return the oldest ephemeral messages, as many as there are too many of."""
        return list(self.ephemerals.values())[: max(0, len(self.ephemerals) - EPHEMERALS_KEPT)]
