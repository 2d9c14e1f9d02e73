"""Who may knock at a webhook."""

from datetime import UTC, datetime, timedelta

import pytest

from opstream.errors import NotAllowed
from opstream.runs import signatures

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECRET = "open sesame"
BODY = b'{"order": 7}'


def ours(body: bytes = BODY, *, secret: str = SECRET, stamp: str = "") -> dict[str, str]:
    stamp = stamp or str(int(NOW.timestamp()))
    content = stamp.encode() + b"." + body
    return {
        signatures.TIMESTAMP: stamp,
        signatures.SIGNATURE: signatures.signed(secret, content),
    }


def test_what_is_signed_with_the_secret_is_let_in_and_the_same_delivery_is_known():
    first = signatures.require(SECRET, BODY, ours(), NOW)
    again = signatures.require(SECRET, BODY, {**ours(), "x-delivery": "another"}, NOW)
    other = signatures.require(SECRET, b"{}", ours(b"{}"), NOW)

    assert first == again
    assert first != other


def delivery(id: str, stamp: str, *, body: bytes = BODY) -> dict[str, str]:
    content = f"{id}.{stamp}.".encode() + body
    return {
        signatures.TIMESTAMP: stamp,
        signatures.DELIVERY: id,
        signatures.SIGNATURE: signatures.signed(SECRET, content),
    }


def test_a_delivery_with_an_id_is_the_same_when_it_is_signed_anew():
    stamps = [str(int((NOW + timedelta(seconds=s)).timestamp())) for s in (0, 9)]

    first, again = (signatures.require(SECRET, BODY, delivery("d-1", one), NOW) for one in stamps)
    other = signatures.require(SECRET, BODY, delivery("d-2", stamps[0]), NOW)

    assert first == again != other


@pytest.mark.parametrize(
    "change",
    [
        {signatures.DELIVERY: "d-2"},
        {signatures.DELIVERY: ""},
        {signatures.DELIVERY: "d.1"},
        {signatures.DELIVERY: "d" * 101},
        ours(),
    ],
)
def test_the_id_of_a_delivery_cannot_be_changed(change):
    headers = delivery("d-1", str(int(NOW.timestamp())))

    with pytest.raises(NotAllowed):
        signatures.require(SECRET, BODY, {**headers, **change}, NOW)
    del headers[signatures.DELIVERY]
    with pytest.raises(NotAllowed):
        signatures.require(SECRET, BODY, headers, NOW)


def test_the_signature_of_github_is_that_of_its_documentation():
    headers = {
        signatures.GITHUB_SIGNATURE: (
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        )
    }

    assert signatures.require("It's a Secret to Everybody", b"Hello, World!", headers, NOW)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        ours(secret="guessed"),
        ours(b'{"order": 8}'),
        {**ours(), signatures.TIMESTAMP: str(int(NOW.timestamp()) + 1)},
        {**ours(), signatures.SIGNATURE: "sha256=ünknown"},
        {signatures.SIGNATURE: ours()[signatures.SIGNATURE]},
        {signatures.GITHUB_SIGNATURE: ours()[signatures.SIGNATURE]},
    ],
)
def test_what_is_not_signed_or_wrongly_is_refused_without_a_hint_at_the_secret(headers):
    with pytest.raises(NotAllowed, match="signature") as refused:
        signatures.require(SECRET, BODY, headers, NOW)

    assert SECRET not in str(refused.value)
    assert signatures.signed(SECRET, BODY)[7:] not in str(refused.value)


@pytest.mark.parametrize(
    "stamp", [str(int((NOW + timedelta(seconds=s)).timestamp())) for s in (-301, 301)] + ["soon"]
)
def test_a_signature_of_another_time_is_refused(stamp):
    with pytest.raises(NotAllowed, match="5 minutes off"):
        signatures.require(SECRET, BODY, ours(stamp=stamp), NOW)


def test_an_empty_secret_opens_nothing():
    with pytest.raises(NotAllowed):
        signatures.require("", BODY, ours(secret=""), NOW)
