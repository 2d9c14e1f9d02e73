"""A function with one line above it is an operation, wherever it comes from."""

import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import BaseModel

from opstream.adapters.connectors.base import ConnectorSource
from opstream.adapters.connectors.operations import AllOperations
from opstream.adapters.connectors.registry import Brought, installed
from opstream.domain.operation import Health, OperationCall, Progress, Repeat
from opstream.errors import BadInput, OperationFailed
from opstream.offering import Connector, IdempotencyKey, Secrets, connectors_of, operation
from opstream.ports import ProgressListener

ROOT = Path(__file__).parents[3]


class Size(BaseModel):
    width: int
    height: int = 10


@operation(writes=True)
async def resize_image(url: str, size: Size) -> Size:
    """Resize an image.

    Args:
        url: Where it stands.
    """
    return Size(width=size.width * 2, height=len(url))


@operation(writes=True, name="mail.send")
def send(key: IdempotencyKey, to: str) -> dict[str, object]:
    """Send a mail."""
    return {"key": key, "to": to, "in_main_thread": threading.current_thread().daemon is False}


@operation(writes=False, name="mail.search")
def search(tell: ProgressListener, schema: str, copy: int = 3) -> list[str]:
    """Search mails; `schema` and `copy` are names that a model of pydantic has already."""
    tell(Progress(1, copy, "half"))
    return [schema] * copy


@operation(writes=False, name="mail.broken")
def broken(how: str) -> None:
    raise {"value": ValueError("no such box.\nsecond line"), "exit": SystemExit(3)}.get(
        how, StopIteration()
    )


@operation(writes=True, name="mail.delete")
async def delete() -> None:
    raise KeyError("box")


def operations(*things):
    return AllOperations([ConnectorSource(one, {}) for one in connectors_of(things)])


def call_of(name, /, **arguments):
    return OperationCall(name, arguments, "run:step:1")


def test_the_module_and_the_function_give_the_name():
    offered = operations(resize_image).find("resize_image")

    assert (offered.name, offered.title) == ("test_decorator.resize_image", "Resize image")
    assert offered.description == "Resize an image."
    assert offered.inputs["properties"]["url"]["description"] == "Where it stands."


def test_whether_it_writes_and_takes_a_key_says_whether_it_may_be_repeated():
    known = operations(resize_image, send, search)

    assert known.find("resize_image").repeat is Repeat.NEVER
    assert known.find("mail.send").repeat is Repeat.WITH_KEY
    assert known.find("mail.search").repeat is Repeat.ALWAYS


async def test_models_come_in_and_go_out_as_plain_data():
    output = await operations(resize_image).call(
        call_of("resize_image", url="abc", size={"width": 4}), lambda _: None
    )

    assert output == {"width": 8, "height": 3}


async def test_a_plain_function_runs_in_a_thread_with_its_key():
    output = await operations(send).call(call_of("mail.send", to="ana"), lambda _: None)

    assert output == {"key": "run:step:1", "to": "ana", "in_main_thread": False}


async def test_progress_told_in_a_thread_is_heard_in_the_loop():
    heard = []

    def listen(progress):
        heard.append((threading.current_thread(), progress))

    output = await operations(search).call(call_of("mail.search", schema="x", copy="2"), listen)

    assert output == ["x", "x"]
    assert heard == [(threading.main_thread(), Progress(1, 2, "half"))]


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("value", "ValueError: no such box."),
        ("exit", "SystemExit: 3."),
        ("stop", "RuntimeError: coroutine raised StopIteration."),
    ],
)
async def test_whatever_a_function_raises_is_a_failed_call(how, reason):
    with pytest.raises(OperationFailed) as failed:
        await operations(broken).call(call_of("mail.broken", how=how), lambda _: None)

    assert str(failed.value) == f"`mail.broken` failed: {reason}"
    assert failed.value.outcome_known


async def test_nobody_knows_what_became_of_a_write_that_raised():
    with pytest.raises(OperationFailed) as failed:
        await operations(delete).call(call_of("mail.delete"), lambda _: None)

    assert not failed.value.outcome_known


