"""Errors of a tool call as sentences that say what to write instead."""

from collections.abc import Iterable, Mapping

from pydantic import ValidationError

_LONGEST_QUOTE = 60

Schema = Mapping[str, Mapping[str, object]]  # the properties of a tool's input


def unknown_tool(name: str, tools: Iterable[str]) -> str:
    """Say that there is no such tool."""
    return f"There is no tool {_short(name)}; write one of {', '.join(tools)}."


def unknown_inputs(tool: str, given: Iterable[str], properties: Schema) -> str | None:
    """Say which inputs a tool does not have, or None when it has them all."""
    strange = ", ".join(_short(name) for name in given if name not in properties)
    if not strange:
        return None
    if not properties:
        return f"{tool} takes no input; leave {strange} out."
    return f"{tool} has no input {strange}; its inputs are {', '.join(properties)}."


def bad_inputs(tool: str, error: ValidationError, properties: Schema) -> str:
    """Say what is wrong with each input, one sentence an input."""
    found: dict[str, str] = {}
    for each in error.errors(include_url=False):
        name = str(each["loc"][0]) if each["loc"] else "input"
        remedy = _remedy(properties.get(name, {}))
        if each["type"] == "missing":
            found[name] = f"{tool} needs the input {name!r}; {remedy}."
        else:
            found.setdefault(name, f"The {name} cannot be {_short(each['input'])}; {remedy}.")
    return " ".join(found.values())


def _short(given: object) -> str:
    text = repr(given)
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"


def _remedy(schema: Mapping[str, object]) -> str:
    if choices := _choices(schema):
        return f"write one of {', '.join(choices)}"
    if "minimum" in schema:
        return f"write a number from {schema['minimum']} to {schema['maximum']}"
    if schema.get("type") == "boolean":
        return "write true or false"
    about = str(schema.get("description", "a value")).rstrip(".")
    return f"write {about[0].lower()}{about[1:]}"


def _choices(schema: Mapping[str, object]) -> list[str]:
    """Return the values allowed, also those of a list's items or of a part of a union."""
    allowed = schema.get("enum")
    if isinstance(allowed, list):
        return [str(each) for each in allowed]
    parts = schema.get("anyOf")
    inner = [*parts] if isinstance(parts, list) else []
    inner.append(schema.get("items"))
    for part in inner:
        if isinstance(part, Mapping) and (found := _choices(part)):
            return found
    return []
