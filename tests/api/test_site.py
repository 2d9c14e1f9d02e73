"""What comes through the HTTP door, over a real socket."""

import asyncio
import json
import socket
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from opstream.api import hooks, site
from opstream.api.serving import serving
from opstream.domain.operation import Health, SourceHealth
from opstream.engine.evolve import begin
from opstream.errors import (
    BadInput,
    NotAllowed,
    NotFound,
    OpStreamError,
    StoreUnavailable,
    TooLate,
)
from opstream.ports import ChatVitals, Vitals
from tests.contracts.stories import NOON, later, started

pytestmark = pytest.mark.asyncio(loop_scope="module")
WELL = Vitals("", 0, 2, NOON, (SourceHealth("t", Health.READY, "Ready."),))


class Noon:
    def now(self):
        return NOON


@dataclass
class House:
    vitals: Vitals = WELL
    refusal: Exception | None = None
    deliveries: list = field(default_factory=list)

    async def told(self) -> Vitals:
        return self.vitals

    async def webhook(self, name, body, headers):
        self.deliveries.append((name, body, headers))
        if self.refusal:
            raise self.refusal
        return begin("r1", started())

    async def letter(self, topic, body, headers, run_id):
        self.deliveries.append((topic, body, run_id))
        if self.refusal:
            raise self.refusal
        return [] if topic == "quiet" else ["r1", "r2"]


@dataclass
class Visitor:
    house: House
    session: ClientSession

    async def get(self, path):
        async with self.session.get(path) as answer:
            return answer.status, await answer.json()

    async def post(self, path, body=b"{}", **headers):
        async with self.session.post(path, data=body, headers=headers) as answer:
            return answer.status, await answer.json()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door():
    house = House()
    async with (
        serving(site.build(house.told, Noon(), house), "127.0.0.1", 0) as address,
        ClientSession(address) as session,
    ):
        yield Visitor(house, session)


@pytest.fixture
def visitor(door):
    door.house.vitals, door.house.refusal, door.house.deliveries = WELL, None, []
    return door


async def test_a_process_that_lives_says_so_even_without_its_database(visitor):
    visitor.house.vitals = replace(WELL, trouble="The database is gone.")

    assert await visitor.get("/health") == (200, {"status": "alive"})


async def test_a_process_that_is_well_is_ready_and_tells_its_figures(visitor):
    status, told = await visitor.get("/ready")

    assert status == 200
    assert told == {
        "status": "ready",
        "looks_waiting": 0,
        "runs_under_way": 2,
        "seconds_since_last_look": 0.0,
        "tools": {"t": "ready"},
    }


DOWN = SourceHealth("t", Health.FAILING, "It does not answer.")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"trouble": "The database does not answer."}, "The database does not answer."),
        (
            {"waiting": 3, "last_look_at": later(-90)},
            "3 looks at runs wait, and none has ended for",
        ),
        ({"sources": (DOWN,)}, "None of the tools can be used now: `t`."),
    ],
)
async def test_what_is_in_the_way_is_told_in_a_sentence(visitor, change, said):
    visitor.house.vitals = replace(WELL, **change)

    status, told = await visitor.get("/ready")

    assert status == 503
    assert told["status"] == "not ready"
    assert told["error"].startswith(said)


@pytest.mark.parametrize(
    "change",
    [
        {"last_look_at": NOON - timedelta(days=2)},
        {"waiting": 3},
        {"sources": (DOWN, SourceHealth("other", Health.READY, "Ready."))},
    ],
)
async def test_a_quiet_house_or_one_broken_tool_is_no_trouble(visitor, change):
    visitor.house.vitals = replace(WELL, **change)

    status, _ = await visitor.get("/ready")

    assert status == 200


async def test_a_delivery_comes_through_as_it_was_sent(visitor):
    status, told = await visitor.post("/hooks/deploy", b'{"a": 1}', **{"X-Signature": "s"})

    assert (status, told) == (202, {"run": "r1", "status": "active"})
    ((name, body, headers),) = visitor.house.deliveries
    assert (name, body, headers["x-signature"]) == ("deploy", b'{"a": 1}', "s")


