"""Slash commands: typed by people, answered by a real Bolt app over real sockets."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from opstream.playground.slack.server import Playground
from tests.playground.slack.harness import (
    ANA,
    APP,
    BO,
    DM_ANA,
    OPS,
    RANDOM,
    bolt,
    connected,
    page,
    running,
    until,
)


@pytest.fixture
async def playground(tmp_path: Path) -> AsyncIterator[Playground]:
    async with running(tmp_path) as one:
        yield one


async def test_command_reaches_the_app_and_its_answer_only_the_person(
    playground: Playground,
) -> None:
    seen: list[dict[str, Any]] = []
    app = bolt(playground)

    @app.command("/opstream")
    async def opstream(ack: Any, command: dict[str, Any]) -> None:
        seen.append(command)
        await ack(text="On it.")

    async with connected(app, playground), page(playground) as ana, page(playground, BO) as bo:
        reply = await ana.wish("command", channel=OPS, text="/opstream start x as @bo in #ops")
        shown = await ana.wait_for("ephemeral")
        await bo.wish("read", channel=OPS)

    assert reply["ok"] is True
    assert shown["message"]["text"] == "On it."
    assert not [frame for frame in bo.frames if frame["type"] == "ephemeral"]
    (command,) = seen
    assert command["text"] == "start x as <@U0BO000001|bo> in <#C0OPS00001|ops>"
    assert (command["user_id"], command["user_name"]) == (ANA, "ana")
    assert (command["channel_id"], command["channel_name"]) == (OPS, "ops")
    assert (command["team_id"], command["team_domain"]) == ("T0PLAYGRND", "playground")
    assert "thread_ts" not in command


async def test_answer_in_the_channel_is_seen_by_all(playground: Playground) -> None:
    app = bolt(playground)

    @app.command("/opstream")
    async def opstream(ack: Any) -> None:
        await ack(text="For everyone.", response_type="in_channel")

    async with connected(app, playground), page(playground) as ana, page(playground, BO) as bo:
        await ana.wish("command", channel=OPS, text="/opstream status")
        shown = await bo.wait_for("message")

    assert shown["message"]["text"] == "For everyone."
    assert shown["message"]["bot_id"] == "B0OPSTREAM"


async def test_command_in_a_thread_is_refused_in_slacks_words(playground: Playground) -> None:
    async with page(playground) as ana:
        reply = await ana.wish(
            "command", channel=OPS, thread_ts="1.000001", text="/opstream status"
        )

    assert reply["ok"] is False
    assert reply["error"] == "/opstream is not supported in threads. Sorry!"


async def test_unknown_command_is_refused_with_what_there_is(playground: Playground) -> None:
    async with page(playground) as ana:
        reply = await ana.wish("command", channel=OPS, text="/opsteam status")

    assert reply["ok"] is False
    assert reply["error"] == (
        "/opsteam is not a valid command. What you can use here: /opstream, /profile, /invite."
    )


async def test_command_that_is_not_acknowledged_fails_for_its_person(tmp_path: Path) -> None:
    async with running(tmp_path, ack_seconds=0.1) as playground:
        app = bolt(playground)

        @app.command("/opstream")
        async def opstream() -> None:
            """Never acknowledges."""

        async with connected(app, playground), page(playground) as ana:
            await ana.wish("command", channel=OPS, text="/opstream status")
            failed = await ana.wait_for("failed")

    assert failed["what"] == "command"
    assert failed["text"] == '/opstream failed with the error "operation_timeout"'
    assert failed["channel"] == OPS


async def test_command_to_an_app_that_is_away_fails(tmp_path: Path) -> None:
    async with running(tmp_path, ack_seconds=0.1) as playground, page(playground) as ana:
        await ana.wish("command", channel=OPS, text="/opstream status")
        failed = await ana.wait_for("failed")

    assert failed["text"] == '/opstream failed with the error "dispatch_failed"'


async def test_mention_where_the_app_is_not_is_explained_and_invite_brings_it_in(
    playground: Playground,
) -> None:
    async with page(playground) as ana:
        await ana.wish("post", channel=RANDOM, text="@opstream help")
        note = await ana.wait_for("ephemeral")
        reply = await ana.wish("command", channel=RANDOM, text="/invite @opstream")
        joined = await ana.wait_for("channel")

    assert "they are not in this channel" in note["message"]["text"]
    assert note["message"]["user"] == "USLACKBOT"
    assert reply["ok"] is True
    assert APP in joined["channel"]["members"]


async def test_command_in_direct_messages_names_them_as_slack_does(playground: Playground) -> None:
    seen: list[str] = []
    app = bolt(playground)

    @app.command("/opstream")
    async def opstream(ack: Any, command: dict[str, Any]) -> None:
        await ack()
        seen.append(command["channel_name"])

    async with connected(app, playground), page(playground) as ana:
        await ana.wish("command", channel=DM_ANA, text="/opstream status")
        await until(lambda: bool(seen))

    assert seen == ["directmessage"]
