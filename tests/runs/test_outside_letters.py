"""Letters from programs outside: signed, given to the runs that wait for them, and to nobody twice."""

import pytest

from opstream.domain.history import LetterReceived
from opstream.errors import BadInput, NotAllowed, NotFound, TooLate
from opstream.runs import signatures
from tests.runs.conftest import ANA

PAID = "id: demo\ntitle: Demo\nsteps:\n  - {id: paid, wait: {topic: order.paid}}\n"
TWICE = PAID + "  - {id: again, wait: {topic: order.paid}}\n"
SLOW = PAID.replace("  - ", "  - {id: rest, wait: 1h}\n  - ")
BODY = b'{"sum": 7}'


def signed(house, secret: str = "sesame", body: bytes = BODY, delivery: str = "") -> dict[str, str]:
    stamp = str(int(house.clock.now().timestamp()))
    ids = f"{delivery}.{stamp}." if delivery else f"{stamp}."
    headers = {
        "X-OpStream-Timestamp": stamp,
        "X-OpStream-Signature": signatures.signed(secret, ids.encode() + body),
    }
    return headers | ({"X-OpStream-Delivery": delivery} if delivery else {})


async def waiting(house, text: str = PAID, step: str = "paid", **secrets: str) -> str:
    secrets = secrets or {"EVENTS": "sesame"}
    house.environment |= {f"OPSTREAM_SECRET_{name}": one for name, one in secrets.items()}
    run_id = await house.start(text)
    await house.watcher.until(run_id, lambda view: step in view.run.steps)
    return run_id


def hooks(house):
    return house.install.services.hooks


async def another(house, step: str = "paid") -> str:
    run = await house.runs.start("demo", {}, by=ANA, place=None)
    await house.watcher.until(run.id, lambda view: step in view.run.steps)
    return run.id


async def letters(house, run_id: str) -> int:
    return sum(isinstance(fact, LetterReceived) for fact in await house.runs.history(run_id))


async def test_a_letter_goes_to_all_that_wait_and_says_who_took_it(house):
    both = sorted([await waiting(house), await another(house)])

    took = await hooks(house).letter("order.paid", BODY, signed(house))

    assert sorted(took) == both
    for run_id in both:
        view = await house.watcher.ended(run_id)
        assert view.run.state("paid").output == {"sum": 7}


@pytest.mark.parametrize("delivery", ["", "d-1"])
async def test_a_delivery_that_comes_twice_reaches_nobody_twice_and_nobody_new(house, delivery):
    first = await waiting(house, TWICE)
    headers = signed(house, delivery=delivery)

    took = await hooks(house).letter("order.paid", BODY, headers)
    await house.watcher.until(first, lambda view: "again" in view.run.steps)
    second = await another(house)
    await house.reopen()
    if delivery:
        house.clock.pass_(minutes=10)  # it may be signed anew, much later
        headers = signed(house, delivery=delivery)

    assert await hooks(house).letter("order.paid", BODY, headers) == took == [first]
    assert [await letters(house, run_id) for run_id in (first, second)] == [1, 0]


async def test_a_delivery_that_came_through_in_part_is_taken_up_by_the_rest(house):
    first = await waiting(house, TWICE)
    headers = signed(house)
    key = f"letter:{signatures.require('sesame', BODY, lowered(headers), house.clock.now())}"
    await house.runs.deliver("order.paid", {"sum": 7}, key)  # and then the process was gone
    second = await another(house)

    took = await hooks(house).letter("order.paid", BODY, headers)

    assert sorted(took) == sorted([first, second])
    assert [await letters(house, run_id) for run_id in (first, second)] == [1, 1]


def lowered(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): one for name, one in headers.items()}


async def test_a_letter_that_nobody_took_may_be_sent_again(house):
    await waiting(house, SLOW, "rest")
    headers = signed(house, delivery="d-1")

    assert await hooks(house).letter("order.paid", BODY, headers) == []
    run_id = await waiting_now(house)

    assert await hooks(house).letter("order.paid", BODY, headers) == [run_id]


async def waiting_now(house) -> str:
    house.write(PAID.replace("demo", "other"), "other.yaml")
    await house.reopen()
    run = await house.runs.start("other", {}, by=ANA, place=None)
    await house.watcher.until(run.id, lambda view: "paid" in view.run.steps)
    return run.id


async def test_a_letter_for_one_run_is_kept_until_it_waits(house):
    run_id = await waiting(house, SLOW, "rest")

    assert await hooks(house).letter("order.paid", BODY, signed(house), run_id) == [run_id]
    house.clock.pass_(hours=1)
    await house.install.look_around()

    await house.watcher.ended(run_id)
    with pytest.raises(TooLate, match="has ended"):
        await hooks(house).letter("order.paid", BODY, signed(house), run_id)
    with pytest.raises(NotFound):
        await hooks(house).letter("order.paid", BODY, signed(house), "r0nothere0")


async def test_a_topic_may_have_a_secret_of_its_own_and_then_no_other_opens_it(house):
    run_id = await waiting(house, EVENTS="sesame", EVENTS_ORDER="abracadabra")

    for secret in ("sesame", "guessed", ""):
        with pytest.raises(NotAllowed, match="signature does not fit"):
            await hooks(house).letter("order.paid", BODY, signed(house, secret))
    assert await hooks(house).letter("other.paid", BODY, signed(house)) == []
    with pytest.raises(NotAllowed, match="signature does not fit"):
        await hooks(house).letter("other.paid", BODY, signed(house, "abracadabra"))

    took = await hooks(house).letter("order.paid", BODY, signed(house, "abracadabra"))
    assert took == [run_id]


async def test_what_cannot_be_taken_is_refused_in_a_sentence(house):
    await waiting(house)

    with pytest.raises(NotAllowed, match="has no signature"):
        await hooks(house).letter("order.paid", BODY, {})
    with pytest.raises(BadInput, match="no JSON"):
        await hooks(house).letter("order.paid", b"{", signed(house, body=b"{"))
    with pytest.raises(BadInput, match="topic of replies"):
        await hooks(house).letter("reply", BODY, signed(house))


async def test_without_a_secret_nobody_can_send_letters(house):
    await waiting(house, SHOP="sesame")

    with pytest.raises(NotAllowed, match="cannot check signatures yet"):
        await hooks(house).letter("order.paid", BODY, signed(house))
