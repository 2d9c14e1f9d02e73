"""Cards below an address, their details, and a person who wants no disturbance."""

import time
from typing import Any

import pytest
from playwright.async_api import expect

from tests.playground.page.conftest import OpenTab
from tests.playground.page.server import PageServer
from tests.playground.page.workspace import TEAM, message

pytestmark = pytest.mark.asyncio(loop_scope="package")

URL = "https://ops.example.com/runs/r1"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*Greet somebody*"}}
ENTITY = {
    "entity_payload": {
        "attributes": {"title": {"text": "Greet somebody"}, "display_type": "Run"},
        "fields": {"status": {"value": "Done"}, "date_created": {"value": 1_763_600_000}},
        "custom_fields": [
            {"key": "thread", "label": "Thread", "value": "Open in Slack", "link": URL},
            {"key": "bad", "label": "Bad", "value": "No link", "link": "javascript:alert(1)"},
        ],
    }
}


async def test_the_details_of_a_work_object_open_beside_its_message(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()
    card: dict[str, Any] = {"from_url": URL, "blocks": [SECTION], "work_object": {"url": URL}}
    said = {**message("UBEN", f"look: <{URL}>", at=2000), "attachments": [card]}
    details = tab.get_by_test_id("entity")

    await server.push("message", channel=TEAM, message=said)
    await tab.get_by_test_id("open-entity").click()
    await expect(details).to_contain_text("One moment")
    await server.push("entity", entity=ENTITY, error={})
    await expect(details).to_contain_text("StatusDone")
    await expect(details.get_by_role("link")).to_have_count(1)
    await tab.keyboard.press("Escape")

    await expect(details).to_be_hidden()
    wish = await server.received("open_entity")
    assert (wish["ts"], wish["url"]) == (said["ts"], URL)


async def test_one_pauses_ones_notifications_and_sees_until_when(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()
    switcher = tab.get_by_test_id("person-switcher")

    await switcher.click()
    await tab.get_by_role("menuitem", name="Pause notifications for 30 minutes").click()
    assert (await server.received("snooze"))["minutes"] == 30
    await server.push("snooze", until=time.time() + 1800)
    await expect(tab.get_by_test_id("snooze")).to_contain_text("paused until")
    await expect(switcher).to_contain_text("Paused until")
    await server.push("snooze", until=0)

    await expect(switcher).not_to_contain_text("Paused")
