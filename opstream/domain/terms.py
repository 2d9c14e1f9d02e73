"""The words of a text as they are compared: folded, stemmed, and nothing in them that means anything to a database.

Both databases index what stands here, so that they find the same. A term is letters a-z and digits only; what
other alphabets write becomes the hexadecimal form of its bytes, which is as exact and cannot be misread.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

_LONGEST = 40
_MOST = 32
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")
_JOINED = re.compile(r"[^\W_]+(?:[-_./:][^\W_]+)+")
_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_STOP = frozenset(
    _WORD.findall(
        "a about after all also am an and any are as at be because been before being but by can could "
        "did do does done for from get give had has have he her him his how i if in into is it its just "
        "know let like me more most my no not now of off on once only or our out over own please same "
        "say she should show so some such tell than that the their them then there these they this "
        "those through to too under up us very was we were what when where which while who whom why "
        "will with would you your"
    )
)
_DOUBLED = re.compile(r"([bdfgmnprt])\1$")
_VOWEL = re.compile(r"[aeiouy]")


def terms(text: str) -> list[str]:
    """Return the terms of a text in order; one that is made of several comes with each of them.

    `checkout-service` gives `checkout`, `servic` and `checkoutservice`, so that it is found by each.
    """
    return list(_terms(text))


def asked(text: str) -> list[str]:
    """Return the distinct terms of a question, without those that stand in every sentence; at most 32."""
    found = dict.fromkeys(_terms(text, _STOP))
    if not found:
        found = dict.fromkeys(_terms(text))
    return list(found)[:_MOST]


def _terms(text: str, stop: frozenset[str] = frozenset()) -> Iterator[str]:
    folded = _folded(text)
    for word in _WORD.findall(_HUMP.sub(" ", folded)):
        lower = word.casefold()
        if lower not in stop:
            yield from (_term(one) for one in _pieces(lower))
    for whole in _JOINED.findall(folded):
        joined = "".join(_WORD.findall(whole)).casefold()
        if len(joined) <= _LONGEST:
            yield _exact(joined)


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(one for one in apart if not unicodedata.combining(one))


def _pieces(word: str) -> Iterable[str]:
    """Return a word, or what a run of characters without spaces is found by: each two of them."""
    if not _IDEOGRAPHS.search(word):
        return (word,)
    return (word[at : at + 2] for at in range(max(1, len(word) - 1)))


def _term(word: str) -> str:
    return _stem(word)[:_LONGEST] if word.isascii() else _exact(word)


def _exact(word: str) -> str:
    return (word if word.isascii() else "x" + word.encode(errors="replace").hex())[:_LONGEST]


def _stem(word: str) -> str:
    """Return a word without the endings of English that change nothing in what it is about.

    Source: steps 1a to 1c of M. F. Porter, "An algorithm for suffix stripping" (1980), and a final e.
    """
    if len(word) < 4 or not word.isalpha():
        return word
    word = _plural(word)
    for ending in ("ing", "ed"):
        bare = word.removesuffix(ending)
        if bare != word and len(bare) > 2 and _VOWEL.search(bare):
            word = _DOUBLED.sub(r"\1", bare)
            break
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    return word[:-1] + "i" if len(word) > 3 and word.endswith("y") else word


def _plural(word: str) -> str:
    if word.endswith("sses"):
        return word[:-2]
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
