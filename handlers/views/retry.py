"""The form that asks where a run goes on."""

from blocks import ids
from blocks.kit import Message
from handlers import retrying
from handlers.edge import Edge
from handlers.payloads import Submission
from handlers.retrying import Again
from handlers.voice import Voice


async def retry(submission: Submission, edge: Edge, voice: Voice) -> None:
    """Set the run going again; its card then says so."""
    person = await edge.people.find(submission.asker)
    step = submission.values.get(ids.FIELD_STEP) or ""
    version = submission.values.get(ids.FIELD_VERSION) or ""
    answer = await retrying.retry(Again(submission.carried.run, person, step, version), edge)
    if isinstance(answer, Message):
        await voice.whisper(answer)
