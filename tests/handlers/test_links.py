"""The address of a run where it is shared: shown to those who may all see the run, and else left alone."""

from typing import Any

import pytest
from aiohttp import ClientSession
from starlette.applications import Starlette

from config.settings import Settings
from handlers.addresses import Addresses
from handlers.channels import Channels
from opstream.api import pages, serving
from opstream.domain.addresses import run_in
from opstream.domain.conversation import Place, Posting
from opstream.playground.slack import happenings as h
from opstream.playground.slack.channels import Channel
from opstream.playground.slack.people import APP_USER
from tests.flows.person import Person
from tests.handlers.driving import DM_ANA, OPS, RANDOM, say
from tests.handlers.moments import Moments

LEADS = "C0LEADS001"
ANA, BO = "U0ANA00001", "U0BO000001"
PAGES = "https://ops.example.com/"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """An install whose runs have pages."""
    return settings.model_copy(
        update={"http": settings.http.model_copy(update={"public_url": PAGES})}
    )


@pytest.fixture
async def leads(playground) -> str:
    """A private channel of Bo, with the bot in it."""
    members = (BO, APP_USER)
    playground._hub.record(h.ChannelChanged(Channel(LEADS, "leads", "group", members=members)))
    return LEADS


async def run_of(person: Person, bot: Any, name: str, channel: str = OPS) -> str:
    """Start the greeting of somebody in a channel, and return the id of the run once it asks."""
    await person.command(f"/opstream start greet name={name}", channel)
    await person.sees(f"Greet {name}?")
    runs = (await bot.install.services.runs.active()).runs
    views = [await bot.install.services.runs.view(one.id) for one in runs]
    return next(one.run.id for one in views if one.run.inputs["name"] == name)


async def cards_below(person: Person, channel: str, *ids: str) -> dict[str, dict[str, Any]]:
    """Share the addresses of runs, and return the cards below the message by run, once there are some."""
    ts = await say(person, " and ".join(f"{PAGES}runs/{one}" for one in ids), channel)

    def found() -> list[dict[str, Any]]:
        return person.messages[channel, ts].get("attachments", [])

    cards = await person.until(found, "cards below the message")
    return {card["work_object"]["external_ref"]["id"]: card for card in cards}


async def test_a_shared_run_is_shown_as_it_stands(bot, ana):
    run_id = await run_of(ana, bot, "World")

    cards = await cards_below(ana, RANDOM, run_id, "rnobody000")

    shown = str(cards.pop(run_id))
    assert cards == {}
    assert "*Greet somebody*\\n🙋 *Waiting for a decision*" in shown
    assert "an approver is asked in the thread" in shown
    assert "Asked by *Ana Silva*" in shown
    assert "|Open its thread>" in shown
    assert "As of <!date^" in shown
    assert "World" not in shown  # what it was given stays in its thread
    assert "<@" not in shown  # nobody is called


async def test_a_run_of_a_private_channel_is_shown_there_and_nowhere_else(bot, leads, ana, bo):
    secret = await run_of(bo, bot, "Secret", leads)
    known = await run_of(ana, bot, "World")

    in_public = await cards_below(bo, OPS, secret, known)
    at_home = await cards_below(bo, leads, secret, known)

    assert set(in_public) == {known}
    assert set(at_home) == {secret, known}


async def test_the_address_of_a_run_is_given_in_its_thread_and_by_id(bot, ana, bo, leads):
    run_id = await run_of(bo, bot, "Secret", leads)

    await bo.command(f"/opstream link {run_id}")
    await bo.told(f"`{run_id}` is at {PAGES}runs/{run_id}")
    await ana.command(f"/opstream link {run_id}")
    await ana.told("There is no run")


async def test_who_may_not_see_a_run_cannot_have_it_shown_even_to_themselves(bot, leads, bo, ana):
    secret = await run_of(bo, bot, "Secret", leads)
    known = await run_of(ana, bot, "World")
    direct = await run_of(ana, bot, "Me", DM_ANA)

    cards = await cards_below(ana, DM_ANA, secret, known, direct)
    elsewhere = await cards_below(bo, OPS, direct, known)

    assert set(cards) == {known, direct}
    assert set(elsewhere) == {known}


async def test_an_app_without_work_objects_shows_the_same_as_blocks(bot, ana, playground):
    playground.turn_off_work_objects()
    run_id = await run_of(ana, bot, "World")

    ts = await say(ana, f"{PAGES}runs/{run_id}", OPS)
    (card,) = await ana.until(lambda: ana.messages[OPS, ts].get("attachments"), "a card")

    assert "Greet somebody" in str(card["blocks"])
    assert "work_object" not in card


