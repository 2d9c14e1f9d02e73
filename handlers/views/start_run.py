"""The form that starts a workflow."""

from collections.abc import Mapping

from blocks import ids
from handlers import starting
from handlers.edge import Edge
from handlers.payloads import Submission
from handlers.starting import Wish
from handlers.voice import Voice
from opstream.domain import durations
from opstream.domain.workflow import InputKind


def check(submission: Submission, edge: Edge) -> Mapping[str, str]:
    """Return what is wrong, by field; it is said in the form itself."""
    known = {one.id: one for one in edge.services.workflows.listed()}
    workflow = known.get(submission.carried.workflow)
    given = inputs(submission)
    return {
        f"{ids.INPUT_PREFIX}{one.name}": "Write a duration such as 2m, 90s or 1h 30m."
        for one in (workflow.inputs if workflow else ())
        if one.kind is InputKind.DURATION
        and one.name in given
        and durations.parse(given[one.name]) is None
    }


async def start(submission: Submission, edge: Edge, voice: Voice) -> None:
    """Start the workflow."""
    about = submission.carried
    person = await edge.people.find(submission.asker)
    workflow = edge.services.workflows.latest(about.workflow)
    key = about.request or submission.key
    wish = Wish(workflow, inputs(submission), person, about.place, key)
    if message := await starting.start(wish, edge):
        await voice.whisper(message)


def inputs(submission: Submission) -> dict[str, str]:
    """Return the inputs that were filled in, by name."""
    prefix = ids.INPUT_PREFIX
    return {
        block[len(prefix) :]: value
        for block, value in submission.values.items()
        if block.startswith(prefix) and value
    }
