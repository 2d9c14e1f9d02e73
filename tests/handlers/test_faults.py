"""The same story through whatever goes wrong: in the end Slack shows the same, once, in order.

Ana asks for a greeting, Bo sends it back by a form, approves what comes then, and the run ends. Trouble is made in
each state of that: before anything is there, while the card is on its way, while the approval and while the form
is open, during the call, and while the result is being posted.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

from opstream.playground.slack import happenings as h
from opstream.playground.slack.executions import Execution
from opstream.playground.slack.server import Playground
from tests.contracts.waiting import until
from tests.handlers.conftest import Bot
from tests.handlers.driving import OPS, Colleague, fill_in, say
from tests.handlers.tools import ScriptedTools

STATES = ("before", "posting", "asking", "form", "calling", "ending")
KEYS = ["card", "progress", "approval/ask/1", "approval/ask/2", "notice/say", "result/0"]
Trouble = Callable[[], None]


@pytest.fixture
def ping_seconds() -> float:
    """A cut is noticed soon, so that tests are."""
    return 0.3


class Story:
    """The story, with trouble in one of its states or in all of them."""

    def __init__(self, playground: Playground, bot: Bot, tools: ScriptedTools) -> None:
        self._playground = playground
        self._bot = bot
        self._tools = tools

    async def told_by(
        self, ana: Colleague, bo: Colleague, trouble: Trouble, *states: str
    ) -> list[str]:
        """Let it happen; return the keys of all messages that the bot has posted, in order."""

        def now(state: str) -> None:
            if state in states:
                trouble()

        await ana.until(lambda: ana.connected, "the bot is connected")
        now("before")
        await self._until_connected()
        await ana.command("/opstream start greet name=World")
        now("posting")
        request = await bo.sees("Greet World?", "approval_changes")
        now("asking")
        await self._until_connected()
        await bo.press(request, "approval_changes")
        form = await bo.opens("form_changes")
        now("form")
        await self._until_connected()
        await fill_in(bo, form, comment="Twice will do.", input_times="2")
        again = await bo.sees("revision 2", "approval_grant")
        self._tools.gate.clear()
        await self._until_connected()
        await bo.press(again, "approval_grant")
        await until(lambda: len(self._tools.calls) == 2)
        now("calling")
        self._tools.gate.set()
        now("ending")
        await ana.sees("✅ *Done.*", "Hello World.")
        await ana.sees("✅ *Done* ·")
        await self._bot.messenger.settled()
        self._require_final()
        return self.keys()

    def _require_final(self) -> None:
        assert "*Sent back for changes* by <@U0BO000001>" in self._shown("approval/ask/1")
        assert "*Approved* by <@U0BO000001>" in self._shown("approval/ask/2")
        assert "✅ *Done*" in self._shown("card")

    def keys(self) -> list[str]:
        """Return what the bot has posted, as parts of the run."""
        posted = [one for one in self._log() if one.by_app and one.content.metadata]
        keys = [str(one.content.metadata["event_payload"]["key"]) for one in posted]
        return [re.sub(r"/\d{6,}$", "", key.partition("/")[2]) for key in keys]

    def _shown(self, key: str) -> str:
        """Return what the message of a part shows."""
        (found,) = (one for one in self._log() if str(one.content.metadata).count(f"/{key}'"))
        return str(found.content.blocks)

    def _log(self) -> list[Any]:
        return list(self._playground._hub.workspace.messages[OPS].values())

    async def _until_connected(self) -> None:
        """Slack hands nothing to an app that is not there: people wait until it is."""
        await until(lambda: self._playground.connections > 0)


@pytest.fixture
def story(playground, bot, tools) -> Story:
    """The story."""
    return Story(playground, bot, tools)


@pytest.mark.parametrize("state", STATES)
async def test_a_cut_changes_nothing_whenever_it_comes(story, ana, bo, playground, bot, state):
    keys = await story.told_by(ana, bo, playground.drop_connections, state)

    assert keys == KEYS
    assert (await bot.install.services.runs.ended()).total == 1


async def test_connections_that_slack_renews_at_every_turn_change_nothing(
    story, ana, bo, playground, tools
):
    keys = await story.told_by(ana, bo, playground.refresh_connections, *STATES)

    assert keys == KEYS
    assert len(tools.calls) == 2


async def test_whatever_is_delivered_twice_counts_once(story, ana, bo, playground, bot, tools):
    keys = await story.told_by(ana, bo, lambda: playground.faults.duplicate_next(3), *STATES)

    assert keys == KEYS
    assert (await bot.install.services.runs.ended()).total == 1
    assert [call.operation for call in tools.calls] == ["estate.look", "estate.greet"]


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_a_storm_of_429_at_every_turn_only_takes_time(story, ana, bo, playground, method):
    keys = await story.told_by(
        ana, bo, lambda: playground.faults.storm(1, retry_after=1, method=method), *STATES
    )

    assert keys == KEYS


async def test_a_slack_that_takes_its_time_changes_nothing(story, ana, bo, playground):
    playground.faults.delay_seconds = 0.1

    assert await story.told_by(ana, bo, lambda: None) == KEYS


async def test_a_form_that_slack_does_not_let_us_open_is_said_and_opens_at_the_next_press(
    ana, bo, playground
):
    await ana.command("/opstream start greet name=World")
    request = await bo.sees("Greet World?", "approval_changes")
    playground.faults.storm(1, retry_after=1, method="views.open")

    await bo.press(request, "approval_changes")
    await bo.told("Slack did not let me answer just now. Please try again in a moment.")
    await bo.press(request, "approval_changes")

    await bo.opens("form_changes")


async def test_a_form_that_slack_does_not_let_us_fill_in_at_once_is_filled_in_a_little_later(
    ana, bo, playground
):
    await ana.command("/opstream start greet name=World")
    request = await bo.sees("Greet World?", "approval_changes")
    playground.faults.storm(1, retry_after=1, method="views.update")

    await bo.press(request, "approval_changes")

    form = await bo.opens("form_changes")
    await fill_in(bo, form, comment="Once will do.", input_times="1")
    await bo.sees("revision 2", "approval_grant")


async def test_an_answer_that_slack_refuses_at_first_comes_in_the_end(ana, playground):
    await ana.until(lambda: ana.connected, "the bot is connected")
    thread = await say(ana, "Something is odd.")
    playground.faults.storm(1, retry_after=1, method="chat.postMessage")

    await say(ana, "@OpStream what is running?", thread=thread)

    await ana.sees("Nothing is running", thread=thread)


async def test_events_that_come_twice_are_answered_once(ana, playground, bot):
    await ana.until(lambda: ana.connected, "the bot is connected")
    playground.faults.duplicate_next(4)

    await say(ana, "@OpStream what is running?")
    await ana.sees("Nothing is running")
    await ana.command("/opstream help start")
    await ana.told("start")

    answers = [one for one in story_texts(playground) if "Nothing is running" in one]
    assert len(answers) == 1


async def test_a_shortcut_and_a_step_that_come_twice_count_once(ana, bo, playground, bot):
    await ana.until(lambda: ana.connected, "the bot is connected")
    playground.faults.duplicate_next(1)
    await ana.do("shortcut", callback_id="start_anything")
    await ana.opens("form_anything")
    playground.faults.duplicate_next(1)
    given: dict[str, object] = {"workflow": "greet", "inputs": "name=World", "channel": OPS}
    playground._hub.record(h.StepExecuted(Execution("Fx0000000001", "run_workflow", given)))

    await bo.sees("Greet World?", "approval_grant")

    assert len([one for one in ana.views.values() if one["callback_id"] == "form_anything"]) == 1
    assert (await bot.install.services.runs.active()).total == 1


def story_texts(playground: Playground) -> list[str]:
    """Return all that the bot says in the channel."""
    log = playground._hub.workspace.messages[OPS].values()
    return [one.content.text for one in log if one.by_app]
