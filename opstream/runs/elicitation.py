"""Questions of calls that are under way: asked in the run, answered by a person, taken back to the call.

Question and answer are facts, so that a call that is made again after a restart finds what was asked and
said before: the same question is not put twice.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from opstream.domain import history as h
from opstream.domain.call_question import AskedInCall, CallAnswer, CallQuestion, Reply, Wanted
from opstream.domain.operation import Progress
from opstream.domain.person import Person
from opstream.domain.prompt import Purpose
from opstream.domain.run import Run, RunView, StepState
from opstream.domain.values import Json, JsonObject
from opstream.errors import BadInput, NotAllowed, NotFound, RunMovedOn, TooLate
from opstream.ports import Clock, Messenger, RunQueue
from opstream.runs import elicited
from opstream.runs.journal import Journal, Loaded

_Place = tuple[str, str, int]


class CallQuestions:
    """Asks people for calls; satisfies the port `Questions`."""

    def __init__(self, journal: Journal, queue: RunQueue, clock: Clock) -> None:
        self._journal = journal
        self._queue = queue
        self._clock = clock
        self._waiting: dict[_Place, asyncio.Future[AskedInCall]] = {}

    async def ask(
        self, key: str, number: int, question: CallQuestion, within: timedelta
    ) -> CallAnswer:
        """Ask in the thread of the run, and return what was said; see the port."""
        run_id, step = _place(key)
        asked = await self._stand(run_id, step, number, question, within)
        if asked.reply is Reply.OPEN:
            asked = await self._answered(run_id, step, asked)
        return CallAnswer(asked.reply, asked.values, asked.by)

    async def left(self, key: str) -> Sequence[AskedInCall]:
        """Return what the same call has asked before this process was started, oldest first."""
        try:
            run_id, step = _place(key)
            return _of_this_call((await self._journal.load(run_id)).run.state(step))
        except NotFound:
            return ()

    async def purpose(self, key: str) -> Purpose:
        """Return for whom and what a model is asked by this call."""
        run_id, step = _place(key)
        run = (await self._journal.load(run_id)).run
        return Purpose("sampling", run.id, step, run.responsible.id)

    def heard(self, run: Run) -> None:
        """Take answers back to the calls that wait for them here."""
        for place, waiting in list(self._waiting.items()):
            run_id, step, number = place
            if run_id != run.id or waiting.done():
                continue
            for one in run.state(step).asked:
                if one.number == number and one.reply is not Reply.OPEN:
                    waiting.set_result(one)

    async def _stand(
        self, run_id: str, step: str, number: int, question: CallQuestion, within: timedelta
    ) -> AskedInCall:
        """Return the question as it stands in the run, put there unless it stands there already."""
        while True:
            loaded = await self._journal.load(run_id)
            state = loaded.run.state(step)
            if loaded.run.status.ended or state.settled:
                raise NotFound("call under way", f"{run_id}:{step}")
            before = _of_this_call(state)
            if len(before) >= number and before[number - 1].question.is_same(question):
                return before[number - 1]
            now = self._clock.now()
            facts = [*_withdrawn(step, before[number - 1 :], now)]
            facts.append(_asked(step, len(state.asked) + 1, question, now, within))
            try:
                loaded = await self._journal.append(loaded, facts)
            except RunMovedOn:
                continue
            self._queue.put(run_id, loaded.workflow.limits.priority)
            return loaded.run.state(step).asked[-1]

    async def _answered(self, run_id: str, step: str, asked: AskedInCall) -> AskedInCall:
        place = (run_id, step, asked.number)
        waiting = self._waiting.setdefault(place, asyncio.get_running_loop().create_future())
        left = asked.expires_at - self._clock.now() if asked.expires_at else None
        try:
            # It may have been answered between the fact and now.
            self.heard((await self._journal.load(run_id)).run)
            async with asyncio.timeout(max(left.total_seconds(), 0.0) if left else None):
                return await waiting
        except TimeoutError:
            return await self._expired(run_id, step, asked.number)
        finally:
            self._waiting.pop(place, None)

    async def _expired(self, run_id: str, step: str, number: int) -> AskedInCall:
        """Settle a question that nobody answered, unless somebody just did."""
        while True:
            loaded = await self._journal.load(run_id)
            asked = loaded.run.state(step).asked[number - 1]
            if asked.reply is not Reply.OPEN:
                return asked
            fact = h.CallAnswered(self._clock.now(), step, number, Reply.EXPIRED, {}, None)
            try:
                loaded = await self._journal.append(loaded, (fact,))
            except RunMovedOn:
                continue
            self._queue.put(run_id, loaded.workflow.limits.priority)
            return loaded.run.state(step).asked[number - 1]


class HearingMessenger:
    """A messenger that takes answers back to calls, wherever they were given: it sees every new state."""

    def __init__(self, messenger: Messenger, questions: CallQuestions) -> None:
        self._messenger = messenger
        self._questions = questions

    def show(self, view: RunView) -> None:
        """Show a run's newest state."""
        self._questions.heard(view.run)
        self._messenger.show(view)

    def progress(self, run_id: str, step: str, progress: Progress) -> None:
        """Show how far a step under way is."""
        self._messenger.progress(run_id, step, progress)


