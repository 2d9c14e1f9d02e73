"""Where settings are written: YAML files, `.env` and the environment, each value with its place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from config.faults import Fault

Keys = tuple[str, ...]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Reading:
    """One value as it was written.

    Args:
        keys: Where it belongs in the tree of settings.
        place: Where it is written, for people: `config/opstream.yaml:3`, `the environment`.
        written_as: Its key or variable in that place.
    """

    keys: Keys
    value: object
    place: str
    written_as: str


@dataclass(frozen=True, slots=True)
class Page:
    """What one YAML file says: its values, leaf by leaf, or what is wrong with it."""

    readings: tuple[Reading, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_yaml(path: Path, shown_as: str, section: Keys, variables: Mapping[str, str]) -> Page:
    """Read a file whose top level belongs in a section of the tree; no file means no values.

    `${NAME}` and `${NAME:-otherwise}` are filled in from `variables`; a value with a variable
    that is unset counts as absent, and so does a key with nothing behind it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Page()
    except (OSError, UnicodeDecodeError) as error:
        fault = Fault(shown_as, "", f"The file cannot be read: {error}.", "Make it a text file.")
        return Page(faults=(fault,))
    try:
        return _read_document(_Loader(text), shown_as, section, variables)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{shown_as}:{mark.line + 1}" if mark else shown_as
        problem = f"This is not valid YAML: {error.problem or error.context}."
        remedy = "Mend the indentation, quotes or colons around this line."
        return Page(faults=(Fault(place, "", problem, remedy),))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        fault = Fault(shown_as, "", f"This is not valid YAML: {error}.", "Mend the file.")
        return Page(faults=(fault,))


def _read_document(
    loader: yaml.SafeLoader, shown_as: str, section: Keys, variables: Mapping[str, str]
) -> Page:
    root = loader.get_single_node()
    if root is None:
        return Page()
    if not isinstance(root, yaml.MappingNode):
        remedy = "Write keys and values, one a line: `key: value`."
        return Page(faults=(Fault(f"{shown_as}:1", "", "The file is not a list of keys.", remedy),))
    lines: dict[Keys, int] = {}
    faults = []
    for keys, line in _lines(root, ()):
        if keys in lines:
            problem = f"It is written twice, first in line {lines[keys]}."
            faults.append(Fault(f"{shown_as}:{line}", ".".join(keys), problem, "Keep one."))
        lines[keys] = line
    readings = []
    for keys, value in _leaves(loader.construct_document(root), ()):
        filled = _fill(value, variables)
        if filled is not _ABSENT:
            place = f"{shown_as}:{lines.get(keys, 1)}"
            readings.append(Reading(section + keys, filled, place, ".".join(keys)))
    return Page(tuple(readings), tuple(faults))


def _lines(node: yaml.MappingNode, above: Keys) -> Iterator[tuple[Keys, int]]:
    for key, value in node.value:
        keys = (*above, str(key.value))
        yield keys, key.start_mark.line + 1
        if isinstance(value, yaml.MappingNode):
            yield from _lines(value, keys)


def _leaves(value: object, above: Keys) -> Iterator[tuple[Keys, object]]:
    if isinstance(value, dict) and (value or not above):
        for key, below in value.items():
            yield from _leaves(below, (*above, str(key)))
    else:
        yield above, value


def _fill(value: object, variables: Mapping[str, str]) -> object:
    if isinstance(value, list):
        return [one for one in (_fill(each, variables) for each in value) if one is not _ABSENT]
    if isinstance(value, dict):
        filled = {key: _fill(each, variables) for key, each in value.items()}
        return {key: each for key, each in filled.items() if each is not _ABSENT}
    if not isinstance(value, str):
        return _ABSENT if value is None else value
    for name, otherwise in _VARIABLE.findall(value):
        if not variables.get(name) and not otherwise:
            return _ABSENT
    return _VARIABLE.sub(lambda found: variables.get(found[1]) or found[2], value)


def read_env_file(path: Path) -> tuple[dict[str, str], tuple[Fault, ...]]:
    """Read `NAME=value` lines; `#` begins a comment, quotes and a leading `export` are dropped."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return {}, ()
    except (OSError, UnicodeDecodeError) as error:
        problem = f"The file cannot be read: {error}."
        return {}, (Fault(path.name, "", problem, "Make it a text file."),)
    found: dict[str, str] = {}
    faults = []
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        assignment = _ASSIGNMENT.fullmatch(text)
        if assignment is None:
            place = f"{path.name}:{number}"
            faults.append(Fault(place, "", "This is not a setting.", "Write `NAME=value`."))
        else:
            found[assignment[1]] = _unquote(assignment[2])
    return found, tuple(faults)


def _unquote(written: str) -> str:
    if written[:1] in {'"', "'"}:
        inside, closing, _ = written[1:].partition(written[0])
        return inside if closing else written
    return re.split(r"(?:^|\s)#", written, maxsplit=1)[0].strip()
