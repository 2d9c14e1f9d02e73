"""Every block and element the page draws."""

from typing import Any

Block = dict[str, Any]

DOT = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 40'%3E"
    "%3Crect width='40' height='40' fill='%230f766e'/%3E%3C/svg%3E"
)


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def image(alt_text: str = "A green square") -> Block:
    return {"type": "image", "image_url": DOT, "alt_text": alt_text}


def option(value: str, words: str | None = None) -> Block:
    return {
        "text": plain(value.title()),
        "value": value,
        **({"description": plain(words)} if words else {}),
    }


OPTIONS = [option("checkout", "Takes the orders"), option("payments"), option("inventory")]


def button(action_id: str, text: str, **more: Any) -> Block:
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": "run-7", **more}


def section(*elements: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(elements)}


def text(value: str, **style: bool) -> Block:
    return {"type": "text", "text": value, **({"style": style} if style else {})}


def rich(*parts: Block) -> Block:
    return {"type": "rich_text", "elements": list(parts)}


DENY = {
    "title": plain("Deny the fix?"),
    "text": mrkdwn("The run ends and *nothing* is changed."),
    "confirm": plain("Deny"),
    "deny": plain("Not yet"),
    "style": "danger",
}

BASIC = [
    {"type": "header", "text": plain("Checkout is slow :turtle:")},
    {
        "type": "section",
        "block_id": "facts",
        "text": mrkdwn(
            "*p95* is _four_ times ~lower~ higher: `840 ms`, see <https://example.org/t?a=1&amp;b=2|the trace>. "
            "Ask <@UBEN> or <!here>; since <!date^1763629200^{date_short} at {time}|long ago>."
        ),
        "fields": [mrkdwn("*Service*\ncheckout"), mrkdwn("*Owner*\n<@UMEI>")],
        "accessory": {
            "type": "overflow",
            "action_id": "more",
            "options": [option("details", "Findings and tables"), option("logs")],
        },
    },
    {"type": "context", "elements": [image("Signal"), mrkdwn("Run 7 · started by <@UANA>")]},
    {"type": "divider"},
    {"type": "image", **image(), "title": plain("Where the time goes")},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            button("approve", "Approve", style="primary"),
            button("deny", "Deny", style="danger", confirm=DENY),
            button("details", "Details"),
            {
                "type": "static_select",
                "action_id": "service",
                "placeholder": plain("Service"),
                "options": OPTIONS,
            },
            {"type": "users_select", "action_id": "owner", "placeholder": plain("Owner")},
            {"type": "datepicker", "action_id": "day", "initial_date": "2025-11-21"},
        ],
    },
]

RICH = rich(
    section(
        text("A "),
        text("bold", bold=True),
        text(" word for "),
        {"type": "user", "user_id": "UANA"},
        {"type": "emoji", "name": "tada"},
    ),
    {
        "type": "rich_text_list",
        "style": "ordered",
        "indent": 0,
        "elements": [section(text("look")), section(text("decide"))],
    },
    {"type": "rich_text_preformatted", "elements": [text("SELECT 1 < 2;")]},
    {"type": "rich_text_quote", "elements": [text("Slow is smooth.")]},
)

MARKDOWN = {
    "type": "markdown",
    "text": "## Findings\n\nThe **pool** is too small:\n\n- 20 connections\n  - all in use\n- [x] measured\n\n"
    "| Service | p95 |\n|---|--:|\n| checkout | `840 ms` |\n\n```sql\nSELECT 1;\n```\n\n> Seen [here](https://example.org).",
}

PLAN = {
    "type": "plan",
    "title": "Profile checkout",
    "tasks": [
        {
            "type": "task_card",
            "task_id": "t1",
            "title": "Read metrics",
            "status": "complete",
            "output": rich(section(text("12 series"))),
        },
        {
            "type": "task_card",
            "task_id": "t2",
            "title": "Read traces",
            "status": "in_progress",
            "details": rich(section(text("40 of 200 traces"))),
        },
        {
            "type": "task_card",
            "task_id": "t3",
            "title": "Read logs",
            "status": "error",
            "output": rich(section(text("The log store did not answer."))),
            "sources": [{"type": "url", "url": "https://example.org/logs", "text": "log store"}],
        },
        {"type": "task_card", "task_id": "t4", "title": "Propose a fix", "status": "pending"},
    ],
}


