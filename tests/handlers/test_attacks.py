"""What somebody could try at the edge: refused or harmless, noted where a deed was tried, and nothing leaks.

A foreign signature, a replayed delivery, a workspace that installed nothing and a namesake in another workspace
are tried in `test_workspaces.py`, the id of a run in a private channel in `test_sights.py` as well.
"""

import json
import time
from datetime import timedelta

import pytest

from blocks import ids
from opstream.domain.audit import REFUSED, AuditFilter
from opstream.domain.run import RunStatus
from tests.handlers import forging
from tests.handlers.conftest import Bot
from tests.handlers.driving import OPS, RANDOM, asked_to_greet, fill_in, say
from tests.handlers.test_sights import LEADS, leads

__all__ = ["leads"]

SLACK_TOKEN = "xoxb-" + "123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx"
AWS_KEY = "AKIA" + "Z7QHXK3MBVW5TEN2"
PRIVATE_KEY = (
    "-----BEGIN " + "PRIVATE KEY-----MIIEvQIBADANBgkqhkiG9w0BAQEFAASC-----END PRIVATE KEY-----"
)
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


async def the_run(bot: Bot) -> str:
    """Return the id of the one run under way."""
    (run,) = (await bot.install.services.runs.active()).runs
    return run.id


async def refusals(bot: Bot, deed: str) -> list[str]:
    """Return who was refused a deed, as the audit trail has it."""
    services = bot.install.services
    admin = services.people.person("U0CLEO0001", "Cleo")
    page = await services.governance.trail.page(AuditFilter(deed=deed), by=admin)
    return [one.entry.by.id for one in page.entries if one.entry.outcome == REFUSED]


@pytest.mark.parametrize(
    "forged",
    [
        {"run": "rnobody00"},
        {"run": "../../opstream.db"},
        {"step": "greet"},
        {"step": "each[99].ask"},
        {"revision": 2},
        {"revision": -1},
        {"revision": "1"},
        {"revision": 10**30},
    ],
    ids=str,
)
async def test_a_forged_value_decides_nothing(ana, bo, bot, playground, tools, forged):
    await asked_to_greet(ana, bo)
    about = {"run": await the_run(bot), "step": "ask", "revision": 1}

    await forging.press(playground, "U0BO000001", ids.APPROVAL_GRANT, {**about, **forged})
    await bo.until(lambda: bo.private, "an answer to Bo alone")

    assert [call.operation for call in tools.calls] == ["estate.look"]
    assert "my log" not in forging.shown(playground)
    await forging.press(playground, "U0BO000001", ids.APPROVAL_GRANT, about)
    await ana.sees("✅ *Done.*")


@pytest.mark.parametrize(
    "value",
    ["", "null", "[1, 2]", "no JSON", '{"run": ["a"], "step": {}}', "[" * 50_000, "x" * 500_000],
    ids=["empty", "null", "list", "words", "kinds", "deep", "huge"],
)
async def test_a_value_that_is_none_of_ours_is_answered_in_words(
    ana, bo, bot, playground, tools, value
):
    await asked_to_greet(ana, bo)

    for action in (ids.APPROVAL_GRANT, ids.RUN_CANCEL, ids.RUN_DETAILS, ids.DRAFT_PUBLISH):
        await forging.press(playground, "U0BO000001", action, value)
    await bo.until(lambda: len(bo.private) == 4, "four answers")

    assert "my log" not in forging.shown(playground)
    assert len(tools.calls) == 1


@pytest.mark.parametrize(
    "action", ["", "nothing", "approval_grants", "x" * 100_000, "run_cancel\n"]
)
async def test_a_button_that_there_never_was_does_nothing(ana, bo, bot, playground, action):
    await asked_to_greet(ana, bo)
    run = await the_run(bot)

    await forging.press(playground, "U0BO000001", action, {"run": run, "step": "ask"})
    await bo.told("This button is no longer active.")

    assert (await bot.install.services.runs.view(run)).run.status is RunStatus.ACTIVE


async def test_an_answer_does_not_go_where_a_value_says(ana, bo, bot, playground):
    await asked_to_greet(ana, bo)
    elsewhere = {"run": await the_run(bot), "step": "ask", "place": {"channel": RANDOM}}

    await forging.press(playground, "U0BO000001", ids.RUN_DETAILS, elsewhere)
    await bo.told("Greet somebody")

    assert not playground._hub.workspace.messages.get(RANDOM)


@pytest.mark.parametrize("user", ["U0ANA00001", "U0DAN00001", "U0OPSTREAM", "USLACKBOT"])
async def test_an_approval_that_is_passed_on_is_refused_and_noted(
    ana, bo, bot, playground, tools, user
):
    await asked_to_greet(ana, bo)
    about = {"run": await the_run(bot), "step": "ask", "revision": 1}

    await forging.press(playground, user, ids.APPROVAL_GRANT, about)
    await forging.submit(playground, user, ids.FORM_DENY, about, reason="No.")
    assert bot.connection.listening is not None
    await bot.connection.listening.drain(timedelta(seconds=5))

    assert [call.operation for call in tools.calls] == ["estate.look"]
    assert set(await refusals(bot, "approval")) <= {user}
    if user in ("U0ANA00001", "U0DAN00001"):
        assert set(await refusals(bot, "approval")) == {user}


