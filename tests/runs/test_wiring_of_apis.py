"""What only shows when everything is wired: an API's operation as a step, its answer kept once for two runs."""

import json

import pytest

from config.apis import Apis
from config.servers import Mcp
from config.settings import load
from opstream import bootstrap
from tests.adapters.connectors.descriptions import described, get
from tests.adapters.connectors.service import serving
from tests.runs.conftest import ANA

ROWS = [{"n": n, "text": "x" * 100} for n in range(200)]


@pytest.fixture(scope="module")
def service():
    with serving() as opened:
        yield opened


async def test_a_large_answer_of_an_api_is_one_artifact_for_all_runs_that_want_it(house, service):
    service.answers["GET /openapi.json"] = described("/", {"/rows": get("rows")})
    service.answers["GET /rows"] = ROWS
    house.write("id: demo\ntitle: Demo\nsteps:\n  - {id: a, call: shop.rows}\n")
    settings = load(house.environment)
    api = {"description": f"{service.url}/openapi.json", "headers": {"X-Key": "secret:SHOP"}}
    settings = settings.model_copy(
        update={
            "workflow_dirs": (house.folder / "workflows",),
            "mcp": Mcp(),
            "apis": Apis.model_validate({"apis": {"shop": api}, "results": {"shop.*": "5m"}}),
            "runs": settings.runs.model_copy(update={"output_bytes": 1000}),
        }
    )
    house.stores = await bootstrap.open_stores(settings, house.clock)
    secrets = {"OPSTREAM_SECRET_SHOP": "key-88211"}
    house.install = await bootstrap.install(settings, house.stores, house.watcher, secrets)
    await house.install.start()
    start = house.install.services.runs.start

    outputs = []
    for _ in range(2):
        run = await start("demo", {}, by=ANA, place=None)
        outputs.append((await house.watcher.ended(run.id)).run.steps["a"].output)

    assert outputs[0] == outputs[1]
    kept = await house.stores.database.artifacts.get(outputs[0]["artifact"])
    assert json.loads(kept) == ROWS
    assert [one.headers["x-key"] for one in service.of("/rows")] == ["key-88211"]
    assert await house.stores.database.results.saved(house.clock.now()) == {"shop.rows": 1}
    folder = house.stores.database.artifacts._folder
    assert len([one for one in folder.rglob("*") if one.is_file()]) == 1
