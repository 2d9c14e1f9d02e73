"""Writing: sending, new lines, and completion of commands, people and channels by keyboard."""

import pytest
from playwright.async_api import expect

from tests.playground.page.conftest import OpenTab
from tests.playground.page.server import PageServer
from tests.playground.page.workspace import TEAM

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_enter_sends_and_shift_enter_begins_a_new_line(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()
    box = tab.get_by_label("Message #ops")

    await expect(box).to_be_focused()
    await tab.keyboard.type("one")
    await tab.keyboard.press("Shift+Enter")
    await tab.keyboard.type("two < three")
    await tab.keyboard.press("Enter")

    posted = await server.received("post")
    assert (posted["channel"], posted["text"]) == (TEAM, "one\ntwo < three")
    await expect(box).to_have_value("")


async def test_a_command_without_a_verb_is_sent_as_it_stands(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()

    await tab.keyboard.type("/opstream")
    await expect(tab.get_by_role("listbox", name="Commands")).to_be_visible()
    await tab.keyboard.press("Enter")

    assert (await server.received("command"))["text"] == "/opstream"


async def test_commands_are_completed_with_arrow_keys_and_tab(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()
    box = tab.get_by_label("Message #ops")
    menu = tab.get_by_role("listbox", name="Commands")

    await tab.keyboard.type("/op")
    await expect(menu.get_by_role("option", selected=True)).to_contain_text("start <workflow>")
    await expect(menu).to_contain_text("Start a workflow and follow it in a thread.")
    await tab.keyboard.press("ArrowDown")
    await tab.keyboard.press("Tab")
    await expect(box).to_have_value("/opstream status ")
    await expect(tab.get_by_test_id("usage")).to_contain_text("/opstream status [run]")
    await tab.keyboard.type("run-7")
    await tab.keyboard.press("Enter")

    assert (await server.received("command"))["text"] == "/opstream status run-7"


async def test_a_command_typed_in_full_is_sent_by_the_first_enter(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()

    await tab.keyboard.type("/opstream help")
    await tab.keyboard.press("Enter")

    assert (await server.received("command"))["text"] == "/opstream help"


async def test_escape_closes_the_menu_and_keeps_what_is_typed(open_tab: OpenTab) -> None:
    tab = await open_tab()

    await tab.keyboard.type("/opstream st")
    await expect(tab.get_by_test_id("completion")).to_be_visible()
    await tab.keyboard.press("Escape")

    await expect(tab.get_by_test_id("completion")).to_be_hidden()
    await expect(tab.get_by_label("Message #ops")).to_have_value("/opstream st")


async def test_people_and_channels_are_completed_inside_a_sentence(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()

    await tab.keyboard.type("ask @be")
    await expect(tab.get_by_role("option", selected=True)).to_contain_text("Ben Okafor")
    await tab.keyboard.press("Enter")
    await tab.keyboard.type("in #dep")
    await expect(tab.get_by_role("option", selected=True)).to_contain_text("#deploys")
    await tab.keyboard.press("Tab")
    await tab.keyboard.press("Enter")

    assert (await server.received("post"))["text"] == "ask @ben in #deploys"


async def test_a_refused_command_is_explained_and_can_be_mended(
    server: PageServer, open_tab: OpenTab
) -> None:
    server.on("command", lambda _: {"ok": False, "error": "/nope is not a valid command."})
    tab = await open_tab()

    await tab.keyboard.type("/nope")
    await tab.keyboard.press("Enter")

    told = tab.get_by_test_id("message").last
    await expect(told).to_contain_text("/nope is not a valid command.")
    await expect(told).to_contain_text("Only visible to you")
    await expect(told).to_be_in_viewport()
    await expect(tab.get_by_label("Message #ops")).to_have_value("/nope")


async def test_a_draft_waits_in_its_channel(open_tab: OpenTab) -> None:
    tab = await open_tab()

    await tab.keyboard.type("half a thought")
    await tab.keyboard.press("Alt+ArrowDown")
    await expect(tab.get_by_label("Message #deploys")).to_be_focused()
    await expect(tab.get_by_label("Message #deploys")).to_have_value("")
    await tab.keyboard.press("Alt+ArrowUp")

    await expect(tab.get_by_label("Message #ops")).to_have_value("half a thought")
