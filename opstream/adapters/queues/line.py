"""Runs that stand in line for a slot: the highest priority first, equals in the order of coming."""

from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count


class Line:
    """Whose turn it is next; a run that comes again with a higher priority moves forward."""

    def __init__(self) -> None:
        self._standing: dict[str, int] = {}  # by run, its priority
        self._order: list[tuple[int, int, str]] = []
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._standing)

    def __iter__(self) -> Iterator[str]:
        return iter(self._standing)

    def has(self, run_id: str, priority: int | None = None) -> bool:
        """Whether a run stands in line, and if a priority is given, with at least that."""
        standing = self._standing.get(run_id)
        return standing is not None and (priority is None or standing >= priority)

    def join(self, run_id: str, priority: int) -> None:
        """Put a run in line, or forward."""
        if not self.has(run_id, priority):
            self._standing[run_id] = priority
            heappush(self._order, (-priority, next(self._numbers), run_id))

    def next(self) -> str | None:
        """Take out the run whose turn it is; None when the line is empty."""
        while self._order:
            _, _, run_id = heappop(self._order)
            if self._standing.pop(run_id, None) is not None:
                return run_id
        return None
