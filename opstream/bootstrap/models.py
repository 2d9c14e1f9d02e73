"""Wires the models of an install: who answers prompts, what measures meaning, and what keeps count."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from config.models import Model as ModelSettings
from config.models import Models as ModelsSettings
from config.models import Rule as RuleSettings
from config.settings import Settings
from opstream.adapters.models.budgets import Budgets
from opstream.adapters.models.embedding import GeminiEmbedder
from opstream.adapters.models.hashing import HashingEmbedder
from opstream.adapters.models.orders import Account, Maker
from opstream.adapters.models.provider import Provider
from opstream.adapters.models.router import Patience, Router
from opstream.adapters.models.rules import Book, Known, Rule
from opstream.adapters.stores import Stores
from opstream.domain.spending import Allowance, Allowances
from opstream.governance.sanitised_models import ModelSanitised
from opstream.governance.sanitising import Sanitiser
from opstream.ports import Embedder, LanguageModel, UsageStore

_LOCAL = "local"
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Thinking:
    """The models of an install.

    Args:
        model: Answers prompts, and never sees what the sanitiser takes out.
        embedder: Measures meaning.
        usage: What was spent.
        router: The same models for whoever wants to know how they stand (`standings`, `today`).
    """

    model: LanguageModel
    embedder: Embedder
    usage: UsageStore
    router: Router

    async def close(self) -> None:
        """Give all connections back."""
        await self.router.close()
        if isinstance(self.embedder, GeminiEmbedder):
            await self.embedder.close()


def thinking(settings: Settings, stores: Stores, sanitiser: Sanitiser) -> Thinking:
    """Return what thinks; nothing is imported or connected before it is first asked."""
    wanted, clock = settings.models, stores.clock
    accounts = _accounts(wanted)
    usage = stores.database.usage
    budgets = Budgets(allowances(wanted), usage, clock, lambda: secrets.token_hex(16))
    providers = {maker: Provider(account) for maker, account in accounts.items()}
    patience = Patience(wanted.timeout, wanted.first_word)
    router = Router(_book(wanted, frozenset(accounts)), providers, budgets, clock, patience)
    return Thinking(
        ModelSanitised(router, sanitiser), _embedder(wanted, accounts, sanitiser), usage, router
    )


def _accounts(wanted: ModelsSettings) -> Mapping[Maker, Account]:
    """Return how each provider is reached that there is a key for."""
    keys: Mapping[Maker, Sequence[SecretStr | None]] = {
        Maker.GEMINI: (wanted.keys.gemini, wanted.keys.google),
        Maker.CLAUDE: (wanted.keys.claude,),
        Maker.OPENAI: (wanted.keys.openai,),
    }
    found = {}
    for maker, some in keys.items():
        key = next((one.get_secret_value() for one in some if one is not None), "")
        if key:
            url = getattr(wanted.addresses, maker.value) or ""
            found[maker] = Account(maker, key, url)
    return found


def _book(wanted: ModelsSettings, makers: frozenset[Maker]) -> Book:
    models = {name: _known(name, one) for name, one in wanted.named.items()}
    return Book(models, wanted.order, tuple(_rule(one) for one in wanted.rules), makers)


def _known(name: str, one: ModelSettings) -> Known:
    price = None
    if one.price_in is not None or one.price_out is not None:
        price = ((one.price_in or 0.0) / _MILLION, (one.price_out or 0.0) / _MILLION)
    return Known(name, Maker(one.provider), one.id, one.context, price)


def _rule(one: RuleSettings) -> Rule:
    return Rule(one.use, frozenset(one.tasks), one.words_over, one.words_under, one.costs_over)


def allowances(wanted: ModelsSettings) -> Allowances:
    """Return what may be spent, by the settings."""
    budgets = wanted.budgets
    return Allowances(
        call=Allowance(budgets.call_tokens, budgets.call_dollars),
        run=Allowance(budgets.run_tokens, budgets.run_dollars),
        person=Allowance(budgets.person_tokens, budgets.person_dollars),
        day=Allowance(budgets.day_tokens, budgets.day_dollars),
    )


def _embedder(
    wanted: ModelsSettings, accounts: Mapping[Maker, Account], sanitiser: Sanitiser
) -> Embedder:
    account = accounts.get(Maker.GEMINI)
    if account is None or wanted.embedding == _LOCAL:
        return HashingEmbedder()
    return GeminiEmbedder(
        account, wanted.embedding, wanted.embedding_length, lambda text: sanitiser.sanitise(text)[0]
    )
