"""Puts the examples of a prompt template to a model, and holds the answers against what was expected."""

import asyncio
from datetime import timedelta

from opstream.definitions import judging, prompt_asking
from opstream.domain.person import Person
from opstream.domain.prompt import Purpose
from opstream.domain.template import Example, PromptTemplate, TemplateTest, Trial
from opstream.errors import BadInput, ExpressionError, OperationFailed
from opstream.ports import LanguageModel

_AT_ONCE = 4
_TASK = "prompt"


class Trials:
    """Tries templates; each answer counts as asked for by whoever wants to know."""

    def __init__(self, model: LanguageModel, limit: timedelta) -> None:
        self._model = model
        self._limit = limit

    async def test(self, template: PromptTemplate, by: Person) -> TemplateTest:
        """Return how a model does on the examples of a template, in their order.

        Raises:
            BadInput: it has no example.
            OperationFailed: there is no model that could be asked.
        """
        if not template.examples:
            raise BadInput(
                f"The template `{template.id}` has no `examples`, so there is nothing to test. Add one "
                "with `inputs` and what you `expect`."
            )
        if not self._model.available:
            raise OperationFailed(
                f"No language model is set up, so the examples of `{template.id}` cannot be tried. Set "
                "GEMINI_API_KEY, ANTHROPIC_API_KEY or OPENAI_API_KEY, and start OpStream again.",
                kind="unavailable",
                retryable=False,
            )
        purpose = Purpose(_TASK, person=by.id)
        slots = asyncio.Semaphore(_AT_ONCE)

        async def tried(example: Example) -> Trial:
            async with slots:
                return await self._tried(template, example, purpose)

        return TemplateTest(template, tuple(await asyncio.gather(*map(tried, template.examples))))

    async def _tried(self, template: PromptTemplate, example: Example, purpose: Purpose) -> Trial:
        try:
            request = prompt_asking.request(template, example.inputs, purpose)
            async with asyncio.timeout(self._limit.total_seconds()):
                reply = await self._model.answer(request)
        except TimeoutError:
            seconds = f"{self._limit.total_seconds():g} s"
            return Trial(example, (f"The model did not answer within {seconds}.",))
        except (OperationFailed, BadInput, ExpressionError) as error:
            return Trial(example, (str(error),))
        return Trial(
            example,
            tuple(judging.faults(example.expect, reply.output)),
            reply.output,
            reply.model,
            reply.tokens_in,
            reply.tokens_out,
            reply.cost,
            reply.why,
        )
