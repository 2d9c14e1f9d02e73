"""Buttons, menus and shortcuts, used by people, answered by a real Bolt app."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from opstream.playground.slack.server import Playground
from tests.playground.slack.harness import (
    ANA,
    BO,
    OPS,
    approval,
    bolt,
    client,
    connected,
    manifest_with,
    page,
    plain,
    running,
    until,
)


@pytest.fixture
async def playground(tmp_path: Path) -> AsyncIterator[Playground]:
    async with running(tmp_path) as one:
        yield one


async def test_press_sends_what_the_button_says_and_where_it_stands(playground: Playground) -> None:
    seen: list[dict[str, Any]] = []
    app = bolt(playground)
    web = client(playground)
    root = await web.chat_postMessage(channel=OPS, text="A run")
    posted = await web.chat_postMessage(
        channel=OPS, text="Approve?", thread_ts=root["ts"], blocks=approval()
    )

    @app.action("approve")
    async def approve(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        seen.append(body)

    async with connected(app, playground), page(playground, BO) as bo:
        reply = await bo.wish(
            "press",
            channel=OPS,
            message_ts=posted["ts"],
            block_id="decide",
            action_id="approve",
            value="forged",
        )
        await until(lambda: bool(seen))

    (body,) = seen
    (action,) = body["actions"]
    assert reply["ok"] is True
    assert action["value"] == "7"
    assert (action["block_id"], action["type"]) == ("decide", "button")
    assert body["user"] == {"id": BO, "username": "bo", "name": "bo", "team_id": "T0PLAYGRND"}
    assert body["container"] == {
        "type": "message",
        "message_ts": posted["ts"],
        "channel_id": OPS,
        "is_ephemeral": False,
        "thread_ts": root["ts"],
    }
    assert body["message"]["thread_ts"] == root["ts"]
    assert body["channel"] == {"id": OPS, "name": "ops"}


async def test_choice_is_one_of_the_options_and_stands_in_the_state(playground: Playground) -> None:
    seen: list[dict[str, Any]] = []
    app = bolt(playground)
    options = [{"text": plain(name), "value": name} for name in ("web", "checkout")]
    menu = {"type": "static_select", "action_id": "service", "options": options}
    posted = await client(playground).chat_postMessage(
        channel=OPS, text="Which?", blocks=approval(menu)
    )

    @app.action("service")
    async def service(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        seen.append(body)

    async with connected(app, playground), page(playground) as ana:
        for value in ("checkout", "made-up"):
            await ana.wish(
                "press",
                channel=OPS,
                message_ts=posted["ts"],
                block_id="decide",
                action_id="service",
                selected_option={"value": value},
            )
        await until(lambda: len(seen) == 2)

    chosen = {body["actions"][0]["selected_option"] and "checkout" for body in seen}
    first = next(body for body in seen if body["actions"][0]["selected_option"])
    assert chosen == {"checkout", None}
    assert first["actions"][0]["selected_option"] == options[1]
    assert first["state"]["values"]["decide"]["service"]["selected_option"] == options[1]


async def test_press_on_an_ephemeral_message_comes_without_the_message(
    playground: Playground,
) -> None:
    seen: list[dict[str, Any]] = []
    app = bolt(playground)
    await client(playground).chat_postEphemeral(
        channel=OPS, user=ANA, text="Only you", blocks=approval()
    )

    @app.action("approve")
    async def approve(ack: Any, body: dict[str, Any], respond: Any) -> None:
        await ack()
        seen.append(body)
        await respond(delete_original=True)

    async with connected(app, playground), page(playground) as ana:
        (message,) = ana.snapshot["ephemerals"]
        await ana.wish(
            "press",
            channel=OPS,
            message_ts=message["ts"],
            ephemeral=True,
            block_id="decide",
            action_id="approve",
        )
        gone = await ana.wait_for("ephemeral_deleted")

    assert gone["ts"] == message["ts"]
    assert "message" not in seen[0]
    assert seen[0]["container"]["is_ephemeral"] is True


async def test_press_that_is_not_acknowledged_fails_for_its_person(tmp_path: Path) -> None:
    async with running(tmp_path, ack_seconds=0.1) as playground:
        app = bolt(playground)
        posted = await client(playground).chat_postMessage(
            channel=OPS, text="Approve?", blocks=approval()
        )
        async with connected(app, playground), page(playground) as ana:
            await ana.wish(
                "press",
                channel=OPS,
                message_ts=posted["ts"],
                block_id="decide",
                action_id="approve",
            )
            failed = await ana.wait_for("failed")

    assert failed["what"] == "action"
    assert "operation_timeout" in failed["text"]


async def test_press_on_a_button_that_is_gone_is_refused(playground: Playground) -> None:
    posted = await client(playground).chat_postMessage(channel=OPS, text="Done")

    async with page(playground) as ana:
        reply = await ana.wish(
            "press", channel=OPS, message_ts=posted["ts"], block_id="decide", action_id="approve"
        )

    assert reply["ok"] is False
    assert reply["error"] == "This is no longer here: the app has changed or removed it."


async def test_shortcuts_of_the_manifest_reach_the_app(tmp_path: Path) -> None:
    shortcuts = [
        {"name": "Task", "type": "message", "callback_id": "task", "description": "Make a task"},
        {"name": "Ask", "type": "global", "callback_id": "ask", "description": "Ask"},
    ]
    seen: list[dict[str, Any]] = []
    path = manifest_with(tmp_path, shortcuts=shortcuts)
    async with running(tmp_path / "state", manifest=path) as playground:
        app = bolt(playground)

        @app.shortcut("task")
        @app.shortcut("ask")
        async def used(ack: Any, body: dict[str, Any]) -> None:
            await ack()
            seen.append(body)

        posted = await client(playground).chat_postMessage(channel=OPS, text="Look at this")
        async with connected(app, playground), page(playground) as ana:
            await ana.wish("shortcut", callback_id="task", channel=OPS, message_ts=posted["ts"])
            await until(lambda: len(seen) == 1)
            await ana.wish("shortcut", callback_id="ask")
            await until(lambda: len(seen) == 2)
            unknown = await ana.wish("shortcut", callback_id="other")

    assert [one["type"] for one in seen] == ["message_action", "shortcut"]
    assert seen[0]["message"]["text"] == "Look at this"
    assert unknown["error"] == "OpStream offers no shortcut 'other'."


async def test_menu_that_the_app_fills_asks_it_for_options(playground: Playground) -> None:
    offered = {"text": plain("checkout"), "value": "checkout"}
    menu = {"type": "external_select", "action_id": "service", "min_query_length": 0}
    app = bolt(playground)

    @app.options("service")
    async def services(ack: Any, payload: dict[str, Any]) -> None:
        assert payload["value"] == "che"
        await ack(options=[offered])

    posted = await client(playground).chat_postMessage(
        channel=OPS, text="Which?", blocks=approval(menu)
    )
    async with connected(app, playground), page(playground) as ana:
        reply = await ana.wish(
            "suggest",
            channel=OPS,
            message_ts=posted["ts"],
            block_id="decide",
            action_id="service",
            value="che",
        )

    assert reply["ok"] is True
    assert reply["options"] == [offered]


async def test_ephemeral_message_can_be_dismissed(playground: Playground) -> None:
    await client(playground).chat_postEphemeral(channel=OPS, user=ANA, text="Only you")
    async with page(playground) as ana:
        (message,) = ana.snapshot["ephemerals"]
        await ana.wish("dismiss", channel=OPS, ts=message["ts"])
    async with page(playground) as again:
        left = again.snapshot["ephemerals"]

    assert left == []
