"""What one run's messages say right now: its newest view, and how far its calls are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from blocks import thread
from blocks.thread import Part, Surroundings
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

    def take(self, view: RunView) -> bool:
        """Take in a view; return whether it is not older than what is known."""
        if view.run.version < self.view.run.version:
            return False
        self.view, self._viewed_at = view, self._clock.now()
        going = self._under_way.items()
        self._under_way = {step: one for step, one in going if not view.run.state(step).settled}
        return True

    def progress(self, step: str, progress: Progress) -> bool:
        """Take in how far a call is; return whether that still matters."""
        if self.view.run.status.ended or self.view.run.state(step).settled:
            return False
        self._under_way[step] = progress
        return True

    def say_plainly(self, keys: frozenset[str]) -> bool:
        """Show parts as bare text from now on; return whether that is news."""
        known, self._plain = self._plain, self._plain | keys
        return self._plain != known

    def parts(self, moved_from: str) -> Sequence[Part]:
        """Return the messages that shall be there, in order."""
        return [
            replace(part, message=without_blocks(part.message)) if part.key in self._plain else part
            for part in thread.parts(self._now(), Surroundings(self._under_way, moved_from))
        ]

    def _now(self) -> RunView:
        """Return the view with the time left as it has gone on since."""
        if self.view.left is None or not self._under_way:
            return self.view
        passed = max(timedelta(), self._clock.now() - self._viewed_at)
        low, high = self.view.left_low, self.view.left_high
        return replace(
            self.view,
            left=_less(self.view.left, passed),
            left_low=None if low is None else _less(low, passed),
            left_high=None if high is None else _less(high, passed),
        )


def _less(span: timedelta, passed: timedelta) -> timedelta:
    return max(timedelta(), span - passed)
