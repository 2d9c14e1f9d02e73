"""Budgets: what may still be spent, looked up before each question, and noted after each answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from opstream.domain.prompt import Purpose, Usage
from opstream.domain.spending import Allowance, Allowances
from opstream.errors import OperationFailed
from opstream.ports import Clock, Spent, UsageStore

_WHERE = "in config/models.yaml"


@dataclass(frozen=True, slots=True)
class Need:
    """What a question will take at least: its prompt, and the answer where its length is limited."""

    tokens: int
    dollars: float


@dataclass(frozen=True, slots=True)
class _Budget:
    name: str
    whose: str
    limit: Allowance


class Budgets:
    """Refuses what would go beyond.

    Args:
        new_key: Gives a text that nobody has seen before.
    """

    def __init__(
        self, limits: Allowances, store: UsageStore, clock: Clock, new_key: Callable[[], str]
    ) -> None:
        self._limits = limits
        self._store = store
        self._clock = clock
        self._new_key = new_key
        self._under_way: list[tuple[Purpose, Need]] = []

    async def require(self, purpose: Purpose, need: Need) -> None:
        """Refuse a question for which there is no money or no token left.

        Raises:
            OperationFailed: a budget is used up; says which one, how much, and who can raise it.
            StoreUnavailable: nobody knows what was spent.
        """
        _check(_Budget("call", "one call", self._limits.call), Spent(), need)
        limits, midnight = self._limits, self._midnight()
        if limits.run.is_set and purpose.run:
            spent = await self._store.spent(run=purpose.run)
            spent = self._with_others(spent, lambda other: other.run == purpose.run)
            _check(_Budget("run", "this run", limits.run), spent, need)
        if limits.person.is_set and purpose.person:
            spent = await self._store.spent(since=midnight, person=purpose.person)
            spent = self._with_others(spent, lambda other: other.person == purpose.person)
            _check(_Budget("person", "this person today", limits.person), spent, need)
        if limits.day.is_set:
            spent = await self._store.spent(since=midnight)
            spent = self._with_others(spent, lambda _: True)
            _check(_Budget("day", "all people today", limits.day), spent, need)

    @contextmanager
    def under_way(self, purpose: Purpose, need: Need) -> Iterator[None]:
        """Have a question counted that is not answered yet, so that many at once cannot pass together."""
        mine = (purpose, need)
        self._under_way.append(mine)
        try:
            yield
        finally:
            self._under_way.remove(mine)

    async def record(self, usage: Usage) -> None:
        """Note what an answer took; errors as the port says."""
        await self._store.record(usage)

    def key(self, purpose: Purpose, number: int) -> str:
        """Return the key of an answer: of the same one in the same try of a step, the same."""
        if purpose.run and purpose.step:
            return f"{purpose.run}:{purpose.step}:{purpose.attempt}:{number}"
        return self._new_key()

    async def today(self) -> Spent:
        """Return what was spent since midnight UTC."""
        return await self._store.spent(since=self._midnight())

    def _midnight(self) -> datetime:
        now = self._clock.now().astimezone(UTC)
        return now.replace(hour=0, minute=0, second=0, microsecond=0)

    def _with_others(self, spent: Spent, counts: Callable[[Purpose], bool]) -> Spent:
        needs = [need for purpose, need in self._under_way if counts(purpose)]
        return replace(
            spent,
            tokens_in=spent.tokens_in + sum(one.tokens for one in needs),
            cost=spent.cost + sum(one.dollars for one in needs),
        )


def _check(budget: _Budget, spent: Spent, need: Need) -> None:
    limit, used = budget.limit, spent.tokens_in + spent.tokens_out
    if limit.tokens is not None and used + need.tokens > limit.tokens:
        raise _used_up(
            f"{limit.tokens:,} tokens for {budget.whose}",
            f"{used:,} are used and this takes at least {need.tokens:,}",
            f"budgets.{budget.name}_tokens",
        )
    if limit.dollars is not None and spent.cost + need.dollars > limit.dollars:
        raise _used_up(
            f"${limit.dollars:,.2f} for {budget.whose}",
            f"${spent.cost:,.2f} are spent and this costs at least {_money(need.dollars)}",
            f"budgets.{budget.name}_dollars",
        )


def _money(dollars: float) -> str:
    return f"${dollars:,.2f}" if dollars >= 0.01 else "less than a cent"


def _used_up(budget: str, used: str, key: str) -> OperationFailed:
    return OperationFailed(
        f"The budget of {budget} does not allow this: {used}. Whoever runs me can raise `{key}` {_WHERE}.",
        kind="refused",
        retryable=False,
    )
