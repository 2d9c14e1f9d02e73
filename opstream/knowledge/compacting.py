"""Long conversations made shorter without losing names, numbers and decisions; pure."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from opstream.domain.prompt import Turn, Voice
from opstream.domain.values import Json

_SENTENCE = re.compile(r"(?<=[.!?…\u3002\uff01\uff1f])\s+|\n+")
_DECIDES = re.compile(
    r"\b(?:decid|decision|agree|approv|den(?:y|ied)|reject|refus|confirm|must|never|always|instead|"
    r"because|cause|fix|fail|broke|break|blame|owns?\b|owner|responsib|deadline|due\b|rollback|"
    r"roll(?:ed)? back|restart|scal|deploy|let's|we will|i will|don't|do not|won't|should|yes\b|no\b)",
    re.IGNORECASE,
)
_TELLING = re.compile(
    r"\d|https?://|[<@#`]|\b[A-Z]{2,}\b|(?<=\w[ ,;(])[A-Z][\w-]+|\w[-_./]\w|\w+@\w",
)


@dataclass(frozen=True, slots=True)
class Compacted:
    """A conversation that fits.

    Args:
        turns: What is left: an extract of the older turns, if any, and the newest ones whole.
        shortened: How many turns became the extract.
        left_out: How many of their sentences are not in it.
        saved: About how many words were spared.
    """

    turns: tuple[Turn, ...]
    shortened: int = 0
    left_out: int = 0
    saved: int = 0


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence; what matters has a number, a name, an address or a decision in it."""

    who: str
    text: str
    matters: bool

    @property
    def line(self) -> str:
        return f"- {self.who}: {self.text}"


def size(turns: Sequence[Turn]) -> int:
    """Return how many words some turns have, with what was called and what came of it."""
    return sum(len(part.split()) for turn in turns for _, part in _parts(turn))


def compact(turns: Sequence[Turn], budget: int) -> Compacted:
    """Return a conversation in about so many words.

    The newest turns stay whole, at least the last one with what belongs to it. Of the older ones stays
    every sentence with a number, a name, an id, a link or a decision, the newest first, until the budget
    is used up; an extract says how much was left out.

    Args:
        turns: Oldest first.
        budget: In words. The turns that have to stay whole may alone be more.
    """
    if size(turns) <= budget:
        return Compacted(tuple(turns))
    kept = _whole(turns, budget)
    older, newest = turns[: len(turns) - kept], turns[len(turns) - kept :]
    if not older:
        return Compacted(tuple(turns))
    said = [one for turn in older for one in _sentences(turn)]
    chosen = _chosen(said, budget - size(newest))
    extract = _told(len(older), said, chosen)
    spared = size(turns) - size(newest) - len(extract.split())
    return Compacted(_with(extract, newest), len(older), len(said) - len(chosen), max(0, spared))


def _whole(turns: Sequence[Turn], budget: int) -> int:
    """Return how many of the newest turns stay whole: up to half of the budget, cut where nothing is torn."""
    best = 0
    for many in range(1, len(turns) + 1):
        if best and size(turns[-many:]) > budget // 2:
            break
        if not turns[-many].results:
            best = many
    return best or len(turns)


def _chosen(said: Sequence[_Said], words: int) -> list[_Said]:
    """Return what stays: of what matters the newest, in order, as long as there is room."""
    places: list[int] = []
    left = words
    for place in range(len(said) - 1, -1, -1):
        needed = len(said[place].line.split())
        if said[place].matters and needed <= left:
            places.append(place)
            left -= needed
    return [said[place] for place in sorted(places)]


def _told(turns: int, said: Sequence[_Said], chosen: Sequence[_Said]) -> str:
    out = len(said) - len(chosen)
    matter = sum(one.matters for one in said) - len(chosen)
    lines = [f"Earlier in this conversation ({turns} turns, shortened):"]
    lines += dict.fromkeys(one.line for one in chosen)
    if matter:
        lines.append(f"({out} sentences are left out, {matter} of them with names or numbers.)")
    elif out:
        lines.append(f"({out} sentences without names, numbers or decisions are left out.)")
    return "\n".join(lines)


def _with(extract: str, newest: Sequence[Turn]) -> tuple[Turn, ...]:
    first = newest[0]
    if first.voice is Voice.USER and not first.results:
        return (replace(first, text=f"{extract}\n\n{first.text}"), *newest[1:])
    return (Turn(Voice.USER, extract), *newest)


def _sentences(turn: Turn) -> Iterator[_Said]:
    for who, part in _parts(turn):
        for one in _SENTENCE.split(part):
            text = " ".join(one.split())
            if text:
                yield _Said(who, text, matters(text))


def matters(sentence: str) -> bool:
    """Return whether a sentence has a number, a name, an id, a link or a decision in it."""
    return bool(_TELLING.search(sentence) or _DECIDES.search(sentence))


def _parts(turn: Turn) -> Iterator[tuple[str, str]]:
    """Yield who says what in a turn."""
    for result in turn.results:
        what = "failed" if result.failed else "gave"
        yield f"{result.operation} {what}", _short(result.output)
    if turn.text:
        yield ("You" if turn.voice is Voice.ASSISTANT else "They"), turn.text
    for call in turn.calls:
        yield "You called", f"{call.operation} {_short(dict(call.arguments))}"


def _short(value: Json) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
