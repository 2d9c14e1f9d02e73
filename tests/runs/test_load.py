"""Long runs and many runs: they all end, and those that rest cost a starting process nothing."""

import asyncio
import json
import sys

from blocks import closeups, journal
from opstream.domain.approval import Grant
from opstream.domain.artifact import Artifact, referred
from opstream.domain.run import RunStatus, StepStatus
from tests.runs.conftest import ANA, BO

HEAD = "id: demo\ntitle: Demo\nsteps:\n"
ONE = HEAD + "  - {id: a, call: t.read}\n"
FIVE = HEAD + "".join(f"  - {{id: s{n}, call: t.read}}\n" for n in range(5))
ASKING = HEAD + "  - {id: ask, approval: {title: Do it?}}\n  - {id: a, call: t.read}\n"
ASKING_BESIDE_A_READ = HEAD + (
    "  - {id: a, call: t.read, needs: []}\n"
    "  - {id: first, call: t.keyed, unattended: true, needs: []}\n"
    "  - {id: ask, approval: {title: Do it?}, needs: [first]}\n"
)
LONG = 60  # seconds; only a test that fails takes them


def asks(view) -> bool:
    return view.run.state("ask").approval is not None


async def test_a_run_of_1000_steps_does_them_all_in_order(house):
    count = 1000
    steps = "".join(f"  - {{id: s{n}, call: t.read, with: {{n: {n}}}}}\n" for n in range(count))

    view = await house.watcher.ended(await house.start(HEAD + steps), LONG)

    assert view.run.status is RunStatus.SUCCEEDED
    assert [call.arguments["n"] for call in house.tools.calls] == list(range(count))


async def test_a_run_of_10_000_steps_in_100_branches_does_them_all_in_order(house):
    count, branches = 10_000, 100
    steps = "".join(
        f"  - {{id: s{n}, call: t.read, with: {{n: {n}}}, needs: [{_before(n, branches)}]}}\n"
        for n in range(count)
    )

    view = await house.watcher.ended(await house.start(HEAD + steps), LONG)

    assert view.run.status is RunStatus.SUCCEEDED
    done = [call.arguments["n"] for call in house.tools.calls]
    assert len(done) == count
    for branch in range(branches):
        assert [n for n in done if n % branches == branch] == list(range(branch, count, branches))


def _before(n: int, branches: int) -> str:
    return f"s{n - branches}" if n >= branches else ""


async def test_an_output_of_10_mb_stands_on_the_disk_and_not_in_the_history(house):
    text = "ops " * 2_500_000
    house.tools.answers["t.read"] = [text]

    view = await house.watcher.ended(await house.start(ONE), LONG)

    [kept] = [one for one in (house.folder / "data" / "artifacts").glob("*/*") if one.is_file()]
    assert kept.read_text() == json.dumps(text)
    [_, done, _] = facts = await house.runs.history(view.run.id)
    assert referred(done.output) == Artifact(kept.name, len(text) + 2, json.dumps(text)[:1_000])
    assert len(str(facts)) < 10_000
    assert database_size(house) < 1_000_000
    shown = f"10.0 MB, kept as artifact `{kept.name[:12]}`"
    assert shown in journal.sentence(done)
    assert shown in str(closeups.details(view).blocks)


def database_size(house) -> int:
    return sum(one.stat().st_size for one in (house.folder / "data").glob("opstream.db*"))


async def test_200_runs_at_once_all_end(house):
    house.write(FIVE)
    await house.open()

    starts = (house.runs.start("demo", {}, by=ANA, place=None) for _ in range(200))
    runs = await asyncio.gather(*starts)
    views = await asyncio.gather(*(house.watcher.ended(run.id, LONG) for run in runs))

    assert {view.run.status for view in views} == {RunStatus.SUCCEEDED}
    assert len({call.key for call in house.tools.calls}) == len(house.tools.calls) == 1000


async def test_a_crowd_of_starts_takes_few_slots_and_little_memory(tmp_path):
    count = 2_000

    crowd = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.runs.crowd_of_starts", str(tmp_path), str(count)),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await crowd.communicate()
    told = json.loads(out)

    assert told["ended"] == {"succeeded": count}
    assert told["calls"] == count
    assert told["under_way"] == 512  # no more are advanced at once, the others stand in line
    assert told["waiting"] == count - 512
    assert told["after"] - told["before"] < 50  # MB


async def asked_beside_a_read(house) -> str:
    """Bring a run to where it asks while a read is under way, and the read began before that."""
    house.tools.gates = {"t.read": asyncio.Event(), "t.keyed": asyncio.Event()}
    run_id = await house.start(ASKING_BESIDE_A_READ)
    await house.watcher.until(run_id, lambda view: view.under_way == {"a", "first"})
    house.tools.gates["t.keyed"].set()
    await house.watcher.until(run_id, lambda view: asks(view) and view.under_way == {"a"})
    return run_id


async def unfinished(house) -> list[str]:
    return list(await house.stores.database.runs.unfinished())


async def test_a_run_that_waits_is_not_looked_at_when_a_process_starts(house):
    waiting = await house.start(ASKING)
    await house.watcher.until(waiting, asks)
    house.write(ONE.replace("demo", "other"), "other.yaml")

    await house.reopen()
    await house.install.look_around()
    other = await house.runs.start("other", {}, by=ANA, place=None)
    await house.watcher.ended(other.id)

    assert set(house.watcher.views) == {other.id}
    await house.runs.answer_approval(waiting, "ask", 1, Grant(), by=BO)
    await house.watcher.ended(waiting)


async def test_a_run_rests_no_sooner_than_its_last_call_has_ended(house):
    run_id = await asked_beside_a_read(house)
    assert await unfinished(house) == [run_id]

    house.tools.gates["t.read"].set()
    await house.watcher.until(run_id, lambda view: view.run.state("a").settled)

    assert await unfinished(house) == []


async def test_a_read_under_way_at_a_crash_is_made_again_beside_a_question(house):
    run_id = await asked_beside_a_read(house)

    house.tools.gates.clear()
    await house.reopen()
    view = await house.watcher.until(run_id, lambda view: view.run.state("a").settled)

    assert view.run.state("ask").status is StepStatus.ASKING_APPROVAL
    assert await unfinished(house) == []


async def test_a_run_that_is_resumed_with_nothing_to_do_rests_again(house):
    run_id = await house.start(ASKING)
    await house.watcher.until(run_id, asks)
    await house.runs.pause(run_id, by=ANA)
    await house.watcher.until(run_id, lambda view: view.run.status is RunStatus.PAUSED)

    await house.runs.resume(run_id, by=ANA)
    await house.watcher.until(run_id, lambda view: view.run.status is RunStatus.ACTIVE)

    assert await unfinished(house) == []


async def test_a_start_that_finds_nothing_new_writes_nothing(house):
    run_id = await house.start(ASKING)
    await house.watcher.until(run_id, asks)

    await house.reopen()
    await house.install.look_around()

    assert house.stores.database.writer.transactions == 0
