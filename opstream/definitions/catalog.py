"""The workflows of this install, by name and version; satisfies the port `Workflows`."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from opstream.definitions import loader, phrases
from opstream.definitions.loader import Loaded
from opstream.domain.workflow import Workflow
from opstream.errors import Complaint, DefinitionErrors, NotFound
from opstream.ports import Clock, WorkflowArchive

_SUFFIXES = (".yaml", ".yml", ".json")


class Catalog:
    """Workflows from folders; a later folder's workflow takes the place of an earlier one's."""

    def __init__(self, folders: Sequence[Path], archive: WorkflowArchive, clock: Clock) -> None:
        self._folders = tuple(folders)
        self._archive = archive
        self._clock = clock
        self._latest: Mapping[str, Workflow] = {}
        self._loaded: Sequence[Loaded] = ()
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
        self._latest, self._loaded = latest, tuple(found.values())
        self._complaints = tuple(complaints)

    def complaints(self) -> Sequence[Complaint]:
        """Return what kept workflows out when the files were read last."""
        return self._complaints

    def unknown_operations(self, known: Collection[str]) -> Sequence[Complaint]:
        """Return what the workflows call that no source has, once the sources are ready.

        Args:
            known: Full names of all operations, and their aliases.
        """
        return [complaint for one in self._loaded for complaint in one.unknown_operations(known)]

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
            raise NotFound("workflow", name, close, "`/opstream workflows` lists them all.")
        return found

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
        first = here.setdefault(name, one)
        if first is not one:
            problem = f"`{name}` is already defined in {first.draft.document.file}."
            remedy = "Give one of them another id, or remove one."
            complaints.append(Complaint(draft.document.file, draft.line("id"), problem, remedy))
    return complaints
