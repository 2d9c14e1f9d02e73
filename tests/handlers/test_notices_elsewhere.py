"""Notices, watching and preferences of people in another workspace, where ids are the same as at home."""

import json
from urllib.parse import urlencode

import pytest

from blocks import ids
from handlers import slack_app
from opstream.domain.notification import Notice, NoticeKind, Where
from tests.handlers.avenue import HOME, OTHER
from tests.handlers.test_workspaces import FORM, house, install  # noqa: F401  # a fixture

ANA, DM_ANA = "U0ANA00001", "D0ANA00001"
ABROAD = f"{OTHER}/{ANA}"
HELLO = "id: hello\ntitle: Hello\nsteps:\n  - {id: say, notify: Hello.}\n"
RESTS = """\
id: rests
title: Rests
steps:
  - {id: rest, wait: 2s}
  - {id: say, notify: Rested at home.}
"""


@pytest.fixture
def hello(settings):
    """A workflow that ends by itself, and one that rests for a moment."""
    (settings.workflow_dirs[0] / "hello.yaml").write_text(HELLO)
    (settings.workflow_dirs[0] / "rests.yaml").write_text(RESTS)


@pytest.fixture
async def both(hello, house):  # noqa: F811  # the fixture
    """The house with both workspaces."""
    house.avenue.grant("code-1", "xoxb-other")
    await install(house)
    return house


async def direct(both, token):
    """Return all that Ana of a workspace was told in direct messages."""
    visitor = slack_app.build_app(token, both.avenue.url)
    try:
        history = await visitor.client.conversations_history(channel=DM_ANA)
    finally:
        await slack_app.close(visitor)
    return json.dumps(history["messages"])


def whispers(place):
    """Return all that people of a workspace were told in private."""
    return json.dumps([one.content.text for one in place._hub.workspace.ephemerals.values()])


async def test_a_notice_reaches_the_person_of_the_right_workspace_and_no_namesake(both):
    notice = Notice("n1", NoticeKind.TROUBLE, "The link is broken.", persons=(ABROAD,))
    await both.install.services.notifications.tell(notice)

    async def told():
        return "The link is broken." in await direct(both, "xoxb-other")

    await both.until(told)
    assert "The link is broken." not in await direct(both, "xoxb-home")


async def test_watching_a_workflow_tells_each_of_the_runs_of_their_own_workspace(both):
    for team in (HOME, OTHER):
        await both.command("watch hello", team)

    async def watched():
        watchers = await both.install.services.notifications.watchers(["hello"])
        return list(watchers) == [ABROAD, ANA]

    await both.until(watched)
    await both.command("start hello", OTHER)

    async def told():
        return "is done." in await direct(both, "xoxb-other")

    await both.until(told)
    assert "is done." not in await direct(both, "xoxb-home")
    assert "hello" not in await both.texts("xoxb-home")


async def test_a_run_of_another_workspace_cannot_be_watched(both):
    await both.command("start greet name=World", HOME)

    async def runs():
        return (await both.install.services.runs.active()).runs

    await both.until(runs)
    (run,) = await runs()
    await both.command(f"watch {run.id}", OTHER)

    async def refused():
        return "There is no run" in whispers(both.avenue.other)

    await both.until(refused)
    assert await both.install.services.notifications.watchers([run.id]) == []


async def test_preferences_are_those_of_one_person_in_one_workspace(both):
    form = {
        "type": "view_submission",
        "team": {"id": OTHER},
        "user": {"id": ANA, "team_id": OTHER},
        "trigger_id": "1.2",
        "view": {
            "id": "V1",
            "type": "modal",
            "callback_id": ids.FORM_PREFS,
            "private_metadata": ids.carried(words=ABROAD, place={"channel": f"{OTHER}/C0OPS00001"}),
            "state": {
                "values": {
                    ids.FIELD_WHERE: {
                        ids.INPUT_VALUE: {
                            "type": "static_select",
                            "selected_option": {"value": Where.THREAD.value},
                        }
                    }
                }
            },
        },
    }
    await both.deliver(urlencode({"payload": json.dumps(form)}), FORM)

    async def shown():
        return "What you hear" in whispers(both.avenue.other)

    await both.until(shown)
    chosen = [
        (await both.install.services.notifications.preferences(owner)).where
        for owner in (ABROAD, ANA)
    ]
    assert chosen == [Where.THREAD, Where.DIRECT]


async def test_what_wakes_after_somebody_elsewhere_was_answered_speaks_in_its_own_place(both):
    await both.command("start rests", HOME)
    await both.until(lambda: _says(both, "xoxb-home", "Rests"))
    await both.command("start hello", OTHER)
    await both.until(lambda: _says(both, "xoxb-other", "Hello."))

    await both.until(lambda: _says(both, "xoxb-home", "Rested at home."))

    assert "Rested at home." not in _everything(both.avenue.other)


async def _says(both, token, words):
    place = both.avenue.home if token == "xoxb-home" else both.avenue.other
    return words in _everything(place)


def _everything(place):
    """Return all that was posted in a workspace, in threads, too."""
    found = place._hub.workspace.messages
    return str(found)
