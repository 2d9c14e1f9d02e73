"""Whatever tools, messages and names say: no unapproved write happens, and nothing leaks.

The model of these tests obeys each attempt, so that what holds is held by the code around it.
"""

import json
import re

import pytest
import pytest_asyncio

from blocks import talk
from opstream.domain.conversation import Place
from opstream.domain.operation import Progress
from opstream.domain.person import Person, Role, Sight
from opstream.domain.prompt import PromptReply, PromptRequest, ToolCall
from opstream.domain.run import RunView, StepStatus
from opstream.errors import OperationFailed
from tests.agent.attempts import ALL, AWS, EVIL, JWT, SECRET, Attempt
from tests.runs.conftest import House

WRITES = ("t.write", "t.keyed")
DEMO = "id: demo\ntitle: Demo\nsteps: [{id: go, title: Go, call: t.write}]\n"
HIDDEN = (SECRET, AWS, JWT, "hunter2hunter2")


class Obedient:
    """A model that reads first, and then does whatever the attempt wants."""

    available = True

    def __init__(self) -> None:
        self.attempt = ALL[0]
        self.asked: list[PromptRequest] = []

    async def answer(self, request, saying=None):
        self.asked.append(request)
        done = len(request.turns) // 2
        if not request.tools:
            return PromptReply(self.attempt.says, "obedient", 10, 10)
        if done == 0:
            return PromptReply("", "obedient", 10, 10, (ToolCall("a", "t.read", {"what": "logs"}),))
        wanted = self.attempt.wants if done == 1 else ()
        calls = tuple(ToolCall(f"b{at}", name, args) for at, (name, args) in enumerate(wanted))
        if saying:
            saying(self.attempt.says)
        return PromptReply(self.attempt.says, "obedient", 10, 10, calls)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory):
    """One install for all attempts, on a real database."""
    made = House(tmp_path_factory.mktemp("injection"))
    made.model = Obedient()
    made.write(DEMO)
    await made.open()
    made.install.services.people.bind(_operator)
    yield made
    await made.close()


async def _operator(id: str) -> Person:
    return Person(id, "Ana", frozenset({Role.OPERATOR}), sight=Sight())


async def _played(house: House, number: int, attempt: Attempt) -> tuple[RunView, list]:
    """Let an agent run into an attempt, up to its end or to the question that it asks of people."""
    model, tools = house.model, house.tools
    model.attempt, model.asked = attempt, []
    tools.calls.clear()
    reads = (
        OperationFailed(attempt.text, retryable=False)
        if attempt.where == "error"
        else {"log": attempt.text}
    )
    tools.answers["t.read"] = [reads if attempt.where in ("tool", "error") else {"log": "quiet"}]
    name = attempt.text if attempt.where == "name" else "Ana"
    person = Person(f"U0ANA{number:05}", name, frozenset({Role.OPERATOR}))
    place = Place("C0OPS00001", f"17{number}.1")
    if attempt.where == "answer":
        await _answered_before(house, attempt, place, person)
    run = await house.install.services.agent.answer(
        "Why is checkout slow?", place=place, by=person, request_key=f"attempt-{number}"
    )
    view = await house.watcher.until(run.id, _rests, seconds=20)
    return view, list(tools.calls)


async def _answered_before(house: House, attempt: Attempt, place: Place, person: Person) -> None:
    before, house.model.attempt = attempt, Attempt("before", "", says=attempt.text)
    tools = house.tools.answers["t.read"]
    house.tools.answers["t.read"] = [{"log": "quiet"}]
    first = await house.install.services.agent.answer(
        "What is new?", place=place, by=person, request_key=f"before-{place.thread}"
    )
    await house.watcher.ended(first.id, seconds=20)
    house.model.attempt, house.model.asked = before, []
    house.tools.answers["t.read"] = tools
    house.tools.calls.clear()


def _rests(view: RunView) -> bool:
    asks = any(one.status is StepStatus.ASKING_APPROVAL for one in view.run.open.values())
    return view.run.status.ended or (asks and not view.under_way)


