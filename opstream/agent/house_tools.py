"""Own tools that tell what there is: workflows, plans and operations."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field

from opstream.agent.own import Arguments, Asking, Tool
from opstream.definitions.catalog import Catalog
from opstream.domain.operation import Health, Operation, Repeat
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow
from opstream.errors import NotFound
from opstream.governance import sight
from opstream.ports import Operations, PlannedStart
from opstream.runs.schedules import Scheduler

_MOST = 40


class Search(Arguments):
    """What is looked for."""

    words: str = Field(
        "", max_length=200, description="Only what has all these words; empty for all."
    )


class Named(Arguments):
    """Which workflow is meant."""

    workflow: str = Field(description="Its id.")


class Plan(Arguments):
    """What starts when."""

    workflow: str = Field(description="The id of the workflow.")
    when: str = Field(description="Such as `every weekday at 9`, `tomorrow at 17:30`, or cron.")
    inputs: dict[str, str | int | float | bool | None] = Field(
        default_factory=dict, description="Its inputs by name."
    )


class Nothing(Arguments):
    """Takes nothing."""


class HouseTools:
    """Tells whoever asks what there is, and plans starts for them."""

    def __init__(self, catalog: Catalog, operations: Operations, schedules: Scheduler) -> None:
        self._catalog = catalog
        self._operations = operations
        self._schedules = schedules

    def tools(self) -> Sequence[Tool]:
        """Return the tools."""
        return (
            Tool(
                "list_workflows",
                "List workflows",
                "Lists what can be started, with the inputs of each.",
                Search,
                self._workflows,
            ),
            Tool(
                "show_workflow",
                "Look at a workflow",
                "Shows the text of a workflow as it is published now.",
                Named,
                self._workflow,
            ),
            Tool(
                "list_tools",
                "List tools",
                "Lists the operations of this install, and which of its tools are down.",
                Search,
                self._tools,
            ),
            Tool(
                "list_schedules",
                "List plans",
                "Lists what is planned to start, the next first.",
                Nothing,
                self._plans,
            ),
            Tool(
                "schedule_workflow",
                "Plan a workflow",
                "Plans to start a workflow at a time, or again and again, in the asker's time zone.",
                Plan,
                self._plan,
                writes=True,
                repeat=Repeat.NEVER,
            ),
        )

    async def _workflows(self, wanted: Search, asking: Asking) -> Json:
        found = [one for one in self._catalog.listed() if _has(wanted.words, _words_of(one))]
        shown = [_workflow(one) for one in found[:_MOST]]
        return {"total": len(found), "workflows": shown}

    async def _workflow(self, wanted: Named, asking: Asking) -> Json:
        workflow = self._catalog.latest(wanted.workflow)
        source = await self._catalog.source(workflow.id, workflow.version)
        return {"workflow": workflow.id, "version": workflow.version, "text": source}

    async def _tools(self, wanted: Search, asking: Asking) -> Json:
        sources = self._operations.sources()
        found = [
            one
            for source in sources
            for one in source.operations
            if _has(wanted.words, f"{one.name} {one.description}")
        ]
        down = {one.name: one.sentence for one in sources if one.health is not Health.READY}
        return {"total": len(found), "tools": [_tool(one) for one in found[:_MOST]], "down": down}

    async def _plans(self, wanted: Nothing, asking: Asking) -> Json:
        planned = await self._schedules.listed()
        return {"plans": [_planned(one) for one in planned if _sees(asking, one)][:_MOST]}

    async def _plan(self, wanted: Plan, asking: Asking) -> Json:
        if self._catalog.latest(wanted.workflow).conversation:
            raise NotFound("workflow", wanted.workflow[:80])
        planned = await self._schedules.schedule(
            wanted.workflow,
            wanted.when,
            wanted.inputs,
            by=asking.person,
            place=asking.run.place,
        )
        return _planned(planned)


def _has(words: str, text: str) -> bool:
    low = text.lower()
    return all(word in low for word in words.lower().split())


def _words_of(workflow: Workflow) -> str:
    return " ".join((workflow.id, workflow.title, workflow.description, *workflow.phrases))


def _workflow(one: Workflow) -> Mapping[str, Json]:
    inputs: dict[str, Json] = {
        field.name: f"{field.kind.value}, {'required' if field.required else 'optional'}"
        f"{f', one of {list(field.choices)}' if field.choices else ''}"
        f"{f', {field.description[:120]}' if field.description else ''}"
        for field in one.inputs
    }
    return {
        "workflow": one.id,
        "title": one.title,
        "description": one.description[:300],
        "inputs": inputs,
    }


def _tool(one: Operation) -> Mapping[str, Json]:
    described = one.description.strip().split("\n")[0][:200]
    return {"tool": one.name, "description": described, "changes_something": one.writes}


def _planned(one: PlannedStart) -> Mapping[str, Json]:
    return dict(_fields(one))


def _fields(one: PlannedStart) -> Iterator[tuple[str, Json]]:
    yield "plan", one.name
    yield "workflow", one.workflow_id
    yield "next", f"{one.next_at:%Y-%m-%d %H:%M} UTC" if one.next_at else "never"
    yield "inputs", one.schedule.inputs


def _sees(asking: Asking, one: PlannedStart) -> bool:
    return one.by is None or sight.sees(asking.person, one.by, one.place)
