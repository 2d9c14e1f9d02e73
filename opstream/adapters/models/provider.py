"""One provider of models, asked over connections that are opened when it is first asked.

What talks to it takes a second or two to import; that happens then, too, beside the event loop.
"""

import asyncio
from typing import TYPE_CHECKING

from opstream.adapters.models.orders import Account, Answer, Order, Trouble
from opstream.ports import Saying

if TYPE_CHECKING:  # imported on first use
    from opstream.adapters.models.calling import Line


class Provider:
    """Asks the models of one provider."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._line: Line | None = None
        self._opening = asyncio.Lock()

    async def ask(self, order: Order, saying: Saying | None = None) -> Answer | Trouble:
        """Ask a model once, and return what came of it."""
        return await (await self._opened()).ask(order, saying)

    async def _opened(self) -> "Line":
        async with self._opening:
            if self._line is None:
                self._line = await asyncio.to_thread(_open, self.account)
            return self._line

    async def close(self) -> None:
        """Give the connections back; the next question opens new ones."""
        async with self._opening:
            line, self._line = self._line, None
        if line is not None:
            await line.close()


def _open(account: Account) -> "Line":
    from opstream.adapters.models.calling import Line  # with the libraries behind it

    return Line(account)
