"""A ticket to install the app: ours, fresh, and good for one use."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from handlers.workspaces import many
from opstream.adapters.store.database import Database
from tests.contracts.stories import NOON


@dataclass
class At:
    """The time."""

    time: datetime = NOON

    def now(self) -> datetime:
        return self.time


@pytest.fixture
async def deliveries(tmp_path):
    database = await Database.open(tmp_path / "data")
    yield database.deliveries
    await database.close()


async def test_a_ticket_to_install_works_once_and_only_ours_does(deliveries):
    states = many.States("client-secret", deliveries, At())
    ticket = await states.async_issue()
    before = At(NOON - timedelta(seconds=700))
    old = await many.States("client-secret", deliveries, before).async_issue()
    foreign = await many.States("other", deliveries, At()).async_issue()

    assert await states.async_consume(ticket)
    refused = (ticket, old, foreign, "", "-", "1-2-3", ticket + "x")
    assert [await states.async_consume(one) for one in refused] == [False] * 7
