"""What models cost and hold: as configured, else by a kept table, which is loaded when it is first needed."""

import asyncio
from types import ModuleType

from opstream.adapters.models.orders import Answer, Maker
from opstream.adapters.models.rules import Known

_MILLION = 1_000_000


class Pricing:
    """Knows prices and sizes."""

    def __init__(self) -> None:
        self._table: ModuleType | None = None
        self._loading = asyncio.Lock()

    async def load(self) -> None:
        """Load the table, beside the event loop."""
        async with self._loading:
            if self._table is None:
                self._table = await asyncio.to_thread(_load)

    def of_tokens(self, known: Known, tokens_in: int, tokens_out: int = 0) -> float | None:
        """Return US dollars for so many tokens, None where nobody knows; after `load`."""
        if known.price is not None:
            price_in, price_out = known.price
            return tokens_in * price_in + tokens_out * price_out
        if self._table is None:
            return None
        found: float | None = self._table.of_tokens(tokens_in, tokens_out, known.id, known.maker)
        return found

    def of_answer(self, known: Known, answer: Answer) -> float | None:
        """Return US dollars for an answer: by its provider's account of it, unless a price is configured."""
        if known.price is None:
            return answer.cost
        return self.of_tokens(known, answer.tokens_in, answer.tokens_out)

    def context(self, known: Known) -> int | None:
        """Return how many tokens a model holds, None where nobody knows; after `load`."""
        if known.context is not None or self._table is None:
            return known.context
        found: int | None = self._table.context(known.id, known.maker)
        return found


def _load() -> ModuleType:
    from opstream.adapters.models import prices  # with the table behind it

    prices.context("", Maker.GEMINI)
    return prices
