"""What the terminal does with workflow files alone: check, show, export, import."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from opstream.definitions import loader, older, writing
from opstream.definitions.loader import Loaded
from opstream.definitions.prompt_steps import Templates
from opstream.domain.workflow import Workflow
from opstream.errors import BadInput, Complaint, DefinitionErrors

_SUFFIXES = (".yaml", ".yml", ".json")
_WRITERS: Mapping[str, Callable[[Workflow], str]] = {
    "opstream": writing.write,
    "steps-json": older.as_steps_json,
    "tools-yaml": older.as_tools_yaml,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What some files hold, and what is wrong with them."""

    loaded: tuple[Loaded, ...]
    complaints: tuple[Complaint, ...]


def is_file(named: str) -> bool:
    """Whether a file is meant, and not the id of a workflow."""
    return named.endswith(_SUFFIXES) or "/" in named or Path(named).is_file()


def check(files: Sequence[str], templates: Templates | None = None) -> Checked:
    """Return the workflows of some files, and every complaint about them.

    Args:
        files: Their paths.
        templates: The prompt templates that they may name; without them such prompts are not looked into.
    """
    loaded: list[Loaded] = []
    complaints: list[Complaint] = []
    for file in files:
        try:
            loaded += loader.load_bytes(Path(file).read_bytes(), file, templates)
        except DefinitionErrors as error:
            complaints += error.complaints
        except OSError as error:
            problem = f"It cannot be read ({error.strerror})."
            complaints.append(Complaint(file, 1, problem, "Name a workflow file."))
    return Checked(tuple(loaded), tuple(complaints))


def workflows_of(file: str) -> list[Workflow]:
    """Return the workflows of a file.

    Raises:
        DefinitionErrors: there is something wrong with it.
    """
    checked = check([file])
    if checked.complaints:
        raise DefinitionErrors(checked.complaints)
    return [one.workflow for one in checked.loaded]


def bring(files: Sequence[str], folder: Path) -> list[Path]:
    """Write the workflows of some files into a folder, in our own format; all of them or none.

    Raises:
        DefinitionErrors: there is something wrong with a file.
        BadInput: a file stands there already, or the folder cannot be written to.
    """
    checked = check(files)
    if checked.complaints:
        raise DefinitionErrors(checked.complaints)
    texts = {
        folder / f"{one.workflow.id}.yaml": writing.write(one.workflow) for one in checked.loaded
    }
    for path in texts:
        if path.exists():
            raise BadInput(f"{path} exists already. Remove it, or choose another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{folder} cannot be written to: {error.strerror}.") from error
    return list(texts)


def export(workflow: Workflow, form: str) -> str:
    """Return a workflow as a text of one of the formats.

    Raises:
        BadInput: that format cannot say what the workflow does.
    """
    return _WRITERS[form](workflow)


def put(path: str, text: str) -> None:
    """Write a text to a file.

    Raises:
        BadInput: it cannot be written.
    """
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from error
