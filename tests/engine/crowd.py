"""Impatient people, bad tools and passing time: all that can happen next to a run."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from opstream.domain import history as h
from opstream.domain import paths
from opstream.domain.approval import Verdict
from opstream.domain.person import Person, Who
from opstream.domain.run import RunStatus, StepState, StepStatus
from opstream.errors import BadInput, TooLate
from opstream.runs import rules
from opstream.runs.journal import Loaded
from tests.engine.fates import Fate
from tests.engine.recipes import BO
from tests.engine.world import ASKING, World

Move = Callable[[], None]
PERSON = Person(BO.id, BO.name)
FATES = (Fate.WELL, Fate.WELL, *Fate)
BAD_LUCK = (Fate.LOST, Fate.VOID)


def moves(world: World, haste: int) -> list[Move]:
    """Return what can happen now.

    Args:
        haste: 0 to 255; whether the turn looks as soon as people have spoken, and whether they
            lose patience with the run as a whole.
    """
    quick, impatient = haste % 4 > 0, haste >= 224
    if world.run.status.ended:
        return list(_of_the_end(world, quick))
    found = [*_of_tools(world), *_of_people(world, quick), *_of_time(world)]
    return [*_of_steering(world, quick), *found] if impatient or len(found) == 1 else found


def _of_tools(world: World) -> Iterator[Move]:
    for step in sorted(world.busy):
        for fate in FATES:
            yield partial(world.end_call, step, fate)
    if world.busy:
        for fate in BAD_LUCK:
            yield partial(_dies, world, fate)


def _dies(world: World, fate: Fate) -> None:
    world.die(fate)
    world.look()


def _of_time(world: World) -> Iterator[Move]:
    yield world.look
    wake_at = world.run.wake_at
    if wake_at is not None:
        yield partial(_passes, world, wake_at - world.now)
        yield partial(_passes, world, timedelta(hours=1))


def _passes(world: World, duration: timedelta) -> None:
    world.now += max(duration, timedelta())
    world.look()


def _of_people(world: World, quick: bool) -> Iterator[Move]:
    say = partial(_say, world, quick)
    yield from (partial(say, [letter]) for letter in _letters(world))
    for step, state in world.run.open.items():
        if _may_be_told(world, step):
            yield from (partial(say, list(facts)) for facts in _said(world, step, state))


def _said(world: World, step: str, state: StepState) -> Iterator[Sequence[h.Fact]]:
    """Yield what people, or a run that the step started, may say to a step."""
    loaded, now = Loaded(world.workflow, world.run), world.now
    match state.status:
        case StepStatus.ASKING_APPROVAL:
            yield from ([fact] for fact in _decisions(loaded, step, world))
        case StepStatus.ASKING_PERSON:
            yield rules.answer(loaded, step, {"who": "Dan"}, PERSON, now)
        case StepStatus.RUNNING_CHILD:
            for outcome in (h.Outcome.SUCCEEDED, h.Outcome.FAILED):
                yield [h.ChildEnded(now, step, state.child or "", outcome, {"n": 1}, "")]
        case StepStatus.DOUBTED if step not in world.busy:
            for what in h.Clarification:
                yield rules.clear_doubt(loaded, step, what, PERSON, now)


def _may_be_told(world: World, step: str) -> bool:
    """Return whether a step listens: what undoes others does while the run is being undone.

    What is asked about a call of before has to be answered even then.
    """
    if world.run.status is RunStatus.STOPPING and world.run.open[step].is_call_open:
        return True
    return bool(paths.undone(step)) is (world.run.status is RunStatus.STOPPING)


def _letters(world: World) -> list[h.LetterReceived]:
    """Return what may arrive now, wanted or not."""
    number, now = len(world.run.seen_letters), world.now
    if number > 5:
        return []
    paid = [h.LetterReceived(now, "paid", f"k{number}", {"n": n}) for n in (1, 2)]
    return [*paid, h.LetterReceived(now, h.REPLY, f"k{number}", "Yes.", BO)]


def _of_steering(world: World, quick: bool) -> Iterator[Move]:
    say, loaded = partial(_say, world, quick), Loaded(world.workflow, world.run)
    yield partial(say, rules.cancel(loaded, PERSON, "", world.now))
    if world.run.status is RunStatus.STOPPING:
        return
    paused = world.run.status is RunStatus.PAUSED
    steer = rules.resume if paused else rules.pause
    yield partial(say, steer(loaded, PERSON, world.now))


def _of_the_end(world: World, quick: bool) -> Iterator[Move]:
    if world.busy:  # the turn has not seen yet that the run has ended
        yield world.look
        yield partial(world.end_call, min(world.busy), Fate.WELL)
    yield partial(_retry, world, None, quick)
    inner = [path for path in world.run.steps if paths.scope(path) and not paths.undone(path)]
    for path in (*(step.id for step in world.workflow.steps), *inner):
        yield partial(_retry, world, path, quick)


def _decisions(loaded: Loaded, step: str, world: World) -> Iterator[h.Fact]:
    now, revision = world.now, loaded.run.state(step).revision
    assert rules.open_approval(loaded, step, revision).verdict is Verdict.OPEN
    yes = _yes(step, loaded.run.state(step), now)
    yield from (yes, yes, yes)
    yield h.ApprovalDenied(now, step, revision, BO, "No.")
    yield h.ChangesRequested(now, step, revision, BO, "Other.", {"n": revision})


def _say(world: World, quick: bool, facts: list[h.Fact]) -> None:
    world.tell(*facts)
    if quick:
        world.look()


def _retry(world: World, step: str | None, quick: bool) -> None:
    loaded = Loaded(world.workflow, world.run)
    try:
        facts = rules.retry(loaded, PERSON, step, world.now)
    except TooLate:
        assert step is None, "a step that is named can always be done again"
        return
    except BadInput:
        assert paths.scope(step or ""), "only of a loop that has fewer items now"
        return
    _say(world, quick, list(facts))


def help_on(world: World) -> None:
    """Do what a willing person, or a tool that works, would do next."""
    run = world.run
    if run.status is RunStatus.PAUSED:
        world.tell(h.RunResumed(world.now, BO))
    world.look()
    run, now = world.run, world.now
    if run.status.ended:
        return
    if world.busy:
        world.end_call(min(world.busy), Fate.WELL)
        return
    answers = {
        step: _answer(step, state, now)
        for step, state in run.open.items()
        if _may_be_told(world, step) and state.status in (*ASKING, StepStatus.RUNNING_CHILD)
    }
    if answers:
        world.tell(answers[min(answers)])
    elif awaited := [
        state.topic
        for step, state in run.open.items()
        if _may_be_told(world, step) and state.status is StepStatus.WAITING and state.topic
    ]:
        body = "Yes." if awaited[0] == h.REPLY else {"n": 1}
        world.tell(h.LetterReceived(now, awaited[0], f"help{len(run.seen_letters)}", body, BO))
    elif run.wake_at:
        world.now = max(now, run.wake_at)


def _yes(step: str, state: StepState, now: datetime) -> h.Fact:
    """Return the yes of one more person; the last one that is needed grants it."""
    given = len(state.approval.yeses)
    by = Who(f"U{given}", "Yes") if given else BO
    kind = h.ApprovalSupported if state.approval.lacks > 1 else h.ApprovalGranted
    return kind(now, step, state.revision, by)


def _answer(step: str, state: StepState, now: datetime) -> h.Fact:
    match state.status:
        case StepStatus.DOUBTED:
            return h.DoubtCleared(now, step, h.Clarification.DONE, BO)
        case StepStatus.RUNNING_CHILD:
            return h.ChildEnded(now, step, state.child or "", h.Outcome.SUCCEEDED, {"n": 1})
        case StepStatus.ASKING_APPROVAL:
            return _yes(step, state, now)
        case _:
            return h.QuestionAnswered(now, step, {"who": "Dan"}, BO)
