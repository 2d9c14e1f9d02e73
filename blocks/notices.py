"""What a workflow says in its thread on the way."""

from collections.abc import Mapping

from blocks import kit
from blocks.answers import blocks_of
from blocks.kit import Block, Message
from blocks.wording import flat, safe
from opstream.domain.report import parse
from opstream.domain.values import Json
from opstream.domain.workflow import Step


def notice(step: Step, output: Json) -> Message:
    """Return what a notify step said: its text, and its report when it has one."""
    text, report = _split(output)
    is_news = text.strip() and text.strip() != parse(report).summary.strip()
    blocks: list[Block] = [kit.section(safe(text))] if is_news else []
    blocks.extend(blocks_of(report))
    summary = flat(text or parse(report).summary or step.title, 300)
    return kit.message(summary, blocks or [kit.section(safe(step.title))])


def _split(output: Json) -> tuple[str, Json]:
    if not isinstance(output, Mapping):
        return (output if isinstance(output, str) else ""), None
    text = output.get("text")
    return (text if isinstance(text, str) else ""), output.get("report")
