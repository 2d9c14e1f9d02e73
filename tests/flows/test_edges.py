"""Slack at one process, the work at another: people see no difference."""

import signal

from tests import postgres
from tests.contracts.waiting import until
from tests.flows.crew import hired
from tests.flows.test_stopping import Gate


async def test_a_run_that_a_worker_advances_is_shown_in_slack_by_whoever_serves_it(street, ana):
    gate = Gate(street)
    shared = {
        "OPSTREAM_DATABASE_URL": postgres.migrated_database(),
        "OPSTREAM_WORK_BESIDE_SLACK": "false",
        "OPSTREAM_LEASE": "1s",
    }
    await street.start_bot(**shared)
    await street.ready()
    await ana.command("/opstream start passage")
    await ana.sees("Passage")
    assert gate.calls == 0

    worker = await hired("worker", street.folder, {**street.environment(), **shared})
    try:
        await until(lambda: gate.calls == 1)
        await street.kill_bot()
        gate.open()
        await street.start_bot(**shared)
        await ana.sees("✅ *Done* ·")
        assert gate.calls == 1

        worker.send(signal.SIGTERM)
        assert await worker.left() == 0
    finally:
        if worker.process.returncode is None:
            worker.send(signal.SIGKILL)
