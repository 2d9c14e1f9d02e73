"""Answers of a shape that was asked for: how the shape is put to a provider, and whether an answer has it.

Providers want an object at the top. Any other shape is put into one, under `answer`, and taken out again.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from referencing import Registry
from referencing.exceptions import Unresolvable

from opstream.domain.prompt import PromptRequest, Turn, Voice
from opstream.domain.values import Json
from opstream.errors import OperationFailed

_INSIDE = "answer"
_FENCE = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)
_LONGEST_COMPLAINT = 300


@dataclass(frozen=True, slots=True)
class Shape:
    """What an answer has to look like.

    Args:
        schema: As it was asked for.
        sent: As it is put to a provider, an object at its top.
        wrapped: Whether the answer stands under a name in that object.
    """

    schema: Json
    sent: Mapping[str, Json]
    wrapped: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an answer is not of the shape, as a clause: "`age` is missing"."""

    complaint: str


def shape(schema: Json) -> Shape:
    """Return a shape.

    Raises:
        OperationFailed: it is no JSON schema.
    """
    try:
        Draft202012Validator.check_schema(schema)  # type: ignore[arg-type] # that is what is checked
    except SchemaError as error:
        said = f"`schema` is no JSON schema: {error.message[:_LONGEST_COMPLAINT]}."
        raise OperationFailed(said, kind="invalid", retryable=False) from error
    if isinstance(schema, Mapping) and schema.get("type") == "object":
        return Shape(schema, schema, wrapped=False)
    inside = dict(schema) if isinstance(schema, Mapping) else {}
    beside: dict[str, Json] = {
        name: inside.pop(name) for name in ("$defs", "definitions") if name in inside
    }
    sent: dict[str, Json] = {
        "type": "object",
        "properties": {_INSIDE: inside},
        "required": [_INSIDE],
        "additionalProperties": False,
        **beside,
    }
    return Shape(schema, sent, wrapped=True)


def read(text: str, wanted: Shape) -> Json | Fault:
    """Return the answer in a text, or why there is none of the shape."""
    fenced = _FENCE.match(text)
    try:
        found = json.loads(fenced[1] if fenced else text)
    except (ValueError, RecursionError):
        return Fault("it is not JSON")
    if wanted.wrapped:
        if not isinstance(found, dict) or _INSIDE not in found:
            return Fault(f"it is not an object with `{_INSIDE}`")
        found = found[_INSIDE]
    wrong = _wrong(found, wanted)
    answer: Json = found
    return Fault(wrong) if wrong else answer


def _wrong(found: object, wanted: Shape) -> str:
    """Return what is wrong with an answer, '' for nothing; no address outside is looked up."""
    schema = wanted.schema if isinstance(wanted.schema, Mapping) else True
    validator = Draft202012Validator(schema, registry=Registry())
    try:
        error: ValidationError | None = best_match(validator.iter_errors(found))
    except (Unresolvable, RecursionError) as unresolved:
        said = f"`schema` cannot be followed: {str(unresolved)[:_LONGEST_COMPLAINT]}."
        raise OperationFailed(said, kind="invalid", retryable=False) from unresolved
    if error is None:
        return ""
    place = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in error.path)
    message = error.message[:_LONGEST_COMPLAINT]
    return f"at `{place.lstrip('.')}`: {message}" if place else message


def repair(request: PromptRequest, text: str, fault: Fault) -> PromptRequest:
    """Return a request that shows a model its answer, and what is wrong with it."""
    asked = (
        f"That answer cannot be used: {fault.complaint}. Answer again, with nothing but JSON that obeys the "
        "schema."
    )
    turns = (Turn(Voice.ASSISTANT, text or "(nothing)"), Turn(Voice.USER, asked))
    return replace(request, turns=(*request.turns, *turns))


def unusable(model: str, fault: Fault) -> OperationFailed:
    """Return what to raise when a second answer is of no use either."""
    return OperationFailed(
        f"`{model}` was asked twice and did not answer as the `schema` wants it: {fault.complaint}. Make the "
        "schema simpler or its descriptions clearer, or ask a stronger model.",
        kind="invalid",
    )
