"""Buttons, questions and forms, used by keyboard as well as by mouse."""

import pytest
from playwright.async_api import Page, expect

from tests.playground.page.conftest import OpenTab
from tests.playground.page.form import FORM
from tests.playground.page.gallery import BASIC, FRAMES, OPTIONS, mrkdwn, plain
from tests.playground.page.server import PageServer
from tests.playground.page.workspace import BOT, TEAM, message

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def with_buttons(server: PageServer, open_tab: OpenTab) -> Page:
    said = message(BOT, "Decide", at=1, blocks=[*BASIC, *FRAMES])
    server.snapshot["messages"] = {TEAM: [said]}
    return await open_tab()


async def with_form(server: PageServer, open_tab: OpenTab) -> Page:
    tab = await open_tab()
    await expect(tab.get_by_label("Message #ops")).to_be_focused()
    await server.push("view_opened", view=FORM)
    await expect(tab.get_by_role("dialog")).to_be_visible()
    return tab


async def test_a_button_sends_what_it_stands_for(server: PageServer, open_tab: OpenTab) -> None:
    tab = await with_buttons(server, open_tab)

    await tab.get_by_role("button", name="Approve").click()

    pressed = await server.received("press")
    assert pressed == {
        "type": "press",
        "channel": TEAM,
        "message_ts": server.snapshot["messages"][TEAM][0]["ts"],
        "block_id": "decide",
        "action_id": "approve",
        "value": "run-7",
        "ref": pressed["ref"],
        "state": {
            "values": {
                "decide": {
                    "service": {"type": "static_select", "selected_option": None},
                    "owner": {"type": "users_select", "selected_user": None},
                    "day": {"type": "datepicker", "selected_date": "2025-11-21"},
                }
            }
        },
    }


async def test_a_button_with_a_question_waits_for_the_answer(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await with_buttons(server, open_tab)
    deny = tab.locator("[data-action-id=deny]")
    question = tab.get_by_role("alertdialog", name="Deny the fix?")

    await deny.click()
    await expect(question).to_contain_text("The run ends and nothing is changed.")
    await expect(question.get_by_role("button", name="Not yet")).to_be_focused()
    await tab.keyboard.press("Escape")
    await expect(question).to_be_hidden()
    await expect(deny).to_be_focused()
    assert not [frame for frame in server.sent if frame["type"] == "press"]
    await tab.keyboard.press("Enter")
    await tab.keyboard.press("Tab")
    await tab.keyboard.press("Enter")

    assert (await server.received("press"))["action_id"] == "deny"


async def test_selects_menus_and_thumbs_send_their_choice(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await with_buttons(server, open_tab)

    await tab.locator("[data-action-id=service]").click()
    await tab.keyboard.type("pay")
    await tab.keyboard.press("Enter")
    await tab.locator("[data-action-id=owner]").click()
    await tab.get_by_role("option", name="Mei Tanaka").click()
    await tab.get_by_role("button", name="More options").click()
    await tab.keyboard.press("ArrowDown")
    await tab.keyboard.press("Enter")
    await tab.get_by_role("button", name="This helped").click()

    assert (await server.received("press", 1))["selected_option"] == OPTIONS[1]
    assert (await server.received("press", 2))["selected_user"] == "UMEI"
    assert (await server.received("press", 3))["selected_option"]["value"] == "logs"
    assert (await server.received("press", 4))["value"] == "good"


async def test_a_press_that_is_refused_says_why(server: PageServer, open_tab: OpenTab) -> None:
    server.on("press", lambda _: {"ok": False, "error": "This is no longer here."})
    tab = await with_buttons(server, open_tab)

    await tab.get_by_role("button", name="Details").click()

    await expect(tab.get_by_test_id("message").last).to_contain_text("This is no longer here.")


async def test_a_form_is_checked_before_it_is_sent_and_shows_the_apps_complaints(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await with_form(server, open_tab)
    form = tab.get_by_role("dialog", name="Start a run")
    service = form.locator("[data-action-id=service]")
    complaints = form.get_by_role("alert")

    await form.get_by_label("Duration").fill("soon")
    await form.get_by_label("Samples").fill("few")
    await tab.keyboard.press("Enter")
    await expect(complaints).to_have_text(
        ["Please complete this required field.", "Please enter a whole number."]
    )
    await expect(service).to_be_focused()
    await tab.keyboard.press("Enter")
    await tab.keyboard.press("Enter")
    await form.get_by_label("Samples").fill("12")
    await form.get_by_role("button", name="Start").click()
    sent = await server.received("view_submit")
    await server.push("view_errors", view_id="V1", errors={"duration": "Say it like 2m."})

    assert sent["values"]["service"]["service"]["selected_option"] == OPTIONS[0]
    assert sent["values"]["samples"]["samples"] == {"type": "number_input", "value": "12"}
    assert sent["values"]["mode"]["mode"]["selected_option"] == OPTIONS[1]
    await expect(complaints).to_have_text("Say it like 2m.")
    await expect(form.get_by_label("Duration")).to_be_focused()
    await server.push("view_closed", view_id="V1")
    await expect(form).to_be_hidden()
    await expect(tab.get_by_label("Message #ops")).to_be_focused()


async def test_the_focus_stays_in_the_form_until_escape_closes_it(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await with_form(server, open_tab)
    form = tab.get_by_role("dialog")

    await tab.keyboard.press("Shift+Tab")
    await tab.keyboard.press("Shift+Tab")
    await expect(form.get_by_role("button", name="Start")).to_be_focused()
    await tab.keyboard.press("Tab")
    await expect(form.get_by_role("button", name="Close")).to_be_focused()
    await tab.keyboard.press("Control+k")
    await expect(tab.get_by_test_id("switcher")).to_be_hidden()
    await tab.keyboard.press("Escape")

    assert (await server.received("view_close"))["view_id"] == "V1"
    await expect(form).to_be_hidden()


async def test_a_form_keeps_what_is_typed_while_the_app_changes_it_and_stacks_another(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await with_form(server, open_tab)
    duration = tab.get_by_label("Duration")
    await duration.fill("2m")

    note = {"type": "alert", "block_id": "note", "level": "info", "text": mrkdwn("Two runs wait.")}
    await server.push("view_updated", view={**FORM, "blocks": [note, *FORM["blocks"]]})
    await expect(tab.get_by_role("dialog")).to_contain_text("Two runs wait.")
    await server.push("view_opened", view={**FORM, "id": "V2", "title": plain("Details")})
    await tab.get_by_role("dialog", name="Details").get_by_role("button", name="Back").click()

    await expect(tab.get_by_role("dialog")).to_have_count(1)
    await expect(duration).to_have_value("2m")


async def test_the_home_tab_shows_what_the_app_publishes(
    server: PageServer, open_tab: OpenTab
) -> None:
    tab = await open_tab()
    view = {"id": "VHOME", "type": "home", "blocks": BASIC}

    await tab.get_by_role("button", name="OpStream", exact=True).click()
    await tab.get_by_role("tab", name="Home").click()
    await expect(tab.get_by_test_id("home")).to_contain_text("getting your Home ready")
    await server.received("open_home")
    await server.push("home", view=view)
    await tab.get_by_role("button", name="Approve").click()

    assert (await server.received("press"))["view_id"] == "VHOME"
