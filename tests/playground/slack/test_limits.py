"""What Slack refuses of messages, each with the place it names."""

from typing import Any

import pytest

from opstream.playground.slack import limits
from opstream.playground.slack.errors import SlackError
from tests.playground.slack.blocks import (
    actions,
    button,
    chart,
    confirm,
    mrkdwn,
    pie,
    plan,
    section,
    select,
    table,
    task,
)
from tests.playground.slack.harness import plain

REFUSED: list[tuple[str, list[dict[str, Any]], str]] = [
    (
        "51 blocks",
        [{"type": "divider"}] * 51,
        "no more than 50 items allowed [json-pointer:/blocks]",
    ),
    (
        "section text",
        [section("x" * 3001)],
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        "empty text",
        [section("")],
        "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        "11 fields",
        [{"type": "section", "fields": [mrkdwn("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    (
        "field text",
        [{"type": "section", "fields": [mrkdwn("x" * 2001)]}],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    (
        "section of nothing",
        [{"type": "section"}],
        "must define either `text` or `fields` [json-pointer:/blocks/0]",
    ),
    (
        "header",
        [{"type": "header", "text": plain("x" * 151)}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        "header in mrkdwn",
        [{"type": "header", "text": mrkdwn("x")}],
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    (
        "26 actions",
        [actions(*(button(n) for n in range(26)))],
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        "the same action twice",
        [actions(button(1), button(1))],
        "`action_id` `b1` already exists [json-pointer:/blocks/0/elements/1/action_id]",
    ),
    (
        "the same block twice",
        [section(block_id="one"), section(block_id="one")],
        "`block_id` `one` already exists [json-pointer:/blocks/1/block_id]",
    ),
    (
        "long block id",
        [section(block_id="x" * 256)],
        "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
    ),
    (
        "button text",
        [actions(button(text=plain("x" * 76)))],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        "button value",
        [actions(button(value="x" * 2001))],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        "button style",
        [actions(button(style="loud"))],
        "value must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    (
        "confirm title",
        [actions(button(confirm=confirm(title=plain("x" * 101))))],
        "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
    ),
    (
        "confirm text",
        [actions(button(confirm=confirm(text=plain("x" * 301))))],
        "must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]",
    ),
    (
        "confirm button",
        [actions(button(confirm=confirm(deny=plain("x" * 31))))],
        "must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/deny/text]",
    ),
    (
        "101 options",
        [section(accessory=select(101))],
        "no more than 100 items allowed [json-pointer:/blocks/0/accessory/options]",
    ),
    (
        "no options",
        [section(accessory={"type": "static_select", "action_id": "s"})],
        "must provide exactly one of: options, option_groups [json-pointer:/blocks/0/accessory]",
    ),
    (
        "option value",
        [section(accessory=select(1, options=[{"text": plain("a"), "value": "x" * 151}]))],
        "must be less than 151 characters [json-pointer:/blocks/0/accessory/options/0/value]",
    ),
    (
        "11 context elements",
        [{"type": "context", "elements": [mrkdwn("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        "image without words",
        [{"type": "image", "image_url": "https://example.com/a.png"}],
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    (
        "markdown",
        [{"type": "markdown", "text": "x" * 12_001}],
        "must be less than 12001 characters [json-pointer:/blocks/0/text]",
    ),
    (
        "markdown of several blocks",
        [{"type": "markdown", "text": "x" * 7000}] * 2,
        "markdown blocks must be less than 12001 characters [json-pointer:/blocks]",
    ),
    (
        "51 tasks",
        [plan(*(task(n) for n in range(51)))],
        "no more than 50 items allowed [json-pointer:/blocks/0/tasks]",
    ),
    (
        "the same task twice",
        [plan(task(1), task(1))],
        "`task_id` `t1` already exists [json-pointer:/blocks/0/tasks/1/task_id]",
    ),
    (
        "a task that waits alone",
        [task(1, "pending")],
        "value must be one of: in_progress, complete, error [json-pointer:/blocks/0/status]",
    ),
    (
        "101 rows",
        [table(101)],
        "no more than 100 items allowed [json-pointer:/blocks/0/rows]",
    ),
    (
        "21 columns",
        [table(1, columns=21)],
        "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]",
    ),
    (
        "two tables",
        [table(1), table(1)],
        "no more than 1 table blocks allowed [json-pointer:/blocks/1]",
    ),
    (
        "data table of 202 rows",
        [table(202, kind="data_table", caption="Steps")],
        "no more than 201 items allowed [json-pointer:/blocks/0/rows]",
    ),
    (
        "data table without rows",
        [table(1, kind="data_table", caption="Steps")],
        "no fewer than 2 items allowed [json-pointer:/blocks/0/rows]",
    ),
    (
        "13 segments",
        [pie(13)],
        "no more than 12 items allowed [json-pointer:/blocks/0/chart/segments]",
    ),
    (
        "13 series",
        [chart(series=13)],
        "no more than 12 items allowed [json-pointer:/blocks/0/chart/series]",
    ),
    (
        "21 points",
        [chart(points=21)],
        "no more than 20 items allowed [json-pointer:/blocks/0/chart/axis_config/categories]",
    ),
    (
        "chart title",
        [chart(title="x" * 51)],
        "must be less than 51 characters [json-pointer:/blocks/0/title]",
    ),
    (
        "three charts",
        [chart(), chart(), chart()],
        "no more than 2 data_visualization blocks allowed [json-pointer:/blocks/2]",
    ),
    (
        "card body",
        [{"type": "card", "body": mrkdwn("x" * 201)}],
        "must be less than 201 characters [json-pointer:/blocks/0/body/text]",
    ),
    (
        "4 card buttons",
        [{"type": "card", "actions": [button(n) for n in range(4)]}],
        "no more than 3 items allowed [json-pointer:/blocks/0/actions]",
    ),
    (
        "alert in a message",
        [{"type": "alert", "text": plain("Careful")}],
        "unsupported type: alert [json-pointer:/blocks/0/type]",
    ),
    (
        "unknown block",
        [{"type": "sekshun"}],
        "unsupported type: sekshun [json-pointer:/blocks/0/type]",
    ),
    (
        "unknown element",
        [actions({"type": "lever"})],
        "unsupported type: lever [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        "unknown field",
        [section(colour="red")],
        "invalid additional property: colour [json-pointer:/blocks/0]",
    ),
    (
        "block without type",
        [{"text": "x"}],
        "missing required field: type [json-pointer:/blocks/0]",
    ),
    (
        "inside a container",
        [{"type": "container", "title": plain("More"), "child_blocks": [section("x" * 3001)]}],
        "must be less than 3001 characters [json-pointer:/blocks/0/child_blocks/0/text/text]",
    ),
]


@pytest.mark.parametrize(
    ("blocks", "sentence"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_refused_blocks_are_named_by_their_place(
    blocks: list[dict[str, Any]], sentence: str
) -> None:
    with pytest.raises(SlackError) as refused:
        limits.check_message_blocks(blocks)

    answer = refused.value.answer()
    assert answer["error"] == "invalid_blocks"
    assert sentence in answer["errors"]
    assert f"[ERROR] {sentence}" in answer["response_metadata"]["messages"]


ACCEPTED: list[list[dict[str, Any]]] = [
    [section("x" * 3000, fields=[mrkdwn("x" * 100)] * 10, accessory=button(confirm=confirm()))],
    [actions(*(button(n) for n in range(25)))],
    [section(accessory=select(100))],
    [plan(*(task(n, "pending") for n in range(50)))],
    [table(100, columns=20)],
    [table(201, kind="data_table", caption="Steps")],
    [pie(12), chart(series=12, points=20)],
    [{"type": "card", "title": mrkdwn("Plan"), "actions": [button(n) for n in range(3)]}],
    [{"type": "divider"}] * 50,
]


@pytest.mark.parametrize("blocks", ACCEPTED)
def test_blocks_at_their_limits_are_taken(blocks: list[dict[str, Any]]) -> None:
    limits.check_message_blocks(blocks)


def test_too_many_characters_over_all_blocks_are_refused() -> None:
    with pytest.raises(SlackError) as refused:
        limits.check_message_blocks([section("x" * 2700)] * 5)

    assert refused.value.code == "msg_blocks_too_long"
