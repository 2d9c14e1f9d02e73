"""Questions to people: of a step that is one, and of a call in the middle of it. Pure."""

from dataclasses import replace

from opstream.domain import history as h
from opstream.domain.call_question import AskedInCall
from opstream.domain.run import Run, StepState, StepStatus


def question_asked(run: Run, fact: h.QuestionAsked) -> Run:
    """Return the run with a step that waits for an answer."""
    return run.with_step(
        fact.step,
        replace(
            run.state(fact.step),
            status=StepStatus.ASKING_PERSON,
            started_at=fact.at,
            wake_at=fact.expires_at,
            question=fact.question,
            fields=fact.fields,
        ),
    )


def question_answered(run: Run, fact: h.QuestionAnswered) -> Run:
    """Return the run with a step that has its answer."""
    state = replace(
        run.state(fact.step),
        status=StepStatus.SUCCEEDED,
        output=dict(fact.answers),
        by=fact.by,
        ended_at=fact.at,
        wake_at=None,
    )
    return run.with_step(fact.step, state)


def call_asked(run: Run, fact: h.CallAsked) -> Run:
    """Return the run with a question of a call that is under way."""
    state = run.state(fact.step)
    asked = AskedInCall(
        fact.number,
        state.attempt,
        state.tries,
        fact.question,
        fact.fields,
        fact.at,
        fact.expires_at,
    )
    return run.with_step(fact.step, replace(state, asked=(*state.asked, asked)))


def call_answered(run: Run, fact: h.CallAnswered) -> Run:
    """Return the run with a question of a call that is settled."""
    state = run.state(fact.step)
    asked = tuple(_settled(one, fact) if one.number == fact.number else one for one in state.asked)
    return run.with_step(fact.step, replace(state, asked=asked))


def _settled(asked: AskedInCall, fact: h.CallAnswered) -> AskedInCall:
    return replace(asked, reply=fact.reply, values=fact.values, by=fact.by, settled_at=fact.at)


def is_open_to(state: StepState, fact: h.CallAsked | h.CallAnswered) -> bool:
    """Return whether a question of a call, or its answer, still means something."""
    if isinstance(fact, h.CallAsked):
        return not state.settled and fact.number == len(state.asked) + 1
    return any(one.number == fact.number for one in state.asks_now)
