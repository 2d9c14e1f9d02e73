"""Documents cut into passages at natural borders; pure."""

from collections.abc import Iterable, Iterator, Sequence

from opstream.knowledge.pieces import Piece, pieces

WANTED = 160
"""About how many words a passage has; it ends at the next border after 120."""
_LEAST = 120
_MOST = 200
_OVERLAP = 25
_LONGEST_LINE = 2_000


def cut(text: str, name: str = "") -> tuple[str, ...]:
    """Return a document as passages of about 120 to 200 words, in order; () when it holds nothing.

    Passages begin and end where sentences, list items or rows do, and repeat up to 25 words of the one
    before. Each begins with the headings that it stands under.

    Args:
        text: The document.
        name: What its file is called: `.csv`, `.tsv` and `.json` are read as what they are.
    """
    return tuple(_joined(pieces(text, name.lower().rpartition(".")[2])))


def _joined(pieces: Iterable[Piece]) -> Iterator[str]:
    held: list[Piece] = []
    size = fresh = 0
    for one in (small for piece in pieces for small in _small(piece)):
        moved_on = bool(held) and one.under[:1] != held[-1].under[:1]
        ends = size >= _LEAST and (one.begins or size >= WANTED)
        if fresh and (moved_on or ends or size + one.size > _MOST):
            yield _passage(held)
            held = [] if moved_on else _tail(held)
            size, fresh = sum(kept.size for kept in held), 0
        held.append(one)
        size, fresh = size + one.size, fresh + 1
    if fresh:
        yield _passage(held)


def _passage(held: Sequence[Piece]) -> str:
    under = held[-1].under if len(held[-1].under) < len(held[0].under) else held[0].under
    lines: list[str] = []
    for one in held:
        if lines and not one.begins and "\n" not in one.text:
            lines[-1] = f"{lines[-1]} {one.text}"
        else:
            lines.append(one.text)
    heading = " > ".join(under)
    return "\n".join([heading, *lines] if heading else lines).strip()


def _tail(held: Sequence[Piece]) -> list[Piece]:
    """Return the last pieces of a passage that the next one repeats."""
    kept: list[Piece] = []
    for one in reversed(held):
        if sum(other.size for other in kept) + one.size > _OVERLAP:
            break
        kept.insert(0, one)
    return kept if len(kept) < len(held) else []


def _small(piece: Piece) -> Iterator[Piece]:
    """Yield a piece, in parts when it is larger than a passage may be."""
    words = piece.text.split()
    if len(words) <= _MOST and len(piece.text) <= _MOST * 20:
        yield piece
        return
    if "\n" in piece.text:
        for line in piece.text.splitlines():
            yield from _small(Piece(line, piece.under, begins=True))
        return
    cuts = [" ".join(words[at : at + WANTED]) for at in range(0, len(words), WANTED)]
    for number, part in enumerate(cuts):
        for at in range(0, len(part), _LONGEST_LINE):
            yield Piece(part[at : at + _LONGEST_LINE], piece.under, number == at == 0)
