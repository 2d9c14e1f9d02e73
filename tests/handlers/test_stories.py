"""Whole stories at the edge: somebody types, presses and fills in; everybody sees what came of it."""

OPS = "C0OPS00001"


async def test_a_run_is_carded_asked_for_decided_and_ended_in_one_thread(ana, bo, tools):
    await ana.command("/opstream start greet name=World")

    card = await ana.sees("Greet somebody", "Asked by <@U0ANA00001>")
    request = await bo.sees("Greet World?", "approval_grant", thread=card["ts"])
    assert "An approver may decide, other than <@U0ANA00001>" in str(request["blocks"])
    await bo.press(request, "approval_grant")

    decided = await ana.sees("*Approved* by <@U0BO000001>", thread=card["ts"])
    assert decided["ts"] == request["ts"]
    assert "approval_grant" not in str(decided["blocks"])
    await ana.sees("I said hello to World.", thread=card["ts"])
    await ana.sees("✅ *Done.*", "Hello World.", thread=card["ts"])
    await ana.sees("✅ *Done*", "run_details", thread=None)
    assert [call.operation for call in tools.calls] == ["estate.look", "estate.greet"]
