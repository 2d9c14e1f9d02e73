"""The house rules that a machine can hold: floors, sizes, docstrings, words."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("opstream", "handlers", "blocks", "config", "benchmarks")
LONGEST_FILE = 300
LONGEST_FUNCTION = 50
SLACK_WORDS = {"command", "action", "view", "event"}
# Each with its reason: a word that is not Slack's here.
MAY_USE_SLACK_WORDS = {
    "command": "the program that starts an MCP server; `config/mcp.yaml` calls it so",
    "RunView": "a run with all that is shown of it",
    "view": "returns a RunView",
}
READS_BY_NAME = ("get", "find", "list", "of_", "is_", "has_", "count", "status", "details", "logs")


def sources(*rooms: str) -> list[Path]:
    found = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    return sorted([ROOT / "app.py", *found] if rooms == ROOMS else found)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tracked() -> list[Path]:
    """Every file that is, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("This is no git checkout: nothing says which files belong to it.")
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_imports_only_point_down():
    checked = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_no_file_is_longer_than_a_sitting():
    files = [*sources(*ROOMS), *sorted((ROOT / "tests").rglob("*.py"))]
    lengths = {named(path): len(path.read_text().splitlines()) for path in files}

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_page():
    lengths = {
        f"{named(path)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in sources(*ROOMS)
        for node in functions(path)
    }

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


def test_every_module_says_what_it_is_for():
    silent = [
        named(path)
        for path in sources(*ROOMS)
        if path.name != "__init__.py" and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


def test_packages_run_nothing_when_they_are_imported():
    files = [*sources(*ROOMS), *sorted((ROOT / "tests").rglob("*.py"))]
    full = [named(path) for path in files if path.name == "__init__.py" and path.read_text()]

    offering = ["opstream/bootstrap/__init__.py", "opstream/ports/__init__.py"]
    assert full == ["opstream/__init__.py", *offering]


def test_the_packages_that_offer_names_do_nothing_else():
    for room in ("bootstrap", "ports"):
        offering = ast.parse((ROOT / f"opstream/{room}/__init__.py").read_text()).body
        assert {type(node) for node in offering} == {ast.Expr, ast.ImportFrom, ast.Assign}
    lazy = ast.parse((ROOT / "opstream/__init__.py").read_text()).body
    allowed = (ast.Expr, ast.ImportFrom, ast.If, ast.Assign, ast.AnnAssign, ast.FunctionDef)
    assert all(isinstance(node, allowed) for node in lazy)


def test_every_use_case_that_changes_something_says_who_asks():
    tree = ast.parse((ROOT / "opstream/runs/service.py").read_text())
    service = next(
        node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Runs"
    )
    use_cases = [
        node
        for node in service.body
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_")
    ]
    nameless = [
        node.name
        for node in use_cases
        if not node.name.startswith(READS_BY_NAME)
        and "by" not in {argument.arg for argument in node.args.kwonlyargs}
    ]

    assert use_cases
    assert nameless == []


def test_the_playground_imports_nothing_else_of_ours():
    strangers = [
        f"{named(path)}:{node.lineno} {name}"
        for path in sources("opstream/playground")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in imported(node)
        if name.split(".")[0] in {"opstream", "handlers", "blocks", "config", "app"}
        and not name.startswith("opstream.playground")
    ]

    assert strangers == []


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def test_slacks_words_stay_out_of_the_core():
    found = [
        f"{named(path)} {name}"
        for path in sources("opstream")
        if "playground" not in path.parts
        for name in names_in(path)
        if SLACK_WORDS & set(words(name)) and name not in MAY_USE_SLACK_WORDS
    ]

    assert found == []


def names_in(path: Path) -> Iterator[str]:
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name


def words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


def test_no_file_names_a_package_index_or_a_place_on_somebodys_machine():
    hosts = (
        "py" + "pi.org",
        "python" + "hosted.org",
        "registry.npm" + "js.org",
        "/py" + "pi/simple",
    )
    homes = re.compile(r"(?<![\w.])/(?:home|Users|root|work)/\w")
    found = []
    for path in tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue  # pictures and the like
        found += [f"{named(path)} {host}" for host in hosts if host in text]
        found += [f"{named(path)} {place.group()}" for place in homes.finditer(text)]

    assert found == []
