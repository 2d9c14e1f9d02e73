"""Messages that grow, sessions that people stop, and what the app offers to say: as Slack treats them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from opstream.playground.slack.people import TEAM_ID
from opstream.playground.slack.server import Playground
from tests.playground.slack.harness import (
    ANA,
    DM_ANA,
    MANIFEST,
    OPS,
    Clock,
    bolt,
    client,
    connected,
    error,
    manifest_with,
    page,
    running,
)

TO_ANA = {"recipient_user_id": ANA, "recipient_team_id": TEAM_ID}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def playground(tmp_path: Path, clock: Clock) -> AsyncIterator[Playground]:
    async with running(tmp_path, clock=clock, manifest=MANIFEST) as opened:
        yield opened


@pytest.fixture
async def web(playground: Playground) -> AsyncWebClient:
    return client(playground)


@pytest.fixture
async def root(web: AsyncWebClient) -> str:
    return str((await web.chat_postMessage(channel=OPS, text="root"))["ts"])


async def _read(web: AsyncWebClient, root: str) -> list[dict[str, Any]]:
    found = await web.conversations_replies(channel=OPS, ts=root)
    return [dict(one) for one in found["messages"][1:]]


async def test_a_message_grows_until_it_is_stopped(web: AsyncWebClient, root: str) -> None:
    begun = await web.chat_startStream(channel=OPS, thread_ts=root, markdown_text="One", **TO_ANA)
    await web.chat_appendStream(channel=OPS, ts=begun["ts"], markdown_text=", two")
    await web.chat_stopStream(channel=OPS, ts=begun["ts"], markdown_text=", three.")

    [grown] = await _read(web, root)
    again = web.chat_appendStream(channel=OPS, ts=begun["ts"], markdown_text="four")
    assert await error(again) == "message_not_in_streaming_state"
    assert grown["text"] == "One, two, three."
    assert [(one["type"], one["text"]) for one in grown["blocks"]] == [
        ("markdown", "One, two, three.")
    ]


async def test_a_stream_dies_after_five_minutes_although_it_is_appended_to(
    web: AsyncWebClient, root: str, clock: Clock
) -> None:
    ts = (await web.chat_startStream(channel=OPS, thread_ts=root, **TO_ANA))["ts"]
    for number in range(3):
        clock.pass_seconds(99)
        await web.chat_appendStream(channel=OPS, ts=ts, markdown_text=str(number))
    early = await error(web.chat_update(channel=OPS, ts=ts, text="012"))
    clock.pass_seconds(4)

    late = await error(web.chat_appendStream(channel=OPS, ts=ts, markdown_text="3"))
    await web.chat_update(channel=OPS, ts=ts, text="0123")

    assert (early, late) == ("streaming_state_conflict", "message_not_in_streaming_state")
    assert [one["text"] for one in await _read(web, root)] == ["0123"]


async def test_a_stream_in_a_channel_names_who_is_told(web: AsyncWebClient, root: str) -> None:
    async def refused(**to: str) -> str:
        return await error(web.chat_startStream(channel=OPS, thread_ts=root, **to))

    direct = await web.chat_postMessage(channel=DM_ANA, text="root")
    begun = await web.chat_startStream(channel=DM_ANA, thread_ts=direct["ts"])

    assert begun["ok"]
    assert await refused() == "missing_recipient_user_id"
    assert await refused(recipient_user_id=ANA) == "missing_recipient_team_id"
    assert await refused(recipient_user_id="U1", recipient_team_id=TEAM_ID) == "user_not_found"
    assert await refused(recipient_user_id=ANA, recipient_team_id="T1") == "team_not_found"


async def test_what_no_stream_takes_is_refused(web: AsyncWebClient, root: str) -> None:
    ts = (await web.chat_startStream(channel=OPS, thread_ts=root, **TO_ANA))["ts"]

    async def refused(**more: Any) -> str:
        return await error(web.chat_appendStream(channel=OPS, **{"ts": ts, **more}))

    assert await refused() == "no_text"
    assert await refused(ts="1.000001", markdown_text="x") == "message_not_found"
    assert await refused(ts=root, markdown_text="x") == "message_not_in_streaming_state"
    assert await refused(markdown_text="x" * 12_001) == "msg_blocks_too_long"
    assert await refused(chunks=[{"type": "dance"}]) == "invalid_chunks"
    nowhere = web.chat_startStream(channel=OPS, thread_ts="1.000001", **TO_ANA)
    assert await error(nowhere) == "thread_not_found"


async def test_whoever_listens_stops_it_and_the_app_hears_of_that(
    playground: Playground, web: AsyncWebClient, root: str
) -> None:
    app, heard = bolt(playground), asyncio.Queue[dict[str, Any]]()

    @app.event("agent_session_stopped")
    async def stopped(event: dict[str, Any]) -> None:
        await heard.put(event)

    async with page(playground) as ana, connected(app, playground):
        await web.agents_sessions_setStatus(channel_id=OPS, thread_ts=root, status="processing")
        shown = await ana.wait_for("session")
        ts = (await web.chat_startStream(channel=OPS, thread_ts=root, **TO_ANA))["ts"]
        assert (await ana.wish("stop_session", channel=OPS, thread_ts=root))["ok"]
        event = await heard.get()
        refused = await error(web.chat_appendStream(channel=OPS, ts=ts, markdown_text="x"))
        await web.agents_sessions_setStatus(channel_id=OPS, thread_ts=root, status="active")
        over = await ana.wait_for("session")

    assert (shown["at_work"], shown["stoppable"], over["at_work"]) == (True, True, False)
    assert (event["user"], event["channel"], event["thread_ts"]) == (ANA, OPS, root)
    assert event["streaming_message_ts"] == [ts]
    assert refused == "stopped_by_user"


async def test_a_session_of_an_app_that_does_not_listen_has_no_stop(tmp_path: Path) -> None:
    manifest = manifest_with(tmp_path, events=[])
    silenced = manifest.read_text().replace('"agent_session_stopped", ', "")
    manifest.write_text(silenced)
    async with running(tmp_path / "state", manifest=manifest) as opened:
        web = client(opened)
        root = (await web.chat_postMessage(channel=OPS, text="root"))["ts"]
        answer = await web.agents_sessions_setStatus(
            channel_id=OPS, thread_ts=root, status="processing"
        )
        dancing = web.agents_sessions_setStatus(channel_id=OPS, thread_ts=root, status="dancing")
        assert await error(dancing) == "invalid_arguments"

    assert answer["warning"] == "missing_agent_session_stopped_event_subscription"


async def test_prompts_are_offered_in_the_conversation_and_kept_for_the_next_tab(
    playground: Playground, web: AsyncWebClient, root: str
) -> None:
    prompts = [{"title": "Runs", "message": "What is running?"}]
    offered = {"title": "Well?", "prompts": prompts}

    async with page(playground) as ana:
        await web.assistant_threads_setSuggestedPrompts(channel_id=DM_ANA, **offered)
        shown = await ana.wait_for("prompts")
    async with page(playground) as later:
        kept = later.snapshot["prompts"]
    five = web.assistant_threads_setSuggestedPrompts(channel_id=DM_ANA, prompts=prompts * 5)

    assert {"title": shown["title"], "prompts": shown["prompts"]} == offered
    assert kept == {DM_ANA: offered}
    assert await error(five) == "invalid_arguments"
    await web.assistant_threads_setSuggestedPrompts(channel_id=OPS, thread_ts=root, **offered)
    async with page(playground) as last:
        assert OPS not in last.snapshot["prompts"]  # a thread is of the older assistant view
