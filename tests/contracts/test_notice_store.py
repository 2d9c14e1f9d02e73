from datetime import time, timedelta

import pytest

from opstream.domain.conversation import Place
from opstream.domain.notification import (
    Dispatch,
    Frequency,
    Notice,
    NoticeKind,
    Preferences,
    QuietHours,
    Severity,
    Standing,
    Target,
    Where,
)
from tests.contracts.stories import NOON, later

CHOSEN = Preferences(
    kinds=(NoticeKind.FAILED, NoticeKind.APPROVAL),
    where=Where.THREAD,
    outside=("oncall",),
    quiet=QuietHours(time(22), time(7, 30)),
    timezone="Europe/Berlin",
    frequency=Frequency(2, timedelta(hours=1)),
    digest=timedelta(hours=4),
    follows_do_not_disturb=False,
)
ANA = Target("U1", Place("U1"))
BO = Target("U2", Place("C1", "1.2"))
MAIL = Target("U1", outside="oncall")


@pytest.fixture
def notices(database):
    return database.notices


def dispatch(key, target=ANA, standing=Standing.HELD, due_at=NOON, **more):
    notice = Notice(key, NoticeKind.COMPLETED, f"{key} is through.", run="r1", **more)
    return Dispatch(notice, target, standing, NOON, due_at)


async def test_what_somebody_chose_comes_back_as_it_was(notices):
    await notices.prefer("U1", Preferences())
    await notices.prefer("U1", CHOSEN)

    assert await notices.preferences(["U1", "U2"]) == {"U1": CHOSEN}


async def test_watching_twice_counts_once_and_ends_at_once(notices):
    assert await notices.watch("r1", "U2")
    assert not await notices.watch("r1", "U2")
    await notices.watch("deploy", "U1")
    await notices.watch("deploy", "U2")

    assert await notices.watchers(["r1", "deploy"]) == ["U1", "U2"]
    assert await notices.watched("U2") == ["deploy", "r1"]
    assert await notices.unwatch("r1", "U2")
    assert not await notices.unwatch("r1", "U2")
    assert await notices.watchers(["r1"]) == []


async def test_the_same_notice_for_the_same_target_is_kept_once(notices):
    assert await notices.add([dispatch("a"), dispatch("a", BO)]) == 2

    assert await notices.add([dispatch("a"), dispatch("a", MAIL)]) == 1
    assert len(await notices.told("r1")) == 3


async def test_what_is_due_for_one_target_is_one_message_and_what_is_critical_goes_alone(notices):
    await notices.add(
        [
            dispatch("a"),
            dispatch("b", standing=Standing.DIGEST),
            dispatch("c", severity=Severity.CRITICAL),
            dispatch("d", BO),
            dispatch("e", due_at=later(60)),
            dispatch("f", standing=Standing.DROPPED),
        ]
    )

    batches = await notices.open_batches(NOON)

    assert [[one.notice.key for one in batch.parts] for batch in batches] == [
        ["a", "b"],
        ["c"],
        ["d"],
    ]
    assert len({batch.key for batch in batches}) == 3


async def test_of_two_who_take_a_batch_one_gets_it(notices):
    await notices.add([dispatch("a"), dispatch("b")])
    (batch,) = await notices.open_batches(NOON)

    assert await notices.take(batch, NOON, later(300))
    assert not await notices.take(batch, NOON, later(300))
    assert await notices.open_batches(NOON) == []
    assert await notices.next_due() == later(300)


async def test_a_batch_whose_sender_died_comes_back_as_the_same_message(notices):
    await notices.add([dispatch("a"), dispatch("b")])
    (batch,) = await notices.open_batches(NOON)
    await notices.take(batch, NOON, later(300))
    await notices.add([dispatch("c")])

    again, new = sorted(await notices.open_batches(later(300)), key=lambda one: not one.again)

    assert (again.key, again.again) == (batch.key, True)
    assert [one.notice.key for one in again.parts] == ["a", "b"]
    assert [one.tries for one in again.parts] == [1, 1]
    assert ([one.notice.key for one in new.parts], new.again) == (["c"], False)


async def test_a_message_of_several_notices_counts_once_as_sent(notices):
    await notices.add([dispatch("a"), dispatch("b")])
    (batch,) = await notices.open_batches(NOON)
    await notices.take(batch, NOON, later(300))

    await notices.settle(batch, Standing.SENT, later(1), later(1), "It was sent.")

    assert await notices.sent_since(ANA.id, NOON) == [later(1)]
    assert await notices.sent_since(ANA.id, later(1)) == []
    assert await notices.open_batches(later(999)) == []
    assert await notices.next_due() is None
    assert {one.standing for one in await notices.told("r1")} == {Standing.SENT}


async def test_what_must_wait_longer_is_due_again_later(notices):
    await notices.add([dispatch("a")])
    (batch,) = await notices.open_batches(NOON)

    await notices.settle(batch, Standing.HELD, NOON, later(60), "It is quiet.")

    assert await notices.open_batches(NOON) == []
    assert await notices.next_due() == later(60)
    (again,) = await notices.open_batches(later(60))
    assert (again.again, again.parts[0].why) == (False, "It is quiet.")


async def test_who_is_alone_takes_up_at_once_what_a_process_had_in_its_hands_that_died(notices):
    await notices.add([dispatch("a")])
    (batch,) = await notices.open_batches(NOON)
    await notices.take(batch, NOON, later(300))

    await notices.free()

    (again,) = await notices.open_batches(NOON)
    assert (again.key, again.again) == (batch.key, True)
    assert await notices.next_due() == NOON


async def test_the_newest_notice_of_those_whose_keys_begin_alike_is_found(notices):
    for key, seconds in (("tool/a/1/down", 0), ("tool/a/1/back", 9), ("tool/a_b/1/down", 20)):
        one = Dispatch(dispatch(key).notice, ANA, Standing.DROPPED, later(seconds), later(seconds))
        await notices.add([one])

    found = [await notices.last(begins) for begins in ("tool/a/", "tool/a_", "tool/b/")]

    assert [one and one.notice.key for one in found] == ["tool/a/1/back", "tool/a_b/1/down", None]


async def test_all_that_anybody_watches_is_known(notices):
    for subject, person in (("r1", "U2"), ("r1", "U1"), ("deploy", "U2")):
        await notices.watch(subject, person)

    assert await notices.subjects() == ["deploy", "r1"]
