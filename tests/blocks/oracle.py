"""Whether Slack would take a message: two descriptions of its limits, neither of them ours."""

from collections.abc import Mapping
from typing import Any

import slackblocks as sb

from blocks.kit import Message
from opstream.playground.slack import limits


def plain(value: Any) -> Any:
    """Return blocks as JSON would have them, lists and dicts all the way down."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


def accepts(message: Message) -> None:
    """Fail unless both take a message."""
    blocks = plain(message.blocks)
    limits.check_text(message.text, limits.UPDATE_TEXT)
    limits.check_message_blocks(blocks)
    assert message.text.strip()
    for block in blocks:
        _REBUILD.get(block["type"], lambda block: None)(block)


def accepts_view(view: Mapping[str, Any]) -> None:
    """Fail unless a form or Home is taken."""
    found = plain(view)
    limits.check_view(found, home=view["type"] == "home")
    for block in found["blocks"]:
        _REBUILD.get(block["type"], lambda block: None)(block)


def _text(text: dict[str, Any]) -> sb.Text:
    kind = sb.PlainText if text["type"] == "plain_text" else sb.Markdown
    return kind(text["text"])


def _button(one: dict[str, Any]) -> sb.Button:
    ask = one.get("confirm")
    return sb.Button(
        text=one["text"]["text"],
        action_id=one["action_id"],
        value=one["value"],
        style=one.get("style"),
        accessibility_label=one.get("accessibility_label"),
        confirm=sb.Confirm(*(_text(ask[name]) for name in ("title", "text", "confirm", "deny")))
        if ask
        else None,
    )


def _section(block: dict[str, Any]) -> sb.SectionBlock:
    return sb.SectionBlock(
        text=_text(block["text"]) if "text" in block else None,
        fields=[_text(one) for one in block.get("fields", [])] or None,
        accessory=_button(block["accessory"]) if "accessory" in block else None,
    )


def _plan(block: dict[str, Any]) -> sb.PlanBlock:
    tasks = [
        sb.TaskCardBlock(task_id=one["task_id"], title=one["title"], status=one["status"])
        for one in block["tasks"]
    ]
    return sb.PlanBlock(title=block["title"], tasks=tasks)


def _chart(block: dict[str, Any]) -> sb.DataVisualizationBlock:
    chart = block["chart"]
    if chart["type"] == "pie":
        parts = [sb.ChartSegment(one["label"], one["value"]) for one in chart["segments"]]
        return sb.DataVisualizationBlock(block["title"], sb.PieChart(parts))
    series = [
        sb.DataSeries(one["name"], [sb.DataPoint(p["label"], p["value"]) for p in one["data"]])
        for one in chart["series"]
    ]
    kind = {"line": sb.LineChart, "bar": sb.BarChart, "area": sb.AreaChart}[chart["type"]]
    return sb.DataVisualizationBlock(
        block["title"], kind(series, sb.AxisConfig(**chart["axis_config"]))
    )


def _cell(cell: dict[str, Any]) -> sb.RawText | sb.RawNumber:
    if cell["type"] == "raw_number":
        return sb.RawNumber(cell["value"], cell["text"])
    return sb.RawText(cell["text"])


def _cells(block: dict[str, Any]) -> list[list[sb.RawText | sb.RawNumber]]:
    return [[_cell(one) for one in row] for row in block["rows"]]


_REBUILD = {
    "header": lambda block: sb.HeaderBlock(block["text"]["text"]),
    "section": _section,
    "context": lambda block: sb.ContextBlock([_text(one) for one in block["elements"]]),
    "actions": lambda block: sb.ActionsBlock([_button(one) for one in block["elements"]]),
    "plan": _plan,
    "data_visualization": _chart,
    "table": lambda block: sb.TableBlock(rows=_cells(block)),
    "data_table": lambda block: sb.DataTableBlock(
        _cells(block), block["caption"], block["page_size"]
    ),
    "divider": lambda block: sb.DividerBlock(),
    "image": lambda block: sb.ImageBlock(**{k: v for k, v in block.items() if k != "type"}),
}
