"""Linking accounts: who may, and who did."""

from opstream.domain.audit import AuditEntry
from opstream.domain.person import Person, Role, Who
from opstream.governance.guard import Deed, Guard
from opstream.ports import AuditTrail, Clock
from opstream.ports.linking import Accounts, Arrival

_LINK = Deed("account.linked", "link an account for this install", Role.ADMIN)


class Linking:
    """The use cases of accounts at remote services."""

    def __init__(self, accounts: Accounts, guard: Guard, audit: AuditTrail, clock: Clock) -> None:
        self._accounts = accounts
        self._guard = guard
        self._audit = audit
        self._clock = clock
        self._asked: dict[str, Who] = {}

    def names(self) -> tuple[str, ...]:
        """Return the names of what can be linked."""
        return self._accounts.names()

    async def begin(self, name: str, *, by: Person) -> str:
        """Return the address at which a person signs in, so that the whole install may use the account.

        Raises:
            NotAllowed: the person is no admin.
            NotFound: nothing of that name can be linked.
            OperationFailed: the service does not answer as it should, or needs no signing in.
            BadInput: this install cannot be reached by browsers.
        """
        await self._guard.require(by, _LINK, name)
        address = await self._accounts.begin(name)
        self._asked[name] = by.who
        return address

    async def arrived(self, name: str, arrival: Arrival) -> None:
        """Take what a browser brings back; errors as the port `Accounts` says."""
        await self._accounts.arrived(name, arrival)
        by = self._asked.pop(name, None)
        if by is not None:
            entry = AuditEntry(self._clock.now(), by, _LINK.name, name, "signed in")
            await self._audit.record(entry)
