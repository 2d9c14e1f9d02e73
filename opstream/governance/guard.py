"""The one place where a person's right to do something is checked; refusals stand in the audit trail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from opstream.domain.approval import Approval
from opstream.domain.audit import REFUSED, AuditEntry
from opstream.domain.person import Person, Role, Who
from opstream.domain.run import Run
from opstream.errors import NotAllowed
from opstream.governance import deciding, permissions
from opstream.governance.permissions import EVERYWHERE, About, Rules
from opstream.ports import AuditTrail, Clock


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a person wants: how the audit calls it, and the role that it takes.

    Args:
        by_workflow: Whether the rules of the workflow that it is about count.
    """

    name: str
    words: str
    role: Role = Role.OPERATOR
    by_workflow: bool = True


class Guard:
    """Lets people in, or refuses and notes it."""

    def __init__(self, rules: Rules, audit: AuditTrail, clock: Clock) -> None:
        self._rules = rules
        self._audit = audit
        self._clock = clock

    async def require(
        self, by: Person, deed: Deed, subject: str = "", about: About = EVERYWHERE
    ) -> None:
        """Refuse a deed to who lacks the role that it takes there.

        Args:
            by: Who wants it.
            deed: What they want.
            subject: What it is done to, such as a run.
            about: The workflow and the operations that it is about.

        Raises:
            NotAllowed: the person is a bot, or lacks the role.
        """
        await self._checked(
            lambda: permissions.require(
                by, deed.role, deed.words, _about(deed, about), self._rules
            ),
            by,
            deed,
            subject or about.workflow,
        )

    def in_whose_name(
        self, by: Person, approval: Approval, run: Run, away: Sequence[Person], about: About
    ) -> Who | None:
        """Return for whom a person decides on an approval; see `deciding.py`.

        Raises:
            NotAllowed: the person may not decide on it.
        """
        return deciding.in_whose_name(by, approval, run, away, about=about, rules=self._rules)

    def has_say(self, person: Person, role: Role, about: About) -> bool:
        """Return whether a person may decide, by their roles, on what a role decides on."""
        return deciding.has_role(person, role, about, self._rules)

    async def refuse(self, by: Person, deed: Deed, subject: str, error: NotAllowed) -> NoReturn:
        """Note that something was refused for a reason of its own, and refuse it.

        Raises:
            NotAllowed: always.
        """
        now = self._clock.now()
        entry = AuditEntry(now, by.who, deed.name, subject, str(error), REFUSED)
        await self._audit.record(entry)
        raise error

    async def _checked(
        self, check: Callable[[], None], by: Person, deed: Deed, subject: str
    ) -> None:
        try:
            check()
        except NotAllowed as error:
            await self.refuse(by, deed, subject, error)


def _about(deed: Deed, about: About) -> About:
    return about if deed.by_workflow else EVERYWHERE
