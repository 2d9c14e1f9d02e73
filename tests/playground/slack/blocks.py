"""Small blocks to try the limits with."""

from typing import Any

from tests.playground.slack.harness import plain


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "Hello", **extra: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(text), **extra}


def button(number: int = 0, **extra: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": f"b{number}", "text": plain("Go"), **extra}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def select(count: int, **extra: Any) -> dict[str, Any]:
    options = [{"text": plain(f"Option {n}"), "value": str(n)} for n in range(count)]
    return {"type": "static_select", "action_id": "s", "options": options, **extra}


def task(number: int, status: str = "complete") -> dict[str, Any]:
    return {"type": "task_card", "task_id": f"t{number}", "title": "Look", "status": status}


def plan(*tasks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "plan", "title": "Profiling", "tasks": list(tasks)}


def table(rows: int, columns: int = 1, kind: str = "table", **extra: Any) -> dict[str, Any]:
    cell = {"type": "raw_text", "text": "a"}
    return {"type": kind, "rows": [[cell] * columns for _ in range(rows)], **extra}


def chart(series: int = 1, points: int = 3, **extra: Any) -> dict[str, Any]:
    labels = [f"p{n}" for n in range(points)]
    data = [{"label": label, "value": 1} for label in labels]
    lines = [{"name": f"s{n}", "data": data} for n in range(series)]
    body = {"type": "line", "series": lines, "axis_config": {"categories": labels}}
    return {"type": "data_visualization", "title": "Latency", "chart": body, **extra}


def pie(segments: int) -> dict[str, Any]:
    parts = [{"label": f"p{n}", "value": 1} for n in range(segments)]
    body = {"type": "pie", "segments": parts}
    return {"type": "data_visualization", "title": "Share", "chart": body}


def confirm(**extra: Any) -> dict[str, Any]:
    texts = {"title": "Sure?", "text": "It will restart.", "confirm": "Yes", "deny": "No"}
    return {name: plain(text) for name, text in texts.items()} | extra
