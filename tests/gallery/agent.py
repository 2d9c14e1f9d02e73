"""What the gallery shows of the agent: an answer, its question before it acts, its turns, and what there is without a model."""

from dataclasses import replace

from blocks import closeups, conversation, offline, thread
from blocks.kit import Message
from blocks.offline import Try
from blocks.thread import Surroundings
from opstream.domain import history as h
from opstream.domain.outcome import Outcome
from tests.blocks.stories import PROFILING, at, view
from tests.blocks.test_agents import ANSWERED, ASKING, BEGUN, TALK
from tests.gallery.exhibit import Exhibit

_ASKED = "why is checkout slow since noon?"
_TRIES = (Try("what failed lately?", "history failed"), Try("what is running?", "list"))
_RECIPE = """\
+id: restart_checkout
+title: Restart checkout
+steps:
+  - id: ask
+    approval: {title: "Restart checkout?", covers: restart}
+  - id: restart
+    call: estate.restart_service
+    with: {service: checkout}"""
_DRAFTED = {
    "text": "It asks an approver, and restarts checkout after the yes.",
    "draft": {
        "draft": _RECIPE.replace("+", ""),
        "workflow": "restart_checkout",
        "title": "Restart checkout",
        "difference": _RECIPE,
        "would": [
            {"does": "Asks: Restart checkout?", "asks_first": True},
            {"does": "estate.restart_service", "with": {"service": "checkout"}},
        ],
    },
}


def _part(facts: tuple[h.Fact, ...], key: str) -> Message:
    workflow = replace(TALK, id="draft") if facts is DRAFTED else TALK
    parts = thread.parts(view(*facts, workflow=workflow), Surroundings())
    return next(one.message for one in parts if one.key.startswith(key))


DRAFTED = (*BEGUN, h.RunFinished(at(15), Outcome.SUCCEEDED, result=_DRAFTED))


def answers() -> tuple[Exhibit, ...]:
    """Return what is said to questions in plain words."""
    without = offline.answer(_ASKED, "a service", _TRIES, None, (PROFILING,), ())
    return (
        Exhibit("agent-answer", "An answer with its sources", "It grew while it was read; [1] is the first call it made.",
                _part(ANSWERED, "answer/")),
        Exhibit("agent-approval", "The agent asks before it acts", "Exactly the call that a yes allows; other arguments ask anew.",
                _part(ASKING, "approval/")),
        Exhibit("agent-details", "How it found out", "Each turn and call, with what it took.",
                closeups.details(view(*ANSWERED, workflow=TALK))),
        Exhibit("agent-offline", "Without a model", "It says so first, and then what can be found by words.",
                conversation.rateable(without, _ASKED)),
        Exhibit("agent-draft", "A workflow from words", "What a run would do, the text, and nothing published yet.",
                _part(DRAFTED, "answer/")),
    )  # fmt: skip
