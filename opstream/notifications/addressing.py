"""Whom a notice goes to, and where each of them hears it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from opstream.domain.conversation import Place
from opstream.domain.notification import Notice, Preferences, Target, Where
from opstream.ports import NoticeDefaults


def owners(notice: Notice, watchers: Sequence[str], defaults: NoticeDefaults) -> tuple[str, ...]:
    """Return the ids of the people, groups and channels that hear a notice, each once.

    Who caused it is not told, nor is the terminal, which has no ears. What is about a run is told to nobody
    but those it names and those who watch the run: a channel might show it to people who must not see it.
    """
    everybody = (one for one in (*notice.persons, *watchers) if one != notice.origin)
    named = [one for one in everybody if is_person(one) or is_group(one)]
    channels = list(notice.channels)
    if not notice.run:
        if notice.is_critical and defaults.critical:
            channels.append(defaults.critical)
        if not named and not channels and defaults.channel:
            channels.append(defaults.channel)
    return tuple(dict.fromkeys([*named, *channels]))


def preferences_of(
    owner: str, chosen: Mapping[str, Preferences], defaults: NoticeDefaults
) -> Preferences:
    """Return what somebody chose, or what holds for whoever chose nothing."""
    found = chosen.get(owner, defaults.person)
    return found if is_person(owner) else replace(found, where=_of_channel(found.where))


def targets(notice: Notice, owner: str, preferences: Preferences) -> Iterator[Target]:
    """Yield where somebody hears a notice; what is critical finds them wherever they hear nothing else."""
    where = preferences.where
    if where is Where.NOWHERE and notice.is_critical and not preferences.outside:
        where = Where.DIRECT if is_person(owner) else Where.CHANNEL
    if where is not Where.NOWHERE:
        yield _in_chat(notice, owner, where)
    for name in preferences.outside:
        yield Target(owner, outside=name)


def is_group(owner: str) -> bool:
    """Return whether an id is a group's of people; it hears of things in the thread they belong to."""
    return owner.startswith("@") or owner.rpartition("/")[2].startswith("S")


def is_person(owner: str) -> bool:
    """Return whether an id is a person's, and not a channel's."""
    return owner.rpartition("/")[2].startswith(("U", "W"))


def _in_chat(notice: Notice, owner: str, where: Where) -> Target:
    place = notice.place
    if is_group(owner):
        return Target(owner, Place(owner), run=notice.run)
    if not is_person(owner) or where is Where.DIRECT or place is None or place.is_direct:
        return Target(owner, Place(owner))
    if where is Where.THREAD:
        return Target(owner, place, run="" if place.thread else notice.run)
    return Target(owner, Place(place.channel))


def _of_channel(where: Where) -> Where:
    return where if where is Where.NOWHERE else Where.CHANNEL
