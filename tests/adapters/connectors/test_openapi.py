"""Tried against a real server: where arguments go, what comes back, where redirects lead."""

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from opstream.domain.operation import Repeat
from opstream.errors import OperationFailed
from tests.adapters.connectors.descriptions import (
    NUMBER,
    TEXT,
    described,
    get,
    object_of,
    parameter,
    sends,
)


async def test_arguments_go_where_the_description_wants_them(house, service):
    service.answers["PUT /owners/a/b/pets/7"] = {"ok": True}
    operation = {
        "operationId": "putPet",
        "parameters": [
            parameter("owner", "path"),
            parameter("id", "path", "integer"),
            parameter("tags", kind="array"),
            parameter("ids", kind="array", explode=False),
            parameter("filter", kind="object", style="deepObject"),
            parameter("X-Trace", "header"),
            parameter("lang", "cookie"),
            {"name": "where", "in": "query", "content": {"application/json": {"schema": {}}}},
        ],
        **sends(object_of("name", name=TEXT, age=NUMBER)),
    }
    operations = await house.ready(
        described(service.url, {"/owners/{owner}/pets/{id}": {"put": operation}})
    )

    await house.call(
        operations,
        "pets.put_pet",
        **{"owner": "a/b", "id": 7, "tags": ["x", "y z"], "ids": [1, 2], "filter": {"k": "v"}},
        **{"X-Trace": "t1", "lang": "de", "where": {"a": [1]}, "name": "Rex", "age": 3},
    )

    (asked,) = service.asked
    assert asked.path == "/owners/a%2Fb/pets/7"
    assert asked.query == [
        ("tags", "x"),
        ("tags", "y z"),
        ("ids", "1,2"),
        ("filter[k]", "v"),
        ("where", '{"a": [1]}'),
    ]
    assert asked.headers["x-trace"] == "t1"
    assert asked.headers["cookie"] == "lang=de"
    assert asked.json == {"name": "Rex", "age": 3}


@pytest.mark.parametrize(
    ("style", "explode", "value", "written"),
    [
        ("simple", False, [1, "a"], "1,a"),
        ("simple", True, {"a": 1}, "a=1"),
        ("label", True, [1, 2], ".1.2"),
        ("matrix", True, [1, 2], ";id=1;id=2"),
        ("matrix", False, [1, 2], ";id=1,2"),
        ("simple", False, True, "true"),
    ],
)
async def test_lists_in_the_path_are_written_in_its_style(
    house, service, style, explode, value, written
):
    id = {"name": "id", "in": "path", "required": True, "style": style, "explode": explode}
    operations = await house.ready(described(service.url, {"/a/{id}": get("a", id)}))

    with pytest.raises(OperationFailed, match="404"):
        await house.call(operations, "pets.a", id=value)

    assert service.asked[0].path == f"/a/{written}"


@pytest.mark.parametrize(
    ("media", "body", "kind"),
    [
        ("application/x-www-form-urlencoded", b"name=Rex&tags=a&tags=b", "x-www-form-urlencoded"),
        ("application/vnd.pets+json", b'{"name": "Rex", "tags": ["a", "b"]}', "vnd.pets+json"),
        ("*/*", b'{"name": "Rex", "tags": ["a", "b"]}', "application/json"),
    ],
)
async def test_bodies_are_sent_as_the_type_that_is_described(house, service, media, body, kind):
    service.answers["POST /pets"] = {}
    schema = object_of("name", name=TEXT, tags={"type": "array"})
    paths = {"/pets": {"post": {"operationId": "addPet", **sends(schema, media)}}}
    operations = await house.ready(described(service.url, paths))

    await house.call(operations, "pets.add_pet", name="Rex", tags=["a", "b"])

    assert service.asked[0].body == body
    assert kind in service.asked[0].headers["content-type"]


async def test_files_and_texts_are_sent_as_such(house, service):
    service.answers["POST /photo"] = service.answers["POST /note"] = lambda asked: {}
    photo = object_of("file", file={"type": "string", "format": "binary"}, title=TEXT)
    paths = {
        "/photo": {"post": {"operationId": "photo", **sends(photo, "multipart/form-data")}},
        "/note": {"post": {"operationId": "note", **sends(TEXT, "text/plain")}},
    }
    operations = await house.ready(described(service.url, paths))

    await house.call(operations, "pets.photo", file="bytes", title="Rex")
    await house.call(operations, "pets.note", body="just words")

    multipart = service.asked[0].body
    assert b'name="file"; filename="file"' in multipart
    assert b'name="title"\r\n\r\nRex' in multipart
    assert service.asked[1].body == b"just words"


