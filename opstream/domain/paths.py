"""Where a step stands: `fetch`, in a loop `each[3].fetch`, what undoes it `fetch.undo`."""

import re
from collections.abc import Iterator

_ITEM = re.compile(r"(?P<loop>[^\[\]]+)\[(?P<index>\d+)\]\.")
UNDO = ".undo"


def inside(loop: str, index: int, step: str) -> str:
    """Return the path of a step for one item of a loop; `index` counts from 0."""
    return f"{loop}[{index}].{step}"


def scope(path: str) -> str:
    """Return the part of a path that its neighbours share: `each[3].` of `each[3].fetch`."""
    return path[: path.rfind("].") + 2] if "]." in path else ""


def loop(scope: str) -> str:
    """Return the path of the loop that a scope belongs to: `each` of `each[3].`."""
    return scope[: scope.rindex("[")]


def items(path: str) -> Iterator[tuple[str, int]]:
    """Yield the loops around a step, the outermost first, each with its item's index."""
    for found in _ITEM.finditer(path):
        yield path[: found.start("index") - 1], int(found["index"])


def undo(path: str) -> str:
    """Return the path of what undoes a step."""
    return f"{path}{UNDO}"


def undone(path: str) -> str | None:
    """Return the path of the step that this one undoes, None when it undoes none."""
    of = path.removesuffix(UNDO)
    return of if of != path and not of.endswith("]") else None
