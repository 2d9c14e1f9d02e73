"""A thread that people began: the runs that they start in it are what is meant there."""

import pytest

from tests.handlers.driving import BOT, say

LISTEN = """
id: listen
title: Listen
phrases: [listen to us]
steps:
  - {id: heard, title: Hear what you say, wait: reply}
  - {id: said, notify: "You said {{ steps.heard.output.text }}"}
result: "{{ steps.heard.output.text }}"
"""


@pytest.fixture
def settings(settings, tmp_path):
    """An install that also has a workflow which waits for a reply."""
    (tmp_path / "workflows" / "listen.yaml").write_text(LISTEN)
    return settings


async def test_a_run_in_a_thread_of_people_is_asked_about_steered_and_answered_there(ana):
    root = await say(ana, "Our shop is slow today.")
    await say(ana, f"{BOT} listen to us", thread=root)
    await ana.sees("*Listen*", "Asked by", thread=root)

    await say(ana, f"{BOT} how is it going?", thread=root)
    await ana.sees("0 of 2 steps", thread=root)
    await say(ana, f"{BOT} pause it", thread=root)
    await ana.sees("Paused this run", thread=root)
    await say(ana, f"{BOT} go on", thread=root)
    await ana.sees("goes on.", thread=root)
    await say(ana, "It is the cache.", thread=root)

    await ana.sees("You said It is the cache.", thread=root)
    await ana.sees("*Listen*", "✅ *Done*", thread=root)
    await say(ana, f"{BOT} show me the details", thread=root)
    await ana.sees("Details", "It is the cache.", thread=root)


async def test_retry_without_an_id_sets_my_newest_failed_run_going_again(ana, bo, tools):
    await ana.command("/opstream retry")
    await ana.told("None of your runs failed", "nothing to retry")
    tools.failures = 1
    await ana.command("/opstream start greet name=World")
    await ana.sees("❌", "The estate is closed.")

    await ana.command("/opstream retry")

    await ana.told("goes on from where it stopped")
    await bo.sees("Greet World?", "approval_grant")
