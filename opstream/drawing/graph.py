"""A workflow as a graph: what is drawn of its steps, and which arrows between them say something."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from opstream.domain.workflow import Step


@dataclass(frozen=True, slots=True)
class Edge:
    """One step comes after another; `rescue` when it does so only because that one failed."""

    source: str
    target: str
    rescue: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """Steps in an order in which they can be done, and the arrows between them."""

    steps: tuple[Step, ...]
    edges: tuple[Edge, ...]

    def into(self, step_id: str) -> tuple[Edge, ...]:
        """Return the arrows that end at a step."""
        return tuple(edge for edge in self.edges if edge.target == step_id)

    def out_of(self, step_id: str) -> tuple[Edge, ...]:
        """Return the arrows that begin at a step."""
        return tuple(edge for edge in self.edges if edge.source == step_id)

    def is_rescued(self, step_id: str) -> bool:
        """Whether other steps answer the failure of a step."""
        return any(edge.rescue for edge in self.out_of(step_id))


def of(steps: Sequence[Step]) -> Graph:
    """Return the graph of a workflow's or a loop's steps, which have no circle.

    An arrow that only repeats what others say is left out: with a → b → c, a → c says nothing.
    """
    ordered = _in_order(steps)
    ancestors: dict[str, frozenset[str]] = {}
    edges: list[Edge] = []
    known = {step.id for step in steps}
    for step in ordered:
        needs = [need for need in dict.fromkeys(step.needs) if need in known]
        firm = [need for need in needs if need != step.rescues]
        above = frozenset().union(*(ancestors[need] for need in firm))
        edges += [Edge(need, step.id) for need in firm if need not in above]
        edges += [Edge(need, step.id, True) for need in needs if need == step.rescues]
        ancestors[step.id] = above | frozenset(firm)
    return Graph(ordered, tuple(edges))


def layers(graph: Graph) -> Mapping[str, int]:
    """Return, by step, how many others come one after the other before it."""
    depth: dict[str, int] = {}
    for step in graph.steps:
        above = [depth[edge.source] for edge in graph.into(step.id)]
        depth[step.id] = max(above, default=-1) + 1
    return depth


def _in_order(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps as written, except that one that needs a later one comes after it."""
    left = {step.id: step for step in steps}
    ordered: list[Step] = []
    while left:
        ready = next((s for s in left.values() if not _any(s.needs, left)), None)
        step = ready or next(iter(left.values()))
        ordered.append(left.pop(step.id))
    return tuple(ordered)


def _any(needs: Iterable[str], left: Mapping[str, Step]) -> bool:
    return any(need in left for need in needs)
