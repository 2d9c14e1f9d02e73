"""What there is to say about a step, as one line."""

from datetime import timedelta

from blocks import agents
from blocks.states import asking_sign, perhaps_done, share
from blocks.wording import ELLIPSIS, Remark, bar, count, flat
from opstream.domain.durations import show
from opstream.domain.history import REPLY
from opstream.domain.operation import Progress
from opstream.domain.run import Run, RunView, StepState, StepStatus
from opstream.domain.workflow import Agent, Step

_TAIL = 100


def explain(view: RunView, step: Step, progress: Progress | None = None) -> Remark:
    """Return what there is to say about a step, as one line; empty when nothing."""
    state = view.run.state(step.id)
    if perhaps_done(view.run, step.id):
        return ("This was under way when the run ended, and may have taken effect.",)
    match state.status:
        case StepStatus.SUCCEEDED | StepStatus.FAILED | StepStatus.DENIED | StepStatus.SKIPPED:
            return (_explain_settled(state),)
        case StepStatus.RETRYING if state.wake_at:
            why = flat(state.error, 120).rstrip(".")
            failed = f"Attempt {state.tries} failed ({why})"
            return (f"{failed}; trying again at ", state.wake_at, ".")
        case StepStatus.WAITING:
            return _explain_wait(state)
        case StepStatus.LOOPING:
            return (_explain_loop(view, step),)
        case StepStatus.RUNNING_CHILD if state.child:
            return (f"The run {state.child} is at it.",)
        case StepStatus.ASKING_APPROVAL | StepStatus.ASKING_PERSON | StepStatus.DOUBTED:
            return (f"{_word(state)}.",)
    words = _explain_progress(progress)
    return (words,) if words else ()


def _explain_loop(view: RunView, step: Step) -> str:
    if isinstance(step.work, Agent):
        return f"{agents.at_work(view, step)}."
    done, items = items_done(view.run, step.id), len(view.run.state(step.id).items)
    return f"{done:,} of {count(items, 'item')} done."


def _word(state: StepState) -> str:
    sign = asking_sign(state)
    return sign.word if sign else ""


def _explain_wait(state: StepState) -> Remark:
    """Return what a step rests for, and until when."""
    if state.topic is None:
        return ("Resting until ", state.wake_at, ".") if state.wake_at else ()
    what = "a reply in this thread" if state.topic == REPLY else f"“{flat(state.topic, 100)}”"
    if state.wake_at is None:
        return (f"Waiting for {what}.",)
    return (f"Waiting for {what} until ", state.wake_at, ".")


def items_done(run: Run, step_id: str) -> int:
    """Return for how many of its items a step that repeats others has done all it began."""
    begun: set[str] = set()
    busy: set[str] = set()
    for path, state in run.steps.items():
        if path.startswith(f"{step_id}["):
            item = path[len(step_id) : path.index("]", len(step_id))]
            begun.add(item)
            if not state.settled:
                busy.add(item)
    return len(begun - busy)


def _explain_settled(state: StepState) -> str:
    spent = step_took(state)
    took = f" after {spent}" if spent else ""
    match state.status:
        case StepStatus.SUCCEEDED:
            return f"Done{took}."
        case StepStatus.SKIPPED:
            return f"Left out. {flat(state.error, 120)}".strip()
        case StepStatus.DENIED:
            return f"Denied. {flat(state.error, 120)}".strip()
    return f"Failed{took}: {flat(state.error, 160)}"


def step_took(state: StepState) -> str:
    """Return how long a settled step took; empty when that is nothing to speak of."""
    if state.started_at is None or state.ended_at is None:
        return ""
    took = state.ended_at - state.started_at
    return show(took) if took >= timedelta(seconds=1) else ""


def _explain_progress(progress: Progress | None) -> str:
    if progress is None:
        return ""
    message = flat(progress.message, 120) or _tail(progress.said)
    if not progress.total:
        return message
    return f"{bar(100 * share(progress), 5)} {message}".strip()


def _tail(said: str) -> str:
    """Return the last words of what is being said, '' of nothing."""
    words = " ".join(said[-_TAIL * 4 :].split())
    if len(words) <= _TAIL:
        return flat(words, _TAIL)
    return f"{ELLIPSIS}{flat(words[-_TAIL:].partition(' ')[2], _TAIL)}"