async def test_a_run_of_a_private_channel_is_out_of_reach_by_every_button(
    ana, bo, join, bot, leads, playground
):
    cleo = await join("U0CLEO0001")
    await ana.command("/opstream start greet name=Secret", LEADS)
    await bo.sees("Greet Secret?")
    run = await the_run(bot)

    about = {"run": run, "step": "ask", "revision": 1}
    for action in (ids.APPROVAL_GRANT, ids.APPROVAL_DENY, ids.RUN_LOGS, ids.RUN_AGAIN):
        await forging.press(playground, "U0CLEO0001", action, about)
    await cleo.until(lambda: len(cleo.private) == 4, "four answers")
    await forging.submit(playground, "U0CLEO0001", ids.FORM_CHANGES, about, comment="Mine.")
    await cleo.sees(f"There is no run `{run}`.")

    assert all(one["text"].startswith(f"There is no run `{run}`.") for one in cleo.private)
    assert await the_run(bot) == run


async def test_nobody_is_called_by_what_stands_in_inputs_and_answers(ana, bo, playground, tools):
    evil = "<!everyone> <!channel> <@U0CLEO0001> <!subteam^S1>"
    tools.says = "Done <!here> <@U0CLEO0001> for {name}"

    await ana.command(f"/opstream start greet name='{evil}'")
    await bo.press(await bo.sees("Greet ", "approval_grant"), "approval_grant")
    await ana.sees("✅ *Done.*")
    for text in ("list", "history", f"start '{evil}'", f"help '{evil}'", f"workflows {evil}"):
        await ana.command(f"/opstream {text}")
    await say(ana, f"@OpStream {evil}")
    await ana.until(lambda: len(ana.private) >= 5, "answers")

    assert forging.mentions(playground) == []


async def test_braces_in_an_input_stay_text(ana, bo, tools):
    name = "{{ inputs.pause }}{{ secrets.TOKEN }}{{ 1 / 0 }}"

    await ana.command(f"/opstream start greet name='{name}'")
    await bo.press(await bo.sees("Greet ", "approval_grant"), "approval_grant")
    await ana.sees("✅ *Done.*")

    assert [call.arguments["name"] for call in tools.calls] == [name, name]


@pytest.mark.parametrize("secret", [SLACK_TOKEN, AWS_KEY, PRIVATE_KEY], ids=["slack", "aws", "pem"])
async def test_a_secret_in_an_input_is_refused_and_repeated_nowhere(
    ana, bot, playground, secret, tmp_path, capfd
):
    await ana.command(f"/opstream start greet name='{secret}'")
    await ana.told("looks like a secret")
    await ana.command("/opstream start greet")
    await fill_in(ana, await ana.opens("form_start"), input_name=secret)
    await ana.until(lambda: len(ana.private) >= 1, "an answer")

    await bot.messenger.settled()
    assert (await bot.install.services.runs.active()).total == 0
    assert secret[-12:] not in forging.shown(playground)
    assert secret[-12:] not in "".join(capfd.readouterr())
    kept = b"".join(one.read_bytes() for one in (tmp_path / "data").rglob("*") if one.is_file())
    assert secret[-12:].encode() not in kept


async def test_a_secret_in_a_tools_answer_is_not_shown(ana, bo, playground, tools):
    tools.says = f"The key is {SLACK_TOKEN}, {{name}}."

    await ana.command("/opstream start greet name=World")
    await bo.press(await bo.sees("Greet World?", "approval_grant"), "approval_grant")
    await ana.sees("✅ *Done.*")

    assert SLACK_TOKEN[-12:] not in forging.shown(playground)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "start greet name=" + "y" * 100_000,
        "start " + "{" * 100_000,
        "status " + "9" * 100_000,
        "'" * 100_001,
    ],
    ids=["word", "input", "braces", "id", "quotes"],
)
async def test_a_hundred_thousand_characters_are_answered_in_a_few(ana, playground, bot, text):
    began = time.process_time()

    await ana.command(f"/opstream {text}")
    await ana.until(lambda: ana.private or ana.find("Greet"), "an answer")

    assert time.process_time() - began < 5
    assert all(len(json.dumps(one)) < 20_000 for one in ana.private)
    assert "my log" not in forging.shown(playground)


async def test_a_form_field_of_a_hundred_thousand_characters_does_no_harm(ana, playground, bot):
    await ana.until(lambda: ana.connected, "the bot is connected")

    carried = {"workflow": "greet", "place": {"channel": OPS}}
    await forging.submit(
        playground, "U0ANA00001", ids.FORM_START, carried, input__name="z" * 100_000
    )
    await ana.until(lambda: ana.private or ana.find("Greet somebody"), "an answer")

    assert "my log" not in forging.shown(playground)


@pytest.mark.parametrize(
    "text",
    [
        "start ../../etc/passwd",
        "workflows ../../../etc/passwd",
        "logs ../opstream.db",
        "tools ../x",
    ],
)
async def test_a_name_is_no_path(ana, text):
    await ana.command(f"/opstream {text}")

    await ana.told("There is no")


async def test_a_draft_is_no_path_either(join, playground):
    cleo = await join("U0CLEO0001")
    await cleo.until(lambda: cleo.connected, "the bot is connected")

    carried = {"draft": "../../../etc/passwd", "place": {"channel": OPS}}
    await forging.submit(playground, "U0CLEO0001", ids.FORM_PUBLISH, carried, why="Because.")

    told = await cleo.told("There is no")
    assert "root:" not in str(told)


@pytest.mark.parametrize(
    "text", [BOMB, "[" * 5_000, "!!python/object/apply:os.system [ls]", "a: *a"]
)
async def test_a_workflow_that_would_burst_is_complained_of_at_once(join, playground, text):
    cleo = await join("U0CLEO0001")
    await cleo.until(lambda: cleo.connected, "the bot is connected")
    began = time.process_time()

    answer = await forging.submit(
        playground, "U0CLEO0001", ids.FORM_DRAFT, {"place": {"channel": OPS}}, text__0=text
    )

    assert time.process_time() - began < 5
    assert answer.payload["response_action"] == "errors"
    assert "Line" in str(answer.payload["errors"])
