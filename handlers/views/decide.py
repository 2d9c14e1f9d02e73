"""Forms about what a person decides: why not, what should be different, answers to a question."""

import json
from collections.abc import Mapping

from blocks import deciding, forms, ids
from handlers.edge import Edge
from handlers.payloads import Submission
from handlers.views.start_run import inputs
from handlers.voice import Voice
from opstream.domain.approval import AskForChanges, Deny, Grant, ProposedCall
from opstream.domain.values import Json
from opstream.errors import BadInput


async def approve(submission: Submission, edge: Edge, voice: Voice) -> None:
    """Say yes to all that the form listed, each by itself."""
    person = await edge.people.find(submission.asker)
    chosen = [_listed(one) for one in submission.carried.words.split()]
    answers = await edge.services.approvals.grant_all(chosen, by=person)
    problems = [(one.run, one.problem) for one in answers if one.problem]
    await voice.whisper(deciding.outcome(len(answers) - len(problems), problems))


def check_typed(submission: Submission, edge: Edge) -> dict[str, str]:
    """Return the complaint that the word was not typed in full, by field."""
    word = submission.carried.words
    if _typed(submission) == word:
        return {}
    return {ids.FIELD_TYPED: f"Please type {word} in full, so that it is sure to be meant."}


async def approve_typed(submission: Submission, edge: Edge, voice: Voice) -> None:
    """Say yes to something critical; what was typed is checked once more where it counts."""
    about = submission.carried
    person = await edge.people.find(submission.asker)
    decision = Grant(_typed(submission))
    await edge.services.runs.answer_approval(
        about.run, about.step, about.revision, decision, by=person
    )


def _typed(submission: Submission) -> str:
    return (submission.values.get(ids.FIELD_TYPED) or "").strip()


def _listed(text: str) -> tuple[str, str, int]:
    run, _, rest = text.partition(":")
    step, _, revision = rest.rpartition(":")
    return run, step, int(revision) if revision.isdecimal() else 0


async def deny(submission: Submission, edge: Edge, voice: Voice) -> None:
    """Say no, and why."""
    about = submission.carried
    person = await edge.people.find(submission.asker)
    decision = Deny(submission.values.get(ids.FIELD_REASON) or "")
    await edge.services.runs.answer_approval(
        about.run, about.step, about.revision, decision, by=person
    )


async def ask_changes(submission: Submission, edge: Edge, voice: Voice) -> None:
    """Send a proposal back, with other arguments where some were edited."""
    about = submission.carried
    person = await edge.people.find(submission.asker)
    view = await edge.services.runs.view(about.run)
    approval = view.run.state(about.step).approval
    edited = changed(approval.call if approval else None, submission.values)
    decision = AskForChanges(submission.values.get(ids.FIELD_COMMENT) or "", edited)
    await edge.services.runs.answer_approval(
        about.run, about.step, about.revision, decision, by=person
    )


async def answer(submission: Submission, edge: Edge, voice: Voice) -> None:
    """Answer a question."""
    about = submission.carried
    person = await edge.people.find(submission.asker)
    await edge.services.runs.answer_question(about.run, about.step, inputs(submission), by=person)


def changed(call: ProposedCall | None, values: Mapping[str, str | None]) -> dict[str, Json]:
    """Return the arguments of a proposal that a person edited.

    Raises:
        BadInput: a list or an object was edited into something else.
    """
    if call is None:
        return {}
    edited: dict[str, Json] = {}
    for name, before in forms.editable(call).items():
        block = f"{ids.INPUT_PREFIX}{name}"[:255]
        after = values.get(block, before) or ""
        if block in values and after != before:
            edited[name] = _as_before(name, call.arguments[name], after)
    return edited


def _as_before(name: str, old: Json, text: str) -> Json:
    if isinstance(old, str) or not isinstance(old, Mapping | list | tuple):
        return text
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(old, Mapping) is not isinstance(found, dict) or found is None:
        raise BadInput(
            f"`{name}` must stay JSON of the same kind, such as `{json.dumps(old)[:80]}`."
        )
    return found  # type: ignore[no-any-return]  # JSON by construction
