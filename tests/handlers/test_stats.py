"""Statistics and Home, asked for over a real socket."""

from tests.handlers.driving import count, fill_in


async def survey(ana, number):
    """Start the survey and answer it."""
    await ana.command("/opstream start survey")
    await ana.until(lambda: count(ana, "question_answer") == 1, "one question is open")
    question = await ana.sees("How was it?", "question_answer")
    await ana.press(question, "question_answer")
    await fill_in(ana, await ana.opens("form_answer"), input_stars="5")
    await ana.until(lambda: count(ana, "✅ *Done.*") == number, "the run is over")


async def test_statistics_count_what_has_ended(ana):
    await ana.command("/opstream stats")
    await ana.told("No run ended in that time")
    await survey(ana, 1)

    await ana.command("/opstream stats")
    told = await ana.told("1 run ended: 1 done.", "went well", "half took at most")
    assert told["blocks"][2]["type"] == "data_visualization"

    await ana.command("/opstream stats survey last 2 weeks")
    await ana.told("*Survey* · the last 14 days")


async def test_a_stretch_of_time_that_cannot_be_read_is_said_kindly(ana):
    await ana.command("/opstream stats 400d")
    await ana.told("`400d` is no stretch of time that I can look back")

    await ana.command("/opstream stats surwey 7d")
    await ana.told("`survey`")

    await ana.command("/opstream stats survey greet")
    await ana.told("Name one workflow at most")


async def test_home_turns_its_pages_and_shows_statistics(ana):
    for n in range(6):
        await ana.command(f"/opstream start greet name=N{n}")
    await ana.until(lambda: count(ana, "approval_grant") == 6, "six questions")
    await ana.do("open_home", tab="home")
    home = await ana.until(lambda: ana.home, "home")
    assert "*6* of yours are active" in str(home["blocks"])
    pagers = [one for one in home["blocks"] if "home_turn:active" in str(one)]

    await ana.do(
        "press",
        view_id=home["id"],
        block_id=pagers[0]["block_id"],
        action_id=pagers[0]["elements"][0]["action_id"],
        value=pagers[0]["elements"][0]["value"],
    )

    await ana.until(lambda: "6 to 6 of 6" in str(ana.home["blocks"]), "the second page")


async def test_models_stand_below_the_tools_and_say_which_keys_they_lack(ana):
    await ana.command("/opstream tools")

    await ana.told("*Tools*", "*Models*", "No model has a key yet", "`GEMINI_API_KEY` (Gemini)")
