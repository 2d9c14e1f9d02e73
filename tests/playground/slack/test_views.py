"""What `views.*` grants and refuses."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from opstream.playground.slack.server import Playground
from tests.playground.slack.forms import form, opens
from tests.playground.slack.harness import (
    ANA,
    BO,
    OPS,
    Clock,
    bolt,
    client,
    connected,
    error,
    page,
    plain,
    running,
    until,
)


@pytest.fixture
async def playground(tmp_path: Path) -> AsyncIterator[Playground]:
    async with running(tmp_path) as one:
        yield one


async def trigger(playground: Playground, app: Any) -> str:
    found: list[str] = []

    @app.command("/profile")
    async def profile(ack: Any, command: dict[str, Any]) -> None:
        await ack()
        found.append(command["trigger_id"])

    async with connected(app, playground), page(playground) as ana:
        await ana.wish("command", channel=OPS, text="/profile")
        await until(lambda: bool(found))
    return found[0]


async def test_trigger_is_good_once(playground: Playground) -> None:
    web = client(playground)
    trigger_id = await trigger(playground, bolt(playground))

    await web.views_open(trigger_id=trigger_id, view=form())

    again = await error(web.views_open(trigger_id=trigger_id, view=form()))
    unknown = await error(web.views_open(trigger_id="1.2.abc", view=form()))
    assert (again, unknown) == ("exchanged_trigger_id", "invalid_trigger_id")


async def test_trigger_is_good_for_three_seconds(tmp_path: Path) -> None:
    clock = Clock()
    async with running(tmp_path, clock=clock) as playground:
        trigger_id = await trigger(playground, bolt(playground))
        clock.pass_seconds(3.1)

        late = await error(client(playground).views_open(trigger_id=trigger_id, view=form()))

    assert late == "expired_trigger_id"


async def test_refused_view_does_not_use_the_trigger_up(playground: Playground) -> None:
    web = client(playground)
    trigger_id = await trigger(playground, bolt(playground))

    refused = await error(web.views_open(trigger_id=trigger_id, view=form(title=plain("x" * 25))))
    opened = await web.views_open(trigger_id=trigger_id, view=form())

    assert refused == "invalid_arguments"
    assert opened["view"]["callback_id"] == "form"


async def test_no_more_than_three_views_are_stacked(playground: Playground) -> None:
    errors: list[str] = []
    more = {"type": "button", "action_id": "more", "text": plain("More")}
    deep = form() | {"blocks": [{"type": "actions", "block_id": "a", "elements": [more]}]}
    app = bolt(playground)
    opens(app, deep)

    @app.action("more")
    async def push(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        try:
            await client.views_push(trigger_id=body["trigger_id"], view=deep)
        except SlackApiError as refused:
            errors.append(refused.response["error"])

    async with connected(app, playground), page(playground) as ana:
        await ana.wish("command", channel=OPS, text="/opstream start")
        for _ in range(3):
            view = (await ana.wait_for("view_opened"))["view"]
            await ana.wish("press", view_id=view["id"], block_id="a", action_id="more")
        await until(lambda: bool(errors))

    assert errors == ["push_limit_reached"]


async def test_update_with_an_old_hash_is_refused(playground: Playground) -> None:
    web = client(playground)
    trigger_id = await trigger(playground, bolt(playground))
    opened = (await web.views_open(trigger_id=trigger_id, view=form()))["view"]
    second = form(title=plain("Second"))

    await web.views_update(view_id=opened["id"], hash=opened["hash"], view=second)

    stale = web.views_update(view_id=opened["id"], hash=opened["hash"], view=form())
    assert await error(stale) == "hash_conflict"
    assert await error(web.views_update(view_id="VNONE", view=form())) == "not_found"


async def test_home_is_published_for_one_person(playground: Playground) -> None:
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    async with page(playground) as ana, page(playground, BO) as bo:
        published = await client(playground).views_publish(user_id=ANA, view=home)
        shown = await ana.wait_for("home")
        await bo.wish("read", channel=OPS)

    assert shown["view"]["id"] == published["view"]["id"]
    assert not [frame for frame in bo.frames if frame["type"] == "home"]
