"""Checks of runs as a whole: none lost, each what its history says, children, limits, audit."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from hashlib import sha256

from benchmarks.chaos.evidence import Evidence, Story
from benchmarks.chaos.judging import Promise, Violation, stopped_by_person
from benchmarks.chaos.recordings import Phase
from opstream.adapters.store.times import stored_or_none
from opstream.domain import history as h
from opstream.domain.run import StepStatus
from opstream.domain.workflow import RunWorkflow

_ASKING = (StepStatus.ASKING_APPROVAL, StepStatus.ASKING_PERSON, StepStatus.DOUBTED)

_PERSONAL = ("by_id", "by_name", "subject", "detail")


def lost(evidence: Evidence) -> Iterator[Violation]:
    """Find runs that were promised and are gone or stuck, and such that nobody asked for."""
    for promise in evidence.diary.promises.values():
        if promise.run not in evidence.stories:
            sentence = f"{promise.workflow} was started, and there is no such run"
            yield Violation(Promise.NO_RUN_LOST, sentence, promise.run)
    for story in evidence.stories.values():
        if not any(isinstance(fact, h.RunFinished) for fact in story.facts):
            yield Violation(Promise.NO_RUN_LOST, "it has not ended", story.id)
        if story.began.parent is None and story.id not in evidence.diary.promises:
            yield Violation(Promise.NO_RUN_LOST, "nobody knows who started it", story.id)
    for record in evidence.strangers:
        sentence = f"`{record.step}` was called for a run that the journal does not know"
        yield Violation(Promise.NO_RUN_LOST, sentence, record.run)


def replayed(evidence: Evidence) -> Iterator[Violation]:
    """Compare what each history adds up to with what is stored, and with what people were shown."""
    for story in evidence.stories.values():
        run, row = story.run(), story.row
        expected = {
            "version": len(story.facts),
            "status": run.status.value,
            "ended_at": stored_or_none(run.ended_at),
            "reason": run.reason,
            "wake_at": stored_or_none(run.wake_at),
            "by_id": run.by.id,
            "waits_for_person": not run.status.ended
            and any(state.status in _ASKING for state in run.open.values()),
        }
        wrong = {name: row[name] for name, value in expected.items() if row[name] != value}
        if wrong or tuple(story.sequence) != tuple(range(1, len(story.facts) + 1)):
            said = f"stored {wrong}, but the history of {len(story.facts)} facts says otherwise"
            yield Violation(Promise.REPLAY_AGREES, said, story.id)
        if run.status.ended and row["has_work"]:
            yield Violation(Promise.REPLAY_AGREES, "it has ended and still has work", story.id)
    for wait in evidence.waits:  # all runs have ended, so none of them waits for a letter any more
        sentence = f"`{wait['step']}` still waits for {wait['topic']!r}"
        yield Violation(Promise.REPLAY_AGREES, sentence, wait["run_id"])
    for end in evidence.shown:
        known = evidence.stories.get(end["run"])
        if known is None or known.row["status"] != end["status"]:
            sentence = f"people were shown the end {end['status']!r}"
            yield Violation(Promise.REPLAY_AGREES, sentence, end["run"])


def audited(evidence: Evidence) -> Iterator[Violation]:
    """Verify the chain of seals, and that every start stands in it."""
    previous, begun = "0" * 64, set()
    for number, row in enumerate(evidence.audit, start=1):
        named = _hash([row[name] for name in ("salt", *_PERSONAL)])
        seal = _hash({name: row[name] for name in row.keys() - {"hash", "salt", *_PERSONAL}})
        whole = (number, previous, seal, named)
        if (row["seq"], row["previous"], row["hash"], row["personal"]) != whole:
            yield Violation(Promise.AUDIT_WHOLE, f"the chain breaks at entry {row['seq']}")
            break
        previous = row["hash"]
        if row["deed"] in ("run.started", "run.queued"):
            begun.add(row["subject"])
    for run in evidence.diary.promises:
        if run not in begun and run in evidence.stories:
            yield Violation(Promise.AUDIT_WHOLE, "its start is not in the audit trail", run)


def _hash(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def children(evidence: Evidence) -> Iterator[Violation]:
    """Compare what parents heard of their children with how those ended."""
    born: Counter[tuple[str, str]] = Counter()
    for story in evidence.stories.values():
        if (parent := story.began.parent) is not None:
            born[parent.run, parent.step] += 1
        yield from _heard(story, evidence)
        yield from _outlived(story, evidence)
    for (run, step), count in born.items():
        if count > 1:
            sentence = f"`{step}` has {count} children"
            yield Violation(Promise.CHILDREN_AGREE, sentence, run)


def _heard(story: Story, evidence: Evidence) -> Iterator[Violation]:
    for fact in story.facts:
        if not isinstance(fact, h.ChildEnded):
            continue
        child = evidence.stories.get(fact.run)
        ends = [f for f in child.facts if isinstance(f, h.RunFinished)] if child else []
        if not ends or (ends[-1].outcome, ends[-1].result) != (fact.outcome, fact.result):
            sentence = f"`{fact.step}` heard {fact.outcome} {fact.result!r} of {fact.run}"
            yield Violation(Promise.CHILDREN_AGREE, sentence, story.id)
    run = story.run()
    for step in story.workflow.steps:
        state = run.state(step.id)
        if isinstance(step.work, RunWorkflow) and state.status is StepStatus.SUCCEEDED:
            heard = [fact.result for fact in story.of(step.id, h.ChildEnded)]
            if heard[-1:] != [state.output]:
                sentence = f"`{step.id}` gave {state.output!r}, its child {heard!r}"
                yield Violation(Promise.CHILDREN_AGREE, sentence, story.id)


def _outlived(story: Story, evidence: Evidence) -> Iterator[Violation]:
    """Find children that were still at work long after their parent had been cancelled."""
    parent = evidence.stories.get(story.began.parent.run) if story.began.parent else None
    if parent is None or not stopped_by_person(parent):
        return
    mine, theirs = story.run(), parent.run()
    later = mine.ended_at and theirs.ended_at and mine.ended_at > theirs.ended_at
    if later and mine.outcome is h.Outcome.SUCCEEDED:
        sentence = f"it went on to its end after its parent {parent.id} was cancelled"
        yield Violation(Promise.CHILDREN_AGREE, sentence, story.id)


def limits(evidence: Evidence) -> Iterator[Violation]:
    """Count, by the recordings, how many runs of a workflow were at work at the same time."""
    spans: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for story in evidence.stories.values():
        at = [position for position, _ in story.noted(Phase.APPLIED)]
        if story.workflow.limits.at_once is not None and at and not stopped_by_person(story):
            spans[story.workflow.id].append((min(at), max(at), story.id))
    for workflow_id, found in spans.items():
        for begin, _, run in found:
            beside = sum(first <= begin <= last for first, last, _ in found)
            most = evidence.stories[run].workflow.limits.at_once
            if most is not None and beside > most:
                sentence = f"{beside} runs of {workflow_id} were at work at once, {most} may be"
                yield Violation(Promise.LIMITS_HELD, sentence, run)


def died(evidence: Evidence) -> Iterator[Violation]:
    """Report processes that ended although nobody had struck them."""
    for sentence in evidence.deaths:
        yield Violation(Promise.NOBODY_DIED, sentence)
