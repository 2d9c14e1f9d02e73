"""The checkout itself: `make`, the lock files, what a stranger finds."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock")
PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==(\S+)", re.M)


def pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / lock).read_text()))


def tools(folder: Path, **extra: str) -> dict[str, str]:
    """An environment whose PATH has only what a shell script needs, and what is named."""
    for name in ("sh", "cat", "cmp", "cp", "rm", "basename", "dirname"):
        (folder / name).symlink_to(shutil.which(name) or pytest.fail(f"no {name} here"))
    for name, script in extra.items():
        path = folder / name.replace("_", ".")
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    return {"PATH": str(folder)}


def run(*words: str, env: dict[str, str], cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, env=env, cwd=cwd, capture_output=True, text=True, check=False)


def test_make_alone_lists_what_can_be_done():
    listed = run("make", env={"PATH": os.defpath})

    assert listed.returncode == 0, listed.stderr
    named = re.findall(r"^make (\w+) ", listed.stdout, re.M)
    assert named == ["help", "run", "test", "check", "bench", "aws", "lock", "clean"]


def test_the_bot_replaces_the_shell_that_starts_it():
    recipe = run("make", "-n", "run", env={"PATH": os.defpath}).stdout

    assert re.search(r"^exec .*\.venv/bin/python app\.py$", recipe, re.M)


def test_a_machine_without_python_gets_one_clear_line(tmp_path):
    found = run("sh", "scripts/python.sh", env=tools(tmp_path))

    assert found.returncode == 1
    assert found.stdout == ""
    assert found.stderr.splitlines() == [
        "OpStream needs Python 3.11 or newer and found none. Install one, or name it: "
        "make run PYTHON=/path/to/python3"
    ]


def test_an_old_python_is_passed_over(tmp_path):
    env = tools(tmp_path, python3="exit 1", python3_12=f'exec "{sys.executable}" "$@"')

    assert run("sh", "scripts/python.sh", env=env).stdout.strip() == str(tmp_path / "python3.12")


def test_a_python_without_venv_gets_one_clear_line(tmp_path):
    bare = f'case "$2" in *ensurepip*) exit 1;; esac; exec "{sys.executable}" "$@"'
    (tmp_path / "bin").mkdir()
    env = tools(tmp_path / "bin", python3=bare)
    checkout = tmp_path / "a checkout"
    shutil.copytree(ROOT / "scripts", checkout / "scripts")
    shutil.copy(ROOT / "requirements.lock", checkout)

    installed = run("sh", "scripts/install.sh", "requirements.lock", env=env, cwd=checkout)

    assert installed.returncode == 1
    assert "On Debian or Ubuntu run: apt install python3-venv" in installed.stderr.splitlines()[-1]
    assert not (checkout / ".venv").exists()


def test_what_is_installed_is_not_installed_again(tmp_path):
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    shutil.copy(ROOT / "requirements.lock", tmp_path / ".venv/.installed-requirements.lock")
    (tmp_path / "bin").mkdir()
    env = tools(tmp_path / "bin", uv="echo uv was asked >&2; exit 1")

    again = run("sh", "scripts/install.sh", "requirements.lock", env=env, cwd=tmp_path)

    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_hashes(lock):
    text = (ROOT / lock).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())

    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text


def test_both_locks_agree():
    run_time, dev = pins("requirements.lock"), pins("requirements-dev.lock")

    assert {name: dev.get(name) for name in run_time} == run_time


@pytest.mark.parametrize(
    ("wanted", "lock"),
    [
        ("requirements.in", "requirements.lock"),
        ("requirements-dev.in", "requirements-dev.lock"),
        ("requirements-uv.in", "requirements-uv.lock"),
    ],
)
def test_everything_asked_for_is_locked(wanted, lock):
    lines = (ROOT / wanted).read_text().splitlines()
    asked = {re.split(r"[\[<>=~! ;]", line)[0] for line in lines if line and line[0] not in "#-"}

    assert asked - {name.lower() for name in pins(lock)} == set()


def test_the_licence_and_the_changelog_are_what_they_say():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["license"] == "MIT"
    assert "Copyright (c) 2026 OpStream contributors" in (ROOT / "LICENSE").read_text()
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "scripts").glob("*.sh")))
def test_scripts_are_plain_shell(script):
    assert run("sh", "-n", f"scripts/{script}", env={"PATH": os.defpath}).returncode == 0


def test_links_between_documents_lead_somewhere():
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert broken == []
