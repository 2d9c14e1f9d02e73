"""Starting and stopping: wrong tokens in one line, who is let in, sockets that come back."""

import asyncio
from datetime import timedelta

import pytest

from handlers import slack_app
from handlers.outbound import SlackMessenger
from handlers.payloads import Asker
from handlers.people import People
from handlers.troubles import Kind, understand
from opstream.domain.person import Role
from opstream.errors import OpStreamError
from opstream.governance.people import People as Roles
from opstream.governance.people import RoleBook
from tests.handlers.driving import count
from tests.handlers.moments import Moments


class Waits:
    """A `sleep` that only remembers for how long."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.mark.parametrize(
    ("bot", "app", "words"),
    [
        (
            "xoxb-wrong",
            "xapp-playground",
            r"SLACK_BOT_TOKEN does not work: Slack says `invalid_auth`",
        ),
        (
            "xoxb-playground",
            "xapp-wrong",
            r"SLACK_APP_TOKEN does not work: Slack says `invalid_auth`",
        ),
    ],
)
async def test_a_wrong_token_is_named_in_one_line(playground, bot, app, words):
    made = slack_app.build_app(bot, playground.api_url)

    with pytest.raises(OpStreamError, match=words) as refused:
        await slack_app.check_tokens(made, app)
    await slack_app.close(made)

    assert "\n" not in str(refused.value)


async def test_right_tokens_tell_who_we_are(playground):
    made = slack_app.build_app("xoxb-playground", playground.api_url.rstrip("/"))

    assert await slack_app.check_tokens(made, "xapp-playground") == "U0OPSTREAM"
    await slack_app.close(made)


async def test_a_slack_that_cannot_be_reached_is_said_in_one_line():
    made = slack_app.build_app("xoxb-x", "http://127.0.0.1:9/api")
    waits = Waits()

    with pytest.raises(
        OpStreamError, match=r"Slack cannot be reached at http://127\.0\.0\.1:9/api/"
    ):
        await slack_app.check_tokens(made, "xapp-x", waits.sleep)
    await slack_app.close(made)

    assert waits.seconds == [1, 2, 4]


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_start_that_slack_holds_up_waits_as_long_as_it_says(playground, method):
    made = slack_app.build_app("xoxb-playground", playground.api_url)
    playground.faults.storm(2, retry_after=20, method=method)
    waits = Waits()

    assert await slack_app.check_tokens(made, "xapp-playground", waits.sleep) == "U0OPSTREAM"
    await slack_app.close(made)

    assert waits.seconds == [20, 20]


async def test_a_start_waits_a_minute_at_most_and_then_blames_no_token(playground):
    made = slack_app.build_app("xoxb-playground", playground.api_url)
    playground.faults.storm(99, retry_after=25)
    waits = Waits()

    with pytest.raises(OpStreamError, match="wait for another 25 s") as refused:
        await slack_app.check_tokens(made, "xapp-playground", waits.sleep)
    await slack_app.close(made)

    assert waits.seconds == [25, 25]
    assert "_TOKEN" not in str(refused.value)


async def test_a_start_with_tokens_in_the_environment_says_nothing_of_its_own(
    playground, monkeypatch, caplog, capfd
):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-playground")
    made = slack_app.build_app("xoxb-playground", playground.api_url)
    await slack_app.check_tokens(made, "xapp-playground")
    connection = await slack_app.connect(made, "xapp-playground", 1)
    await connection.close(timedelta())
    await slack_app.close(made)

    assert [one.getMessage() for one in caplog.records if one.levelname != "DEBUG"] == []
    assert capfd.readouterr() == ("", "")


async def test_people_come_with_roles_and_are_asked_for_once(playground):
    made = slack_app.build_app("xoxb-playground", playground.api_url)
    roles = Roles(RoleBook(people={"U0BO000001": frozenset({Role.APPROVER})}))
    people = People(made.client, roles, Moments())

    bo = await people.find(Asker("U0BO000001"))
    playground.faults.storm(9, method="users.info")
    again = await people.find(Asker("U0BO000001"))
    with pytest.raises(OpStreamError, match="Slack could not tell me who you are"):
        await people.find(Asker("U0ANA00001"))
    await slack_app.close(made)

    assert bo == again
    assert (bo.name, bo.roles, bo.is_bot) == ("Bo Chen", frozenset({Role.APPROVER}), False)


async def test_a_bot_has_no_roles_whatever_it_is_called(playground):
    made = slack_app.build_app("xoxb-playground", playground.api_url)
    people = People(made.client, Roles(RoleBook()), Moments())

    bot = await people.find(Asker("U0OPSTREAM"))
    disguised = await people.find(Asker("U0ANA00001", is_bot=True))
    await slack_app.close(made)

    assert (bot.is_bot, bot.roles) == (True, frozenset())
    assert (disguised.is_bot, disguised.roles) == (True, frozenset())


async def test_sockets_that_are_cut_come_back(ana, playground):
    await ana.until(lambda: ana.connected, "the bot is connected")

    playground.drop_connections()
    await ana.until(lambda: not ana.connected, "the bot is away")
    await ana.until(lambda: ana.connected, "the bot is back", 30)
    await ana.command("/opstream start greet name=World")

    await ana.sees("Asked by <@U0ANA00001>", "name = World")
    assert count(ana, "Asked by") == 1


async def test_a_command_is_acknowledged_before_anything_else_is_asked(playground, ana):
    await ana.until(lambda: ana.connected, "the bot is connected")
    playground.faults.pause_api()  # no call of ours is answered

    await ana.command("/opstream help")
    async with asyncio.timeout(1):
        while playground.unanswered:  # noqa: ASYNC110 - the acknowledgement sends no signal
            await asyncio.sleep(0)
    playground.faults.resume_api()

    await ana.told("What I can do")
    assert ana.failures == []


async def test_closing_lets_listeners_at_work_finish(playground, bot, ana):
    await ana.until(lambda: ana.connected, "the bot is connected")
    playground.faults.pause_api()
    await ana.command("/opstream help")

    closing = asyncio.create_task(bot.connection.close(timedelta(seconds=5)))
    await ana.until(lambda: not ana.connected, "the bot is away")
    playground.faults.resume_api()
    await closing

    await ana.told("What I can do")


async def test_what_no_error_class_knows_is_hopeless_and_the_rest_is_told_apart(playground):
    made = slack_app.build_app("xoxb-playground", playground.api_url)
    kinds = {}
    for channel in ("C0RANDOM01", "C0NOTHERE0"):
        with pytest.raises(slack_app.SlackApiError) as refused:
            await made.client.chat_postMessage(channel=channel, text="x")
        kinds[channel] = understand(refused.value).kind
    playground.faults.storm(1, retry_after=4)
    with pytest.raises(slack_app.SlackApiError) as refused:
        await made.client.auth_test()
    await slack_app.close(made)

    trouble = understand(refused.value)
    assert set(kinds.values()) == {Kind.ELSEWHERE}
    assert (trouble.kind, trouble.wait_seconds) == (Kind.WAIT, 4)


async def test_a_messenger_with_nothing_to_do_is_drained_at_once(playground):
    made = slack_app.build_app("xoxb-playground", playground.api_url)
    messenger: SlackMessenger = slack_app.messenger(made, None, Moments())

    assert await messenger.drain(timedelta())
    await slack_app.close(made)
