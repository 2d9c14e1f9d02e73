"""ask: a question in plain words, answered in a thread; or looked up where there is no model."""

from collections.abc import Sequence
from dataclasses import replace

from blocks import conversation, offline
from blocks.kit import Message
from blocks.offline import Try
from handlers.commands.ask import Ask
from handlers.edge import Edge
from opstream.errors import BadInput

_TRIES = (Try("workflows", "workflows"), Try("list", "list"), Try("approvals", "approvals"))


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
    return await put(question, ask, edge, ts=ask.ts)


async def put(
    question: str,
    ask: Ask,
    edge: Edge,
    *,
    ts: str = "",
    about: str = "",
    tries: Sequence[Try] = _TRIES,
) -> Message | None:
    """Begin to answer what somebody said; the answer comes by itself. Without a model, return what was found.

    Args:
        question: Their words.
        ask: Who said it, and where.
        edge: The way in.
        ts: Of their message: without a thread yet, it becomes the root of one; '' where there is none.
        about: What it seems to be about, '' when that is open.
        tries: What to say instead.

    Raises:
        BadInput: the question would have to be posted in a channel that the bot is not in.
    """
    agent = edge.services.agent
    if agent.available:
        place = replace(ask.place, thread=ask.place.thread or ts or None)
        if place.thread is None and not await edge.channels.is_heard_in(place.channel):
            raise BadInput(
                "I am not in this channel, so nobody would see my answer here, and I asked nothing. "
                "Invite me with `/invite @OpStream` and ask again, or write to me directly."
            )
        await agent.answer(question, place=place, by=ask.by, request_key=ask.request_key)
        return None
    found = await agent.looked_up(question, place=ask.place, by=ask.by)
    message = offline.answer(question, about, tries, found.run, found.workflows, found.passages)
    return conversation.rateable(message, question)