def _shown(view: RunView) -> str:
    """Return all that people see of an answer, as it grows and in the end."""
    growing = {"answer[9].think": Progress(0, said=house_says(view))}
    told = [*talk.messages(view, {}), *talk.messages(view, growing)]
    cards = [talk.said(view, one) for one in told if isinstance(one, talk.Said)]
    return json.dumps([[card.text, card.blocks] for card in cards if card], ensure_ascii=False)


def house_says(view: RunView) -> str:
    """Return what the model said last, as a stream would show it."""
    result = view.run.result
    return str(result["text"]) if isinstance(result, dict) else ""


@pytest.mark.parametrize(
    "number", range(len(ALL)), ids=lambda n: f"{n}-{ALL[n].kind}".replace(" ", "-")
)
@pytest.mark.asyncio(loop_scope="module")
async def test_an_attempt_changes_nothing_and_leaks_nothing(house, number):
    attempt = ALL[number]
    runs_before = len(house.watcher.views)

    view, calls = await _played(house, number, attempt)

    _nothing_was_written(house, view, calls, attempt, runs_before)
    _arguments_stayed_text(calls, attempt)
    _model_saw_no_secret_and_no_order_in_its_system_part(house, attempt)
    shown = _shown(view)
    assert not any(one in shown for one in HIDDEN)
    assert not any(one in json.dumps([dict(call.arguments) for call in calls]) for one in HIDDEN)
    _leads_nowhere(shown)


def _nothing_was_written(house, view, calls, attempt, runs_before):
    assert not [call for call in calls if call.operation in WRITES]
    begun = {"answer" if attempt.where == "answer" else "", "it"} - {""}
    assert len(house.watcher.views) - runs_before == len(begun)
    wanted = [name for name, _ in attempt.wants if name in WRITES or name.startswith("opstream.")]
    known = [name for name in wanted if name not in ("opstream.environment", "opstream.approve")]
    asked = [one for one in view.run.open.values() if one.approval is not None]
    assert len(asked) == len(known)
    for one, (name, arguments) in zip(asked, attempt.wants, strict=False):
        assert one.approval.call.operation == name
        assert not any(secret in str(one.approval.call.arguments) for secret in HIDDEN)
        if not any(secret in str(arguments) for secret in HIDDEN):
            assert dict(one.approval.call.arguments) == dict(arguments)


def _arguments_stayed_text(calls, attempt):
    if attempt.kind == "template in arguments":
        assert [dict(call.arguments) for call in calls[1:]] == [dict(attempt.wants[0][1])]
        assert all(not call.secrets for call in calls)


def _model_saw_no_secret_and_no_order_in_its_system_part(house, attempt):
    for request in house.model.asked:
        told = json.dumps(
            [
                request.system,
                request.text,
                [[str(one.output) for one in turn.results] for turn in request.turns],
            ],
            ensure_ascii=False,
        )
        assert not any(one in told for one in HIDDEN)
        assert attempt.text not in request.system
        assert len(re.findall(r"<data ", request.text)) == request.text.count("</data>")
        assert not re.search("[\u202e\U000e0000-\U000e007f]", told)


def _leads_nowhere(shown):
    for link in re.findall(r"\]\(([^)]*)", shown):
        assert EVIL not in link
    outside_code = re.sub(r"`[^`]*`", "", shown)
    assert f"//{EVIL}" not in outside_code
    assert f"www.{EVIL}" not in outside_code
    assert "![" not in outside_code
    assert not re.search(r"<[!@#]", shown)
    assert not re.search(r"@(?:channel|here|everyone)\b", shown)
    assert not re.search("[\u202a-\u202e\U000e0000-\U000e007f]", shown)


def test_there_are_at_least_sixty_attempts_of_many_kinds():
    assert len(ALL) >= 60
    assert len({one.kind for one in ALL}) >= 20
    assert {one.where for one in ALL} == {"tool", "error", "name", "answer"}
