"""A question in plain words: it is answered in the thread below it."""

from dataclasses import replace

from handlers.commands.ask import Ask
from handlers.edge import Edge


async def put(question: str, ask: Ask, ts: str, edge: Edge) -> None:
    """Begin to answer what somebody said; the answer comes into the thread by itself.

    Args:
        question: Their words.
        ask: Who said it, and where.
        ts: Of their message: without a thread yet, it becomes the root of one.
        edge: The way in.
    """
    place = replace(ask.place, thread=ask.place.thread or ts)
    await edge.services.agent.answer(question, place=place, by=ask.by, request_key=ask.request_key)
