"""What is missing when a `{{ … }}` cannot be worked out, and what there is instead."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from jinja2 import Undefined, nodes

from opstream.domain.values import Json, JsonObject
from opstream.engine.expression_language import Expression
from opstream.engine.expression_values import Value

_QUOTED = 120
_LISTED = 8


def quoted(template: str) -> str:
    """Return a template as a sentence quotes it: on one line, shortened."""
    flat = " ".join(template.split())
    return f"`{flat if len(flat) <= _QUOTED else flat[: _QUOTED - 1] + '…'}`"


def sentence(template: str, verdict: str, problem: str) -> str:
    """Return one sentence on a template: what cannot be done with it, and why."""
    stop = "" if problem.endswith("?") else "."
    return f"{quoted(template)} {verdict}: {problem}{stop}"


def missing(parts: Iterable[str | Expression], context: JsonObject, error: str) -> str:
    """Return which path of a template is not there, and what is.

    Args:
        parts: The template's texts and expressions.
        context: What it was worked out with.
        error: Jinja's words, which name the last link only; they stand when no path explains them.
    """
    broken = [
        path
        for part in parts
        if isinstance(part, Expression)
        for whole in _paths(part.tree)
        if (path := _broken(whole, context))
    ]
    named = [path for path in broken if f"{path[-1]}" in error] or broken
    return _sentence(named[0], context) if named else error


def _paths(node: nodes.Node) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths that must exist: those in front of `default` and `is defined` need not."""
    path = _path(node)
    if path:
        yield path
        return
    forgiving = (isinstance(node, nodes.Filter) and node.name == "default") or (
        isinstance(node, nodes.Test) and node.name in ("defined", "undefined")
    )
    for child in node.iter_child_nodes(exclude=("node",) if forgiving else None):
        yield from _paths(child)


def _path(node: nodes.Node) -> tuple[str | int, ...] | None:
    match node:
        case nodes.Name(name=name):
            return (name,)
        case nodes.Getattr(node=inner, attr=name) if path := _path(inner):
            return (*path, name)
        case nodes.Getitem(node=inner, arg=nodes.Const(value=str() | int() as name)) if path := (
            _path(inner)
        ):
            return (*path, name)
    return None


def _broken(path: Sequence[str | int], context: JsonObject) -> Sequence[str | int] | None:
    """Return a path up to its first link that is not there, or None when all of it is."""
    here: Json = context
    for depth, name in enumerate(path):
        there = _follow(here, name)
        if isinstance(there, Undefined):
            return path[: depth + 1]
        here = there
    return None


def _follow(here: Json, name: str | int) -> Value:
    try:
        if isinstance(here, Mapping):
            return here[name]  # type: ignore[index]  # an integer key is just missing
        if isinstance(here, Sequence) and isinstance(name, int):
            return here[name]
    except LookupError:
        pass
    return Undefined()


def _sentence(path: Sequence[str | int], context: JsonObject) -> str:
    here: Value = context
    for name in path[:-1]:
        here = _follow(here, name) if not isinstance(here, Undefined) else here
    gone = f"`{_spelled(path)}` is not there"
    if len(path) == 1:
        return f"{gone}; a template begins with {', '.join(f'`{name}`' for name in context)}"
    if isinstance(here, Mapping):
        return f"{gone}; {_offer(str(path[-1]), [str(key) for key in here])}"
    owner = _spelled(path[:-1])
    if here is None:
        return f"{gone}, because `{owner}` is null; add `| default('')`"
    if isinstance(here, str) or not isinstance(here, Sequence):
        return f"{gone}, because `{owner}` is a single value; write `{owner}`"
    if isinstance(path[-1], int):
        return f"{gone}; the list has {len(here)} {'item' if len(here) == 1 else 'items'}"
    return f"{gone}, because `{owner}` is a list; pick one, such as `{owner}[0]`"


def _offer(name: str, there: Sequence[str]) -> str:
    if not there:
        return "it is empty there; add `| default('')` if that may be"
    close = get_close_matches(name, there, 1)
    meant = f"; did you mean `{close[0]}`?" if close else ""
    listed = ", ".join(f"`{key}`" for key in there[:_LISTED])
    more = f" and {len(there) - _LISTED} more" if len(there) > _LISTED else ""
    return f"it has {listed}{more}{meant}"


def _spelled(path: Sequence[str | int]) -> str:
    first, *rest = path
    return str(first) + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in rest)
