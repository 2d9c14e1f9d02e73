"""A summary by extraction: the sentences that are most like all the others, as they stand. Pure.

Centrality is the likeness of a sentence to the middle of all (centroid of tf-idf vectors; Radev et al. 2004,
"Centroid-based summarization"); a sentence that says what a chosen one says is left out (maximal marginal
relevance, Carbonell and Goldstein 1998). Sentences with figures count a little more.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_END = re.compile(
    r"(?<=[.!?…])[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]*[A-ZÀ-ÖØ-Þ0-9])"
    r"|\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)"
)
_SHORT_FORM = re.compile(
    r"\b(?:e\.g|i\.e|z\.B|etc|vs|Mr|Mrs|Ms|Dr|Prof|No|Nr|St|approx|ca|[A-Z])\.\Z"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_MARK = re.compile(r"\A\s*(?:[-*•]|\d+[.)])\s+")
_MOST_SENTENCES = 2_000
_LONGEST_JOINED = 200  # characters of a sentence that seems to end in a short form
_SAME = 0.6
_WITH_FIGURES = 1.2

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Extract:
    """Sentences of a text, in their order; `of` is how many there were."""

    sentences: Sequence[str]
    of: int


def sentences(text: str) -> list[str]:
    """Return the sentences and list entries of a text, each in one line."""
    found: list[str] = []
    for piece in _END.split(text):
        said = " ".join(_MARK.sub("", piece).split())
        if found and len(found[-1]) < _LONGEST_JOINED and _SHORT_FORM.search(found[-1][-8:]):
            found[-1] += f" {said}"
        elif said:
            found.append(said)
    return found


def extract(text: str, most: int) -> Extract:
    """Return the sentences that say most of a text, at most so many, in their order."""
    every = sentences(text)
    some = every[:_MOST_SENTENCES]
    if len(some) <= most:
        return Extract(some, len(every))
    weighed = _weighed(some)
    middle = _middle(weighed)
    scores = [
        _likeness(one, middle) * (_WITH_FIGURES if any(map(str.isdigit, said)) else 1.0)
        for one, said in zip(weighed, some, strict=True)
    ]
    chosen: list[int] = []
    for at in sorted(range(len(some)), key=lambda at: (-scores[at], at)):
        if all(_likeness(weighed[at], weighed[other]) < _SAME for other in chosen):
            chosen.append(at)
        if len(chosen) == most:
            break
    return Extract([some[at] for at in sorted(chosen)], len(every))


def _weighed(said: Sequence[str]) -> list[Weights]:
    """Return the words of each sentence with what they weigh, of length 1 together."""
    words = [Counter(word.casefold() for word in _WORD.findall(one)) for one in said]
    seen_in = Counter(word for one in words for word in one)
    return [
        _of_length_1({w: n * math.log(1 + len(said) / seen_in[w]) for w, n in one.items()})
        for one in words
    ]


def _middle(weighed: Sequence[Weights]) -> Weights:
    total: Counter[str] = Counter()
    for one in weighed:
        for word, weight in one.items():
            total[word] += weight  # type: ignore[assignment] # a Counter adds floats as well
    return _of_length_1(total)


def _of_length_1(weights: Weights) -> Weights:
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {word: weight / length for word, weight in weights.items()}


def _likeness(one: Weights, other: Weights) -> float:
    small, large = (one, other) if len(one) <= len(other) else (other, one)
    return sum(weight * large.get(word, 0.0) for word, weight in small.items())
