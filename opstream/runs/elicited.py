"""What a tool wants to know, as fields of a form, and what a person fills in, as the tool wants it. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from urllib.parse import urlsplit

from opstream.definitions import inputs as given_inputs
from opstream.domain.inputs import Input, InputKind
from opstream.domain.values import Json, JsonObject
from opstream.errors import BadInput

_YES, _NO = "yes", "no"
_MOST_FIELDS = 40
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,}")


def fields(schema: JsonObject) -> tuple[Input, ...]:
    """Return the fields for a schema: an object whose properties are plain values."""
    required = schema.get("required")
    needed = set(required) if isinstance(required, Sequence) else set()
    return tuple(
        _field(name, one, required=name in needed) for name, one in _properties(schema).items()
    )


def values(schema: JsonObject, given: Mapping[str, Json]) -> dict[str, Json]:
    """Return what was filled in as the schema wants it; what is empty is left out.

    Raises:
        BadInput: a field is empty although it must not be, or does not fit.
    """
    read = given_inputs.answers(fields(schema), given)
    return {
        name: _fitting(name, one, read[name])
        for name, one in _properties(schema).items()
        if read[name] is not None
    }


def _properties(schema: JsonObject) -> dict[str, JsonObject]:
    found = schema.get("properties")
    properties = found if isinstance(found, Mapping) else {}
    typed = {name: one for name, one in properties.items() if isinstance(one, Mapping)}
    return dict(list(typed.items())[:_MOST_FIELDS])


def _field(name: str, schema: JsonObject, *, required: bool) -> Input:
    titles = tuple(_choices(schema))
    several = schema.get("type") == "array"
    said = [_text(schema.get("description"))]
    if several:
        said.append(f"One or more of {', '.join(titles)}, with commas between them.")
    default = _shown(schema, schema.get("default"))
    return Input(
        name,
        _kind(schema, choice=bool(titles) and not several),
        _text(schema.get("title")) or name,
        " ".join(part for part in (*said, *_rules(schema)) if part),
        required,
        default,
        (_YES, _NO) if schema.get("type") == "boolean" else () if several else titles,
    )


def _kind(schema: JsonObject, *, choice: bool) -> InputKind:
    if choice or schema.get("type") == "boolean":
        return InputKind.CHOICE
    if schema.get("type") in ("number", "integer"):
        return InputKind.NUMBER
    return InputKind.DATE if schema.get("format") == "date" else InputKind.TEXT


def _choices(schema: JsonObject) -> dict[str, str]:
    """Return what can be chosen: what people read, and what the tool gets for it."""
    items = schema.get("items")
    source = items if isinstance(items, Mapping) else schema
    for several in (source.get("oneOf"), source.get("anyOf")):
        if isinstance(several, Sequence):
            named = (one for one in several if isinstance(one, Mapping) and "const" in one)
            return {
                _text(one.get("title")) or str(one["const"]): str(one["const"]) for one in named
            }
    allowed, titles = source.get("enum"), source.get("enumNames")
    consts = [str(one) for one in allowed] if isinstance(allowed, Sequence) else []
    names = [str(one) for one in titles] if isinstance(titles, Sequence) else consts
    return dict(zip(names if len(names) == len(consts) else consts, consts, strict=True))


def _shown(schema: JsonObject, value: Json) -> Json:
    """Return a value of the tool as it stands in a form."""
    if isinstance(value, bool):
        return _YES if value else _NO
    titles = {const: title for title, const in _choices(schema).items()}
    if isinstance(value, list | tuple):
        return ", ".join(titles.get(str(one), str(one)) for one in value) or None
    return titles.get(value, value) if isinstance(value, str) else value


def _rules(schema: JsonObject) -> list[str]:
    """Return in words what an answer has to obey."""
    words = {"minimum": "at least", "maximum": "at most"}
    lengths = {"minLength": "at least", "maxLength": "at most"}
    formats = {"email": "An e-mail address.", "uri": "An address such as https://example.com."}
    formats["date-time"] = "A date and time such as 2026-12-24T09:00:00+01:00."
    said = [f"{word} {schema[name]}" for name, word in words.items() if name in schema]
    said += [
        f"{word} {schema[name]} characters" for name, word in lengths.items() if name in schema
    ]
    form = formats.get(_text(schema.get("format")), "")
    return [form, f"{', '.join(said).capitalize()}." if said else ""]


def _fitting(name: str, schema: JsonObject, value: Json) -> Json:
    match schema.get("type"):
        case "boolean":
            return value == _YES
        case "integer" | "number":
            return _number(name, schema, value)
        case "array":
            return _several(name, schema, str(value))
    choices = _choices(schema)
    if choices:
        return choices[str(value)]
    text = str(value)
    _require_length(name, schema, text)
    if (check := _FORMATS.get(_text(schema.get("format")))) is not None and not check(text):
        raise BadInput(f"`{name}` does not fit. {' '.join(filter(None, _rules(schema)))}".strip())
    return text


def _number(name: str, schema: JsonObject, value: Json) -> Json:
    assert isinstance(value, int | float)  # the kind of the field has seen to that
    if schema.get("type") == "integer":
        if value != int(value):
            raise BadInput(f"`{name}` must be a whole number, not {value:g}.")
        value = int(value)
    least, most = schema.get("minimum"), schema.get("maximum")
    if isinstance(least, int | float) and value < least:
        raise BadInput(f"`{name}` must be at least {least:g}, not {value:g}.")
    if isinstance(most, int | float) and value > most:
        raise BadInput(f"`{name}` must be at most {most:g}, not {value:g}.")
    return value


def _several(name: str, schema: JsonObject, text: str) -> list[Json]:
    choices = {title.lower(): const for title, const in _choices(schema).items()}
    chosen = [one.strip() for one in text.split(",") if one.strip()]
    unknown = [one for one in chosen if choices and one.lower() not in choices]
    if unknown:
        offered = ", ".join(f"`{one}`" for one in _choices(schema))
        raise BadInput(f"`{name}` cannot be `{unknown[0][:60]}`. Write one or more of {offered}.")
    least, most = schema.get("minItems"), schema.get("maxItems")
    if isinstance(least, int) and len(chosen) < least:
        raise BadInput(f"`{name}` needs at least {least} of them.")
    if isinstance(most, int) and len(chosen) > most:
        raise BadInput(f"`{name}` takes at most {most} of them.")
    return [choices.get(one.lower(), one) for one in chosen]


def _require_length(name: str, schema: JsonObject, text: str) -> None:
    least, most = schema.get("minLength"), schema.get("maxLength")
    if isinstance(least, int) and len(text) < least:
        raise BadInput(f"`{name}` has {len(text)} characters. Write at least {least}.")
    if isinstance(most, int) and len(text) > most:
        raise BadInput(f"`{name}` has {len(text)} characters. Write at most {most}.")


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return bool(parts.scheme and (parts.netloc or parts.path))


def _parses(read: Callable[[str], object]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return True

    return check


_FORMATS: Mapping[str, Callable[[str], bool]] = {
    "email": lambda text: _EMAIL.fullmatch(text) is not None,
    "uri": _is_address,
    "date": _parses(date.fromisoformat),
    "date-time": _parses(datetime.fromisoformat),
}


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