def answer(
    asked: AskedInCall, step: str, reply: Reply, given: JsonObject, by: Person, now: datetime
) -> h.CallAnswered:
    """Return a person's answer to a question of a call.

    Raises:
        BadInput: it does not fit what was asked for.
    """
    if reply not in (Reply.GIVEN, Reply.DECLINED, Reply.CANCELLED):
        raise BadInput("A question can be answered, declined or cancelled.")
    wants = reply is Reply.GIVEN and asked.question.wanted is Wanted.ANSWER
    filled: dict[str, Json] = elicited.values(asked.question.schema, given) if wants else {}
    return h.CallAnswered(now, step, asked.number, reply, filled, by.who)


def require_say(has_say: bool) -> None:  # what it is about
    """Refuse to let somebody decide on what a model is asked who is no approver.

    Raises:
        NotAllowed: they are none.
    """
    if not has_say:
        raise NotAllowed(
            "Only an approver may let a tool ask a language model. `/opstream role` shows who is one."
        )


def open_question(loaded: Loaded, step: str, number: int) -> AskedInCall:
    """Return a question of a call that nobody has answered yet.

    Raises:
        TooLate: somebody has, or the call is over.
    """
    state = loaded.run.state(step)
    if not loaded.run.status.ended:
        for one in state.asks_now:
            if one.number == number:
                return one
    for one in state.asked:
        if one.number == number and one.by is not None:
            raise TooLate(f"This was answered by {one.by.name} before; nothing was changed.")
    raise TooLate("The call that asked this is over, so it needs no answer any more.")


def _asked(
    step: str, number: int, question: CallQuestion, now: datetime, within: timedelta
) -> h.CallAsked:
    form = elicited.fields(question.schema)
    return h.CallAsked(now, step, number, question, form, now + within)


def _withdrawn(step: str, asked: Sequence[AskedInCall], now: datetime) -> list[h.Fact]:
    """Return that questions are not asked any more, because the call now asks another one in their place."""
    return [
        h.CallAnswered(now, step, one.number, Reply.CANCELLED, {}, None)
        for one in asked
        if one.reply is Reply.OPEN
    ]


def _of_this_call(state: StepState) -> list[AskedInCall]:
    """Return what this call has asked, without what was withdrawn."""
    mine = (one for one in state.asked if (one.attempt, one.tries) == (state.attempt, state.tries))
    return [one for one in mine if one.reply is not Reply.CANCELLED or one.by is not None]


def _place(key: str) -> tuple[str, str]:
    run_id, _, rest = key.partition(":")
    step, _, attempt = rest.rpartition(":")
    if not (run_id and step and attempt.isdecimal()):
        raise NotFound("run of the call", key)
    return run_id, step
