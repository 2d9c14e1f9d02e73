"""What a person's page is shown: the first picture, and each change."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from opstream.playground.slack.server import Completion, Playground
from tests.playground.slack.harness import (
    ANA,
    BO,
    CLEO,
    DAN,
    DM_ANA,
    OPS,
    client,
    page,
    running,
)

START = Completion("/opstream start", "start <workflow> [k=v …]", "Start a workflow")


@pytest.fixture
async def playground(tmp_path: Path) -> AsyncIterator[Playground]:
    async with running(tmp_path, completions=(START,)) as one:
        yield one


async def test_one_can_be_four_people(playground: Playground) -> None:
    async with aiohttp.ClientSession() as http:
        answer = await (await http.get(f"{playground.address}/page-api/people")).json()

    assert [one["id"] for one in answer["people"]] == [ANA, BO, CLEO, DAN]
    assert answer["people"][0] == {
        "id": ANA,
        "name": "ana",
        "real_name": "Ana Silva",
        "title": "On-call engineer",
        "color": "#2f7d6b",
        "initials": "AS",
        "is_admin": False,
        "is_bot": False,
        "tz": "America/Sao_Paulo",
        "tz_offset": -10800,
    }


async def test_one_cannot_be_the_app_or_nobody(playground: Playground) -> None:
    for person in ("U0OPSTREAM", "U1", ""):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with aiohttp.ClientSession() as http:
                await http.ws_connect(f"{playground.address}/page-api/socket?person={person}")
        assert refused.value.status == 404


async def test_first_picture(playground: Playground) -> None:
    async with page(playground) as ana:
        shown = ana.snapshot

    assert shown["workspace"] == {"id": "T0PLAYGRND", "name": "Playground"}
    assert shown["me"]["id"] == ANA
    assert [one["name"] for one in shown["channels"]] == [
        "ops",
        "ops-alerts",
        "incidents",
        "general",
        "random",
        "OpStream",
    ]
    assert shown["channels"][-1]["user"] == ANA
    assert [one["command"] for one in shown["app"]["commands"]] == ["/opstream", "/profile"]
    assert shown["app"]["completions"] == [
        {
            "text": "/opstream start",
            "usage": "start <workflow> [k=v …]",
            "description": "Start a workflow",
        }
    ]
    (welcome,) = shown["messages"][OPS]
    assert welcome["user"] == "USLACKBOT"
    assert "/opstream start application_profiling service=checkout duration=2m" in welcome["text"]
    assert "simulation" in welcome["text"]


async def test_new_messages_are_unread_until_read(playground: Playground) -> None:
    web = client(playground)
    async with page(playground) as ana:
        await ana.wish("read", channel=OPS)
        await ana.wait_for("unread", lambda frame: frame["count"] == 0)
        await web.chat_postMessage(channel=OPS, text="one")
        one = await ana.wait_for("unread")
        await web.chat_postMessage(channel=OPS, text=f"two <@{ANA}>")
        two = await ana.wait_for("unread")
        await ana.wish("read", channel=OPS)
        read = await ana.wait_for("unread")

    counts = [(frame["count"], frame["mentions"]) for frame in (one, two, read)]
    assert counts == [(1, 0), (2, 1), (0, 0)]


async def test_ones_own_message_is_not_unread(playground: Playground) -> None:
    async with page(playground) as ana:
        await ana.wish("post", channel=OPS, text="Mine")
    async with page(playground) as again:
        counts = again.snapshot["unread"]

    assert counts[OPS] == 0


async def test_everything_in_direct_messages_is_for_you(playground: Playground) -> None:
    await client(playground).chat_postMessage(channel=DM_ANA, text="Approve?")

    async with page(playground) as ana, page(playground, BO) as bo:
        assert ana.snapshot["mentions"][DM_ANA] == 1
        assert DM_ANA not in bo.snapshot["messages"]


async def test_reply_changes_its_parent_and_is_unread_for_those_who_follow(
    playground: Playground,
) -> None:
    web = client(playground)
    root = await web.chat_postMessage(channel=OPS, text=f"<@{ANA}> asked for this")
    async with page(playground) as ana, page(playground, BO) as bo:
        await web.chat_postMessage(channel=OPS, text="Step 1", thread_ts=root["ts"])
        message = await ana.wait_for("message")
        parent = await ana.wait_for("message_changed")
        unread: list[dict[str, Any]] = [await tab.wait_for("unread_thread") for tab in (ana, bo)]
        await ana.wish("read", channel=OPS, thread_ts=root["ts"])
        read = await ana.wait_for("unread_thread")

    assert message["message"]["parent_visible"] is False
    assert parent["message"]["reply_count"] == 1
    assert [frame["count"] for frame in unread] == [1, 0]
    assert read["count"] == 0


async def test_wish_that_makes_no_sense_is_answered(playground: Playground) -> None:
    async with page(playground) as ana:
        unknown = await ana.wish("dance")
        empty = await ana.wish("post", channel=OPS, text="  ")
        elsewhere = await ana.wish("post", channel="D0BO000001", text="Let me in")

    assert unknown["error"] == "The playground does not know 'dance'."
    assert empty["error"] == "Type something first."
    assert elsewhere["error"] == "You are not in this channel."


async def test_tabs_of_one_person_show_the_same(playground: Playground) -> None:
    async with page(playground) as first, page(playground) as second:
        await first.wish("post", channel=OPS, text="Hello")
        shown = [await tab.wait_for("message") for tab in (first, second)]

    assert shown[0] == shown[1]
