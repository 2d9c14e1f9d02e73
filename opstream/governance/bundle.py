"""All of governance, made of what it rests on."""

from collections.abc import Callable
from dataclasses import dataclass

from opstream.governance.forgetting import Forgetting
from opstream.governance.guard import Guard
from opstream.governance.people import People
from opstream.governance.ratings import Ratings
from opstream.governance.retention import Periods, Retention
from opstream.governance.roles import Roles
from opstream.governance.trail import Trail
from opstream.ports import AuditTrail, Clock, Oblivion, Retained, RoleStore, RunStore


@dataclass(frozen=True, slots=True)
class Stores:
    """What governance keeps and erases."""

    audit: AuditTrail
    roles: RoleStore
    retained: Retained
    oblivion: Oblivion
    runs: RunStore


@dataclass(frozen=True, slots=True)
class Governance:
    """Who may, who did, how long it is kept; `retention` is a ticker."""

    guard: Guard
    roles: Roles
    trail: Trail
    ratings: Ratings
    retention: Retention
    forgetting: Forgetting


def govern(
    stores: Stores, people: People, clock: Clock, periods: Periods, new_key: Callable[[], str]
) -> Governance:
    """Return all of governance."""
    guard = Guard(people.rules, stores.audit, clock)
    return Governance(
        guard,
        Roles(people, stores.roles, guard, clock),
        Trail(stores.audit, guard),
        Ratings(stores.audit, clock),
        Retention(stores.retained, periods, guard, clock),
        Forgetting(stores.oblivion, stores.runs, guard, clock, new_key),
    )
