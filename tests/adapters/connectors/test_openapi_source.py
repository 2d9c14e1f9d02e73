"""Tried: files that lack or are broken, addresses that are away and come back, copies, many at once, a slow start."""

import asyncio

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse

from opstream.domain.operation import Health
from opstream.errors import OperationFailed
from tests.adapters.connectors.descriptions import described, get, parameter

PATIENCE_SECONDS = 30


async def until(source, *wanted):
    async with asyncio.timeout(PATIENCE_SECONDS):
        while source.health.health not in wanted:
            await source.changed()
    return source.health


async def test_a_start_does_not_wait_for_descriptions_but_calls_do(house, service):
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def slowly(asked):
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(gate.wait(), loop))
        return described(service.url, {"/pets": get("pets")})

    service.answers["GET /openapi.json"] = slowly
    service.answers["GET /pets"] = ["Rex"]
    source = house.source(f"{service.url}/openapi.json")
    assert source.health.health is Health.STARTING
    assert source.health.sentence == "`pets` is reading its description."

    waiting = asyncio.create_task(source.settled())
    gate.set()

    assert (await waiting).health is Health.READY
    operations = house.operations(source)
    assert await house.call(operations, "pets") == ["Rex"]


async def test_an_address_that_is_away_is_told_of_and_tried_again(house, service):
    service.answers["GET /openapi.json"] = lambda asked: JSONResponse({}, 503)
    source = house.source(f"{service.url}/openapi.json")

    away = await until(source, Health.FAILING)
    with pytest.raises(OperationFailed, match="cannot be fetched"):
        await house.operations(source).ready("pets.pets")
    service.answers["GET /openapi.json"] = described("/v1", {"/pets": get("pets")})
    ready = await until(source, Health.READY)

    assert away.sentence.endswith("it answered with HTTP 503. It is tried again.")
    assert ready.sentence == "`pets` is ready with 1 operation."


async def test_a_copy_stands_in_for_an_address_that_is_away_until_it_is_back(house, service):
    where = f"{service.url}/openapi.json"
    service.answers["GET /openapi.json"] = described("/", {"/a": get("a")})
    await house.source(where).settled()
    service.answers["GET /openapi.json"] = lambda asked: JSONResponse({}, 500)

    source = house.source(where)
    health = await source.settled()
    assert health.health is Health.READY
    assert "by an earlier copy of its description: it answered with HTTP 500" in health.sentence
    service.answers["GET /openapi.json"] = described("/", {"/a": get("a"), "/b": get("b")})
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(source.health.operations) < 2:
            await source.changed()

    assert source.health.sentence == "`pets` is ready with 2 operations."
    assert source.health.health is Health.READY


async def test_a_copy_of_another_address_is_none(house, service):
    service.answers["GET /openapi.json"] = described("/", {"/a": get("a")})
    await house.source(f"{service.url}/openapi.json").settled()

    source = house.source(f"{service.url}/other.json")

    assert (await source.settled()).health is Health.FAILING


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "there is no file"),
        ("swagger: '2.0'", "is written in Swagger 2.0"),
        ("openapi: 3.1.0\npaths: {}", "does not say where it is. Write its address as `url`"),
    ],
)
async def test_a_file_that_cannot_be_used_says_why(house, text, said):
    name = "gone.yaml" if text is None else house.written(text, "api.yaml")

    health = await house.source(name).settled()

    assert health.health is Health.FAILING
    assert health.sentence.startswith("`pets` cannot be used: ")
    assert said in health.sentence


async def test_a_file_that_is_mended_is_read_again(house, service):
    source = house.source(house.written("{", "api.yaml"))
    await until(source, Health.FAILING)

    house.written(described(service.url, {"/pets": get("pets")}), "api.yaml")

    assert (await until(source, Health.READY)).operations[0].name == "pets.pets"


async def test_a_yaml_file_with_odd_paths_works_as_it_stands(house, service):
    text = f"""
openapi: 3.0.3
info: {{title: Odd, version: 1.0}}
servers: [{{url: "{service.url}/base/"}}]
paths:
  /files/{{path}}:
    get:
      parameters:
        - {{name: path, in: path, required: true, schema: {{type: string}}}}
      responses: {{200: {{description: ok}}}}
"""
    service.answers["GET /base/files/a b/c?d"] = {"ok": True}
    operations = await house.ready(house.written(text, "api.yaml"))

    found = await house.call(operations, "pets.get_files_by_path", path="a b/c?d")

    assert found == {"ok": True}
    assert service.asked[0].path == "/base/files/a%20b%2Fc%3Fd"


async def test_a_description_that_moved_is_followed_without_secrets(house, service, elsewhere):
    document = described("/", {"/pets": get("pets", parameter("x"))})
    elsewhere.answers["GET /new.json"] = document
    service.answers["GET /old.json"] = lambda asked: RedirectResponse(f"{elsewhere.url}/new.json")

    source = house.source(
        f"{service.url}/old.json", url=service.url, headers={"X-Key": "secret:PET_KEY"}
    )

    assert (await source.settled()).health is Health.READY
    assert service.asked[0].headers["x-key"] == "pet-key-93847"
    assert "x-key" not in elsewhere.asked[0].headers


async def test_a_page_for_people_is_no_description(house, service):
    service.answers["GET /docs"] = PlainTextResponse("<html>Hello</html>", media_type="text/html")

    health = await house.source(f"{service.url}/docs").settled()

    assert "has no `openapi: 3.1.0` in it" in health.sentence


async def test_what_is_stopped_before_it_began_says_so_when_it_is_called(house, service):
    source = house.source(f"{service.url}/openapi.json")
    await source.stop()

    with pytest.raises(OperationFailed, match="is reading its description"):
        await house.operations(source).ready("pets.pets")
