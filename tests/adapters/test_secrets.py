"""Secrets reach the tool they are meant for, and nobody else."""

import pytest

from opstream.adapters.secrets import OperationsWithSecrets, Secrets
from opstream.domain.operation import Operation, OperationCall, Progress, SourceHealth
from opstream.domain.values import Json
from opstream.errors import OperationFailed

SECRETS = Secrets({"OPSTREAM_SECRET_DEPLOY_KEY": "hunter-2000", "OPSTREAM_SECRET_EMPTY": ""})
NAMED = frozenset({"secret:DEPLOY_KEY"})


class Echo:
    """A tool that remembers what it was given and says it back."""

    def __init__(self) -> None:
        self.given: Json = None

    def find(self, name: str) -> Operation:
        return Operation(name, name, "", {})

    async def ready(self, name: str) -> Operation:
        return self.find(name)

    def sources(self) -> list[SourceHealth]:
        return []

    async def call(self, call: OperationCall, listener: object) -> Json:
        self.given = dict(call.arguments)
        if "fail" in call.arguments:
            raise OperationFailed("It refused hunter-2000.", kind="refused")
        return {"said": [f"token={call.arguments.get('token')}"]}


def hear(progress: Progress) -> None:
    """Listen to nothing."""


async def call(arguments: dict[str, Json], secrets: frozenset[str] = NAMED) -> tuple[Echo, Json]:
    echo = Echo()
    operations = OperationsWithSecrets(echo, SECRETS)
    answer = await operations.call(OperationCall("t.e", arguments, "k", secrets=secrets), hear)
    return echo, answer


async def test_a_tool_gets_the_secret_and_the_run_only_its_name() -> None:
    echo, answer = await call({"token": "secret:DEPLOY_KEY", "deep": [{"x": "secret:DEPLOY_KEY"}]})
    assert echo.given == {"token": "hunter-2000", "deep": [{"x": "hunter-2000"}]}
    assert answer == {"said": ["token=secret:DEPLOY_KEY"]}


async def test_a_text_from_outside_cannot_ask_for_a_secret() -> None:
    echo, _ = await call({"token": "secret:DEPLOY_KEY"}, frozenset())
    assert echo.given == {"token": "secret:DEPLOY_KEY"}


async def test_a_secret_inside_a_longer_text_is_left_alone() -> None:
    echo, _ = await call({"token": "see secret:DEPLOY_KEY"})
    assert echo.given == {"token": "see secret:DEPLOY_KEY"}


@pytest.mark.parametrize("name", ["EMPTY", "UNKNOWN"])
async def test_a_secret_that_is_not_set_fails_the_call_and_says_what_to_set(name: str) -> None:
    with pytest.raises(OperationFailed, match=f"OPSTREAM_SECRET_{name}") as failed:
        await call({"token": f"secret:{name}"}, frozenset({f"secret:{name}"}))
    assert not failed.value.retryable


async def test_an_error_of_the_tool_does_not_quote_the_secret() -> None:
    with pytest.raises(OperationFailed, match="It refused •••") as failed:
        await call({"token": "secret:DEPLOY_KEY", "fail": True})
    assert "hunter" not in str(failed.value)
