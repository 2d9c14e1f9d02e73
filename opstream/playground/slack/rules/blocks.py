"""What Slack accepts as blocks, and on which surface.

Source: Slack's reference of blocks, docs.slack.dev/reference/block-kit/blocks.
"""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from opstream.playground.slack.rules.charts import BLOCK_ID, DATA_TABLE, DATA_VISUALIZATION, TABLE
from opstream.playground.slack.rules.elements import (
    BUTTON,
    CONTEXT_ACTIONS,
    IMAGE,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
)
from opstream.playground.slack.rules.objects import IMAGE_SOURCE, SAYS_TYPE, any_text, plain_text
from opstream.playground.slack.rules.richtext import RICH_TEXT
from opstream.playground.slack.rules.schema import (
    Problem,
    Rule,
    anything,
    array,
    at_least_one,
    boolean,
    both,
    distinct,
    exactly_one,
    one_of,
    record,
    string,
    typed,
)
from opstream.playground.slack.wire import mapping

Surface: TypeAlias = Literal["message", "modal", "home"]


def block(required: dict[str, Rule], optional: dict[str, Rule] | None = None) -> Rule:
    """Accept a block with these fields."""
    return record({"type": SAYS_TYPE, **required}, {**BLOCK_ID, **(optional or {})})


UNIQUE_ACTIONS = distinct("action_id", "`action_id`")

SECTION = both(
    block(
        {},
        {
            "text": any_text(3000),
            "fields": array(any_text(2000), 10, minimum=1),
            "accessory": typed(IN_SECTION),
            "expand": boolean,
        },
    ),
    at_least_one("text", "fields"),
)

ACTIONS = block({"elements": both(array(typed(IN_ACTIONS), 25, minimum=1), UNIQUE_ACTIONS)})

CONTEXT = block(
    {
        "elements": array(
            typed(
                {
                    "image": IMAGE,
                    "plain_text": any_text(3000),
                    "mrkdwn": any_text(3000),
                }
            ),
            10,
            minimum=1,
        )
    }
)

INPUT = block(
    {"label": plain_text(2000), "element": typed(IN_INPUT)},
    {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
)

IMAGE_BLOCK = both(
    block({"alt_text": string(2000, minimum=1)}, {**IMAGE_SOURCE, "title": plain_text(2000)}),
    exactly_one("image_url", "slack_file"),
)

VIDEO = block(
    {
        "alt_text": string(2000),
        "title": plain_text(200),
        "thumbnail_url": string(3000),
        "video_url": string(3000),
    },
    {
        "author_name": string(50),
        "description": plain_text(200),
        "provider_icon_url": string(2000),
        "provider_name": string(50),
        "title_url": string(2000),
    },
)

SOURCE = record({"type": one_of("url"), "url": string(minimum=1), "text": string()})

TASK_FIELDS: dict[str, Rule] = {
    "details": typed({"rich_text": RICH_TEXT}),
    "output": typed({"rich_text": RICH_TEXT}),
    "sources": array(SOURCE),
}


def _task(*states: str) -> Rule:
    required = {
        "task_id": string(minimum=1),
        "title": string(minimum=1),
        "status": one_of(*states),
    }
    return block(required, TASK_FIELDS)


# Only inside a plan may a task be waiting.
TASK_CARD = _task("in_progress", "complete", "error")
PLAN_TASK = typed({"task_card": _task("pending", "in_progress", "complete", "error")})
PLAN = block(
    {
        "title": string(minimum=1),
        "tasks": both(array(PLAN_TASK, 50), distinct("task_id", "`task_id`")),
    }
)

CARD = both(
    block(
        {},
        {
            "hero_image": IMAGE,
            "icon": IMAGE,
            "slack_icon": anything,
            "title": any_text(150),
            "subtitle": any_text(150),
            "body": any_text(200),
            "subtext": any_text(200),
            "actions": both(array(typed({"button": BUTTON}), 3), UNIQUE_ACTIONS),
        },
    ),
    at_least_one("hero_image", "title", "actions", "body"),
)

ALERT = block(
    {"text": any_text(200)}, {"level": one_of("default", "info", "warning", "error", "success")}
)

PLAIN: dict[str, Rule] = {
    "section": SECTION,
    "actions": ACTIONS,
    "context": CONTEXT,
    "divider": block({}),
    "header": block({"text": plain_text(150)}, {"level": anything}),
    "image": IMAGE_BLOCK,
    "input": INPUT,
    "rich_text": RICH_TEXT,
    "video": VIDEO,
    "card": CARD,
}
WIDE: dict[str, Rule] = {
    "carousel": block({"elements": array(typed({"card": CARD}), 10, minimum=1)}),
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "table": TABLE,
}
MESSAGE_ONLY: dict[str, Rule] = {
    "context_actions": block(
        {"elements": both(array(typed(CONTEXT_ACTIONS), 5, minimum=1), UNIQUE_ACTIONS)}
    ),
    "file": block({"external_id": string(), "source": one_of("remote")}),
    "markdown": block({"text": string(12000, minimum=1)}),
    "plan": PLAN,
    "task_card": TASK_CARD,
}


def _divider_or_fold(value: object, pointer: str) -> Iterator[Problem]:
    if mapping(value).get("is_collapsible") and mapping(value).get("has_header_divider"):
        yield Problem("not allowed when is_collapsible is true", f"{pointer}/has_header_divider")


def _container(inside: dict[str, Rule]) -> Rule:
    fields = {
        "title": plain_text(150),
        "rich_text_title": typed({"rich_text": RICH_TEXT}),
        "subtitle": any_text(150),
        "width": one_of("narrow", "standard", "wide", "full"),
        "icon": IMAGE,
        "is_collapsible": boolean,
        "default_collapsed": boolean,
        "has_header_divider": boolean,
    }
    children: dict[str, Rule] = {"child_blocks": array(typed(inside), 10, minimum=1)}
    return both(block(children, fields), at_least_one("title", "rich_text_title"), _divider_or_fold)


_IN_MESSAGES = {**PLAIN, **WIDE, **MESSAGE_ONLY}
_IN_HOME = {**PLAIN, **WIDE}

BLOCKS: dict[Surface, dict[str, Rule]] = {
    "message": {**_IN_MESSAGES, "container": _container(_IN_MESSAGES)},
    "modal": {**PLAIN, "alert": ALERT},
    "home": {**_IN_HOME, "container": _container(_IN_HOME)},
}
"""What may stand on each surface, by block type."""
