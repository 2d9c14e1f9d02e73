"""Templates before everything is known: what is known is filled in, the rest stays as a mark. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opstream.domain.values import Json, JsonObject
from opstream.engine import expressions
from opstream.errors import ExpressionError

_PIECE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_OUTPUT = re.compile(
    r"\{\{\s*(?:steps\.)?(\w+?)(?:\.output|_output)((?:[.\[][\w.\[\]'\"-]*)?)\s*\}\}"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What templates see before a run.

    Args:
        known: Variables with their values.
        unknown: Names that only the run will know, such as `steps.fetch` or `item`.
    """

    known: JsonObject
    unknown: frozenset[str]

    def knows(self, value: Json) -> bool:
        """Return whether all that a template refers to is known."""
        named = expressions.references(value)
        whole_steps = "steps" in named and any(one.startswith("steps.") for one in self.unknown)
        return not named & self.unknown and not whole_steps

    def fill(self, value: Json) -> Json:
        """Return a value with its templates worked out as far as that is possible."""
        if isinstance(value, str):
            return self._text(value) if "{{" in value else value
        if isinstance(value, Mapping):
            return {key: self.fill(item) for key, item in value.items()}
        if isinstance(value, Sequence):
            return [self.fill(item) for item in value]
        return value

    def _text(self, text: str) -> Json:
        if self.knows(text):
            return expressions.render(text, self.known)
        try:
            return _PIECE.sub(lambda piece: self._piece(piece[0]), text)
        except ExpressionError:  # `}}` inside a quoted text cuts a piece short
            return text

    def _piece(self, piece: str) -> str:
        if self.knows(piece):
            return str(expressions.render(f".{piece}", self.known))[1:]  # as it reads in a text
        output = _OUTPUT.fullmatch(piece)
        if output is None:
            return piece
        return mark(f"output{output[2]} of {output[1]}")

    def holds(self, condition: str) -> bool | None:
        """Return whether a condition holds, None when only the run will know."""
        template = expressions.bare(condition)
        return expressions.truthy(condition, self.known) if self.knows(template) else None


def mark(what: str) -> str:
    """Return what stands for something that only the run will know."""
    return f"\u2039{what}\u203a"
