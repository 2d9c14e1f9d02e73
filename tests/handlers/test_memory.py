"""What people have remembered, ask for, and have forgotten, over a real socket."""

import re

from tests.handlers.driving import DM_ANA, OPS, say


async def test_what_is_remembered_is_found_by_others_and_forgotten_by_who_said_it(ana, bo):
    await say(ana, "@OpStream remember that checkout owns the cart db")
    await ana.sees("🧠 I will remember that.", "can find it")

    await bo.command("/opstream recall who owns the cart db?")
    told = await bo.told("checkout owns the cart db", "by <@U", "Others read here")
    id = re.findall(r"`([0-9a-f]{8})`", str(told))[0]

    await bo.command(f"/opstream forget {id}")
    await bo.told("Only who said it, or an admin, can have it forgotten.")
    await ana.command(f"/opstream forget {id}")
    await ana.told("I have forgotten it for good.")
    await bo.command("/opstream recall who owns the cart db?")
    await bo.told("I know nothing about", "yet.")


async def test_what_is_said_to_the_bot_alone_is_known_to_nobody_else(ana, bo):
    await say(ana, "remember that the password is written on the door", DM_ANA)
    await ana.sees("Only you can find it.")

    await bo.command("/opstream recall password door")
    await bo.told("I know nothing about")
    await say(ana, "what do you know about the door?", DM_ANA)
    await ana.sees("🧠 *What I know about*", "the password is written on the door")


async def test_a_message_is_remembered_by_its_link(ana, bo):
    ts = await say(bo, "The runbook: restart cart before checkout, never after it.", OPS)

    link = f"https://playground.slack.com/archives/{OPS}/p{ts.replace('.', '')}"
    await ana.command(f"/opstream remember {link}")
    await ana.told("🧠 I read it: 1 passage")

    await bo.command("/opstream recall restart order of cart")
    await bo.told("never after it", "📄 Document")


async def test_what_is_unclear_gets_a_kind_sentence(ana):
    await ana.command("/opstream remember")
    await ana.told("Say what I should remember")
    await ana.command("/opstream recall")
    await ana.told("Say what you want to know")
    await ana.command("/opstream forget")
    await ana.told("Say which thing I should forget")
    await ana.command("/opstream forget 00000000")
    await ana.told("`00000000`")
    await ana.command(f"/opstream remember https://x.slack.com/archives/{OPS}/p1700000000000100")
    await ana.told("I must be in its channel")


async def test_statistics_say_what_memory_holds(ana):
    await ana.command("/opstream remember tea is at five")
    await ana.told("I will remember that")

    await ana.command("/opstream stats")
    await ana.told("*Memory* · 1 fact", "four tokens are counted for three words")
