"""What people can do about notices: be told, watch, and choose how they want to hear of things."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from opstream.domain.audit import AuditEntry
from opstream.domain.notification import Dispatch, Notice, Preferences
from opstream.domain.person import Person, Role
from opstream.errors import BadInput
from opstream.notifications import addressing
from opstream.notifications.dispatcher import Dispatcher
from opstream.ports import AuditTrail, Clock, NoticeDefaults, NoticeStore, Outside


@dataclass(frozen=True, slots=True)
class Kept:
    """What notifications rest on.

    Args:
        require: Refuses a deed to whoever lacks a role.
        shared: Whether other processes note watches, too.
    """

    store: NoticeStore
    audit: AuditTrail
    clock: Clock
    outside: Outside
    defaults: NoticeDefaults
    require: Callable[[Person, Role, str], None]
    shared: bool = False


class Notifications:
    """Takes notices; each is kept durably before anybody hears of it, so none is lost or told twice."""

    def __init__(self, dispatcher: Dispatcher, kept: Kept) -> None:
        self.dispatcher = dispatcher
        self._kept = kept
        self._subjects: set[str] = set()

    async def refresh(self) -> None:
        """Learn what is watched, and take up what was left; to be called before runs are advanced.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        self._subjects.update(await self._kept.store.subjects())
        if not self._kept.shared:
            await self._kept.store.free()

    def may_be_watched(self, *subjects: str) -> bool:
        """Return whether anybody may watch one of some runs and workflows; quick, and never no by mistake."""
        return self._kept.shared or any(one in self._subjects for one in subjects)

    async def tell(self, notice: Notice) -> None:
        """Let the people whom it concerns hear of something, each as they prefer.

        The same key again changes nothing.

        Raises:
            StoreUnavailable: the database does not take it.
        """
        await self.dispatcher.tell(notice)

    async def watch(self, subject: str, *, by: Person) -> bool:
        """Have somebody hear of a run, or of all runs of a workflow; False when they do already."""
        self._subjects.add(subject)
        return await self._kept.store.watch(subject, by.id)

    async def unwatch(self, subject: str, *, by: Person) -> bool:
        """Have somebody hear of it no more; False when they did not."""
        return await self._kept.store.unwatch(subject, by.id)

    async def watched(self, *, by: Person) -> Sequence[str]:
        """Return what somebody watches."""
        return await self._kept.store.watched(by.id)

    async def watchers(self, subjects: Sequence[str]) -> Sequence[str]:
        """Return who watches any of some runs and workflows."""
        return await self._kept.store.watchers(subjects)

    async def told(self, run_id: str) -> Sequence[Dispatch]:
        """Return who was told what about a run."""
        return await self._kept.store.told(run_id)

    async def last(self, begins: str) -> Dispatch | None:
        """Return the newest notice whose key begins with a text, on its way to any target."""
        return await self._kept.store.last(begins)

    @property
    def outside(self) -> Sequence[str]:
        """The names of the channels beyond Slack."""
        return self._kept.outside.names

    async def preferences(self, owner: str, timezone: str = "") -> Preferences:
        """Return how a person or channel wants to hear of things.

        Args:
            timezone: Of the person, which counts where they have chosen nothing yet.
        """
        chosen = await self._kept.store.preferences([owner])
        found = addressing.preferences_of(owner, chosen, self._kept.defaults)
        return replace(found, timezone=timezone) if timezone and owner not in chosen else found

    async def prefer(self, owner: str, chosen: Preferences, *, by: Person) -> None:
        """Keep how a person or channel wants to hear of things.

        Raises:
            NotAllowed: it is a channel, and `by` is no operator; or it is somebody else.
            BadInput: there is no channel beyond Slack of a name.
        """
        if by.is_bot or not addressing.is_person(owner):
            self._kept.require(by, Role.OPERATOR, "change what a channel hears")
        elif owner != by.id:
            self._kept.require(by, Role.ADMIN, "change what somebody else hears")
        for name in chosen.outside:
            if name not in self._kept.outside.names:
                known = ", ".join(f"`{one}`" for one in self._kept.outside.names) or "none"
                raise BadInput(
                    f"There is no channel `{name}` beyond Slack. In `config/slack.yaml` there are: {known}."
                )
        await self._kept.store.prefer(owner, chosen)
        entry = AuditEntry(self._kept.clock.now(), by.who, "preferences.changed", owner)
        await self._kept.audit.record(entry)
