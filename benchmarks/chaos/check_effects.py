"""Checks of effects: none lost, none twice, none unasked, none too early, all undone."""

from collections.abc import Iterator
from itertools import pairwise

from benchmarks.chaos.evidence import Evidence, Story, spot
from benchmarks.chaos.judging import (
    IDEMPOTENT,
    Promise,
    Violation,
    is_keyless,
    is_write,
    steps_of,
    stopped_by_person,
)
from benchmarks.chaos.recordings import Phase
from opstream.domain import history as h
from opstream.domain.run import StepStatus
from opstream.domain.workflow import Call, ForEach
from opstream.engine.evolve import begin, evolve

_SAID_AGAIN = (h.StepSucceeded, h.StepFailed, h.StepDoubted)


def _calls(evidence: Evidence) -> Iterator[tuple[Story, str, Call]]:
    """Yield every step that calls something, run by run."""
    for story in evidence.stories.values():
        for path in steps_of(story):
            where = spot(story.workflow, path)
            call = where.step.undo if where.undoes else where.step.work
            if isinstance(call, Call):
                yield story, path, call


def lost(evidence: Evidence) -> Iterator[Violation]:
    """Find steps that count as done, but whose tool knows nothing of what they found."""
    answering = (Phase.APPLIED, Phase.DEDUPLICATED, Phase.READ)
    for story, path, call in _calls(evidence):
        here = [one for _, one in story.records if one.step == path]
        entries = {one.entry for one in here if one.phase in answering}
        for fact in story.of(path, h.StepSucceeded):
            entry = fact.output.get("entry") if isinstance(fact.output, dict) else None
            if entry not in entries:
                sentence = f"`{path}` found {fact.output!r}, which no tool has answered"
                yield Violation(Promise.NO_EFFECT_LOST, sentence, story.id)
        for fact in story.of(path, h.DoubtCleared):
            done = fact.answer is h.Clarification.DONE and is_write(call)
            if done and not any(one.phase is Phase.APPLIED for one in here):
                sentence = f"`{path}` counts as done, and was never"
                yield Violation(Promise.NO_EFFECT_LOST, sentence, story.id)


def doubled(evidence: Evidence) -> Iterator[Violation]:
    """Find steps that took effect more often than they may."""
    for story in evidence.stories.values():
        for path, found in story.effects().items():
            operation = found[0][1].operation
            values = {str(record.value) for _, record in found}
            wished = [f for f in story.of(path, h.DoubtCleared) if f.answer == "repeat"]
            if operation in IDEMPOTENT:
                broken = len(values) > 1
            elif _needs_asking(story, path):
                broken = len(found) > 1 + len(wished)
            else:
                broken = len(found) > 1
            if broken:
                asked = _needs_asking(story, path)
                promise = Promise.ASKED_WITHOUT_KEY if asked else Promise.ONCE_WITH_KEY
                keys = ", ".join(record.key for _, record in found)
                sentence = f"`{path}` took effect {len(found)} times, with the keys {keys}"
                yield Violation(promise, sentence, story.id)


def _needs_asking(story: Story, path: str) -> bool:
    where = spot(story.workflow, path)
    call = where.step.undo if where.undoes else where.step.work
    return isinstance(call, Call) and is_keyless(call)


def unasked(evidence: Evidence) -> Iterator[Violation]:
    """Find calls without a key that were made again, or given up, without asking anybody."""
    for story, path, call in _calls(evidence):
        if not is_keyless(call):
            continue
        announced = story.of(path, h.StepScheduled)
        reached = {one.call for _, one in story.noted(Phase.BEGAN) if one.step == path}
        if len(reached) > len(announced):
            sentence = f"`{path}` was announced {len(announced)} times, called {len(reached)}"
            yield Violation(Promise.ASKED_WITHOUT_KEY, sentence, story.id)
        said = story.of(path, h.StepScheduled, *_SAID_AGAIN)
        for one, following in pairwise(said):
            if isinstance(one, h.StepScheduled) and isinstance(following, h.StepScheduled):
                sentence = f"`{path}` was begun again, and nobody knew how the first time went"
                yield Violation(Promise.ASKED_WITHOUT_KEY, sentence, story.id)
        yield from _given_up(story, path)


def _given_up(story: Story, path: str) -> Iterator[Violation]:
    """Find effects that nobody was told of: neither as done, nor as a question."""
    known = {
        fact.output.get("entry")
        for fact in story.of(path, h.StepSucceeded)
        if isinstance(fact.output, dict)
    }
    asked = story.of(path, h.StepDoubted)
    for _, record in story.effects().get(path, ()):
        if record.entry not in known and not asked and not stopped_by_person(story):
            sentence = f"`{path}` took effect, and the run neither knows it nor asks"
            yield Violation(Promise.ASKED_WITHOUT_KEY, sentence, story.id)


