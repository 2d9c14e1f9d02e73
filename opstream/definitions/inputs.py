"""What a person gives a workflow -> checked values, or one sentence that says what to write."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from difflib import get_close_matches

from opstream.domain import durations
from opstream.domain.values import Json, JsonObject
from opstream.domain.workflow import Input, InputKind, Workflow
from opstream.errors import BadInput, MissingInputs

_TEXT_LIMIT = 10_000
_LINK = re.compile(r"<(?:https?://|mailto:)[^|>]*\|([^>]+)>")
_SECRET_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
SECRET = "secret:"
_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


class _Unfit(ValueError):
    """A value is not of the kind; the text says what to write, without the name."""


def read(workflow: Workflow, given: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return a value for each input of a workflow; None for an optional one without a default.

    A duration comes back in one unit (`2 hours` -> `2h`), a person or channel as its id, a secret as
    `secret:NAME`: the secret itself takes the place of that text just before a call is made, and is
    never among the values.

    Raises:
        BadInput: an input is unknown, or its value cannot be used.
        MissingInputs: required inputs were left out.
    """
    known = [field.name for field in workflow.inputs]
    for name in given:
        if name not in known:
            raise BadInput(_unknown(workflow.id, name, known))
    values = {field.name: convert(field, given.get(field.name)) for field in workflow.inputs}
    missing = [f.name for f in workflow.inputs if f.required and values[f.name] is None]
    if missing:
        raise MissingInputs(workflow.id, missing)
    return values


def answers(fields: Sequence[Input], given: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return what a person filled in for a question, checked like inputs.

    Raises:
        BadInput: a field is unknown, empty although required, or has an unfit value.
    """
    for name in given:
        if name not in [field.name for field in fields]:
            raise BadInput(f"The question has no field `{name}`.")
    values = {field.name: convert(field, given.get(field.name)) for field in fields}
    for field in fields:
        if field.required and values[field.name] is None:
            raise BadInput(f"`{field.name}` is empty. Fill it in, please.")
    return values


def convert(field: Input, value: Json) -> Json:
    """Return a value as an input of this kind keeps it; its default for an empty one.

    Raises:
        BadInput: it is not of this kind.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None if field.default is None else convert(field, field.default)
    try:
        return _CONVERT[field.kind](field, value)
    except _Unfit as unfit:
        shown = "that" if field.kind is InputKind.SECRET else f"`{_cited(value)}`"
        raise BadInput(f"`{field.name}` cannot be {shown}: {unfit}") from unfit


def _unknown(workflow_id: str, name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, 1, 0.5)
    if close:
        hint = f"Did you mean `{close[0]}`?"
    elif known:
        hint = f"It takes {', '.join(f'`{one}`' for one in known)}."
    else:
        hint = "It takes none."
    return f"`{workflow_id}` has no input `{name}`. {hint}"


def _text(field: Input, value: Json) -> Json:
    if isinstance(value, bool | Mapping) or not isinstance(value, str | int | float):
        raise _Unfit("it is no text. Write for example `checkout`.")
    text = _LINK.sub(r"\1", str(value)).strip()
    if len(text) > _TEXT_LIMIT:
        raise _Unfit(f"it has {len(text):,} characters. Write at most {_TEXT_LIMIT:,}.")
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text):
        raise _Unfit("it holds control characters. Write plain text.")
    return text


def _number(field: Input, value: Json) -> Json:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return value
    text = value.strip().replace("_", "") if isinstance(value, str) else ""
    if re.fullmatch(r"[-+]?\d{1,15}", text, re.ASCII):
        return int(text)
    if re.fullmatch(r"[-+]?(\d{1,15}\.\d*|\.\d+)", text, re.ASCII):
        return float(text)
    raise _Unfit("it is no number. Write for example `3` or `2.5`.")


def _choice(field: Input, value: Json) -> Json:
    wanted = str(value).strip().lower()
    for choice in field.choices:
        if choice.lower() == wanted:
            return choice
    offered = ", ".join(f"`{choice}`" for choice in field.choices)
    close = get_close_matches(wanted, [choice.lower() for choice in field.choices], 1)
    meant = next((c for c in field.choices if close and c.lower() == close[0]), None)
    hint = f"Did you mean `{meant}`? " if meant else ""
    raise _Unfit(f"it is no choice. {hint}Write one of {offered}.")


