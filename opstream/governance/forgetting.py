"""Forgetting a person: their id and names leave what is kept, and what they did stays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from opstream.domain.audit import AuditEntry
from opstream.domain.person import Person, Role
from opstream.domain.run import RunStatus
from opstream.errors import NotAllowed, NotFound, TooLate
from opstream.governance.guard import Deed, Guard
from opstream.ports import Clock, Oblivion, RunFilter, RunStore

_FORGET = Deed("person.forgotten", "have a person forgotten", Role.ADMIN)
_UNDER_WAY = frozenset(one for one in RunStatus if not one.ended)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done.

    Args:
        pseudonym: What stands now where the id stood.
        counts: How many rows were changed, by table.
    """

    pseudonym: str
    counts: Mapping[str, int]


class Forgetting:
    """Has people forgotten."""

    def __init__(
        self,
        store: Oblivion,
        runs: RunStore,
        guard: Guard,
        clock: Clock,
        new_key: Callable[[], str],
    ) -> None:
        self._store = store
        self._runs = runs
        self._guard = guard
        self._clock = clock
        self._new_key = new_key

    async def forget(self, person: str, *, by: Person) -> Forgotten:
        """Replace a person's id and names by a pseudonym, everywhere, for good.

        Args:
            person: Their id.
            by: Who wants it.

        Raises:
            NotAllowed: who wants it is no admin, or wants to be forgotten themselves.
            NotFound: nobody of that id stands anywhere.
            TooLate: runs of theirs are under way, whose rules need to know who it was.
        """
        pseudonym = f"forgotten-{self._new_key()[:10]}"
        await self._guard.require(by, _FORGET, pseudonym)
        if person == by.id:
            refusal = NotAllowed("Nobody can have themselves forgotten; ask another admin.")
            await self._guard.refuse(by, _FORGET, pseudonym, refusal)
        names = await self._store.known_as(person)
        if not names:
            raise NotFound("person", person, hint="Give the id, such as `U0BO000001`.")
        active = await self._runs.count(RunFilter(_UNDER_WAY, of=person))
        if active:
            raise TooLate(
                f"{active} runs of this person are under way, and who may decide in them depends on who "
                "started them or answers for them. Wait for them to end, or cancel them."
            )
        entry = AuditEntry(self._clock.now(), by.who, _FORGET.name, pseudonym)
        return Forgotten(pseudonym, await self._store.forget(person, pseudonym, names, entry))
