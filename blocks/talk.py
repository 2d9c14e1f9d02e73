"""Talk: a question and its answer, as they stand in a thread, with what the answer rests on."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Final

from blocks import agents, conversation, drafting, ids, kit, states
from blocks.kit import Block, Message
from blocks.markdown import defused, growing, hosts_in, markdown, steady
from blocks.runs import button
from blocks.wording import code, count, flat, line, person
from opstream.domain.operation import Progress
from opstream.domain.run import Run, RunStatus, RunView, StepState
from opstream.domain.values import Json, JsonObject
from opstream.domain.workflow import Think

ASKED: Final = "asked"
ANSWER: Final = "answer/"
_SOURCES_SHOWN = 6
_SILENT = (
    "The model had nothing to say to this. Ask once more in other words, or more exactly; "
    "*Details* shows what was looked at."
)
_ASKED = {"draft": "wants a workflow"}
_NOBODY_WORKS = frozenset({RunStatus.QUEUED, RunStatus.PAUSED})


@dataclass(frozen=True, slots=True)
class Said:
    """One message of an answer: what was said up to the next question to people, or up to the end.

    Args:
        number: Counts these messages, from 0.
        is_last: Whether nothing was asked of people since.
    """

    number: int
    text: str
    is_last: bool


def asked(view: RunView) -> Message:
    """Return the message above an answer that stands below no question of a person."""
    run = view.run
    words = line(str(run.inputs.get("question") or ""), 2_500)
    what = _ASKED.get(view.workflow.id, "asks")
    text = f"💬 {person(run.by)} {what}: {words}"
    return kit.message(f"{run.by.name} {what}: {words}", [kit.section(text)])


def said(view: RunView, said: Said) -> Message | None:
    """Return a message of an answer as things stand, or None while there is nothing to say."""
    run, hosts = view.run, _hosts(view.run)
    is_over = _is_over(run, said)
    blocks = markdown(said.text if is_over else growing(said.text), hosts)
    gist = flat(
        unescape(defused(said.text, hosts)), 300
    )  # a message's text is escaped once, in the end
    if not is_over:
        is_due = blocks and (grown(view, said) or not said.is_last)
        return kit.message(f"{gist} …" if said.is_last else gist, blocks) if is_due else None
    question = str(run.inputs.get("question") or "")
    ended = [*blocks, *_drafted(run), *_end(run), *sources(run.result, _remembered(run))]
    text = (gist or _SILENT) if run.status is RunStatus.SUCCEEDED else states.run_sign(run).word
    return kit.message(text, [*ended, kit.actions(*_next(run)), conversation.thumbs(question)])


def grown(view: RunView, said: Said) -> str:
    """Return what of a message that still grows stands for good, '' for one that does not grow any more."""
    return (
        "" if _is_over(view.run, said) or not said.is_last else steady(said.text, _hosts(view.run))
    )


def _is_over(run: Run, said: Said) -> bool:
    return said.is_last and run.status.ended


def _hosts(run: Run) -> frozenset[str]:
    """Return where links of an answer may lead: to what the question named, or what is remembered."""
    links = [str(agents.field(one, "link") or "") for one in _remembered(run).values()]
    return hosts_in(str(run.inputs.get("question") or ""), *links)


def _drafted(run: Run) -> list[Block]:
    draft = agents.field(run.result, "draft")
    return drafting.shown(draft) if draft is not None else []


def _end(run: Run) -> list[Block]:
    """Return why there is no answer, where there is none."""
    match run.status:
        case RunStatus.SUCCEEDED:
            silent = not _answer(run).strip() and agents.field(run.result, "draft") is None
            return [kit.section(_SILENT)] if silent else []
        case RunStatus.CANCELLED:
            return [kit.section(f"🛑 *Stopped*{states.ended_by(run)}.")]
        case _:
            why = states.reason(run, 900)
            return [kit.section(f"❌ *I could not answer this.* {why}".strip())]


def _next(run: Run) -> Sequence[JsonObject]:
    details = button(run, "Details", ids.RUN_DETAILS)
    if run.status in (RunStatus.SUCCEEDED, RunStatus.CANCELLED):
        return (details,)
    return (button(run, "Try again", ids.RUN_RETRY), details)


def sources(result: Json, remembered: JsonObject | None = None) -> list[Block]:
    """Return what an answer rests on, as small print: what it names first, then the rest.

    Args:
        result: What an agent gave.
        remembered: What it was reminded of, by mark: `{kind, title, link}`; only what it names is shown.
    """
    text = str(agents.field(result, "text") or "")
    found = [
        one for one in agents.mappings(agents.field(result, "sources")) if not one.get("failed")
    ]
    found.sort(key=lambda one: f"[{one.get('number')}]" not in text)
    shown = [_source(one) for one in found[:_SOURCES_SHOWN]]
    shown += [
        _passage(mark, one) for mark, one in (remembered or {}).items() if f"[{mark}]" in text
    ]
    more = [f"{len(found) - _SOURCES_SHOWN} more"] if len(found) > _SOURCES_SHOWN else []
    return [kit.context(f"Sources: {' · '.join([*shown, *more])}")] if shown else []


def _remembered(run: Run) -> JsonObject:
    try:
        found = json.loads(str(run.inputs.get("remembered") or "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}


def _passage(mark: str, one: Json) -> str:
    title = line(str(agents.field(one, "title") or agents.field(one, "kind") or ""), 80)
    link = str(agents.field(one, "link") or "")
    is_link = link.startswith("https://") and not set(link) & set("<>|\n ")
    return f"[{line(mark, 8)}] {f'<{link}|{title}>' if is_link else title}"


def _source(one: JsonObject) -> str:
    return f"[{one.get('number')}] {code(str(one.get('operation') or ''), 80)}"


def status(view: RunView) -> str:
    """Return what is being done for an answer, to stand after our name; '' while people are waited for."""
    run = view.run
    if run.status.ended or run.status in _NOBODY_WORKS:
        return ""
    calls = [found for path in sorted(view.under_way) if (found := agents.called(run, path))]
    if len(calls) == 1:
        return f"is looking at {calls[0]}…"
    if calls:
        return f"is looking at {calls[0]} and {count(len(calls) - 1, 'other thing')}…"
    asks = any(states.asking_sign(state) for state in run.open.values())
    return "" if asks else "is thinking…"


def messages(view: RunView, under_way: Mapping[str, Progress]) -> Iterator[Said | StepState]:
    """Yield what was said and what was asked of people, in order.

    What was said before something is asked stays as it is, so that what follows is news below it.
    """
    number, text = 0, ""
    for path, state in view.run.steps.items():
        step = states.step_at(view, path)
        if step is not None and isinstance(step.work, Think):
            text = str(agents.field(state.output, "text") or "") or text
        elif state.approvals:
            yield Said(number, text, is_last=False)
            yield state
            number, text = number + 1, ""
    text = _answer(view.run) or text
    now = [one.said for path, one in under_way.items() if one.said and path not in view.run.steps]
    yield Said(number, now[-1] if now and not view.run.status.ended else text, is_last=True)


def _answer(run: Run) -> str:
    """Return what was answered in the end, '' while nothing was."""
    return str(agents.field(run.result, "text") or "")