@pytest.mark.parametrize(
    ("answer", "output"),
    [
        (JSONResponse([1, {"a": None}]), [1, {"a": None}]),
        (PlainTextResponse("Grüße"), "Grüße"),
        (
            PlainTextResponse(
                "Gr\xfc\xdfe".encode("latin-1"), media_type="text/plain; charset=latin-1"
            ),
            "Grüße",
        ),
        (Response(b"\x89PNG", media_type="image/png"), {"mime_type": "image/png", "bytes": 4}),
        (Response(status_code=204), None),
        (Response(b"{broken", media_type="application/json"), "{broken"),
        (Response(b'{"a": 1}', media_type="application/problem+json"), {"a": 1}),
    ],
)
async def test_answers_become_data_as_far_as_they_are(house, service, answer, output):
    service.answers["GET /pets"] = lambda asked: answer
    operations = await house.ready(described(service.url, {"/pets": get("pets")}))

    assert await house.call(operations, "pets.pets") == output


async def test_a_line_break_cannot_be_smuggled_into_a_header_nor_a_dot_into_the_path(
    house, service
):
    paths = {"/a/{id}": get("a", parameter("id", "path"), parameter("X-Trace", "header"))}
    operations = await house.ready(described(service.url, paths))

    for arguments in ({"id": ".."}, {"id": ""}, {"id": "1", "X-Trace": "a\r\nEvil: yes"}):
        with pytest.raises(OperationFailed, match="was not called") as failed:
            await house.call(operations, "pets.a", **arguments)
        assert failed.value.kind == "invalid"

    assert service.asked == []


async def test_redirects_are_followed_at_home_and_nowhere_else(house, service, elsewhere):
    service.answers["GET /old"] = lambda asked: RedirectResponse("/new?a=1", 302)
    service.answers["GET /new"] = {"found": True}
    service.answers["POST /old"] = lambda asked: RedirectResponse("/new", 307)
    service.answers["POST /new"] = lambda asked: asked.json
    service.answers["GET /away"] = lambda asked: RedirectResponse(f"{elsewhere.url}/new")
    service.answers["GET /round"] = lambda asked: RedirectResponse("/round")
    post = {"operationId": "post", **sends(object_of(name=TEXT))}
    paths = {
        "/old": {**get("old"), "post": post},
        "/away": get("away"),
        "/round": get("round"),
    }
    operations = await house.ready(
        described(service.url, paths), headers={"X-Key": "secret:PET_KEY"}
    )

    assert await house.call(operations, "pets.old") == {"found": True}
    assert await house.call(operations, "pets.post", name="Rex") == {"name": "Rex"}
    with pytest.raises(OperationFailed, match="which is not where this API is"):
        await house.call(operations, "pets.away")
    with pytest.raises(OperationFailed, match="without an end"):
        await house.call(operations, "pets.round")

    assert elsewhere.asked == []
    assert {one.headers["x-key"] for one in service.asked} == {"pet-key-93847"}


async def test_cookies_that_a_service_sets_are_not_sent_back(house, service):
    def answer(asked):
        found = JSONResponse({})
        found.set_cookie("session", "of-somebody")
        return found

    service.answers["GET /pets"] = answer
    operations = await house.ready(described(service.url, {"/pets": get("pets")}))

    await house.call(operations, "pets.pets")
    await house.call(operations, "pets.pets")

    assert "cookie" not in service.asked[1].headers


async def test_the_key_of_an_attempt_goes_into_the_header_that_takes_one(house, service):
    service.answers["POST /pay"] = {}
    pay = {"operationId": "pay", "parameters": [parameter("Idempotency-Key", "header")]}
    operations = await house.ready(described(service.url, {"/pay": {"post": pay}}))

    await house.call(operations, "pets.pay", key="run:pay:1")

    operation = operations.find("pets.pay")
    assert operation.repeat is Repeat.WITH_KEY
    assert operation.inputs["properties"] == {}
    assert service.asked[0].headers["idempotency-key"] == "run:pay:1"


async def test_head_and_options_tell_what_the_headers_say(house, service):
    service.answers["HEAD /pets"] = lambda asked: Response(headers={"X-Total": "7"})
    paths = {"/pets": {"head": {"operationId": "look"}}}
    operations = await house.ready(described(service.url, paths))

    found = await house.call(operations, "pets.look")

    assert (found["status"], found["headers"]["x-total"]) == (200, "7")
    assert not operations.find("pets.look").writes
