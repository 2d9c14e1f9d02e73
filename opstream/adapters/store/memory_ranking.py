"""How what was found is put in order; pure, so that both databases give the same order."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

CAP = 4_000
"""A term that so many passages have is common: which of them is known only where it stands with a rarer one."""
SIZE_CAP = 20_000
"""More passages than that make no difference to how rare a term is."""
_SHORTLIST = 240
_SATURATION = 1.2
_LENGTH_MATTERS = 0.75
_USUAL_LENGTH = 150
_FUSION = 60


def rarity(having: int, size: int) -> float:
    """Return the weight of a term that so many of some passages have.

    Source: S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework" (2009), equation 3.3, with
    1 added within the logarithm.
    """
    size = max(size, having)
    return math.log(1 + (size - having + 0.5) / (having + 0.5))


def shortlist(having: Mapping[str, Sequence[int]], weights: Mapping[str, float]) -> list[int]:
    """Return the passages whose terms weigh most, at most a few hundred; of equals the newer first."""
    weighed: defaultdict[int, float] = defaultdict(float)
    for term, passages in having.items():
        weight = weights[term]
        for passage in passages:
            weighed[passage] += weight
    return sorted(weighed, key=lambda one: (-weighed[one], -one))[:_SHORTLIST]


def by_words(texts: Mapping[int, Sequence[str]], weights: Mapping[str, float]) -> list[int]:
    """Return passages by how well their terms fit, best first.

    The usual length is fixed, not measured: what somebody may not see must not tell.

    Args:
        texts: The terms of each passage, by its number.
        weights: How much each term of the question weighs.

    Source: Okapi BM25, as in `rarity`.
    """

    def score(words: Sequence[str]) -> float:
        counts = Counter(words)
        length = 1 - _LENGTH_MATTERS + _LENGTH_MATTERS * len(words) / _USUAL_LENGTH
        return sum(
            weight * counts[term] * (_SATURATION + 1) / (counts[term] + _SATURATION * length)
            for term, weight in weights.items()
            if term in counts
        )

    scores = {passage: score(words) for passage, words in texts.items()}
    return sorted(scores, key=lambda one: (-scores[one], -one))


def fused(*lists: Iterable[int]) -> dict[int, float]:
    """Return passages with what they score in several lists together, best first.

    Source: G. Cormack and others, "Reciprocal Rank Fusion" (SIGIR 2009), with k = 60.
    """
    scores: defaultdict[int, float] = defaultdict(float)
    for one in lists:
        for rank, passage in enumerate(one, start=1):
            scores[passage] += 1 / (_FUSION + rank)
    return dict(sorted(scores.items(), key=lambda found: (-found[1], -found[0])))
