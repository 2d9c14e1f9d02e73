"""Tried against a real server: links, addresses, cursors, numbers, offsets; cut, stuck, led away, asked for one page."""

import json

import pytest
from starlette.responses import JSONResponse

from opstream.errors import OperationFailed
from tests.adapters.connectors.descriptions import described, get, parameter

ALL = list(range(25))
PAGE = parameter("page", kind="integer")
OFFSET = parameter("offset", kind="integer")
LIMIT = parameter("limit", kind="integer", schema={"default": 10})
CURSOR = parameter("cursor")
SIZE = parameter("per_page", kind="integer", schema={"default": 10})


def said(asked, name, otherwise=0):
    return int(dict(asked.query).get(name, otherwise))


def by_link(asked):
    page = said(asked, "page", 1)
    link = f'<{asked.path}?page={page + 1}>; rel="next", <x>; rel="last"' if page < 3 else ""
    return JSONResponse(ALL[10 * page - 10 : 10 * page], headers={"Link": link})


def by_cursor(asked):
    at = said(asked, "cursor")
    more = {"next_cursor": str(at + 10)} if at < 20 else {"next_cursor": ""}
    return {"items": ALL[at : at + 10], "response_metadata": more}


def by_offset(asked):
    at = said(asked, "offset")
    return {"incidents": ALL[at : at + 10], "offset": at, "limit": 10, "more": at + 10 < 25}


def by_total(asked):
    at = said(asked, "offset")
    return {"data": ALL[at : at + 10], "total": 25}


def by_number(asked):
    page = said(asked, "page", 1)
    return {"results": ALL[10 * page - 10 : 10 * page], "meta": {"total_pages": 3}}


def by_number_from_0(asked):
    page = said(asked, "page")
    return {"content": ALL[10 * page : 10 * page + 10], "page": {"totalPages": 3, "number": page}}


def by_address(asked):
    at = said(asked, "skip")
    return {
        "value": ALL[at : at + 10],
        "@odata.nextLink": f"/pets?skip={at + 10}" if at < 20 else None,
    }


def by_full_pages(asked):
    page = said(asked, "page", 1)
    return ALL[10 * page - 10 : 10 * page]


@pytest.mark.parametrize(
    ("answer", "parameters", "name"),
    [
        (by_link, [PAGE], "results"),
        (by_cursor, [CURSOR], "items"),
        (by_offset, [OFFSET, LIMIT], "incidents"),
        (by_total, [OFFSET, LIMIT], "data"),
        (by_number, [PAGE], "results"),
        (by_number_from_0, [parameter("page", kind="integer", schema={"default": 0})], "content"),
        (by_address, [parameter("$skip", kind="integer")], "value"),
        (by_full_pages, [PAGE, SIZE], "results"),
    ],
)
async def test_all_pages_come_together(house, service, answer, parameters, name):
    service.answers["GET /pets"] = answer
    operations = await house.ready(described(service.url, {"/pets": get("pets", *parameters)}))

    found = await house.call(operations, "pets.pets")

    assert found[name] == ALL
    state = found if "pages" in found else found["paging"]
    assert (state["pages"], state["more"]) == (3, False)
    assert len(service.asked) == 3
    assert [one.message for one in house.progress] == ["10 read so far", "20 read so far"]


@pytest.mark.parametrize("limit", [{"pages": 2}, {"items": 15}])
async def test_what_is_cut_says_so(house, service, limit):
    service.answers["GET /pets"] = by_number
    operations = await house.ready(described(service.url, {"/pets": get("pets", PAGE)}), **limit)

    found = await house.call(operations, "pets.pets")

    assert found["results"] == ALL[:20]
    assert found["paging"] == {"pages": 2, "more": True}


@pytest.mark.parametrize(
    "asked", [{"page": 2}, {"limit": 5}, {"cursor": "10"}, {"offset": 10}], ids=str
)
async def test_who_asks_for_one_page_or_so_many_items_gets_just_that(house, service, asked):
    service.answers["GET /pets"] = lambda _: {"items": [1], "next_cursor": "2", "has_more": True}
    paths = {"/pets": get("pets", PAGE, OFFSET, LIMIT, CURSOR)}
    operations = await house.ready(described(service.url, paths))

    found = await house.call(operations, "pets.pets", **asked)

    assert found["items"] == [1]
    assert len(service.asked) == 1


async def test_a_page_has_the_same_shape_however_many_there_are(house, service):
    service.answers["GET /pets"] = [1, 2]
    paths = {"/pets": get("pets", PAGE), "/plain": get("plain")}
    service.answers["GET /plain"] = [1, 2]
    operations = await house.ready(described(service.url, paths))

    found = await house.call(operations, "pets.pets")

    assert found == {"results": [1, 2], "pages": 1, "more": False}
    assert await house.call(operations, "pets.plain") == [1, 2]


async def test_a_service_that_gives_the_same_page_for_ever_is_left(house, service):
    service.answers["GET /pets"] = lambda _: {"items": [1], "next_cursor": "same"}
    operations = await house.ready(described(service.url, {"/pets": get("pets", CURSOR)}))

    found = await house.call(operations, "pets.pets")

    assert found["items"] == [1, 1]
    assert len(service.asked) == 2


async def test_a_page_elsewhere_is_not_fetched_and_told_of(house, service, elsewhere):
    link = {"Link": f"<{elsewhere.url}/pets?page=2>; rel=next"}
    service.answers["GET /pets"] = lambda _: JSONResponse([1], headers=link)
    operations = await house.ready(described(service.url, {"/pets": get("pets", PAGE)}))

    found = await house.call(operations, "pets.pets")

    assert found == {"results": [1], "pages": 1, "more": True}
    assert elsewhere.asked == []


async def test_a_failure_on_a_later_page_is_a_failure(house, service):
    service.answers["GET /pets"] = lambda asked: (
        JSONResponse({}, 503) if asked.query else {"items": [1], "next_cursor": "2"}
    )
    operations = await house.ready(described(service.url, {"/pets": get("pets", CURSOR)}))

    with pytest.raises(OperationFailed, match="503"):
        await house.call(operations, "pets.pets")


async def test_a_large_list_of_many_pages_is_one_answer(house, service):
    rows = [{"n": n, "text": "x" * 50} for n in range(100)]
    service.answers["GET /pets"] = lambda asked: {
        "items": rows,
        "next_cursor": str(said(asked, "cursor") + 1) if said(asked, "cursor") < 9 else None,
    }
    operations = await house.ready(described(service.url, {"/pets": get("pets", CURSOR)}))

    found = await house.call(operations, "pets.pets")

    assert len(found["items"]) == 1000
    assert len(json.dumps(found)) > 60_000
    assert found["paging"] == {"pages": 10, "more": False}
