"""Steps that stand side by side: what follows from which, worked out once for all runs."""

from collections.abc import Mapping, Sequence
from typing import Generic, Protocol, TypeVar


class Ordered(Protocol):
    """What an order wants to know of a step."""

    @property
    def id(self) -> str:
        """Its name among its neighbours."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The steps that must have ended before it may begin."""

    @property
    def rescues(self) -> str | None:
        """The step whose failure it answers."""

    @property
    def covers(self) -> str | None:
        """The step whose call it asks for."""


S = TypeVar("S", bound=Ordered)


class Order(Generic[S]):
    """Looks up in no time what a search through thousands of steps would find.

    Attributes:
        by_id: The steps, in the order in which they are written.
        position: Where a step stands among them.
        needs: By step, those of its neighbours that must have ended before it may begin.
        followers: By step, those that need it.
        rescued: The steps whose failure others answer.
        asked_by: By step, the approval that covers its call.
        last: The one that is written last; empty where there is none.
    """

    __slots__ = ("asked_by", "by_id", "followers", "last", "needs", "position", "rescued")

    def __init__(self, steps: Sequence[S]) -> None:
        self.by_id: Mapping[str, S] = {step.id: step for step in steps}
        self.position: Mapping[str, int] = {one: number for number, one in enumerate(self.by_id)}
        self.needs: Mapping[str, tuple[str, ...]] = {
            step.id: tuple(one for one in _before(step) if one in self.by_id) for step in steps
        }
        followers: dict[str, list[str]] = {one: [] for one in self.by_id}
        for step_id, needs in self.needs.items():
            for need in needs:
                followers[need].append(step_id)
        self.followers: Mapping[str, Sequence[str]] = followers
        self.rescued = frozenset(step.rescues for step in steps if step.rescues is not None)
        self.asked_by: Mapping[str, str] = {step.covers: step.id for step in steps if step.covers}
        self.last = steps[-1].id if steps else ""


def _before(step: Ordered) -> Sequence[str]:
    answered = (step.rescues,) if step.rescues is not None else ()
    return tuple(dict.fromkeys((*step.needs, *answered)))
