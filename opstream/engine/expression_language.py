"""The language of `{{ … }}`: Jinja's expressions in its sandbox, less all that loops, calls or grows.

A template is parsed by Jinja, its tree is checked against `_ALLOWED`, and each expression is compiled
on first use. No statement, no call, no power, no attribute of any Python object: a dot reads a key of a
mapping and nothing else. What can make a value grow (`+`, `*`, `%`, `~`, a filter) is guarded.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TypeAlias

from jinja2 import StrictUndefined, TemplateSyntaxError, Undefined, nodes
from jinja2.environment import TemplateExpression
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from opstream.domain.values import Json
from opstream.engine.expression_filters import FILTERS, TESTS
from opstream.engine.expression_values import Refused, Value, add, bounded, joined, number

TEMPLATE_LIMIT = 20_000
_NODES_LIMIT = 400
_FILTERS_LIMIT = 20
_DEEPEST = 30

_Evaluate: TypeAlias = Callable[[Mapping[str, Json]], Value]

_ARITHMETIC: Mapping[str, Callable[..., int | float]] = {
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}

_ALLOWED = (
    *(nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Slice),
    *(nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Keyword),
    *(nodes.Filter, nodes.Test, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.Concat),
    *(nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Pos),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod),
)


_SUCH_AS = "write an expression such as `{{ inputs.service }}`"
_OTHERS = (
    ("got `=`", "compare with `==`"),
    ("char `&`", "write `and`"),
    ("char `!`", "write `not`, or `!=`"),
    ("got `|`", "write `or`, or name a filter after one `|`"),
    ("`?`", "write `this if condition else that`"),
)


class _Language(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, in which a dot reads keys only and operators keep their limits."""

    intercepted_binops = frozenset({"+", *_ARITHMETIC})

    def getattr(self, obj: Value, attribute: str) -> Value:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Value, argument: Json) -> Value:
        if isinstance(obj, Undefined):
            return obj  # so that `default` helps wherever the chain breaks
        try:
            if isinstance(obj, Mapping):
                return obj[argument]  # type: ignore[index]  # any other key is just missing
            if isinstance(obj, Sequence) and isinstance(argument, int):
                return obj[argument]
        except (LookupError, TypeError):
            pass
        return self.undefined(obj=obj, name=str(argument))

    def call_binop(self, context: Context, operator: str, left: Value, right: Value) -> Json:
        if operator == "+":
            return add(left, right)
        numbers = number(left, operator), number(right, operator)
        if numbers[1] == 0 and operator in ("/", "//", "%"):
            raise Refused("it divides by zero; guard it with `… if … else …`")
        return bounded(_ARITHMETIC[operator](*numbers))


_language = _Language(
    undefined=StrictUndefined,
    optimized=False,  # nothing is worked out before its guards are
    keep_trailing_newline=True,
    comment_start_string="{\ue000#",  # so that `{#` is plain text
)
_language.globals.clear()
_language.filters.clear()
_language.filters.update(FILTERS)
_language.filters["~"] = joined
_language.tests.clear()
_language.tests.update(TESTS)


class Expression:
    """One `{{ … }}`: its tree for checks, and its value; compiled when it is first asked for."""

    __slots__ = ("_evaluate", "tree")

    def __init__(self, tree: nodes.Expr) -> None:
        self.tree = tree
        self._evaluate: _Evaluate | None = None

    @property
    def composed(self) -> bool:
        """Whether it makes something new; a path only reads what is there."""
        return not isinstance(self.tree, nodes.Name | nodes.Getattr | nodes.Getitem | nodes.Const)

    def value(self, context: Mapping[str, Json]) -> Value:
        """Return its value; an `Undefined` when the name or key is not there."""
        if self._evaluate is None:
            self._evaluate = _compiled(self.tree)
        return self._evaluate(context)


def parse(text: str) -> tuple[str | Expression, ...]:
    """Return the parts of a template in order: plain texts and expressions.

    Raises:
        Refused: it is no template of this language.
    """
    if len(text) > TEMPLATE_LIMIT:
        raise Refused(f"it is longer than {TEMPLATE_LIMIT:,} characters; shorten it")
    try:
        body = _language.parse(text).body
    except TemplateSyntaxError as error:
        raise Refused(_syntax(text, error.message or "")) from error
    except (RecursionError, ValueError) as error:
        raise Refused("it is nested too deep or has too long a number; simplify it") from error
    pieces = [piece for node in body for piece in _pieces(node)]
    _check([piece for piece in pieces if not isinstance(piece, nodes.TemplateData)])
    return tuple(
        piece.data if isinstance(piece, nodes.TemplateData) else Expression(piece)
        for piece in pieces
    )


