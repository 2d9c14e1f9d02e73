"""The first story, end to end: slash command, findings, approval, fix, effect; on real processes."""

import json

from tests.flows import estate
from tests.flows.person import everything

START = "/opstream start application_profiling service=checkout duration=2m"


async def test_profiling_finds_the_bottleneck_and_fixes_it_after_another_persons_yes(
    street, ana, bo
):
    await street.start_bot()
    await street.ready()

    await ana.command(START)
    card = await ana.sees("Application performance profiling", "service = checkout")
    findings = await ana.sees("misses its objectives", "data_visualization", thread=card["ts"])
    request = await bo.sees("estate.set_pool_size", "approval_grant", thread=card["ts"])
    assert estate.changes(street.data) == []

    await ana.press(request, "approval_grant")
    await ana.told("you need the role `approver`")
    await bo.press(request, "approval_changes")
    form = await bo.opens("form_changes")
    await bo.do("view_submit", view_id=form["id"], values=filled(form, "Not so many.", size="20"))

    again = await bo.sees("size = `20`", "approval_grant", thread=card["ts"])
    await bo.press(again, "approval_grant")
    decided = await ana.sees("*Approved* by <@U0BO000001>", thread=card["ts"])
    assert "approval_grant" not in everything(decided)
    await ana.sees("is better", "p99 fell from", thread=card["ts"])
    await ana.sees("✅ *Done* · 15 of 15 steps")

    (change,) = estate.changes(street.data)
    assert (change.tool, change.subject, change.value) == ("set_pool_size", "checkout", 20)
    assert findings["ts"] < request["ts"] < again["ts"]


async def test_a_denial_ends_it_politely_with_the_reason(street, ana, bo):
    await street.start_bot()
    await street.ready()
    await ana.command("/profile checkout for 2 minutes")
    request = await bo.sees("estate.set_pool_size", "approval_deny")

    await bo.press(request, "approval_deny")
    form = await bo.opens("form_deny")
    await bo.do("view_submit", view_id=form["id"], values=filled(form, "Freeze until Monday."))

    await ana.sees("*Denied* by <@U0BO000001>", "Freeze until Monday.")
    await ana.sees("✋ *Denied*", "Freeze until Monday.")
    assert estate.changes(street.data) == []


def filled(form, words, **arguments):
    """Return the values of a form: its first text gets the words, others what is named."""
    values, given = {}, dict(arguments)
    for block in form["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        named = next((n for n in given if n in json.dumps(block)), None)
        text = given[named] if named else element.get("initial_value", words)
        held = {"type": element["type"], "value": text}
        values[block["block_id"]] = {element["action_id"]: held}
    return values
