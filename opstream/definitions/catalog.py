"""The workflows of this install, by name and version; satisfies the port `Workflows`."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

import structlog

from opstream.definitions import differences, links, loader, phrases, prompt_steps, restoring
from opstream.definitions import folders as in_folders
from opstream.definitions.draft import Draft
from opstream.definitions.loader import Loaded
from opstream.definitions.prompt_book import NoTemplates, PromptBook
from opstream.definitions.restoring import Ready
from opstream.domain.person import Who
from opstream.domain.template import PromptTemplate
from opstream.domain.workflow import Workflow
from opstream.errors import Complaint, DefinitionErrors, NotFound
from opstream.ports import Clock, PublishedWorkflow, WorkflowArchive

_TEXT = "the text"
_NONE = NoTemplates()
_RENEWED = "A prompt template that it names has a new version."

log = structlog.get_logger(__name__)


class Catalog:
    """Workflows from folders and from the chat; what was published last is what starts.

    A file whose text was published before is nothing new: a version that was written in the chat since
    then stays, until the file's text becomes another one.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        archive: WorkflowArchive,
        clock: Clock,
        templates: PromptBook | NoTemplates = _NONE,
    ) -> None:
        self._folders = tuple(folders)
        self._templates = templates
        self._archive = archive
        self._clock = clock
        self._latest: Mapping[str, Workflow] = {}
        self._drafts: Mapping[str, Draft] = {}
        self._versions: dict[tuple[str, int], Workflow] = {}
        self._complaints: tuple[Complaint, ...] = ()
        self._warnings: tuple[Complaint, ...] = ()
        self._changing = asyncio.Lock()

    async def load(self) -> None:
        """Read all files anew and publish what changed; what has complaints is kept out."""
        async with self._changing:
            found = await asyncio.to_thread(in_folders.read, self._folders, self._templates)
            in_chat = {one.id: one for one in await self._archive.written_in_chat()}
            new = [
                one
                for name, one in found.workflows.items()
                if name not in in_chat or await self._is_news(one)
            ]
            for one in new:
                in_chat.pop(one.workflow.id, None)
            ready, unreadable = restoring.several(in_chat.values(), self._templates)
            clashes: list[Complaint] = []
            for one in new:
                if fault := in_folders.clash(one, [workflow for workflow, _ in ready]):
                    clashes.append(fault)
                else:
                    ready.append(await self._kept(one, one.draft.document.file, None, ""))
            self._latest, self._drafts = {}, {}
            self._complaints = (*found.complaints, *clashes, *unreadable)
            self._start_from(ready)
        await self.renew(self._templates.names(), None)
        for fault in self._complaints:
            log.warning("workflow_kept_out", **_logged(fault))
        for fault in self._warnings:
            log.warning("workflow_doubtful", **_logged(fault))

    async def publish(self, text: str, by: Who | None, why: str, file: str = "") -> Workflow:
        """Keep a text as the newest version of its workflow, and start that from now on.

        Args:
            file: The file that holds it; empty for one that was written in the chat.

        Raises:
            DefinitionErrors: something is wrong with the text; the error has all complaints.
        """
        one = self.read(text, file or _TEXT)
        async with self._changing:
            if fault := in_folders.clash(one, self.listed()):
                raise DefinitionErrors([fault])
            ready = await self._kept(one, file, by, why)
            self._start_from([ready])
        return ready[0]

    def read(self, text: str, file: str) -> Loaded:
        """Return the one workflow in a text, checked but not published.

        Raises:
            DefinitionErrors: something is wrong with the text; the error has all complaints.
        """
        return loader.only(text, file, self._templates)

    async def refresh(self) -> Sequence[Workflow]:
        """Take over what other processes published in the chat; return the workflows that changed."""
        renewed = await self.renew(await self._templates.refresh(), None)
        async with self._changing:
            newer = [
                one
                for one in await self._archive.written_in_chat()
                if one.version > self._newest_known(one.id)
            ]
            ready, unreadable = restoring.several(newer, self._templates)
            self._complaints = tuple(dict.fromkeys((*self._complaints, *unreadable)))
            self._start_from(ready)
        return [*renewed, *(workflow for workflow, _ in ready)]

    async def renew(self, templates: Collection[str], by: Who | None) -> Sequence[Workflow]:
        """Publish anew what names one of some prompt templates, so that its next runs use the newest.

        A workflow that a template does not fit any more stays on the version of it that it has.
        """
        async with self._changing:
            ready: list[Ready] = []
            for kept, one in await self._read_again(templates, self._templates):
                if isinstance(one, DefinitionErrors):
                    log.warning("template_does_not_fit", workflow=kept.id, problem=str(one))
                else:
                    ready.append(await self._kept(one, kept.file, by or kept.by, _RENEWED))
            self._start_from(ready)
        return [workflow for workflow, _ in ready]

    async def misfits(self, template: PromptTemplate) -> Sequence[Complaint]:
        """Return why workflows that name a prompt template could not use it as it is here."""
        changed = prompt_steps.Changed(self._templates, template)
        again = [one for _, one in await self._read_again({template.id}, changed)]
        errors = [one for one in again if isinstance(one, DefinitionErrors)]
        return [complaint for error in errors for complaint in error.complaints]

    async def _read_again(
        self, names: Collection[str], templates: prompt_steps.Templates
    ) -> Sequence[tuple[PublishedWorkflow, Loaded | DefinitionErrors]]:
        """Return what names some prompt templates as it reads with others, or why it cannot be."""
        found: list[tuple[PublishedWorkflow, Loaded | DefinitionErrors]] = []
        for workflow in self._latest.values():
            if prompt_steps.pins_of(workflow).keys() & set(names):
                kept = await self._published(workflow.id, workflow.version)
                try:
                    found.append((kept, loader.only(kept.source, kept.file or kept.id, templates)))
                except DefinitionErrors as error:
                    found.append((kept, error))
        return found

    def complaints(self) -> Sequence[Complaint]:
        """Return what kept workflows out when they were read last."""
        return self._complaints

    def warnings(self) -> Sequence[Complaint]:
        """Return what is doubtful about workflows that can be started, such as unknown names."""
        return self._warnings

    def listed(self) -> Sequence[Workflow]:
        """Return the newest version of every workflow that people start by its name, by title."""
        found = (one for one in self._latest.values() if not one.conversation)
        return sorted(found, key=lambda workflow: workflow.title.lower())

    @property
    def conversations(self) -> frozenset[str]:
        """The ids of the workflows whose runs are talk."""
        return frozenset(one.id for one in self._latest.values() if one.conversation)

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

    def users_of(self, template: str) -> Sequence[str]:
        """Return the ids of the workflows that name a prompt template, whichever version."""
        return [one.id for one in self.listed() if template in prompt_steps.named_by(one)]

    def by_phrase(self, text: str) -> tuple[Workflow, Mapping[str, str]] | None:
        """Return the workflow that a sentence starts and the inputs it names, or None."""
        found = phrases.match(text, self.listed())
        return (found.workflow, found.inputs) if found else None

    async def version(self, workflow_id: str, version: int) -> Workflow:
        """Return a version as it was published, whatever the file says by now.

        One that is newer than all that is known here, because another process published it, is what
        starts from now on.

        Raises:
            NotFound: there is no such workflow or version.
        """
        cached = self._versions.get((workflow_id, version))
        if cached is not None:
            return cached
        published = await self._published(workflow_id, version)
        pins = published.templates
        if any(self._templates.find(name, number) is None for name, number in pins.items()):
            await self._templates.refresh()  # another process may just have published it
        ready = restoring.one(published, self._templates)
        if ready is None:
            raise NotFound("workflow", f"{workflow_id} version {version}")
        self._versions[workflow_id, version] = ready[0]
        if version > self._newest_known(workflow_id) > 0:
            self._start_from([ready])
        return ready[0]

    async def versions(self, workflow_id: str) -> Sequence[PublishedWorkflow]:
        """Return all versions of a workflow, newest first."""
        return await self._archive.versions(workflow_id)

    async def source(self, workflow_id: str, version: int) -> str:
        """Return the text of a version.

        Raises:
            NotFound: there is no such workflow or version.
        """
        return (await self._published(workflow_id, version)).source

    async def difference(self, workflow_id: str, new_text: str) -> str:
        """Return how a text differs from the newest version, as a unified diff; '' when it does not."""
        versions = await self._archive.versions(workflow_id)
        old, name = (versions[0].source, f"version {versions[0].version}") if versions else ("", "")
        return differences.between(old, new_text, name or "nothing yet")

    async def _published(self, workflow_id: str, version: int) -> PublishedWorkflow:
        published = await self._archive.load(workflow_id, version)
        if published is None:
            raise NotFound("workflow", f"{workflow_id} version {version}")
        return published

    async def _is_news(self, one: Loaded) -> bool:
        versions = await self._archive.versions(one.workflow.id)
        return all(version.source != one.source for version in versions)

    async def _kept(self, one: Loaded, file: str, by: Who | None, why: str) -> Ready:
        workflow, now = one.workflow, self._clock.now()
        pins = prompt_steps.pins_of(workflow)
        version = await self._archive.publish(workflow.id, one.source, file, now, by, why, pins)
        return replace(workflow, version=version), one.draft

    def _start_from(self, ready: Sequence[Ready]) -> None:
        """Let these versions be the newest ones."""
        found = {workflow.id: workflow for workflow, _ in ready}
        self._latest = {**self._latest, **found}
        self._drafts = {**self._drafts, **{workflow.id: draft for workflow, draft in ready}}
        self._versions |= {(one.id, one.version): one for one in found.values()}
        self._warnings = tuple(links.doubts(self._drafts))

    def _newest_known(self, workflow_id: str) -> int:
        known = self._latest.get(workflow_id)
        return known.version if known else 0


def _id_of(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _logged(fault: Complaint) -> Mapping[str, str]:
    where = f"{fault.file}:{fault.line}"
    return {"at": where, "problem": fault.problem, "remedy": fault.remedy}
