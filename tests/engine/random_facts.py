"""Facts at random, sensible or not: of steps that exist and of one that does not, in any order."""

from dataclasses import fields

from hypothesis import strategies as st

from opstream.domain import history as h
from opstream.domain.approval import ProposedCall
from opstream.domain.call_question import CallQuestion, Reply, Wanted
from opstream.domain.spending import Answered
from opstream.domain.workflow import ApprovalRule, Input
from tests.engine.recipes import ANA, BO, after

STEPS = st.sampled_from(["s0", "s1", "s2", "s1[0].a", "s1[1].a", "s0.undo", "nobody"])
MOMENTS = st.integers(0, 7200).map(after)
VALUES = st.sampled_from([{}, {"n": 1}, {"n": 2}])
CALLS = st.builds(ProposedCall, STEPS, st.sampled_from(["t.read", "t.write"]), VALUES)
_TEXTS = st.sampled_from(["", "Why not?"])
_SOME_STEPS = st.lists(STEPS, unique=True).map(tuple)
TOPICS = st.sampled_from(["paid", h.REPLY])
KEYS = st.sampled_from(["k1", "k2"])
_FIELDS = {
    "at": MOMENTS,
    "step": STEPS,
    "call": CALLS,
    "started_at": MOMENTS,
    "until": MOMENTS,
    "retry_at": st.none() | MOMENTS,
    "expires_at": st.none() | MOMENTS,
    "attempt": st.integers(1, 3),
    "revision": st.integers(0, 3),
    "workflow_version": st.just(1),
    "outcome_known": st.booleans(),
    "outcome": st.sampled_from(h.Outcome),
    "answer": st.sampled_from(h.Clarification),
    "by": st.sampled_from([ANA, BO]),
    "before": st.sampled_from([ANA, BO]),
    "to": st.sampled_from([ANA, BO]),
    "instead_of": st.none() | st.just(ANA),
    "level": st.integers(0, 2),
    "rule": st.just(ApprovalRule()),
    "fields": st.just((Input("who"),)),
    "place": st.none(),
    "resets": _SOME_STEPS,
    "afresh": _SOME_STEPS,
    "drops": _SOME_STEPS,
    "parent": st.none() | st.just(h.Parent("r0", "s0")),
    "queued": st.booleans(),
    "trigger": _TEXTS,
    "topic": TOPICS,
    "key": KEYS,
    "letter": st.none() | KEYS,
    "answered": st.none() | st.just(Answered("gemini-3.8-flash", 120, 0.001)),
    "body": VALUES,
    "items": st.lists(st.integers(), max_size=3).map(tuple),
    "at_once": st.integers(1, 2),
    "index": st.integers(0, 2),
    "run": st.sampled_from(["c1", "c2"]),
    "number": st.integers(1, 2),
    "reply": st.sampled_from([one for one in Reply if one is not Reply.OPEN]),
    "values": VALUES,
    **dict.fromkeys(("inputs", "output", "answers", "arguments", "result"), VALUES),
    **dict.fromkeys(("workflow_id", "error", "error_kind", "reason", "comment"), _TEXTS),
    **dict.fromkeys(("question", "title", "details"), _TEXTS),
}


def _of(kind):
    own = {one.name: _FIELDS[one.name] for one in fields(kind) if one.name != "kind"}
    if kind is h.ApprovalRequested:
        own["call"] = st.none() | CALLS
    if kind is h.WaitBegan:
        own |= {"until": st.none() | MOMENTS, "topic": st.none() | TOPICS}
    if kind is h.CallAsked:
        own["question"] = st.builds(CallQuestion, st.just("t"), st.sampled_from(Wanted), _TEXTS)
    if kind is h.RunRetried:
        own["workflow_version"] = st.none() | st.just(1)
    return st.builds(kind, **own)


FACTS = st.one_of([_of(kind) for kind in h.Fact.__args__])
HISTORIES = st.lists(FACTS, max_size=30)
