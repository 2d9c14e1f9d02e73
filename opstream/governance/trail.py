"""Reading the audit trail: pages of it, all of it, and whether it is whole."""

from collections.abc import AsyncIterator

from opstream.domain.audit import AuditFilter, AuditPage, NumberedEntry, TrailState
from opstream.domain.person import Person, Role
from opstream.errors import BadInput
from opstream.governance.guard import Deed, Guard
from opstream.ports import AuditTrail

_READ = Deed("audit.read", "read the audit trail", Role.ADMIN)


class Trail:
    """The audit trail, for whoever may read it."""

    def __init__(self, audit: AuditTrail, guard: Guard) -> None:
        self._audit = audit
        self._guard = guard

    async def page(
        self, wanted: AuditFilter, *, by: Person, offset: int = 0, limit: int = 10
    ) -> AuditPage:
        """Return some entries, newest first; what somebody did themselves is theirs to read.

        Raises:
            NotAllowed: others' deeds are wanted, and the person is no admin.
        """
        if by.is_bot or wanted.person != by.id:
            await self._guard.require(by, _READ)
        return await self._audit.page(wanted, offset, limit)

    async def entries(self, wanted: AuditFilter, *, by: Person) -> AsyncIterator[NumberedEntry]:
        """Yield all entries, oldest first.

        Raises:
            NotAllowed: the person is no admin.
        """
        await self._guard.require(by, _READ)
        async for entry in self._audit.entries(wanted):
            yield entry

    async def check(self, noted: str = "") -> TrailState:
        """Go through the whole trail.

        Args:
            noted: A number and a seal, as `17:ab12…`, that an earlier check gave: a trail that was
                written anew does not hold it.

        Raises:
            BadInput: what was noted is not written so.
        """
        state = await self._audit.check()
        if not noted or state.broken is not None:
            return state
        number, _, seal = noted.partition(":")
        if not number.isdecimal() or not seal:
            raise BadInput(f"`{noted[:80]}` is no seal. Write it as it was shown: `17:ab12…`.")
        if int(number) < state.first:
            raise BadInput(
                f"Entry {number} was removed when its time was over; the trail cannot tell."
            )
        if await self._audit.seal_of(int(number)) == seal:
            return state
        why = f"Entry {number} has another seal than the one that was noted."
        return TrailState(state.first, state.last, state.seal, int(number), why, state.erased)
