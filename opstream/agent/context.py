"""What is known already when somebody asks: the run of the thread, and what was said in it before. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic_core import to_json

from opstream.agent import prompts, results, telling
from opstream.domain.memory import Source
from opstream.domain.run import Run, RunStatus, RunView

LONGEST: Final = 9_500
_RUN, _TALK = 4_500, 2_600
_QUESTION, _ANSWER = 500, 800
_MARKED, _NEAR = 1_200, 1_300
_MOST_PASSAGES, _PASSAGE, _TITLE = 4, 380, 100
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Marked:
    """A message that somebody pointed at.

    Args:
        text: What it says.
        near: What was said around it, each with who said it, oldest first.
    """

    text: str
    near: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out for a question.

    Args:
        asker: The name of who asks.
        timezone: Theirs.
        run: The run that the thread is about, or None.
        talk: What was asked in the thread before, oldest first.
        passages: What is remembered and fits, best first.
        marked: The message that is asked about, or None; then what was said around it is the talk.
    """

    asker: str
    timezone: str
    run: RunView | None = None
    talk: Sequence[Run] = ()
    passages: Sequence[Source] = ()
    marked: Marked | None = None


def written(known: Known) -> str:
    """Return what a model is told besides the question, each part marked as data and within its budget."""
    parts = (
        prompts.surroundings(known.asker, known.timezone),
        *(_pointed_at(known.marked) if known.marked else ()),
        prompts.data("the run of this thread", _run(known.run)) if known.run else "",
        prompts.data("said in this thread before", "" if known.marked else _talk(known.talk)),
        prompts.data("remembered", _passages(known.passages)),
    )
    return tame("\n\n".join(one for one in parts if one))[:LONGEST]


def _pointed_at(marked: Marked) -> Sequence[str]:
    most = _NEAR // max(1, len(marked.near))
    near = "\n".join(_cut(one, most) for one in marked.near)
    return (
        prompts.data("the message that is asked about", _cut(marked.text, _MARKED)),
        prompts.data("said around it", near),
    )


def tame(text: str) -> str:
    """Return text without control characters and letters that nobody sees."""
    return results.seen(_CONTROL.sub(" ", text.replace("\r\n", "\n")))


def _run(view: RunView) -> str:
    text = to_json(telling.told(view), fallback=str).decode()
    return _cut(text, _RUN)


def _talk(runs: Sequence[Run]) -> str:
    """Return questions with their answers, as many of the last ones as fit."""
    kept: list[str] = []
    room = _TALK
    for run in reversed(runs):
        question = _cut(str(run.inputs.get("question") or ""), _QUESTION)
        turn = f"{run.by.name} asked: {question}\nYou answered: {_answer(run)}"
        room -= len(turn)
        if room < 0:
            break
        kept.append(turn)
    return "\n\n".join(reversed(kept))


def _answer(run: Run) -> str:
    if run.status is not RunStatus.SUCCEEDED:
        return f"nothing: it {run.status.value}. {run.reason[:200]}".strip()
    result = run.result
    text = result.get("text") if isinstance(result, Mapping) else result
    return _cut(str(text or ""), _ANSWER)


def listed(known: Known) -> str:
    """Return where the remembered passages come from, as JSON by their marks; '' when there are none."""
    sources = {
        _mark(at): {"kind": one.kind.value, "title": tame(one.title)[:_TITLE], "link": one.link}
        for at, one in _fitting(known.passages)
    }
    return to_json(sources).decode() if sources else ""


def _passages(passages: Sequence[Source]) -> str:
    return "\n\n".join(
        f"[{_mark(at)}] {one.kind.value} of {one.at:%Y-%m-%d}, {one.title[:_TITLE]}: {_cut(one.text, _PASSAGE)}"
        for at, one in _fitting(passages)
    )


def _fitting(passages: Sequence[Source]) -> Sequence[tuple[int, Source]]:
    return list(enumerate(passages[:_MOST_PASSAGES], start=1))


def _mark(number: int) -> str:
    return f"M{number}"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}… [cut]"