def chart(type_: str, title: str) -> Block:
    if type_ == "pie":
        shares = [("database", 61), ("network", 22), ("code", 17)]
        body: Block = {"type": "pie", "segments": [{"label": n, "value": v} for n, v in shares]}
        return {"type": "data_visualization", "title": title, "chart": body}
    minutes = [f"09:0{n}" for n in range(6)]
    series = {"p50": [180, 190, 240, 310, 290, 200], "p95": [420, 480, 700, 1240, 840, 510]}
    data = [
        {
            "name": name,
            "data": [{"label": m, "value": v} for m, v in zip(minutes, values, strict=True)],
        }
        for name, values in series.items()
    ]
    axis = {"categories": minutes, "x_label": "Time", "y_label": "Milliseconds"}
    return {
        "type": "data_visualization",
        "title": title,
        "chart": {"type": type_, "series": data, "axis_config": axis},
    }


def cell(value: str | int) -> Block:
    if isinstance(value, int):
        return {"type": "raw_number", "value": value, "text": str(value)}
    return {"type": "raw_text", "text": value}


TABLES = [
    {
        "type": "table",
        "rows": [
            [cell("Step"), cell("Seconds")],
            [cell("Read metrics"), cell(3)],
            [rich(section(text("Decide", bold=True))), cell(41)],
        ],
        "column_settings": [{"is_wrapped": True}, {"align": "right"}],
    },
    {
        "type": "data_table",
        "caption": "Slowest calls",
        "page_size": 4,
        "rows": [
            [cell("Call"), cell("ms")],
            *[[cell(f"call {n}"), cell(n * 37 % 100)] for n in range(1, 10)],
        ],
    },
]

CARD = {
    "type": "card",
    "icon": image("Icon"),
    "title": mrkdwn("*Scale the pool*"),
    "subtitle": mrkdwn("checkout"),
    "body": mrkdwn("From 20 to 60 connections."),
    "actions": [button("pick", "Choose this")],
}

FRAMES = [
    {"type": "alert", "level": "warning", "text": mrkdwn("The error budget is nearly spent.")},
    CARD,
    {
        "type": "carousel",
        "elements": [
            CARD,
            {**CARD, "title": mrkdwn("*Roll back*")},
            {**CARD, "title": mrkdwn("*Restart*")},
        ],
    },
    {
        "type": "container",
        "title": plain("Evidence"),
        "subtitle": mrkdwn("Three traces"),
        "is_collapsible": True,
        "child_blocks": [{"type": "section", "text": mrkdwn("Trace `a1b2` waits 700 ms.")}],
    },
    {
        "type": "context_actions",
        "block_id": "feedback",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "helpful",
                "positive_button": {
                    "text": plain("Good"),
                    "value": "good",
                    "accessibility_label": "This helped",
                },
                "negative_button": {
                    "text": plain("Bad"),
                    "value": "bad",
                    "accessibility_label": "This did not help",
                },
            },
            {
                "type": "icon_button",
                "action_id": "forget",
                "icon": "trash",
                "text": plain("Forget"),
            },
        ],
    },
    {
        "type": "video",
        "title": plain("A recording"),
        "video_url": "https://example.org/v",
        "thumbnail_url": DOT,
        "alt_text": "Recording",
    },
    {"type": "file", "external_id": "report.pdf", "source": "remote"},
    {"type": "hologram"},
]

CHARTS = [
    chart("line", "Latency"),
    chart("bar", "Latency by minute"),
    chart("area", "Latency, filled"),
    chart("pie", "Where time goes"),
]

EVERY_BLOCK = [*BASIC, RICH, MARKDOWN, PLAN, *TABLES, *CHARTS, *FRAMES]
