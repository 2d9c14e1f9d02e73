"""The text of a description as plain data, or one sentence that says why it is none."""

import json
import re
from collections.abc import Mapping
from typing import Any, ClassVar

import yaml

from opstream.domain.values import Json, JsonObject
from opstream.errors import BadInput

MOST_BYTES = 32_000_000
_VALUES = (100_000, 3)  # how many there may be at least, and for each letter of the text
_BUNDLE = "one file, as `npx @redocly/cli bundle` makes"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # one of two
    """YAML as JSON has it: `no` is a text, and so is a date."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("tag:yaml.org,2002:null", r"~|null|Null|NULL|", ("~", "n", "N", "")),
    ("tag:yaml.org,2002:int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?", "-+0123456789"),
    ("tag:yaml.org,2002:merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), list(_first))


def parsed(text: str, where: str) -> JsonObject:
    """Return a description of OpenAPI 3.0 or 3.1.

    Args:
        text: JSON or YAML.
        where: What it is called in complaints.

    Raises:
        BadInput: it is none; the sentence says what to do.
    """
    try:
        found = _read(text)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200].rstrip(".")
        raise BadInput(f"{where} is neither JSON nor YAML: {reason}.") from error
    if not isinstance(found, Mapping):
        raise BadInput(f"{where} is no OpenAPI description: it has no `openapi: 3.1.0` in it.")
    _require_version(found, where)
    return found


def _read(text: str) -> Json:
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        value: Json = json.loads(text.lstrip("\ufeff"))
        return value
    at_least, each = _VALUES
    return _Plain(at_least + each * len(text)).value(
        yaml.load(text, Loader=_Loader)
    )  # a safe loader


class _Plain:
    """YAML's values as JSON's; a text whose aliases would make it huge is refused."""

    def __init__(self, most: int) -> None:
        self._left = most

    def value(self, found: object) -> Json:
        self._left -= 1
        if self._left < 0:
            raise ValueError("it holds too much")
        if isinstance(found, dict):
            return {str(name): self.value(one) for name, one in found.items()}
        if isinstance(found, list):
            return [self.value(one) for one in found]
        return found if found is None or isinstance(found, str | int | float) else str(found)


def _require_version(found: JsonObject, where: str) -> None:
    if "swagger" in found:
        raise BadInput(
            f"{where} is written in Swagger {found['swagger']}, and OpenAPI 3.0 or 3.1 is needed. Convert "
            "it once, as with `npx swagger2openapi old.json -o new.json`, and give the new file."
        )
    version = str(found.get("openapi", ""))
    if not re.match(r"3\.[0-9]", version):
        said = f"says `openapi: {version}`" if version else "has no `openapi: 3.1.0` in it"
        raise BadInput(
            f"{where} {said}, and OpenAPI 3.0 or 3.1 is needed. Give the address or file of such a "
            "description, often called `openapi.json`."
        )


def mapping(value: Json) -> JsonObject:
    """Return an object, or an empty one in place of anything else."""
    return value if isinstance(value, Mapping) else {}


def listed(value: Json) -> list[Json]:
    """Return a list, or an empty one in place of anything else."""
    return list(value) if isinstance(value, list | tuple) else []


def text_of(value: Json) -> str:
    """Return a text, or an empty one in place of anything else."""
    return value if isinstance(value, str) else ""


class CannotFollow(BadInput):
    """A reference leads nowhere, or out of the file; mend it, or bundle the files into one."""


def pointed(document: JsonObject, reference: str) -> Json:
    """Return what a reference within a document leads to (RFC 6901).

    Raises:
        CannotFollow: it leads out of it, or nowhere.
    """
    if not reference.startswith("#"):
        raise CannotFollow(f"it refers to `{reference}`; put all into {_BUNDLE}")
    found: Json = document
    for part in reference[1:].split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, Mapping) and name in found:
            found = found[name]
        elif isinstance(found, list) and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        else:
            raise CannotFollow(f"it refers to `{reference}`, which is not there")
    return found


def followed(document: JsonObject, value: Json) -> JsonObject:
    """Return an object, or the one that it refers to, however often it does.

    Raises:
        CannotFollow: a reference leads nowhere.
    """
    found, seen = mapping(value), set[str]()
    while isinstance(reference := found.get("$ref"), str):
        if reference in seen:
            raise CannotFollow(f"`{reference}` refers to itself")
        seen.add(reference)
        found = mapping(pointed(document, reference))
    return found
