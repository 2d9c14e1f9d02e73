"""Prompt templates by HTTP, over a real socket, with a real database behind it."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from opstream.adapters.store.database import Database
from opstream.api import prompts as door
from opstream.api import site
from opstream.api.serving import serving
from opstream.api.tokens import Programs
from opstream.definitions.catalog import Catalog
from opstream.definitions.prompt_book import PromptBook
from opstream.domain.person import Role
from opstream.domain.prompt import PromptReply
from opstream.governance.guard import Guard
from opstream.governance.permissions import NO_RULES
from opstream.ports import Vitals
from opstream.runs.prompts import Kept, Prompts
from opstream.runs.trials import Trials
from tests.contracts.stories import NOON

pytestmark = pytest.mark.asyncio(loop_scope="module")
TOKEN = "a-token-that-is-long-enough-to-be-one"
SOURCE = """id: greeting
title: A greeting
inputs: {name: text}
text: Greet {{ inputs.name }}.
examples:
  - {title: Ana, inputs: {name: Ana}, expect: {contains: Ana}}
  - {title: Bo, inputs: {name: Bo}, expect: {equals: Hi Bo}}
"""


class Noon:
    def now(self):
        return NOON


class Echo:
    def __init__(self):
        self.available = True

    async def answer(self, request, saying=None):
        return PromptReply(request.text, "echo-1", 7, 3, cost=0.5)


async def well() -> Vitals:
    return Vitals("", 0, 0, NOON, ())


@dataclass
class Visitor:
    session: ClientSession
    database: Database
    model: Echo

    async def ask(self, method, path, body=None, token=TOKEN, **more):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.session.request(method, path, json=body, headers=headers, **more) as answer:
            return answer.status, await answer.json()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def houses(tmp_path_factory):
    """Return sites whose programs have the role of that name; all of them share a database."""
    database = await Database.open(tmp_path_factory.mktemp("data"))
    book = PromptBook([], database.prompts, Noon())
    await book.publish(SOURCE, None, "")
    kept = Kept(database.artifacts, database.audit, Noon(), Guard(NO_RULES, database.audit, Noon()))
    echo = Echo()
    trials = Trials(echo, timedelta(seconds=20))
    prompts = Prompts(book, Catalog([], database.workflows, Noon(), book), trials, kept)
    found, opened = {}, []
    for role in (Role.VIEWER, Role.ADMIN):
        routes = door.routes(prompts, Programs(TOKEN, role))
        serve = serving(site.build(well, Noon(), None, routes), "127.0.0.1", 0)
        session = ClientSession(await serve.__aenter__())
        opened.append((serve, session))
        found[role] = Visitor(session, database, echo)
    yield found
    for serve, session in opened:
        await session.close()
        await serve.__aexit__(None, None, None)
    await database.close()


@pytest.fixture
def admin(houses):
    return houses[Role.ADMIN]


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x"])
async def test_nobody_comes_in_without_the_token(admin, token):
    status, told = await admin.ask("GET", "/prompts", token=token)

    assert status == 401
    assert told["error"].startswith("This needs the header `Authorization: Bearer <token>`")


async def test_all_templates_are_listed_and_one_is_shown_with_its_versions(admin):
    _, listed = await admin.ask("GET", "/prompts")
    status, shown = await admin.ask("GET", "/prompts/greeting")

    assert [one["id"] for one in listed["prompts"]] == ["greeting"]
    assert status == 200
    assert shown["text"] == "Greet {{ inputs.name }}."
    assert shown["source"] == SOURCE
    assert shown["versions"][-1] == {"version": 1, "at": NOON.isoformat(), "by": None, "why": ""}


async def test_an_unknown_template_is_not_found(admin):
    status, told = await admin.ask("GET", "/prompts/gretting")

    assert status == 404
    assert told["error"].startswith("There is no prompt template `gretting`. Did you mean `greet")


async def test_a_template_is_published_as_a_text_or_as_an_object(admin):
    as_object = {"title": "Farewell", "inputs": {"name": "text"}, "text": "Bye {{ inputs.name }}"}

    first = await admin.ask("PUT", "/prompts/farewell", {"template": as_object, "why": "New"})
    changed = {"template": as_object | {"text": "Goodbye {{ inputs.name }}"}, "why": "Friendlier"}
    second = await admin.ask("PUT", "/prompts/farewell", changed | {"after": 1})
    late = await admin.ask("PUT", "/prompts/farewell", changed | {"after": 1})

    assert (first[0], first[1]["version"]) == (201, 1)
    assert (second[0], second[1]["text"]) == (200, "Goodbye {{ inputs.name }}")
    assert late[0] == 409
    assert "The newest version of `farewell` is 2" in late[1]["error"]
    deeds = await admin.database.audit.of_subject("farewell")
    assert {(one.by.id, one.deed) for one in deeds} == {("api", "prompt.published")}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "The body has no `source`."),
        ({"source": SOURCE}, "Please say what is different and why"),
        ({"source": SOURCE.replace("greeting", "other", 1), "why": "x"}, "the address names"),
        ({"source": SOURCE, "why": "x", "after": "1"}, "`after` is no whole number"),
    ],
)
async def test_a_body_that_cannot_be_used_is_answered_with_a_sentence(admin, body, said):
    status, told = await admin.ask("PUT", "/prompts/greeting", body)

    assert status == 422
    assert said in told["error"]


async def test_faults_of_a_template_come_with_their_lines(admin):
    body = {"source": SOURCE.replace("inputs.name", "inputs.nmae"), "why": "x"}

    status, told = await admin.ask("PUT", "/prompts/greeting", body)

    assert status == 422
    assert told["complaints"] == [
        {
            "line": 4,
            "problem": "`text` uses the input `nmae`, which is not declared.",
            "remedy": "Did you mean `name`?",
        }
    ]


async def test_what_is_no_json_or_too_large_is_refused(admin):
    headers = {"Authorization": f"Bearer {TOKEN}"}

    async with admin.session.put("/prompts/greeting", data=b"{", headers=headers) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"].startswith("The body is no JSON.")
    large = b'"' + b"x" * 1_000_000 + b'"'
    async with admin.session.put("/prompts/greeting", data=large, headers=headers) as answer:
        assert answer.status == 413


async def test_a_test_tells_what_passed_and_what_it_took(admin):
    status, told = await admin.ask("POST", "/prompts/greeting/test")

    assert status == 200
    assert (told["version"], told["passed"], told["failed"]) == (1, 1, 1)
    assert told["examples"][1] == {
        "title": "Bo",
        "passed": False,
        "expected": "is “Hi Bo”",
        "problems": ["It is not “Hi Bo”."],
        "output": "Greet Bo.",
        "model": "echo-1",
        "tokens": {"in": 7, "out": 3},
        "cost": 0.5,
        "note": "",
    }


async def test_a_call_that_is_none_is_told_what_there_is(admin):
    status, told = await admin.ask("DELETE", "/prompts/greeting")

    assert status == 405
    assert told["error"].endswith("this address takes `GET` and `PUT`.")


async def test_without_a_model_a_test_says_so(admin):
    admin.model.available = False
    try:
        status, told = await admin.ask("POST", "/prompts/greeting/test")
    finally:
        admin.model.available = True

    assert status == 503
    assert told["error"].startswith("No language model is set up, so the examples of `greeting`")


async def test_a_role_that_only_reads_may_neither_publish_nor_test(houses):
    viewer = houses[Role.VIEWER]

    tested = await viewer.ask("POST", "/prompts/greeting/test")
    put = await viewer.ask("PUT", "/prompts/greeting", {"source": SOURCE, "why": "x"})

    assert (tested[0], put[0]) == (403, 403)
    assert "you need the role `admin`" in put[1]["error"]
    assert (await viewer.ask("GET", "/prompts"))[0] == 200
