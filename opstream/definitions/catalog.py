"""The workflows of this install, by name and version; satisfies the port `Workflows`."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

import structlog

from opstream.definitions import loader, native, phrases
from opstream.definitions.loader import Loaded
from opstream.domain.workflow import Workflow
from opstream.errors import Complaint, DefinitionErrors, NotFound
from opstream.ports import Clock, WorkflowArchive

_SUFFIXES = (".yaml", ".yml", ".json")

log = structlog.get_logger(__name__)


class Catalog:
    """Workflows from folders; a later folder's workflow takes the place of an earlier one's.

    Within a folder, one of an older format takes the place of one of ours: whoever brings such a file
    means it. Two of the same kind are a fault, and the first one stays.
    """

    def __init__(self, folders: Sequence[Path], archive: WorkflowArchive, clock: Clock) -> None:
        self._folders = tuple(folders)
        self._archive = archive
        self._clock = clock
        self._latest: Mapping[str, Workflow] = {}
        self._versions: dict[tuple[str, int], Workflow] = {}
        self._complaints: tuple[Complaint, ...] = ()

    async def load(self) -> None:
        """Read all files anew and publish what changed; what has complaints is kept out."""
        found, complaints = await asyncio.to_thread(_read, self._folders)
        latest = {}
        for one in found.values():
            workflow = one.workflow
            file = one.draft.document.file
            now = self._clock.now()
            version = await self._archive.publish(workflow.id, one.source, file, now)
            published = replace(workflow, version=version)
            latest[workflow.id] = self._versions[workflow.id, version] = published
        self._latest = latest
        self._complaints = tuple(complaints)
        for fault in complaints:
            where = f"{fault.file}:{fault.line}"
            log.warning("workflow_kept_out", at=where, problem=fault.problem, remedy=fault.remedy)

    def complaints(self) -> Sequence[Complaint]:
        """Return what kept workflows out when the files were read last."""
        return self._complaints

    def listed(self) -> Sequence[Workflow]:
        """Return the newest version of every workflow, by title."""
        return sorted(self._latest.values(), key=lambda workflow: workflow.title.lower())

    def latest(self, name: str) -> Workflow:
        """Return the newest version of a workflow.

        Raises:
            NotFound: there is none of that id; the error offers what comes close.
        """
        found = self._latest.get(name) or self._latest.get(_id_of(name))
        if found is None:
            close = get_close_matches(_id_of(name), self._latest, 3, 0.5)
            raise NotFound("workflow", name, close, self._hint(_id_of(name)))
        return found

    def _hint(self, name: str) -> str:
        """Return where to look on, or that the file of that name was kept out."""
        for one in self._complaints:
            if _id_of(Path(one.file).stem) == name:
                return f"The file {one.file} cannot be used yet; `/opstream workflows` says why."
        return "`/opstream workflows` lists them all."

    def by_phrase(self, text: str) -> tuple[Workflow, Mapping[str, str]] | None:
        """Return the workflow that a sentence starts and the inputs it names, or None."""
        found = phrases.match(text, self.listed())
        return (found.workflow, found.inputs) if found else None

    async def version(self, workflow_id: str, version: int) -> Workflow:
        """Return a version as it was published, whatever the file says by now.

        Raises:
            NotFound: there is no such workflow or version.
        """
        cached = self._versions.get((workflow_id, version))
        if cached is not None:
            return cached
        published = await self._archive.load(workflow_id, version)
        found = None
        if published is not None:
            found = loader.reload(published.source, published.file, workflow_id)
        if found is None:
            raise NotFound("workflow", f"{workflow_id} version {version}")
        workflow = self._versions[workflow_id, version] = replace(found, version=version)
        return workflow


def _id_of(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _read(folders: Sequence[Path]) -> tuple[dict[str, Loaded], list[Complaint]]:
    """Return the usable workflows of some folders by id, and what is wrong with the others."""
    found: dict[str, Loaded] = {}
    complaints: list[Complaint] = []
    for folder in folders:
        here: dict[str, Loaded] = {}
        for path in _files(folder):
            try:
                loaded = loader.load_bytes(path.read_bytes(), path.name)
            except DefinitionErrors as error:
                complaints += error.complaints
            except OSError as error:
                problem = f"The file cannot be read: {error.strerror or error}."
                complaints.append(Complaint(path.name, 1, problem, "Check its permissions."))
            else:
                complaints += _take(here, loaded)
        found |= here
    return found, complaints


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
