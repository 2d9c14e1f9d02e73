"""Channels, threads and people: what is new, what is private, and what happens while one watches."""

import pytest
from playwright.async_api import expect

from tests.playground.page.conftest import OpenTab
from tests.playground.page.server import PageServer
from tests.playground.page.workspace import APP_DIRECT, BOT, DEPLOYS, TEAM, message

pytestmark = pytest.mark.asyncio(loop_scope="package")

READING = """() => {
  const row = document.elementFromPoint(700, 400).closest(".message");
  return { ts: row.dataset.ts, top: Math.round(row.getBoundingClientRect().top) };
}"""


async def test_one_chooses_who_to_be_and_each_tab_remembers_its_own(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab(as_="")

    await tab.get_by_role("button", name="Mei Tanaka").click()
    await expect(tab.get_by_test_id("person-switcher")).to_contain_text("Mei Tanaka")
    await tab.goto(server.address)
    await expect(tab.get_by_test_id("person-switcher")).to_contain_text("Mei Tanaka")
    await tab.get_by_test_id("person-switcher").click()
    await tab.get_by_role("menuitemradio", name="Ben Okafor").click()

    await expect(tab.get_by_test_id("person-switcher")).to_contain_text("Ben Okafor")
    await expect(tab).to_have_url(f"{server.address}/?as=ben#/{TEAM}")


async def test_a_message_of_the_same_author_is_compact_and_carries_its_marks(
    open_tab: OpenTab,
) -> None:
    tab = await open_tab()
    messages = tab.get_by_test_id("message")

    await expect(messages).to_have_count(5)
    await expect(messages.nth(0).locator(".author")).to_have_text("Ben Okafor")
    await expect(messages.nth(1).locator(".author")).to_have_count(0)
    await expect(messages.nth(1)).to_contain_text("@Ana Silva")
    await expect(messages.nth(2)).to_contain_text("(edited)")
    await expect(messages.nth(3).locator(".badge")).to_have_text("APP")
    await expect(tab.get_by_role("separator").first).to_have_text("Thursday, November 20th, 2025")


async def test_a_thread_opens_beside_the_channel_and_escape_closes_it(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()
    thread = tab.get_by_test_id("thread")

    await expect(tab.get_by_test_id("thread-line")).to_contain_text("2 replies")
    await tab.get_by_test_id("thread-line").click()
    await expect(thread.get_by_test_id("message")).to_have_count(3)
    await expect(thread.get_by_label("Reply…")).to_be_focused()
    await tab.keyboard.type("thanks")
    await tab.keyboard.press("Enter")
    await expect(thread.get_by_test_id("message").last).to_contain_text("thanks")
    await expect(tab.get_by_test_id("thread-line")).to_contain_text("3 replies")
    await tab.keyboard.press("Escape")

    await expect(thread).to_be_hidden()
    root = server.snapshot["messages"][TEAM][3]["ts"]
    assert (await server.received("post"))["thread_ts"] == root


async def test_an_unread_channel_is_marked_until_it_is_read(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()
    room = tab.get_by_role("button", name="deploys, 1 mention")

    await expect(room.get_by_test_id("badge")).to_have_text("1")
    await room.click()
    await expect(tab.get_by_test_id("new-mark")).to_be_visible()
    assert (await server.received("read"))["channel"] == DEPLOYS
    await server.push("unread", channel=DEPLOYS, count=0, mentions=0)
    await server.push("unread", channel=APP_DIRECT, count=1, mentions=0)

    await expect(tab.get_by_role("button", name="deploys", exact=True)).to_be_visible()
    await expect(tab.get_by_role("button", name="OpStream, 1 unread")).to_be_visible()
    await expect(tab).to_have_title("(1) deploys · OpStream playground")


async def test_what_only_i_can_see_says_so_and_can_be_dismissed(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()
    private = tab.locator("[data-ephemeral=true]")

    await server.push("ephemeral", channel=TEAM, message=message(BOT, "Only a draft.", at=2000))
    await expect(private).to_contain_text("Only visible to you")
    await expect(tab.get_by_test_id("live")).to_have_text("OpStream: Only a draft.")
    await private.get_by_role("button", name="Dismiss message").click()

    await expect(private).to_have_count(0)


async def test_a_failure_of_the_app_is_told_to_the_person_alone(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()

    text = '/opstream failed with the error "operation_timeout"'
    await server.push("failed", what="command", text=text, channel=TEAM, thread_ts="")

    await expect(tab.locator("[data-ephemeral=true]")).to_contain_text(text)


async def test_the_bottom_is_kept_and_what_one_reads_further_up_does_not_move(
    server: PageServer, open_tab: OpenTab
) -> None:
    many = [message("UBEN", f"line {n}\nand more", at=n * 400) for n in range(1000)]
    server.snapshot["messages"] = {TEAM: many}
    tab = await open_tab()
    channel = tab.get_by_test_id("channel")
    latest = tab.get_by_role("button", name="To the latest")
    await expect(channel.get_by_text("line 999")).to_be_in_viewport()

    grown = {"text": "grown\n" * 30}
    await server.push("message_changed", channel=TEAM, message={**many[995], **grown})
    await server.push("message", channel=TEAM, message=message("UMEI", "newest", at=500_000))
    await expect(channel.get_by_text("newest")).to_be_in_viewport()
    await tab.locator(".scroller").hover()
    await tab.mouse.wheel(0, -1500)
    await expect(latest).to_be_visible()
    reading = await tab.evaluate(READING)
    above = next(at for at, one in enumerate(many) if one["ts"] == reading["ts"]) - 8
    await server.push("message_changed", channel=TEAM, message={**many[above], **grown})
    await server.push("message", channel=TEAM, message=message("UMEI", "newer", at=500_900))

    await expect(channel.get_by_text("newer")).to_be_attached()
    await expect(channel.get_by_text("newer")).not_to_be_in_viewport()
    still = await tab.evaluate(READING)
    assert (still["ts"], abs(still["top"] - reading["top"]) <= 2) == (reading["ts"], True)
    await latest.click()
    await expect(channel.get_by_text("newer")).to_be_in_viewport()


async def test_the_page_comes_back_by_itself_when_the_connection_is_lost(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()
    banner = tab.get_by_test_id("banner")
    await expect(tab.get_by_test_id("message").first).to_be_visible()

    await server.push("app", connected=False)
    await expect(banner).to_contain_text("OpStream is away at the moment")
    await server.hang_up()
    await expect(banner).to_have_text("The bot process is away; reconnecting…")
    await expect(tab.get_by_test_id("app-presence")).to_contain_text("OpStream is away")

    await expect(banner).to_be_hidden()
    await expect(tab.get_by_test_id("app-presence")).to_contain_text("OpStream is connected")


async def test_the_status_line_says_that_the_app_is_thinking_until_it_answers(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()
    status = tab.get_by_test_id("status")

    await server.push("status", channel=TEAM, thread_ts="", text="is thinking…")
    await expect(status).to_have_text("OpStream is thinking…")
    await server.push("message", channel=TEAM, message=message(BOT, "Here it is.", at=3000))

    await expect(status).to_have_text("")


async def test_conversations_and_messages_are_reached_by_keyboard_alone(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()

    await tab.keyboard.press("Control+k")
    await tab.keyboard.type("dep")
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_label("Message #deploys")).to_be_focused()
    await tab.get_by_test_id("message").last.focus()
    await tab.keyboard.press("ArrowUp")
    await expect(tab.get_by_test_id("message").nth(1)).to_be_focused()
    await tab.keyboard.press("Tab")
    await expect(tab.get_by_role("button", name="React with white_check_mark")).to_be_focused()
    await tab.keyboard.press("Enter")

    reacted = await server.received("react")
    assert (reacted["name"], reacted["remove"]) == ("white_check_mark", False)


async def test_a_permalink_brings_its_message_into_sight(
    server: PageServer, open_tab: OpenTab
) -> None:
    many = [message("UBEN", f"line {n}", at=n * 400) for n in range(300)]
    wanted = many[20]["ts"]
    link = f"{server.address}/archives/{TEAM}/p{wanted.replace('.', '')}"
    server.snapshot["messages"] = {TEAM: [*many, message(BOT, f"<{link}|Run 7>", at=400_000)]}
    tab = await open_tab()

    await tab.get_by_role("link", name="Run 7").click()
    await expect(tab.get_by_text("line 20", exact=True)).to_be_in_viewport()
    await tab.reload()

    await expect(tab.get_by_text("line 20", exact=True)).to_be_in_viewport()


async def test_the_colours_can_be_turned_and_stay_turned(open_tab: OpenTab) -> None:
    tab = await open_tab()
    ground = "getComputedStyle(document.querySelector('.pane')).backgroundColor"

    await tab.get_by_role("button", name="Colours: as the system has it").click()
    assert await tab.evaluate(ground) == "rgb(255, 255, 255)"
    await tab.get_by_role("button", name="Colours: light").click()
    await tab.reload()

    await expect(tab.get_by_role("button", name="Colours: dark")).to_be_visible()
    assert await tab.evaluate(ground) == "rgb(25, 28, 33)"
    await tab.get_by_role("button", name="Colours: dark").click()


async def test_what_the_app_offers_to_say_is_said_by_a_press(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()
    await tab.goto(f"{server.address}/?as=ana#/{APP_DIRECT}")
    await server.received("open_messages_tab")
    offered = [{"title": "Runs", "message": "What is running?"}]

    await server.push("prompts", channel=APP_DIRECT, title="Well?", prompts=offered)
    await tab.get_by_role("group", name="Well?").get_by_role("button", name="Runs").click()

    said = await server.received("post")
    assert (said["channel"], said["text"]) == (APP_DIRECT, "What is running?")


async def test_an_app_at_work_in_a_thread_can_be_stopped_if_it_listens(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()
    await tab.get_by_test_id("thread-line").click()
    ts = await tab.get_by_test_id("thread").get_attribute("data-thread")
    place = {"channel": TEAM, "thread_ts": ts}

    await server.push("session", **place, at_work=True, stoppable=False)
    await expect(tab.get_by_test_id("thread").get_by_test_id("status")).to_contain_text("answering")
    await expect(tab.get_by_test_id("stop")).to_have_count(0)
    await server.push("session", **place, at_work=True, stoppable=True)
    await tab.get_by_test_id("stop").click()
    stop = await server.received("stop_session")
    await server.push("session", **place, at_work=False, stoppable=True)

    await expect(tab.get_by_test_id("stop")).to_have_count(0)
    assert {"channel": stop["channel"], "thread_ts": stop["thread_ts"]} == place
