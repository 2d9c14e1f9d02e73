"""Who hears what when: pure rules, asked for every notice and every place that it goes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from opstream.domain.notification import Notice, Preferences, QuietHours, Where

_MOVES = 10
"""A moment is moved past the frequency and a pause once each, and past quiet hours after either."""


class Verdict(StrEnum):
    """What is to be done with a notice."""

    NOW = "now"
    LATER = "later"
    DIGEST = "digest"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done, when, and why.

    Args:
        at: The moment it is to be sent; for NOW and DROP the present.
        why: The reason, as a sentence.
    """

    verdict: Verdict
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Lately:
    """What counts beside preferences.

    Args:
        sent: When messages were sent to the same target, in any order.
        pause_ends: When the chat's own do-not-disturb of the person ends; None while it is off.
    """

    sent: Sequence[datetime] = ()
    pause_ends: datetime | None = None


def decide(notice: Notice, preferences: Preferences, now: datetime, lately: Lately) -> Decision:
    """Return what is to be done with a notice for somebody."""
    if notice.is_critical:
        return Decision(Verdict.NOW, now, "It is critical, so it is told at once.")
    if notice.kind not in preferences.kinds:
        return Decision(Verdict.DROP, now, f"Notices of the kind `{notice.kind}` are switched off.")
    if preferences.where is Where.NOWHERE and not preferences.outside:
        return Decision(Verdict.DROP, now, "No place is chosen for notices.")
    if preferences.digest is not None:
        at = _free_at(_next_digest(now, preferences.digest), preferences, lately)
        return Decision(Verdict.DIGEST, at, "It is gathered for the next digest.")
    at = _free_at(now, preferences, lately)
    if at <= now:
        return Decision(Verdict.NOW, now, "Nothing speaks against it.")
    return Decision(Verdict.LATER, at, _why_not_now(preferences, now, lately))


def is_quiet(quiet: QuietHours, timezone: str, at: datetime) -> bool:
    """Return whether a moment lies in quiet hours."""
    clock = at.astimezone(ZoneInfo(timezone)).time().replace(fold=0)
    if quiet.start < quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end


def quiet_until(quiet: QuietHours, timezone: str, at: datetime) -> datetime:
    """Return when quiet hours that lie at `at` are over, or `at`; never a moment within quiet hours.

    An end that the clocks leave out when they change counts by the time before.
    """
    found = at
    for _ in range(4):  # an end that the clocks repeat or leave out takes one more look
        if not is_quiet(quiet, timezone, found):
            return found
        found = _end_after(quiet, timezone, found)
    return found


def _end_after(quiet: QuietHours, timezone: str, at: datetime) -> datetime:
    """Return when quiet hours end next by the wall clock, later than `at`."""
    zone = ZoneInfo(timezone)
    day = at.astimezone(zone).date()
    for ahead in range(3):
        for fold in (0, 1):
            wall = datetime.combine(
                day + timedelta(days=ahead), quiet.end.replace(fold=fold), tzinfo=zone
            )
            if (end := wall.astimezone(UTC)) > at:
                return end
    return at + timedelta(days=1)


def _next_digest(now: datetime, every: timedelta) -> datetime:
    """Return the end of the stretch that `now` lies in; all stretches begin at the same moments."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + ((now - epoch) // every + 1) * every


def _free_at(at: datetime, preferences: Preferences, lately: Lately) -> datetime:
    """Return the first moment from `at` on against which nothing speaks."""
    for _ in range(_MOVES):
        moved = at
        if preferences.quiet is not None:
            moved = quiet_until(preferences.quiet, preferences.timezone, moved)
        moved = max(moved, _pause(preferences, lately) or moved)
        moved = _room_at(moved, preferences, lately.sent)
        if moved == at:
            break
        at = moved
    return at


def _pause(preferences: Preferences, lately: Lately) -> datetime | None:
    follows = preferences.follows_do_not_disturb and preferences.where is Where.DIRECT
    return lately.pause_ends if follows else None


def _room_at(at: datetime, preferences: Preferences, sent: Sequence[datetime]) -> datetime:
    """Return the first moment from `at` on at which one more keeps to the frequency."""
    most = preferences.frequency
    if most is None or len(sent) < most.count:
        return at
    return max(at, sorted(sent)[-most.count] + most.per)


def _why_not_now(preferences: Preferences, now: datetime, lately: Lately) -> str:
    if preferences.quiet and is_quiet(preferences.quiet, preferences.timezone, now):
        return f"It is within the quiet hours {preferences.quiet} ({preferences.timezone})."
    pause = _pause(preferences, lately)
    if pause is not None and pause > now:
        return "Do-not-disturb is on in Slack."
    return f"There were as many as allowed already: {preferences.frequency}."
