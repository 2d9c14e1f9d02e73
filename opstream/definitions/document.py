"""YAML or JSON text -> plain data that remembers its lines, or complaints; hostile text included."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from opstream.definitions.yaml_events import DEEPEST, DOUBLED, TOO, Path, Stopped, build
from opstream.domain.values import Json
from opstream.errors import Complaint, DefinitionErrors

SIZE_LIMIT = 1_000_000
_REMEDIES = (
    (
        "mapping values are not allowed",
        "Put a text that contains `: ` in quotes, or indent the line like those around it.",
    ),
    ("could not find expected ':'", "Write a colon and a space after the key."),
    ("did not find expected key", "Put a text with `{`, `[`, `#` or quotes inside in quotes."),
    ("expected ',' or", "Close the bracket, and put texts with `{` in quotes."),
    ("while scanning a quoted scalar", "Close the quotes."),
)


_BEGIN = "Begin with `id:`, `title:` and `steps:`."
_LOOK_AROUND = "Check indentation, colons and quotes around there."


@dataclass(frozen=True, slots=True)
class Document:
    """The data of a file and the line of everything in it, by path."""

    file: str
    data: Json
    lines: Mapping[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """Return the line of a path, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def at(self, path: Path) -> Json:
        """Return the data at a path, or None when there is none."""
        found: Json = self.data
        for part in path:
            if isinstance(found, Mapping) and isinstance(part, str):
                found = found.get(part)
            elif isinstance(found, list) and isinstance(part, int) and part < len(found):
                found = found[part]
            else:
                return None
        return found


def decode(raw: bytes, file: str) -> str:
    """Return a file's text.

    Raises:
        DefinitionErrors: it is no UTF-8, or too large.
    """
    if len(raw) > SIZE_LIMIT:
        raise _refusal(file, 1, "The file is larger than 1 MB.", "Split it into several workflows.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = f"The byte {raw[error.start]:#04x} is no UTF-8."
        raise _refusal(file, line, problem, "Save the file with the encoding UTF-8.") from error


def read(text: str, file: str) -> Document:
    """Return the document in a text.

    Raises:
        DefinitionErrors: it is no YAML or JSON, or one that is too large or says things twice.
    """
    if len(text) > SIZE_LIMIT:
        raise _refusal(file, 1, "The text is larger than 1 MB.", "Split it into several workflows.")
    if not text.strip():
        raise _refusal(file, 1, "The file is empty.", _BEGIN)
    looks_like_json = text.lstrip().startswith("{")
    if looks_like_json or file.endswith(".json"):
        try:
            return _read_json(text, file)
        except ValueError as error:
            if file.endswith(".json"):
                raise _json_refusal(error, file) from error
    return _read_yaml(text, file)


def _read_json(text: str, file: str) -> Document:
    try:
        data = json.loads(text, parse_constant=_no_constant)
        json.dumps(data, ensure_ascii=False).encode()  # half a character cannot be kept
    except UnicodeEncodeError as error:
        raise ValueError("it holds half a character, such as `\\ud83d` alone") from error
    except RecursionError as error:
        raise ValueError(f"it is nested more than {DEEPEST} deep") from error
    # JSON is read a second time as YAML, for its lines and for keys that stand there twice.
    as_yaml = re.sub(r"\\.", "xx", text).replace("\t", " ")
    try:
        lines = _read_yaml(as_yaml, file).lines
    except DefinitionErrors as error:
        if all(DOUBLED in one.problem or TOO in one.problem for one in error.complaints):
            raise
        lines = {}
    return Document(file, data, lines)


def _no_constant(name: str) -> Json:
    raise ValueError(f"`{name}` is no JSON value")


def _json_refusal(error: ValueError, file: str) -> DefinitionErrors:
    if isinstance(error, json.JSONDecodeError):
        problem = f"The JSON cannot be read at column {error.colno}: {error.msg}."
        remedy = "Check commas, quotes and brackets around there; JSON knows no comments."
        return _refusal(file, error.lineno, problem, remedy)
    return _refusal(file, 1, f"The JSON cannot be read: {error}.", "Write it more simply.")


def _refusal(file: str, line: int, problem: str, remedy: str) -> DefinitionErrors:
    return DefinitionErrors([Complaint(file, line, problem, remedy)])


def _read_yaml(text: str, file: str) -> Document:
    try:
        built = build(text, file)
    except yaml.MarkedYAMLError as error:
        raise _yaml_refusal(error, file, text) from error
    except Stopped as stopped:
        raise DefinitionErrors([stopped.complaint]) from stopped
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        problem = f"The character {error.character!r} is not allowed in YAML."
        raise _refusal(file, line, problem, "Take it out.") from error
    if built.complaints:
        raise DefinitionErrors(built.complaints)
    if built.data is None:
        raise _refusal(file, 1, "The file holds nothing.", _BEGIN)
    return Document(file, built.data, built.lines)


def _yaml_refusal(error: yaml.MarkedYAMLError, file: str, text: str) -> DefinitionErrors:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = f"{error.context or ''} {error.problem or ''}".strip()
    found = text.splitlines()[line - 1][column - 1 :][:1] if mark and text[mark.index :] else ""
    if found == "\t":
        remedy = "Indent with spaces, not with tabs."
    elif "cannot start any token" in said:
        remedy = f"Put the text that begins with {found} in quotes."
    else:
        remedy = next((remedy for sign, remedy in _REMEDIES if sign in said), _LOOK_AROUND)
    return _refusal(file, line, f"The YAML cannot be read at column {column}: {said}.", remedy)
