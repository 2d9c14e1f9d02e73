"""A language model that says what a test says: reply by reply, or as a function of what it is asked."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from opstream.domain.prompt import PromptReply, PromptRequest, ToolCall
from opstream.errors import OperationFailed
from opstream.ports import Saying

Script = Callable[[PromptRequest], "PromptReply | Awaitable[PromptReply]"]


def says(text: str, **more: Any) -> PromptReply:
    """Return a reply that ends the work."""
    return PromptReply(text, "scripted", 100, 20, cost=0.001, **more)


def calls(*wanted: tuple[str, dict[str, Any]], text: str = "") -> PromptReply:
    """Return a reply that wants operations called, with these arguments."""
    made = tuple(
        ToolCall(f"call-{at}", name, arguments) for at, (name, arguments) in enumerate(wanted)
    )
    return PromptReply(text, "scripted", 100, 20, made, cost=0.001)


class ScriptedModel:
    """Satisfies the port LanguageModel.

    Args:
        replies: What it says, turn by turn; or one function of each request. An exception is raised.
    """

    def __init__(
        self, *replies: "PromptReply | Exception | Script", available: bool = True
    ) -> None:
        self.replies = list(replies)
        self.available = available
        self.asked: list[PromptRequest] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def answer(self, request: PromptRequest, saying: Saying | None = None) -> PromptReply:
        """Return the next reply, having said it piece by piece."""
        self.asked.append(request)
        reply = self._next()
        if isinstance(reply, Exception):
            raise reply
        if not isinstance(reply, PromptReply):
            found = reply(request)
            reply = found if isinstance(found, PromptReply) else await found
        text = reply.output if isinstance(reply.output, str) else ""
        for end in range(1, len(text.split(" ")) + 1) if saying and text else ():
            assert saying is not None
            saying(" ".join(text.split(" ")[:end]))
            await asyncio.sleep(0)
        await self.gate.wait()
        return reply

    def _next(self) -> "PromptReply | Exception | Script":
        if not self.replies:
            raise OperationFailed("The script of this model is at its end.", retryable=False)
        first = self.replies[0]
        is_function = callable(first) and not isinstance(first, PromptReply)
        return first if is_function and len(self.replies) == 1 else self.replies.pop(0)
