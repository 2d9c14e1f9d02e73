import asyncio
import os
import signal
import sys
from datetime import timedelta

import pytest

from opstream.adapters.mcp.registry import McpRegistry
from opstream.adapters.mcp.server import Backoff
from opstream.adapters.mcp.settings import McpServer
from opstream.domain.operation import Health
from opstream.errors import NotFound, OperationFailed
from tests.adapters.mcp.conftest import ENVIRONMENT, SERVERS, until, until_health

SHORT = timedelta(seconds=0.5)
PATIENT = Backoff(first=60, longest=60)


async def test_a_missing_program_is_named_with_what_to_do(bench, call):
    operations = await bench.run(McpServer("estate", command="no-such-program-here"))

    health = await until_health(bench.server, Health.MISSING)

    sentence = (
        "`estate` could not be started: no such program `no-such-program-here`. "
        "Install it or mend `command` in config/mcp.yaml."
    )
    assert health.sentence == sentence
    with pytest.raises(OperationFailed) as failed:
        await call(operations, "estate.look")
    assert str(failed.value) == sentence
    assert (failed.value.kind, failed.value.retryable) == ("unavailable", True)
    assert failed.value.outcome_known


async def test_a_missing_folder_is_named(bench):
    await bench.run(bench.bare(cwd="/no/such/folder"))

    health = await until_health(bench.server, Health.MISSING)

    assert "no such folder `/no/such/folder`" in health.sentence


async def test_a_silent_server_fails_in_time_and_holds_nobody_up(bench):
    operations = await bench.run(bench.bare("silent", connect_timeout=SHORT), backoff=PATIENT)

    with pytest.raises(OperationFailed):
        await operations.ready("bare.look")
    health = await until_health(bench.server, Health.FAILING)

    assert "`bare` did not answer within 0.5 s of being started." in health.sentence


async def test_a_server_that_ends_at_once_is_quoted(bench):
    await bench.run(bench.bare("dead"), backoff=PATIENT)

    health = await until_health(bench.server, Health.FAILING)

    assert "`bare` ended while it was being started. It said: no such table: recipes" in (
        health.sentence
    )


async def test_a_server_that_lists_no_tools_is_told_so(bench):
    await bench.run(bench.bare("rude"), backoff=PATIENT)

    health = await until_health(bench.server, Health.FAILING)

    assert health.sentence == "`bare` cannot list its tools: Method not found."


async def test_a_program_that_is_no_mcp_server_is_told_so(bench):
    echo = McpServer("echo", command=sys.executable, args=("-c", "print('hello'); input()"))
    await bench.run(
        McpServer("echo", command=echo.command, args=echo.args, connect_timeout=SHORT),
        backoff=PATIENT,
    )

    health = await until_health(bench.server, Health.FAILING)

    assert health.sentence.startswith("`echo` ")


@pytest.mark.parametrize(("tool", "known"), [("crash", True), ("crash_writing", False)])
async def test_a_call_that_kills_its_server_fails_and_the_server_comes_back(
    bench, call, tool, known
):
    operations = await bench.run(bench.workshop())

    with pytest.raises(OperationFailed) as failed:
        await call(operations, tool)

    assert (failed.value.kind, failed.value.retryable) == ("unavailable", True)
    assert failed.value.outcome_known is known
    assert str(failed.value) == f"`workshop.{tool}` did not answer: the connection was lost."
    assert await call(operations, "add", a=1, b=2) == {"sum": 3}
    assert len(bench.notes("started")) == 2


async def test_all_calls_under_way_fail_when_their_server_is_killed(bench, call):
    operations = await bench.run(bench.workshop())
    calls = [asyncio.create_task(call(operations, "wait")) for _ in range(3)]
    await until(lambda: len(bench.notes("waiting")) == 3)

    os.kill(bench.notes("started")[0]["pid"], signal.SIGKILL)
    failures = await asyncio.gather(*calls, return_exceptions=True)

    assert [one.kind for one in failures] == ["unavailable"] * 3


async def test_a_server_that_dies_unused_is_started_again(bench, call):
    operations = await bench.run(bench.workshop())
    await operations.ready("add")

    os.kill(bench.notes("started")[0]["pid"], signal.SIGKILL)
    health = await until_health(bench.server, Health.STARTING)

    assert health.sentence == "`workshop` ended unexpectedly. It is being started again."
    assert operations.find("add").name == "workshop.add"
    await until_health(bench.server, Health.READY)
    assert len(bench.notes("started")) == 2


