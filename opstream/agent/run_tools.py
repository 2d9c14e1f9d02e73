"""Own tools that read and steer runs."""

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field
from pydantic_core import to_json

from opstream.agent.own import Arguments, Asking, Tool
from opstream.agent.telling import told
from opstream.definitions.catalog import Catalog
from opstream.domain.artifact import referred
from opstream.domain.operation import Repeat
from opstream.domain.run import RunStatus, RunSummary
from opstream.domain.values import Json
from opstream.errors import NotFound
from opstream.ports import Artifacts
from opstream.runs.service import Runs

_A_PIECE = 6_000
_RUN = "The id of the run or its beginning; leave it out for the run of this thread."


class ListRuns(Arguments):
    """Which runs are listed."""

    which: Literal["active", "ended", "waiting"] = Field(
        "active", description="Runs under way, ended ones, or those that wait for a person."
    )
    workflow: str = Field("", description="Only ended runs of this workflow.")
    status: Literal["", "succeeded", "failed", "cancelled", "denied"] = Field(
        "", description="Only ended runs with this end."
    )
    mine: bool = Field(False, description="Only runs of whoever asks.")
    skip: int = Field(0, ge=0, le=10_000, description="How many of the newest to leave out.")


class OneRun(Arguments):
    """Which run is meant."""

    run: str = Field("", description=_RUN)


class ReadOutput(OneRun):
    """Which part of an output is read."""

    step: str = Field(description="The path of the step whose output is read.")
    start: int = Field(0, ge=0, description="The first character to read.", alias="from")


class Cancel(OneRun):
    """Which run ends, and why."""

    reason: str = Field("", max_length=500, description="Why, in a few words.")


class Retry(OneRun):
    """Which run goes on, and from where."""

    from_step: str = Field("", description="A step to do again; empty goes on where it stopped.")
    sure: bool = Field(False, description="Whether finished changes may be made once more.")


class StartWorkflow(Arguments):
    """What starts."""

    workflow: str = Field(description="The id of the workflow; `opstream.list_workflows` has them.")
    inputs: dict[str, str | int | float | bool | None] = Field(
        default_factory=dict, description="Its inputs by name."
    )


