"""Which schemas of a description lead to which. Pure."""

from collections.abc import Iterator, Mapping

from opstream.adapters.connectors.openapi.document import CannotFollow, pointed
from opstream.domain.values import Json, JsonObject


class References:
    """The references of one description; each is followed once."""

    def __init__(self, document: JsonObject) -> None:
        self._document = document
        self._direct: dict[str, frozenset[str]] = {}
        self._all: dict[str, frozenset[str]] = {}

    def to(self, reference: str) -> Json:
        """Return what a reference leads to; an empty schema where that is nowhere."""
        try:
            return pointed(self._document, reference)
        except CannotFollow:
            return {}

    def lead_back(self, reference: str, start: str) -> bool:
        """Whether one gets from what a reference leads to, by whatever others, to a start."""
        if reference not in self._all:
            self._all[reference] = self._reachable(reference)
        return start in self._all[reference]

    def _reachable(self, reference: str) -> frozenset[str]:
        found, open_ones = set[str](), [reference]
        while open_ones:
            one = open_ones.pop()
            if one in self._all:
                found |= self._all[one] | {one}
            elif one not in found:
                found.add(one)
                open_ones += self._direct_ones(one) - found
        return frozenset(found)

    def _direct_ones(self, reference: str) -> frozenset[str]:
        if reference not in self._direct:
            self._direct[reference] = frozenset(_inside(self.to(reference)))
        return self._direct[reference]


def _inside(value: Json) -> Iterator[str]:
    """Yield the references in a value, however deep."""
    open_ones: list[Json] = [value]
    while open_ones:
        one = open_ones.pop()
        if isinstance(one, Mapping):
            if isinstance(reference := one.get("$ref"), str):
                yield reference
            open_ones += one.values()
        elif isinstance(one, list):
            open_ones += one
