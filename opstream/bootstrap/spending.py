"""Wires what tells what models cost: from the settings, how they stand, and what is kept of both."""

from config.settings import Settings
from opstream.adapters.models.orders import TITLES, VARIABLES
from opstream.adapters.models.router import Standing
from opstream.adapters.stores import Stores
from opstream.bootstrap.models import Thinking, allowances
from opstream.domain.spending import Models, ModelStanding, Preference
from opstream.governance.people import People
from opstream.knowledge.service import Knowledge
from opstream.runs.spending import Costs
from opstream.runs.views import Views


def costs(settings: Settings, stores: Stores, thinking: Thinking) -> Costs:
    """Return what tells what models cost."""
    wanted, router = settings.models, thinking.router
    preferences = tuple(
        Preference(
            tuple(one.use), tuple(one.tasks), one.words_over, one.words_under, one.costs_over
        )
        for one in wanted.rules
    )

    def models() -> Models:
        standings = tuple(_standing(one) for one in router.standings())
        return Models(standings, tuple(wanted.order), preferences, allowances(wanted))

    return Costs(thinking.usage, stores.database.results, models, stores.clock)


def views(stores: Stores, people: People, knowledge: Knowledge) -> Views:
    """Return what makes views of runs."""
    database = stores.database
    return Views(
        database.runs,
        people,
        database.delegations,
        stores.clock,
        similar=knowledge.similar,
        usage=database.usage,
    )


def _standing(one: Standing) -> ModelStanding:
    did = one.condition
    return ModelStanding(
        name=one.name,
        id=one.id,
        provider=TITLES[one.maker],
        variable=VARIABLES[one.maker],
        has_key=one.has_key,
        answers=did.answers,
        trouble=did.trouble,
        rests_until=did.rests_until,
    )