class RunTools:
    """Reads and steers runs for whoever asks.

    Args:
        runs: Use cases of runs; they check who may do what.
        catalog: What can be started.
        artifacts: Where large outputs are.
    """

    def __init__(self, runs: Runs, catalog: Catalog, artifacts: Artifacts) -> None:
        self._runs = runs
        self._catalog = catalog
        self._artifacts = artifacts

    def tools(self) -> Sequence[Tool]:
        """Return the tools."""
        return (*self._reading(), *self._steering())

    def _reading(self) -> Sequence[Tool]:
        return (
            Tool(
                "list_runs",
                "List runs",
                "Lists runs of workflows, newest first, ten at a time.",
                ListRuns,
                self._list,
            ),
            Tool(
                "show_run",
                "Look at a run",
                "Shows where a run is: its steps, errors, results, who asked, and the time left.",
                OneRun,
                self._show,
            ),
            Tool(
                "read_output",
                "Read an output",
                "Reads a part of what a step of a run gave, where it was too long to be shown whole.",
                ReadOutput,
                self._read,
            ),
        )

    def _steering(self) -> Sequence[Tool]:
        return (
            Tool(
                "start_workflow",
                "Start a workflow",
                "Starts a workflow; its run is shown in this thread.",
                StartWorkflow,
                self._start,
                writes=True,
                repeat=Repeat.WITH_KEY,
            ),
            Tool(
                "retry_run",
                "Retry a run",
                "Sets a run that ended going again: from where it stopped, or from a step.",
                Retry,
                self._retry,
                writes=True,
            ),
            Tool(
                "cancel_run", "Cancel a run", "Ends a run now.", Cancel, self._cancel, writes=True
            ),
            Tool(
                "pause_run",
                "Pause a run",
                "Pauses a run: what is under way ends, nothing new begins.",
                OneRun,
                self._pause,
                writes=True,
            ),
            Tool(
                "resume_run",
                "Resume a run",
                "Lets a paused run go on.",
                OneRun,
                self._resume,
                writes=True,
            ),
        )

    async def _list(self, wanted: ListRuns, asking: Asking) -> Json:
        by = asking.person if wanted.mine else None
        seen_by, runs = asking.person, self._runs
        match wanted.which:
            case "active":
                page = await runs.active(offset=wanted.skip, by=by, seen_by=seen_by)
            case "waiting":
                page = await runs.waiting(offset=wanted.skip, seen_by=seen_by)
            case "ended":
                statuses = frozenset({RunStatus(wanted.status)} if wanted.status else ())
                workflow = self._catalog.latest(wanted.workflow).id if wanted.workflow else None
                page = await runs.ended(
                    offset=wanted.skip,
                    workflow_id=workflow,
                    statuses=statuses,
                    by=by,
                    seen_by=seen_by,
                )
        return {"total": page.total, "runs": [_summary(one) for one in page.runs]}

    async def _show(self, wanted: OneRun, asking: Asking) -> Json:
        return told(await self._runs.view(await self._meant(wanted.run, asking)))

    async def _read(self, wanted: ReadOutput, asking: Asking) -> Json:
        run_id = await self._meant(wanted.run, asking) if wanted.run else asking.run.id
        run = (await self._runs.view(run_id)).run
        if wanted.step not in run.steps:
            raise NotFound("step", wanted.step[:120], hint=f"Run `{run.id}` has not come to it.")
        output = run.steps[wanted.step].output
        artifact = referred(output)
        content = await self._artifacts.get(artifact.id) if artifact else to_json(output)
        text = output if isinstance(output, str) else content.decode(errors="replace")
        piece = text[wanted.start : wanted.start + _A_PIECE]
        end = wanted.start + len(piece)
        return {"text": piece, "characters": len(text), "next": end if end < len(text) else None}

    async def _start(self, wanted: StartWorkflow, asking: Asking) -> Json:
        workflow = self._catalog.latest(wanted.workflow)
        if workflow.conversation:
            raise NotFound("workflow", wanted.workflow[:80], hint="It is how you are asked.")
        run = await self._runs.start(
            workflow.id,
            wanted.inputs,
            by=asking.person,
            place=asking.run.place,
            request_key=f"agent:{asking.key}",
        )
        return {"run": run.id, "status": run.status.value, "workflow": workflow.id}

    async def _retry(self, wanted: Retry, asking: Asking) -> Json:
        run_id = await self._runs.resolve_stopped(
            wanted.run or None, by=asking.person, place=asking.run.place
        )
        run = await self._runs.retry(
            run_id, by=asking.person, from_step=wanted.from_step or None, sure=wanted.sure
        )
        return {"run": run.id, "status": run.status.value}

    async def _cancel(self, wanted: Cancel, asking: Asking) -> Json:
        run_id = await self._meant(wanted.run, asking)
        run = await self._runs.cancel(run_id, by=asking.person, reason=wanted.reason)
        return {"run": run.id, "status": run.status.value}

    async def _pause(self, wanted: OneRun, asking: Asking) -> Json:
        run = await self._runs.pause(await self._meant(wanted.run, asking), by=asking.person)
        return {"run": run.id, "status": run.status.value}

    async def _resume(self, wanted: OneRun, asking: Asking) -> Json:
        run = await self._runs.resume(await self._meant(wanted.run, asking), by=asking.person)
        return {"run": run.id, "status": run.status.value}

    async def _meant(self, run: str, asking: Asking) -> str:
        found = await self._runs.resolve(run or None, by=asking.person, place=asking.run.place)
        await self._runs.require_seen(found, by=asking.person)
        return found


def _summary(one: RunSummary) -> Mapping[str, Json]:
    return {
        "run": one.id,
        "workflow": one.workflow_id,
        "status": "waits for a person" if one.waits_for_person else one.status.value,
        "asked_by": one.by.name,
        "started_at": f"{one.started_at:%Y-%m-%d %H:%M} UTC",
        "ended_at": f"{one.ended_at:%Y-%m-%d %H:%M} UTC" if one.ended_at else None,
        "reason": one.reason[:300],
    }
