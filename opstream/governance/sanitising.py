"""Taking secrets and personal data out of texts, and putting personal data back. Pure but for what finds them.

Before something is kept, secrets in it are masked for good. Before something goes to a model, placeholders such
as `<EMAIL_1>` take the place of personal data; what the model says back gets the data again.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from opstream.domain.sensitive import Found, Sensitive
from opstream.domain.values import Json
from opstream.errors import BadInput

HIDDEN = "•••"
_PIECE = 16_384  # characters; they take about 3 ms
_OVERLAP = 8_192  # longer than any key that is found
_A_VALUE = 32  # what a value costs besides its characters
_PLACEHOLDER = re.compile(r"<[A-Z]+_\d+>")


Find = Callable[[str, frozenset[Sensitive]], Iterable[Found]]
"""Finds what of some kinds stands in a text."""


class Sanitiser:
    """Takes out what is sensitive.

    Args:
        find: Finds it.
        stored: The kinds that are masked before something is kept.
        modelled: The kinds that are replaced before something goes to a model.
    """

    def __init__(
        self, find: Find, stored: frozenset[Sensitive], modelled: frozenset[Sensitive]
    ) -> None:
        self._find = find
        self._stored = stored
        self._modelled = modelled

    def masked(self, text: str) -> str:
        """Return a text as it may be kept."""
        return _replaced(text, self._found(text, self._stored), lambda *_: HIDDEN)

    def masked_json(self, value: Json) -> Json:
        """Return JSON as it may be kept; names of fields stay."""
        match value:
            case str():
                return self.masked(value)
            case Mapping():
                return {name: self.masked_json(one) for name, one in value.items()}
            case Sequence():
                return [self.masked_json(one) for one in value]
        return value

    async def masked_in_turns(self, value: Json) -> Json:
        """Return JSON as it may be kept, however large: whoever else waits gets a turn now and then."""
        turns = _Turns()
        return await self._masked_in_turns(value, turns)

    async def _masked_in_turns(self, value: Json, turns: "_Turns") -> Json:
        match value:
            case str():
                found: list[Found] = []
                for at in range(0, len(value), _PIECE):
                    begin = max(0, at - _OVERLAP)
                    piece = value[begin : at + _PIECE]
                    found += (
                        replace(one, start=one.start + begin, end=one.end + begin)
                        for one in self._found(piece, self._stored)
                    )
                    await turns.took(len(piece))
                return _replaced(value, _chosen(found), lambda *_: HIDDEN)
            case Mapping():
                return {
                    name: await self._masked_in_turns(one, turns) for name, one in value.items()
                }
            case Sequence():
                return [await self._masked_in_turns(one, turns) for one in value]
        return value

    def require_no_secret(self, name: str, value: Json) -> None:
        """Refuse an input that holds a secret.

        Raises:
            BadInput: it does; the sentence says what to write instead, and not the secret.
        """
        wanted = self._stored & {Sensitive.SECRET}
        match value:
            case str():
                if any(self._found(value, wanted)):
                    raise BadInput(
                        f"`{name}` holds what looks like a secret, and inputs are kept. Let whoever runs "
                        "me keep it as OPSTREAM_SECRET_<NAME>, and write `secret:NAME` instead."
                    )
            case Mapping():
                for one in value.values():
                    self.require_no_secret(name, one)
            case Sequence():
                for one in value:
                    self.require_no_secret(name, one)

    def sanitise(self, text: str) -> tuple[str, Mapping[str, str]]:
        """Return a text for a model, and what to put back in place of each placeholder.

        The same thing has the same placeholder throughout. Secrets are not put back.
        """
        masks = self.masks((text,))
        return masks.out_of(text), masks.back

    def masks(self, texts: Iterable[str]) -> "Masks":
        """Return placeholders that several texts for a model share; none that stands in them is used."""
        taken = {found for text in texts for found in _PLACEHOLDER.findall(text)}
        return Masks(lambda text: self._found(text, self._modelled), taken)

    def _found(self, text: str, kinds: frozenset[Sensitive]) -> list[Found]:
        """Return what stands in a text, in order; of two that overlap a secret, else the longer one."""
        return _chosen(self._find(text, kinds)) if kinds and text else []


class Masks:
    """Placeholders for what is sensitive: the same one for the same thing, in every text.

    Args:
        find: Finds what is replaced, in order.
        taken: Placeholders that cannot be used, because they stand in a text already.

    Attributes:
        back: What to put back in place of each placeholder; secrets are not put back.
    """

    def __init__(self, find: Callable[[str], Sequence[Found]], taken: set[str]) -> None:
        self._find = find
        self._taken = taken
        self._by_thing: dict[tuple[Sensitive, str], str] = {}
        self._last: dict[Sensitive, int] = {}
        self.back: dict[str, str] = {}

    def out_of(self, text: str) -> str:
        """Return a text with placeholders."""
        return _replaced(text, self._find(text), self._placeholder)

    def _placeholder(self, kind: Sensitive, thing: str) -> str:
        if (kind, thing) not in self._by_thing:
            number = self._last.get(kind, 0) + 1
            while (name := f"<{kind.name}_{number}>") in self._taken:
                number += 1
            self._taken.add(name)
            self._last[kind] = number
            self._by_thing[kind, thing] = name
            if kind is not Sensitive.SECRET:
                self.back[name] = thing
        return self._by_thing[kind, thing]


class _Turns:
    """Lets others have a turn after so many characters."""

    def __init__(self) -> None:
        self._since = 0

    async def took(self, characters: int) -> None:
        self._since += characters + _A_VALUE
        if self._since >= _PIECE:
            self._since = 0
            await asyncio.sleep(0)


def _chosen(found: Iterable[Found]) -> list[Found]:
    """Return the parts in order; of those that overlap a secret goes first, then the longest."""
    chosen: list[Found] = []
    together: list[Found] = []
    end = 0
    for one in sorted(found, key=lambda one: one.start):
        if together and one.start >= end:
            chosen += _apart(together)
            together = []
        together.append(one)
        end = max(end, one.end) if len(together) > 1 else one.end
    return [*chosen, *_apart(together)]


def _apart(together: Sequence[Found]) -> list[Found]:
    """Return those of some overlapping parts that do not overlap, the weightiest first."""
    kept: list[Found] = []
    for one in sorted(together, key=_secrets_first):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def restored(text: str, back: Mapping[str, str]) -> str:
    """Return what a model said with the data put back in place of the placeholders."""
    return _PLACEHOLDER.sub(lambda found: back.get(found[0], found[0]), text)


def _secrets_first(one: Found) -> tuple[bool, int, int]:
    return one.kind is not Sensitive.SECRET, one.start - one.end, one.start


def _replaced(text: str, found: Sequence[Found], instead: Callable[[Sensitive, str], str]) -> str:
    parts, at = [], 0
    for one in found:
        parts += [text[at : one.start], instead(one.kind, text[one.start : one.end])]
        at = one.end
    return "".join((*parts, text[at:]))
