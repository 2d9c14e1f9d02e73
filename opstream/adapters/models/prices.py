"""What answers cost, by the offline table of `genai-prices`; overrides stand in the settings.

The table takes a fifth of a second to load and is imported on first use: see `provider.py`.
"""

from genai_prices import Usage, calc_price
from genai_prices.types import AbstractUsage

from opstream.adapters.models.orders import Maker

_PROVIDERS = {Maker.GEMINI: "google", Maker.CLAUDE: "anthropic", Maker.OPENAI: "openai"}


def of_answer(usage: AbstractUsage, model: str, maker: Maker) -> float | None:
    """Return the price of an answer in US dollars, or None where the table does not know the model."""
    try:
        return float(calc_price(usage, model, provider_id=_PROVIDERS[maker]).total_price)
    except LookupError:
        return None


def of_tokens(tokens_in: int, tokens_out: int, model: str, maker: Maker) -> float | None:
    """Return the price of so many tokens."""
    return of_answer(Usage(input_tokens=tokens_in, output_tokens=tokens_out), model, maker)


def context(model: str, maker: Maker) -> int | None:
    """Return how many tokens a model can hold, or None where the table does not know."""
    try:
        found = calc_price(Usage(input_tokens=0), model, provider_id=_PROVIDERS[maker])
    except LookupError:
        return None
    return found.model.context_window
