"""What one run's messages say right now: its newest view, and how far its calls are.

Blocks are made when they are asked for, and once: a run that waits for its turn among many others costs nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from blocks import thread
from blocks.kit import Message
from blocks.thread import Part, Surroundings
from handlers import moves
from handlers.outbox import without_blocks
from opstream.domain.operation import Progress
from opstream.domain.run import RunView
from opstream.ports import Clock


class Content:
    """Remembers the newest of everything; what is older changes nothing."""

    def __init__(self, view: RunView, clock: Clock) -> None:
        self.view = view
        self._clock = clock
        self._viewed_at = clock.now()
        self._under_way: dict[str, Progress] = {}
        self._plain: frozenset[str] = frozenset()
        self._made: tuple[Part, ...] = ()
        self._made_of: object = None  # what the parts were made of; None once that has changed
        self._digests: dict[int, tuple[Message, str]] = {}  # of the messages made, by identity

    def take(self, view: RunView) -> bool:
        """Take in a view; return whether it is not older than what is known."""
        if view.run.version < self.view.run.version:
            return False
        self.view, self._viewed_at = view, self._clock.now()
        going = self._under_way.items()
        self._under_way = {step: one for step, one in going if not view.run.state(step).settled}
        self._made_of = None
        return True

    def progress(self, step: str, progress: Progress) -> bool:
        """Take in how far a call is; return whether that still matters."""
        if self.view.run.status.ended or self.view.run.state(step).settled:
            return False
        self._under_way[step] = progress
        self._made_of = None
        return True

    def say_plainly(self, keys: frozenset[str]) -> bool:
        """Show parts as bare text from now on; return whether that is news."""
        known, self._plain = self._plain, self._plain | keys
        self._made_of = None
        return self._plain != known

    def parts(self, moved_from: str) -> Sequence[Part]:
        """Return the messages that shall be there, in order."""
        passed = self._passed()
        made_of = (moved_from, passed)
        if made_of != self._made_of:
            self.forget()
            around = Surroundings(self._under_way, moved_from)
            self._made = tuple(map(self._sayable, thread.parts(self._now(passed), around)))
            self._made_of = made_of
        return self._made

    def forget(self) -> None:
        """Keep no messages while a run only waits; they are made again when they are asked for."""
        self._made, self._made_of = (), None
        self._digests.clear()

    def digest(self, message: Message) -> str:
        """Return the fingerprint of a message of these."""
        if id(message) not in self._digests:
            self._digests[id(message)] = message, moves.digest(message)
        return self._digests[id(message)][1]

    def _sayable(self, part: Part) -> Part:
        plainly = part.key in self._plain
        return replace(part, message=without_blocks(part.message)) if plainly else part

    def _passed(self) -> timedelta:
        """Return for how long the time left has gone on, to the second; zero while nobody says it does."""
        if self.view.left is None or not self._under_way:
            return timedelta()
        passed = max(timedelta(), self._clock.now() - self._viewed_at)
        return timedelta(seconds=passed // timedelta(seconds=1))

    def _now(self, passed: timedelta) -> RunView:
        """Return the view with the time left as it has gone on since."""
        if self.view.left is None or not passed:
            return self.view
        low, high = self.view.left_low, self.view.left_high
        return replace(
            self.view,
            left=_less(self.view.left, passed),
            left_low=None if low is None else _less(low, passed),
            left_high=None if high is None else _less(high, passed),
        )


def _less(span: timedelta, passed: timedelta) -> timedelta:
    return max(timedelta(), span - passed)
