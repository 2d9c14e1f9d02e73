"""Puts the examples of a prompt template to a model, and holds the answers against what was expected."""

import asyncio
from datetime import timedelta

from opstream.definitions import judging, prompt_asking
from opstream.domain.person import Person
from opstream.domain.prompt import Purpose
from opstream.domain.template import Example, PromptTemplate, Tested, Trial
from opstream.errors import BadInput, ExpressionError, OperationFailed
from opstream.ports import LanguageModel

_AT_ONCE = 4
_TASK = "prompt"


class Trials:
    """Tries templates; each answer counts as asked for by whoever wants to know."""

    def __init__(self, model: LanguageModel, limit: timedelta) -> None:
        self._model = model
        self._limit = limit

    async def test(self, template: PromptTemplate, by: Person) -> Tested:
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
        purpose = Purpose(_TASK, person=by.id)
        # The first one goes alone: where no model can be asked, one sentence says so.
        first = await self._tried(template, template.examples[0], purpose, is_first=True)
        slots = asyncio.Semaphore(_AT_ONCE)

        async def tried(example: Example) -> Trial:
            async with slots:
                return await self._tried(template, example, purpose)

        rest = await asyncio.gather(*(tried(one) for one in template.examples[1:]))
        return Tested(template, (first, *rest))

    async def _tried(
        self,
        template: PromptTemplate,
        example: Example,
        purpose: Purpose,
        *,
        is_first: bool = False,
    ) -> Trial:
        try:
            request = prompt_asking.request(template, example.inputs, purpose)
            async with asyncio.timeout(self._limit.total_seconds()):
                reply = await self._model.answer(request)
        except TimeoutError:
            seconds = f"{self._limit.total_seconds():g} s"
            return Trial(example, (f"The model did not answer within {seconds}.",))
        except OperationFailed as error:
            if is_first and error.kind == "unavailable":
                raise
            return Trial(example, (str(error),))
        except (BadInput, ExpressionError) as error:
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
