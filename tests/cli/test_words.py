"""What the terminal understands, and how it says that it does not."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from opstream.cli.answers import VERSION
from opstream.cli.main import main
from opstream.cli.words import WrongUse, read

ROOT = Path(__file__).parents[2]
HEAVY = (
    "asyncio",
    "yaml",
    "pydantic",
    "sqlalchemy",
    "aiohttp",
    "slack_bolt",
    "apscheduler",
    "jinja2",
)


def test_without_words_the_bot_is_started():
    assert read([]).what == "start"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("workflos", "There is no `workflos` here. Did you mean `workflows`?"),
        ("workflows chek a.yaml", "There is no `chek` here. Did you mean `check`?"),
        ("workflows", "It lacks COMMAND."),
        ("workflows check", "It lacks FILE."),
        ("workflows check a.yaml --jsn", "`--jsn` cannot stand here. Did you mean `--json`?"),
        ("runs list --status faild", "There is no `faild` here. Did you mean `failed`?"),
        ("runs list --limit many", "`many` is no number from 1 to 1000."),
        ("workflows export a --as prose", "There are `opstream`, `steps-json`, `tools-yaml`."),
        ("move", "It lacks --to."),
    ],
)
def test_what_is_not_understood_gets_one_sentence_and_code_2(words, sentence, capsys):
    assert main(words.split()) == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert sentence in said.err
    assert "--help` shows how to write it.\n" in said.err


@pytest.mark.parametrize(
    "words", ["", "workflows", "workflows check", "workflows show", "workflows import", "runs list"]
)
def test_help_is_shown_with_code_0(words, capsys):
    assert main([*words.split(), "--help"]) == 0

    assert capsys.readouterr().out.startswith(f"usage: opstream {words}".strip())


def test_the_short_word_for_checking_stays():
    assert read(["check", "a.yaml"]) == read(["workflows", "check", "a.yaml"])


def test_help_waits_for_nothing_heavy():
    asking = (
        "import sys\n"
        "from opstream.cli.main import main\n"
        "main(['workflows', 'check', '--help'])\n"
        f"sys.exit(' '.join(name for name in {HEAVY!r} if name in sys.modules))\n"
    )

    asked = subprocess.run(
        [sys.executable, "-c", asking], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert asked.stderr == "\n"
    assert "usage: opstream workflows check" in asked.stdout


def test_importing_the_package_loads_nothing():
    asking = f"import sys, opstream\nprint([one for one in {HEAVY!r} if one in sys.modules])"

    asked = subprocess.run(
        [sys.executable, "-c", asking], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert asked.stdout == "[]\n"


def test_the_version_is_that_of_the_project(capsys):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert main(["version"]) == 0
    assert main(["--version"]) == 0

    assert capsys.readouterr().out.count(f"OpStream {project['version']} on Python ") == 2
    assert project["version"] == VERSION


def test_what_is_no_word_raises_before_anything_is_loaded():
    with pytest.raises(WrongUse):
        read(["nonsense"])
