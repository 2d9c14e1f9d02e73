"""Workflows from Python: the engine of the bot, driven by a program, across crashes and loops."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from opstream import IdempotencyKey, Progress, ProgressListener, WorkflowEngine, operation
from opstream.errors import AlreadyRunning, BadInput, DefinitionErrors, NotAllowed, NotFound

ROOT = Path(__file__).parents[1]
OLD = {
    "id": "email_to_notion",
    "steps": [
        {"id": "fetch", "type": "gmail", "action": "list_messages", "params": {"query": "new"}},
        {
            "id": "save",
            "type": "notion",
            "action": "create_page",
            "params": {"text": "{{fetch_output}}"},
        },
    ],
}
HELLO = {"id": "hello", "title": "Hello", "steps": [{"notify": "Hello!"}]}
ASKING = {
    "id": "asking",
    "title": "Ask",
    "steps": [
        {"id": "form", "ask": {"question": "How many?", "fields": {"count": "number"}}},
        {
            "id": "show",
            "call": "gmail.list_messages",
            "with": {"query": "{{ steps.form.output.count }} mails"},
        },
    ],
}


@operation(writes=False, name="gmail.list_messages")
def list_messages(tell: ProgressListener, query: str) -> dict[str, object]:
    tell(Progress(1, 1, "read"))
    return {"messages": [query], "status": "200"}


@operation(writes=True, name="notion.create_page")
async def create_page(key: IdempotencyKey, text: object) -> dict[str, object]:
    return {"url": f"page for {json.dumps(text)}", "keyed": bool(key)}


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("OPSTREAM_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OPSTREAM_CONFIG", str(tmp_path / "config"))
    (tmp_path / "config" / "workflows").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def engine():
    with WorkflowEngine(operations=[list_messages, create_page], by="ana") as made:
        yield made


def test_an_older_workflow_runs_with_operations_of_ones_own(engine):
    run = engine.execute_workflow(engine.load_workflow(OLD))
    [asked] = run.approvals
    assert (run.status, asked.step, asked.operation) == ("active", "save", "notion.create_page")

    run = engine.approve(run, by="bo")

    assert run.ok
    assert run.result["keyed"]
    fetched, saved = run.log["executions"]
    assert fetched == {
        "messages": ["new"], "tool": "gmail", "action": "list_messages", "status": "succeeded"
    }  # fmt: skip
    assert (saved["tool"], saved["action"]) == ("notion", "create_page")
    assert saved["url"].startswith("page for")


def test_who_asks_cannot_say_yes(engine):
    run = engine.execute_workflow(engine.load_workflow(OLD))

    with pytest.raises(NotAllowed):
        engine.approve(run, by="ana")


def test_a_no_ends_the_run_with_its_reason(engine):
    run = engine.execute_workflow(engine.load_workflow(OLD))

    run = engine.deny(run, by="bo", reason="Not today.")

    assert run.status == "denied"
    assert "Not today." in run.reason
    with pytest.raises(NotFound, match="asks nothing right now"):
        engine.approve(run, by="bo")


@pytest.mark.parametrize(("said", "status"), [(True, "succeeded"), ("Too late.", "denied")])
def test_a_callback_decides(said, status):
    asked = []

    def decide(one):
        asked.append(one.operation)
        return said

    with WorkflowEngine(operations=[list_messages, create_page], on_approval=decide) as engine:
        run = engine.execute_workflow(engine.load_workflow(OLD))

    assert (run.status, asked) == (status, ["notion.create_page"])


def test_a_callback_may_leave_it_open():
    with WorkflowEngine(operations=[list_messages, create_page], on_approval=lambda _: None) as one:
        assert one.execute_workflow(one.load_workflow(OLD)).waits_for_person


def test_a_question_is_answered_by_field(engine):
    run = engine.execute_workflow(engine.load_workflow(ASKING))
    [asked] = run.questions
    assert (asked.question, asked.fields) == ("How many?", ("count",))

    with pytest.raises(BadInput, match=r"Give `\{'count': …\}`"):
        engine.answer(run, "3", by="bo")
    run = engine.answer(run, {"count": 3}, by="bo")

    assert run.ok
    assert run.result["messages"] == ["3 mails"]


def test_a_person_is_waited_for_in_a_run_that_another_one_started(engine):
    engine.load_workflow(OLD)
    outer = {"id": "outer", "title": "Outer", "steps": [{"id": "inner", "run": "email_to_notion"}]}

    run = engine.execute_workflow(engine.load_workflow(outer))
    [asked] = run.approvals
    assert asked.run_id != run.run_id

    assert engine.approve(run, by="bo").ok


def test_progress_is_heard():
    heard = []
    with WorkflowEngine(
        operations=[list_messages, create_page],
        on_progress=lambda _, step, progress: heard.append((step, progress.message)),
    ) as engine:
        engine.execute_workflow(engine.load_workflow(OLD))

    assert heard == [("fetch", "read")]


def test_workflows_come_from_files_folders_and_by_id(engine, data):
    file = data / "flow.yaml"
    file.write_text("id: filed\ntitle: Filed\nsteps: [{notify: From a file.}]\n")
    assert engine.execute_workflow(engine.load_workflow(file)).ok

    folder = data / "more"
    folder.mkdir()
    (folder / "more.json").write_text(json.dumps(HELLO))
    with WorkflowEngine(folder=data / "other", workflows=folder) as other:
        assert other.execute_workflow("hello").ok
        with pytest.raises(NotFound, match="Did you mean `hello`"):
            other.load_workflow("helo")


def test_what_is_wrong_with_a_workflow_is_told_at_once(engine, data):
    with pytest.raises(DefinitionErrors, match="has no steps"):
        engine.load_workflow({"id": "empty", "title": "Empty"})
    with pytest.raises(BadInput, match=r"none.yaml cannot be read"):
        engine.load_workflow(data / "none.yaml")


def test_the_same_key_is_the_same_run(engine):
    flow = engine.load_workflow(HELLO)

    first, second = (engine.execute_workflow(flow, key="monday") for _ in range(2))

    assert first.run_id == second.run_id
    assert engine.execute_workflow(flow).run_id != first.run_id


def test_waiting_has_an_end_and_a_run_can_be_cancelled(engine):
    flow = engine.load_workflow({"id": "rest", "title": "Rest", "steps": [{"wait": "3h"}]})

    run = engine.execute_workflow(flow, within=timedelta(milliseconds=1))

    assert run.status == "active"
    assert engine.get_run(run.run_id[:8]).run_id == run.run_id
    assert engine.cancel(run, reason="No time.").status == "cancelled"


async def test_it_works_where_a_loop_is_running(data):
    with WorkflowEngine() as engine:  # as in a notebook
        assert engine.execute_workflow(engine.load_workflow(HELLO)).ok

    async with WorkflowEngine() as engine:
        flow = await engine.aload_workflow(HELLO)
        runs = await asyncio.gather(*(engine.aexecute_workflow(flow) for _ in range(5)))
    assert {run.status for run in runs} == {"succeeded"}


def test_an_operation_that_would_wait_for_its_own_engine_fails_with_that_reason(data):
    engines = []

    @operation(writes=False, name="own.nested")
    async def nested() -> None:
        engines[0].execute_workflow("hello")

    flow = {"id": "flow", "title": "Flow", "steps": [{"call": "own.nested", "retry": 1}]}
    with WorkflowEngine(operations=[nested]) as engine:
        engines.append(engine)
        run = engine.execute_workflow(engine.load_workflow(flow))

    assert run.status == "failed"
    assert "cannot wait for the engine" in run.reason


def test_one_folder_belongs_to_one_engine(engine):
    with pytest.raises(AlreadyRunning):
        WorkflowEngine()

    assert [one.name for one in threading.enumerate()].count("opstream") == 1


def test_a_closed_engine_says_so(engine):
    engine.close()

    with pytest.raises(BadInput, match="engine is closed"):
        engine.execute_workflow("hello")


CRASHING = """
import os, sys, pathlib
from opstream import WorkflowEngine, operation
notes, mode = pathlib.Path(sys.argv[1]), sys.argv[2]

