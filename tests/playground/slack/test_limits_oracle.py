"""The rules against two independent descriptions of Block Kit: slack_sdk's models and slackblocks' limits."""

from typing import Any

import pytest
import slackblocks
from slack_sdk.models import blocks as sdk

from opstream.playground.slack import limits
from opstream.playground.slack.errors import SlackError

OPTION = sdk.Option(text="One", value="1")
CONFIRM = sdk.ConfirmObject(title="Sure?", text="Really?", confirm="Yes", deny="No")
RICH = sdk.RichTextBlock(
    elements=[
        sdk.RichTextSectionElement(elements=[sdk.RichTextElementParts.Text(text="Hi")]),
        sdk.RichTextListElement(style="bullet", elements=[sdk.RichTextSectionElement(elements=[])]),
        sdk.RichTextPreformattedElement(elements=[sdk.RichTextElementParts.Text(text="x = 1")]),
        sdk.RichTextQuoteElement(elements=[sdk.RichTextElementParts.User(user_id="U1")]),
    ]
)
IMAGE = sdk.ImageElement(image_url="https://example.com/a.png", alt_text="A graph")
URL_SOURCE = sdk.UrlSourceElement(url="https://example.com", text="Source")

BY_SDK: list[sdk.Block] = [
    sdk.SectionBlock(
        text="Hi", fields=["a", "b"], accessory=sdk.OverflowMenuElement(options=[OPTION])
    ),
    sdk.ActionsBlock(
        elements=[
            sdk.ButtonElement(
                text="Go", action_id="a", value="1", style="primary", confirm=CONFIRM
            ),
            sdk.StaticSelectElement(action_id="b", placeholder="Pick", options=[OPTION]),
            sdk.UserSelectElement(action_id="c", placeholder="Who", initial_user="U1"),
            sdk.DatePickerElement(action_id="d", initial_date="2026-01-02"),
            sdk.TimePickerElement(action_id="e", initial_time="12:30"),
            sdk.DateTimePickerElement(action_id="f", initial_date_time=1_760_000_000),
            sdk.CheckboxesElement(action_id="g", options=[OPTION], initial_options=[OPTION]),
            sdk.RadioButtonsElement(action_id="h", options=[OPTION]),
            sdk.ChannelSelectElement(action_id="i", placeholder="Where"),
            sdk.ConversationSelectElement(action_id="j", default_to_current_conversation=True),
        ]
    ),
    sdk.ContextBlock(elements=[sdk.MarkdownTextObject(text="*by* Ana"), IMAGE]),
    sdk.HeaderBlock(text="Profiling"),
    sdk.DividerBlock(),
    sdk.ImageBlock(image_url="https://example.com/a.png", alt_text="A graph", title="A graph"),
    sdk.MarkdownBlock(text="**bold**"),
    RICH,
    sdk.InputBlock(label="Why", element=sdk.PlainTextInputElement(action_id="w", multiline=True)),
    sdk.InputBlock(
        label="Who", element=sdk.UserMultiSelectElement(action_id="v", max_selected_items=2)
    ),
    sdk.InputBlock(
        label="How many", element=sdk.NumberInputElement(action_id="n", is_decimal_allowed=False)
    ),
    sdk.TableBlock(rows=[[{"type": "raw_text", "text": "a"}, {"type": "raw_number", "value": 1}]]),
    sdk.PlanBlock(
        title="Plan",
        tasks=[
            sdk.TaskCardBlock(
                task_id="1", title="Look", status="pending", details=RICH, sources=[URL_SOURCE]
            )
        ],
    ),
    sdk.TaskCardBlock(task_id="1", title="Look", status="in_progress", output=RICH),
    sdk.CardBlock(
        title="Fix", body="Raise the pool", actions=[sdk.ButtonElement(text="Go", action_id="x")]
    ),
    sdk.CarouselBlock(elements=[sdk.CardBlock(title="One")]),
    sdk.ContainerBlock(title="More", child_blocks=[sdk.DividerBlock()], is_collapsible=True),
    sdk.ContextActionsBlock(
        elements=[
            sdk.FeedbackButtonsElement(
                action_id="f",
                positive_button=sdk.FeedbackButtonObject(text="Good", value="+"),
                negative_button=sdk.FeedbackButtonObject(text="Bad", value="-"),
            )
        ]
    ),
]


@pytest.mark.parametrize("block", BY_SDK, ids=[f"{n}-{one.type}" for n, one in enumerate(BY_SDK)])
def test_what_slack_sdk_builds_is_taken(block: sdk.Block) -> None:
    limits.check_message_blocks([block.to_dict()])


def outcome(blocks: list[dict[str, Any]]) -> str:
    try:
        limits.check_message_blocks(blocks)
    except SlackError as refused:
        return refused.code
    return "taken"


def test_slackblocks_draws_the_same_line_for_charts() -> None:
    points = [slackblocks.DataPoint(label=f"p{n}", value=n) for n in range(20)]
    series = [slackblocks.DataSeries(name=f"s{n}", data=points) for n in range(12)]
    axes = slackblocks.AxisConfig(categories=[point.label for point in points], x_label="minute")
    chart = slackblocks.DataVisualizationBlock("p99", slackblocks.LineChart(series, axes))
    built = chart._resolve()

    assert outcome([built]) == "taken"
    built["chart"]["series"][0]["data"][0]["label"] = "elsewhere"
    assert outcome([built]) == "invalid_blocks"
