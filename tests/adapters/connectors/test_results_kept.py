"""Tried: secrets in questions and answers, large answers, artifacts and databases that are gone, old answers."""

import json
from datetime import timedelta

import pytest

from opstream.adapters.connectors.results import Expiry
from opstream.errors import NotFound, OperationFailed, StoreUnavailable
from tests.adapters.connectors.shop import MINUTE, NOW, TOKEN


async def test_neither_secrets_of_arguments_nor_of_answers_are_in_the_database(shop, tmp_path):
    operations = shop.operations()
    shop.output = f"the token is {TOKEN}, the key the-very-secret"

    first = await shop.call(operations, token="secret:KEY", secrets=["secret:KEY"])
    again = await shop.call(operations, token="secret:KEY", secrets=["secret:KEY"])

    assert shop.calls == [("", "the-very-secret")]
    assert first == again == "the token is •••, the key secret:KEY"
    kept = b"".join(one.read_bytes() for one in (tmp_path / "data").glob("opstream.db*"))
    assert b"the token is" in kept
    assert TOKEN.encode() not in kept
    assert b"the-very-secret" not in kept


async def test_a_text_that_only_looks_like_the_name_of_a_secret_gets_no_answer_of_one(shop):
    operations = shop.operations()

    await shop.call(operations, token="secret:KEY", secrets=["secret:KEY"])
    await shop.call(operations, token="secret:KEY")

    assert shop.calls == [("", "the-very-secret"), ("", "secret:KEY")]


async def test_a_large_answer_stands_among_the_artifacts_and_nowhere_else(shop, tmp_path):
    operations = shop.operations(large_bytes=1000)
    shop.output = {"rows": [{"n": n, "text": "ü" * 20} for n in range(100)]}

    first = await shop.call(operations)
    again = await shop.call(operations)

    assert first == again == shop.output
    assert len(shop.calls) == 1
    files = [one for one in (tmp_path / "data/artifacts").rglob("*") if one.is_file()]
    assert [json.loads(one.read_bytes()) for one in files] == [shop.output]


async def test_an_answer_whose_artifact_is_gone_is_asked_for_again(shop, tmp_path):
    operations = shop.operations(large_bytes=1)

    await shop.call(operations)
    for one in (tmp_path / "data/artifacts").rglob("*"):
        if one.is_file():
            one.unlink()
    assert await shop.call(operations) == shop.output

    assert len(shop.calls) == 2


async def test_a_database_that_is_away_costs_a_call_and_no_answer(shop):
    class Away:
        def __getattr__(self, name):
            async def fail(*_):
                raise StoreUnavailable("The database is away.")

            return fail

    operations = shop.operations(store=Away())

    assert await shop.call(operations) == shop.output
    assert await shop.call(operations, "shop.buy", what="milk") == 2
    assert await shop.call(operations) == shop.output


async def test_what_nobody_has_is_refused_as_ever(shop):
    operations = shop.operations()

    with pytest.raises(OperationFailed, match=r"no operation `shop\.lok`"):
        await shop.call(operations, "shop.lok")
    with pytest.raises(NotFound):
        operations.find("shop.lok")
    assert (await operations.ready("look")).name == "shop.look"
    assert [one.name for one in operations.sources()] == ["shop"]


async def test_answers_whose_time_is_over_are_removed_now_and_then(shop):
    await shop.call(shop.operations(keep=1))
    expiry = Expiry(shop.database.results, shop.clock)
    assert await expiry.next_at() == NOW + timedelta(minutes=5)

    await expiry.tick(NOW + 2 * MINUTE)

    assert await expiry.next_at() == NOW + 7 * MINUTE
    assert await shop.database.results.remove_expired(NOW + timedelta(days=1), 10) == 0
