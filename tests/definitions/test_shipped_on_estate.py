"""The shipped workflows on the estate as it is served: each fault is found, mended and verified."""

import pytest

from opstream.definitions import loader
from opstream.domain.run import RunStatus
from tests.definitions.living import world
from tests.definitions.test_older_formats import TOOLS
from tests.definitions.test_shipped import shipped

CURES = {
    "pool_too_small": ("checkout", "estate.set_pool_size checkout 16"),
    "slow_database": ("database", "estate.restart_service database"),
    "bad_deploy": ("payments", "estate.roll_back payments"),
    "noisy_neighbour": ("inventory", "estate.scale_service inventory 3"),
    "memory_leak": ("web", "estate.restart_service web"),
}
SERVICES = ("web", "checkout", "payments", "inventory", "database")
LEAKED = 340  # seconds after which a leak is felt


@pytest.fixture
async def estate(tmp_path):
    async with world(tmp_path) as made:
        await made.call("set_fault", {"fault": "pool_too_small", "active": False})
        yield made


async def struck(estate, fault, seconds=LEAKED):
    """Let an estate that was well for long be struck by a fault for a while."""
    estate.pass_time(3_600)
    await estate.call("set_fault", {"fault": fault, "active": True})
    estate.pass_time(seconds)
    estate.writes.clear()


@pytest.mark.parametrize("fault", CURES)
async def test_slo_monitoring_finds_where_it_begins_and_mends_it(estate, fault):
    await struck(estate, fault)

    run = await estate.run(shipped("slo_monitoring.yaml"), {"duration": "2m"})

    service, cure = CURES[fault]
    assert run.status is RunStatus.SUCCEEDED, run.reason
    assert run.steps["focus"].output["service"] == service
    assert estate.writes == [cure]
    assert run.result == "All objectives are met again."


async def test_monitoring_of_the_older_format_does_the_same(estate):
    await struck(estate, "slow_database")

    run = await estate.run(loader.load(TOOLS, "workflows.yaml")[1].workflow, {})

    assert estate.writes == ["estate.restart_service database"]
    assert run.result == "The fix is in and the objectives are met again."


async def test_monitoring_leaves_what_is_over_or_well_alone(estate):
    estate.pass_time(60)
    over = await estate.run(shipped("slo_monitoring.yaml"), {})
    estate.pass_time(3_600)
    well = await estate.run(shipped("slo_monitoring.yaml"), {})

    assert over.result == "The trouble has passed: all objectives are met."
    assert well.steps["met"].output["text"] == (
        "All 10 objectives are met over the last 10m. There is nothing to change."
    )


@pytest.mark.parametrize("fault", CURES)
async def test_profiling_mends_the_struck_service_and_no_other(estate, fault):
    struck_one, cure = CURES[fault]
    await struck(estate, fault)

    others = SERVICES if fault == "slow_database" else ("checkout", "inventory")
    for service in [*(one for one in others if one != struck_one), struck_one]:
        run = await estate.run(
            shipped("application_profiling.yaml"), {"service": service, "duration": "1m"}
        )
        assert run.status is RunStatus.SUCCEEDED, run.reason
        if service != struck_one:
            said = run.steps["no_fix"].output["text"]
            assert "nothing to change" in said or "So I change nothing." in said
            assert estate.writes == []

    assert estate.writes == [cure]
    assert run.steps["compare"].output["improved"], run.result
    assert "every objective is kept" in run.result
