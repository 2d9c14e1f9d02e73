"""What a workflow says in its thread on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from blocks import kit
from blocks.answers import SIMULATED, blocks_of, is_simulation
from blocks.kit import Block, Message
from blocks.wording import clock, code, count, flat, line, safe
from opstream.domain.notification import Dispatch, Notice, Standing, Target
from opstream.domain.report import Report, parse
from opstream.domain.values import Json
from opstream.domain.workflow import Step

_SHORT: Final = 300  # characters
_LINES: Final = 15
_HEARERS: Final = 15
_SIGNS: Final = {"U": "@", "W": "@", "C": "#", "G": "#"}
LINES_LIMIT: Final = 20


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


@dataclass(frozen=True, slots=True)
class Noted:
    """A short notice: when it was said, by which step, and what."""

    at: datetime | None
    step: Step
    output: Json


def is_short(output: Json) -> bool:
    """Return whether a notice is a sentence or two, without a report."""
    text, report = _split(output)
    return len(text) <= _SHORT and parse(report) == Report()


def digest(noted: Sequence[Noted], *, simulated: bool = False) -> Message:
    """Return many short notices as one message: the newest ones, below how many came before."""
    shown, before = noted[-_LINES:], max(0, len(noted) - _LINES)
    head = f"📋 *{count(len(noted), 'notice')}*"
    lines = [f"{head} · the last {len(shown)}; `logs` has all of them" if before else head]
    for one in shown:
        said = line(_split(one.output)[0] or one.step.title, _SHORT)
        lines.append(f"• {f'{clock(one.at)} ' if one.at else ''}{said}")
    blocks = [*kit.paragraphs(lines), *([kit.context(SIMULATED)] if simulated else [])]
    newest = flat(_split(shown[-1].output)[0], 200)
    return kit.message(f"{count(len(noted), 'notice')}, the newest: {newest}", blocks)


def told(notices: Sequence[Notice], links: Mapping[str, str], whom: str = "") -> Message:
    """Return one message for all that somebody should hear now.

    Args:
        notices: What there is to tell, oldest first.
        links: Where each leads, by its key; '' for those that lead nowhere.
        whom: Id of the person or group it is for, where others read it, too; else ''.
    """
    mention = f"{_mention(whom)} " if whom else ""
    if len(notices) == 1:
        one = notices[0]
        return kit.message(one.text, [kit.section(f"{mention}{_told_line(one, links)}")])
    shown = notices[:LINES_LIMIT]
    lines = [f"{mention}*While you were away:* {count(len(notices), 'notice')}"]
    lines += [f"• {_told_line(one, links)}" for one in shown]
    if len(notices) > len(shown):
        lines.append(f"and {len(notices) - len(shown)} more.")
    summary = f"While you were away: {count(len(notices), 'notice')}"
    return kit.message(summary, kit.paragraphs(lines))


def _mention(whom: str) -> str:
    if whom.startswith("@"):  # a group whose id is not known
        return line(whom, 80)
    return f"<!subteam^{whom}>" if whom.startswith("S") else f"<@{whom}>"


def _told_line(one: Notice, links: Mapping[str, str]) -> str:
    mark = "🚨 " if one.is_critical else ""
    link = links.get(one.key, "")
    about = f" · `{one.run}`" if one.run else ""
    return f"{mark}{line(one.text, 600)}{about}{f' · <{link}|Open the thread>' if link else ''}"


def heard(dispatches: Sequence[Dispatch]) -> str:
    """Return who was told of a run, and for whom something still waits; '' when that is nobody."""
    found: dict[str, list[Dispatch]] = {}
    for one in dispatches:
        if one.standing is not Standing.DROPPED:
            found.setdefault(_whose(one.target), []).append(one)
    if not found:
        return ""
    said = [f"{whose} {_how_often(each)}" for whose, each in list(found.items())[:_HEARERS]]
    more = f", and {len(found) - _HEARERS} more" if len(found) > _HEARERS else ""
    return f"🔔 *Told:* {', '.join(said)}{more}"


def _whose(target: Target) -> str:
    id = target.owner.rpartition("/")[2]
    if target.outside or not id.isalnum() or id[0] not in _SIGNS:
        return code(target.outside or target.owner, 80)
    return f"<{_SIGNS[id[0]]}{target.owner}>"


def _how_often(dispatches: Sequence[Dispatch]) -> str:
    sent = sum(one.standing is Standing.SENT for one in dispatches)
    failed = sum(one.standing is Standing.GIVEN_UP for one in dispatches)
    waits = len(dispatches) - sent - failed
    parts = ((sent, "told"), (waits, "still to come"), (failed, "not taken"))
    return f"({', '.join(f'{number} {word}' for number, word in parts if number)})"


def _split(output: Json) -> tuple[str, Json]:
    if not isinstance(output, Mapping):
        return (output if isinstance(output, str) else ""), None
    text = output.get("text")
    return (text if isinstance(text, str) else ""), output.get("report")
