"""The double of the providers, and a router that asks it, on a real store of what was spent.

One double, one database and one client of each provider serve all tests here: a client takes 30 to 70 ms of
processor time, a database 60. Each test begins with empty ones. What is given up before it was answered has a
double of its own, since the question may still be on its way when the next test begins.
"""

import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

import pytest
import pytest_asyncio

from opstream.adapters.models.budgets import Budgets
from opstream.adapters.models.orders import Account, Maker
from opstream.adapters.models.provider import Provider
from opstream.adapters.models.router import Patience, Router
from opstream.adapters.models.rules import Book, Known, Rule
from opstream.adapters.store.database import Database
from opstream.domain.spending import Allowances
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
NO_LIMITS, PATIENT = Allowances(), Patience()
SOON = timedelta(milliseconds=300)
ON_ONE_LOOP = pytest.mark.asyncio(loop_scope="package")
_for_all = pytest_asyncio.fixture(scope="package", loop_scope="package")
_for_one = pytest_asyncio.fixture(loop_scope="package")


@dataclass(frozen=True)
class Reached:
    """A double, and a client of each provider that asks it."""

    double: doubles.Double
    providers: Mapping[Maker, Provider]


@asynccontextmanager
async def reached(*makers: Maker) -> AsyncIterator[Reached]:
    """Start a double and open clients."""
    async with doubles.started() as double:
        providers = {maker: Provider(account(double, maker)) for maker in makers}
        yield Reached(double, providers)
        for one in providers.values():
            await one.close()


def account(double: doubles.Double, maker: Maker, key: str | None = None) -> Account:
    url = f"{double.url}/v1" if maker is Maker.OPENAI else double.url
    return Account(maker, key or doubles.KEYS[maker], url)


@_for_all
async def shared():
    """What all tests ask."""
    async with reached(*Maker) as opened:
        yield opened


@_for_all
async def database_of_all(tmp_path_factory):
    """A database, and the file that it is in."""
    folder = tmp_path_factory.mktemp("models")
    opened = await Database.open(folder, durability="normal")
    [file] = folder.glob("*.db")
    yield opened, file
    await opened.close()


@_for_one
async def double(shared):
    """The double, as if it had just been started."""
    found = shared.double
    found.rules, found.asked, found.embedded = [], [], []
    return found


@dataclass
class House:
    """What a router stands on."""

    clock: HeldClock
    database: Database
    make: Callable[..., Router]


def _house(database: Database, providers: Mapping[Maker, Provider]) -> House:
    clock = HeldClock()
    keys = (f"key-{number}" for number in count(1))

    def make(limits=NO_LIMITS, patience=PATIENT, **changes) -> Router:
        book = replace(BOOK, **changes)
        budgets = Budgets(limits, database.usage, clock, lambda: next(keys))
        asked = {maker: providers[maker] for maker in book.makers}
        return Router(book, asked, budgets, clock, patience)

    return House(clock, database, make)


@_for_one
async def empty_database(database_of_all):
    """The database, in which nothing was spent yet."""
    database, file = database_of_all
    with closing(sqlite3.connect(file, timeout=20)) as connection, connection:
        connection.execute("DELETE FROM usage")
    return database


@_for_one
async def house(double, shared, empty_database):
    """What a router stands on that asks the double of all."""
    return _house(empty_database, shared.providers)


@_for_one
async def house_apart(empty_database):
    """A double of its own, and what a router stands on that asks it."""
    async with reached(*Maker) as opened:
        yield opened.double, _house(empty_database, opened.providers)


async def refused(router, request) -> OperationFailed:
    with pytest.raises(OperationFailed) as raised:
        await router.answer(request)
    return raised.value
