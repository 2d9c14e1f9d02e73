"""What arrives for runs: events outside by their topic, and replies in a run's thread."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from opstream.domain import history as h
from opstream.domain.person import Person, Role
from opstream.domain.run import Letter, Run, RunStatus, StepStatus
from opstream.domain.values import Json
from opstream.engine import letters
from opstream.errors import BadInput, ExpressionError, TooLate
from opstream.governance.guard import Deed, Guard
from opstream.governance.sanitising import Sanitiser
from opstream.ports import Clock, RunStore
from opstream.runs.changes import Changes
from opstream.runs.journal import Loaded

_DELIVER = Deed("letter.delivered", "deliver an event to runs", by_workflow=False)
_REPLY = Deed("reply.given", "reply to a run", Role.VIEWER)
_OUTSIDE = Person("outside", "An event outside", frozenset({Role.OPERATOR}))
_LONGEST_REPLY = 10_000
_AT_ONCE = 64
_DEAF = frozenset({RunStatus.STOPPING})


class Letters:
    """Puts letters into the histories of the runs that they are for."""

    def __init__(
        self, store: RunStore, changes: Changes, guard: Guard, clock: Clock, sanitiser: Sanitiser
    ) -> None:
        self._store = store
        self._changes = changes
        self._guard = guard
        self._sanitiser = sanitiser
        self._clock = clock

    async def deliver(
        self, topic: str, body: Json, key: str, *, by: Person | None, run_id: str | None
    ) -> Sequence[str]:
        """Give an event to one run, or to all that wait for its topic; return which took it.

        A run that is named keeps it even before it waits for it. The same `key` twice counts once.

        Raises:
            NotAllowed: the person may not deliver events.
            NotFound: there is no such run.
            TooLate: the run that is named has ended.
            BadInput: the topic or the key is empty, or the topic is the one of replies.
        """
        _require_names(topic, key)
        await self._guard.require(by or _OUTSIDE, _DELIVER, topic)
        wanted = await self._store.waiting_for(topic) if run_id is None else (run_id,)
        clean = self._sanitiser.masked_json(body)
        letter = h.LetterReceived(self._clock.now(), topic, key, clean, by.who if by else None)
        put = partial(self._put, letter=letter, by=by or _OUTSIDE, to_all=run_id is None)
        took: list[str | None] = []
        for start in range(0, len(wanted), _AT_ONCE):  # side by side, so that they share commits
            took += await asyncio.gather(*map(put, wanted[start : start + _AT_ONCE]))
        if run_id is not None and took == [None]:
            raise TooLate(f"The run `{run_id}` has ended; it takes no more events.")
        return [one for one in took if one is not None]

    async def _put(
        self, run_id: str, *, letter: h.LetterReceived, by: Person, to_all: bool
    ) -> str | None:
        """Append a letter to a run; None when the run does not take it."""

        def change(loaded: Loaded) -> Sequence[h.Fact]:
            run = loaded.run
            if letter.key in run.seen_letters or run.status.ended or run.status in _DEAF:
                return ()
            return () if to_all and not _is_for(loaded, letter) else (letter,)

        run = await self._changes.make(run_id, by, _DELIVER, change)
        return run_id if letter.key in run.seen_letters else None

    async def reply(self, run_id: str, text: str, key: str, *, by: Person) -> bool:
        """Give a run what a person wrote in its thread; False when no step waits for a reply.

        Raises:
            NotAllowed: a bot, or somebody who may not see runs.
            NotFound: there is no such run.
        """
        if by.is_bot:
            return False
        said: Json = self._sanitiser.masked(text.strip()[:_LONGEST_REPLY])
        letter = h.LetterReceived(self._clock.now(), h.REPLY, key, said, by.who)

        def change(loaded: Loaded) -> Sequence[h.Fact]:
            return (letter,) if said and _awaits_reply(loaded.run, key) else ()

        run = await self._changes.make(run_id, by, _REPLY, change)
        return key in run.seen_letters


def _is_for(loaded: Loaded, letter: h.LetterReceived) -> bool:
    """Return whether a step that waits now would take a letter, as far as its `where` can tell."""
    there = Letter(letter.topic, letter.key, letter.body, letter.at, letter.by)
    run = replace(loaded.run, letters=(there,))
    waiting = {path: one for path, one in run.open.items() if one.topic == letter.topic}
    try:
        return any(
            letters.for_step(loaded.workflow, loaded.workflow.step(path), state, run)
            for path, state in waiting.items()
        )
    except ExpressionError:
        return True  # the step has to tell


def _awaits_reply(run: Run, key: str) -> bool:
    if key in run.seen_letters or run.status.ended:
        return False
    return any(
        state.status is StepStatus.WAITING and state.topic == h.REPLY for state in run.open.values()
    )


def _require_names(topic: str, key: str) -> None:
    if not topic.strip() or not key.strip():
        raise BadInput("An event needs a topic, such as `order.paid`, and a key of its own.")
    if topic == h.REPLY:
        raise BadInput(f"`{h.REPLY}` is the topic of replies; give the event another one.")
