"""Versions: published with a name and a reason, and chosen when a run goes on."""

import pytest

from opstream.domain.run import RunStatus
from opstream.errors import BadInput, DefinitionErrors, NeedsConfirmation, NotAllowed, NotFound
from opstream.errors import OperationFailed as Failed
from tests.runs.conftest import ANA, BO, CLEO

OLD = "id: demo\ntitle: Demo\nsteps:\n  - {id: a, call: t.read}\n  - {id: b, call: t.write, unattended: true}\n"
NEW = OLD.replace("t.write, unattended: true", "t.keyed, unattended: true")
BROKEN = Failed("It broke.", retryable=False)


async def failed(house) -> str:
    house.tools.answers["t.write"] = [BROKEN]
    run_id = await house.start(OLD)
    await house.watcher.ended(run_id)
    return run_id


def called(house) -> list[str]:
    return [call.operation for call in house.tools.calls]


async def test_publishing_takes_an_admin_and_is_remembered_with_who_and_why(house):
    house.write(OLD)
    await house.open()
    versions = house.install.services.versions
    with pytest.raises(NotAllowed, match="role `admin`"):
        await versions.publish(NEW, BO, "Safer.")
    with pytest.raises(DefinitionErrors):
        await versions.publish("id: demo\n", CLEO, "Shorter.")

    published = await versions.publish(NEW, CLEO, "Safer.")

    (entry,) = await house.stores.database.audit.of_subject("demo")
    assert (entry.deed, entry.by, entry.detail) == (
        "workflow.published",
        CLEO.who,
        "version 2: Safer.",
    )
    assert (await house.runs.start("demo", {}, by=ANA, place=None)).workflow_version == 2
    assert published.version == 2


async def test_what_is_published_is_planned_at_once(house):
    house.write(OLD)
    await house.open()

    text = NEW + 'triggers:\n  - schedule: "0 * * * *"\n'
    await house.install.services.versions.publish(text, CLEO, "Every hour.")

    assert [one.name for one in await house.install.services.schedules.listed()] == ["demo/1"]


async def test_a_run_goes_on_with_its_own_version_unless_the_new_one_is_wanted(house):
    run_id = await failed(house)
    await house.install.services.versions.publish(NEW, CLEO, "Safer.")
    house.tools.answers["t.write"] = [BROKEN]

    await house.runs.retry(run_id, by=ANA)
    await house.watcher.until(
        run_id, lambda view: view.run.retries == 1 and view.run.status is RunStatus.FAILED
    )
    run = await house.runs.retry(run_id, by=ANA, version="new", from_step="b")
    view = await house.watcher.until(run_id, lambda view: view.run.status is RunStatus.SUCCEEDED)

    assert (run.workflow_version, view.workflow.version) == (2, 2)
    assert called(house) == ["t.read", "t.write", "t.write", "t.keyed"]


async def test_finished_writes_are_done_again_only_when_a_person_is_sure(house):
    run_id = await house.start(OLD)
    await house.watcher.ended(run_id)

    with pytest.raises(NeedsConfirmation, match="`b` \\(changes something\\)"):
        await house.runs.retry(run_id, by=ANA, from_step="start")
    await house.runs.retry(run_id, by=ANA, from_step="start", sure=True)
    await house.watcher.until(run_id, lambda view: view.run.retries == 1 and view.run.status.ended)

    assert called(house) == ["t.read", "t.write"] * 2


async def test_a_version_that_needs_more_than_the_run_has_is_refused(house):
    run_id = await failed(house)
    needy = NEW.replace("steps:", "inputs:\n  who: text\nsteps:")
    await house.install.services.versions.publish(needy, CLEO, "Who?")

    with pytest.raises(BadInput, match="Version 2 of `demo` needs `who`"):
        await house.runs.retry(run_id, by=ANA, version="new")
    with pytest.raises(NotFound):
        await house.runs.retry(run_id, by=ANA, version=7)


async def test_a_rehearsal_calls_nothing_and_leaves_no_run(house):
    house.write(OLD)
    await house.open()

    rehearsal = await house.runs.rehearse("demo", {}, by=ANA)

    assert [(one.step, one.writes) for one in rehearsal.steps] == [("a", False), ("b", True)]
    assert called(house) == []
    assert (await house.runs.ended()).total + (await house.runs.active()).total == 0
