"""What stands in a private channel is shown to those who are in it."""

import pytest

from opstream.playground.slack import happenings as h
from opstream.playground.slack.channels import Channel
from opstream.playground.slack.people import APP_USER
from tests.handlers.driving import OPS, count

LEADS = "C0LEADS001"


@pytest.fixture
async def leads(playground) -> str:
    """A private channel of Ana and Bo, with the bot in it."""
    members = ("U0ANA00001", "U0BO000001", APP_USER)
    playground._hub.record(h.ChannelChanged(Channel(LEADS, "leads", "group", members=members)))
    return LEADS


async def test_a_run_of_a_private_channel_is_unknown_outside(bot, leads, ana, bo, join):
    cleo = await join("U0CLEO0001")
    await ana.command("/opstream start greet name=Secret", leads)
    await bo.sees("Greet Secret?")
    (run,) = (await bot.install.services.runs.active()).runs

    await cleo.command(f"/opstream details {run.id}")
    await cleo.told(f"There is no run `{run.id}`")
    await cleo.command(f"/opstream cancel {run.id[:8]}")
    await cleo.told("There is no run")
    await cleo.command("/opstream list")
    listed = await cleo.told("Nothing is running")
    assert run.id not in str(listed)
    await bo.command("/opstream list", OPS)
    await bo.told(run.id)
    assert count(cleo, "Secret") == 0


async def test_while_slack_does_not_say_who_is_where_nothing_is_shown(playground, leads, bo):
    playground.faults.storm(50, retry_after=1, method="users.conversations")

    await bo.command("/opstream list")

    await bo.told("Slack could not tell me which channels you are in")
