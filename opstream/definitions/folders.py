"""Folders of workflow files -> the workflows in them, and what is wrong with the others."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from opstream.definitions import links, loader, native
from opstream.definitions.loader import Loaded
from opstream.definitions.prompt_steps import Templates
from opstream.domain.trigger import Webhook
from opstream.domain.workflow import Workflow
from opstream.errors import Complaint, DefinitionErrors

_SUFFIXES = (".yaml", ".yml", ".json")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """The usable workflows by id, and what keeps the others out."""

    workflows: dict[str, Loaded]
    complaints: list[Complaint]


def read(folders: Sequence[Path], templates: Templates | None = None) -> Found:
    """Return what some folders hold; a later folder's workflow takes the place of an earlier one's.

    Within a folder, one of an older format takes the place of one of ours: whoever brings such a file
    means it. Two of the same kind are a fault, and the first one stays.
    """
    workflows: dict[str, Loaded] = {}
    complaints: list[Complaint] = []
    for folder in folders:
        here: dict[str, Loaded] = {}
        for path in _files(folder):
            try:
                loaded = loader.load_bytes(path.read_bytes(), path.name, templates)
            except DefinitionErrors as error:
                complaints += error.complaints
            except OSError as error:
                problem = f"The file cannot be read: {error.strerror or error}."
                complaints.append(Complaint(path.name, 1, problem, "Check its permissions."))
            else:
                complaints += _take(here, loaded)
        workflows |= here
    complaints += _keep_clashing_out(workflows)
    return Found(workflows, complaints)


def clash(one: Loaded, others: Sequence[Workflow]) -> Complaint | None:
    """Return a complaint when a workflow cannot stand beside others.

    Either a webhook of it has the name of another workflow's, or they would run each other in a circle.
    """
    return _webhook_taken(one, others) or links.circle(one.draft, others)


def _webhook_taken(one: Loaded, others: Sequence[Workflow]) -> Complaint | None:
    draft = one.draft
    taken = {
        trigger.name: other.id
        for other in others
        if other.id != one.workflow.id
        for trigger in other.triggers
        if isinstance(trigger, Webhook)
    }
    for number, trigger in enumerate(one.workflow.triggers):
        if isinstance(trigger, Webhook) and trigger.name in taken:
            problem = f"The webhook `{trigger.name}` belongs to `{taken[trigger.name]}` already."
            line = draft.trigger_line(number, "webhook")
            return Complaint(draft.document.file, line, problem, "Give it another name.")
    return None


def _keep_clashing_out(workflows: dict[str, Loaded]) -> list[Complaint]:
    complaints, kept = list[Complaint](), list[Workflow]()
    for name, one in list(workflows.items()):
        if fault := clash(one, kept):
            complaints.append(fault)
            del workflows[name]
        else:
            kept.append(one.workflow)
    return complaints


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in _SUFFIXES)


def _take(here: dict[str, Loaded], loaded: Sequence[Loaded]) -> list[Complaint]:
    """Add workflows to those of a folder; return a complaint for each that is there already."""
    complaints = []
    for one in loaded:
        name, draft = one.workflow.id, one.draft
        first = here.get(name)
        if first is None:
            here[name] = one
        elif _is_older(one) is not _is_older(first):
            here[name] = _in_place_of(first, one) if _is_older(one) else _in_place_of(one, first)
        else:
            problem = f"`{name}` is already defined in {first.draft.document.file}."
            remedy = "Give one of them another id, or remove one."
            complaints.append(Complaint(draft.document.file, draft.line("id"), problem, remedy))
    return complaints


def _is_older(one: Loaded) -> bool:
    return one.workflow.source_format != native.FORMAT


def _in_place_of(ours: Loaded, older: Loaded) -> Loaded:
    """Return the one of an older format, with a word on what it replaces."""
    workflow, files = older.workflow, (older.draft.document.file, ours.draft.document.file)
    log.info("workflow_replaced", workflow=workflow.id, by=files[0], instead_of=files[1])
    note = f"It comes from {files[0]} and takes the place of the one in {files[1]}."
    said = f"{workflow.description} {note}".strip()
    return replace(older, workflow=replace(workflow, description=said))
