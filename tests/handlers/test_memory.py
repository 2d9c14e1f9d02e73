"""What people have remembered, ask for, and have forgotten, over a real socket."""

from tests.handlers.driving import count


async def test_what_is_remembered_is_found_by_others_and_forgotten_by_who_said_it(ana, bo):
    await ana.command("/opstream remember that checkout owns the cart db")
    await ana.told("🧠 I will remember that.", "can find it")

    await bo.command("/opstream recall who owns the cart db?")
    told = await bo.told("checkout owns the cart db", "<@")
    id = str(told).rsplit("`", 2)[1]

    await bo.command(f"/opstream forget {id}")
    await bo.told("Only who said it, or an admin, can have it forgotten.")
