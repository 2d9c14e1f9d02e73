"""Measures the meaning of texts by their words and pieces of words alone; satisfies the port `Embedder`.

Needs no key, no download and no learning, and knows no language: words, pairs of words and pieces of 3 to 5
characters are hashed into a vector (feature hashing, Weinberger et al. 2009), each with the logarithm of how
often it occurs. Texts with the same, inflected or misspelt words come close to each other. It knows no synonyms
and no other languages: `car` is as far from `automobile` as from `invoice`.
"""

import asyncio
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

from opstream.domain.prompt import Vector

LENGTH = 384
_VERSION = 1
_WORD = re.compile(r"\w+")
_SHORTEST, _LONGEST = 3, 5
_MOST_WORDS = 2_000
_BATCH = 32
# What a feature weighs; measured on pairs of texts that say the same (tests/adapters/models/test_hashing.py).
_WHOLE, _PAIR, _PIECES = 1.0, 0.4, 0.9
_COMMON = frozenset(
    _WORD.findall(
        "a an and are as at be been but by can do did does for from had has have how i if in into is it its "
        "me my no not of on or our so than that the their them then there these they this to was we were "
        "what when where which who why will with would you your"
    )
)
_COMMON_WEIGHT = 0.15


class HashingEmbedder:
    """Vectors of 384 numbers; the same for the same text, on every machine."""

    name = f"local-hashing-{_VERSION}"
    length = LENGTH

    async def embed(self, texts: Sequence[str], *, question: bool = False) -> Sequence[Vector]:
        """Return a vector of length 1 for each text, in order; questions are measured as all texts are."""
        found: list[Vector] = []
        for at in range(0, len(texts), _BATCH):
            found += await asyncio.to_thread(_some, texts[at : at + _BATCH])
        return found


def _some(texts: Sequence[str]) -> list[Vector]:
    return [vector(text) for text in texts]


def vector(text: str) -> Vector:
    """Return the vector of a text; of one without words, a vector that is like no other."""
    found = [0.0] * LENGTH
    for feature, weight in _weighed(text):
        place, sign = _place(feature)
        found[place] += sign * weight
    length = math.sqrt(sum(one * one for one in found))
    if not length:
        return [1.0 if place == 0 else 0.0 for place in range(LENGTH)]
    return [one / length for one in found]


def _weighed(text: str) -> Iterator[tuple[str, float]]:
    """Yield the features of a text with their weights; a feature that occurs often grows slowly."""
    words = _words(text)
    content = [word for word in words if word not in _COMMON]
    for word, count in Counter(words).items():
        grown = 1 + math.log(count)
        if word in _COMMON:
            yield f"w {word}", _COMMON_WEIGHT * grown
            continue
        yield f"w {word}", _WHOLE * grown
        pieces = list(_pieces(word))
        # Divided so that long words do not outweigh short ones.
        share = _PIECES * grown / math.sqrt(len(pieces))
        yield from ((f"p {piece}", share) for piece in pieces)
    for pair, count in Counter(pairwise(content)).items():
        yield f"b {pair[0]} {pair[1]}", _PAIR * (1 + math.log(count))


def _words(text: str) -> list[str]:
    """Return the words of a text without marks on letters, in lower case; `don't` is two of them."""
    plain = unicodedata.normalize("NFKD", text[: _MOST_WORDS * 16].casefold())
    bare = "".join(one for one in plain if not unicodedata.combining(one))
    return _WORD.findall(bare.replace("_", " "))[:_MOST_WORDS]


def _pieces(word: str) -> Iterator[str]:
    marked = f"^{word}$"
    for size in range(_SHORTEST, _LONGEST + 1):
        for at in range(len(marked) - size + 1):
            yield marked[at : at + size]


@lru_cache(maxsize=65_536)
def _place(feature: str) -> tuple[int, int]:
    """Return where a feature stands and its sign, by a hash that is the same everywhere."""
    number = int.from_bytes(blake2b(feature.encode(), digest_size=8).digest())
    return (number >> 1) % LENGTH, 1 if number & 1 else -1
