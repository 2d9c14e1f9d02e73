"""Many short notices are one message that is edited; a long run and its loops stay readable."""

from inline_snapshot import snapshot

from blocks import thread
from blocks.kit import Message
from blocks.thread import Surroundings
from opstream.domain import history as h
from opstream.domain.workflow import Call, ForEach, Notify, Step, Workflow
from tests.blocks import oracle
from tests.blocks.drawing import drawn
from tests.blocks.stories import PROFILING, REPORT, at, started, view

NOTES = Workflow(
    PROFILING.id,
    "Tell everybody",
    tuple(Step(f"say{n}", f"Say {n}", Notify("x")) for n in range(30)),
)
LOOP = Workflow(
    PROFILING.id,
    "Tell everybody",
    (
        Step(
            "each",
            "Each service",
            ForEach([1], (Step("look", "Look", Call("x.look")), Step("say", "Say", Notify("x")))),
        ),
    ),
)


def said(step, n, text=None, report=None):
    output = {"text": text or f"Service {n} is <!channel> well.", "report": report}
    return h.StepSucceeded(at(n), step, output, at(n))


def parts(workflow, *facts):
    return thread.parts(view(started(), *facts, workflow=workflow), Surroundings())


def keys(found):
    return [part.key for part in found][2:]


def test_the_first_notices_stand_alone_and_many_more_share_one_message():
    few = parts(NOTES, *(said(f"say{n}", n) for n in range(6)))
    many = parts(NOTES, *(said(f"say{n}", n) for n in range(30)))

    assert keys(few) == [*(f"notice/say{n}/{at(n).timestamp():.0f}" for n in range(5)), "notices"]
    assert keys(many) == keys(few)
    oracle.accepts(many[-1].message)
    assert drawn(many[-1].message).splitlines()[:3] == snapshot(
        [
            "(25 notices, the newest: Service 29 is &lt;!channel&gt; well.)",
            "[section] 📋 *25 notices* · the last 15; `logs` has all of them",
            "    • <!date^1795176015^{time_secs}|12:00:15 UTC> Service 15 is &lt;!channel&gt; well.",
        ]
    )


def test_a_picture_that_is_sent_back_is_named_by_its_id_alone():
    picture = {"type": "image", "slack_file": {"id": "F1", "url": "https://x"}, "alt_text": "a"}

    closed = thread.closed("result/0", Message("Done", (picture,)))

    assert closed.blocks[0]["slack_file"] == {"id": "F1"}


def test_a_notice_with_a_report_or_a_long_text_always_stands_alone():
    quick = [said(f"say{n}", n) for n in range(5)]
    found = parts(NOTES, *quick, said("say5", 5, report=REPORT), said("say6", 6, "word " * 100))

    assert [key.split("/")[1] for key in keys(found)][5:] == ["say5", "say6"]


def test_notices_of_a_loop_share_one_message_from_the_first_on():
    items = h.LoopBegan(at(0), "each", tuple(range(500)), 4)
    facts = [said(f"each[{n}].say", n) for n in range(500)]

    found = parts(LOOP, items, *facts)

    assert keys(found) == ["notices"]
    assert "*500 notices*" in drawn(found[-1].message)
    for part in found:
        oracle.accepts(part.message)
