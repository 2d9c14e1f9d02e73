"""The pieces that documents are cut into: sentences, items, rows, values, blocks of code; pure."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from opstream.domain.values import Json

_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r"\s*(```|~~~)")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d+[.)])\s|\s*\|")
_SENTENCE = re.compile(r"(?<=[.!?…\u3002\uff01\uff1f])\s+|(?<=[\u3002\uff01\uff1f])")
_COLUMN_SHOWN = 400


@dataclass(frozen=True, slots=True)
class Piece:
    """Something that is not torn apart unless it is larger than a passage may be.

    Args:
        under: The headings that it stands under, the highest first.
        begins: Whether it begins a paragraph.
    """

    text: str
    under: tuple[str, ...] = ()
    begins: bool = False

    @property
    def size(self) -> int:
        """How many words it has."""
        return len(self.text.split())


def pieces(text: str, form: str) -> Iterable[Piece]:
    """Return the pieces of a document, in order.

    Args:
        text: The document.
        form: How the name of its file ends, such as `csv`; what is not known is read as Markdown.
    """
    if form in ("csv", "tsv"):
        return _rows(text, "\t" if form == "tsv" else "")
    if form in ("json", "jsonl", "ndjson"):
        found = _values(text)
        if found is not None:
            return found
    return _prose(text)


def _prose(text: str) -> Iterator[Piece]:
    """Yield the pieces of text or Markdown."""
    under: tuple[str, ...] = ()
    for block in _blocks(text):
        found = _HEADING.fullmatch(block)
        if found:
            level = len(found[1])
            under = (*under[: level - 1], found[2])
        elif _FENCE.match(block):
            yield Piece(block, under, begins=True)
        else:
            for number, sentence in enumerate(_SENTENCE.split(block)):
                if sentence.strip():
                    yield Piece(sentence.strip(), under, begins=number == 0)


def _blocks(text: str) -> Iterator[str]:
    """Yield paragraphs as one line each, headings, items of lists, and blocks of code as they are."""
    held: list[str] = []
    for line in _lines(text):
        alone = not line.strip() or bool(_HEADING.fullmatch(line) or _FENCE.match(line))
        if held and (alone or _ITEM.match(line)):
            yield " ".join(" ".join(held).split())
            held = []
        if not alone:
            held.append(line)
        elif line.strip():
            yield line
    if held:
        yield " ".join(" ".join(held).split())


def _lines(text: str) -> Iterator[str]:
    """Yield the lines of a text, each block of code as one."""
    code: list[str] = []
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if not code and not mark:
            yield line
            continue
        code.append(line)
        if len(code) > 1 and mark and code[0].lstrip().startswith(mark[1]):
            yield "\n".join(code)
            code = []
    if code:
        yield "\n".join(code)


def _rows(text: str, between: str) -> Iterator[Piece]:
    """Yield the rows of a table, each with the names of its columns."""
    delimiter = between or _delimiter(text)
    rows = csv.reader(io.StringIO(text.replace("\0", "")), delimiter=delimiter)
    try:
        names = next(rows, [])
        for row in rows:
            if told := _row(names, row):
                yield Piece(told, begins=True)
    except csv.Error:
        yield from _prose(text)


def _row(names: Sequence[str], row: Sequence[str]) -> str:
    return "; ".join(
        f"{names[at] if at < len(names) else at + 1}: {value[:_COLUMN_SHOWN]}"
        for at, value in enumerate(row)
        if value.strip()
    )


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t|", key=first.count)


def _values(text: str) -> list[Piece] | None:
    """Return each value of JSON with the way to it; None when it is no JSON."""
    try:
        whole = [json.loads(text)]
    except (ValueError, RecursionError):
        try:
            whole = [json.loads(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            return None
    return [Piece(line, begins=True) for one in whole for line in _told(one, "")]


def _told(value: Json, way: str) -> Iterator[str]:
    """Yield a value as lines: what is plain together, then each thing that holds more."""
    before = f"{way}: " if way else ""
    if isinstance(value, dict):
        named = [
            (f"{key}: ", f"{way}.{key}" if way else str(key), one) for key, one in value.items()
        ]
    elif isinstance(value, list):
        named = [("", way, one) for one in value]
    else:
        yield before + _word(value)
        return
    if plain := [name + _word(one) for name, _, one in named if not _holds(one)]:
        yield before + "; ".join(plain)
    for _, whither, one in named:
        if _holds(one):
            yield from _told(one, whither)


def _holds(value: Json) -> bool:
    return isinstance(value, dict | list)


def _word(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
