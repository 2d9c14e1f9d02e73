"""Inputs, and the fields of a question, as our own format writes them."""

from collections.abc import Mapping, Sequence

from opstream.definitions.fields import spoken
from opstream.domain.values import Json
from opstream.domain.workflow import Input, InputKind


def filled(data: Mapping[str, Json]) -> dict[str, Json]:
    """Return a mapping without what is empty, false or null."""
    return {
        key: value
        for key, value in data.items()
        if value is not None and value is not False and value not in ("", [], {})
    }


def written_fields(fields: Sequence[Input]) -> dict[str, Json]:
    """Return inputs, or the fields of a question, as they are written."""
    return {field.name: _field(field) for field in fields}


def _field(field: Input) -> Json:
    if field == Input(field.name, field.kind, spoken(field.name)):
        return field.kind.value
    usual = field.default is None
    data: dict[str, Json] = {
        "type": field.kind.value,
        "title": "" if field.title == spoken(field.name) else field.title,
        "description": field.description,
        "choices": list(field.choices),
    }
    if field.kind is InputKind.CHOICE and field.choices:
        del data["type"]
    written = filled(data)
    if field.required is not usual:
        written["required"] = field.required
    return written if usual else {**written, "default": field.default}