def order(evidence: Evidence) -> Iterator[Violation]:
    """Find steps that took effect, or began, before what they need had ended."""
    for story in evidence.stories.values():
        effects = story.effects()
        for path, found in effects.items():
            for need in spot(story.workflow, path).needs:
                ended = story.of(need, h.StepSucceeded)
                if need in effects and ended and effects[need][0][0] > found[0][0]:
                    sentence = f"`{path}` took effect before `{need}`, which it needs"
                    yield Violation(Promise.ORDER_KEPT, sentence, story.id)
        yield from _begun_too_early(story)


def _begun_too_early(story: Story) -> Iterator[Violation]:
    run = begin(story.id, story.began)
    for fact in story.facts[1:]:
        path = getattr(fact, "step", "")
        for need in spot(story.workflow, path).needs if path else ():
            if not run.state(need).settled:
                sentence = f"{fact.kind} of `{path}` stands before the end of `{need}`"
                yield Violation(Promise.ORDER_KEPT, sentence, story.id)
        run = evolve(run, fact)


def loops(evidence: Evidence) -> Iterator[Violation]:
    """Compare the results of each loop with those of its items, in their order."""
    for story in evidence.stories.values():
        run = story.run()
        for step in story.workflow.steps:
            state = run.state(step.id)
            if not isinstance(step.work, ForEach) or state.status is not StepStatus.SUCCEEDED:
                continue
            last = step.work.steps[-1].id
            items = story.of(step.id, h.LoopBegan)[-1].items
            inner = [f"{step.id}[{number}].{last}" for number in range(len(items))]
            found = [story.of(path, h.StepSucceeded) for path in inner]
            results = [one[-1].output if one else None for one in found]
            if state.output != results:
                sentence = f"`{step.id}` gave {state.output!r}, its items {results!r}"
                yield Violation(Promise.LOOPS_IN_ORDER, sentence, story.id)


def undone(evidence: Evidence) -> Iterator[Violation]:
    """Compare what was taken back with what had been done before, in reverse."""
    for story in evidence.stories.values():
        finish = [fact for fact in story.facts if isinstance(fact, h.RunFinished)]
        if not finish or finish[-1].outcome is h.Outcome.SUCCEEDED:
            continue
        wanted = [path for path in _to_be_undone(story) if not _skipped(story, path)]
        happened = [one.step for _, one in story.noted(Phase.APPLIED) if one.step in wanted]
        effects = story.effects()
        needless = {path for path in wanted if path.removesuffix(".undo") not in effects}
        expected = [path for path in wanted if path in happened or path not in needless]
        cut_short = _cancels(story, evidence) > sum(
            isinstance(fact, h.RunStopping) and fact.outcome is h.Outcome.CANCELLED
            for fact in story.facts
        )
        if happened != (expected[: len(happened)] if cut_short else expected):
            sentence = f"it took back {happened}, and should have {expected}"
            yield Violation(Promise.UNDONE_IN_REVERSE, sentence, story.id)


def _to_be_undone(story: Story) -> list[str]:
    """Return what is to be done at the end of a run: first what takes back what happened last.

    What was under way when the run was stopped, and may still have happened, comes first of all.
    """
    ended: dict[str, None] = {}
    open_calls: dict[str, None] = {}
    for fact in story.facts:
        match fact:
            case h.StepScheduled():
                open_calls[fact.step] = None
            case h.StepSucceeded() | h.DoubtCleared(answer=h.Clarification.DONE):
                open_calls.pop(fact.step, None)
                ended[fact.step] = None
            case h.StepFailed(outcome_known=True) | h.DoubtCleared(answer=h.Clarification.SKIP):
                open_calls.pop(fact.step, None)
    every = ((path, spot(story.workflow, path)) for path in (*ended, *open_calls))
    may_be = [path for path, where in every if where.step.undo and not where.undoes]
    return [f"{path}.undo" for path in reversed(may_be)]


def _cancels(story: Story, evidence: Evidence) -> int:
    """Return how often people cancelled a run, as far as they know."""
    deeds = (deed for deed in evidence.diary.deeds if deed.run == story.id)
    return sum(deed.what == "cancel" and deed.told in ("done", "nothing") for deed in deeds)


def _skipped(story: Story, path: str) -> bool:
    """Return whether a person said that a step need not be done."""
    said = story.of(path, h.DoubtCleared)
    return any(fact.answer is h.Clarification.SKIP for fact in said)
