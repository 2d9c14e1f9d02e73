"""Which letter a waiting step takes, and what it makes of it. Pure."""

from opstream.domain import history as h
from opstream.domain.run import Letter, Run, StepState
from opstream.domain.values import Json, JsonObject
from opstream.domain.workflow import Step, Wait, Workflow
from opstream.engine import expressions
from opstream.engine.context import context_of


def for_step(workflow: Workflow, step: Step, state: StepState, run: Run) -> Letter | None:
    """Return the first letter that a step waits for, or None.

    A letter may have come before the step began to wait for its topic; a reply may not.

    Raises:
        ExpressionError: the step's `where` cannot be evaluated.
    """
    for letter in run.letters:
        if letter.topic != state.topic:
            continue
        if letter.topic == h.REPLY and letter.number < state.waits_since:
            continue
        if _fits(workflow, step, run, letter):
            return letter
    return None


def _fits(workflow: Workflow, step: Step, run: Run, letter: Letter) -> bool:
    where = step.work.where if isinstance(step.work, Wait) else None
    if where is None:
        return True
    context: JsonObject = {**context_of(workflow, run, step.id), "letter": _shown(letter)}
    return expressions.truthy(where, context)


def _shown(letter: Letter) -> Json:
    by = {"id": letter.by.id, "name": letter.by.name} if letter.by else None
    return {"topic": letter.topic, "body": letter.body, "by": by}


def output(letter: Letter) -> Json:
    """Return what a step that took a letter gives: its body; of a reply, the text and who wrote it."""
    if letter.topic != h.REPLY:
        return letter.body
    by, by_id = (letter.by.name, letter.by.id) if letter.by else ("", "")
    return {"text": letter.body, "by": by, "by_id": by_id}
