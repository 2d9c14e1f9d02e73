"""The small `{{ steps.build.output.url }}` language: what a definition says about data.

A value that is exactly one `{{ … }}` keeps its type; inside a text, values are written out. A text
without `{{` is itself and costs nothing. The language is in `expression_language.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import UndefinedError, nodes

from opstream.domain.values import Json, JsonObject
from opstream.engine.expression_faults import missing, quoted, sentence
from opstream.engine.expression_language import Expression, parse
from opstream.engine.expression_values import Refused, joined, plain
from opstream.errors import ExpressionError

_MADE_LIMIT = 1_000_000
_DEEPEST = 50
_ROOTS = ("inputs", "steps", "run")


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template.

    Args:
        text: As written.
        parts: Plain texts and expressions, in order.
        names: What it refers to, such as `inputs.service`, `steps.fetch` and `fetch_output`.
        whole: Whether it is exactly one expression, whose value keeps its type.
    """

    text: str
    parts: tuple[str | Expression, ...]
    names: frozenset[str]
    whole: bool


@lru_cache(maxsize=2048)
def compile(template: str) -> Template:
    """Return a template, ready to render; the same text is compiled once.

    Raises:
        ExpressionError: it is not of the language.
    """
    try:
        parts = parse(template)
    except Refused as refused:
        raise ExpressionError(sentence(template, "cannot be read", str(refused))) from refused
    filled = [part for part in parts if isinstance(part, Expression) or part.strip()]
    whole = len(filled) == 1 and isinstance(filled[0], Expression)
    names = frozenset(
        name for part in parts if isinstance(part, Expression) for name in _names(part.tree)
    )
    return Template(template, tuple(filled) if whole else parts, names, whole)


def render(value: Json, context: JsonObject) -> Json:
    """Return a value with its templates worked out, in lists and mappings too.

    Raises:
        ExpressionError: a template cannot be worked out.
    """
    return _render(value, context, 0)


def _render(value: Json, context: JsonObject, depth: int) -> Json:
    if isinstance(value, str):
        return _evaluate(compile(value), context) if "{{" in value else value
    if depth > _DEEPEST:
        raise ExpressionError(f"A value is nested more than {_DEEPEST} deep; write it flatter.")
    if isinstance(value, Mapping):
        return {key: _render(item, context, depth + 1) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [_render(item, context, depth + 1) for item in value]
    return value


def truthy(expression: str, context: JsonObject) -> bool:
    """Return whether a condition holds; it may be written with or without its braces.

    False, null, zero and what is empty do not hold.

    Raises:
        ExpressionError: it cannot be worked out, or gave a text that says neither yes nor no.
    """
    value = render(bare(expression), context)
    if not isinstance(value, str):
        return bool(value)
    said = value.strip().lower()
    if said not in ("true", "false", ""):
        raise ExpressionError(
            f"{quoted(expression)} gave the text “{value[:40]}”, which is neither true nor false; "
            "compare it, such as `inputs.mode == 'fast'`."
        )
    return said == "true"


def references(value: Json) -> frozenset[str]:
    """Return what all templates in a value refer to, such as `inputs.service` or `steps.fetch`.

    `inputs` or `steps` alone means that the template does not name one of them.

    Raises:
        ExpressionError: a template is not of the language.
    """
    return frozenset(name for text in _texts(value) for name in compile(text).names)


def bare(expression: str) -> str:
    """Return the template of a condition that may have been written without its braces."""
    return expression if "{{" in expression else f"{{{{ {expression} }}}}"


def _texts(value: Json, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        if "{{" in value:
            yield value
    elif depth > _DEEPEST:
        raise ExpressionError(f"A value is nested more than {_DEEPEST} deep; write it flatter.")
    elif isinstance(value, Mapping | Sequence):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(item, depth + 1)


def _names(node: nodes.Node) -> Iterator[str]:
    match node:
        case nodes.Getattr(node=nodes.Name(name=root), attr=name) if root in _ROOTS:
            yield f"{root}.{name}"
        case nodes.Getitem(node=nodes.Name(name=root), arg=nodes.Const(value=str() as name)) if (
            root in _ROOTS
        ):
            yield f"{root}.{name}"
        case nodes.Name(name=name):
            yield name
        case _:
            for child in node.iter_child_nodes():
                yield from _names(child)


def _evaluate(template: Template, context: JsonObject) -> Json:
    try:
        if template.whole:
            return _whole(template, context)
        return joined(
            part if isinstance(part, str) else part.value(context) for part in template.parts
        )
    except UndefinedError as error:
        problem = missing(template.parts, context, str(error))
    except Refused as error:
        problem = str(error)
    except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
        problem = f"{error}; check of which kind its values are"
    raise ExpressionError(sentence(template.text, "cannot be worked out", problem))


def _whole(template: Template, context: JsonObject) -> Json:
    expression = template.parts[0]
    assert isinstance(expression, Expression)
    value = expression.value(context)
    # What only was read is handed on as it is: it has been checked when it came in.
    if not expression.composed and isinstance(value, str | int | float | dict | list | None):
        return value
    return plain(value, _MADE_LIMIT)
