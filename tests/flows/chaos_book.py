"""Evidence of a small chaos, made by hand: sound as it is, until a test doctors it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from benchmarks.chaos.diary import Deed, Diary, Promise
from benchmarks.chaos.evidence import Evidence, Story
from benchmarks.chaos.recordings import Phase, Record
from opstream.adapters.store.audit import sealed
from opstream.adapters.store.times import stored_or_none
from opstream.definitions import loader
from opstream.domain import history as h
from opstream.domain.approval import ProposedCall, Verdict
from opstream.domain.audit import AuditEntry
from opstream.domain.outcome import Outcome, Parent
from opstream.domain.person import Who
from opstream.domain.workflow import ApprovalRule
from opstream.engine.evolve import replay

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
ANA, BO, BOT = Who("UANA", "Ana"), Who("UBO", "Bo"), Who("BBOT", "Bot")


def workflow(id, *steps, more=""):
    listed = "".join(f"  - {step}\n" for step in steps)
    (loaded,) = loader.load(f"id: {id}\ntitle: {id}\n{more}steps:\n{listed}", f"{id}.yaml")
    return loaded.workflow


def call(id, tool, more="unattended: true"):
    return f"{{id: {id}, call: books.{tool}, with: {{step: {id}}}, {more}}}"


UNDO = "unattended: true, undo: {call: books.post, unattended: true}"
WORKFLOWS = {
    "pair": workflow("pair", call("a", "post"), call("b", "stamp")),
    "asks": workflow("asks", "{id: y, approval: {title: T, covers: c}}", call("c", "post", "")),
    "each": workflow(
        "each", f"{{id: e, for_each: {{items: [1, 2], steps: [{call('p', 'post')}]}}}}"
    ),
    "both": workflow("both", "{id: r, run: pair}"),
    "trip": workflow("trip", call("f", "post", UNDO), call("g", "post", UNDO), call("x", "refuse")),
    "one": workflow("one", call("a", "post"), call("z", "post"), more="limits: {at_once: 1}\n"),
}


class Book:
    """Evidence in the making: what is added here fits together, until somebody doctors it."""

    def __init__(self):
        self.facts, self.workflows, self.records = {}, {}, []
        self.diary, self.entries, self.shown, self.deaths = Diary(), [], [], []
        self.approvals, self.wrong_rows, self.wrong_audit = {}, {}, {}
        self._now = BEGAN

    def now(self):
        self._now += timedelta(seconds=1)
        return self._now

    def begin(self, run, workflow, parent=None):
        self.workflows[run] = workflow
        started = h.RunStarted(self.now(), workflow, 1, {}, ANA, None, parent)
        self.facts[run] = [started]
        if parent is None:
            self.diary.promises[run] = Promise(run, workflow, 1, run, ANA.id)
        self.entries.append(AuditEntry(self.now(), ANA, "run.started", run))

    def add(self, run, fact):
        self.facts[run].append(fact)

    def record(self, run, step, phase, tool="post", call="1", **more):
        made = Record(phase, f"{run}{step}{call}", tool, run, step, 1, f"{run}:{step}:1", 0, 1)
        self.records.append(replace(made, **more))

    def schedule(self, run, step, tool="post"):
        proposed = ProposedCall(step, f"books.{tool}", {"value": 1})
        self.facts[run].append(h.StepScheduled(self.now(), step, 1, proposed))

    def do(self, run, step, tool="post"):
        """Let a step write something, as it should."""
        self.schedule(run, step, tool)
        self.record(run, step, Phase.BEGAN, tool)
        self.record(run, step, Phase.APPLIED, tool, entry=f"{run}{step}")
        self.succeed(run, step, {"entry": f"{run}{step}"})

    def succeed(self, run, step, output):
        self.facts[run].append(h.StepSucceeded(self.now(), step, output, self.now()))

    def ask(self, run, step, call):
        proposed = ProposedCall(call, "books.post", {"value": 1})
        rule = ApprovalRule(expires_after=None)
        self.facts[run].append(
            h.ApprovalRequested(self.now(), step, 1, "T", "", rule, proposed, None)
        )

    def grant(self, run, step, by=BO):
        self.facts[run].append(h.ApprovalGranted(self.now(), step, 1, by))
        self.approvals[f"{run}:{step}:1"] = {"id": f"{run}:{step}:1", "verdict": Verdict.GRANTED}
        self.diary.deeds.append(Deed("decide", run, by.id, step, 1, "granted"))

    def clear(self, run, step, answer):
        self.facts[run].append(h.StepDoubted(self.now(), step, "?"))
        self.facts[run].append(h.DoubtCleared(self.now(), step, answer, BO))

    def end(self, run, outcome=Outcome.SUCCEEDED, result=None):
        self.facts[run].append(h.RunFinished(self.now(), outcome, result, "", None))
        self.shown.append({"run": run, "version": len(self.facts[run]), "status": outcome.value})

    def drop(self, run, kind):
        self.facts[run] = [fact for fact in self.facts[run] if not isinstance(fact, kind)]

    def evidence(self):
        audit = [dict(row) for row in sealed(self.entries, (0, "0" * 64))]
        for number, changed in self.wrong_audit.items():
            audit[number].update(changed)
        return Evidence(
            stories={run: self._story(run) for run in self.facts},
            diary=self.diary,
            approvals=list(self.approvals.values()),
            audit=audit,
            strangers=[one for one in self.records if one.run not in self.facts],
            shown=self.shown,
            deaths=self.deaths,
        )

    def _story(self, id):
        run, facts = replay(id, self.facts[id]), self.facts[id]
        row = {
            "version": len(facts),
            "status": run.status.value,
            "ended_at": stored_or_none(run.ended_at),
            "reason": run.reason,
            "wake_at": stored_or_none(run.wake_at),
            "by_id": run.by.id,
            "waits_for_person": False,
            "has_work": False,
            **self.wrong_rows.get(id, {}),
        }
        records = [(at, one) for at, one in enumerate(self.records) if one.run == id]
        of = WORKFLOWS[self.workflows[id]]
        return Story(id, of, row, facts, range(1, len(facts) + 1), records)


def sound():
    """Return evidence of runs of every kind in which nothing is wrong."""
    book = Book()
    pair(book, "r-pair")
    asks(book)
    each(book)
    both(book)
    trip(book)
    for run in ("r-one", "r-two"):
        book.begin(run, "one")
        book.do(run, "a")
        book.do(run, "z")
        book.end(run)
    return book


def pair(book, run, parent=None, result=None):
    book.begin(run, "pair", parent)
    book.do(run, "a")
    book.do(run, "b", "stamp")
    book.end(run, result=result)


def asks(book):
    book.begin("r-asks", "asks")
    book.ask("r-asks", "y", "c")
    book.grant("r-asks", "y")
    book.do("r-asks", "c")
    book.end("r-asks")


def each(book):
    book.begin("r-each", "each")
    book.add("r-each", h.LoopBegan(book.now(), "e", (1, 2)))
    book.do("r-each", "e[1].p")
    book.do("r-each", "e[0].p")
    book.succeed("r-each", "e", [{"entry": "r-eache[0].p"}, {"entry": "r-eache[1].p"}])
    book.end("r-each")


def both(book):
    book.begin("r-both", "both")
    book.add("r-both", h.ChildStarted(book.now(), "r", "r-part"))
    pair(book, "r-part", Parent("r-both", "r"), result=7)
    book.add("r-both", h.ChildEnded(book.now(), "r", "r-part", Outcome.SUCCEEDED, 7))
    book.end("r-both", result=7)


def trip(book):
    book.begin("r-trip", "trip")
    book.do("r-trip", "f")
    book.do("r-trip", "g")
    book.add("r-trip", h.StepFailed(book.now(), "x", "no", "refused", book.now()))
    book.add("r-trip", h.RunStopping(book.now(), Outcome.FAILED, "no"))
    book.do("r-trip", "g.undo")
    book.do("r-trip", "f.undo")
    book.end("r-trip", Outcome.FAILED)
