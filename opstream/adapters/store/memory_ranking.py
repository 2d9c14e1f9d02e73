"""How what was found is put in order; pure, so that both databases give the same order."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest

from opstream.domain.terms import MARKS

CAP = 4_000
"""A term that so many passages have is common: of those that have it once, only some are looked at."""
SIZE_CAP = 1_000_000
"""More passages than that make no difference to how rare a term is."""
_SHORTLIST = 300
_SATURATION = 1.2
_LENGTH_MATTERS = 0.6
_USUAL_LENGTH = 150
_FUSION = 60


def rarity(having: int, size: int) -> float:
    """Return the weight of a term that so many of some passages have.

    Source: S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework" (2009), equation 3.3, with
    1 added within the logarithm.
    """
    size = max(size, having)
    return math.log(1 + (size - having + 0.5) / (having + 0.5))


def worth(often: int) -> float:
    """Return what it adds to have a term so often, to a passage of usual length; 1 for once."""
    return often * (_SATURATION + 1) / (often + _SATURATION)


def shortlist(having: Iterable[tuple[float, Sequence[int]]]) -> list[int]:
    """Return the passages that weigh most, at most a few hundred; of equals the newer first.

    Args:
        having: Passages that have something, and what it adds to each of them.
    """
    weighed: defaultdict[int, float] = defaultdict(float)
    for weight, passages in having:
        for passage in passages:
            weighed[passage] += weight
    return nsmallest(_SHORTLIST, weighed, key=lambda one: (-weighed[one], -one))


def by_words(
    texts: Mapping[int, tuple[frozenset[str], int]], weights: Mapping[str, float]
) -> list[int]:
    """Return passages by how well their terms fit, best first.

    The usual length is fixed, not measured: what somebody may not see must not tell.

    Args:
        texts: By its number, the indexed terms of each passage and how many it has in all.
        weights: How much each term of the question weighs.

    Source: Okapi BM25, as in `rarity`; how often a term occurs is known as well as its marks say.
    """

    def score(words: frozenset[str], length: int) -> float:
        stretch = _SATURATION * (1 - _LENGTH_MATTERS + _LENGTH_MATTERS * length / _USUAL_LENGTH)
        total = 0.0
        for term, weight in weights.items():
            if term in words:
                often = next((least for least, mark in MARKS if term + mark in words), 1)
                total += weight * often * (_SATURATION + 1) / (often + stretch)
        return total

    scores = {passage: score(*text) for passage, text in texts.items()}
    return sorted(scores, key=lambda one: (-scores[one], -one))


def fused(*lists: tuple[float, Iterable[int]]) -> dict[int, float]:
    """Return passages with what they score in several lists together, best first.

    Args:
        lists: How much each list counts, and its passages, best first.

    Source: G. Cormack and others, "Reciprocal Rank Fusion" (SIGIR 2009), with k = 60.
    """
    scores: defaultdict[int, float] = defaultdict(float)
    for weight, passages in lists:
        for rank, passage in enumerate(passages, start=1):
            scores[passage] += weight / (_FUSION + rank)
    return dict(sorted(scores.items(), key=lambda found: (-found[1], -found[0])))
