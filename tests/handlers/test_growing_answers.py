"""Answers that grow: streamed while that works, edited where it does not, one message whatever happens."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from handlers.growing import begun
from handlers.outbound import SlackMessenger
from opstream.domain.conversation import Place, Posting
from opstream.domain.operation import Progress
from opstream.domain.run import RunStatus, RunView
from tests.blocks.stories import RUN, started, view
from tests.handlers.world import OPS, Client, World, opened
from tests.handlers.world import begun as since

STEP = "answer[0].think"
WHOLE = "The pool ran dry at noon, and all orders waited."
EDITED = ["chat.startStream", "chat.stopStream", "chat.update"]


class Line(Client):
    """A client whose calls go wrong when a test says so."""

    refused: dict[str, str]
    cut: set[str]

    async def api_call(self, api_method: str, **more: Any) -> Any:
        if code := self.refused.pop(api_method, ""):
            self.calls.append((api_method, {}))
            raise SlackApiError("refused", {"ok": False, "error": code})
        answer = await super().api_call(api_method, **more)
        if api_method in self.cut:
            self.cut.discard(api_method)
            raise aiohttp.ServerDisconnectedError  # it took effect, and nobody heard
        return answer


@dataclass
class Stage:
    """A thread in which somebody asked."""

    world: World
    client: Line
    asked: str
    messenger: SlackMessenger
    view: RunView = field(init=False)

    def __post_init__(self) -> None:
        asking = since(view(started()), float(self.asked))
        run = replace(asking.run, place=Place(OPS, self.asked), steps={})
        self.view = replace(asking, run=run, workflow=replace(asking.workflow, conversation=True))

    async def says(self, text: str) -> None:
        """Let the model have said so much."""
        self.messenger.progress(RUN, STEP, Progress(0, said=text))
        await self.messenger.settled()

    async def goes_on(self, text: str) -> None:
        """Let it say more, after the rest between two changes of a message."""
        self.messenger.progress(RUN, STEP, Progress(0, said=text))
        await self.world.time.asleep(2)  # its status line sleeps, too
        self.world.time.pass_by(3)
        await self.messenger.settled()

    async def ends(self, text: str = WHOLE) -> None:
        run = replace(self.view.run, status=RunStatus.SUCCEEDED, version=99, result={"text": text})
        self.messenger.show(replace(self.view, run=run))
        await self.messenger.settled()

    async def replies(self) -> list[dict[str, Any]]:
        found = await self.client.conversations_replies(
            channel=OPS, ts=self.asked, include_all_metadata=True
        )
        return found["messages"][1:]

    def called(self) -> list[str]:
        told = ("Stream", "update", "postMessage")
        return [name for name, _ in self.client.calls if name.endswith(told)]


@pytest.fixture
async def stage(tmp_path) -> AsyncIterator[Stage]:
    async with opened(tmp_path) as world:
        client = Line(
            token="xoxb-playground",
            base_url=world.slack.api_url,
            session=world.client.session,
            retry_handlers=[],
        )
        client.calls, client.refused, client.cut = [], {}, set()
        asked = (await client.chat_postMessage(channel=OPS, text="Why?"))["ts"]
        client.calls.clear()
        world.client = client
        made = Stage(world, client, asked, world.messenger())
        made.messenger.show(made.view)
        await made.messenger.settled()
        yield made


def _text(message: dict[str, Any]) -> str:
    return message["blocks"][0]["text"]


async def test_an_answer_is_streamed_and_ends_with_its_buttons_unedited(stage):
    await stage.says("The pool ran")
    await stage.goes_on("The pool ran dry at noo")
    await stage.ends()

    (answer,) = await stage.replies()
    assert _text(answer) == WHOLE
    assert "answer_rated" in str(answer["blocks"])
    assert "edited" not in answer
    assert answer["metadata"]["event_payload"]["key"] == f"{RUN}/answer/0"
    said = [more["markdown_text"] for name, more in stage.client.calls if name.endswith("Stream")]
    assert said == ["The pool", " ran dry at", " noon, and all orders waited."]


async def test_a_text_that_began_anew_is_edited_from_then_on(stage):
    await stage.says("Let me look at the ")
    await stage.goes_on("The pool ran dry ")
    await stage.ends()

    (answer,) = await stage.replies()
    assert _text(answer) == WHOLE
    assert stage.called() == [*EDITED, "chat.update"]


async def test_a_stream_is_handed_over_to_edits_before_it_dies(stage):
    await stage.says("The pool ")
    stage.world.time.pass_by(240)
    await stage.says("The pool ran ")
    await stage.ends()

    assert [_text(one) for one in await stage.replies()] == [WHOLE]
    assert stage.called() == [*EDITED, "chat.update"]


async def test_where_no_stream_is_taken_the_answer_is_posted_and_edited(stage):
    stage.client.refused["chat.startStream"] = "channel_type_not_supported"
    await stage.says("The pool ")
    await stage.ends()

    assert [_text(one) for one in await stage.replies()] == [WHOLE]
    assert stage.called() == ["chat.startStream", "chat.postMessage", "chat.update"]


@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream"])
@pytest.mark.parametrize("took_effect", [True, False])
async def test_what_a_cut_left_open_is_set_right_by_an_edit(stage, method, took_effect):
    if took_effect:
        stage.client.cut.add(method)
    else:
        stage.client.refused[method] = "message_not_in_streaming_state"
    await stage.says("The pool ")
    await stage.goes_on("The pool ran dry ")
    await stage.ends()

    (answer,) = await stage.replies()
    assert _text(answer) == WHOLE
    assert "answer_rated" in str(answer["blocks"])


async def test_a_begin_that_took_effect_unheard_is_found_and_not_said_twice(stage):
    await stage.client.chat_postMessage(channel=OPS, text="Another word.", thread_ts=stage.asked)
    stage.client.cut.add("chat.startStream")
    stage.messenger.progress(RUN, STEP, Progress(0, said="The pool ran "))
    await stage.world.time.asleep(2)
    stage.world.time.pass_by(60)
    await stage.messenger.settled()
    await stage.ends()

    other, answer = await stage.replies()
    assert (other["text"], _text(answer)) == ("Another word.", WHOLE)


async def test_what_an_earlier_life_began_and_did_not_note_is_finished_where_it_stands(stage):
    place = Place(OPS, stage.asked)
    began = await stage.messenger._tools.native.begin(place, "U0ANA00001", "It was the")
    meant = Posting(f"{RUN}/answer/0", RUN, place, None, begun("It was the"))
    await stage.world.database.postings.save(meant)

    stage.messenger = stage.world.messenger()
    stage.messenger.show(stage.view)
    await stage.says("The pool ran ")
    await stage.ends()

    (answer,) = await stage.replies()
    assert (answer["ts"], _text(answer)) == (began, WHOLE)


async def test_after_stop_by_a_person_the_message_says_how_it_ended(stage):
    await stage.says("The pool ")
    stage.world.slack._hub.conversing.stop(OPS, stage.asked)
    run = replace(stage.view.run, status=RunStatus.CANCELLED, version=99)
    stage.messenger.show(replace(stage.view, run=run))
    await stage.messenger.settled()

    (answer,) = await stage.replies()
    assert "Stopped" in str(answer["blocks"])
