"""The shipped workflows run to their end on the tools of AWS, by configuration alone."""

import asyncio
import shutil

import pytest

from benchmarks.aws.install import Watch
from benchmarks.engine import ANA, BO
from config.settings import PROJECT
from opstream import bootstrap
from opstream.domain.approval import Grant
from tests.aws.conftest import project, variables

OLDER = """\
workflows:
  older:
    tools: [slo_checker, alert_correlator, cloudwatch_metrics, trace_analysis, log_aggregation]
    duration: "2h"
"""


@pytest.fixture
async def house(tmp_path):
    settings = project(tmp_path)
    for name in ("application_profiling", "slo_monitoring"):
        shutil.copy(PROJECT / f"config/workflows/{name}.yaml", tmp_path / "config/workflows")
    (tmp_path / "config/workflows/older.yaml").write_text(OLDER)
    stores = await bootstrap.open_stores(settings)
    watch = Watch()
    install = await bootstrap.install(settings, stores, watch, variables())
    await install.start()
    yield install.services.runs, watch
    await install.stop()
    await stores.close()


async def test_shipped_and_older_workflows_end_well_on_aws(house, tmp_path):
    runs, watch = house

    async def run(workflow, **inputs):
        """Run a workflow to its end; who is asked says yes. Return it with the step that asked."""
        begun = await runs.start(workflow, inputs, by=ANA, place=None)
        async with asyncio.timeout(60):
            asked = await watch.asks_or_ends(begun.id)
            if asked is not None:
                await runs.answer_approval(begun.id, asked, 1, Grant(), by=BO)
            return await watch.end(begun.id), asked

    older, asked = await run("older", service="checkout")
    assert (older.result, asked) == ("Older: 5 tools looked, 3 findings want attention.", None)

    checked, asked = await run("slo_monitoring")
    assert (checked.result, asked) == ("All objectives are met again.", "approve")

    (tmp_path / "tasks").write_text("2")
    profiled, asked = await run("application_profiling", service="checkout")
    assert asked == "approve"
    assert profiled.result == (
        "`checkout` is better: p99 fell from 641 ms to 143 ms (-78 %); the error rate fell from 2.9 % "
        "to 0 % (-100 %); its objective is kept."
    )
    assert (tmp_path / "tasks").read_text() == "4"
