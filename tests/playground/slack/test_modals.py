"""Forms: opened by a real Bolt app, filled by people."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from opstream.playground.slack.server import Playground
from tests.playground.slack.forms import WHY, form, opens
from tests.playground.slack.harness import (
    ANA,
    OPS,
    bolt,
    connected,
    page,
    plain,
    running,
    until,
)


@pytest.fixture
async def playground(tmp_path: Path) -> AsyncIterator[Playground]:
    async with running(tmp_path) as one:
        yield one


async def test_form_opens_is_filled_and_closes(playground: Playground) -> None:
    seen: list[dict[str, Any]] = []
    app = bolt(playground)
    opens(app, form(private_metadata="run 7"))

    @app.view("form")
    async def submitted(ack: Any, view: dict[str, Any], body: dict[str, Any]) -> None:
        seen.append(body)
        await ack()

    async with connected(app, playground), page(playground) as ana:
        await ana.wish("command", channel=OPS, text="/opstream start")
        opened = (await ana.wait_for("view_opened"))["view"]
        await ana.wish("view_submit", view_id=opened["id"], values=WHY)
        closed = await ana.wait_for("view_closed")

    view = seen[0]["view"]
    assert closed["view_id"] == opened["id"]
    assert view["state"]["values"] == WHY
    assert view["private_metadata"] == "run 7"
    assert view["callback_id"] == "form"
    assert view["root_view_id"] == view["id"]
    assert seen[0]["user"]["id"] == ANA


async def test_field_left_empty_is_asked_for_before_the_app_hears_of_it(
    playground: Playground,
) -> None:
    app = bolt(playground)
    opens(app, form())

    async with connected(app, playground), page(playground) as ana:
        await ana.wish("command", channel=OPS, text="/opstream start")
        opened = (await ana.wait_for("view_opened"))["view"]
        reply = await ana.wish("view_submit", view_id=opened["id"], values={})
        errors = await ana.wait_for("view_errors")

    assert reply["ok"] is False
    assert errors["errors"] == {"why": "Please complete this required field."}


async def test_app_answers_with_errors_then_update_then_push_then_clear(
    playground: Playground,
) -> None:
    answers: list[dict[str, Any]] = [
        {"response_action": "errors", "errors": {"why": "Say more."}},
        {"response_action": "update", "view": form("form", title=plain("Again"))},
        {"response_action": "push", "view": form("form", title=plain("On top"))},
        {"response_action": "clear"},
    ]
    app = bolt(playground)
    opens(app, form())

    @app.view("form")
    async def submitted(ack: Any) -> None:
        await ack(**answers.pop(0))

    async with connected(app, playground), page(playground) as ana:
        await ana.wish("command", channel=OPS, text="/opstream start")
        opened = (await ana.wait_for("view_opened"))["view"]
        await ana.wish("view_submit", view_id=opened["id"], values=WHY)
        errors = await ana.wait_for("view_errors")
        await ana.wish("view_submit", view_id=opened["id"], values=WHY)
        updated = (await ana.wait_for("view_updated"))["view"]
        await ana.wish("view_submit", view_id=opened["id"], values=WHY)
        pushed = (await ana.wait_for("view_opened"))["view"]
        await ana.wish("view_submit", view_id=pushed["id"], values=WHY)
        closed = [(await ana.wait_for("view_closed"))["view_id"] for _ in range(2)]

    assert errors["errors"] == {"why": "Say more."}
    assert updated["title"]["text"] == "Again"
    assert updated["state"]["values"] == WHY
    assert (pushed["previous_view_id"], pushed["root_view_id"]) == (opened["id"], opened["id"])
    assert closed == [pushed["id"], opened["id"]]


async def test_form_that_is_not_acknowledged_stays_and_says_so(tmp_path: Path) -> None:
    async with running(tmp_path, ack_seconds=0.1) as playground:
        app = bolt(playground)
        opens(app, form())
        async with connected(app, playground), page(playground) as ana:
            await ana.wish("command", channel=OPS, text="/opstream start")
            opened = (await ana.wait_for("view_opened"))["view"]
            await ana.wish("view_submit", view_id=opened["id"], values=WHY)
            failed = await ana.wait_for("failed")
        async with page(playground) as again:
            still_open = again.snapshot["views"]

    assert failed["what"] == "view_submission"
    assert "operation_timeout" in failed["text"]
    assert [view["id"] for view in still_open] == [opened["id"]]
    assert still_open[0]["state"]["values"] == WHY


async def test_app_hears_of_a_closed_form_only_if_it_wants_to(playground: Playground) -> None:
    seen: list[str] = []
    app = bolt(playground)
    opens(app, form("told", notify_on_close=True))

    @app.view_closed("told")
    async def closed(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        seen.append(body["type"])

    async with connected(app, playground), page(playground) as ana:
        await ana.wish("command", channel=OPS, text="/opstream start")
        opened = (await ana.wait_for("view_opened"))["view"]
        await ana.wish("view_close", view_id=opened["id"])
        await until(lambda: bool(seen))

    assert seen == ["view_closed"]
