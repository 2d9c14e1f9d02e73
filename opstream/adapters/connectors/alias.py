"""An alias as it is written: the tools behind it, what it takes, and what it returns."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from opstream.adapters.connectors import windows
from opstream.adapters.connectors.shaping import roots
from opstream.domain.values import Json, JsonObject
from opstream.engine import expressions
from opstream.errors import ExpressionError

SOURCE = "alias"
ONLY = "output"  # what the answer of a single call goes by
_KINDS: Mapping[str, JsonObject] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "flag": {"type": "boolean"},
    "duration": {"type": ["string", "number"]},
    "list": {"type": "array"},
    "mapping": {"type": "object"},
    "any": {},
}
_IN_ARGUMENTS = frozenset({"inputs", windows.NAME, "item"})
_IN_OUTPUT = _IN_ARGUMENTS | {ONLY, "calls"}


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call behind an alias.

    Args:
        tool: `<source>.<tool>`.
        arguments: Templates over `inputs` and `window`; what comes out as null is left out.
        fail_if: An expression over `output`; when it holds, the call failed.
        reason: A template over `output` that says why it failed; None for the answer as it is.
        reads: That it changes nothing, whatever else its tool could do.
    """

    tool: str
    arguments: JsonObject = field(default_factory=dict)
    fail_if: str | None = None
    reason: str | None = None
    reads: bool = False


@dataclass(frozen=True, slots=True)
class Alias:
    """A tool as workflows want it.

    Args:
        inputs: What it takes, each with its kind.
        defaults: Of the inputs that may be left out.
        calls: Made side by side; one that is called `output` is the only one.
        output: What to return; None for the answer of the only call, or for all answers by name.
    """

    name: str
    description: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    defaults: JsonObject = field(default_factory=dict)
    calls: Mapping[str, ToolCall] = field(default_factory=dict)
    output: Json = None

    @property
    def operation(self) -> str:
        """The name of its operation."""
        return f"{SOURCE}.{self.name}"


def schema(alias: Alias) -> JsonObject:
    """Return the JSON Schema of what an alias takes."""
    properties: dict[str, Json] = {
        name: {**_KINDS[kind], "default": alias.defaults[name]}
        if name in alias.defaults
        else _KINDS[kind]
        for name, kind in alias.inputs.items()
    }
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in alias.inputs if name not in alias.defaults],
        "additionalProperties": False,
    }


def complaint(alias: Alias) -> str:
    """Return what is wrong with the templates of an alias; empty when nothing is."""
    calls = alias.calls.values()
    forms: list[tuple[Json, frozenset[str]]] = [(one.arguments, _IN_ARGUMENTS) for one in calls]
    forms += [(expressions.bare(one.fail_if), frozenset({ONLY})) for one in calls if one.fail_if]
    forms += [(one.reason, frozenset({ONLY})) for one in calls if one.reason]
    try:
        for form, seen in [*forms, (alias.output, _IN_OUTPUT)]:
            for name in sorted(roots(form) - seen):
                return (
                    f"The alias `{alias.name}` uses `{name}`; templates there see {_listed(seen)}."
                )
    except ExpressionError as error:
        return f"The alias `{alias.name}` cannot be used: {error}"
    return ""


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"`{one}`" for one in sorted(names))
