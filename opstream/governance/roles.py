"""Giving and taking roles in the chat."""

from collections.abc import Mapping
from dataclasses import replace

from opstream.domain.audit import AuditEntry
from opstream.domain.person import GivenRole, Person, Role, Standing
from opstream.errors import NotAllowed, TooLate
from opstream.governance import permissions
from opstream.governance.guard import Deed, Guard
from opstream.governance.people import People
from opstream.ports import Clock, RoleStore

_GIVE = Deed("role.given", "give a role", Role.ADMIN)
_TAKE = Deed("role.taken", "take a role", Role.ADMIN)
_LAST = (
    "You are the last admin who is named, so the role cannot be taken from you. Give it to somebody "
    "else first."
)


class Roles:
    """The roles of people; those given here stand in the database, beside the files."""

    def __init__(self, people: People, store: RoleStore, guard: Guard, clock: Clock) -> None:
        self._people = people
        self._store = store
        self._guard = guard
        self._clock = clock

    def of(self, person: Person) -> Standing:
        """Return what somebody may do."""
        return Standing(person, self._people.changed(person.id))

    def named(self) -> Mapping[str, frozenset[Role]]:
        """Return the roles of everybody who is named, by id."""
        return self._people.named()

    async def give(self, person: Person, role: Role, *, by: Person) -> Standing:
        """Give somebody a role.

        Raises:
            NotAllowed: who wants it is no admin, or the person is a bot.
            TooLate: they have it already.
        """
        await self._guard.require(by, _GIVE, person.id)
        if person.is_bot:
            refusal = NotAllowed("A bot has no roles; a person has to be behind what it does.")
            await self._guard.refuse(by, _GIVE, person.id, refusal)
        if permissions.has(person, role):
            raise TooLate(f"{person.name} may do what a `{role}` may already.")
        return await self._change(person, role, True, by, _GIVE)

    async def take(self, person: Person, role: Role, *, by: Person) -> Standing:
        """Take a role from somebody.

        Raises:
            NotAllowed: who wants it is no admin, or is the last one.
            TooLate: they do not have it.
        """
        await self._guard.require(by, _TAKE, person.id)
        if role not in person.roles:
            above = [one for one in person.roles if permissions.has(person, role)]
            more = f", which is part of `{above[0]}`: take that one" if above else ""
            raise TooLate(f"{person.name} was not given the role `{role}`{more}.")
        if role is Role.ADMIN and person.id == by.id and self._is_last(by):
            await self._guard.refuse(by, _TAKE, person.id, NotAllowed(_LAST))
        return await self._change(person, role, False, by, _TAKE)

    def _is_last(self, by: Person) -> bool:
        admins = {id for id, roles in self._people.named().items() if Role.ADMIN in roles}
        return not admins - {by.id}

    async def _change(
        self, person: Person, role: Role, held: bool, by: Person, deed: Deed
    ) -> Standing:
        now = self._clock.now()
        entry = AuditEntry(now, by.who, deed.name, person.id, f"{role} {person.name}")
        await self._store.save(GivenRole(person.id, role, held, now, by.who), entry)
        await self._people.refresh()
        roles = person.roles | {role} if held else person.roles - {role}
        return self.of(replace(person, roles=roles))