@operation(writes=False, name="t.first")
def first() -> str:
    notes.open("a").write("first ")
    return "kept"

@operation(writes=False, name="t.second")
def second(given: str) -> str:
    notes.open("a").write("second ")
    if mode == "dies":
        os.kill(os.getpid(), 9)
    return given + " and done"

flow = {"id": "flow", "title": "Flow", "steps": [
    {"id": "a", "call": "t.first"},
    {"id": "b", "call": "t.second", "with": {"given": "{{ steps.a.output }}"}}]}
with WorkflowEngine(operations=[first, second]) as engine:
    if mode == "dies":
        engine.execute_workflow(engine.load_workflow(flow))
    [run] = engine.resume()
    print(run.status, run.result)
"""


def test_a_run_that_a_crash_cut_off_goes_on_with_the_next_engine(data):
    def script(mode):
        return subprocess.run(
            [sys.executable, "-c", CRASHING, str(data / "notes"), mode],
            env={**os.environ, "PYTHONPATH": str(ROOT)},  # noqa: TID251 - for a process
            capture_output=True,
            text=True,
            check=False,
        )

    assert script("dies").returncode == -signal.SIGKILL
    again = script("goes on")

    assert again.stdout == "succeeded kept and done\n", again.stderr
    assert (data / "notes").read_text() == "first second second "
