"""Tried against a real server: every kind of failure, what it says, whether it may pass, how long to wait."""

import asyncio
from datetime import timedelta

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from opstream.domain.operation import OperationCall
from opstream.errors import OperationFailed
from tests.adapters.connectors.conftest import NOW
from tests.adapters.connectors.descriptions import (
    described,
    get,
)


async def test_an_answer_that_is_too_large_is_not_read_to_its_end(house, service):
    service.answers["GET /pets"] = {"text": "x" * 5000}
    operations = await house.ready(
        described(service.url, {"/pets": get("pets")}), answer_bytes=4000
    )

    with pytest.raises(OperationFailed, match=r"more than the 0\.004 MB") as failed:
        await house.call(operations, "pets.pets")

    assert not failed.value.retryable


@pytest.mark.parametrize(
    ("status", "kind", "retryable", "known"),
    [
        (400, "invalid", False, True),
        (401, "refused", False, True),
        (404, "invalid", False, True),
        (408, "timeout", True, False),
        (409, "refused", False, True),
        (429, "unavailable", True, True),
        (500, "error", True, False),
        (501, "invalid", False, True),
        (503, "unavailable", True, False),
    ],
)
async def test_failures_know_whether_they_may_pass_and_whether_a_write_happened(
    house, service, status, kind, retryable, known
):
    error = {"error": {"message": "That went wrong."}}
    service.answers["POST /pets"] = lambda asked: JSONResponse(error, status)
    paths = {"/pets": {"post": {"operationId": "add"}}}
    operations = await house.ready(described(service.url, paths))

    with pytest.raises(OperationFailed) as failed:
        await house.call(operations, "pets.add")

    found = failed.value
    assert (found.kind, found.retryable, found.outcome_known) == (kind, retryable, known)
    assert f"(HTTP {status}): That went wrong." in str(found)


async def test_the_outcome_of_a_read_never_matters(house, service):
    service.answers["GET /pets"] = lambda asked: JSONResponse({}, 500)
    operations = await house.ready(described(service.url, {"/pets": get("pets")}))

    with pytest.raises(OperationFailed) as failed:
        await house.call(operations, "pets.pets")

    assert failed.value.outcome_known


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "7"}, 7),
        (429, {"Retry-After": "Sat, 21 Nov 2026 09:00:30 GMT"}, 30),
        (503, {"Retry-After": "2"}, 2),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOW.timestamp() + 60)}, 60),
        (429, {"RateLimit-Reset": "11"}, 11),
        (429, {"Retry-After": "soon"}, None),
        (400, {"Retry-After": "7"}, None),
    ],
)
async def test_who_is_asked_too_often_says_how_long_to_wait(
    house, service, status, headers, seconds
):
    service.answers["GET /pets"] = lambda asked: JSONResponse({}, status, headers)
    operations = await house.ready(described(service.url, {"/pets": get("pets")}))

    with pytest.raises(OperationFailed) as failed:
        await house.call(operations, "pets.pets")

    assert failed.value.retry_after == (None if seconds is None else timedelta(seconds=seconds))
    assert failed.value.retryable is (status != 400)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            JSONResponse({"detail": [{"loc": ["body", "age"], "msg": "Too old"}]}, 422),
            "`body.age`: Too old.",
        ),
        (JSONResponse({"errors": [{"title": "One"}, {"title": "Two"}]}, 400), ": One; Two."),
        (PlainTextResponse("just words", 400), ": just words."),
        (Response("<html>", 400, media_type="text/html"), "(HTTP 400)."),
    ],
)
async def test_what_a_service_says_is_wrong_is_passed_on(house, service, answer, said):
    service.answers["GET /pets"] = lambda asked: answer
    operations = await house.ready(described(service.url, {"/pets": get("pets")}))

    with pytest.raises(OperationFailed) as failed:
        await house.call(operations, "pets.pets")

    assert str(failed.value).endswith(said)


async def test_a_service_that_is_gone_did_nothing(house, service):
    paths = {"/pets": {"post": {"operationId": "add"}}}
    operations = await house.ready(described("http://127.0.0.1:1", paths))

    with pytest.raises(OperationFailed, match="nobody answers there") as failed:
        await house.call(operations, "pets.add")

    assert (failed.value.kind, failed.value.outcome_known) == ("unavailable", True)


async def test_a_service_that_is_silent_runs_into_the_time_of_the_call(house, service):
    async def never(asked):
        await asyncio.Event().wait()

    service.answers["POST /pets"] = never
    paths = {"/pets": {"post": {"operationId": "add"}}}
    operations = await house.ready(described(service.url, paths))

    call = OperationCall("pets.add", {}, "key", timedelta(milliseconds=300))
    with pytest.raises(OperationFailed, match="did not answer within") as failed:
        await operations.call(call, lambda _: None)

    assert (failed.value.kind, failed.value.outcome_known) == ("timeout", False)
