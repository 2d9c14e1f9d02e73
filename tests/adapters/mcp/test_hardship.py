"""Servers that are a burden: they talk nonsense, talk without end, or have more than anybody wants."""

import json
import sys

import pytest

from opstream.domain.operation import Health
from opstream.errors import OperationFailed
from tests.adapters.mcp.conftest import until_health


async def test_nonsense_and_floods_of_logs_and_progress_do_not_keep_a_call_from_its_answer(
    bench, call, capsys
):
    operations = await bench.run(bench.bare("babbling", env={"SHOP_TOKEN": "tok-8372-xyz"}))

    output = await call(operations, "look")

    assert output == "done"
    assert call.progress[-1].done == 1_499
    said = [line for line in capsys.readouterr().out.splitlines() if "mcp_server_said" in line]
    assert 0 < len(said) < 1_000
    assert not any("tok-8372-xyz" in line for line in said)
    assert "line 0 of •••" in said[0]


async def test_500_tools_on_many_pages_are_all_there(bench):
    await bench.run(bench.bare("crowded"))

    health = await until_health(bench.server, Health.READY)

    assert health.sentence == "`bare` is ready with 500 tools."
    assert len({one.name for one in health.operations}) == 500


async def test_the_state_of_a_server_tells_its_protocol_and_its_last_error(bench, call):
    operations = await bench.run(bench.bare())
    await call(operations, "look")
    with pytest.raises(OperationFailed):
        await call(operations, "bare.look", seconds=0.000_001)

    [health] = operations.sources()

    assert health.details[:2] == ("bare 1, protocol 2025-11-25", "circuit: closed")
    assert json.dumps(health.details)
    assert sys.executable not in json.dumps(health.details)
