"""A sentence that is no command: it is a question."""

from blocks.kit import Message
from blocks.offline import Try
from handlers.commands import asking
from handlers.commands.ask import Ask
from handlers.edge import Edge
from handlers.events.guesses import guess
from handlers.events.words import asks, understood

_EXAMPLE = "r4f7k2q9dx"


async def put(question: str, ask: Ask, ts: str, edge: Edge) -> Message | None:
    """Begin to answer what somebody said in a message; as `asking.put`."""
    in_thread = ask.place.thread is not None
    about = guess(question, in_thread=in_thread)
    tries = [Try(one, _on_a_button(one, in_thread=in_thread)) for one in about.tries]
    return await asking.put(question, ask, edge, ts=ts, about=about.topic, tries=tries)


def _on_a_button(sentence: str, *, in_thread: bool) -> str:
    """Return the command of a sentence that only asks, '' for one that changes something."""
    command = understood(sentence, in_thread=in_thread) or ""
    return command if asks(command) and _EXAMPLE not in command else ""
