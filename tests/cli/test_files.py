"""What the terminal does with workflow files: nothing else is needed for it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from opstream.cli.main import main
from opstream.definitions import loader

ROOT = Path(__file__).parents[2]
GOOD = "id: demo\ntitle: Demo\nsteps:\n  - {id: a, call: t.read}\n  - {id: b, wait: 2s}\n"
BAD = "id: demo\ntitle: Demo\nsteps:\n  - {id: a, wait: soon}\n  - {id: b, wait: later}\n"
OLD = {
    "id": "email_to_notion",
    "steps": [
        {"id": "fetch", "type": "gmail", "action": "list_messages", "params": {"query": "new"}},
        {
            "id": "save",
            "type": "notion",
            "action": "create",
            "params": {"text": "{{fetch_output}}"},
        },
    ],
}


@pytest.fixture
def files(tmp_path):
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(BAD)
    (tmp_path / "old.json").write_text(json.dumps(OLD))
    return tmp_path


def test_every_file_gets_its_lines_and_one_fault_fails_the_whole(files, capsys):
    named = [str(files / name) for name in ("good.yaml", "bad.yaml", "none.yaml", "")]

    assert main(["check", *named]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{files}/good.yaml: `demo` is fine."
    assert lines[1].startswith(f"{files}/bad.yaml:4: ")
    assert lines[2].startswith(f"{files}/bad.yaml:5: ")
    assert "none.yaml:1: It cannot be read (No such file" in lines[3]
    assert "Is a directory" in lines[4]


def test_files_without_a_fault_are_fine(files, capsys):
    assert main(["workflows", "check", str(files / "good.yaml"), str(files / "old.json")]) == 0

    assert "`email_to_notion` is fine." in capsys.readouterr().out


def test_complaints_can_be_read_by_a_program(files, capsys):
    assert main(["check", "--json", str(files / "good.yaml"), str(files / "bad.yaml")]) == 1

    said = json.loads(capsys.readouterr().out)
    assert said["workflows"] == [{"file": str(files / "good.yaml"), "id": "demo"}]
    assert {(one["file"], one["line"]) for one in said["complaints"]} == {
        (str(files / "bad.yaml"), 4),
        (str(files / "bad.yaml"), 5),
    }
    assert all(one["problem"] and one["remedy"] for one in said["complaints"])


def test_a_file_is_drawn_as_lines_as_a_picture_and_as_data(files, capsys):
    good, svg = str(files / "good.yaml"), files / "demo.svg"

    assert main(["workflows", "show", good]) == 0
    assert main(["workflows", "show", good, "--svg", str(svg)]) == 0
    assert main(["workflows", "show", good, "--svg", "-"]) == 0
    assert main(["workflows", "show", good, "--json"]) == 0

    out = capsys.readouterr().out
    assert out.startswith("Demo (demo)\n\n●  a  call t.read\n●  b  wait 2s\n<svg ")
    data = json.loads(out.partition("</svg>\n")[2])
    assert [one["layer"] for one in data[0]["steps"]] == [0, 1]
    assert data[0]["arrows"] == [{"source": "a", "target": "b", "rescue": False}]
    assert svg.read_text().startswith("<svg ")


def test_a_file_with_a_fault_is_not_drawn(files, capsys):
    assert main(["workflows", "show", str(files / "bad.yaml")]) == 1

    assert "bad.yaml:4: " in capsys.readouterr().err


def test_older_formats_are_imported_into_ours(files, capsys):
    folder = files / "new"
    bring = ["workflows", "import", str(files / "old.json"), str(files / "good.yaml")]

    assert main([*bring, "--to", str(folder)]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["demo.yaml", "email_to_notion.yaml"]
    [loaded] = loader.load((folder / "email_to_notion.yaml").read_text(), "a.yaml")
    assert [step.work.operation for step in loaded.workflow.steps[:1]] == ["gmail.list_messages"]

    capsys.readouterr()
    assert main([*bring, "--to", str(folder)]) == 2
    assert "exists already. Remove it, or choose another folder." in capsys.readouterr().err


def test_one_bad_file_keeps_all_from_being_imported(files, capsys):
    folder = files / "new"
    named = [str(files / "good.yaml"), str(files / "bad.yaml")]

    assert main(["workflows", "import", *named, "--to", str(folder)]) == 1
    assert not folder.exists()


@pytest.mark.parametrize("form", ["opstream", "steps-json"])
def test_what_is_exported_can_be_read_again(files, form, capsys):
    old, out = str(files / "old.json"), files / ("out.json" if form == "steps-json" else "out.yaml")

    assert main(["workflows", "export", old, "--as", form, "--to", str(out)]) == 0
    assert main(["check", str(out)]) == 0

    assert main(["workflows", "export", old, "--as", form]) == 0
    assert capsys.readouterr().out.rstrip().endswith(out.read_text().rstrip())


def test_a_format_that_cannot_say_it_is_refused(files, capsys):
    assert main(["workflows", "export", str(files / "good.yaml"), "--as", "tools-yaml"]) == 2

    assert "cannot be written as a list of tools" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_to_is_named(files, capsys):
    nowhere = str(files / "none" / "a.svg")

    assert main(["workflows", "show", str(files / "good.yaml"), "--svg", nowhere]) == 2
    assert f"{nowhere} cannot be written: No such file" in capsys.readouterr().err


def test_a_reader_that_has_enough_is_no_trouble(files):
    command = [sys.executable, "-c", "from opstream.cli.main import main; raise SystemExit(main())"]
    shown = subprocess.Popen(
        [*command, "workflows", "show", str(files / "good.yaml"), "--svg", "-"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )

    shown.stdout.close()
    told = shown.stderr.read()
    shown.stderr.close()

    assert (shown.wait(), told) == (0, b"")