async def test_a_letter_comes_through_with_its_topic_and_the_answer_says_who_took_it(visitor):
    took = await visitor.post("/events/order.paid:7%2F8?run=r1", b'{"sum": 7}')
    quiet = await visitor.post("/events/quiet")

    assert (took, quiet) == ((202, {"runs": ["r1", "r2"]}), (200, {"runs": []}))
    assert visitor.house.deliveries == [
        ("order.paid:7/8", b'{"sum": 7}', "r1"),
        ("quiet", b"{}", None),
    ]


@pytest.mark.parametrize("path", ["/hooks/deploy", "/events/order.paid"])
@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NotFound("webhook", "deploy"), 404),
        (NotAllowed("The signature is wrong."), 401),
        (BadInput("The body is no JSON."), 422),
        (TooLate("The workflow is busy."), 409),
        (StoreUnavailable("The database is locked."), 503),
        (OpStreamError("No."), 422),
    ],
)
async def test_a_refusal_is_told_in_its_own_words(visitor, path, refusal, status):
    visitor.house.refusal = refusal

    answer = await visitor.post(path)

    assert answer == (status, {"error": str(refusal)})


async def test_a_bug_is_told_without_its_insides(visitor):
    visitor.house.refusal = ZeroDivisionError("insides")

    status, told = await visitor.post("/hooks/deploy")

    assert status == 500
    assert "insides" not in json.dumps(told)


async def test_a_body_that_is_too_large_is_refused_whether_it_says_so_or_not(visitor):
    async def in_pieces():
        for _ in range(11):
            yield b"x" * 100_000

    told = await visitor.post("/hooks/deploy", b"x" * (hooks.LARGEST + 1))
    untold = await visitor.post("/hooks/deploy", in_pieces())

    assert told == untold == (413, {"error": "The body is larger than 1,000,000 bytes; send less."})
    assert visitor.house.deliveries == []


async def test_a_wrong_address_or_method_is_told(visitor):
    assert (await visitor.get("/nowhere"))[0] == 404
    status, told = await visitor.get("/hooks/deploy")

    assert status == 405
    assert "`POST`" in told["error"]


async def test_a_port_that_is_taken_gets_one_clear_sentence():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(OpStreamError, match=f"cannot listen on 127.0.0.1:{port}"):
            async with serving(site.build(House().told, Noon(), None), "127.0.0.1", port):
                pass


async def test_leaving_lets_a_request_under_way_end():
    house, arrived, go_on = House(), asyncio.Event(), asyncio.Event()

    async def slow(name, body, headers):
        arrived.set()
        await go_on.wait()
        return begin("r1", started())

    house.webhook = slow
    async with ClientSession() as session:
        async with serving(site.build(house.told, Noon(), house), "127.0.0.1", 0) as address:
            asked = asyncio.create_task(session.post(f"{address}/hooks/deploy"))
            await arrived.wait()
            go_on.set()
        async with await asked as answer:
            assert answer.status == 202


async def test_a_process_without_a_socket_to_slack_is_not_ready_and_tells_how_long_it_is_silent(
    visitor,
):
    chat = ChatVitals(sockets=2, connected=2, heard_at=later(-90), at_work=3)
    visitor.house.vitals = replace(WELL, chat=chat)
    status, told = await visitor.get("/ready")
    assert (status, told["slack"]) == (
        200,
        {
            "sockets_open": 2,
            "sockets_wanted": 2,
            "seconds_since_last_event": 90.0,
            "listeners_at_work": 3,
        },
    )

    visitor.house.vitals = replace(WELL, chat=replace(chat, connected=0, heard_at=None))
    status, told = await visitor.get("/ready")
    assert status == 503
    assert "No socket to Slack is open" in told["error"]


async def test_a_process_that_slack_delivers_to_over_http_needs_no_socket(visitor):
    visitor.house.vitals = replace(WELL, chat=ChatVitals(0, 0, None, 0))

    assert (await visitor.get("/ready"))[0] == 200
