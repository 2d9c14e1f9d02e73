"""Long answers: streamed, handed over in time, whole after a cut, and over when somebody presses Stop."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from handlers.outbox import Outbox
from handlers.pacing import Pacing, Rates
from handlers.streaming import Audience, Ending, Streams
from opstream.domain.conversation import Place
from tests.handlers.driving import DM_ANA
from tests.handlers.world import OPS, QUICK, Client, World, opened

ANA = "U0ANA00001"


class Street(Client):
    """A client whose calls go wrong when a test says so."""

    refused: dict[str, list[dict[str, Any]]]
    cut: set[str]

    async def api_call(self, api_method: str, **more: Any) -> Any:
        if self.refused.get(api_method):
            self.calls.append((api_method, {}))
            raise SlackApiError("refused", self.refused[api_method].pop(0))
        answer = await super().api_call(api_method, **more)
        if api_method in self.cut:
            self.cut.discard(api_method)
            raise aiohttp.ServerDisconnectedError  # it took effect, and nobody heard
        return answer


@dataclass
class Stage:
    """A thread that somebody listens in."""

    world: World
    streams: Streams
    audience: Audience
    client: Street
    waits: list[float] = field(default_factory=list)

    async def replies(self) -> list[str]:
        found = await self.client.conversations_replies(channel=OPS, ts=self.audience.thread)
        return [one["text"] for one in found["messages"][1:]]

    def called(self) -> list[str]:
        told = ("Stream", "update", "postMessage")
        return [name for name, _ in self.client.calls if name.endswith(told)]


@pytest.fixture
async def stage(tmp_path) -> AsyncIterator[Stage]:
    async with opened(tmp_path) as world:
        client = Street(
            token="xoxb-playground",
            base_url=world.slack.api_url,
            session=world.client.session,
            retry_handlers=[],
        )
        client.calls, client.refused, client.cut = [], {}, set()
        root = (await client.chat_postMessage(channel=OPS, text="Tell me"))["ts"]
        client.calls.clear()
        waits: list[float] = []

        async def sleep(seconds: float) -> None:
            waits.append(seconds)
            world.time.pass_by(seconds + 0.001)  # a clock knows no less than a microsecond

        async def team() -> str:
            return str((await client.auth_test())["team_id"])

        pacing = Pacing(world.time, Rates(QUICK, QUICK, QUICK, QUICK), sleep)
        streams = Streams(client, Outbox(client, pacing), world.time, team, sleep)
        yield Stage(world, streams, Audience(OPS, root, ANA, "A tale"), client, waits)


async def pieces(*texts: str) -> AsyncIterator[str]:
    for one in texts:
        yield one


async def test_a_text_is_streamed_piece_by_piece_into_one_message(stage):
    ended = await stage.streams.tell(stage.audience, pieces("One, ", "two, ", "three."))

    assert ended is Ending.TOLD
    assert await stage.replies() == ["One, two, three."]
    assert stage.called() == [
        "chat.startStream",
        "chat.appendStream",
        "chat.appendStream",
        "chat.stopStream",
    ]
    sessions = [more for name, more in stage.client.calls if name == "agents.sessions.setStatus"]
    assert [(one["status"], one.get("title")) for one in sessions] == [
        ("processing", "A tale"),
        ("active", None),
    ]


async def test_a_stream_is_handed_over_to_edits_before_it_dies(stage):
    async def slowly() -> AsyncIterator[str]:
        for number in range(4):
            yield f"{number} "
            stage.world.time.pass_by(119)

    await stage.streams.tell(stage.audience, slowly())

    assert await stage.replies() == ["0 1 2 3"]
    assert stage.called() == [
        "chat.startStream",
        "chat.appendStream",
        "chat.appendStream",
        "chat.stopStream",
        "chat.update",
    ]


async def test_where_no_stream_is_taken_a_message_is_posted_and_edited(stage):
    stage.client.refused["chat.startStream"] = [{"ok": False, "error": "unknown_method"}]

    await stage.streams.tell(stage.audience, pieces("One, ", "two."))

    assert await stage.replies() == ["One, two."]
    assert stage.called() == ["chat.startStream", "chat.postMessage", "chat.update"]


@pytest.mark.parametrize("took_effect", [True, False])
async def test_what_was_said_stands_after_a_cut_and_the_rest_arrives_once(stage, took_effect):
    async def cut() -> AsyncIterator[str]:
        yield "One, "
        if took_effect:
            stage.client.cut = {"chat.appendStream", "chat.stopStream", "chat.update"}
        else:
            dead = {"ok": False, "error": "message_not_in_streaming_state"}
            stage.client.refused["chat.appendStream"] = [dead]
        yield "two, "
        yield "three."

    await stage.streams.tell(stage.audience, cut())

    assert await stage.replies() == ["One, two, three."]


async def test_stop_ends_it_and_what_was_said_stands(stage):
    async def told() -> AsyncIterator[str]:
        yield "One, "
        assert stage.streams.stop(Place(OPS, stage.audience.thread))
        yield "two."

    assert await stage.streams.tell(stage.audience, told()) is Ending.STOPPED
    assert await stage.replies() == ["One, "]
    assert not stage.streams.stop(Place(OPS, stage.audience.thread))


async def test_in_a_direct_message_stop_needs_no_thread(stage):
    root = (await stage.client.chat_postMessage(channel=DM_ANA, text="Tell me"))["ts"]

    async def told() -> AsyncIterator[str]:
        yield "One, "
        assert not stage.streams.stop(Place(OPS))
        assert stage.streams.stop(Place(DM_ANA))
        yield "two."

    audience = Audience(DM_ANA, root, ANA, "A tale")
    assert await stage.streams.tell(audience, told()) is Ending.STOPPED


async def test_a_stream_that_slack_stopped_for_somebody_is_left_alone(stage):
    async def told() -> AsyncIterator[str]:
        yield "One, "
        refused = {"ok": False, "error": "stopped_by_user"}
        stage.client.refused["chat.appendStream"] = [refused]
        yield "two."
        raise AssertionError("nobody listens any more")

    assert await stage.streams.tell(stage.audience, told()) is Ending.STOPPED
    assert await stage.replies() == ["One, "]
    assert "chat.update" not in stage.called()


async def test_a_long_text_goes_on_in_the_next_message(stage):
    await stage.streams.tell(stage.audience, pieces("a" * 10_000, "b" * 10_000, "c" * 25_000))

    told = await stage.replies()
    assert [len(one) for one in told] == [10_000, 10_000, 11_000, 11_000, 3_000]
    assert "".join(told) == "a" * 10_000 + "b" * 10_000 + "c" * 25_000


async def test_it_waits_as_long_as_slack_asks(stage):
    limited = {"ok": False, "error": "ratelimited"}
    stage.client.refused["chat.startStream"] = [limited]
    stage.client.refused["chat.appendStream"] = [limited, limited]

    await stage.streams.tell(stage.audience, pieces("One, ", "two."))

    assert await stage.replies() == ["One, two."]
    assert stage.waits
    assert "chat.postMessage" not in stage.called()


async def test_the_pace_of_slack_is_kept_without_being_told(stage):
    await stage.streams.tell(stage.audience, pieces(*("x" for _ in range(80))))

    assert await stage.replies() == ["x" * 80]
    assert sum(stage.waits) > 10  # 50 at once, then 90 a minute
