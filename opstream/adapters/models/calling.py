"""Talks to one provider through its own SDK. Imported on first use: see `provider.py`."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from pydantic_ai.direct import model_request, model_request_stream
from pydantic_ai.exceptions import (
    AgentRunError,
    ModelAuthenticationError,
    ModelContextWindowExceededError,
    ModelNotFoundError,
    ModelRequestRejectedError,
    UserError,
)
from pydantic_ai.messages import (
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
)
from pydantic_ai.models import Model
from pydantic_ai.providers import Provider as Reach
from pydantic_ai.settings import ModelSettings

from opstream.adapters.models import prices, troubles, wording
from opstream.adapters.models.orders import Account, Answer, Maker, Order, Trouble
from opstream.ports import Saying

_Make: TypeAlias = Callable[[str], Model[Any]]
_NOT_THE_SHAPE = (
    ModelAuthenticationError,
    ModelContextWindowExceededError,
    ModelNotFoundError,
)
"""Refusals that have nothing to do with the shape of the answer."""


class Line:
    """The connections to one provider."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._reach, self._make = _MAKERS[account.maker](account)
        self._models: dict[str, Model[Any]] = {}

    async def ask(self, order: Order, saying: Saying | None) -> Answer | Trouble:
        """Ask a model once."""
        model = self._models.get(order.model)
        if model is None:
            model = self._models[order.model] = self._make(order.model)
        try:
            if order.schema is not None:
                response = await self._of_shape(model, order)
            elif saying is not None:
                response = await self._as_it_comes(model, order, saying)
            else:
                response = await self._whole(model, order)
        except (AgentRunError, UserError) as error:
            return troubles.trouble(error, self._account, order.model)
        except ValueError:  # an SDK that cannot make sense of what it got, or was given
            return troubles.unreadable(order.model)
        return self._checked(response, order)

    async def _of_shape(self, model: Model[Any], order: Order) -> ModelResponse:
        """Have the provider see to the shape; where it cannot take this one, tell the model of it."""
        if model.profile.get("supports_json_schema_output", False):
            try:
                return await self._whole(model, order, native=True)
            except (ModelRequestRejectedError, UserError, ValueError) as error:
                if isinstance(error, _NOT_THE_SHAPE):
                    raise
        return await self._whole(model, order)

    async def _whole(
        self, model: Model[Any], order: Order, *, native: bool = False
    ) -> ModelResponse:
        return await model_request(
            model,
            wording.messages(order.request),
            model_settings=_settings(order),
            model_request_parameters=wording.parameters(order.request, order.schema, native=native),
        )

    async def _as_it_comes(self, model: Model[Any], order: Order, saying: Saying) -> ModelResponse:
        text = ""
        async with model_request_stream(
            model,
            wording.messages(order.request),
            model_settings=_settings(order),
            model_request_parameters=wording.parameters(order.request, None, native=False),
        ) as stream:
            async for event in stream:
                if more := _words(event):
                    text += more
                    saying(text)
            return stream.get()

    def _checked(self, response: ModelResponse, order: Order) -> Answer | Trouble:
        """Return an answer, unless it is of no use."""
        heard = wording.heard(response, order.request)
        cost = prices.of_answer(response.usage, order.model, self._account.maker)
        answer = Answer(heard.text, heard.calls, heard.tokens_in, heard.tokens_out, cost)
        if heard.blocked:
            return troubles.blocked(order.model, answer)
        if not heard.complete:
            return troubles.incomplete(order.model, answer)
        if heard.cut and (heard.calls or order.schema is not None or not heard.text.strip()):
            return troubles.cut(order.model, answer)
        return answer

    async def close(self) -> None:
        """Give the connections back."""
        async with self._reach:
            pass  # what was never entered closes when it is left


def _words(event: object) -> str:
    match event:
        case PartStartEvent(part=TextPart(content=text)):
            return text
        case PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
            return text
    return ""


def _settings(order: Order) -> ModelSettings:
    settings = ModelSettings(
        request_timeout=order.timeout.total_seconds(),
        first_event_timeout=order.first_word.total_seconds(),
        max_retries=0,  # the router knows better whom to ask next
    )
    if order.request.most_tokens is not None:
        settings["max_tokens"] = order.request.most_tokens
    return settings


def _gemini(account: Account) -> tuple[Reach[Any], _Make]:
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    reach = GoogleProvider(api_key=account.key, base_url=account.url or None)
    return reach, lambda model: GoogleModel(model, provider=reach)


def _claude(account: Account) -> tuple[Reach[Any], _Make]:
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    reach = AnthropicProvider(api_key=account.key, base_url=account.url or None)
    return reach, lambda model: AnthropicModel(model, provider=reach)


def _openai(account: Account) -> tuple[Reach[Any], _Make]:
    from pydantic_ai.models.openai import OpenAIResponsesModel, OpenAIResponsesModelSettings
    from pydantic_ai.providers.openai import OpenAIProvider

    reach = OpenAIProvider(api_key=account.key, base_url=account.url or None)
    nothing_kept = OpenAIResponsesModelSettings(openai_store=False)
    return reach, lambda model: OpenAIResponsesModel(model, provider=reach, settings=nothing_kept)


_MAKERS: Mapping[Maker, Callable[[Account], tuple[Reach[Any], _Make]]] = {
    Maker.GEMINI: _gemini,
    Maker.CLAUDE: _claude,
    Maker.OPENAI: _openai,
}
