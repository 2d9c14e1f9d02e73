"""The analyst on the simulated estate as it is served: each fault is found, its fix works."""

import os
import sys
from datetime import UTC, datetime, timedelta

import pytest

from opstream.adapters.connectors.operations import AllOperations
from opstream.adapters.connectors.registry import installed
from opstream.adapters.mcp.registry import McpRegistry
from opstream.adapters.mcp.settings import McpServer
from opstream.domain.operation import OperationCall


class Estate:
    """The estate at a time of our choosing."""

    def __init__(self, operations, clock):
        self.operations, self.clock = operations, clock
        self.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
        self.calls = 0
        self.passed(0)

    def passed(self, seconds):
        self.now += timedelta(seconds=seconds)
        self.clock.write_text(self.now.isoformat())

    async def call(self, operation, /, **arguments):
        self.calls += 1
        key = f"run:step:{self.calls}"
        wanted = OperationCall(operation, arguments, key, timedelta(seconds=30))
        return await self.operations.call(wanted, lambda _: None)

    async def profiled(self, service):
        window = {"service": service, "duration": "1m"}
        return await self.call(
            "profiling.find_bottlenecks",
            service=service,
            metrics=await self.call("cloudwatch_metrics", **window),
            traces=await self.call("trace_analysis", **window),
            logs=await self.call("log_aggregation", **window),
            slos=await self.call("slo_checker", duration="1m"),
            status=await self.call("estate_status"),
        )


@pytest.fixture
async def estate(tmp_path):
    clock = tmp_path / "clock"
    clock.write_text("2026-11-21T12:00:00+00:00")
    program = ("-m", "opstream.playground.estate", "--state", str(tmp_path / "estate"))
    options = ("--pace", "0", "--clock", str(clock))
    servers = [McpServer("estate", command=sys.executable, args=(*program, *options))]
    registry = McpRegistry(servers, {"PATH": os.pathsep.join(os.get_exec_path())})
    await registry.start()
    yield Estate(AllOperations([*registry.sources, *installed({})]), clock)
    await registry.stop()


async def test_every_fault_is_found_and_its_fix_helps(estate):
    faults = [
        ("pool_too_small", "checkout", "set_pool_size"),
        ("slow_database", "database", "restart_service"),
        ("bad_deploy", "payments", "roll_back"),
        ("noisy_neighbour", "inventory", "scale_service"),
    ]
    for fault, service, cure in faults:
        await estate.call("set_fault", fault=fault, active=True)
        estate.passed(60)
        found = await estate.profiled(service)
        before = await estate.call("cloudwatch_metrics", service=service, duration="1m")

        assert found["fix"]["operation"] == f"estate.{cure}", found["summary"]
        await estate.call(found["fix"]["operation"], **found["fix"]["arguments"])
        estate.passed(90)

        after = await estate.call("cloudwatch_metrics", service=service, duration="1m")
        compared = await estate.call(
            "profiling.compare", service=service, before=before, after=after
        )
        assert compared["improved"], compared["summary"]
        assert (await estate.profiled(service))["healthy"]


async def test_a_service_is_not_blamed_for_the_one_it_calls(estate):
    await estate.call("set_fault", fault="pool_too_small", active=False)
    await estate.call("set_fault", fault="bad_deploy", active=True)
    estate.passed(60)

    found = await estate.profiled("checkout")

    assert found["bottlenecks"][0]["service"] == "payments"
    assert found["fix"] is None
