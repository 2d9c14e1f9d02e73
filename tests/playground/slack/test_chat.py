"""`chat.*`, driven by Slack's own client."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from opstream.playground.slack.server import Playground
from tests.playground.slack.harness import (
    ANA,
    APP,
    BO,
    DM_ANA,
    OPS,
    RANDOM,
    client,
    error,
    manifest_with,
    page,
    refusal,
    running,
)

MORE_SCOPES = ("reactions:write", "reactions:read", "im:read", "usergroups:read", "team:read")


@pytest.fixture
async def playground(tmp_path: Path) -> AsyncIterator[Playground]:
    path = manifest_with(tmp_path, scopes=MORE_SCOPES)
    async with running(tmp_path / "state", manifest=path, rates_enforced=False) as one:
        yield one


@pytest.fixture
def web(playground: Playground) -> AsyncWebClient:
    return client(playground)


async def test_message_is_posted_edited_and_deleted(
    playground: Playground, web: AsyncWebClient
) -> None:
    async with page(playground) as ana:
        posted = await web.chat_postMessage(channel=OPS, text="One")
        new = await ana.wait_for("message")
        await web.chat_update(channel=OPS, ts=posted["ts"], text="Two")
        changed = await ana.wait_for("message_changed")
        await web.chat_delete(channel=OPS, ts=posted["ts"])
        gone = await ana.wait_for("message_deleted")

    assert new["message"]["text"] == "One"
    assert (changed["message"]["text"], changed["message"]["ts"]) == ("Two", posted["ts"])
    assert changed["message"]["edited"]["user"] == APP
    assert gone["ts"] == posted["ts"]


async def test_text_without_blocks_removes_the_blocks_and_keeps_the_metadata(
    web: AsyncWebClient,
) -> None:
    metadata = {"event_type": "run", "event_payload": {"id": "r1"}}
    posted = await web.chat_postMessage(
        channel=OPS, text="One", blocks=[{"type": "divider"}], metadata=metadata
    )

    edited = await web.chat_update(channel=OPS, ts=posted["ts"], text="Two")

    assert posted["message"]["blocks"][0]["block_id"]
    assert "blocks" not in edited["message"]
    assert edited["message"]["metadata"] == metadata


async def test_parent_with_replies_leaves_a_tombstone(web: AsyncWebClient) -> None:
    root = await web.chat_postMessage(channel=OPS, text="Root")
    await web.chat_postMessage(channel=OPS, text="Reply", thread_ts=root["ts"])

    await web.chat_delete(channel=OPS, ts=root["ts"])

    thread = await web.conversations_replies(channel=OPS, ts=root["ts"])
    assert [one.get("subtype") for one in thread["messages"]] == ["tombstone", None]


async def test_what_cannot_be_posted(web: AsyncWebClient) -> None:
    root = await web.chat_postMessage(channel=OPS, text="Root")
    reply = await web.chat_postMessage(channel=OPS, text="Reply", thread_ts=root["ts"])

    assert await error(web.chat_postMessage(channel="C0NOWHERE", text="x")) == "channel_not_found"
    assert await error(web.chat_postMessage(channel=RANDOM, text="x")) == "not_in_channel"
    empty = web.api_call("chat.postMessage", params={"channel": OPS, "text": " "})
    assert await error(empty) == "no_text"
    assert await error(web.chat_postMessage(channel=OPS, text="x" * 40_001)) == "msg_too_long"
    assert (
        await error(web.chat_postMessage(channel=OPS, text="x", thread_ts="1.000001"))
        == "thread_not_found"
    )
    assert (
        await error(web.chat_postMessage(channel=OPS, text="x", thread_ts=reply["ts"]))
        == "cannot_reply_to_message"
    )
    broken = web.api_call("chat.postMessage", params={"channel": OPS, "blocks": "[{"})
    assert await error(broken) == "invalid_blocks_format"


async def test_refused_blocks_are_named(web: AsyncWebClient) -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}

    answer = await refusal(web.chat_postMessage(channel=OPS, text="x", blocks=[block]))

    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_only_its_own_messages_may_be_changed(
    playground: Playground, web: AsyncWebClient
) -> None:
    async with page(playground) as ana:
        theirs = (await ana.wish("post", channel=OPS, text="Mine"))["ts"]
    own = await web.chat_postMessage(channel=OPS, text="x")

    assert await error(web.chat_update(channel=OPS, ts=theirs, text="x")) == "cant_update_message"
    assert await error(web.chat_delete(channel=OPS, ts=theirs)) == "cant_delete_message"
    assert await error(web.chat_update(channel=OPS, ts="1.1", text="x")) == "message_not_found"
    long = web.chat_update(channel=OPS, ts=own["ts"], text="x" * 4001)
    assert await error(long) == "msg_too_long"


async def test_channel_may_be_a_name_and_a_person(web: AsyncWebClient) -> None:
    by_name = await web.chat_postMessage(channel="#ops", text="x")
    direct = await web.chat_postMessage(channel=ANA, text="x")

    assert (by_name["channel"], direct["channel"]) == (OPS, DM_ANA)


async def test_blocks_without_text_show_slacks_placeholder(web: AsyncWebClient) -> None:
    posted = await web.api_call(
        "chat.postMessage", json={"channel": OPS, "blocks": [{"type": "divider"}]}
    )

    assert posted["message"]["text"] == "This content can't be displayed."


async def test_ephemeral_message_needs_someone_in_the_channel(web: AsyncWebClient) -> None:
    shown = await web.chat_postEphemeral(channel=OPS, user=ANA, text="Only you")
    elsewhere = web.chat_postEphemeral(channel=DM_ANA, user=BO, text="Only you")

    assert shown["message_ts"]
    assert await error(elsewhere) == "user_not_in_channel"


async def test_every_ts_is_later_than_the_one_before(web: AsyncWebClient) -> None:
    posts = [web.chat_postMessage(channel=OPS, text=str(n)) for n in range(20)]
    stamps = [(await post)["ts"] for post in posts]

    assert stamps == sorted(set(stamps))


async def test_permalink_leads_to_the_page(playground: Playground, web: AsyncWebClient) -> None:
    posted = await web.chat_postMessage(channel=OPS, text="x")

    link = (await web.chat_getPermalink(channel=OPS, message_ts=posted["ts"]))["permalink"]

    assert link == f"{playground.address}/archives/{OPS}/p{posted['ts'].replace('.', '')}"
    async with aiohttp.ClientSession() as http, http.get(link, allow_redirects=False) as answer:
        assert answer.headers["Location"] == f"/#/{OPS}/{posted['ts']}"
