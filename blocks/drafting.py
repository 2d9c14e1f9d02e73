"""A workflow that was written from words: what it does, what a run would do, and how it is published."""

from collections.abc import Iterator
from typing import Final

from blocks import agents, drafts, ids, kit
from blocks.kit import Block
from blocks.wording import as_text, code, count, line
from opstream.domain.values import Json, JsonObject

_STEPS: Final = 15


def shown(draft: Json) -> list[Block]:
    """Return a draft below its explanation, with the buttons that publish and change it."""
    complaints = agents.field(draft, "complaints")
    if isinstance(complaints, list | tuple) and complaints:
        return _not_usable(draft, [str(one) for one in complaints])
    title = f"*{line(str(agents.field(draft, 'title') or ''), 150)}*"
    workflow = str(agents.field(draft, "workflow") or "")
    difference = str(agents.field(draft, "difference") or "")
    value = ids.carried(draft=agents.field(draft, "draft"), workflow=workflow)
    return [
        *_would(agents.mappings(agents.field(draft, "would"))),
        kit.section(f"📝 {title} · {code(workflow, 80)}\n{_changes(difference)}"),
        *(drafts.preformatted(difference) if difference else ()),
        *([kit.actions(*drafts.draft_buttons(value))] if difference else ()),
    ]


def _changes(difference: str) -> str:
    if not difference:
        return "It is published just like this already; there is nothing to do."
    return f"{drafts.changes(difference)} Nothing is published yet."


def _would(steps: list[JsonObject]) -> Iterator[Block]:
    if steps:
        lines = [_step(number, one) for number, one in enumerate(steps[:_STEPS], start=1)]
        more = len(steps) - _STEPS
        rest = [f"and {count(more, 'more step')}"] if more > 0 else []
        yield from kit.paragraphs(["*What a run would do*", *lines, *rest])


def _step(number: int, one: JsonObject) -> str:
    what = line(str(one.get("does") or one.get("title") or ""), 150)
    given = f" {code(as_text(one['with']), 120)}" if one.get("with") else ""
    asks = " · 🙋 asks first" if one.get("asks_first") else ""
    perhaps = " · perhaps" if one.get("certainty") == "perhaps" else ""
    return f"{number}. {what}{given}{asks}{perhaps}"


def _not_usable(draft: Json, complaints: list[str]) -> list[Block]:
    said = "\n".join(f"• {line(one, 300)}" for one in complaints[:8])
    text = str(agents.field(draft, "written") or "")
    write = kit.button("Write it yourself", ids.DRAFT_NEW, ids.carried(words=""))
    return [
        kit.section(f"⚠️ *This cannot be used yet*, and I found no way to mend it:\n{said}"),
        *drafts.preformatted(text),
        kit.actions(write),
    ]
