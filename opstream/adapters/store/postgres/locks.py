"""Advisory locks: what processes that share a database do one after the other.

Each is held until the end of a transaction, and taken at its beginning, the lowest number first: so no two
transactions wait for each other.
"""

from collections.abc import Iterable
from hashlib import blake2b

from opstream.adapters.store.commits import Commit

LOCK = "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key"


def _number(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)


SCHEMA = _number("opstream schema")
TURN = _number("opstream turn")
"""Who has it may read something and write what follows from it; also appends to the audit trail."""


def of_commits(commits: Iterable[Commit]) -> list[int]:
    """Return what must be locked before commits are judged."""
    wanted: set[int] = set()
    for one in commits:
        if one.audit:
            wanted.add(TURN)
        if one.room is not None:
            wanted.add(_number(f"opstream room of workflow {one.run['workflow_id']}"))
            wanted.add(_number(f"opstream room of person {one.run['by_id']}"))
    return sorted(wanted)
