"""ask: a question in plain words, answered in a thread of its own."""

from blocks.kit import Message
from handlers.commands.ask import Ask
from handlers.edge import Edge
from opstream.errors import BadInput


async def ask_agent(ask: Ask, edge: Edge) -> Message | None:
    """Post a question and answer it below.

    Raises:
        BadInput: there is no question.
    """
    question = ask.sentence.rest
    if not question:
        raise BadInput(
            "Please ask something, such as `/opstream ask why did last night's run fail?`."
        )
    await edge.services.agent.answer(
        question, place=ask.place, by=ask.by, request_key=ask.request_key
    )
    return None
