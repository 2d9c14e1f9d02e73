"""Chooses who answers; satisfies the port `LanguageModel`.

By the rules of the house: the first choice, unless a rule on task, length or cost prefers another, or the
prompt is too long for it, or it does not do well. When one cannot answer, the next is asked; a request that is
itself at fault is asked of nobody else. What an answer took is noted before it is given out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from opstream.adapters.models import asking as asks
from opstream.adapters.models import rules, structured
from opstream.adapters.models.asking import Asking, Tried
from opstream.adapters.models.budgets import Budgets, Need
from opstream.adapters.models.health import Condition, Health
from opstream.adapters.models.offline import OfflineAnalyst
from opstream.adapters.models.orders import Answer, Maker, Order, Trouble
from opstream.adapters.models.pricing import Pricing
from opstream.adapters.models.provider import Provider
from opstream.adapters.models.rules import Book, Choice, Known
from opstream.domain.prompt import PromptReply, PromptRequest, Usage
from opstream.errors import OperationFailed, StoreUnavailable
from opstream.ports import Clock, Saying, Spent

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a model may take: for an answer, and until it begins."""

    whole: timedelta = timedelta(seconds=60)
    first_word: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a model stands: whether it can be asked, and how it did."""

    name: str
    id: str
    maker: Maker
    has_key: bool
    condition: Condition


class Router:
    """Asks the model that fits."""

    def __init__(
        self,
        book: Book,
        providers: Mapping[Maker, Provider],
        budgets: Budgets,
        clock: Clock,
        patience: Patience = Patience(),
    ) -> None:
        self._book = book
        self._providers = providers
        self._budgets = budgets
        self._clock = clock
        self._patience = patience
        self._health = Health(clock)
        self._pricing = Pricing()
        self._analyst = OfflineAnalyst()
        self._not_noted: list[Usage] = []

    @property
    def available(self) -> bool:
        """Whether any model is set up."""
        return bool(self._book.makers)

    async def answer(self, request: PromptRequest, saying: Saying | None = None) -> PromptReply:
        """Return an answer of the model that fits; errors as the port says."""
        if not self.available:
            return await self._analyst.answer(request)
        wanted = None if request.schema is None else structured.shape(request.schema)
        asking = Asking(request, rules.size(request), wanted)
        await self._pricing.load()
        for choice in self._in_order(asking):
            found = await self._ask(choice, asking, saying)
            if isinstance(found, PromptReply):
                return found
            asking.tried.append(Tried(choice.model.id, found))
            log.info("model_failed", model=choice.model.id, why=found.why)
            if not found.elsewhere:
                raise found.error
        raise asking.failure()

    def standings(self) -> Sequence[Standing]:
        """Return how the models stand."""
        return [
            Standing(
                name, one.id, one.maker, one.maker in self._book.makers, self._health.of(one.id)
            )
            for name, one in self._book.models.items()
        ]

    async def today(self) -> Spent:
        """Return what was spent since midnight UTC; raises `StoreUnavailable`."""
        return await self._budgets.today()

    async def close(self) -> None:
        """Give all connections back."""
        for provider in self._providers.values():
            await provider.close()

    def _in_order(self, asking: Asking) -> Sequence[Choice]:
        """Return whom to ask; who rests comes last, or not at all where its provider said so."""
        costs = {
            name: self._pricing.of_tokens(one, asking.size.tokens)
            for name, one in self._book.models.items()
        }
        found, tired = [], []
        for choice in rules.choices(asking.request, asking.size, self._book, costs):
            if (trouble := self._too_long(choice.model, asking)) is not None:
                asking.tried.append(Tried(choice.model.id, trouble))
            elif (rest := self._health.resting(choice.model.id)) is not None:
                asking.tried.append(Tried(choice.model.id, self._rests(choice.model, rest)))
                tired += [] if rest.certain else [choice]
            else:
                found.append(choice)
        return [*found, *tired]

    def _too_long(self, model: Known, asking: Asking) -> Trouble | None:
        context = self._pricing.context(model)
        needed = asking.size.tokens + (asking.request.most_tokens or 0)
        return asks.too_long(asking.size, context) if context and needed > context else None

    def _rests(self, model: Known, rest: Condition) -> Trouble:
        until = rest.rests_until or self._clock.now()
        wait = max(until - self._clock.now(), timedelta(seconds=1))
        said = f"`{model.id}` {rest.trouble}. It is asked again in {round(wait.total_seconds())} s."
        error = OperationFailed(said, kind="unavailable", retry_after=wait)
        return Trouble(rest.trouble, error)

    async def _ask(
        self, choice: Choice, asking: Asking, saying: Saying | None
    ) -> PromptReply | Trouble:
        """Ask one model, once more if its answer is not of the shape."""
        answer = await self._one_answer(choice, asking, saying)
        if isinstance(answer, Trouble):
            return answer
        if asking.wanted is None or answer.calls:
            return asking.reply(answer.text, answer.calls, choice)
        output = structured.read(answer.text, asking.wanted)
        if isinstance(output, structured.Fault):
            again = asks.repaired(asking, answer, output)
            answer = await self._one_answer(choice, again, saying)
            if isinstance(answer, Trouble):
                return answer
            output = structured.read(answer.text, asking.wanted)
        if isinstance(output, structured.Fault):
            raise structured.unusable(choice.model.id, output)
        return asking.reply(output, answer.calls, choice)

    async def _one_answer(
        self, choice: Choice, asking: Asking, saying: Saying | None
    ) -> Answer | Trouble:
        """Ask one model once, within the budgets, and note what it took and how it did."""
        model, purpose = choice.model, asking.request.purpose
        need = self._need(model, asking)
        await self._budgets.require(purpose, need)
        order = Order(
            model.id, asking.request, asking.sent, self._patience.whole, self._patience.first_word
        )
        with self._budgets.under_way(purpose, need):
            found = await self._providers[model.maker].ask(order, saying)
            paid = found.paid if isinstance(found, Trouble) else found
            if paid is not None:
                await self._note(model, asking, paid)
        if isinstance(found, Trouble) and found.rest is not None:
            self._health.failed(model.id, found)
        elif not isinstance(found, Trouble):
            self._health.answered(model.id)
        return found

    def _need(self, model: Known, asking: Asking) -> Need:
        tokens_in, tokens_out = rules.size(asking.request).tokens, asking.request.most_tokens or 0
        dollars = self._pricing.of_tokens(model, tokens_in, tokens_out)
        return Need(tokens_in + tokens_out, dollars or 0.0)

    async def _note(self, model: Known, asking: Asking, answer: Answer) -> None:
        """Note what an answer took; while the database is away, with the next one."""
        cost = self._pricing.of_answer(model, answer)
        key = self._budgets.key(asking.request.purpose, len(asking.answers))
        asking.answers.append((answer, cost))
        usage = Usage(
            key,
            self._clock.now(),
            asking.request.purpose,
            model.id,
            answer.tokens_in,
            answer.tokens_out,
            cost,
        )
        waiting = [*self._not_noted, usage]
        self._not_noted = []
        for count, one in enumerate(waiting):
            try:
                await self._budgets.record(one)
            except StoreUnavailable:  # the answer is paid for and must not be lost
                self._not_noted = [*self._not_noted, *waiting[count:]]
                log.warning("usage_not_noted", answers=len(self._not_noted))
                return
