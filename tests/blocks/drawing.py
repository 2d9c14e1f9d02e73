"""A message as a page of text: everything that it shows and carries, one line a block."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from blocks.kit import Message


def drawn(message: Message) -> str:
    """Return a message for comparison: its summary, then its blocks."""
    return "\n".join([f"({message.text})", *map(block, message.blocks)])


def form(view: Mapping[str, Any]) -> str:
    """Return a form or Home for comparison."""
    head = [f"<{view[name]['text']}>" for name in ("title", "submit", "close") if name in view]
    carried = [f"{view['callback_id']} {view['private_metadata']}"] if "callback_id" in view else []
    return "\n".join([" ".join(head), *carried, *map(block, view["blocks"])])


def block(one: Mapping[str, Any]) -> str:
    """Return a block as a line, or as several."""
    return f"[{one['type']}] {_DRAW.get(one['type'], lambda block: '')(one)}".rstrip()


def _section(one: Mapping[str, Any]) -> str:
    if "fields" in one:
        return _beside(one["fields"])
    beside = f" {_element(one['accessory'])}" if "accessory" in one else ""
    return f"{_text(one['text'])}{beside}"


def _beside(texts: Sequence[Mapping[str, Any]]) -> str:
    return " || ".join(map(_text, texts))


def _input(one: Mapping[str, Any]) -> str:
    optional = "optional " if one["optional"] else ""
    hint = f" ({_text(one['hint'])})" if "hint" in one else ""
    return f"{optional}{one['block_id']} {_text(one['label'])}{hint} {_element(one['element'])}"


def _table(one: Mapping[str, Any]) -> str:
    rows = (" | ".join(cell["text"] for cell in row) for row in one["rows"])
    return "\n".join(["", *rows])


def _task(task: Mapping[str, Any]) -> str:
    said = "".join(
        f" {name}: {_rich(task[name])}" for name in ("details", "output") if name in task
    )
    return f"  {task['task_id']} {task['status']}: {task['title']}{said}"


def _rich(rich: Mapping[str, Any]) -> str:
    pieces = rich["elements"][0]["elements"]
    return "".join(one.get("text") or f"<{one['fallback']}>" for one in pieces)


def _text(text: Mapping[str, Any]) -> str:
    return str(text["text"]).replace("\n", "\n    ")


def _element(one: Mapping[str, Any]) -> str:
    if one["type"] != "button":
        rest = {
            key: value for key, value in one.items() if key not in ("type", "action_id") and value
        }
        return f"{{{one['type']} {rest}}}"
    ask = one.get("confirm")
    style = f" {one['style']}" if "style" in one else ""
    sure = f" ?{ask['title']['text']} {ask['text']['text']}" if ask else ""
    return f"<{one['text']['text']}{style} {one['action_id']} {one['value']}{sure}>"


_DRAW: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "section": _section,
    "header": lambda one: _text(one["text"]),
    "context": lambda one: _beside(one["elements"]),
    "actions": lambda one: " ".join(map(_element, one["elements"])),
    "input": _input,
    "rich_text": _rich,
    "plan": lambda one: "\n".join([one["title"], *map(_task, one["tasks"])]),
    "table": _table,
    "data_table": lambda one: f"{one['caption']} {_table(one)}",
    "data_visualization": lambda one: f"{one['title']} {one['chart']}",
}
