"""The double of the providers, and a router that asks it, on a real store of what was spent."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

import pytest

from opstream.adapters.models.budgets import Budgets, Limits
from opstream.adapters.models.orders import Account, Maker
from opstream.adapters.models.provider import Provider
from opstream.adapters.models.router import Patience, Router
from opstream.adapters.models.rules import Book, Known, Rule
from opstream.adapters.store.database import Database
from opstream.errors import OperationFailed
from tests.doubles import models as doubles
from tests.runs.conftest import HeldClock

GEMINI, CLAUDE, OPENAI = "gemini-3.8-flash", "claude-sonnet-5-5", "gpt-6.1-sol"
IDS = {Maker.GEMINI: GEMINI, Maker.CLAUDE: CLAUDE, Maker.OPENAI: OPENAI}
KNOWN = {
    "gemini": Known("gemini", Maker.GEMINI, GEMINI),
    "claude": Known("claude", Maker.CLAUDE, CLAUDE),
    "openai": Known("openai", Maker.OPENAI, OPENAI),
    "small": Known("small", Maker.GEMINI, "gemini-3.5-flash-lite"),
}
BOOK = Book(
    KNOWN,
    ("gemini", "claude", "openai"),
    (Rule(("claude",), words_over=500),),
    frozenset(Maker),
)
NO_LIMITS, PATIENT = Limits(), Patience()
SOON = timedelta(milliseconds=300)


@pytest.fixture
async def double():
    async with doubles.started() as started:
        yield started


def account(double: doubles.Double, maker: Maker, key: str | None = None) -> Account:
    url = f"{double.url}/v1" if maker is Maker.OPENAI else double.url
    return Account(maker, key or doubles.KEYS[maker], url)


@pytest.fixture
async def open_provider(double):
    """Opens a provider that is closed in the end."""
    opened: list[Provider] = []

    def open_(maker: Maker, key: str | None = None) -> Provider:
        opened.append(Provider(account(double, maker, key)))
        return opened[-1]

    yield open_
    for one in opened:
        await one.close()


@dataclass
class House:
    """What a router stands on."""

    clock: HeldClock
    database: Database
    make: Callable[..., Router]


@pytest.fixture
async def house(double, open_provider, tmp_path):
    clock, database = HeldClock(), await Database.open(tmp_path / "data", durability="normal")
    keys = (f"key-{number}" for number in count(1))

    def make(limits=NO_LIMITS, patience=PATIENT, **changes) -> Router:
        book = replace(BOOK, **changes)
        providers = {maker: open_provider(maker) for maker in book.makers}
        budgets = Budgets(limits, database.usage, clock, lambda: next(keys))
        return Router(book, providers, budgets, clock, patience)

    yield House(clock, database, make)
    await database.close()


async def refused(router, request) -> OperationFailed:
    with pytest.raises(OperationFailed) as raised:
        await router.answer(request)
    return raised.value
