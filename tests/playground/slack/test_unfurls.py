"""Addresses that the app can show more of: who hears of them, and what the app may hang below them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from opstream.playground.slack.server import Playground
from tests.playground.slack.harness import (
    ANA,
    BO,
    DM_ANA,
    OPS,
    Page,
    bolt,
    client,
    connected,
    error,
    page,
    running,
    until,
)

URL = "https://ops.example.com/runs/r1?a=1&b=2"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "It is *done*."}}
ENTITY = {
    "entity_type": "slack#/entities/task",
    "external_ref": {"id": "r1"},
    "url": "https://ops.example.com/runs/r1",
    "app_unfurl_url": URL,
    "entity_payload": {"attributes": {"title": {"text": "Greet"}}},
}


@pytest.fixture
async def playground(tmp_path: Path) -> AsyncIterator[Playground]:
    async with running(tmp_path, rates_enforced=False) as one:
        yield one


@pytest.fixture
async def ana(playground: Playground) -> AsyncIterator[Page]:
    async with page(playground) as one:
        yield one


def listening(playground: Playground, heard: list[dict[str, Any]], kind: str) -> AsyncApp:
    app = bolt(playground)

    async def hear(event: dict[str, Any]) -> None:
        heard.append(event)

    async def ignore() -> None:
        pass

    app.event(kind)(hear)
    app.event(re.compile(""))(ignore)
    return app


async def test_the_app_hears_of_its_own_domain_and_of_no_other(
    playground: Playground, ana: Page
) -> None:
    heard: list[dict[str, Any]] = []
    async with connected(listening(playground, heard, "link_shared"), playground):
        await ana.wish("post", channel=OPS, text="see https://evil-ops.example.com.test/runs/r1")
        said = await ana.wish("post", channel=OPS, text=f"see {URL} and https://example.org")
        direct = await ana.wish("post", channel=DM_ANA, text="https://eu.ops.example.com/x")
        await until(lambda: len(heard) == 2)

    first, second = sorted(heard, key=lambda one: str(one["message_ts"]))
    assert first["links"] == [{"domain": "ops.example.com", "url": URL}]
    assert (first["user"], first["channel"], first["message_ts"]) == (ANA, OPS, said["ts"])
    assert first["is_bot_user_member"] is True
    assert (second["message_ts"], second["links"][0]["domain"]) == (direct["ts"], "ops.example.com")


async def test_a_card_hangs_below_the_message_and_a_new_one_takes_its_place(
    playground: Playground, ana: Page
) -> None:
    web = client(playground)
    said = await ana.wish("post", channel=OPS, text=f"see {URL}")
    place = {"channel": OPS, "ts": said["ts"]}

    await web.chat_unfurl(**place, unfurls={URL: {"blocks": [SECTION]}})
    found = await web.conversations_history(channel=OPS)
    await web.chat_unfurl(
        unfurl_id=f"{OPS}.{said['ts']}",
        source="conversations_history",
        metadata={"entities": [ENTITY]},
    )
    again = await web.conversations_history(channel=OPS)

    (card,) = found["messages"][0]["attachments"]
    assert card["blocks"][0]["text"]["text"] == "It is *done*."
    assert (card["from_url"], card["is_app_unfurl"]) == (URL, True)
    (card,) = again["messages"][0]["attachments"]
    assert "blocks" not in card
    assert card["work_object"]["external_ref"] == {"id": "r1"}
    assert "edited" not in again["messages"][0]


async def test_what_slack_would_refuse_is_refused(playground: Playground, ana: Page) -> None:
    web = client(playground)
    said = await ana.wish("post", channel=OPS, text=f"see {URL} and https://example.org/x")
    own = await web.chat_postMessage(channel=OPS, text=f"<{URL}>")
    here: dict[str, Any] = {"channel": OPS, "ts": said["ts"]}
    card = {URL: {"blocks": [SECTION]}}

    async def refused(**arguments: Any) -> str:
        return await error(web.chat_unfurl(**arguments))

    assert await refused(**here) == "missing_unfurls"
    assert await refused(ts=said["ts"], unfurls=card) == "missing_channel"
    assert await refused(channel=OPS, unfurls=card) == "missing_ts"
    assert await refused(unfurl_id="x", unfurls=card) == "missing_source"
    assert await refused(unfurl_id="x", source="letter", unfurls=card) == "invalid_source"
    assert await refused(unfurl_id="x", source="composer", unfurls=card) == "invalid_unfurl_id"
    assert await refused(channel="C0NOWHERE1", ts="1.0", unfurls=card) == "cannot_find_channel"
    assert await refused(channel=OPS, ts="1.0", unfurls=card) == "cannot_find_message"
    assert await refused(channel=OPS, ts=own["ts"], unfurls=card) == "cannot_unfurl_message"
    assert await refused(**here, unfurls="[1]") == "invalid_unfurls_format"
    assert await refused(**here, unfurls={"https://example.org/x": {}}) == "cannot_unfurl_url"
    assert await refused(**here, unfurls={f"{URL}3": {}}) == "cannot_unfurl_url"
    bad = {URL: {"blocks": [{"type": "section"}]}}
    assert await refused(**here, unfurls=bad) == "cannot_parse_attachment"
    nameless = ENTITY | {"external_ref": {}}
    assert await refused(**here, metadata={"entities": [nameless]}) == "invalid_metadata_format"


async def test_whoever_opens_a_work_object_is_told_more_and_nobody_else(
    playground: Playground, ana: Page
) -> None:
    web, heard = client(playground), list[dict[str, Any]]()
    said = await ana.wish("post", channel=OPS, text=f"see {URL}")
    await web.chat_unfurl(channel=OPS, ts=said["ts"], metadata={"entities": [ENTITY]})
    mine: dict[str, Any] = {key: one for key, one in ENTITY.items() if key != "app_unfurl_url"}

    app = listening(playground, heard, "entity_details_requested")
    async with page(playground, BO) as bo, connected(app, playground):
        await bo.wish("open_entity", channel=OPS, ts=said["ts"], url=URL)
        await until(lambda: bool(heard))
        trigger = heard[0]["trigger_id"]
        other = mine | {"external_ref": {"id": "r2"}}
        assert await error(web.entity_presentDetails("1.2.x", mine)) == "invalid_trigger_id"
        wrong = await error(web.entity_presentDetails(trigger, other))
        spent = await error(web.entity_presentDetails(trigger, mine))
        heard.clear()
        await bo.wish("open_entity", channel=OPS, ts=said["ts"], url=URL)
        await until(lambda: bool(heard))
        await web.entity_presentDetails(heard[0]["trigger_id"], mine)
        shown = await bo.wait_for("entity")

    assert wrong == "entity_metadata_does_not_match_trigger"
    assert spent == "invalid_trigger_id"
    assert (heard[0]["user"], heard[0]["external_ref"]) == (BO, {"id": "r1"})
    assert shown["entity"] == mine
    assert not [one for one in ana.frames if one["type"] == "entity"]


async def test_a_snooze_from_the_page_is_told_to_the_app_and_outlives_a_restart(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as playground, page(playground) as ana:
        assert (await ana.wish("snooze", minutes=30))["ok"]
        assert (await client(playground).dnd_info(user=ANA))["snooze_enabled"] is True
    async with running(tmp_path) as playground, page(playground) as ana:
        assert ana.snapshot["snooze"] > 0
        assert "up to a day" in (await ana.wish("snooze", minutes=10_000))["error"]

        await ana.wish("snooze", minutes=0)

        assert (await client(playground).dnd_info(user=ANA))["snooze_enabled"] is False
