"""What the terminal asks of an install: it answers beside a running bot, and changes nothing."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from opstream import WorkflowEngine, operation
from opstream.cli.house import House
from opstream.cli.main import main
from opstream.face import opening

ROOT = Path(__file__).parents[2]
FLOW = """
id: tidy
title: Tidy up
inputs: {room: text}
steps:
  - {id: look, call: house.look, with: {room: "{{ inputs.room }}"}}
  - {id: sweep, call: house.sweep, with: {room: "{{ inputs.room }}", dust: "{{ steps.look.output }}"}}
  - {id: nobody, call: house.nobody, when: "{{ inputs.room == 'attic' }}"}
"""
TOOLS = """
from opstream import operation

@operation(writes=False, name="house.look")
def look(room: str) -> str:
    return "dust in the " + room

@operation(writes=True, name="house.sweep")
def sweep(room: str, dust: str) -> None:
    raise AssertionError("swept")
"""


@operation(writes=False, name="house.look")
def look(room: str) -> str:
    return f"dust in the {room}"


@operation(writes=True, name="house.sweep")
def sweep(room: str, dust: str) -> str:
    return f"swept {dust}"


@operation(writes=False, name="house.nobody")
def nobody() -> None: ...


def unwanted(*_: object) -> None:
    raise AssertionError("The terminal started something.")


HOUSE = House(unwanted, unwanted, unwanted, unwanted, opening.desk)


@pytest.fixture
def data(tmp_path, monkeypatch):
    config = tmp_path / "config"
    (config / "workflows").mkdir(parents=True)
    (config / "workflows" / "tidy.yaml").write_text(FLOW)
    (config / "house_tools.py").write_text(TOOLS)
    (config / "opstream.yaml").write_text("operations: [house_tools]\n")
    monkeypatch.setenv("OPSTREAM_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OPSTREAM_CONFIG", str(config))
    yield tmp_path / "data"
    sys.modules.pop("house_tools", None)


@pytest.fixture
def engine(data, monkeypatch):
    config = data.parent / "config"
    settings = (config / "opstream.yaml").read_text()
    (config / "opstream.yaml").write_text("")
    with WorkflowEngine(folder=data, operations=[look, sweep, nobody], by="ana") as made:
        (config / "opstream.yaml").write_text(settings)
        yield made


def ask(words: str) -> int:
    return main(words.split(), HOUSE)


def test_workflows_are_listed_with_what_keeps_others_out(data, capsys):
    assert ask("workflows list") == 0
    (data.parent / "config" / "workflows" / "bad.yaml").write_text("id: bad\n")
    assert ask("workflows list --json") == 1

    lines, _, said = capsys.readouterr().out.partition("\n")
    assert lines == "tidy  v1  Tidy up"
    told = json.loads(said)
    assert [one["id"] for one in told["workflows"]] == ["tidy"]
    assert {one["file"] for one in told["complaints"]} == {"bad.yaml"}


def test_a_workflow_of_the_install_is_drawn_and_exported_by_its_id(data, capsys):
    assert ask("workflows show tidy") == 0
    assert ask("workflows export tidy") == 0
    assert ask("workflows show tidi") == 2

    said = capsys.readouterr()
    assert said.out.startswith("Tidy up (tidy) · version 1\ntakes room\n")
    assert "\nid: tidy\n" in said.out
    assert said.err.startswith("There is no workflow `tidi`. Did you mean `tidy`?")


def test_a_check_looks_prompt_templates_up_as_publishing_does(data, capsys):
    config = data.parent / "config"
    (config / "prompts").mkdir()
    (config / "prompts" / "tell.yaml").write_text("id: tell\ntitle: Tell\ntext: Tell of it.\n")
    for name, template in (("good", "tell"), ("bad", "tale")):
        step = f"{{id: a, prompt: {{template: {template}}}}}"
        (data.parent / f"{name}.yaml").write_text(f"id: {name}\ntitle: It\nsteps:\n  - {step}\n")

    assert ask(f"workflows check {data.parent / 'good.yaml'}") == 0
    assert ask(f"workflows check {data.parent / 'bad.yaml'}") == 1

    said = capsys.readouterr().out
    assert "`good` is fine." in said
    assert "There is no prompt template `tale`. Use one of `tell`." in said


def test_a_rehearsal_says_what_would_be_called_and_calls_nothing(data, capsys):
    assert ask("workflows run tidy room=hall --dry") == 0

    assert capsys.readouterr().out == (
        "`tidy` version 1, thought through. Nothing was called.\n\n"
        "● look: calls `house.look`\n"
        "    room = hall\n"
        "● sweep: calls `house.sweep`  [changes things, asks]\n"
        "    room = hall\n"
        "    dust = \u2039output of look\u203a\n"
        "· nobody: is skipped\n"
        "    `{{ inputs.room == 'attic' }}` does not hold\n"
        "\n2 calls; 1 would change things.\n"
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("workflows run tidy room=hall", "The terminal only rehearses: add `--dry`."),
        ("workflows run tidy hall --dry", "`hall` is no input. Write `name=value`"),
        ("workflows run tidy --dry", "`tidy` still needs `room`."),
        ("runs show zzz", "There is no run `zzz`."),
    ],
)
def test_what_cannot_be_answered_is_said(words, sentence, data, capsys):
    assert ask(words) == 2

    assert capsys.readouterr().err.startswith(sentence)


def test_operations_that_no_tool_has_are_found_with_their_lines(data, capsys):
    file = data.parent / "config" / "workflows" / "tidy.yaml"

    assert ask(f"workflows check --tools {file}") == 1

    assert f"{file}:8: There is no operation `house.nobody`." in capsys.readouterr().out


def test_runs_are_told_while_another_process_has_the_folder(engine, capsys):
    run = engine.execute_workflow("tidy", {"room": "hall"})

    assert ask("runs list") == 0
    assert ask(f"runs show {run.run_id[:6]}") == 0
    assert ask("runs list --status failed") == 0

    out = capsys.readouterr().out
    assert f"{run.run_id[:8]}  active  tidy  " in out
    assert f"run       {run.run_id}\nstatus    active\n" in out
    assert "look   succeeded" in out
    assert "dust in the hall" in out
    assert "sweep  asking_approval\n" in out
    assert out.endswith("There are no such runs.\n")


def test_runs_can_be_read_by_a_program(engine, capsys):
    run = engine.approve(engine.execute_workflow("tidy", {"room": "hall"}), by="bo")

    assert ask(f"runs show --json {run.run_id}") == 0
    assert ask("runs list --json --status ended --workflow tidy") == 0

    out = capsys.readouterr().out
    told, _ = json.JSONDecoder().raw_decode(out)
    assert (told["workflow"], told["run"]["status"]) == ("tidy", "succeeded")
    listed, _ = json.JSONDecoder().raw_decode(out[out.index('{\n  "total"') :])
    assert [one["id"] for one in listed["runs"]] == [run.run_id]


def test_a_changed_audit_trail_is_found(engine, data, capsys):
    engine.execute_workflow("tidy", {"room": "hall"})
    assert ask("audit verify") == 0

    with sqlite3.connect(data / "opstream.db") as database:
        database.execute("UPDATE audit SET by_name = 'mallory' WHERE seq = 1")
    database.close()
    assert ask("audit verify") == 1
    assert ask("audit verify --json") == 1

    whole, seal, _, broken, *rest = capsys.readouterr().out.splitlines()
    assert whole == "The audit trail is whole: every entry fits the ones before it."
    assert broken.startswith("The audit trail is broken: entry 1 does not fit")
    assert seal.startswith("Its seal is 1:")
    told = json.loads("".join(rest))
    assert (told["whole"], told["first_broken"], told["last"]) == (False, 1, 1)


def test_the_console_script_starts_the_program_that_has_a_house(data):
    asking = "import sys; from opstream.cli.main import main; sys.exit(main(['workflows', 'list']))"

    asked = subprocess.run(
        [sys.executable, "-c", asking],
        cwd=ROOT,
        env=dict(os.environ),  # noqa: TID251 - for a process
        capture_output=True,
        text=True,
        check=False,
    )

    assert (asked.returncode, asked.stdout) == (0, "tidy  v1  Tidy up\n"), asked.stderr
