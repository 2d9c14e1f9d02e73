"""Workflows written in the chat: checked, kept as a draft, shown as a difference, published."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from opstream.definitions.catalog import Catalog
from opstream.domain.person import Person
from opstream.domain.workflow import Workflow
from opstream.errors import BadInput, Complaint, DefinitionErrors
from opstream.governance.guard import Deed, Guard
from opstream.ports import Artifacts

Publish = Callable[[str, Person, str], Awaitable[Workflow]]

_FILE = "the draft"
_LONGEST_REASON = 2_000
_DEED = Deed("draft.written", "write workflows")


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that could be published as it stands.

    Args:
        id: Under which the text is kept.
        workflow: What it says.
        difference: From the newest version, as a unified diff; '' when there is none.
    """

    id: str
    workflow: Workflow
    difference: str


class Drafts:
    """What people write until it is published; a draft survives a restart."""

    def __init__(
        self, artifacts: Artifacts, catalog: Catalog, publish: Publish, guard: Guard
    ) -> None:
        self._artifacts = artifacts
        self._catalog = catalog
        self._publish = publish
        self._guard = guard

    def complaints(self, text: str) -> Sequence[Complaint]:
        """Return all that is wrong with a text; it reads no database, so it is quick."""
        try:
            self._catalog.read(text, _FILE)
        except DefinitionErrors as errors:
            return errors.complaints
        return ()

    async def propose(self, text: str, *, by: Person) -> Draft:
        """Keep a text as a draft and say what it would change.

        Raises:
            DefinitionErrors: it is no workflow that can be used.
            NotAllowed: the person may not write workflows.
        """
        await self._guard.require(by, _DEED)
        workflow = self._catalog.read(text, _FILE).workflow
        draft_id = await self._artifacts.put(text.encode())
        difference = await self._catalog.difference(workflow.id, text)
        return Draft(draft_id, workflow, difference)

    async def text(self, draft_id: str, *, by: Person) -> str:
        """Return the text of a draft.

        Raises:
            NotFound: there is no such draft.
        """
        await self._guard.require(by, _DEED)
        return (await self._artifacts.get(draft_id)).decode()

    async def publish(self, draft_id: str, why: str, *, by: Person) -> Workflow:
        """Publish a draft as the newest version of its workflow.

        Raises:
            NotFound: there is no such draft.
            BadInput: nobody said why.
            NotAllowed: the person may not publish.
        """
        reason = why.strip()[:_LONGEST_REASON]
        if not reason:
            raise BadInput("Please say what is different and why: a few words will do.")
        text = await self.text(draft_id, by=by)
        return await self._publish(text, by, reason)
