"""Own tools that check a workflow that is being written, and keep it as a draft."""

from collections.abc import Mapping, Sequence

from pydantic import Field

from opstream.agent.own import Arguments, Asking, Tool
from opstream.agent.telling import short
from opstream.definitions import inputs as given_inputs
from opstream.definitions.catalog import Catalog
from opstream.domain.operation import Operation
from opstream.domain.rehearsal import Rehearsal, RehearsedStep
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow
from opstream.errors import BadInput, DefinitionErrors, NotFound
from opstream.ports import Clock, Operations
from opstream.runs.drafts import Drafts
from opstream.runs.readiness import require_operations
from opstream.runs.rehearsal import rehearse
from opstream.runs.unknowns import mark

_FILE = "the draft"
_STEPS = 30
_FENCE = "```"


class Written(Arguments):
    """A workflow as text."""

    workflow: str = Field(min_length=1, max_length=60_000, description="The whole text as YAML.")


class DraftTools:
    """Checks and keeps what is written for whoever asks; publishing is left to people."""

    def __init__(
        self, drafts: Drafts, catalog: Catalog, operations: Operations, clock: Clock
    ) -> None:
        self._drafts = drafts
        self._catalog = catalog
        self._operations = operations
        self._clock = clock

    def tools(self) -> Sequence[Tool]:
        """Return the tools."""
        return (
            Tool(
                "check_workflow",
                "Check a workflow",
                "Checks the text of a workflow: returns all complaints, or what its steps would do.",
                Written,
                self._check,
            ),
            Tool(
                "keep_draft",
                "Keep a draft",
                "Keeps the text of a workflow as a draft that a person may publish; publishes nothing.",
                Written,
                self._keep,
            ),
        )

    async def _check(self, wanted: Written, asking: Asking) -> Json:
        return self._checked(_bare(wanted.workflow), asking)

    async def _keep(self, wanted: Written, asking: Asking) -> Json:
        text = _bare(wanted.workflow)
        found = self._checked(text, asking)
        if found.get("complaints"):
            return {**found, "written": text}
        draft = await self._drafts.propose(text, by=asking.person)
        workflow = draft.workflow
        kept: dict[str, Json] = {
            "draft": draft.id,
            "workflow": workflow.id,
            "title": workflow.title,
            "difference": draft.difference,
        }
        return {**found, **kept}

    def _checked(self, text: str, asking: Asking) -> Mapping[str, Json]:
        try:
            workflow = self._catalog.read(text, _FILE).workflow
            require_operations(workflow, self._operations)
        except DefinitionErrors as error:
            return {"complaints": [str(one) for one in error.complaints]}
        except BadInput as error:
            return {"complaints": [str(error)]}
        return {"complaints": [], "would": self._rehearsed(workflow, asking)}

    def _rehearsed(self, workflow: Workflow, asking: Asking) -> Json:
        values = {one.name: given_inputs.convert(one, None) for one in workflow.inputs}
        values |= {name: mark(f"input {name}") for name, one in values.items() if one is None}
        found = rehearse(workflow, values, asking.run.by, self._clock.now(), self._operation)
        return _steps(found)

    def _operation(self, name: str) -> Operation | None:
        try:
            return self._operations.find(name)
        except NotFound:
            return None


def _steps(found: Rehearsal) -> Json:
    return [_step(one) for one in found.steps[:_STEPS]]


def _step(one: RehearsedStep) -> Mapping[str, Json]:
    told: dict[str, Json] = {
        "step": one.step,
        "title": one.title,
        "does": one.does,
        "with": short(one.arguments, 300),
        "certainty": one.certainty.value,
        "because": one.because,
        "changes_something": one.writes,
        "asks_first": one.asks,
    }
    return {name: value for name, value in told.items() if value not in (None, "", {}, False)}


def _bare(text: str) -> str:
    """Return a text without the fence that models like to put around it."""
    lines = text.strip().splitlines()
    if len(lines) > 2 and lines[0].startswith(_FENCE) and lines[-1].strip() == _FENCE:
        lines = lines[1:-1]
    return "\n".join(lines) + "\n"
