"""Files of older systems, byte for byte, put in place and run by the real bot."""

import pytest

from tests.definitions.test_older_formats import STEPS, TOOLS
from tests.flows import bringing, estate
from tests.flows.person import everything

SLACK = """\
bot: {token: "${SLACK_BOT_TOKEN}", signing_secret: "${SLACK_SIGNING_SECRET}"}
channels: {default: "#ops-alerts", critical: "#incidents"}
notifications: {quiet_hours: "22:00-08:00", timezone: "UTC", max_frequency: "1/hour"}
"""
HASTY = "tests/flows/hasty.py"


@pytest.fixture
async def brought(street):
    """An install with all three files and the servers that the steps want, up and running."""
    notes = street.folder / "notes.jsonl"
    (street.folder / "config" / "slack.yaml").write_text(SLACK)
    bringing.workflow(street, "workflows.yaml", TOOLS)
    bringing.workflow(street, "email_to_notion.json", STEPS)
    for name in ("gmail", "openai", "notion"):
        bringing.server(street, name, bringing.SERVERS / "office.py", name, "--notes", str(notes))
    await street.start_bot(HASTY)
    await street.ready()
    return notes


@pytest.mark.hurried
async def test_all_three_files_load_are_listed_and_run(brought, street, ana, bo):
    await ana.command("/opstream workflows")
    listed = everything(await ana.told("What can be started"))
    assert "⚠️" not in listed
    for title in ("Application Performance Profiling", "SLO Compliance Monitoring"):
        assert title in listed
    assert "takes the place of the one in slo_monitoring.yaml" in listed
    assert "email_to_notion" in listed

    await ana.command("/profile checkout for 2 minutes")
    await ana.sees("Application Performance Profiling: 3 tools looked")

    await ana.command("/opstream start email_to_notion")
    request = await bo.sees("notion.create_page", "2 mails: Invoice {{ 7*7 }} and Lunch.", "grant")
    assert [one["tool"] for one in bringing.notes(brought)] == ["list_messages", "summarize"]
    await bo.press(request, "approval_grant")
    await ana.sees("✅ *Done* ·", "*Email to notion*")
    page = "2 mails: Invoice {{ 7*7 }} and Lunch."
    assert bringing.notes(brought)[-1] == {"tool": "create_page", "content": page}

    await ana.command("/opstream start slo_monitoring")
    request = await bo.sees("estate.set_pool_size", "approval_grant")
    assert estate.changes(street.data) == []
    await bo.press(request, "approval_grant")
    await ana.sees("✅ *Done* ·", "*SLO Compliance Monitoring*")
    await ana.sees("The fix is in and the objectives are met again.")
    (change,) = estate.changes(street.data)
    assert (change.tool, change.subject) == ("set_pool_size", "checkout")
