"""Who is away and who decides for them: said, taken back, and asked for."""

from collections.abc import Sequence

from opstream.domain.audit import AuditEntry
from opstream.domain.open_approval import Delegation
from opstream.domain.person import Person, Who
from opstream.errors import BadInput, NotAllowed, TooLate
from opstream.governance import returning
from opstream.governance.people import People
from opstream.ports import Clock
from opstream.ports.deciding import DelegationStore


class Absences:
    """The people who are away."""

    def __init__(self, store: DelegationStore, people: People, clock: Clock) -> None:
        self._store = store
        self._people = people
        self._clock = clock

    async def leave(self, until: str, *, by: Person, delegate: Person | None = None) -> Delegation:
        """Note that somebody is away; a delegate may decide in the meantime what they could.

        Raises:
            NotAllowed: a bot would be away, or decide.
            BadInput: the time cannot be read or is over, or somebody would decide for themselves.
        """
        now = self._clock.now()
        back = returning.back_at(until, now, by.timezone)
        if by.is_bot or (delegate is not None and delegate.is_bot):
            raise NotAllowed("A bot cannot decide for anybody; please name a person.")
        if delegate is not None and delegate.id == by.id:
            raise BadInput("You cannot stand in for yourself. Name somebody else, such as `@cy`.")
        found = Delegation(by.who, delegate.who if delegate else None, now, back)
        other = f", {delegate.name} ({delegate.id}) decides" if delegate else ""
        detail = f"until {back.isoformat()}{other}"
        await self._store.save(found, AuditEntry(now, by.who, "person.away", by.id, detail))
        return found

    async def come_back(self, *, by: Person) -> None:
        """Note that somebody is back: from now on they decide for themselves.

        Raises:
            TooLate: they were not away.
        """
        now = self._clock.now()
        if not await self._store.remove(by.id, AuditEntry(now, by.who, "person.back", by.id)):
            raise TooLate("You were not away, so there was nothing to change.")

    async def of(self, person: str) -> Delegation | None:
        """Return until when somebody is away, and who decides; None while they are here."""
        return await self._store.of(person, self._clock.now())

    async def stands_in_for(self, person: Person) -> Sequence[Person]:
        """Return those who are away and for whom somebody decides; never a chain of them."""
        found = await self._store.to(person.id, self._clock.now())
        return [self._people.person(one.person.id, one.person.name) for one in found]

    async def who_hears(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Return ids with those added who decide for them while they are away."""
        heard: dict[str, None] = {}
        for one in ids:
            heard[one] = None
            away = await self.of(one)
            delegate: Who | None = away.delegate if away else None
            if delegate is not None:
                heard[delegate.id] = None
        return tuple(heard)
