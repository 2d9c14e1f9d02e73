"""What MCP servers ask in the middle of a call, in the thread of the run: real servers, a real install."""

import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from config.servers import Mcp
from config.settings import load
from opstream import bootstrap
from opstream.domain import history as h
from opstream.domain.approval import Grant
from opstream.domain.call_question import Reply, Wanted
from opstream.domain.prompt import PromptReply
from opstream.domain.run import StepStatus
from opstream.errors import BadInput, NotAllowed, TooLate
from tests.runs.conftest import ANA, BO, DAN, House

SERVERS = Path(__file__).parents[1] / "adapters" / "mcp" / "servers"
LONG = 30


class Model:
    """Answers every prompt alike, and remembers what it was asked."""

    def __init__(self):
        self.asked = []

    async def answer(self, request, saying=None):
        self.asked.append(request)
        return PromptReply("42", "model-1")


class ServedHouse(House):
    """An install whose tools are real MCP servers."""

    servers: dict

    async def start(self, text, **inputs):
        """Start a run, with those servers alone that it calls: they take a while to start."""
        self.servers = {name: one for name, one in self.servers.items() if f"{name}." in text}
        return await super().start(text, **inputs)

    async def open(self):
        settings = load(self.environment)
        own = {
            "workflow_dirs": (self.folder / "workflows",),
            "mcp": Mcp.model_validate({"servers": self.servers}, context={"folder": self.folder}),
        }
        settings = settings.model_copy(update=own)
        self.stores = await bootstrap.open_stores(settings, self.clock)
        self.install = await bootstrap.install(
            settings,
            self.stores,
            self.watcher,
            self.environment,
            instead=bootstrap.Instead(model=self.model),
        )
        self.runs = self.install.services.runs
        await self.install.start()

    async def asked(self, run, step="a"):
        view = await self.watcher.until(run, lambda view: view.run.state(step).asks_now, LONG)
        return view.run.state(step).asks_now[0]

    def notes(self):
        file = self.folder / "notes"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.fixture
async def house(tmp_path):
    made = ServedHouse(tmp_path)
    made.model = Model()
    command = {"command": sys.executable}
    made.servers = {
        "asker": {
            **command,
            "args": [str(SERVERS / "asker.py"), "--notes", str(tmp_path / "notes")],
            "roots": ["file:///srv/recipes"],
        },
        "bare": {**command, "args": [str(SERVERS / "bare.py"), "asking"], "reads": ["look"]},
    }
    yield made
    if hasattr(made, "install"):
        await made.close()


def calling(tool, **more):
    options = "".join(f", {name}: {value}" for name, value in more.items())
    return f"id: demo\ntitle: Demo\nsteps:\n  - {{id: a, call: {tool}{options}}}\n"


async def test_a_question_is_answered_in_the_thread_and_the_answer_goes_back(house):
    run = await house.start(calling("bare.look"))
    asked = await house.asked(run)

    with pytest.raises(BadInput, match="`replicas` must be at most 9, not 20"):
        await house.runs.answer_call(
            run,
            "a",
            1,
            Reply.GIVEN,
            {"environment": "live", "replicas": "20", "sure": "yes"},
            by=ANA,
        )
    with pytest.raises(NotAllowed):
        await house.runs.answer_call(run, "a", 1, Reply.DECLINED, {}, by=DAN)
    given = {"environment": "live", "replicas": "3", "sure": "yes"}
    await house.runs.answer_call(run, "a", 1, Reply.GIVEN, given, by=ANA)
    view = await house.watcher.ended(run, LONG)

    assert [one.name for one in asked.fields] == ["environment", "replicas", "sure"]
    content = {"environment": "live", "replicas": 3, "sure": True}
    assert view.run.state("a").output["content"] == content
    assert view.run.state("a").output["action"] == "accept"
    facts = await house.stores.database.runs.history(run)
    [answered] = [one for one in facts if isinstance(one, h.CallAnswered)]
    assert (answered.by.id, answered.values) == (ANA.id, content)
    with pytest.raises(TooLate, match="answered by Ana before"):
        await house.runs.answer_call(run, "a", 1, Reply.GIVEN, given, by=BO)