def _duration(field: Input, value: Json) -> Json:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    found = durations.parse(str(value)) if is_number or isinstance(value, str) else None
    if not found:
        raise _Unfit("it is no duration of up to a year. Write for example `2m`, `1h30m` or `2h`.")
    return in_one_unit(found)


def in_one_unit(duration: timedelta) -> str:
    """Return a duration as every tool reads it: `90m`, `2h`, `45s`."""
    seconds = duration.total_seconds()
    for unit, size in _UNITS:
        if seconds % size == 0:
            return f"{int(seconds // size)}{unit}"
    return f"{seconds:.6f}".rstrip("0") + "s"


def _date(field: Input, value: Json) -> Json:
    text = value.strip() if isinstance(value, str) else ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError as error:
        raise _Unfit("it is no date. Write for example `2026-12-24`.") from error


def _person(field: Input, value: Json) -> Json:
    text = value.strip() if isinstance(value, str) else ""
    found = re.fullmatch(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|([UW][A-Z0-9]{2,})", text)
    if found is None:
        raise _Unfit("it is no person. Mention them with `@` and pick the name from the list.")
    return found[1] or found[2]


def _channel(field: Input, value: Json) -> Json:
    text = value.strip() if isinstance(value, str) else ""
    found = re.fullmatch(r"<#([CG][A-Z0-9]+)(?:\|[^>]*)?>|([CG][A-Z0-9]{2,})", text)
    if found is not None:
        return found[1] or found[2]
    if re.fullmatch(r"#[\w\-.]{1,80}", text):
        return text
    raise _Unfit("it is no channel. Write for example `#ops-alerts`.")


def _secret(field: Input, value: Json) -> Json:
    name = value.strip().removeprefix(SECRET) if isinstance(value, str) else ""
    if not is_secret_name(name):
        raise _Unfit(
            "it is no name of a secret. Write its name, never the secret, as in `API_TOKEN`."
        )
    return SECRET + name


def is_secret_name(text: str) -> bool:
    """Return whether a text can be the name of a secret."""
    return _SECRET_NAME.fullmatch(text) is not None


def _cited(value: Json) -> str:
    text = " ".join(str(value).split()).replace("`", "'")
    return text if len(text) <= 60 else text[:59] + "…"


_CONVERT: Mapping[InputKind, Callable[[Input, Json], Json]] = {
    InputKind.TEXT: _text,
    InputKind.NUMBER: _number,
    InputKind.CHOICE: _choice,
    InputKind.DURATION: _duration,
    InputKind.DATE: _date,
    InputKind.PERSON: _person,
    InputKind.CHANNEL: _channel,
    InputKind.SECRET: _secret,
}


def schema_of(workflow: Workflow) -> JsonObject:
    """Return the JSON schema (draft 2020-12) of what a workflow is to be given.

    It describes the plain forms; `read` takes some more, such as a number written as a text.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": workflow.title,
        "type": "object",
        "properties": {field.name: _schema(field) for field in workflow.inputs},
        "required": [field.name for field in workflow.inputs if field.required],
        "additionalProperties": False,
    }


def _schema(field: Input) -> JsonObject:
    schema: dict[str, Json] = {"title": field.title or field.name}
    if field.description:
        schema["description"] = field.description
    shape = dict(_SHAPES[field.kind])
    if field.kind is InputKind.CHOICE:
        shape = {"enum": [*field.choices, *(() if field.required else (None,))]}
    elif not field.required:
        shape["type"] = [str(shape["type"]), "null"]
    if field.default is not None:
        shape["default"] = convert(field, field.default)
    return schema | shape


_SHAPES: Mapping[InputKind, JsonObject] = {
    InputKind.TEXT: {"type": "string", "maxLength": _TEXT_LIMIT},
    InputKind.NUMBER: {"type": "number"},
    InputKind.CHOICE: {},
    InputKind.DURATION: {"type": "string", "examples": ["2m", "1h30m", "2 hours"]},
    InputKind.DATE: {"type": "string", "examples": ["2026-12-24", "2026-12-24T09:00:00+01:00"]},
    InputKind.PERSON: {"type": "string", "examples": ["U012ABCDEF"]},
    InputKind.CHANNEL: {"type": "string", "examples": ["#ops-alerts", "C012ABCDEF"]},
    InputKind.SECRET: {
        "type": "string",
        "pattern": "^(secret:)?[A-Z][A-Z0-9_]{0,63}$",
        "examples": ["API_TOKEN"],
    },
}
