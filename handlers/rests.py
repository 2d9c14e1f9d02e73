"""How often one run's messages may be edited: what only ticks on rests a while between two edits."""

from collections.abc import Callable, Sequence

from blocks import thread
from blocks.thread import Part

_CARD_SECONDS = 10.0
_OF_A_STREAM = 0.4  # Slack lets streams grow more often than it takes edits


class Rests:
    """Remembers when which part was sent last, and what the gist of it was.

    Args:
        now: The time in seconds.
        seconds: How long a progress message rests, by how much is going on.
    """

    def __init__(self, now: Callable[[], float], seconds: Callable[[], float]) -> None:
        self._now = now
        self._seconds = seconds
        self._gists: dict[str, str] = {}
        self._until: dict[str, float] = {}

    def sent(self, part: Part, *, streams: bool = False) -> None:
        """Note that a part was posted or edited just now; `streams` where it was only added to."""
        rest = self._seconds() * (_OF_A_STREAM if streams else 1)
        rest = max(rest, _CARD_SECONDS) if part.key == thread.CARD else rest
        self._gists[part.key] = part.gist
        self._until[part.key] = self._now() + rest

    def resting(self, parts: Sequence[Part]) -> set[str]:
        """Return the keys of those parts that have to wait; a new gist never waits."""
        now = self._now()
        return {
            part.key
            for part in parts
            if thread.ticks(part.key)
            and now < self._until.get(part.key, 0.0)
            and part.gist == self._gists.get(part.key)
        }

    def seconds_left(self, keys: set[str]) -> float:
        """Return how long until the first of some resting parts may go."""
        return max(0.0, min(self._until[key] for key in keys) - self._now())
