"""What people ask for and get to see: lists, close-ups, pages, help."""

from tests.handlers.driving import BOT, DM_ANA, asked_to_greet, count, say


async def test_help_shows_every_verb_and_says_what_is_not_built_yet(ana):
    await ana.command("/opstream help")

    told = await ana.told("What I can do")
    assert "`start <workflow>" in str(told["blocks"]).replace("&lt;", "<").replace("&gt;", ">")
    assert "Not built yet" in str(told["blocks"])
    assert "say hello to {name}" in str(told["blocks"])


async def test_a_sentence_of_a_workflow_starts_it_after_the_command(ana):
    await ana.command("/opstream say hello to Ann-Marie's cat")

    await ana.sees("Asked by <@U0ANA00001>", "name = Ann-Marie's cat")


async def test_a_mention_starts_a_workflow_by_its_sentence(ana):
    await say(ana, f"{BOT} say hello to everybody")

    card = await ana.sees("Asked by <@U0ANA00001>", "name = everybody")
    assert "thread_ts" not in card or card["thread_ts"] == card["ts"]


async def test_plain_words_in_the_thread_of_a_run_mean_that_run(ana, bo):
    await asked_to_greet(ana, bo, "One")
    card = await ana.sees("Asked by <@U0ANA00001>", "name = One")

    await say(ana, f"{BOT} pause it, please", thread=card["ts"])

    await ana.sees("Paused this run", thread=card["ts"])
    await ana.until(lambda: "*Paused*" in str(ana.messages["C0OPS00001", card["ts"]]), "card")
    await say(ana, f"{BOT} how long will it take?", thread=card["ts"])
    await ana.sees("⏸️ *Paused*", "1 of 4 steps", thread=card["ts"])
    await say(ana, f"{BOT} go on", thread=card["ts"])
    await ana.sees("goes on.", thread=card["ts"])
    await say(ana, f"{BOT} stop this run", thread=card["ts"])
    await ana.sees("🚫 *Cancelled* by <@U0ANA00001>.", thread=card["ts"])


async def test_a_direct_message_is_answered_and_a_greeting_kindly_helped(ana):
    await say(ana, "hi!", channel=DM_ANA)
    await ana.sees("Hello Ana Silva", "home_verb:workflows")

    await say(ana, "what is running?", channel=DM_ANA)
    await ana.sees("Nothing is running.")


async def test_people_talking_to_each_other_are_left_alone(ana, bo):
    await asked_to_greet(ana, bo)
    card = await ana.sees("Asked by <@U0ANA00001>")
    await say(bo, "cancel it", thread=card["ts"])
    await say(bo, f"{BOT} status", thread=card["ts"])

    await ana.sees("Waiting for a decision", "1 of 4 steps", thread=card["ts"])
    assert count(ana, "Cancelled") == 0


async def test_a_mention_with_missing_inputs_offers_the_form(ana):
    await say(ana, f"{BOT} start greet")

    offer = await ana.sees("still needs `name`", "start_open")
    await ana.press(offer, "start_open")

    await ana.opens("form_start")


async def test_lists_have_a_next_page(ana):
    await ana.until(lambda: ana.connected, "the bot is connected")
    for number in range(12):
        await ana.command(f"/opstream start greet name=n{number}", channel=DM_ANA)
    await ana.until(lambda: count(ana, "Asked by") == 12, "twelve runs", 60)
    await ana.command("/opstream list")
    first = await ana.told("*Active runs* · 12 runs", "1 to 10 of 12")

    await ana.press(first, "page_turn:on")

    await ana.told("11 to 12 of 12", "Previous page")


async def test_details_and_logs_are_shown_to_whoever_asked(ana, bo):
    await asked_to_greet(ana, bo)
    card = await ana.sees("Asked by <@U0ANA00001>")

    await ana.press(card, "run_details")
    await ana.told("Waiting for a decision", "1 of 4 steps")
    await ana.command("/opstream logs")
    await ana.told("started `greet`", "asks for a yes, revision 1")
    assert bo.private == []


async def test_details_and_logs_without_an_id_are_those_of_my_last_run(ana, bo):
    await bo.press(await asked_to_greet(ana, bo), "approval_grant")
    await ana.sees("✅ *Done.*")

    await ana.command("/opstream logs")
    await ana.told("Log of", "The run ended: succeeded")
    await ana.command("/opstream pause")
    await ana.told("You have no active run")


async def test_tools_and_workflows_are_listed(ana):
    await ana.command("/opstream tools")
    await ana.told("✅ Ready · *estate*", "Two tools are ready.")
    await ana.command("/opstream tools estate")
    await ana.told("`estate.greet` · ✏️ changes things")
    await ana.command("/opstream workflows")
    listed = await ana.told("*Greet somebody* · `greet`", "`pause` (optional)")

    await ana.press(listed, "start_open")
    await ana.opens("form_start")


async def test_home_shows_what_waits_and_what_can_be_started(ana, bo):
    await asked_to_greet(ana, bo)

    await ana.do("open_home", tab="home")

    home = await ana.until(lambda: ana.home, "home")
    assert "Waiting for a decision or an answer" in str(home["blocks"])
    assert "Greet somebody" in str(home["blocks"])
