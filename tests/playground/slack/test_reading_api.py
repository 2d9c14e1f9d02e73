"""What the app can look up, with Slack's own client."""

from collections.abc import AsyncIterator
from pathlib import Path

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


async def test_history_is_paged_newest_first_without_replies(web: AsyncWebClient) -> None:
    roots = [(await web.chat_postMessage(channel=OPS, text=str(n)))["ts"] for n in range(5)]
    await web.chat_postMessage(channel=OPS, text="reply", thread_ts=roots[0])

    first = await web.conversations_history(channel=OPS, limit=3)
    await web.chat_postMessage(channel=OPS, text="meanwhile")
    cursor = first["response_metadata"]["next_cursor"]
    second = await web.conversations_history(channel=OPS, limit=3, cursor=cursor)

    assert [one["text"] for one in first["messages"]] == ["4", "3", "2"]
    assert first["has_more"] is True
    assert [one["text"] for one in second["messages"]][:2] == ["1", "0"]
    assert second["has_more"] is False
    assert second["messages"][1]["reply_count"] == 1


async def test_history_between_two_moments(web: AsyncWebClient) -> None:
    stamps = [(await web.chat_postMessage(channel=OPS, text=str(n)))["ts"] for n in range(4)]

    apart = await web.conversations_history(channel=OPS, oldest=stamps[0], latest=stamps[3])
    ends_too = await web.conversations_history(
        channel=OPS, oldest=stamps[0], latest=stamps[3], inclusive=True
    )

    assert [one["text"] for one in apart["messages"]] == ["2", "1"]
    assert [one["text"] for one in ends_too["messages"]] == ["3", "2", "1", "0"]
    late = web.conversations_history(channel=OPS, oldest="yesterday")
    assert await error(late) == "invalid_ts_oldest"
    assert await error(web.conversations_history(channel=OPS, cursor="x")) == "invalid_cursor"


async def test_metadata_is_shown_when_asked_for(web: AsyncWebClient) -> None:
    metadata = {"event_type": "run", "event_payload": {"id": "r1"}}
    root = await web.chat_postMessage(channel=OPS, text="x", metadata=metadata)
    await web.chat_postMessage(channel=OPS, text="y", metadata=metadata, thread_ts=root["ts"])

    bare = await web.conversations_replies(channel=OPS, ts=root["ts"])
    full = await web.conversations_replies(channel=OPS, ts=root["ts"], include_all_metadata=True)

    assert ["metadata" in one for one in bare["messages"]] == [False, False]
    assert [one["metadata"] for one in full["messages"]] == [metadata, metadata]


async def test_thread_is_oldest_first_below_its_root(web: AsyncWebClient) -> None:
    root = (await web.chat_postMessage(channel=OPS, text="root"))["ts"]
    for number in range(3):
        await web.chat_postMessage(channel=OPS, text=str(number), thread_ts=root)

    thread = (await web.conversations_replies(channel=OPS, ts=root))["messages"]

    assert [one["text"] for one in thread] == ["root", "0", "1", "2"]
    assert (thread[0]["reply_count"], thread[0]["latest_reply"]) == (3, thread[3]["ts"])
    assert thread[1]["parent_user_id"] == APP
    assert await error(web.conversations_replies(channel=OPS, ts="1.1")) == "thread_not_found"
    history = web.conversations_history(channel=RANDOM)
    assert await error(history) == "not_in_channel"


async def test_broadcast_reply_shows_in_the_channel_too(web: AsyncWebClient) -> None:
    root = (await web.chat_postMessage(channel=OPS, text="root"))["ts"]
    await web.chat_postMessage(channel=OPS, text="done", thread_ts=root, reply_broadcast=True)

    newest = (await web.conversations_history(channel=OPS, limit=1))["messages"][0]

    assert (newest["text"], newest["subtype"]) == ("done", "thread_broadcast")


async def test_channels_people_and_groups(web: AsyncWebClient) -> None:
    channels = await web.conversations_list(types="public_channel,im")
    mine = await web.users_conversations(types="public_channel")
    direct = await web.conversations_open(users=ANA)
    people = await web.users_list(limit=4)
    members = await web.conversations_members(channel=OPS)
    groups = await web.usergroups_list(include_users=True)
    ana = await web.users_info(user=ANA)

    names = [one.get("name") for one in channels["channels"] if not one["is_im"]]
    assert names == ["ops", "ops-alerts", "incidents", "general", "random"]
    assert "random" not in [one["name"] for one in mine["channels"]]
    assert direct["channel"]["id"] == DM_ANA
    assert [one["name"] for one in people["members"]] == ["ana", "bo", "cleo", "dan"]
    assert people["response_metadata"]["next_cursor"]
    assert set(members["members"]) >= {ANA, BO, APP}
    assert groups["usergroups"][0]["users"] == ["U0ANA00001", "U0CLEO0001"]
    assert (ana["user"]["real_name"], ana["user"]["tz_offset"]) == ("Ana Silva", -10800)
    assert await error(web.users_info(user="U1")) == "user_not_found"
    assert await error(web.conversations_info(channel="C1")) == "channel_not_found"
    assert (await web.bots_info(bot="B0OPSTREAM"))["bot"]["user_id"] == APP
    assert (await web.team_info())["team"]["name"] == "Playground"


async def test_reactions(web: AsyncWebClient) -> None:
    ts = (await web.chat_postMessage(channel=OPS, text="x"))["ts"]

    await web.reactions_add(channel=OPS, timestamp=ts, name="eyes")

    shown = await web.reactions_get(channel=OPS, timestamp=ts)
    assert shown["message"]["reactions"] == [{"name": "eyes", "users": [APP], "count": 1}]
    again = web.reactions_add(channel=OPS, timestamp=ts, name="eyes")
    assert await error(again) == "already_reacted"
    await web.reactions_remove(channel=OPS, timestamp=ts, name="eyes")
    gone = web.reactions_remove(channel=OPS, timestamp=ts, name="eyes")
    assert await error(gone) == "no_reaction"


async def test_status_shows_in_the_thread_until_the_app_writes_there(
    playground: Playground, web: AsyncWebClient
) -> None:
    async with page(playground) as ana:
        root = await web.chat_postMessage(channel=OPS, text="root")
        await web.assistant_threads_setStatus(
            channel_id=OPS, thread_ts=root["ts"], status="is looking at the traces"
        )
        shown = await ana.wait_for("status")
        await web.chat_postMessage(channel=OPS, text="Found it", thread_ts=root["ts"])
        cleared = await ana.wait_for("status")

    assert (shown["text"], shown["thread_ts"]) == ("is looking at the traces", root["ts"])
    assert cleared["text"] == ""
