"""The real server process, spoken to by the real client."""

import asyncio
import json
import signal
import sqlite3
import sys
from contextlib import asynccontextmanager
from datetime import timedelta

import jsonschema
import pytest
from mcp import Client, StdioServerParameters

from opstream.playground.estate.metrics import USUAL_METRICS
from opstream.playground.estate.server import open_server
from tests.playground.estate.bench import NOW

READS = {
    "cloudwatch_metrics": {"service": "checkout"},
    "trace_analysis": {"service": "checkout"},
    "log_aggregation": {"service": "checkout"},
    "slo_checker": {},
    "alert_correlator": {},
    "estate_status": {},
    "change_log": {},
}
WRITES = {
    "scale_service": {"service": "web", "replicas": 3},
    "set_pool_size": {"service": "checkout", "size": 16},
    "set_timeout": {"service": "web", "seconds": 3.5},
    "restart_service": {"service": "web"},
    "roll_back": {"service": "web"},
    "set_fault": {"fault": "slow_database", "active": True},
}
COMMAND = ["-m", "opstream.playground.estate"]
HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


class World:
    """A state folder and a clock that the test turns."""

    def __init__(self, folder):
        self.folder = folder
        self.clock = folder / "clock"
        self.turn_to(NOW)

    def turn_to(self, moment):
        self.now = moment
        self.clock.write_text(moment.isoformat())

    @property
    def arguments(self):
        return [*COMMAND, "--state", str(self.folder), "--clock", str(self.clock), "--pace", "0"]

    def nearby(self):
        """The same server in this process: faster, where the process is not the point."""
        return Client(open_server(self.folder, lambda: self.now, pace=0, seed=1))

    @asynccontextmanager
    async def server(self):
        command = StdioServerParameters(command=sys.executable, args=self.arguments, cwd=".")
        async with Client(command) as client:
            yield client


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


async def answer(client, tool, **inputs):
    result = await client.call_tool(tool, inputs)
    assert not result.is_error, result.content
    return result.structured_content


async def complaint(client, tool, **inputs):
    result = await client.call_tool(tool, inputs)
    assert result.is_error, result.structured_content
    return result.content[0].text


async def p99(client, **inputs):
    report = await answer(
        client, "cloudwatch_metrics", service="checkout", metrics=["latency_p99_ms"], **inputs
    )
    return report["summary"]["latency_p99_ms"]["mean"]


async def test_every_tool_says_what_it_takes_gives_and_does(world):
    async with world.server() as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        answers = {
            name: await answer(client, name, **inputs) for name, inputs in (READS | WRITES).items()
        }

    assert list(tools) == [*READS, *WRITES]
    for name, tool in tools.items():
        assert "simulat" in tool.description
        assert "simulation" in tool.title
        assert all("description" in each for each in tool.input_schema["properties"].values())
        assert tool.annotations.read_only_hint is (name in READS)
        assert tool.annotations.idempotent_hint is True
        assert ("idempotency_key" in tool.input_schema["properties"]) is (name in WRITES)
        jsonschema.validate(answers[name], tool.output_schema)
        assert answers[name]["simulation"] is True
    assert tools["set_fault"].meta == {"group": "simulation"}
    assert tools["set_pool_size"].input_schema["properties"]["service"]["enum"] == [
        "web",
        "checkout",
        "payments",
        "inventory",
        "database",
    ]


async def test_raising_the_pool_shows_after_the_change_and_survives_a_restart(world):
    async with world.server() as client:
        before = await p99(client, duration="2m")
        status = await answer(client, "estate_status")
        needed = status["services"][1]["pool_size_needed"]
        written = await answer(client, "set_pool_size", service="checkout", size=needed)
        world.turn_to(NOW + timedelta(seconds=20))
        after = await p99(client, duration="2m", since=written["at"])

    async with world.server() as client:
        again = await p99(client, duration="2m", since=written["at"])
        log = await answer(client, "change_log")

    assert (written["before"], written["after"], written["changed"]) == (8, needed, True)
    assert before > 1_500
    assert after < 500
    assert again == after
    assert [change["setting"] for change in log["changes"]] == ["pool_size"]


async def test_the_usual_metrics_come_without_being_named(world):
    async with world.nearby() as client:
        usual = await answer(client, "cloudwatch_metrics", service="checkout")
        one = await answer(
            client, "cloudwatch_metrics", service="checkout", metrics="error_rate", duration=30
        )

    assert [series["metric"] for series in usual["series"]] == list(USUAL_METRICS)
    assert [series["metric"] for series in one["series"]] == ["error_rate"]
    assert len(usual["series"][0]["points"]) == 20


