"""What a person wants of a verb, however they said it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from opstream.domain.conversation import Place
from opstream.domain.person import Person

_QUOTES = str.maketrans("\u201c\u201d\u201e\u201f", '""""')
_WORD = re.compile(
    r"""(?P<name>[A-Za-z_][\w.-]*)=(?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>[^']*)'(?=\s|$)|(?P<bare>\S*))"""
    r"""|"(?P<quoted>[^"]*)"|(?P<word>\S+)"""
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence taken apart.

    Args:
        verb: Its first word, in small letters; '' when there is none.
        words: The words after the verb that are not `name=value`.
        options: What was written as `name=value`; of two with the same name the last one.
        rest: All after the verb, as it was written.
        text: All of it, as it was written.
    """

    verb: str
    words: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A verb with everything that its function needs.

    Args:
        place: Where it was said; it has a thread only when it was said in one.
        request_key: Makes the request one of a kind: the same delivery twice starts one run.
        trigger_id: The right to open a form within three seconds, or ''.
        ts: Of the message that says it, or '' where it is none: what is answered below it stands in its thread.
    """

    by: Person
    place: Place
    sentence: Sentence
    request_key: str
    trigger_id: str = ""
    ts: str = ""

    @property
    def first_word(self) -> str | None:
        """The first word after the verb, or None."""
        return self.sentence.words[0] if self.sentence.words else None


def parse(text: str) -> Sentence:
    """Take a sentence apart.

    Quotes count around a value and around a word, curly ones too; an apostrophe inside a word is
    just that.
    """
    words: list[str] = []
    options: dict[str, str] = {}
    for found in _WORD.finditer(text.translate(_QUOTES)):
        if found["name"]:
            options[found["name"]] = _value(found)
        else:
            words.append(found["quoted"] if found["quoted"] is not None else found["word"])
    stripped = text.strip()
    if not words or not stripped.startswith(words[0]):
        return Sentence("", tuple(words), options, stripped, stripped)
    rest = stripped[len(words[0]) :].strip()
    return Sentence(words[0].lower().lstrip("/"), tuple(words[1:]), options, rest, stripped)


def _value(found: re.Match[str]) -> str:
    if found["double"] is not None:
        return re.sub(r"\\(.)", r"\1", found["double"])
    return found["single"] if found["single"] is not None else found["bare"]
