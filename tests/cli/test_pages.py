"""The examples of docs/terminal.md and docs/python.md are real."""

import re
import shlex
from pathlib import Path

import pytest

from opstream.cli.main import main
from opstream.cli.words import read

DOCS = Path(__file__).parents[2] / "docs"
TERMINAL = (DOCS / "terminal.md").read_text()
PYTHON = (DOCS / "python.md").read_text()
PROGRAMS = re.findall(r"```python\n(.*?)```", PYTHON, re.DOTALL)


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", TERMINAL, re.DOTALL)


@pytest.mark.parametrize(
    "line", [line for block in blocks("sh") for line in block.splitlines() if line]
)
def test_every_command_of_the_page_is_understood(line):
    assert read(shlex.split(line)[1:]).what


def test_every_command_stands_on_the_page():
    shown = {read(shlex.split(line)[1:]).what for b in blocks("sh") for line in b.splitlines()}

    assert shown == {
        *("start", "worker", "migrate", "move", "version", "audit verify"),
        *(f"workflows {verb}" for verb in ("check", "list", "show", "run", "import", "export")),
        *(f"runs {verb}" for verb in ("list", "show")),
    }


def test_the_workflow_of_the_page_is_drawn_as_it_says(tmp_path, capsys):
    [recipe], [_, picture] = blocks("yaml"), blocks("text")
    (tmp_path / "trip.yaml").write_text(recipe)

    assert main(["workflows", "show", str(tmp_path / "trip.yaml")]) == 0

    assert capsys.readouterr().out == picture


def test_the_complaint_of_the_page_is_what_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("restart.yaml").write_text(
        "id: restart\ntitle: Restart\nsteps:\n  - {id: rest, wait: soon}\n"
    )

    assert main(["check", "restart.yaml"]) == 1

    assert capsys.readouterr().out == blocks("text")[0]


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_every_program_of_the_page_runs(program, tmp_path, monkeypatch):
    monkeypatch.setenv("OPSTREAM_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    exec(compile(program, "docs/python.md", "exec"), {"__name__": "page"})
