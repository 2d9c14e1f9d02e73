"""Whatever a message holds is shown as text and never run."""

import pytest
from playwright.async_api import expect

from tests.playground.page.conftest import OpenTab
from tests.playground.page.gallery import mrkdwn, plain, rich, section, text
from tests.playground.page.server import PageServer
from tests.playground.page.workspace import BOT, TEAM, message

pytestmark = pytest.mark.asyncio(loop_scope="package")

EVIL = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
ENCODED = EVIL.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
SCRIPT_URL = "javascript:document.title='run'"

TRICKS = [
    {"type": "header", "text": plain(EVIL)},
    {"type": "section", "text": mrkdwn(f"{ENCODED} <{SCRIPT_URL}|press> *{ENCODED}*")},
    {"type": "markdown", "text": f"{EVIL}\n\n[press]({SCRIPT_URL}) ![x]({SCRIPT_URL})"},
    rich(section(text(EVIL), {"type": "link", "url": SCRIPT_URL, "text": "press"})),
    rich(section({"type": "constructor", "text": EVIL})),
    {
        "type": "actions",
        "elements": [{"type": "button", "text": plain("press"), "url": SCRIPT_URL}],
    },
    {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": EVIL}], [{"type": "raw_text", "text": EVIL}]],
    },
    {"type": "__proto__"},
    {"type": "section", "text": {"type": "mrkdwn", "text": {"type": "script", "props": {}}}},
    {"type": "image", "image_url": SCRIPT_URL, "alt_text": EVIL},
]


async def test_hostile_content_stays_text(server: PageServer, open_tab: OpenTab) -> None:
    tab = await open_tab()
    await expect(tab.get_by_label("Message #ops")).to_be_focused()

    await server.push("message", channel=TEAM, message=message(BOT, ENCODED, at=8000))
    await server.push("message", channel=TEAM, message=message(BOT, "x", at=8400, blocks=TRICKS))
    shown = tab.get_by_test_id("message").nth(-2)
    tricks = tab.get_by_test_id("message").last

    await expect(shown.locator(".message-text")).to_have_text(EVIL)
    await expect(tricks.locator(".block")).to_have_count(len(TRICKS))
    await expect(tricks.locator("h3")).to_have_text(EVIL)
    for press in await tricks.get_by_text("press").all():
        await press.click()
    assert await tab.locator("script:not([src]), [onerror]").count() == 0
    assert await tab.locator('a[href^="javascript:"], .message img[src="x"]').count() == 0
    await expect(tab).not_to_have_title("run")


async def test_a_malformed_block_takes_nothing_else_with_it(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()
    await expect(tab.get_by_label("Message #ops")).to_be_focused()

    blocks = [
        {"type": "data_visualization", "title": "x"},
        {"type": "section", "text": plain("whole")},
    ]
    await server.push("message", channel=TEAM, message=message(BOT, "x", at=9000, blocks=blocks))

    last = tab.get_by_test_id("message").last
    await expect(last).to_contain_text("malformed and cannot be shown")
    await expect(last).to_contain_text("whole")
