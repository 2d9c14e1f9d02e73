"""Agents on cards: where one is, what it found, what it did; and talk as it stands in a thread."""

from inline_snapshot import snapshot

from blocks import agents, closeups, explaining, journal, results, talk, thread, turns
from blocks.thread import Surroundings
from opstream.domain import history as h
from opstream.domain.approval import ProposedCall
from opstream.domain.conversation import Place
from opstream.domain.operation import Progress
from opstream.domain.outcome import Outcome
from opstream.domain.policies import ApprovalRule
from opstream.domain.workflow import Agent, Step, Workflow
from tests.blocks import oracle
from tests.blocks.stories import ANA, BO, at, view

LOOK = Workflow("look", "Look into it", (Step("look", "Look", Agent("Why?")),), version=1)
TALK = Workflow(
    "ask", "Question", (Step("look", "Answer", Agent("Why?")),), version=1, conversation=True
)
THREAD = Place("C0OPS00001", "17.1")
READ = {"id": "a", "operation": "estate.logs", "arguments": {"service": "checkout"}}
WRITE = {"id": "b", "operation": "estate.scale", "arguments": {"replicas": 4}}
SCALE = ProposedCall("look[1].act[0].call", "estate.scale", {"replicas": 4})


def _thought(turn: int, *calls: dict, text: str = "", refused: tuple = ()) -> h.StepSucceeded:
    said = {"text": text, "calls": list(calls), "refused": list(refused), "model": "gemini", "tokens_in": 900,
            "tokens_out": 100, "cost": 0.0004, "why": ""}  # fmt: skip
    return h.StepSucceeded(at(turn * 10 + 3), f"look[{turn}].think", said, at(turn * 10))


def _acted(turn: int, output: object) -> tuple[h.Fact, ...]:
    act = f"look[{turn}].act"
    return (
        h.LoopBegan(at(turn * 10 + 3), act, (READ,), 8),
        h.StepSucceeded(at(turn * 10 + 5), f"{act}[0].call", output, at(turn * 10 + 3)),
        h.ItemEnded(at(turn * 10 + 5), act, 0, output),
        h.StepSucceeded(at(turn * 10 + 5), act, [output], at(turn * 10 + 3)),
        h.ItemEnded(at(turn * 10 + 5), "look", turn, [output]),
    )


def _started(place: Place | None = THREAD, id: str = "ask") -> h.RunStarted:
    inputs = {
        "question": "Why is checkout slow?",
        "context": "",
        "remembered": '{"M1": {"title": "Pools"}}',
    }
    return h.RunStarted(at(0), id, 1, inputs, ANA, place)


BEGUN = (_started(), h.LoopBegan(at(0), "look", tuple(range(1, 17)), 1))
LOOKED = (*BEGUN, _thought(0, READ, text="Let me look."), *_acted(0, "pool exhausted"))
ASKING = (
    *LOOKED,
    _thought(1, WRITE, text="The pool is **full** [1]."),
    h.LoopBegan(at(14), "look[1].act", (WRITE,), 8),
    h.ApprovalRequested(at(14), SCALE.step, 1, "Scale: go ahead?", "", ApprovalRule(), SCALE, at(90_000)),
)  # fmt: skip
ANSWER = {
    "text": "The pool is full [1], as before [M1].",
    "sources": [{"number": 1, "operation": "estate.logs", "arguments": {}, "failed": False},
                {"number": 2, "operation": "estate.down", "arguments": {}, "failed": True}],
    "model": "gemini", "turns": 2, "tokens": 2000, "cost": 0.0008,
}  # fmt: skip
ANSWERED = (
    *LOOKED,
    _thought(1, text=ANSWER["text"]),
    h.StepSucceeded(at(15), "look", ANSWER, at(0)),
    h.RunFinished(at(15), Outcome.SUCCEEDED, result=ANSWER),
)


def _line(seen) -> str:
    return str(explaining.explain(seen, seen.workflow.steps[0])[0])


def test_the_plan_says_which_turn_it_is_and_what_is_looked_at():
    thinking = view(*BEGUN, workflow=LOOK, under_way=frozenset({"look[0].think"}))
    looking = view(
        *BEGUN,
        _thought(0, READ),
        h.LoopBegan(at(3), "look[0].act", (READ,), 8),
        workflow=LOOK,
        under_way=frozenset({"look[0].act[0].call"}),
    )

    assert _line(thinking) == "Turn 1 · thinking."
    assert _line(looking) == "Turn 1 · looking at estate.logs."
    assert _line(view(*ASKING, workflow=LOOK)) == "Turn 2 · waiting for a decision."


