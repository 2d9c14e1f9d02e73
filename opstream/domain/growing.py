"""A mapping that is never changed, and still grows cheaply: what a run of thousands of steps is made of."""

from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar, overload

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
D = TypeVar("D")


class Growing(Mapping[K, V]):
    """Entries in the order in which they first came.

    One with an entry more shares the bulk of the entries with the one before, and has a copy of the
    latest few: to add n entries one by one costs n * sqrt(n) copied entries, not n * n.
    """

    __slots__ = ("_bulk", "_latest", "_length")

    def __init__(self, entries: Mapping[K, V] | None = None) -> None:
        self._bulk: dict[K, V] = dict(entries or {})
        self._latest: dict[K, V] = {}
        self._length = len(self._bulk)

    def plus(self, key: K, value: V) -> "Growing[K, V]":
        """Return this mapping with an entry more, or with another value in the place of one."""
        made: Growing[K, V] = object.__new__(Growing)
        made._length = self._length if key in self else self._length + 1
        made._bulk, made._latest = self._bulk, {**self._latest, key: value}
        if len(made._latest) ** 2 > len(self._bulk) + 64:
            made._bulk, made._latest = {**self._bulk, **made._latest}, {}
        return made

    @overload
    def get(self, key: K, /) -> V | None: ...
    @overload
    def get(self, key: K, /, default: V | D) -> V | D: ...
    def get(self, key: K, /, default: D | None = None) -> V | D | None:
        """Return the value of a key, or something else when there is none."""
        return self._latest[key] if key in self._latest else self._bulk.get(key, default)

    def changed_since(self, earlier: "Growing[K, V] | None") -> Iterator[tuple[K, V]]:
        """Yield the entries that are new or another since an earlier state, at the cost of the latest few."""
        shares = earlier is not None and earlier._bulk is self._bulk
        for key, value in self._latest.items() if shares else self.items():
            if earlier is None or earlier.get(key) is not value:
                yield key, value

    def __getitem__(self, key: K) -> V:
        return self._latest[key] if key in self._latest else self._bulk[key]

    def __contains__(self, key: object) -> bool:
        return key in self._latest or key in self._bulk

    def __iter__(self) -> Iterator[K]:
        yield from self._bulk
        yield from (key for key in self._latest if key not in self._bulk)

    def __len__(self) -> int:
        return self._length

    def __repr__(self) -> str:
        return f"Growing({dict(self)!r})"
