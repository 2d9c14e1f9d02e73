"""What only shows when everything is wired: limits, secrets, and what a process remembers."""

import asyncio
import json
from dataclasses import replace

import structlog

from config.servers import Mcp
from config.settings import load
from opstream import bootstrap, operation
from opstream.domain import history as h
from opstream.domain.audit import AuditEntry
from opstream.domain.run import RunStatus
from opstream.engine.evolve import begin
from opstream.runs.journal import Journal
from tests import logs
from tests.contracts.waiting import until
from tests.runs.conftest import ANA, Tools

LARGE = 3_000_000


@operation(writes=False)
def pages() -> str:
    """Return more than a history should hold."""
    return "x" * LARGE


async def test_a_large_answer_is_kept_beside_the_history_and_no_error(house):
    house.write("id: demo\ntitle: Demo\nsteps:\n  - {id: a, call: pages}\n")
    settings = load(house.environment).model_copy(
        update={"workflow_dirs": (house.folder / "workflows",), "mcp": Mcp()}
    )
    house.stores = await bootstrap.open_stores(settings, house.clock)
    house.install = await bootstrap.install(
        settings, house.stores, house.watcher, {}, things=[pages]
    )
    await house.install.start()
    run = await house.install.services.runs.start("demo", {}, by=ANA, place=None)

    output = (await house.watcher.ended(run.id)).run.steps["a"].output

    assert output["bytes"] == LARGE + 2
    artifact = await house.stores.database.artifacts.get(output["artifact"])
    assert len(json.loads(artifact)) == LARGE


def test_the_secrets_of_an_install_are_masked_in_its_log(monkeypatch, capsys):
    monkeypatch.setenv("OPSTREAM_SECRET_SHOP", "open-sesame-22")
    with logs.put_back():
        bootstrap.set_up_logs(load({}))
        structlog.get_logger().warning("shop_said", words="it was open-sesame-22 of all")

    written = capsys.readouterr().err
    assert "shop_said" in written
    assert "open-sesame" not in written


async def test_a_server_gets_no_more_calls_at_once_than_it_may(house):
    house.tools._known["t.read"] = replace(house.tools._known["t.read"], source="t")
    server = {"command": "never-started", "at_once": 1}
    settings = load(house.environment).model_copy(
        update={
            "workflow_dirs": (house.folder / "workflows",),
            "mcp": Mcp.model_validate({"servers": {"t": server}}, context={"folder": house.folder}),
        }
    )
    house.write("id: demo\ntitle: Demo\nsteps:\n  - {id: a, call: t.read}\n")
    house.tools.gates["t.read"] = asyncio.Event()
    house.stores = await bootstrap.open_stores(settings, house.clock)
    house.install = await bootstrap.install(
        settings, house.stores, house.watcher, {}, instead=bootstrap.Instead(house.tools)
    )
    start = house.install.services.runs.start
    house.install._queue.start()

    runs = [await start("demo", {}, by=ANA, place=None) for _ in range(3)]
    for run in runs:
        await house.watcher.until(run.id, lambda view: view.under_way)
    assert len(house.tools.calls) == 1

    house.tools.gates["t.read"].set()
    for run in runs:
        await house.watcher.ended(run.id)
    assert len(house.tools.calls) == 3


async def test_where_others_write_too_a_run_is_read_back_before_its_turn(house):
    house.write("id: demo\ntitle: Demo\nsteps:\n  - {id: a, wait: {topic: go}}\n")
    await house.wire()  # its sweep would find the run, and might write before we do
    store, catalog = house.stores.database.runs, house.install.services.workflows
    ours, others = (
        Journal(store, catalog, house.install._timetable, shared=True) for _ in range(2)
    )
    began = h.RunStarted(house.clock.now(), "demo", 1, {}, ANA.who, None)
    run = begin("r1", began)
    entry = AuditEntry(house.clock.now(), ANA.who, "run.started", "r1")

    await ours.begin(catalog.latest("demo"), run, began, entry)
    await others.append(await others.load("r1"), (h.RunPaused(house.clock.now(), ANA.who),))

    assert (await ours.take_up("r1")).run.status is RunStatus.PAUSED


class Stubborn(Tools):
    """A tool in whose library the first cancellation is lost."""

    async def call(self, call, listener):
        try:
            return await super().call(call, listener)
        except asyncio.CancelledError:
            return await super().call(call, listener)


async def test_a_call_that_overhears_its_cancellation_is_told_again(house):
    house.tools = Stubborn()
    house.tools.gates["t.read"] = asyncio.Event()
    run_id = await house.start("id: demo\ntitle: Demo\nsteps:\n  - {id: a, call: t.read}\n")
    await until(lambda: len(house.tools.calls) == 1)

    await house.runs.cancel(run_id, by=ANA)

    assert (await house.watcher.ended(run_id)).run.outcome is h.Outcome.CANCELLED
    await until(lambda: len(house.tools.cancelled) == 2)
