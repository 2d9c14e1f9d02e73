"""Whether there is room for the runs of a group to begin, once nobody else can begin any."""

from collections import Counter
from collections.abc import Sequence

from opstream.adapters.store.commits import TAKES_ROOM, Commit
from opstream.adapters.store.postgres.recordsets import packed

_WORKFLOW, _PERSON = "workflow", "person"

# Counts no further than anybody asks for: there may be 100,000 active runs beside a limit of two.
COUNT = f"""
SELECT wanted.place, CASE WHEN wanted.workflow
    THEN (SELECT count(*) FROM (SELECT 1 FROM runs
          WHERE workflow_id = wanted.whose AND {TAKES_ROOM} LIMIT wanted.most) AS active)
    ELSE (SELECT count(*) FROM (SELECT 1 FROM runs
          WHERE by_id = wanted.whose AND {TAKES_ROOM} LIMIT wanted.most) AS active) END
FROM json_to_recordset(%(wanted)s::json)
    AS wanted(place text, workflow boolean, whose text, most integer)
"""


def parameters(commits: Sequence[Commit]) -> dict[str, str]:
    """Return what goes with the statement that counts."""
    most: dict[str, int] = {}
    for one in commits:
        for place, limit in _limits(one):
            most[place] = max(most.get(place, 0), limit + 1)
    kinds = (place.partition(" ") for place in most)
    return {
        "wanted": packed(
            {"place": place, "workflow": kind == _WORKFLOW, "whose": whose, "most": most[place]}
            for place, (kind, _, whose) in zip(most, kinds, strict=True)
        )
    }


def _limits(commit: Commit) -> list[tuple[str, int]]:
    room = commit.room
    if room is None:
        return []
    limits = (
        (f"{_WORKFLOW} {commit.run['workflow_id']}", room.of_workflow),
        (f"{_PERSON} {commit.run['by_id']}", room.of_person),
    )
    return [(place, limit) for place, limit in limits if limit is not None]


def refused(commits: Sequence[Commit], active: dict[str, int]) -> list[Commit]:
    """Return those commits for which there is no room; first come, first served.

    Args:
        active: What was counted.
    """
    taken, without = Counter(active), []
    for one in commits:
        if any(taken[place] > limit for place, limit in _limits(one)):
            without.append(one)
        elif one.room is not None:
            taken.update((f"{_WORKFLOW} {one.run['workflow_id']}", f"{_PERSON} {one.run['by_id']}"))
    return without
