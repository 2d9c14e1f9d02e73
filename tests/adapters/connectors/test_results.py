"""Tried: equal and unequal questions, many at once, writes, secrets, large answers, broken stores, cancelling."""

import asyncio
import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from opstream.adapters import detectors
from opstream.adapters.connectors.base import ConnectorSource
from opstream.adapters.connectors.operations import AllOperations
from opstream.adapters.connectors.results import Expiry, Keeping, OperationsKept
from opstream.adapters.secrets import OperationsWithSecrets, Secrets
from opstream.adapters.store import migrate
from opstream.adapters.store.database import FILE, Database
from opstream.domain.operation import OperationCall, Progress
from opstream.domain.sensitive import Sensitive
from opstream.errors import NotFound, OperationFailed, StoreUnavailable
from opstream.governance.sanitised import OperationsSanitised
from opstream.governance.sanitising import Sanitiser
from opstream.offering import Connector
from opstream.ports import ProgressListener

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


class Clock:
    def __init__(self):
        self.time = NOW

    def now(self):
        return self.time


class Shop:
    """A connector that counts, with everything around it that an install has."""

    def __init__(self, database):
        self.database = database
        self.clock = Clock()
        self.calls = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.progress = []
        self.connector = Connector("shop")
        self.output = {"items": [1, 2.5, "ü"]}
        calls = self.calls

        @self.connector.operation(writes=False)
        async def look(tell: ProgressListener, where: str = "", token: str = "") -> object:
            calls.append((where, token))
            while not self.gate.is_set():
                tell(Progress(0))
                await asyncio.sleep(0.001)
            if isinstance(self.output, Exception):
                raise self.output
            return self.output

        @self.connector.operation(writes=True)
        async def buy(what: str) -> object:
            calls.append(what)
            if what == "nothing":
                raise OperationFailed("Out of stock.", outcome_known=False)
            return len(calls)

    def operations(self, keep=10, store=None, **more):
        source = ConnectorSource(self.connector, {})
        secrets = Secrets({"OPSTREAM_SECRET_KEY": "the-very-secret"})
        bare = OperationsWithSecrets(AllOperations([source]), secrets)
        clean = OperationsSanitised(
            bare, Sanitiser(detectors.find, frozenset({Sensitive.SECRET}), frozenset())
        )
        times = {"shop.look": keep * MINUTE} if keep else {}
        return OperationsKept(
            clean,
            store or self.database.results,
            self.database.artifacts,
            self.clock,
            Keeping(times, **more),
        )

    async def call(self, operations, name="shop.look", secrets=(), keep=None, **arguments):
        call = OperationCall(name, arguments, "key", None, frozenset(secrets), keep)
        return await operations.call(call, self.progress.append)

    async def waiting(self, operations, count):
        """Start so many equal calls, and return them once all wait for the same answer."""
        heard = [asyncio.Event() for _ in range(count)]
        call = OperationCall("shop.look", {}, "key")
        asked = [
            asyncio.create_task(operations.call(call, lambda _, one=one: one.set()))
            for one in heard
        ]
        async with asyncio.timeout(20):
            await asyncio.gather(*(one.wait() for one in heard))
        return asked


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A folder with an empty database; to copy it is faster than to make one."""
    folder = tmp_path_factory.mktemp("empty")
    migrate.to_head(folder / FILE, timedelta(seconds=5))
    return folder


@pytest.fixture
async def shop(tmp_path, empty):
    shutil.copytree(empty, tmp_path / "data")
    database = await Database.open(tmp_path / "data", durability="normal")
    yield Shop(database)
    await database.close()


async def test_the_same_question_is_asked_once_within_its_time(shop):
    operations = shop.operations()

    first = await shop.call(operations, where="here")
    shop.clock.time += 9 * MINUTE
    again = await shop.call(operations, where="here")

    assert first == again == shop.output
    assert len(shop.calls) == 1
    assert [one.message for one in shop.progress] == ["kept from 9 m ago"]
    assert await shop.database.results.saved(NOW) == {"shop.look": 1}


async def test_after_its_time_it_is_asked_anew(shop):
    operations = shop.operations()

    await shop.call(operations, where="here")
    shop.clock.time += 10 * MINUTE
    await shop.call(operations, where="here")

    assert len(shop.calls) == 2


async def test_another_process_has_the_answer_too(shop):
    await shop.call(shop.operations(), where="here")

    await shop.call(shop.operations(), where="here")

    assert len(shop.calls) == 1


async def test_the_order_of_arguments_does_not_matter_and_their_values_do(shop):
    operations = shop.operations()

    await shop.call(operations, where="here", token="x")
    await shop.call(operations, token="x", where="here")
    await shop.call(operations, token="x", where="there")

    assert len(shop.calls) == 2


async def test_a_step_may_say_how_old_an_answer_may_be_and_want_a_new_one(shop):
    operations = shop.operations(keep=0)

    await shop.call(operations, keep=5 * MINUTE)
    shop.clock.time += 2 * MINUTE
    await shop.call(operations, keep=5 * MINUTE)
    assert len(shop.calls) == 1
    await shop.call(operations, keep=MINUTE)
    assert len(shop.calls) == 2
    await shop.call(operations, keep=timedelta())
    assert len(shop.calls) == 3
    await shop.call(operations)
    assert len(shop.calls) == 4


async def test_without_a_time_nothing_is_kept(shop):
    operations = shop.operations(keep=0)

    await shop.call(operations)
    await shop.call(operations)

    assert len(shop.calls) == 2


async def test_ten_equal_questions_at_once_make_one_call(shop):
    operations = shop.operations()
    shop.gate.clear()

    asked = await shop.waiting(operations, 10)
    shop.gate.set()
    answers = await asyncio.gather(*asked)

    assert answers == [shop.output] * 10
    assert len(shop.calls) == 1
    assert await shop.database.results.saved(NOW) == {"shop.look": 9}


async def test_who_stops_waiting_does_not_stop_the_others(shop):
    operations = shop.operations()
    shop.gate.clear()
    first, second = await shop.waiting(operations, 2)

    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    shop.gate.set()

    assert await second == shop.output
    assert len(shop.calls) == 1


async def test_a_call_that_nobody_waits_for_any_more_is_cancelled(shop):
    operations = shop.operations()
    shop.gate.clear()
    (only,) = await shop.waiting(operations, 1)

    only.cancel()
    with pytest.raises(asyncio.CancelledError):
        await only
    shop.gate.set()
    await shop.call(operations)

    assert len(shop.calls) == 2


async def test_a_failure_is_told_to_all_who_wait_and_kept_for_nobody(shop):
    operations = shop.operations()
    shop.output = OperationFailed("It is closed.")

    failed = await asyncio.gather(
        *(shop.call(operations) for _ in range(3)), return_exceptions=True
    )
    shop.output = "open"

    assert {str(one) for one in failed} == {"It is closed."}
    assert await shop.call(operations) == "open"


async def test_a_write_is_never_kept_and_takes_out_what_was_kept_of_its_source(shop):
    operations = OperationsKept(
        shop.operations(keep=0),
        shop.database.results,
        shop.database.artifacts,
        shop.clock,
        Keeping({"*": 10 * MINUTE}),
    )

    await shop.call(operations, where="here")
    assert await shop.call(operations, "shop.buy", what="milk") == 2
    assert await shop.call(operations, "shop.buy", what="milk") == 3
    await shop.call(operations, where="here")
    assert shop.calls == [("here", ""), "milk", "milk", ("here", "")]
    with pytest.raises(OperationFailed):
        await shop.call(operations, "shop.buy", what="nothing")
    await shop.call(operations, where="here")

    assert len(shop.calls) == 6


async def test_an_answer_from_before_a_write_is_not_kept_after_it(shop):
    operations = shop.operations()
    shop.gate.clear()
    (reading,) = await shop.waiting(operations, 1)

    await shop.call(operations, "shop.buy", what="milk")
    shop.gate.set()
    await reading
    await shop.call(operations)

    assert shop.calls == [("", ""), "milk", ("", "")]


async def test_who_acts_in_their_own_name_gets_no_answer_of_others(shop):
    operations = shop.operations(is_personal=lambda source: source == "shop")

    await shop.call(operations)
    await shop.call(operations, keep=MINUTE)

    assert len(shop.calls) == 2


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
