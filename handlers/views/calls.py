"""The form of a question that a tool asks in the middle of a call."""

from handlers.edge import Edge
from handlers.payloads import Submission
from handlers.views.start_run import inputs
from handlers.voice import Voice
from opstream.domain.call_question import Reply


async def answer(submission: Submission, edge: Edge, voice: Voice) -> None:
    """Give the tool what was filled in."""
    about = submission.carried
    person = await edge.people.find(submission.asker)
    await edge.services.runs.answer_call(
        about.run, about.step, about.revision, Reply.GIVEN, inputs(submission), by=person
    )
