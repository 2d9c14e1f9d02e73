"""Files with prompt templates -> the templates in them, and what is wrong with the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from opstream.definitions import prompts
from opstream.definitions.prompts import LoadedTemplate
from opstream.errors import Complaint, DefinitionErrors

_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class FoundTemplates:
    """The usable templates by id, and what keeps the others out."""

    templates: dict[str, LoadedTemplate]
    complaints: list[Complaint]


def read(places: Sequence[Path]) -> FoundTemplates:
    """Return what some folders and files hold.

    A template of an older system takes the place of one of ours: whoever brings such a file means it. Of two
    of the same kind the first one stays.
    """
    templates: dict[str, LoadedTemplate] = {}
    complaints: list[Complaint] = []
    for path in _files(places):
        try:
            loaded = prompts.load_bytes(path.read_bytes(), path.name)
        except DefinitionErrors as error:
            complaints += error.complaints
        except OSError as error:
            problem = f"The file cannot be read: {error.strerror or error}."
            complaints.append(Complaint(path.name, 1, problem, "Check its permissions."))
        else:
            for one in loaded:
                complaints += _take(templates, one)
    return FoundTemplates(templates, complaints)


def _files(places: Sequence[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            yield from sorted(one for one in place.iterdir() if one.suffix.lower() in _SUFFIXES)
        elif place.is_file():
            yield place


def _take(templates: dict[str, LoadedTemplate], one: LoadedTemplate) -> Iterator[Complaint]:
    name = one.template.id
    first = templates.get(name)
    if first is None or (one.older and not first.older):
        templates[name] = one
    elif one.older is first.older:
        problem = f"The template `{name}` is already defined in {first.file}."
        remedy = "Give one of them another id, or remove one."
        yield Complaint(one.file, one.line, problem, remedy)