@pytest.mark.parametrize("tool", ["trace_analysis", "log_aggregation"])
async def test_longer_reads_tell_how_far_they_are(world, tool):
    heard = []

    async def hear(progress, total, message):
        heard.append((progress, total, message))

    async with world.nearby() as client:
        await client.call_tool(tool, {"service": "checkout"}, progress_callback=hear)

    assert [progress for progress, _, _ in heard] == [0.2, 0.4, 0.6, 0.8, 1.0]
    assert all(total == 1.0 for _, total, _ in heard)
    assert all(message.startswith("Simulation: ") for _, _, message in heard)


@pytest.mark.parametrize("answers_awaited", [1, 2])
async def test_killed_before_or_after_its_answer_a_write_is_done_once(world, answers_awaited):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *world.arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    inputs = {"service": "checkout", "size": 16, "idempotency_key": "run:fix:1"}
    call = {"name": "set_pool_size", "arguments": inputs}
    for message in (
        HELLO,
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call},
    ):
        process.stdin.write(json.dumps(message).encode() + b"\n")
    for _ in range(answers_awaited):
        await process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    await process.communicate()

    async with world.server() as client:
        again = await answer(client, "set_pool_size", **inputs)
        log = await answer(client, "change_log")

    assert (again["changed"], again["before"], again["after"]) == (True, 8, 16)
    assert [change["idempotency_key"] for change in log["changes"]] == ["run:fix:1"]


COMPLAINTS = [
    (
        ("set_pool_size", {"service": "chekout", "size": 16}),
        "The service cannot be 'chekout'; "
        "write one of web, checkout, payments, inventory, database.",
    ),
    (
        ("set_pool_size", {"service": "web", "size": 500}),
        "The size cannot be 500; write a number from 1 to 200.",
    ),
    (
        ("set_pool_size", {"service": "web", "size": "many"}),
        "The size cannot be 'many'; write a number from 1 to 200.",
    ),
    (
        ("set_pool_size", {}),
        "set_pool_size needs the input 'service'; "
        "write one of web, checkout, payments, inventory, database. "
        "set_pool_size needs the input 'size'; write a number from 1 to 200.",
    ),
    (
        ("set_pool_size", {"service": "web", "sise": 3}),
        "set_pool_size has no input 'sise'; its inputs are service, size, idempotency_key.",
    ),
    (
        ("set_pool_size", {"service": "database", "size": 9}),
        "database calls no other service, so it has no pool; "
        "write one of those that call it: checkout, payments, inventory.",
    ),
    (
        ("scale_service", {"service": "web", "replicas": 0}),
        "The replicas cannot be 0; write a number from 1 to 20.",
    ),
    (
        ("set_fault", {"fault": "slow_database", "active": "perhaps"}),
        "The active cannot be 'perhaps'; write true or false.",
    ),
    (
        ("cloudwatch_metrics", {"service": "web", "duration": "soon"}),
        "The duration 'soon' cannot be read; "
        'write it like "2m", "90s", "2h", "1h30m" or as a number of seconds.',
    ),
    (
        ("cloudwatch_metrics", {"service": "web", "duration": "9d"}),
        "The duration '9d' is out of range; "
        'write one from 1 second to 7 days, such as "2m" or "2h".',
    ),
    (
        ("trace_analysis", {"service": "web", "end": "2099-01-01T00:00:00Z"}),
        "The end '2099-01-01T00:00:00Z' lies in the future; "
        "write a time up to now, which is 2026-11-05T12:00:00+00:00, or leave it out.",
    ),
    (("estate_status", {"service": "web"}), "estate_status takes no input; leave 'service' out."),
    (
        ("restart", {}),
        f"There is no tool 'restart'; write one of {', '.join((*READS, *WRITES))}.",
    ),
]


async def test_what_cannot_be_done_is_said_in_plain_sentences(world):
    async with world.nearby() as client:
        said = [await complaint(client, tool, **inputs) for (tool, inputs), _ in COMPLAINTS]
        log = await answer(client, "change_log")

    assert said == [sentence for _, sentence in COMPLAINTS]
    assert log["changes"] == []


async def test_a_file_held_by_another_program_is_said_plainly(world):
    client = world.nearby()
    broken = sqlite3.connect(world.folder / "estate.sqlite3")
    broken.execute("DROP TABLE changes")
    broken.close()

    async with client:
        said = await complaint(client, "change_log")

    assert said.startswith("The simulated estate cannot use its file (no such table: changes);")


async def test_a_folder_that_cannot_be_written_ends_the_process_with_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *COMMAND,
        "--state",
        str(tmp_path / "file" / "state"),
        stderr=asyncio.subprocess.PIPE,
    )

    _, said = await process.communicate()

    assert process.returncode == 2
    assert b"give --state a folder that can be written to" in said.splitlines()[-1]
