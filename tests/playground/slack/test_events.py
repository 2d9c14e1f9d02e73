"""Which events the app hears of what people do."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from opstream.playground.slack.server import Playground
from tests.playground.slack.harness import (
    ANA,
    APP,
    DM_ANA,
    OPS,
    RANDOM,
    Page,
    bolt,
    client,
    connected,
    manifest_with,
    page,
    running,
    until,
)


class Ear:
    """A Bolt app that notes every event."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    @property
    def events(self) -> list[dict[str, Any]]:
        return [body["event"] for body in self.bodies]

    @property
    def kinds(self) -> list[str]:
        return sorted(f"{one['type']}.{one.get('channel_type', '')}" for one in self.events)


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def playground(tmp_path: Path, ear: Ear) -> AsyncIterator[Playground]:
    path = manifest_with(tmp_path, scopes=("reactions:read",), events=["reaction_added"])
    async with running(tmp_path / "state", manifest=path) as one:
        app = bolt(one)

        @app.event("message")
        @app.event("app_mention")
        @app.event("app_home_opened")
        @app.event("reaction_added")
        async def note(body: dict[str, Any]) -> None:
            ear.bodies.append(body)

        async with connected(app, one):
            yield one


@pytest.fixture
async def ana(playground: Playground) -> AsyncIterator[Page]:
    async with page(playground) as tab:
        yield tab


async def test_message_in_a_channel_of_the_app(playground: Playground, ear: Ear, ana: Page) -> None:
    reply = await ana.wish("post", channel=OPS, text="Is #ops <quiet>?")
    await until(lambda: bool(ear.bodies))

    (event,) = ear.events
    (body,) = ear.bodies
    assert event["text"] == f"Is <#{OPS}|ops> &lt;quiet&gt;?"
    assert (event["user"], event["ts"], event["channel"]) == (ANA, reply["ts"], OPS)
    assert (event["type"], event["channel_type"], event["team"]) == (
        "message",
        "channel",
        "T0PLAYGRND",
    )
    assert body["type"] == "event_callback"
    assert body["event_id"].startswith("Ev")
    assert body["authorizations"][0]["user_id"] == APP


async def test_mention_comes_as_mention_and_as_message(
    playground: Playground, ear: Ear, ana: Page
) -> None:
    await ana.wish("post", channel=OPS, text="@opstream help")
    await until(lambda: len(ear.bodies) == 2)

    assert ear.kinds == ["app_mention.", "message.channel"]
    assert {one["text"] for one in ear.events} == {f"<@{APP}> help"}
    assert len({body["event_id"] for body in ear.bodies}) == 2


async def test_direct_message(playground: Playground, ear: Ear, ana: Page) -> None:
    await ana.wish("post", channel=DM_ANA, text="help")
    await until(lambda: bool(ear.bodies))

    assert ear.kinds == ["message.im"]


async def test_reply_carries_its_thread(playground: Playground, ear: Ear, ana: Page) -> None:
    root = await client(playground).chat_postMessage(channel=OPS, text="A run")
    await ana.wish("post", channel=OPS, thread_ts=root["ts"], text="why?")
    await until(lambda: bool(ear.bodies))

    (event,) = ear.events
    assert event["thread_ts"] == root["ts"]
    assert event["parent_user_id"] == APP


async def test_nothing_is_heard_where_the_app_is_not(
    playground: Playground, ear: Ear, ana: Page
) -> None:
    await ana.wish("post", channel=RANDOM, text="@opstream hello")
    await ana.wish("post", channel=OPS, text="heard")
    await until(lambda: bool(ear.bodies))

    assert [one["text"] for one in ear.events] == ["heard"]


async def test_home_and_reactions(playground: Playground, ear: Ear, ana: Page) -> None:
    posted = await ana.wish("post", channel=OPS, text="x")
    await ana.wish("open_home")
    await ana.wish("react", channel=OPS, ts=posted["ts"], name="eyes")
    await until(lambda: len(ear.bodies) == 3)

    events = {one["type"]: one for one in ear.events}
    assert events["app_home_opened"]["tab"] == "home"
    assert events["app_home_opened"]["channel"] == DM_ANA
    assert events["reaction_added"]["item"] == {
        "type": "message",
        "channel": OPS,
        "ts": posted["ts"],
    }


async def test_app_is_told_of_its_own_messages_and_edits_too(tmp_path: Path, ear: Ear) -> None:
    async with running(tmp_path) as playground:
        web = client(playground)
        app = AsyncApp(client=web, ignoring_self_events_enabled=False)

        @app.event({"type": "message", "subtype": None})
        @app.event({"type": "message", "subtype": "message_changed"})
        async def note(body: dict[str, Any]) -> None:
            ear.bodies.append(body)

        async with connected(app, playground):
            posted = await web.chat_postMessage(channel=OPS, text="one")
            await until(lambda: len(ear.bodies) == 1)
            await web.chat_update(channel=OPS, ts=posted["ts"], text="two")
            await until(lambda: len(ear.bodies) == 2)

    new, changed = ear.events
    assert (new["bot_id"], new["app_id"]) == ("B0OPSTREAM", "A0OPSTREAM")
    assert (changed["subtype"], changed["hidden"]) == ("message_changed", True)
    assert changed["message"]["text"] == "two"
    assert changed["previous_message"]["text"] == "one"


async def test_app_hears_only_what_its_manifest_subscribes_to(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(
        '{"display_information": {"name": "Deaf"}, "settings": {"socket_mode_enabled": true},'
        ' "oauth_config": {"scopes": {"bot": ["chat:write"]}}}'
    )
    async with (
        running(tmp_path / "state", manifest=path) as playground,
        page(playground) as ana,
    ):
        await ana.wish("post", channel=OPS, text="@deaf hello")

        assert playground.pending_events == 0