async def test_the_details_of_a_work_object_are_for_those_who_may_see_the_run(
    bot, leads, ana, bo, playground
):
    secret = await run_of(bo, bot, "Secret", leads)
    ts = await say(bo, f"{PAGES}runs/{secret}", leads)
    (card,) = await bo.until(lambda: bo.messages[leads, ts].get("attachments"), "a card")
    url = card["from_url"]

    await bo.do("open_entity", channel=leads, ts=ts, url=url)
    seen = await bo.until(lambda: bo.entity, "details")
    hub = playground._hub
    trigger, message = hub.triggers.issue("1.2.ana", ANA).id, hub.workspace.message(leads, ts)
    hub.record(h.EntityOpened(ANA, trigger, message, card["work_object"]))
    refused = await ana.until(lambda: ana.entity, "no details")

    fields = seen["entity"]["entity_payload"]
    assert fields["fields"]["status"]["value"] == "🙋 Waiting for a decision"
    assert fields["custom_fields"][-1]["link"].startswith("http")
    assert refused["entity"] == {}
    assert "no run at this address" in refused["error"]["custom_message"]


async def test_a_stranger_is_led_to_public_channels_only_and_sees_no_other_difference(
    bot, leads, ana, bo
):
    secret = await run_of(bo, bot, "Secret", leads)
    direct = await run_of(ana, bot, "Me", DM_ANA)
    known = await run_of(ana, bot, "World")
    built = Starlette(routes=pages.routes(bot.addresses.for_strangers))

    async with serving.serving(built, "127.0.0.1", 0) as address, ClientSession() as session:

        async def opened(run_id: str) -> tuple[int, str, dict[str, str]]:
            async with session.get(f"{address}/runs/{run_id}", allow_redirects=False) as answer:
                headers = {one.lower(): answer.headers[one] for one in answer.headers}
                headers.pop("date", None)
                return answer.status, await answer.text(), headers

        status, _, headers = await opened(known)
        pages_of_others = [await opened(one) for one in (secret, direct, "rnobody000", "%00<b>")]

    assert status == 302
    assert f"/archives/{OPS}/p" in headers["location"]
    assert all(one == pages_of_others[0] for one in pages_of_others)
    assert pages_of_others[0][0] == 200
    assert "noindex" in pages_of_others[0][2]["x-robots-tag"]


@pytest.mark.parametrize(
    ("url", "run_id"),
    [
        ("https://ops.example.com/runs/r1", "r1"),
        ("https://OPS.example.com/runs/r1/?utm=1#x", "r1"),
        ("https://ops.example.com/runs/", None),
        ("https://ops.example.com/runs/r1/more", None),
        ("https://ops.example.com/other/r1", None),
        ("http://ops.example.com/runs/r1", None),
        ("https://ops.example.com@evil.test/runs/r1", None),
        ("https://ops.example.com.evil.test/runs/r1", None),
    ],
)
def test_only_an_address_of_ours_means_a_run(url, run_id):
    assert run_in(PAGES, url) == run_id
    assert run_in("", url) is None


class Slack:
    """A client to which each channel is as it is said to be."""

    def __init__(self, **channel: bool) -> None:
        self.channel = channel

    async def conversations_info(self, channel: str) -> dict[str, Any]:
        return {"channel": self.channel}


@pytest.mark.parametrize(
    ("channel", "ours"),
    [
        ({"is_channel": True}, True),
        ({"is_channel": True, "is_ext_shared": True}, False),
        ({"is_channel": True, "is_pending_ext_shared": True}, False),
        ({}, False),
    ],
)
async def test_a_channel_that_others_share_is_not_ours(channel, ours):
    assert await Channels(Slack(**channel), None).is_ours("C1") is ours


class Thread(Slack):
    """A workspace, and what is kept of the one run in it."""

    async def chat_getPermalink(self, channel: str, message_ts: str) -> dict[str, Any]:
        return {"permalink": f"https://acme.slack.com/archives/{channel}/p{message_ts}"}

    async def of_run(self, run_id: str) -> list[Posting]:
        return [Posting("r1/card", "r1", Place("C1"), "1.2", "")] if run_id == "r1" else []


async def test_a_channel_that_has_become_private_is_soon_no_strangers_business():
    slack, time = Thread(is_channel=True, is_private=False), Moments()
    addresses = Addresses(slack, slack, time, PAGES)

    assert await addresses.for_strangers("r1") == "https://acme.slack.com/archives/C1/p1.2"
    slack.channel = {"is_channel": True, "is_private": True}
    time.pass_by(60)

    assert await addresses.for_strangers("r1") == ""
    assert await Addresses(slack, slack, time).for_strangers("r1") == ""
    assert await Addresses(slack, slack, time).of("r1") == "https://acme.slack.com/archives/C1/p1.2"