def _syntax(text: str, message: str) -> str:
    if "{%" in text:
        return _NO_STATEMENTS
    if message.startswith("unexpected end of template"):
        return "it is not closed; end it with `}}`"
    said = message.replace("end of print statement", "}}").replace("'", "`").rstrip(".")
    remedy = next((ours for sign, ours in _OTHERS if sign in said), _SUCH_AS)
    return f"{said[:1].lower()}{said[1:]}; {remedy}"


_NO_STATEMENTS = (
    "statements such as `{% for %}` are not part of the language; use `{{ … }}` with a filter "
    "such as `join`, `map` or `selectattr`"
)


def _pieces(node: nodes.Node) -> Iterator[nodes.Expr]:
    if not isinstance(node, nodes.Output):
        raise Refused(_NO_STATEMENTS)
    yield from node.nodes


def _check(expressions: Sequence[nodes.Expr]) -> None:
    """Refuse trees with anything in them that is not allowed, or with too much of it."""
    waiting: list[tuple[nodes.Node, int]] = [(one, 1) for one in expressions]
    seen = filters = 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        filters += isinstance(node, nodes.Filter)
        if seen > _NODES_LIMIT or depth > _DEEPEST or filters > _FILTERS_LIMIT:
            raise Refused("it does too much at once; let a step of its own work this out")
        _check_node(node)
        waiting += [(child, depth + 1) for child in node.iter_child_nodes()]


def _check_node(node: nodes.Node) -> None:
    match node:
        case nodes.Call():
            raise Refused("calls are not part of the language; use a filter, such as `| length`")
        case nodes.Pow():
            raise Refused("`**` is not part of the language; write the number out")
        case nodes.Filter(name=name) if name not in FILTERS:
            raise Refused(_unknown("filter", name, FILTERS))
        case nodes.Test(name=name) if name not in TESTS:
            raise Refused(_unknown("test", name, TESTS))
        case nodes.CondExpr(expr2=None):
            raise Refused("`if` needs an `else` here; write `… if … else …`")
        case _ if not isinstance(node, _ALLOWED):
            raise Refused("this is not part of the language; use names, operators and filters")
    _check_leaf(node)


def _check_leaf(node: nodes.Node) -> None:
    match node:
        case nodes.Const(value=float() as value):
            bounded(value)
        case nodes.Getitem(node=nodes.Const(value=value)) if not isinstance(value, str):
            raise Refused("a number has no parts; pick one of a list or mapping")
        case nodes.Name(name=name) if name.startswith("_") or name in ("self", "super", "loop"):
            raise Refused(f"`{name}` is no name of this language; use `inputs`, `steps` or `run`")
        case nodes.Getattr(attr=key) | nodes.Getitem(arg=nodes.Const(value=str() as key)) if (
            key.startswith("__")
        ):
            raise Refused(f"`{key}` is no key; use the names of inputs and outputs")


def _unknown(kind: str, name: str, known: Mapping[str, object]) -> str:
    close = get_close_matches(name, known, 1)
    meant = f"did you mean `{close[0]}`?" if close else f"there are {', '.join(known)}"
    return f"there is no {kind} `{name}`; {meant}"


class _Guarded(NodeTransformer):
    """Turns `a ~ b` into a filter that keeps its limits: Jinja would join them unasked."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        parts = nodes.List(node.nodes, lineno=node.lineno)
        return nodes.Filter(parts, "~", [], [], None, None, lineno=node.lineno)


def _compiled(tree: nodes.Expr) -> _Evaluate:
    """Return what works an expression out, as Jinja's own `compile_expression` makes it."""
    guarded = _Guarded().visit(tree)
    body: list[nodes.Node] = [nodes.Assign(nodes.Name("result", "store"), guarded, lineno=1)]
    template = nodes.Template(body, lineno=1)
    template.set_environment(_language)
    return TemplateExpression(_language.from_string(template), undefined_to_none=False)
