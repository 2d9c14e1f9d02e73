"""Whether what each step does can be done: names, times, topics, schemas."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from jsonschema import Draft202012Validator, SchemaError

from opstream.definitions.draft import Draft, Placed
from opstream.definitions.names import OPERATION, TOOLS, WORKFLOW_ID
from opstream.definitions.yaml_events import Path
from opstream.domain import durations
from opstream.domain.outcome import REPLY
from opstream.domain.values import Json
from opstream.domain.workflow import (
    Agent,
    AskPerson,
    Call,
    ForEach,
    Input,
    Prompt,
    RunWorkflow,
    Wait,
)
from opstream.errors import Complaint

_OPERATIONS = "Write `server.tool`, such as `estate.logs`."
_LONGEST_TOPIC = 200

_Fault = tuple[Path, str, str]


def complaints(draft: Draft) -> Iterator[Complaint]:
    """Yield what is wrong with the work of the steps, by itself."""
    for placed in draft.every_step():
        for path, problem, remedy in _faults(draft, placed):
            line = draft.step_line(placed, *path)
            yield Complaint(draft.document.file, line, problem, remedy)


def fields(draft: Draft, placed: Placed) -> Iterator[tuple[int, Input]]:
    """Yield what a step asks a person for, each with its line."""
    if isinstance(placed.step.work, AskPerson):
        for field in placed.step.work.fields:
            yield draft.step_line(placed, "ask", "fields", field.name), field


def _faults(draft: Draft, placed: Placed) -> Iterator[_Fault]:
    match placed.step.work:
        case Call() as call:
            yield from _call(("call",), call)
        case Wait() as wait:
            yield from _wait(wait)
        case RunWorkflow() as run:
            yield from _run(draft, run)
        case Prompt(schema=schema) if schema is not None:
            yield from of_schema(("prompt", "schema"), schema)
        case Agent() as agent:
            yield from _agent(agent)
        case ForEach() as loop:
            yield from _items(loop)
    if placed.step.undo is not None:
        yield from _call(("undo", "call"), placed.step.undo)


def _call(path: Path, call: Call) -> Iterator[_Fault]:
    name = call.operation
    if name and "{{" not in name and not OPERATION.fullmatch(name):
        yield path, f"`{name}` is no name of an operation.", _OPERATIONS


def _run(draft: Draft, run: RunWorkflow) -> Iterator[_Fault]:
    if run.workflow and run.workflow == draft.workflow.id:
        problem = f"`{run.workflow}` runs itself, and so would never end."
        yield ("run",), problem, "Run another workflow, or repeat steps with `for_each`."
    elif run.workflow and not WORKFLOW_ID.fullmatch(run.workflow):
        problem = f"`{run.workflow}` is no id of a workflow."
        yield ("run",), problem, "Write its id; it cannot be a template."


def _agent(agent: Agent) -> Iterator[_Fault]:
    for number, name in enumerate(agent.tools):
        if not TOOLS.fullmatch(name):
            problem = f"`{name}` names no operations."
            yield ("agent", "tools", number), problem, "Write for example `estate.*`."
    if agent.schema is not None:
        yield from of_schema(("agent", "schema"), agent.schema)


def of_schema(path: Path, schema: Json) -> Iterator[_Fault]:
    """Yield what is wrong with the schema of an answer; `path` is where it stands."""
    try:
        Draft202012Validator.check_schema(schema if isinstance(schema, Mapping) else {})
    except SchemaError as error:
        at = ".".join(map(str, error.path))
        where = f" at `{at}`" if at else ""
        problem = f"The schema of the answer is no JSON schema{where}: {error.message[:120]}."
        yield path, problem, "Write for example `schema: {type: object, properties: {…}}`."


def _items(loop: ForEach) -> Iterator[_Fault]:
    items = loop.items
    if isinstance(items, Mapping) or (isinstance(items, str) and "{{" not in items):
        problem = "`items` gives no list."
        yield ("for_each", "items"), problem, 'Write `items: "{{ inputs.services }}"`, or a list.'


def _wait(wait: Wait) -> Iterator[_Fault]:
    if _is_fixed(wait.duration) and not durations.parse(str(wait.duration)):
        problem = f"`{wait.duration}` is no duration."
        yield ("wait",), problem, "Write for example `20s`, `5m` or `2h`."
    if _is_fixed(wait.until):
        try:
            datetime.fromisoformat(str(wait.until))
        except ValueError:
            problem = f"`{wait.until}` is no time."
            yield ("wait",), problem, "Write for example `2026-12-24T09:00:00+01:00`."
    if wait.topic == REPLY:
        problem = f"`{REPLY}` is the topic of replies in the thread."
        yield ("wait", "topic"), problem, "Write `wait: reply`."
    elif wait.topic and "{{" not in wait.topic and len(wait.topic) > _LONGEST_TOPIC:
        problem = f"The topic has {len(wait.topic)} characters; {_LONGEST_TOPIC} are the most."
        yield ("wait", "topic"), problem, "Write for example `invoice.paid:{{ inputs.id }}`."


def _is_fixed(value: Json) -> bool:
    return value is not None and not (isinstance(value, str) and (not value or "{{" in value))
