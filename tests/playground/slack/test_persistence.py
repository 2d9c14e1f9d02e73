"""What is left after a stop, and after a kill."""

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from opstream.playground.slack import happenings as h
from opstream.playground.slack.messages import Content, Message
from opstream.playground.slack.people import APP_USER
from opstream.playground.slack.server import Playground, PlaygroundError
from opstream.playground.slack.store import Store
from opstream.playground.slack.workspace import Workspace
from tests.playground.slack.harness import (
    ANA,
    BO,
    MANIFEST,
    OPS,
    Clock,
    bolt,
    client,
    connected,
    page,
    running,
    until,
)


def without_app(snapshot: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in snapshot.items() if key != "app"}


async def test_everything_is_there_again_after_a_restart(tmp_path: Path) -> None:
    metadata = {"event_type": "run", "event_payload": {"id": "r1"}}
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    async with running(tmp_path) as playground:
        web = client(playground)
        root = await web.chat_postMessage(channel=OPS, text="A run", metadata=metadata)
        await web.chat_postMessage(channel=OPS, text="0 %", thread_ts=root["ts"])
        await web.chat_update(channel=OPS, ts=root["ts"], text="The run")
        await web.chat_postEphemeral(channel=OPS, user=ANA, text="Only you")
        await web.views_publish(user_id=ANA, view=home)
        async with page(playground, BO) as bo:
            await bo.wish("post", channel=OPS, thread_ts=root["ts"], text="why?")
            await bo.wish("react", channel=OPS, ts=root["ts"], name="eyes")
            await bo.wish("read", channel=OPS)
        async with page(playground) as ana, page(playground, BO) as bo:
            before = [without_app(ana.snapshot), without_app(bo.snapshot)]

    async with running(tmp_path) as playground, page(playground) as ana, page(playground, BO) as bo:
        after = [without_app(ana.snapshot), without_app(bo.snapshot)]

    assert after == before
    assert before[0]["messages"][OPS][1]["reply_count"] == 2
    assert before[0]["messages"][OPS][1]["metadata"] == metadata


async def test_event_that_nobody_acknowledged_comes_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as playground, page(playground) as ana:
        await ana.wish("post", channel=OPS, text="Do not forget me")

    seen: list[str] = []
    async with running(tmp_path) as playground:
        app = bolt(playground)

        @app.event("message")
        async def heard(event: dict[str, Any]) -> None:
            seen.append(event["text"])

        async with connected(app, playground):
            await until(lambda: bool(seen) and playground.pending_events == 0)

    assert seen == ["Do not forget me"]


async def test_second_playground_on_the_same_state_is_refused(tmp_path: Path) -> None:
    async with running(tmp_path):
        with pytest.raises(PlaygroundError, match="cannot be used"):
            async with running(tmp_path):
                pass


async def test_port_in_use_is_said_in_a_sentence(tmp_path: Path) -> None:
    async with running(tmp_path / "one") as playground:
        port = int(playground.address.rpartition(":")[2])
        settings = playground.settings
        other = Playground(type(settings)(state_dir=tmp_path / "two", port=port))
        with pytest.raises(PlaygroundError, match=f"Port {port} on 127.0.0.1 cannot be used"):
            await other.start()


def test_five_thousand_messages_load_quickly(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.record(
        h.MessagePosted(
            Message(
                OPS,
                f"1760000000.{number:06d}",
                APP_USER,
                Content("x" * 200, ({"type": "divider"},)),
            )
        )
        for number in range(5000)
    )
    store.close()

    begun = time.process_time()
    store = Store(tmp_path)
    workspace = Workspace()
    for happening in store.history():
        workspace.apply(happening)
    spent = time.process_time() - begun
    store.close()

    assert len(workspace.messages[OPS]) == 5000
    assert spent < 2.0


@asynccontextmanager
async def standalone(state: Path) -> AsyncIterator[SimpleNamespace]:
    """The playground in a process of its own, to be killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "opstream.playground.slack",
        *("--port", "0", "--state", str(state), "--manifest", str(MANIFEST)),
        stdout=asyncio.subprocess.PIPE,
        cwd=MANIFEST.parent,
    )
    assert process.stdout is not None
    async with asyncio.timeout(20):
        line = (await process.stdout.readline()).decode()
    address = line.strip().rpartition(" ")[2]
    try:
        yield SimpleNamespace(address=address, api_url=f"{address}/api/", process=process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_killed_process_has_lost_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    async with standalone(tmp_path) as playground, page(playground) as ana:
        posted = await client(playground).chat_postMessage(channel=OPS, text="From the app")
        typed = await ana.wish("post", channel=OPS, text="From Ana")
        playground.process.kill()
        await playground.process.wait()

    async with standalone(tmp_path) as playground:
        web = client(playground)
        history = (await web.conversations_history(channel=OPS))["messages"]
        async with page(playground) as ana:
            connection = await web.apps_connections_open(app_token="xapp-playground")
        playground.process.send_signal(signal.SIGTERM)
        code = await playground.process.wait()

    assert [(one["ts"], one["text"]) for one in history[:2]] == [
        (typed["ts"], "From Ana"),
        (posted["ts"], "From the app"),
    ]
    assert connection["ok"] is True
    assert code == 0


async def test_standalone_says_in_one_line_what_is_wrong(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "opstream.playground.slack",
        *("--state", str(tmp_path), "--host", "0.0.0.0"),
        stderr=asyncio.subprocess.PIPE,
        cwd=MANIFEST.parent,
    )
    _, said = await process.communicate()

    assert process.returncode == 1
    assert said.decode() == (
        "The playground listens on this machine only, not on '0.0.0.0':"
        " its tokens are known to everyone. Use 127.0.0.1.\n"
    )


def test_stored_values_are_plain_json(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.record([h.Read(ANA, OPS, "", "1.000001")])

    ((_, value),) = store.read("read")
    store.close()

    assert json.loads(json.dumps(value)) == {
        "person": ANA,
        "channel": OPS,
        "thread_ts": "",
        "ts": "1.000001",
    }


async def test_event_older_than_an_hour_is_not_brought_up_again(tmp_path: Path) -> None:
    clock = Clock()
    async with running(tmp_path, clock=clock) as playground, page(playground) as ana:
        await ana.wish("post", channel=OPS, text="Long ago")
    clock.pass_seconds(3601)

    async with running(tmp_path, clock=clock) as playground:
        assert playground.pending_events == 0
