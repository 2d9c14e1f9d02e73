"""Deliveries over HTTP, and several workspaces on one install: who is let in, where answers go.

Tried: a wrong signature, a delivery that is replayed, one without an end, one of a workspace that nobody
installed, a ticket to install that is forged, used twice or too old, tokens that expire and are revoked.
"""

import json
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

import pytest
from slack_sdk.errors import SlackApiError

from blocks import ids
from opstream.domain.run import RunStatus
from opstream.errors import OpStreamError
from opstream.playground.slack.server import Playground
from tests.handlers import house as houses
from tests.handlers.avenue import HOME, OTHER
from tests.handlers.house import FORM, OPS, House, install


@pytest.fixture
async def house(tmp_path, settings, tools):
    """A house of one's own."""
    async with houses.opened(tmp_path, settings, tools) as made:
        yield made


async def test_a_command_over_http_is_answered(house):
    answer = await house.command("start greet name=World", HOME)

    assert answer.status == 200
    await house.until(lambda: _says(house, "xoxb-home", "Greet somebody"))


@pytest.mark.parametrize(
    "forged",
    [{"secret": "another"}, {"age": 301}, {"age": -301}],
    ids=["foreign", "replayed", "early"],
)
async def test_what_slack_did_not_sign_just_now_is_refused(house, forged):
    answer = await house.command("start greet name=World", HOME, **forged)

    assert answer.status == 401
    assert (await house.install.services.runs.active()).total == 0


async def test_a_delivery_that_is_too_large_or_does_not_say_its_size_is_refused(house):
    large = await house.deliver("x" * 1_000_001)

    async def endless():
        yield b"{}"

    unsaid = await house.send(endless(), {})

    assert (large.status, unsaid.status) == (413, 413)


async def test_a_workspace_that_nobody_installed_gets_nothing(house):
    answer = await house.command("start greet name=World", "T0STRANGER")

    assert "install" in (await answer.text()).lower()
    assert (await house.install.services.runs.active()).total == 0


async def test_a_workspace_that_installs_the_app_is_served_in_its_own_place(house):
    house.avenue.grant("code-1", "xoxb-other")

    assert (await install(house)).status == 200
    await house.command("start greet name=World", OTHER)

    await house.until(lambda: _says(house, "xoxb-other", "Greet somebody"))
    assert "Greet somebody" not in await house.texts("xoxb-home")
    assert b"xoxb-other" not in (house.vault._folder / "opstream.db").read_bytes()


async def test_the_token_of_a_workspace_is_renewed_before_it_expires(house):
    house.avenue.grant("code-1", "xoxb-old", refresh_token="xoxe-1", expires_in=60)
    house.avenue.grant("xoxe-1", "xoxb-new", refresh_token="xoxe-2", expires_in=43_200)
    await install(house)

    tokens = {await house.app.installed.token(OTHER) for _ in range(3)}

    assert tokens == {"xoxb-new"}
    assert [one.get("refresh_token") for one in house.avenue.asked] == [None, "xoxe-1"]


async def test_a_token_that_cannot_be_renewed_is_used_while_it_lives(house):
    house.avenue.grant("code-1", "xoxb-old", refresh_token="xoxe-1", expires_in=60)
    await install(house)

    assert await house.app.installed.token(OTHER) == "xoxb-old"


@pytest.mark.parametrize("kind", ["app_uninstalled", "tokens_revoked"])
async def test_a_workspace_that_leaves_is_forgotten(house, kind):
    house.avenue.grant("code-1", "xoxb-other")
    await install(house)

    event = {"type": kind, "tokens": {"bot": ["U0OPSTREAM"]}}
    envelope = {"type": "event_callback", "team_id": OTHER, "event_id": "Ev1", "event": event}
    await house.deliver(json.dumps(envelope))

    async def forgotten() -> bool:
        return not await house.vault.names()

    await house.until(forgotten)
    with pytest.raises(OpStreamError, match="has not installed OpStream"):
        await house.app.installed.token(OTHER)


@pytest.mark.parametrize("asker", ["U0ANA00001", "U0CLEO0001"], ids=["namesake", "admin"])
async def test_a_run_is_out_of_sight_and_reach_of_another_workspace(house, asker):
    house.avenue.grant("code-1", "xoxb-other")
    await install(house)
    await house.command("start greet name=World", HOME)
    await house.until(partial(_asks, house))
    (run,) = (await house.install.services.runs.active()).runs

    for number, action in enumerate((ids.RUN_CANCEL, ids.APPROVAL_GRANT, ids.RUN_DETAILS)):
        await house.deliver(_press(action, run.id, asker, str(number)), FORM)
    await house.command(f"cancel {run.id}", OTHER)
    await house.command("list", OTHER)
    listening = house.app.listening
    assert listening is not None
    await listening.drain(timedelta(seconds=5))

    (after,) = (await house.install.services.runs.active()).runs
    assert after.status is RunStatus.ACTIVE
    told = await _private(house.avenue.other)
    assert told.count("There is no run") == 4
    assert run.id not in told.replace(f"There is no run `{run.id}`", "")


def _press(action: str, run: str, asker: str, trigger: str) -> str:
    carried = {"run": run, "step": "ask", "revision": 1, "place": {"channel": OPS}}
    pressed = {
        "type": "block_actions",
        "team": {"id": OTHER},
        "user": {"id": asker, "team_id": OTHER},
        "channel": {"id": OPS},
        "container": {"channel_id": OPS, "message_ts": "1.2"},
        "trigger_id": trigger,
        "actions": [{"action_id": action, "type": "button", "value": json.dumps(carried)}],
    }
    return urlencode({"payload": json.dumps(pressed)})


async def _private(place: Playground) -> str:
    """Return all that people of a workspace were told in private."""
    return json.dumps([one.content.text for one in place._hub.workspace.ephemerals.values()])


async def test_a_code_that_slack_does_not_know_installs_nothing(house):
    answer = await install(house, "wrong")

    assert answer.status == 401
    assert await house.vault.names() == []


async def _asks(house: House) -> bool:
    return any(run.waits_for_person for run in (await house.install.services.runs.active()).runs)


async def _says(house: House, token: str, words: str) -> bool:
    try:
        return words in await house.texts(token)
    except SlackApiError:
        return False
