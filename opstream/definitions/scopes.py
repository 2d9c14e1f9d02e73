"""Scopes: the steps of a workflow, and those of each loop in it; an inner one sees the outer ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from opstream.definitions.draft import Draft, Placed
from opstream.definitions.order import Order


@dataclass(frozen=True, slots=True)
class Scope:
    """Steps that stand side by side.

    Args:
        order: Of the steps of this scope.
        outer: The scope that the loop stands in; None for the steps of the workflow itself.
        loop: Id of the loop; empty for the workflow itself.
    """

    placed: Sequence[Placed]
    order: Order
    outer: "Scope | None" = None
    loop: str = ""

    @property
    def depth(self) -> int:
        """How many loops are around these steps."""
        return self.outer.depth + 1 if self.outer else 0

    def visible(self) -> Iterator[str]:
        """Yield the ids of this scope and of those around it, the nearest first."""
        yield from self.order
        if self.outer:
            yield from self.outer.visible()

    def sees(self, step_id: str) -> bool:
        """Return whether a step is of this scope or of one around it."""
        return step_id in self.order or (self.outer is not None and self.outer.sees(step_id))

    def has_ended(self, step_id: str, before: str) -> bool:
        """Return whether a visible step has ended when one of this scope begins."""
        if step_id in self.order or self.outer is None:
            return self.order.has_ended(step_id, before)
        return self.outer.has_ended(step_id, self.loop)


def of(draft: Draft) -> Iterator[Scope]:
    """Yield all scopes of a workflow, an outer one before those inside it."""
    waiting = [_scope(draft.placed, None, "")]
    while waiting:
        scope = waiting.pop(0)
        yield scope
        waiting += [_scope(one.inner, scope, one.step.id) for one in scope.placed if one.inner]


def _scope(placed: Sequence[Placed], outer: Scope | None, loop: str) -> Scope:
    return Scope(placed, Order([one.step for one in placed]), outer, loop)
