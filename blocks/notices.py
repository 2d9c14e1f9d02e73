"""What a workflow says in its thread on the way."""

from collections.abc import Mapping

from blocks import kit
from blocks.answers import SIMULATED, blocks_of, is_simulation
from blocks.kit import Block, Message
from blocks.wording import flat, safe
from opstream.domain.report import parse
from opstream.domain.values import Json
from opstream.domain.workflow import Step


def notice(step: Step, output: Json, *, simulated: bool = False) -> Message:
    """Return what a notify step said: its text, and its report when it has one.

    Args:
        step: The step.
        output: What it said, as `{"text": …, "report": …}`.
        simulated: Whether the run's figures come from a simulation, whatever this report says.
    """
    text, report = _split(output)
    is_news = text.strip() and text.strip() != parse(report).summary.strip()
    blocks: list[Block] = [kit.section(safe(text))] if is_news else []
    blocks.extend(blocks_of(report))
    if simulated and not is_simulation(report):
        blocks.append(kit.context(SIMULATED))
    summary = flat(text or parse(report).summary or step.title, 300)
    return kit.message(summary, blocks or [kit.section(safe(step.title))])


def _split(output: Json) -> tuple[str, Json]:
    if not isinstance(output, Mapping):
        return (output if isinstance(output, str) else ""), None
    text = output.get("text")
    return (text if isinstance(text, str) else ""), output.get("report")
