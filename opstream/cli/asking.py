"""What the terminal asks of an install: its workflows, its runs, its tools, its audit trail."""

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from opstream.cli import files, stories
from opstream.cli.house import Desk
from opstream.cli.saying import say, say_json
from opstream.definitions.loader import Loaded
from opstream.domain.run import Page, RunStatus
from opstream.domain.workflow import Call, ForEach, Step, Workflow
from opstream.errors import BadInput, Complaint, NotFound, OperationFailed
from opstream.ports import Operations


async def workflow(desk: Desk, named: str) -> Workflow:
    """Return a workflow of the install by its id.

    Raises:
        NotFound: there is none; the sentence offers what comes close.
    """
    return desk.services.workflows.latest(named)


async def checked(desk: Desk, named: Sequence[str]) -> files.Checked:
    """Return what some files hold and every complaint, with the prompt templates of the install looked up."""
    return files.check(named, desk.services.prompts.book)


async def listed(desk: Desk, said: Namespace) -> int:
    """List the workflows; what keeps files out is said too."""
    catalog = desk.services.workflows
    found, complaints = catalog.listed(), catalog.complaints()
    if said.json:
        shown = [
            {"id": one.id, "version": one.version, "title": one.title, "format": one.source_format}
            for one in found
        ]
        say_json({"workflows": shown, "complaints": complaints})
    else:
        say(stories.workflows(found))
        say(str(one) for one in complaints)
    return 1 if complaints else 0


async def rehearse(desk: Desk, said: Namespace) -> int:
    """Say what a run would do."""
    if not said.dry:
        raise BadInput(
            "The terminal only rehearses: add `--dry`. Start a run in Slack with "
            f"`/opstream start {said.workflow}`, or from Python with `WorkflowEngine`."
        )
    inputs = dict(_given(said.inputs))
    for name in _called(desk.services.workflows.latest(said.workflow).steps):
        with suppress(NotFound, OperationFailed):  # then nobody knows whether it writes
            await desk.services.operations.ready(name)
    found = await desk.services.runs.rehearse(said.workflow, inputs, by=desk.by)
    if said.json:
        say_json(found)
    else:
        say(stories.rehearsal(found))
    return 0


async def runs(desk: Desk, said: Namespace) -> int:
    """List runs, newest first: those that have not ended, unless others are wanted."""
    page = await _page(desk, said)
    if said.json:
        say_json({"total": page.total, "runs": page.runs})
    else:
        say(stories.runs(page))
    return 0


async def _page(desk: Desk, said: Namespace) -> Page:
    lookups, limit = desk.services.runs, said.limit
    if said.status == "active" or (said.status is None and said.workflow is None):
        return await lookups.active(limit=limit)
    wanted = frozenset() if said.status in (None, "ended") else {RunStatus(said.status)}
    return await lookups.ended(limit=limit, workflow_id=said.workflow, statuses=frozenset(wanted))


async def run(desk: Desk, said: Namespace) -> int:
    """Tell the story of a run."""
    run_id = await desk.services.runs.resolve(said.run, by=desk.by, place=None)
    view = await desk.services.runs.view(run_id)
    if said.json:
        say_json({"workflow": view.workflow.id, "run": view.run})
    else:
        say(stories.run(view))
    return 0


async def missing_operations(desk: Desk, loaded: Sequence[Loaded]) -> list[Complaint]:
    """Return a complaint for each operation that no tool of the install has."""
    return [
        fault
        for one in loaded
        for name, line in _operations(one)
        if (fault := await _fault(desk.services.operations, name, one.draft.document.file, line))
    ]


async def _fault(operations: Operations, name: str, file: str, line: int) -> Complaint | None:
    try:
        await operations.ready(name)
    except (NotFound, OperationFailed) as error:
        return Complaint(file, line, str(error), "")
    return None


def _operations(one: Loaded) -> Iterator[tuple[str, int]]:
    """Yield every operation that is named in a workflow, with its line."""
    for placed in one.draft.every_step():
        for key, call in (("call", placed.step.work), ("undo", placed.step.undo)):
            if isinstance(call, Call) and "{{" not in call.operation:
                yield call.operation, one.draft.step_line(placed, key)


def _called(steps: Sequence[Step]) -> Iterator[str]:
    """Yield every operation that steps call by its name."""
    for step in steps:
        match step.work:
            case Call(operation=name) if "{{" not in name:
                yield name
            case ForEach(steps=inner):
                yield from _called(inner)


def _given(written: Sequence[str]) -> Mapping[str, str]:
    given: dict[str, str] = {}
    for one in written:
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise BadInput(f"`{one}` is no input. Write `name=value`, such as `service=checkout`.")
        given[name] = value
    return given
