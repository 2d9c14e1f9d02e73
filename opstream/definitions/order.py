"""Which step comes before which: circles, and what has ended when a step begins."""

from collections.abc import Iterator, Mapping, Sequence

from opstream.domain.workflow import Step

_PASSES = 8  # one is enough without circles; with them, the answer need not be complete


class Order:
    """The order of the steps of one scope; needs of unknown steps aside.

    What has ended before a step is kept as one number with a bit a step, so that ten thousand steps
    in a row take megabytes and not gigabytes.
    """

    def __init__(self, steps: Sequence[Step]) -> None:
        self._bits = {step.id: 1 << number for number, step in enumerate(steps)}
        self._ended = dict.fromkeys(self._bits, 0)
        needs = {step.id: [one for one in step.needs if one in self._bits] for step in steps}
        rows = list(_needed_first(needs))
        for _ in range(_PASSES):
            changed = False
            for step_id in rows:
                ended = self._ended[step_id]
                for need in needs[step_id]:
                    ended |= self._bits[need] | self._ended[need]
                changed |= ended != self._ended[step_id]
                self._ended[step_id] = ended
            if not changed:
                break

    def __contains__(self, step_id: str) -> bool:
        return step_id in self._bits

    def __iter__(self) -> Iterator[str]:
        return iter(self._bits)

    def __len__(self) -> int:
        return len(self._bits)

    def has_ended(self, step_id: str, before: str) -> bool:
        """Return whether a step has ended when another one begins."""
        return bool(self._ended.get(before, 0) & self._bits.get(step_id, 0))


def _needed_first(needs: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield each step after those that it needs, as far as circles allow."""
    begun: set[str] = set()
    for start in needs:
        waiting = [(start, False)]
        while waiting:
            step_id, leaving = waiting.pop()
            if leaving:
                yield step_id
            elif step_id not in begun:
                begun.add(step_id)
                waiting.append((step_id, True))
                waiting += [(need, False) for need in needs[step_id] if need not in begun]


def circles(steps: Sequence[Step]) -> Iterator[tuple[str, ...]]:
    """Yield each circle of needs once, as the ids along it, the first one again at the end."""
    needs = {step.id: step.needs for step in steps}
    settled: set[str] = set()
    for start in needs:
        path: dict[str, None] = {}
        waiting: list[tuple[str, bool]] = [(start, False)]
        while waiting:
            step_id, leaving = waiting.pop()
            if leaving:
                path.popitem()
                settled.add(step_id)
            elif step_id in path:
                ids = list(path)
                yield (*ids[ids.index(step_id) :], step_id)
            elif step_id in needs and step_id not in settled:
                path[step_id] = None
                waiting.append((step_id, True))
                waiting += [(need, False) for need in needs[step_id]]