async def test_a_reason_does_not_tell_a_secret():
    bakery = Connector("bakery", secrets=("OVEN_TOKEN",))

    @bakery.operation(writes=False)
    def bake(secrets: Secrets) -> None:
        raise ValueError(f"bad token {secrets['OVEN_TOKEN']}")

    known = AllOperations([ConnectorSource(bakery, {"OVEN_TOKEN": "hunter2"})])
    with pytest.raises(OperationFailed, match="bad token •••"):
        await known.call(call_of("bakery.bake"), lambda _: None)


def any_number(*names: str) -> None: ...
def nameless(name: str, /) -> None: ...
def untyped(name) -> None: ...


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (any_number, "takes any number of arguments. Name each argument instead."),
        (nameless, "has no name for its caller. Take out the `/` behind it."),
        (untyped, "has no type. Write for example `name: str`."),
    ],
)
def test_a_function_that_cannot_be_one_is_refused_where_it_stands(function, sentence):
    with pytest.raises(BadInput) as refused:
        operation(writes=False)(function)

    assert str(refused.value).startswith("The parameter `name")
    assert str(refused.value).endswith(sentence)


def test_it_must_be_said_whether_it_writes():
    with pytest.raises(BadInput, match=r"write `@operation\(writes=False\)` above"):
        operation(any_number)
    with pytest.raises(BadInput, match=r"Write for example `gmail\.send`"):
        operation(writes=True, name="send mail")(send)


def test_a_type_that_nothing_is_known_of_keeps_only_its_own_connector_out():
    odd = Connector("odd")

    @odd.operation(writes=False)
    def look(at: "Nowhere") -> None: ...  # noqa: F821

    health = ConnectorSource(odd, {}).health

    assert health.health is Health.FAILING
    assert "`look` cannot be used: name 'Nowhere' is not defined" in health.sentence


def test_two_functions_of_one_name_are_refused():
    @operation(writes=True, name="mail.send")
    def other() -> None: ...

    with pytest.raises(BadInput, match=r"Two functions are called `mail.send`"):
        connectors_of([send, other])


def test_a_name_that_is_taken_is_refused():
    with pytest.raises(BadInput, match=r"There are operations `profiling\.…` already"):
        installed({}, Brought(things=(Connector("profiling"),)))
    with pytest.raises(BadInput, match="3 is no operation"):
        installed({}, Brought(things=(3,)))


def test_a_module_beside_the_settings_brings_its_operations(tmp_path):
    (tmp_path / "our_tools.py").write_text(
        "from opstream.offering import operation\n\n"
        "@operation(writes=False)\ndef look(at: str) -> str:\n    return at\n"
    )
    (tmp_path / "our_empty.py").write_text("")
    (tmp_path / "our_broken.py").write_text("1 / 0")
    names = ("our_tools", "our_empty", "our_broken", "our_missing")

    sources = installed({}, Brought(modules=names, beside=tmp_path))
    for name in names:
        sys.modules.pop(name, None)

    told = {source.name: source.health for source in sources}
    assert [one.name for one in told["our_tools"].operations] == ["our_tools.look"]
    assert "offers nothing: write `@operation" in told["our_empty"].sentence
    assert "ZeroDivisionError: division by zero. Mend it" in told["our_broken"].sentence
    assert "No module named 'our_missing'" in told["our_missing"].sentence


def test_another_package_brings_its_operations_by_an_entry_point(tmp_path):
    package = tmp_path / "acme_tools"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from opstream.offering import operation\n\n"
        "@operation(writes=False, name='acme.ping')\nasync def ping() -> str:\n    return 'pong'\n"
    )
    metadata = tmp_path / "acme_tools-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-tools\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[opstream.connectors]\nacme = acme_tools\n")
    asking = (
        "import asyncio\n"
        "from opstream.adapters.connectors.operations import AllOperations\n"
        "from opstream.adapters.connectors.registry import installed\n"
        "from opstream.domain.operation import OperationCall\n"
        "call = OperationCall('acme.ping', {}, 'k')\n"
        "print(asyncio.run(AllOperations(installed({})).call(call, print)))\n"
    )

    asked = subprocess.run(
        [sys.executable, "-c", asking],
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (asked.stdout, asked.stderr) == ("pong\n", "")


@dataclass
class Unrelated:
    name: str


def test_things_that_are_no_operations_are_passed_over():
    assert [one.name for one in connectors_of([Unrelated("x"), send, "text", None])] == ["mail"]
