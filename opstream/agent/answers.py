"""Answers with data: a model gives them by a tool whose arguments are the data, checked against the schema."""

from collections.abc import Mapping
from typing import Final

from opstream.domain.prompt import ModelTool
from opstream.domain.values import Json

TOOL: Final = "answer"
_LONGEST = 300


def answer_tool(schema: Json) -> ModelTool:
    """Return the tool by which a model answers; its inputs are the data that is wanted."""
    inputs = schema if isinstance(schema, Mapping) else {}
    return ModelTool(
        TOOL, "Give your final answer. Call it once you know it, and nothing else then.", inputs
    )


def complaint(schema: Json, data: Mapping[str, Json]) -> str:
    """Return what is wrong with an answer, as a sentence for the model; '' when it fits."""
    # It takes a while to import; nobody needs it before the first answer with data.
    from jsonschema import ValidationError, validators

    if not isinstance(schema, Mapping):
        return ""
    try:
        validators.validator_for(schema)(schema).validate(dict(data))
    except ValidationError as error:
        where = f" at `{error.json_path}`" if error.json_path != "$" else ""
        return f"This is no answer that fits: {error.message[:_LONGEST]}{where}. Mend it and answer again."
    return ""
