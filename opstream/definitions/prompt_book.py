"""The prompt templates of this install, by name and version; all of them are known at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

import structlog

from opstream.definitions import differences, prompt_folders, prompts
from opstream.definitions.prompts import LoadedTemplate
from opstream.domain.person import Who
from opstream.domain.template import PromptTemplate
from opstream.errors import Complaint, DefinitionErrors, NotFound
from opstream.ports import Clock
from opstream.ports.templates import PublishedTemplate, TemplateArchive

log = structlog.get_logger(__name__)


class PromptBook:
    """Templates from files and from people; what was published last is the newest.

    A file whose text was published before is nothing new: what people published since then stays, until the
    file's text becomes another one. A template whose file is gone is gone, but for those who use a version.
    """

    def __init__(self, places: Sequence[Path], archive: TemplateArchive, clock: Clock) -> None:
        self._places = tuple(places)
        self._archive = archive
        self._clock = clock
        self._published: dict[tuple[str, int], PublishedTemplate] = {}
        self._read: dict[tuple[str, int], PromptTemplate] = {}
        self._newest: dict[str, int] = {}
        self._complaints: tuple[Complaint, ...] = ()
        self._changing = asyncio.Lock()

    async def load(self) -> None:
        """Read all files anew and publish what changed; what has complaints is kept out."""
        async with self._changing:
            found = await asyncio.to_thread(prompt_folders.read, self._places)
            for one in await self._archive.all():
                self._published[one.id, one.version] = one
            newest: dict[str, int] = {}
            for one in self._published.values():
                newest[one.id] = max(one.version, newest.get(one.id, 0))
            kept = {name: v for name, v in newest.items() if not self._published[name, v].file}
            for name, loaded in found.templates.items():
                same = self._same_as_newest(newest.get(name), loaded)
                if same:
                    kept[name] = newest[name]
                elif name not in kept or self._is_news(loaded):
                    kept[name] = await self._keep(loaded.source, name, loaded.file, None, "")
            self._newest = kept
            self._complaints = tuple(found.complaints)
        for fault in self._complaints:
            log.warning("template_kept_out", at=f"{fault.file}:{fault.line}", problem=fault.problem)

    async def publish(self, text: str, by: Who | None, why: str) -> PromptTemplate:
        """Keep a text as the newest version of its template.

        Raises:
            DefinitionErrors: something is wrong with the text; the error has all complaints.
        """
        template = prompts.only(text, "the text")
        async with self._changing:
            version = await self._keep(text, template.id, "", by, why)
            self._newest[template.id] = version
        return replace(template, version=version)

    async def refresh(self) -> Sequence[str]:
        """Take over what other processes published; return the names of what changed."""
        async with self._changing:
            changed: list[str] = []
            for name, version in (await self._archive.newest()).items():
                for number in range(1, version + 1):
                    await self._learn(name, number)
                is_newer = version > self._newest.get(name, 0)
                if is_newer and not self._published[name, version].file:
                    self._newest[name] = version
                    changed.append(name)
        return changed

    def complaints(self) -> Sequence[Complaint]:
        """Return what kept templates out when their files were read last."""
        return self._complaints

    def names(self) -> Sequence[str]:
        """Return the names of all templates."""
        return sorted(self._newest)

    def listed(self) -> Sequence[PromptTemplate]:
        """Return the newest version of every template that can be read, by title."""
        found = [self.find(name) for name in self._newest]
        return sorted((one for one in found if one), key=lambda one: one.title.lower())

    def find(self, name: str, version: int | None = None) -> PromptTemplate | None:
        """Return a template in a version, None for its newest; None when it is not known."""
        number = self._newest.get(name, 0) if version is None else version
        published = self._published.get((name, number))
        if published is None:
            return None
        if (name, number) not in self._read:
            try:
                template = prompts.reload(published.source, published.id)
            except DefinitionErrors as error:
                log.warning("template_unreadable", template=name, problem=str(error))
                return None
            self._read[name, number] = replace(template, id=name, version=number)
        return self._read[name, number]

    def latest(self, name: str) -> PromptTemplate:
        """Return the newest version of a template.

        Raises:
            NotFound: there is none of that name; the error offers what comes close.
        """
        for wanted in (name, name.strip().lower().replace(" ", "_").replace("-", "_")):
            if (found := self.find(wanted)) is not None:
                return found
        close = get_close_matches(name.lower(), self._newest, 3, 0.5)
        raise NotFound("prompt template", name, close, "`/opstream prompts` lists them all.")

    def versions(self, name: str) -> Sequence[PublishedTemplate]:
        """Return all versions of a template, newest first."""
        found = [one for one in self._published.values() if one.id == name]
        return sorted(found, key=lambda one: -one.version)

    def source(self, name: str, version: int | None = None) -> str:
        """Return the text of a version, None for the newest.

        Raises:
            NotFound: there is no such template or version.
        """
        number = self._newest.get(name, 0) if version is None else version
        published = self._published.get((name, number))
        if published is None:
            raise NotFound("prompt template", f"{name}@{number}" if number else name)
        return published.source

    def difference(self, name: str, text: str) -> str:
        """Return how a text differs from the newest version, as a unified diff; '' when it does not."""
        number = self._newest.get(name)
        if number is None:
            return differences.between("", text, "nothing yet")
        return differences.between(self.source(name), text, f"version {number}")

    def _same_as_newest(self, version: int | None, loaded: LoadedTemplate) -> bool:
        name = loaded.template.id
        return version is not None and self._published[name, version].source == loaded.source

    def _is_news(self, loaded: LoadedTemplate) -> bool:
        name = loaded.template.id
        return all(one.source != loaded.source for one in self.versions(name))

    async def _learn(self, name: str, version: int) -> None:
        """Look a version up that is not known yet; versions never change and are never taken out."""
        if (name, version) not in self._published:
            one = await self._archive.load(name, version)
            if one is not None:
                self._published[name, version] = one

    async def _keep(self, text: str, name: str, file: str, by: Who | None, why: str) -> int:
        now = self._clock.now()
        version = await self._archive.publish(name, text, file, now, by, why)
        if (name, version) not in self._published:
            kept = PublishedTemplate(name, version, text, file, now, by, why)
            self._published[name, version] = kept
        return version


class NoTemplates:
    """No template at all, for what needs none."""

    def find(self, name: str, version: int | None = None) -> PromptTemplate | None:
        """Return None."""
        return None

    def names(self) -> Sequence[str]:
        """Return nothing."""
        return ()

    async def refresh(self) -> Sequence[str]:
        """Return nothing."""
        return ()
