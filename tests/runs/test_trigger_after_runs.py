"""What starts when a run has ended."""

from opstream.domain.conversation import Place
from opstream.domain.run import RunView
from opstream.runs.following import LONGEST_CHAIN
from tests.contracts.waiting import until
from tests.runs.conftest import ANA, House

HELLO = "steps:\n  - {id: a, notify: Hello.}\n"
FIRST = "id: first\ntitle: First\n" + HELLO
AFTER = """
id: %s
title: After
inputs:
  of: text
triggers:
  - {after: %s, outcomes: [%s], inputs: {of: "{{ run.id }}"}}
"""


async def opened(house: House, *texts: str) -> None:
    for number, text in enumerate(texts):
        house.write(text, f"{number}.yaml")
    await house.open()


def ended(house: House, workflow_id: str) -> list[RunView]:
    views = house.watcher.views.values()
    return [one for one in views if one.workflow.id == workflow_id and one.run.status.ended]


async def test_the_end_of_a_run_starts_what_waits_for_it_in_the_name_of_its_starter(house):
    succeeded = AFTER % ("then", "first", "succeeded") + HELLO
    failed = AFTER % ("oh", "first", "failed") + HELLO
    await opened(house, FIRST, succeeded, failed)
    place = Place("C1", "1.5")

    run = await house.runs.start("first", {}, by=ANA, place=place)
    await until(lambda: bool(ended(house, "then")))

    (followed,) = ended(house, "then")
    assert followed.run.inputs == {"of": run.id}
    assert (followed.run.by, followed.run.place) == (ANA.who, place)
    assert ended(house, "oh") == []


async def test_runs_that_start_each_other_in_a_circle_stop_after_ten(house):
    await opened(
        house,
        AFTER % ("ping", "pong", "succeeded") + HELLO,
        AFTER % ("pong", "ping", "succeeded") + HELLO,
    )

    await house.runs.start("ping", {"of": "me"}, by=ANA, place=None)
    await until(lambda: len(ended(house, "ping") + ended(house, "pong")) == LONGEST_CHAIN + 1)
    (last,) = [
        one.run.id
        for one in house.watcher.views.values()
        if f"link {LONGEST_CHAIN} " in one.run.trigger
    ]
    await house.close()  # by then its duties are done

    await house.open()
    await house.install.look_around()
    deeds = [one.deed for one in await house.stores.database.audit.of_subject(last)]
    assert deeds.count("trigger.stopped") == 1
    assert (await house.runs.ended(limit=50)).total == LONGEST_CHAIN + 1


async def test_an_end_that_is_looked_at_twice_starts_one_run(house):
    await opened(house, FIRST, AFTER % ("then", "first", "succeeded") + HELLO)
    await house.runs.start("first", {}, by=ANA, place=None)
    await until(lambda: bool(ended(house, "then")))
    (first,) = ended(house, "first")

    await house.install.look_around()
    await house.install.services.runs.retry(first.run.id, by=ANA, from_step="a")
    await until(lambda: len(ended(house, "then")) == 2)

    assert (await house.runs.ended(workflow_id="then")).total == 2
