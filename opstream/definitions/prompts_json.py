"""Prompt templates as older systems kept them: one file with all of them, mostly `config/prompts.json`.

    {"prompts": {"summarise": "Sum this up: {text}"}}
    {"summarise": {"prompt": "Sum this up: {{text}}", "system": "You are brief."}}
    [{"name": "summarise", "template": "Sum this up: {text}", "model": "gemini"}]

A `{placeholder}` becomes a required input. What was meant for one provider alone, such as a temperature, is
left out.
"""

import re
from collections.abc import Iterator, Mapping

from opstream.definitions.document import Document
from opstream.definitions.fields import spoken
from opstream.definitions.names import alike
from opstream.definitions.section import kind_of
from opstream.definitions.yaml_events import Path
from opstream.domain.inputs import Input
from opstream.domain.template import PromptTemplate
from opstream.domain.values import Json
from opstream.errors import Complaint

_TEXT = ("prompt", "template", "text", "content", "user", "user_prompt")
_SYSTEM = ("system", "system_prompt", "system_message")
_NAMES = ("id", "name", "key", "title")
_HINT = 'Write `{"prompts": {"summarise": "Sum this up: {text}"}}`.'
_PLACEHOLDER = re.compile(
    r"(?P<open>\{\{?)\s*(?P<name>[A-Za-z_][\w-]{0,63})(?P<filters>\s*\|[^{}]*)?\s*(?P<close>\}\}?)",
    re.ASCII,
)
_DOUBLED = re.compile(r"\{\{|\}\}")
_FORMAT = re.compile(r"\{\{\s*[^\sA-Za-z_]")  # no name begins there
_Found = tuple[str, Json, Path]


def fits(document: Document) -> bool:
    """Return whether a document is of such a format, and not one template of ours."""
    data = document.data
    return not isinstance(data, Mapping) or not {"id", "title", "text"} & data.keys()


def read(document: Document, complaints: list[Complaint]) -> list[tuple[PromptTemplate, Path]]:
    """Return the templates of a document, each with its place; what is wrong goes to `complaints`."""
    found: dict[str, tuple[PromptTemplate, Path]] = {}
    for name, value, path in _named(document, complaints):
        template = _template(name, value)
        if isinstance(template, str):
            _complain(document, complaints, path, template, _HINT)
        elif template.id in found:
            problem = f"There are two templates `{template.id}`."
            _complain(document, complaints, path, problem, "Rename one of them.")
        else:
            found[template.id] = (template, path)
    if not found and not complaints:
        _complain(document, complaints, (), "There is no template in it.", _HINT)
    return list(found.values())


def _named(document: Document, complaints: list[Complaint]) -> Iterator[_Found]:
    data, path = document.data, Path()
    if isinstance(data, Mapping) and isinstance(data.get("prompts"), Mapping | list):
        data, path = data["prompts"], ("prompts",)
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield name, value, (*path, name)
    elif isinstance(data, list):
        for number, value in enumerate(data):
            where = (*path, number)
            name = _first(value, _NAMES) if isinstance(value, Mapping) else ""
            if name:
                yield name, value, where
            else:
                problem = f"Item {number + 1} of the list has no name."
                remedy = 'Write `{"name": "summarise", "prompt": "Sum this up: {text}"}`.'
                _complain(document, complaints, where, problem, remedy)
    else:
        problem = f"The file is {kind_of(data)}, but templates by their names are expected."
        _complain(document, complaints, (), problem, _HINT)


def _template(name: str, value: Json) -> PromptTemplate | str:
    """Return a template, or what is wrong with it."""
    if isinstance(value, str):
        parts: Mapping[str, Json] = {"text": value}
    elif isinstance(value, Mapping):
        parts = value
    else:
        return f"`{name}` is {kind_of(value)}, but the text of a prompt is expected."
    if not (written := _first(parts, _TEXT)):
        return f"`{name}` has no text: none of `prompt`, `template`, `text` and `content`."
    names: dict[str, None] = {}
    text = _ours(written, names)
    system = _ours(_first(parts, _SYSTEM), names)
    return PromptTemplate(
        id=alike(name, "-_"),
        title=_first(parts, ("title",)) or spoken(name),
        description=_first(parts, ("description",)),
        text=text,
        system=system,
        model=_first(parts, ("model",)),
        inputs=tuple(Input(one, title=spoken(one)) for one in names),
    )


def _first(parts: Mapping[str, Json], keys: tuple[str, ...]) -> str:
    """Return the first text that stands under one of some keys, or ''."""
    for key in keys:
        value = parts.get(key)
        if isinstance(value, str) and value.strip():
            return value
    return ""


def _ours(text: str, names: dict[str, None]) -> str:
    """Return a text with its placeholders in our own language; their names are added to `names`.

    Where a text has doubled braces around something that is no placeholder, they stand for single ones,
    as in Python's formats.
    """
    pieces, end = list[str](), 0
    placeholders = [one for one in _PLACEHOLDER.finditer(text) if _is_one(one)]
    plain = [*(text[a:b] for a, b in _between(placeholders, len(text)))]
    is_format = any(_FORMAT.search(one) for one in plain)
    for found, before in zip(placeholders, plain, strict=False):
        name = alike(found["name"], "_")
        names.setdefault(name)
        filters = (found["filters"] or "").rstrip()
        pieces += [_literal(before, is_format), f"{{{{ inputs.{name}{filters} }}}}"]
        end = found.end()
    return "".join([*pieces, _literal(text[end:], is_format)])


def _is_one(found: re.Match[str]) -> bool:
    return len(found["open"]) == len(found["close"])


def _between(found: list[re.Match[str]], length: int) -> Iterator[tuple[int, int]]:
    ends = [0, *(one.end() for one in found)]
    starts = [*(one.start() for one in found), length]
    return zip(ends, starts, strict=True)


def _literal(text: str, is_format: bool) -> str:
    return _DOUBLED.sub(lambda found: found[0][0], text) if is_format else text


def _complain(
    document: Document, complaints: list[Complaint], path: Path, problem: str, remedy: str
) -> None:
    complaints.append(Complaint(document.file, document.line(path), problem, remedy))
