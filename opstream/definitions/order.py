"""Which step comes before which: unknown needs, circles, and what has ended when a step begins."""

from collections.abc import Iterator, Mapping, Sequence

from opstream.domain.workflow import Step


def before(steps: Sequence[Step]) -> Mapping[str, frozenset[str]]:
    """Return, by step, all steps that have ended when it begins; needs of unknown steps aside."""
    by_id = {step.id: step for step in steps}
    found: dict[str, frozenset[str]] = {}
    for step in steps:
        seen: set[str] = set()
        waiting = list(step.needs)
        while waiting:
            need = waiting.pop()
            if need in by_id and need not in seen:
                seen.add(need)
                known = found.get(need)
                seen |= known or set()
                waiting += () if known is not None else by_id[need].needs
        found[step.id] = frozenset(seen)
    return found


def circles(steps: Sequence[Step]) -> Iterator[tuple[str, ...]]:
    """Yield each circle of needs once, as the ids along it, the first one again at the end."""
    needs = {step.id: step.needs for step in steps}
    settled: set[str] = set()
    for start in needs:
        path: list[str] = []
        waiting: list[tuple[str, bool]] = [(start, False)]
        while waiting:
            step_id, leaving = waiting.pop()
            if leaving:
                path.pop()
                settled.add(step_id)
            elif step_id in path:
                yield (*path[path.index(step_id) :], step_id)
            elif step_id in needs and step_id not in settled:
                path.append(step_id)
                waiting.append((step_id, True))
                waiting += [(need, False) for need in needs[step_id]]
