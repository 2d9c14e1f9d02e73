"""What is kept about notices, and what carries them to people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from opstream.domain.notification import Dispatch, Preferences, Standing, Target


@dataclass(frozen=True, slots=True)
class Batch:
    """Dispatches to one target that are sent as one message.

    Args:
        key: Makes the message one of a kind; the same after a crash.
        again: Whether sending it was begun before, and nobody knows how that ended.
    """

    key: str
    target: Target
    parts: tuple[Dispatch, ...]
    again: bool = False


class NoticeStore(Protocol):
    """Preferences, who watches what, and notices on their way; all raise `StoreUnavailable`."""

    async def preferences(self, owners: Sequence[str]) -> Mapping[str, Preferences]:
        """Return what people and channels have chosen, by their id; those who chose are in it."""

    async def prefer(self, owner: str, chosen: Preferences) -> None:
        """Keep what somebody chose, durably."""

    async def watch(self, subject: str, person: str) -> bool:
        """Note that a person watches a run or a workflow; False when they do already."""

    async def unwatch(self, subject: str, person: str) -> bool:
        """Note that a person watches it no more; False when they did not."""

    async def watchers(self, subjects: Sequence[str]) -> Sequence[str]:
        """Return who watches any of some runs and workflows, in order."""

    async def subjects(self) -> Sequence[str]:
        """Return all that anybody watches, in order."""

    async def watched(self, person: str) -> Sequence[str]:
        """Return what a person watches, in order."""

    async def add(self, dispatches: Sequence[Dispatch]) -> int:
        """Keep those that are new by the key of their notice and their target; return how many were."""

    async def open_batches(self, now: datetime) -> Sequence[Batch]:
        """Return what is due and in nobody's hands: what was begun before as it was, the rest by target."""

    async def take(self, batch: Batch, now: datetime, until: datetime) -> bool:
        """Take a batch into one's hands for a while; False when somebody else was faster."""

    async def settle(
        self, batch: Batch, standing: Standing, at: datetime, due_at: datetime, why: str
    ) -> None:
        """Note what became of a batch; one that is held or gathered still is due again later."""

    async def sent_since(self, target: str, since: datetime) -> Sequence[datetime]:
        """Return when messages were sent to a target after a moment."""

    async def told(self, subject: str) -> Sequence[Dispatch]:
        """Return what was told, or not, about a run, oldest first."""

    async def last(self, begins: str) -> Dispatch | None:
        """Return the newest notice whose key begins with a text, on its way to any target."""

    async def free(self) -> None:
        """Take all out of the hands of a process that is gone; for whoever is sure that it is alone."""

    async def next_due(self) -> datetime | None:
        """Return when something is due next."""


@dataclass(frozen=True, slots=True)
class Carried:
    """How carrying a message ended.

    Args:
        done: Whether it arrived.
        again_in: In how many seconds trying again makes sense; None means never.
        why: What went wrong, as a sentence.
    """

    done: bool
    again_in: float | None = None
    why: str = ""


class Courier(Protocol):
    """Carries messages in the chat."""

    async def carry(self, batch: Batch) -> Carried:
        """Post a batch as one message, unless it stands there already."""

    async def pause_ends(self, person: str, now: datetime) -> datetime | None:
        """Return when the do-not-disturb that is on now ends; None while it is off."""


class Outside(Protocol):
    """Carries messages to channels beyond the chat."""

    @property
    def names(self) -> Sequence[str]:
        """The names of the channels there are."""

    async def carry(self, name: str, title: str, text: str) -> Carried:
        """Send a text to the channel of a name."""


@dataclass(frozen=True, slots=True)
class NoticeDefaults:
    """What holds for whoever chose nothing.

    Args:
        channel: Id or `#name` of the channel for notices that concern nobody in particular; '' for none.
        critical: Likewise for what is critical.
        pages: Where the pages of runs are found, with a slash at its end; '' when there are none.
    """

    channel: str = ""
    critical: str = ""
    person: Preferences = field(default_factory=Preferences)
    pages: str = ""
