"""Names of tools: short, unique, and the same each time the description is read. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

LONGEST = 60
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_ARGUMENT = re.compile(r"[^A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Named:
    """What an operation has to be told apart by."""

    method: str
    path: str
    id: str


def names(api: str, operations: Sequence[Named]) -> Mapping[Named, str]:
    """Return the name of each operation, without the API's: `list_pets`, or `get_pets_by_id`.

    Those whose names would be equal get their longer ones, and at last a few letters that follow from
    method and path. With the API's name and a dot none is longer than 60 characters.
    """
    room = max(12, LONGEST - len(api) - 1)
    found: dict[Named, str] = {}
    left = list(dict.fromkeys(operations))
    for way in (_short, _long, _of_path):
        wanted = {one: way(one) for one in left}
        count = Counter(wanted.values())
        taken = set(found.values())
        for one, name in wanted.items():
            if name and len(name) <= room and count[name] == 1 and name not in taken:
                found[one] = name
        left = [one for one in left if one not in found]
    for one in left:
        found[one] = _cut(_short(one) or _of_path(one), one, room)
    return found


def argument(name: str, taken: Mapping[str, object], place: str) -> str:
    """Return what an argument is called: as in the description where models and people can write it.

    Args:
        taken: Names that are in use.
        place: Where it goes, such as `query`; goes before the name if that is in use.
    """
    plain = _ARGUMENT.sub("_", name).strip("_")[:LONGEST] or place
    wanted = plain if plain not in taken else f"{place}_{plain}"[:LONGEST]
    number = 2
    while wanted in taken:
        wanted, number = f"{plain[: LONGEST - 4]}_{number}", number + 1
    return wanted


def _short(one: Named) -> str:
    """Return the id in small letters, without the path and method that some frameworks append."""
    whole = _snake(one.id)
    tail = f"_{_snake(one.path)}_{one.method.lower()}" if _snake(one.path) else ""
    return whole.removesuffix(tail) if tail and whole != tail.lstrip("_") else whole


def _long(one: Named) -> str:
    return _snake(one.id)


def _of_path(one: Named) -> str:
    parts = [one.method]
    for part in one.path.split("/"):
        if part.startswith("{") and part.endswith("}"):
            parts.append(f"by {part}")
        else:
            parts.append(part)
    return _snake(" ".join(parts))


def _cut(name: str, one: Named, room: int) -> str:
    mark = sha256(f"{one.method} {one.path}".encode()).hexdigest()[:4]
    words, kept = name.split("_"), ""
    for word in words:
        longer = f"{kept}_{word}" if kept else word
        if len(longer) > room - 5:
            break
        kept = longer
    return f"{kept or name[: room - 5]}_{mark}"


def _snake(text: str) -> str:
    return "_".join(_WORD.findall(text)).lower()
