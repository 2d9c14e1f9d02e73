"""What templates make of data: as expressions do, and lists made item by item.

A mapping that is nothing but `{for_each: "{{ … }}", make: …}` becomes a list: `make` once for each
item, which it sees as `item`.
"""

from collections.abc import Mapping, Sequence

from opstream.domain.values import Json, JsonObject
from opstream.engine import expressions
from opstream.errors import ExpressionError

_LOOP = frozenset({"for_each", "make"})
_ITEMS = 10_000
_DEEPEST = 20


def shaped(form: Json, context: JsonObject, depth: int = 0) -> Json:
    """Return a form with its templates worked out.

    Raises:
        ExpressionError: a template cannot be worked out, or a loop goes over no list.
    """
    if depth > _DEEPEST:
        raise ExpressionError(f"It is nested more than {_DEEPEST} deep; write it flatter.")
    if isinstance(form, str):
        return expressions.render(form, context)
    if isinstance(form, Mapping):
        if form.keys() == _LOOP:
            return _made(form, context, depth)
        return {key: shaped(one, context, depth + 1) for key, one in form.items()}
    if isinstance(form, Sequence):
        return [shaped(one, context, depth + 1) for one in form]
    return form


def roots(form: Json) -> frozenset[str]:
    """Return the names that the templates of a form begin with, such as `inputs`.

    Raises:
        ExpressionError: a template is not of the language.
    """
    return frozenset(name.partition(".")[0] for name in expressions.references(form))


def _made(form: JsonObject, context: JsonObject, depth: int) -> Json:
    items = shaped(form["for_each"], context, depth + 1)
    if isinstance(items, str) or not isinstance(items, Sequence):
        raise ExpressionError(f"`for_each: {form['for_each']}` is no list; name a list there.")
    if len(items) > _ITEMS:
        raise ExpressionError(f"`for_each` goes over more than {_ITEMS:,} items; ask for fewer.")
    return [shaped(form["make"], {**context, "item": item}, depth + 1) for item in items]
