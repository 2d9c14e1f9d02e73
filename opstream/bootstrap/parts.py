"""Settings as the parts of an install take them."""

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from config.settings import Settings
from opstream.adapters import detectors
from opstream.adapters.outside import AppriseOutside
from opstream.adapters.pace import spare_the_loop as spare_the_loop
from opstream.adapters.secrets import Secrets
from opstream.adapters.stores import Stores
from opstream.adapters.stores import move as move
from opstream.adapters.timetable import SchedulerTimetable
from opstream.bootstrap import apis
from opstream.domain.notification import Frequency, Preferences, QuietHours
from opstream.domain.person import Role
from opstream.domain.run import Run
from opstream.domain.sensitive import Sensitive
from opstream.engine.evolve import replay
from opstream.governance import bundle, permissions
from opstream.governance.people import People, RoleBook
from opstream.governance.permissions import Rules
from opstream.governance.retention import Periods
from opstream.governance.sanitising import Sanitiser
from opstream.notifications.dispatcher import Dispatcher
from opstream.notifications.service import Kept as KeptNotices
from opstream.notifications.service import Notifications
from opstream.ports import (
    Defaults,
    Kind,
    NoticeDefaults,
)

if TYPE_CHECKING:  # what only some installs need is imported late
    pass


def notifications(
    settings: Settings, stores: Stores, timetable: SchedulerTimetable, secrets_: Secrets
) -> Notifications:
    """Return what tells people of things."""
    addresses = {
        name: one.get_secret_value()
        for name, one in settings.slack.notifications.outside.items()
        if one.get_secret_value()
    }
    outside = AppriseOutside(addresses, secrets_.find)
    kept, defaults = stores.database.notices, notice_defaults(settings)

    async def run_of(id: str) -> Run | None:
        facts = await stores.database.runs.history(id)
        return replay(id, facts) if facts else None

    dispatcher = Dispatcher(kept, outside, stores.clock, timetable, defaults, run_of)
    return Notifications(
        dispatcher,
        KeptNotices(
            kept,
            stores.database.audit,
            stores.clock,
            outside,
            defaults,
            permissions.require,
            stores.shared is not None,
        ),
    )


def notice_defaults(settings: Settings) -> NoticeDefaults:
    """Return how notices are told unless somebody chose otherwise."""
    slack = settings.slack
    quiet, rate = slack.notifications.quiet_hours, slack.notifications.max_frequency
    preferences = Preferences(
        quiet=QuietHours(quiet.start, quiet.end) if quiet else None,
        timezone=slack.notifications.timezone,
        frequency=Frequency(rate.count, rate.per) if rate else None,
    )
    return NoticeDefaults(
        slack.default_channel or "",
        slack.critical_channel or "",
        preferences,
        settings.http.public_url or "",
    )


def defaults(settings: Settings) -> Defaults:
    """Return what runs go by unless a workflow says otherwise."""
    servers = settings.servers.items()
    return Defaults(
        step_timeout=settings.runs.step_timeout,
        calls_at_once=settings.runs.calls_at_once,
        runs_at_once=settings.runs.runs_at_once,
        output_bytes=settings.runs.output_bytes,
        calls_per_source={
            **{name: one.at_once for name, one in servers if one.at_once},
            **apis.at_once(settings),
        },
        runs_per_person=settings.runs.per_person,
    )


def roles(settings: Settings) -> RoleBook:
    """Return who holds which role by the files."""
    book = settings.roles
    return RoleBook(
        default=_some_roles(book.default),
        people={id: _some_roles(roles) for id, roles in book.people.items()},
        workspace_admins=_some_roles(book.workspace_admins),
        groups={name: _some_roles(roles) for name, roles in book.groups.items()},
        rules=Rules(
            workflows={
                name: {Role(role): frozenset(who) for role, who in rule.items()}
                for name, rule in book.workflows.items()
            },
            operations={name: Role(role) for name, role in book.operations.items()},
        ),
    )


def _some_roles(names: Sequence[str]) -> frozenset[Role]:
    return frozenset(Role(name) for name in names)


def sanitiser(settings: Settings) -> Sanitiser:
    """Return what takes out secrets and personal data."""
    wanted = settings.sanitising
    stored = frozenset(Sensitive(one) for one in wanted.stored)
    return Sanitiser(detectors.find, stored, frozenset(Sensitive(one) for one in wanted.models))


def periods(settings: Settings) -> Periods:
    """Return how long which kind of data is kept."""
    kept = settings.retention
    wanted = {kind: getattr(kept, kind.value) for kind in Kind}
    return Periods({kind: time for kind, time in wanted.items() if time is not None}, kept.every)


def governed(settings: Settings, stores: Stores, people: People) -> bundle.Governance:
    """Return who may, who did, and how long we keep."""
    database = stores.database
    kept = bundle.Stores(
        database.audit, database.roles, database.retained, database.oblivion, database.runs
    )
    return bundle.govern(kept, people, stores.clock, periods(settings), secrets.token_hex)
