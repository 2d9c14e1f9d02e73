"""Prompt templates as people work with them: written, compared, tested, published; as workflows are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from opstream.definitions import prompts
from opstream.definitions.catalog import Catalog
from opstream.definitions.prompt_book import PromptBook
from opstream.domain.audit import AuditEntry
from opstream.domain.person import Person
from opstream.domain.template import PromptTemplate, TemplateTest
from opstream.errors import BadInput, Complaint, DefinitionErrors, TooLate
from opstream.governance import permissions
from opstream.governance.guard import Deed, Guard
from opstream.ports import Artifacts, AuditTrail, Clock
from opstream.runs.trials import Trials

_FILE = "the template"
_LONGEST_REASON = 2_000
_WRITE = Deed("prompt.written", "write prompt templates")
_TEST = Deed("prompt.tested", "test prompt templates")
_PUBLISH = Deed("prompt.published", "publish a prompt template", permissions.PUBLISHER)


@dataclass(frozen=True, slots=True)
class TemplateDraft:
    """A text that could be published as it stands.

    Args:
        id: Under which the text is kept.
        template: What it says.
        difference: From the newest version, as a unified diff; '' when there is none.
    """

    id: str
    template: PromptTemplate
    difference: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What the use cases rest on."""

    artifacts: Artifacts
    audit: AuditTrail
    clock: Clock
    guard: Guard


class Prompts:
    """What an edge may do with prompt templates; `book` is what it may look at."""

    def __init__(self, book: PromptBook, workflows: Catalog, trials: Trials, kept: Kept) -> None:
        self.book = book
        self._workflows = workflows
        self._trials = trials
        self._kept = kept

    def complaints(self, text: str) -> Sequence[Complaint]:
        """Return all that is wrong with a text; it reads no database, so it is quick."""
        try:
            prompts.only(text, _FILE)
        except DefinitionErrors as errors:
            return errors.complaints
        return ()

    async def propose(self, text: str, *, by: Person) -> TemplateDraft:
        """Keep a text as a draft and say what it would change.

        Raises:
            DefinitionErrors: it is no template that can be used.
            NotAllowed: the person may not write templates.
        """
        await self._kept.guard.require(by, _WRITE)
        template = prompts.only(text, _FILE)
        await self._fits(template)
        draft_id = await self._kept.artifacts.put(text.encode())
        return TemplateDraft(draft_id, template, self.book.difference(template.id, text))

    async def propose_version(self, name: str, version: int, *, by: Person) -> TemplateDraft:
        """Propose an older version as the newest one.

        Raises:
            NotFound: there is no such template or version.
            NotAllowed: the person may not write templates.
        """
        return await self.propose(self.book.source(self.book.latest(name).id, version), by=by)

    async def text(self, draft_id: str, *, by: Person) -> str:
        """Return the text of a draft.

        Raises:
            NotFound: there is no such draft.
        """
        await self._kept.guard.require(by, _WRITE)
        return (await self._kept.artifacts.get(draft_id)).decode()

    async def publish_draft(self, draft_id: str, why: str, *, by: Person) -> PromptTemplate:
        """Publish a draft as the newest version of its template; as `publish`.

        Raises:
            NotFound: there is no such draft.
        """
        return await self.publish(await self.text(draft_id, by=by), why, by=by)

    async def publish(
        self, text: str, why: str, *, by: Person, after: int | None = None
    ) -> PromptTemplate:
        """Publish a text as the newest version of its template.

        Workflows that name it get a new version, too; runs under way keep theirs.

        Args:
            text: The template as it is written in a file.
            why: What is different, and why.
            by: Who wants it.
            after: The version that it was made of; None where that does not matter.

        Raises:
            BadInput: nobody said why.
            DefinitionErrors: it cannot be used, or a workflow could not use it any more.
            NotAllowed: the person may not publish.
            TooLate: there is a newer version than the one that it was made of.
        """
        reason = why.strip()[:_LONGEST_REASON]
        if not reason:
            raise BadInput("Please say what is different and why: a few words will do.")
        await self._kept.guard.require(by, _PUBLISH)
        template = prompts.only(text, _FILE)
        self._require_newest(template.id, after)
        await self._fits(template)
        published = await self.book.publish(text, by.who, reason)
        now, detail = self._kept.clock.now(), f"version {published.version}: {reason}"
        entry = AuditEntry(now, by.who, _PUBLISH.name, published.id, detail)
        await self._kept.audit.record(entry)
        await self._workflows.renew({published.id}, by.who)
        return published

    async def test(self, name: str, *, by: Person, version: int | None = None) -> TemplateTest:
        """Put the examples of a template to a model.

        Raises:
            NotFound: there is no such template or version.
            BadInput: it has no example.
            OperationFailed: there is no model that could be asked.
            NotAllowed: the person may not test templates.
        """
        template = self.book.latest(name)
        if version is not None:
            source = self.book.source(template.id, version)
            template = replace(prompts.reload(source, _FILE), version=version)
        return await self._tested(template, by)

    async def test_draft(self, draft_id: str, *, by: Person) -> TemplateTest:
        """Put the examples of a draft to a model; as `test`."""
        return await self._tested(prompts.only(await self.text(draft_id, by=by), _FILE), by)

    async def _tested(self, template: PromptTemplate, by: Person) -> TemplateTest:
        await self._kept.guard.require(by, _TEST, template.id)
        tested = await self._trials.test(template, by)
        which = f"version {template.version}" if template.version else "a draft"
        detail = f"{which}: {tested.passed} of {len(tested.trials)} as expected"
        entry = AuditEntry(self._kept.clock.now(), by.who, _TEST.name, template.id, detail)
        await self._kept.audit.record(entry)
        return tested

    async def _fits(self, template: PromptTemplate) -> None:
        """Refuse a template that a workflow names, but could not use any more."""
        if misfits := await self._workflows.misfits(template):
            raise DefinitionErrors(misfits)

    def _require_newest(self, name: str, after: int | None) -> None:
        newest = self.book.find(name)
        known = newest.version if newest else 0
        if after is not None and after != known:
            raise TooLate(
                f"The newest version of `{name}` is {known}, and yours was made of version {after}. "
                "Look at what changed, and publish again."
            )
