"""Around every listener: acknowledge first, then work, and turn what goes wrong into words for the person.

The only place where an OpStreamError becomes a Slack message, and one of three that catch everything.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError

from blocks import forms, kit
from blocks.forms import View
from blocks.wording import safe
from handlers import payloads
from handlers.edge import Edge
from handlers.patience import patiently
from handlers.payloads import Body, Called, Command, Execution, Heard, Press, Reacted, Submission
from handlers.troubles import NETWORK, passes
from handlers.voice import Voice
from opstream.domain.conversation import Place
from opstream.errors import OpStreamError

log = structlog.get_logger(__name__)
_SLACK_IS_BUSY = "Slack did not let me answer just now. Please try again in a moment."
_SORRY = (
    "Something went wrong on my side, and it is in my log under `{reference}`. "
    "Please try again; if it happens again, tell whoever runs me."
)

Listener = Callable[..., Awaitable[None]]
AnswerCommand = Callable[[Command, Edge, Voice], Awaitable[None]]
AnswerPress = Callable[[Press, Edge, Voice], Awaitable[None]]
AnswerSubmission = Callable[[Submission, Edge, Voice], Awaitable[None]]
AnswerHeard = Callable[[Heard, Edge, Voice], Awaitable[None]]
AnswerReaction = Callable[[Reacted, Edge, Voice], Awaitable[None]]
AnswerShortcut = Callable[[Called, Edge, Voice], Awaitable[None]]
AnswerStep = Callable[[Execution, Edge], Awaitable[None]]
AnswerEvent = Callable[[Body, Edge], Awaitable[None]]
NextForm = Callable[[Submission, Edge], View]
Check = Callable[[Submission, Edge], Mapping[str, str]]
Work = Callable[[], Awaitable[None]]


class Listening:
    """Makes Bolt listeners of functions that know nothing of Bolt, and knows which are at work.

    Attributes:
        heard_at: When a delivery came last; None before the first one.
    """

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        self._at_work: set[asyncio.Task[Any]] = set()
        self.heard_at: datetime | None = None

    @property
    def at_work(self) -> int:
        """How many deliveries are being answered."""
        return len(self._at_work)

    def command(self, answer: AnswerCommand) -> Listener:
        """Return a listener for slash commands."""

        async def listener(ack: AsyncAck, body: Body) -> None:
            await ack()
            command = payloads.command(body)
            voice = self._edge.voice(command.asker.id, command.place, command.response_url)
            work = partial(answer, command, self._edge, voice)
            await self._once(command.trigger_id, work, voice)

        return listener

    def press(self, answer: AnswerPress) -> Listener:
        """Return a listener for pressed buttons."""

        async def listener(ack: AsyncAck, body: Body) -> None:
            await ack()
            press = payloads.press(body)
            voice = self._edge.voice(press.asker.id, press.place, press.response_url)

            async def work() -> None:
                await self._edge.require_seen(press.carried.run, press.asker)
                await answer(press, self._edge, voice)

            await self._once(press.key, work, voice)

        return listener

    def submission(self, answer: AnswerSubmission, check: Check | None = None) -> Listener:
        """Return a listener for submitted forms; `check` finds faults by field without waiting."""

        async def listener(ack: AsyncAck, body: Body) -> None:
            submission = payloads.submission(body)
            faults = check(submission, self._edge) if check else {}
            if faults:
                await ack(response_action="errors", errors=dict(faults))
                return
            await ack()
            voice = self._edge.voice(submission.asker.id, submission.carried.place)

            async def work() -> None:
                await self._edge.require_seen(submission.carried.run, submission.asker)
                await answer(submission, self._edge, voice)

            await self._once(submission.key, work, voice)

        return listener

    def chosen(self, next_form: NextForm) -> Listener:
        """Return a listener for a form that another form follows in its place."""

        async def listener(ack: AsyncAck, body: Body) -> None:
            submission = payloads.submission(body)
            try:
                view = next_form(submission, self._edge)
            except OpStreamError as error:
                view = forms.notice("Sorry", str(error))
            await ack(response_action="update", view=dict(view))

        return listener

    def heard(self, answer: AnswerHeard) -> Listener:
        """Return a listener for what people say; a mention arrives as two events, and counts once."""

        async def listener(ack: AsyncAck, event: Body) -> None:
            await ack()
            heard = payloads.heard(event)
            if heard is None:
                return
            voice = self._edge.voice(heard.asker.id, heard.answer_place)
            key = f"said:{heard.place.channel}:{heard.ts}"
            await self._once(key, partial(answer, heard, self._edge, voice), voice)

        return listener

    def overheard(self, answer: AnswerHeard, answer_direct: AnswerHeard) -> Listener:
        """Return a listener for messages: those to us alone are answered, the others only heard."""
        direct = self.heard(answer_direct)

        async def listener(ack: AsyncAck, event: Body) -> None:
            heard = payloads.heard(event)
            if heard is not None and not is_direct(heard):
                await ack()
                voice = self._edge.voice(heard.asker.id, heard.answer_place)
                await self._guarded(partial(answer, heard, self._edge, voice), voice)
            else:
                await direct(ack, event)

        return listener

    def reaction(self, answer: AnswerReaction) -> Listener:
        """Return a listener for emoji on messages."""

        async def listener(ack: AsyncAck, event: Body) -> None:
            await ack()
            if (reaction := payloads.reacted(event)) is not None:
                voice = self._edge.voice(reaction.asker.id, reaction.place)
                await self._guarded(partial(answer, reaction, self._edge, voice), voice)

        return listener

    def shortcut(self, answer: AnswerShortcut) -> Listener:
        """Return a listener for a shortcut on messages."""

        async def listener(ack: AsyncAck, body: Body) -> None:
            await ack()
            called = payloads.called(body)
            voice = self._edge.voice(called.asker.id, called.place, called.response_url)
            await self._once(called.trigger_id, partial(answer, called, self._edge, voice), voice)

        return listener

    def step(self, answer: AnswerStep) -> Listener:
        """Return a listener for a step of Workflow Builder; it is told its end when there is one."""

        async def listener(event: Body) -> None:
            execution = payloads.execution(event)

            async def once() -> None:
                if await self._edge.first_time(f"step:{execution.id}"):
                    await answer(execution, self._edge)

            await self._guarded(once, None)

        return listener

    def event(self, answer: AnswerEvent) -> Listener:
        """Return a listener for other events; whoever caused them hears of no failure."""

        async def listener(ack: AsyncAck, event: Body) -> None:
            await ack()
            await self._guarded(partial(answer, event, self._edge), None)

        return listener

    async def drain(self, deadline: timedelta) -> None:
        """Let listeners at work finish, for a while."""
        if self._at_work:
            await asyncio.wait(set(self._at_work), timeout=deadline.total_seconds())
        await self._edge.homes.close()

    async def _once(self, key: str, work: Work, voice: Voice) -> None:
        """Do some work unless this is another copy of a delivery: Slack delivers at least once."""

        async def unless_done() -> None:
            if not key or await self._edge.first_time(key):
                await work()

        await self._guarded(unless_done, voice)

    async def _guarded(self, work: Work, voice: Voice | None) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._at_work.add(task)
        self.heard_at = self._edge.clock.now()
        try:
            await work()
        except OpStreamError as error:
            await _tell(voice, str(error))
        except Exception as error:  # nobody above could tell the person
            if passes(error):
                log.warning("slack_refused", error=str(error))
                await _tell(voice, _SLACK_IS_BUSY)
                return
            reference = secrets.token_hex(4)
            log.exception("listener_failed", reference=reference, error=type(error).__name__)
            await _tell(voice, _SORRY.format(reference=reference))
        finally:
            self._at_work.discard(task)


def is_direct(heard: Heard) -> bool:
    """Return whether something was said to us alone."""
    return heard.place.is_direct


async def _tell(voice: Voice | None, text: str) -> None:
    if voice is None:
        log.warning("event_refused", reason=text)
        return
    try:
        await voice.whisper(kit.sentence(safe(text, 2_500)))
    except (SlackApiError, *NETWORK) as error:
        log.warning("person_not_told", person=voice.person, error=str(error))


async def open_form(
    edge: Edge, trigger_id: str, title: str, make: Callable[[], Awaitable[View]]
) -> None:
    """Open a form at once, while the right to do so lives, and fill it in when it is made.

    What cannot be asked any more is said in the form.
    """
    opened = await edge.client.views_open(trigger_id=trigger_id, view=dict(forms.loading(title)))
    try:
        view = await make()
    except OpStreamError as error:
        view = forms.notice(title, str(error))
    fill = partial(edge.client.views_update, view_id=opened["view"]["id"], view=dict(view))
    await patiently(fill, edge.outbox.pacing.sleep)


def in_channel(place: Place | None) -> Place | None:
    """Return the channel of a place, without its thread."""
    return Place(place.channel) if place else None
