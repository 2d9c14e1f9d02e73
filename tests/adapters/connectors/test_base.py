from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest

from opstream.adapters.connectors.base import ConnectorSource
from opstream.adapters.connectors.operations import AllOperations
from opstream.adapters.connectors.registry import installed
from opstream.domain.operation import Health, OperationCall, Progress, Repeat
from opstream.errors import OperationFailed
from opstream.offering import Connector, IdempotencyKey, Secrets
from opstream.ports import ProgressListener

bakery = Connector("bakery", secrets=("OVEN_TOKEN",))


class Crust(StrEnum):
    THIN = "thin"
    THICK = "thick"


@dataclass(frozen=True)
class Loaf:
    name: str
    crust: Crust
    baked_at: datetime
    rest: timedelta


@bakery.operation(writes=True)
async def bake_loaf(
    secrets: Secrets,
    tell: ProgressListener,
    key: IdempotencyKey,
    name: str,
    crust: Crust = Crust.THIN,
    count: int = 1,
) -> list[Loaf]:
    """Bake a loaf.

    It takes a while.

    Args:
        name: What it is called,
            by its friends.
        crust: How thick it is.
    """
    tell(Progress(1, 1, f"with {secrets['OVEN_TOKEN']}"))
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return [Loaf(name, crust, at, timedelta(minutes=5))] * count


@bakery.operation(writes=False)
async def smell() -> str:
    """Smell."""
    raise ConnectionRefusedError(111, "Connection refused")


def operations(**secrets):
    return AllOperations([ConnectorSource(bakery, secrets)])


def call_of(operation, /, **arguments):
    return OperationCall(operation, arguments, "run:step:1")


def test_a_function_is_described_by_its_signature_and_docstring():
    offered = operations(OVEN_TOKEN="t").find("bakery.bake_loaf")

    assert (offered.title, offered.description) == (
        "Bake loaf",
        "Bake a loaf.\n\nIt takes a while.",
    )
    assert (offered.writes, offered.repeat, offered.source) == (True, Repeat.WITH_KEY, "bakery")
    assert offered.inputs["required"] == ["name"]
    assert list(offered.inputs["properties"]) == ["name", "crust", "count"]
    assert offered.inputs["properties"]["name"] == {
        "type": "string",
        "description": "What it is called, by its friends.",
    }
    assert operations().find("smell").repeat is Repeat.ALWAYS


async def test_a_function_gets_typed_arguments_its_secrets_and_a_listener():
    told = []

    output = await operations(OVEN_TOKEN="t", OTHER="x").call(
        call_of("bakery.bake_loaf", name="Rye", crust="thick", count="2"), told.append
    )

    loaf = {"name": "Rye", "crust": "thick", "baked_at": "2026-11-21T00:00:00+00:00", "rest": 300.0}
    assert output == [loaf, loaf]
    assert told == [Progress(1, 1, "with t")]


async def test_a_connector_without_its_secrets_says_which_it_needs():
    lacking = operations()

    assert lacking.sources()[0].health is Health.MISSING
    with pytest.raises(OperationFailed, match=r"`bakery` needs `OVEN_TOKEN`. Set it") as failed:
        await lacking.call(call_of("bakery.bake_loaf", name="Rye"), lambda _: None)
    assert failed.value.kind == "unavailable"


async def test_a_service_that_cannot_be_reached_may_be_tried_again():
    with pytest.raises(OperationFailed) as failed:
        await operations(OVEN_TOKEN="t").call(call_of("smell"), lambda _: None)

    assert str(failed.value) == "`bakery.smell` could not reach its service: Connection refused."
    assert (failed.value.kind, failed.value.retryable) == ("unavailable", True)


async def test_a_name_that_nothing_has_fails_for_good_and_offers_what_comes_close():
    with pytest.raises(OperationFailed, match=r"Did you mean `bakery.smell`") as failed:
        await operations(OVEN_TOKEN="t").call(call_of("bakery.smel"), lambda _: None)

    assert (failed.value.kind, failed.value.retryable) == ("invalid", False)


def test_secrets_do_not_show_up_when_printed():
    assert "hunter2" not in repr(Secrets({"TOKEN": "hunter2"}))


def test_the_analyst_is_built_in():
    assert [one.name for one in installed({})] == ["profiling", "data"]
