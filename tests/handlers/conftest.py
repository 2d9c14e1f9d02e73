"""The real edge on a real socket: a playground, a database, and a bot whose tools are scripted."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import pytest

from config.settings import Settings
from handlers import slack_app
from handlers.addresses import Addresses
from handlers.outbound import SlackMessenger
from handlers.pacing import Pacing, Rate, Rates
from opstream import bootstrap
from opstream.playground.slack.server import Playground, PlaygroundSettings
from opstream.ports import Clock, LanguageModel
from tests.handlers.driving import Colleague
from tests.handlers.tools import ScriptedTools

WORKFLOW = """
id: greet
title: Greet somebody
description: Says hello, after a yes.
phrases: ["say hello to {name}"]
inputs:
  name: {type: text, title: Name}
  pause: {type: duration, title: Pause, default: 1s}
steps:
  - {id: look, title: Look around, call: estate.look, with: {name: "{{ inputs.name }}"}}
  - id: ask
    title: Ask for a yes
    approval: {title: "Greet {{ inputs.name }}?", covers: greet, risk: low}
  - id: greet
    title: Greet
    call: estate.greet
    with: {name: "{{ inputs.name }}", times: 3, to: [a, b]}
  - {id: say, title: Say so, notify: "I said hello to {{ inputs.name }}."}
result: "{{ steps.greet.output.said }}"
"""
QUESTION = """
id: survey
title: Survey
steps:
  - id: ask
    title: Ask
    ask:
      question: How was it?
      fields:
        stars: {type: number, title: Stars}
        remark: {type: text, title: Remark, required: false}
"""
ROLES = {
    "default": ["operator"],
    "people": {"U0BO000001": ["approver"], "U0CLEO0001": ["admin"], "U0DAN00001": ["viewer"]},
}


@pytest.fixture
async def playground(tmp_path) -> AsyncIterator[Playground]:
    """A pretend Slack on a free port."""
    settings = PlaygroundSettings(state_dir=tmp_path / "slack", port=0, rates_enforced=False)
    opened = Playground(settings)
    await opened.start()
    yield opened
    await opened.stop()


@pytest.fixture
def tools() -> ScriptedTools:
    """The tools that workflows call."""
    return ScriptedTools()


@pytest.fixture
def model() -> LanguageModel | None:
    """What answers prompts; None means that there is no model."""
    return None


@pytest.fixture
def settings(tmp_path) -> Settings:
    """An install with two small workflows."""
    folder = tmp_path / "workflows"
    folder.mkdir()
    (folder / "greet.yaml").write_text(WORKFLOW)
    (folder / "survey.yaml").write_text(QUESTION)
    tree = {"data_dir": str(tmp_path / "data"), "workflow_dirs": [str(folder)], "roles": ROLES}
    return Settings.model_validate(tree, context={"folder": tmp_path})


@pytest.fixture
def default_channel() -> str:
    """Where runs stand that belong to no channel."""
    return ""


@dataclass
class Bot:
    """The bot, connected."""

    addresses: Addresses
    app: slack_app.SlackApp
    messenger: SlackMessenger
    install: bootstrap.Install
    connection: slack_app.Connection


@pytest.fixture
def ping_seconds() -> float:
    """How often it is checked that the sockets stand."""
    return 3


@pytest.fixture
def clock() -> Clock | None:
    """The time of the bot; None means the machine's."""
    return None


@pytest.fixture
async def bot(  # noqa: PLR0913 - what may be different
    playground, settings, tools, model, default_channel, ping_seconds, clock
) -> AsyncIterator[Bot]:
    """The bot as `app.py` wires it, in a hurry, with scripted tools."""
    app = slack_app.build_app("xoxb-playground", playground.api_url)
    stores = await bootstrap.open_stores(settings, clock)
    quick = Rate(1_000, 1_000)
    pacing = Pacing(stores.clock, Rates(*[quick] * 6))
    messenger = slack_app.messenger(app, stores.postings, stores.clock, default_channel, pacing)
    install = await bootstrap.install(
        settings, stores, messenger, {}, instead=bootstrap.Instead(tools, model)
    )
    public_url = settings.http.public_url or ""
    addresses = slack_app.register(app, install.services, messenger, public_url)
    connection = await slack_app.connect(app, "xapp-playground", 1, ping_seconds)
    await install.start()
    yield Bot(addresses, app, messenger, install, connection)
    await connection.close()
    await install.stop(timedelta())
    await messenger.drain(timedelta(seconds=5))
    await stores.database.close()
    await slack_app.close(app)


@pytest.fixture
async def join(playground, bot):
    """Return a function by which somebody joins."""
    async with aiohttp.ClientSession() as session:
        people: list[Colleague] = []

        async def enter(user: str) -> Colleague:
            person = await Colleague.join(session, playground.address, user)
            people.append(person)
            return person

        yield enter
        await asyncio.gather(*(person.leave() for person in people))


@pytest.fixture
async def ana(join) -> Colleague:
    """Ana, an operator."""
    return await join("U0ANA00001")


@pytest.fixture
async def bo(join) -> Colleague:
    """Bo, an approver."""
    return await join("U0BO000001")
