"""Which steps follow when some of an ended run are done again. Pure."""

from collections.abc import Iterable, Sequence

from opstream.domain import paths
from opstream.domain.workflow import Workflow


def with_followers(workflow: Workflow, chosen: Iterable[str]) -> tuple[str, ...]:
    """Return steps and all that come after them, in the workflow's order.

    What comes after a loop comes after each step inside it.
    """
    found: set[str] = set()
    left = list(chosen)
    while left:
        path = left.pop()
        if path in found:
            continue
        found.add(path)
        for one in (path, *(loop for loop, _ in paths.items(path))):
            scope = paths.scope(one)
            followers = workflow.order_of(scope).followers.get(one.removeprefix(scope), ())
            left += [scope + follower for follower in followers]
    return tuple(sorted(found, key=lambda path: _place(workflow, path)))


def afresh(workflow: Workflow, steps: Sequence[str]) -> tuple[str, ...]:
    """Return those of some steps that need another one of them."""
    again = frozenset(steps)
    return tuple(path for path in steps if not again.isdisjoint(workflow.step(path).needs))


def _place(workflow: Workflow, path: str) -> tuple[int, ...]:
    place: list[int] = []
    for loop, index in paths.items(path):
        place += [_position(workflow, loop), index]
    return (*place, _position(workflow, path))


def _position(workflow: Workflow, path: str) -> int:
    scope = paths.scope(path)
    return workflow.order_of(scope).position.get(path.removeprefix(scope), 0)