def test_the_status_says_what_is_done_and_nothing_while_people_are_waited_for():
    thinking = view(*BEGUN, workflow=TALK, under_way=frozenset({"look[0].think"}))

    assert talk.status(thinking) == "is thinking…"
    assert talk.status(view(*ASKING, workflow=TALK)) == ""
    assert talk.status(view(*ANSWERED, workflow=TALK)) == ""


def test_an_answer_is_the_finding_of_its_step_with_sources_and_cost():
    blocks = turns.finding("Look", ANSWER)

    assert [one["type"] for one in blocks] == ["section", "markdown", "context", "context"]
    assert [one["elements"][0]["text"] for one in blocks[2:]] == snapshot(
        ["Sources: [1] `estate.logs`", "2 turns · 2,000 tokens · $0.0008 · gemini"]
    )
    assert "$0.0008" in str(closeups.details(view(*ANSWERED, workflow=LOOK)).blocks)
    assert "$0.0008" in str(results.result(view(*ANSWERED, workflow=LOOK)).blocks)


def test_details_of_a_question_tell_each_turn_and_call():
    refused = {
        "id": "c",
        "operation": "shell.run",
        "arguments": {},
        "why": "There is no such tool.",
    }
    seen = view(*LOOKED, _thought(1, refused=(refused,)), workflow=TALK)

    message = closeups.details(seen)

    oracle.accepts(message)
    assert [one["text"]["text"] for one in message.blocks if one["type"] == "section"] == snapshot(
        [
            "*Why is checkout slow?*",
            """\
*Turn 1* · gemini · 1,000 tokens
> Let me look.
[1] `estate.logs` `{"service": "checkout"}` → ✅ 14 bytes\
""",
            """\
*Turn 2* · gemini · 1,000 tokens
[2] `shell.run`: 🚫 There is no such tool.\
""",
        ]
    )


def _keys(seen, said: str = "") -> list[str]:
    around = Surroundings({"look[2].think": Progress(0, said=said)})
    return [part.key for part in thread.parts(seen, around)]


def test_talk_has_no_card_and_its_answer_stands_below_the_question():
    assert _keys(view(*BEGUN, workflow=TALK)) == []
    assert _keys(view(*LOOKED, workflow=TALK)) == ["answer/0"]
    assert _keys(view(*ANSWERED, workflow=TALK)) == ["answer/0"]
    asked = view(_started(Place("C0OPS00001")), *BEGUN[1:], workflow=TALK)
    assert _keys(asked) == ["asked"]


def test_what_is_said_after_a_question_to_people_is_a_message_of_its_own():
    denied = (*ASKING, h.ApprovalDenied(at(60), SCALE.step, 1, BO, "not now"))
    growing = view(*denied, workflow=TALK)

    assert _keys(view(*ASKING, workflow=TALK)) == ["answer/0", "approval/look[1].act[0].call/1"]
    assert _keys(growing, "Then I") == [
        "answer/0",
        "approval/look[1].act[0].call/1",
        "answer/1",
    ]


def test_an_answer_names_its_sources_and_has_buttons_and_thumbs():
    [part] = thread.parts(view(*ANSWERED, workflow=TALK), Surroundings())

    oracle.accepts(part.message)
    kinds = [one["type"] for one in part.message.blocks]
    assert kinds == ["markdown", "context", "actions", "context_actions"]
    assert "Sources: [1] `estate.logs` · [M1] Pools" in str(part.message.blocks[1])


def test_a_question_that_failed_says_why_and_offers_to_try_again():
    failed = h.RunFinished(at(9), Outcome.FAILED, reason="The model did not answer within 120 s.")
    [part] = thread.parts(view(*BEGUN, failed, workflow=TALK), Surroundings())

    assert "I could not answer this.* The model did not answer within 120 s." in str(
        part.message.blocks
    )
    assert "Try again" in str(part.message.blocks)


def test_the_log_tells_of_turns():
    told = [journal.sentence(one, LOOK) for one in LOOKED]

    assert told[1] == "`look` begins; it may ask a model 16 times."
    assert told[2] == "`look[0].think`: the model wants `estate.logs`, after 3 s."
    assert told[-1] == "`look` is through with turn 1."
    assert journal.sentence(LOOKED[3], LOOK) == "`look[0].act` begins with 1 item."


def test_sums_show_as_many_digits_as_they_need():
    assert [agents.money(one) for one in (0, 0.00041, 0.25, 12)] == [
        "$0.00",
        "$0.0004",
        "$0.25",
        "$12.00",
    ]