async def test_a_server_that_speaks_an_older_protocol_is_understood(bench, call):
    operations = await bench.run(bench.bare())

    assert await call(operations, "look") == "a tree"
    await until(lambda: len(operations.sources()[0].operations) == 2)
    assert [one.name for one in operations.sources()[0].operations] == ["bare.look", "bare.listen"]


async def test_starting_returns_at_once_and_stopping_ends_the_programs(bench):
    registry = McpRegistry([bench.workshop()], ENVIRONMENT)

    await registry.start()
    assert registry.sources[0].health.health is Health.STARTING
    await until_health(registry.sources[0], Health.READY)
    await registry.stop()

    pid = bench.notes("started")[0]["pid"]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_stopping_does_not_wait_for_a_server_that_is_starting(bench):
    registry = McpRegistry([bench.bare("silent")], ENVIRONMENT)

    await registry.start()
    async with asyncio.timeout(5):
        await registry.stop()


async def test_a_name_is_found_by_tool_alone_by_alias_and_with_a_hint(bench):
    operations = await bench.run(
        bench.bare(name="oak"),
        bench.bare(name="elm"),
        bench.workshop(),
        aliases={"sum": "workshop.add"},
    )

    assert (await operations.ready("workshop.add")).name == "workshop.add"
    assert (await operations.ready("sum")).name == "workshop.add"
    assert operations.find("book").name == "workshop.book"
    with pytest.raises(NotFound, match=r"Did you mean `oak.look` or `elm.look`\?"):
        await operations.ready("look")
    with pytest.raises(
        NotFound, match=r"no operation `workshop.bok`. Did you mean `workshop.book`"
    ):
        await operations.ready("workshop.bok")


async def test_who_asks_for_a_bare_name_waits_until_every_server_has_spoken(bench):
    operations = await bench.run(bench.workshop(), bench.bare())

    assert (await operations.ready("look")).name == "bare.look"


async def test_a_server_is_reached_over_http_with_its_headers(bench, call, free_port):
    program = await _serve(bench, free_port)
    try:
        operations = await bench.run(
            McpServer("shop", url=f"http://127.0.0.1:{free_port}/mcp", headers={"X-Team": "ops"})
        )

        assert await call(operations, "book", room="red", key="k") == {
            "room": "red",
            "key": "k",
            "meta": "k",
        }
        assert await call(operations, "slow") == {"steps": 3}
        assert len(call.progress) == 3
        with pytest.raises(OperationFailed):
            await call(operations, "wait", seconds=0.3)
        await until(lambda: bench.notes("cancelled"))
    finally:
        await _end(program)


async def test_an_http_server_that_goes_away_is_reached_again_when_it_is_back(
    bench, call, free_port
):
    program = await _serve(bench, free_port)
    shop = McpServer("shop", url=f"http://127.0.0.1:{free_port}/mcp")
    operations = await bench.run(shop, backoff=Backoff(0.05, 0.1))
    await operations.ready("shop.book")
    await _end(program)

    with pytest.raises(OperationFailed) as failed:
        await call(operations, "shop.book", room="red")
    health = await until_health(bench.server, Health.FAILING)

    assert (failed.value.kind, failed.value.outcome_known) == ("unavailable", True)
    assert "nobody listens there. Start it or mend `url`" in health.sentence
    program = await _serve(bench, free_port)
    try:
        await until_health(bench.server, Health.READY)
        assert await call(operations, "shop.add", a=1, b=1) == {"sum": 2}
    finally:
        await _end(program)


async def test_an_http_server_that_refuses_us_is_told_with_what_to_mend(bench):
    heads = []

    async def refuse(reader, writer):
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as door:
        url = f"http://127.0.0.1:{door.sockets[0].getsockname()[1]}/mcp"
        await bench.run(McpServer("shop", url=url, headers={"X-Team": "ops"}), backoff=PATIENT)
        health = await until_health(bench.server, Health.FAILING)

    assert health.sentence == (
        f"`shop` could not be reached at {url}: it refused us (401). "
        "Mend `headers` in config/mcp.yaml, such as `Authorization`."
    )
    assert "x-team: ops" in heads[0].lower()


async def _serve(bench, port):
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        str(SERVERS / "workshop.py"),
        "--notes",
        str(bench.notes_file),
        "--http",
        str(port),
    )
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            writer.close()
            await writer.wait_closed()
            return program


async def _end(program):
    program.kill()
    await program.wait()