@pytest.mark.parametrize(
    ("reply", "action"), [(Reply.DECLINED, "decline"), (Reply.CANCELLED, "cancel")]
)
async def test_who_declines_or_dismisses_a_question_says_so_to_the_server(house, reply, action):
    run = await house.start(calling("bare.look"))
    await house.asked(run)

    await house.runs.answer_call(run, "a", 1, reply, {}, by=ANA)
    view = await house.watcher.ended(run, LONG)

    assert view.run.state("a").output == {"action": action}


async def test_a_question_survives_a_restart_and_a_write_goes_on_where_it_was(house):
    run = await house.start(calling("asker.greet"))
    await house.watcher.until(run, lambda view: view.run.state("a").approval, LONG)
    await house.runs.answer_approval(run, "a", 1, Grant(), by=BO)
    await house.asked(run)

    await house.reopen()
    asked = await house.asked(run)
    await house.runs.answer_call(run, "a", asked.number, Reply.GIVEN, {"name": "Ada"}, by=ANA)
    view = await house.watcher.ended(run, LONG)

    assert view.run.state("a").status is StepStatus.SUCCEEDED
    assert view.run.state("a").output["heard"]["content"] == {"name": "Ada"}
    assert len(view.run.state("a").asked) == 1
    assert [one["state"] for one in house.notes()] == [None, "state-of-greet"]


async def test_a_model_is_asked_for_a_server_only_after_a_yes_that_shows_what_is_asked(house):
    run = await house.start(calling("asker.model", unattended="true"))
    asked = await house.asked(run)

    with pytest.raises(NotAllowed, match="Only an approver"):
        await house.runs.answer_call(run, "a", 1, Reply.GIVEN, {}, by=ANA)
    assert house.model.asked == []
    await house.runs.answer_call(run, "a", 1, Reply.GIVEN, {}, by=BO)
    view = await house.watcher.ended(run, LONG)

    assert asked.question.wanted is Wanted.MODEL
    assert asked.question.text == "system: Be brief.\n\nuser: What is 6 x 7?"
    [request] = house.model.asked
    assert (request.text, request.system, request.most_tokens) == (
        "What is 6 x 7?",
        "Be brief.",
        50,
    )
    purpose = request.purpose
    assert (purpose.task, purpose.run, purpose.step, purpose.person) == (
        "sampling",
        run,
        "a",
        ANA.id,
    )
    assert view.run.state("a").output["heard"]["content"]["text"] == "42"


async def test_a_page_to_visit_and_roots_and_resources(house):
    text = (
        "id: demo\ntitle: Demo\nsteps:\n"
        "  - {id: a, call: asker.visit, unattended: true}\n"
        "  - {id: b, call: asker.roots, unattended: true}\n"
        "  - {id: c, call: asker.read_resource, with: {uri: 'notes://today'}}\n"
        "  - {id: d, call: asker.get_prompt, with: {name: triage, arguments: {service: api}}}\n"
        "  - {id: e, call: asker.list_resources}\n"
    )
    run = await house.start(text)
    asked = await house.asked(run)

    await house.runs.answer_call(run, "a", 1, Reply.GIVEN, {}, by=ANA)
    view = await house.watcher.ended(run, LONG)

    assert (asked.question.wanted, asked.question.url) == (
        Wanted.VISIT,
        "https://forms.example.com/7",
    )
    outputs = {step: view.run.state(step).output for step in "abcde"}
    assert outputs["a"]["heard"]["action"] == "accept"
    assert outputs["b"]["heard"]["roots"] == [{"uri": "file:///srv/recipes"}]
    assert outputs["c"]["text"] == "all quiet"
    assert outputs["d"]["messages"] == [{"role": "user", "text": "Look at api."}]
    assert outputs["e"]["resources"][0]["uri"] == "notes://today"


async def test_a_question_that_nobody_answers_is_closed_in_time(house):
    house.servers["bare"]["answer_within"] = "300ms"
    run = await house.start(calling("bare.look"))

    view = await house.watcher.ended(run, LONG)

    assert view.run.state("a").output == {"action": "cancel"}
    assert view.run.state("a").asked[0].reply is Reply.EXPIRED
    assert view.run.state("a").asked[0].expires_at - view.run.state("a").asked[0].asked_at == (
        timedelta(milliseconds=300)
    )
