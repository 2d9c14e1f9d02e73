"""How what was found is put in order; pure, so that both databases give the same order."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

_SATURATION = 2.0
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


def rarest_first(having: Mapping[str, int], budget: int) -> Iterator[list[str]]:
    """Yield terms in groups, the rarest first; a group has several terms while few passages have them.

    Args:
        having: How many passages have each term.
        budget: How many passages a group of several terms may stand for.
    """
    group: list[str] = []
    cost = 0
    for term in sorted(having, key=lambda one: having[one]):
        if group and cost + having[term] > budget:
            yield group
            group, cost = [], 0
        group.append(term)
        cost += having[term]
    if group:
        yield group


def by_words(texts: Mapping[int, Sequence[str]], weights: Mapping[str, float]) -> list[int]:
    """Return passages by how well their terms fit, best first; of equals the newer first.

    Args:
        texts: The terms of each passage, by its number.
        weights: How much each term of the question weighs.

    Source: Okapi BM25, as in `rarity`.
    """

    def score(words: Sequence[str]) -> float:
        length = 1 - _LENGTH_MATTERS + _LENGTH_MATTERS * len(words) / _USUAL_LENGTH
        counts = Counter(words)
        return sum(
            weight * counts[term] * (_SATURATION + 1) / (counts[term] + _SATURATION * length)
            for term, weight in weights.items()
            if term in counts
        )

    scores = {passage: score(words) for passage, words in texts.items()}
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
