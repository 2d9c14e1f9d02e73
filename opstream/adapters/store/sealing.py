"""How entries of the audit trail are sealed. Pure.

Each entry carries a seal: the hash of what it says and of the seal before it. What names people goes into
it as a commitment, the hash of a salt and those texts. Whoever erases the texts together with the salt
leaves a commitment that nobody can guess anything from, and every seal still fits.
"""

import json
import secrets
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from opstream.adapters.store.statements import storable
from opstream.adapters.store.times import stored
from opstream.domain.audit import AuditEntry

BEGINNING = (0, "0" * 64)
UNPROVEN = "erased"
"""The commitment of an erased entry that was written before there were commitments."""
PERSONAL = ("by_id", "by_name", "subject", "detail")
_OUTER = ("seq", "at", "deed", "outcome", "personal", "previous")
_OLD = ("seq", "at", *PERSONAL, "deed", "outcome", "previous")


def sealed(entries: Iterable[AuditEntry], last: tuple[int, str]) -> list[dict[str, Any]]:
    """Return entries as the rows that follow the last one."""
    rows = []
    seq, previous = last
    for entry in entries:
        seq += 1
        row = {**_columns(entry), "seq": seq, "previous": previous, "salt": secrets.token_hex(16)}
        row["personal"] = commitment(row)
        previous = row["hash"] = seal(row)
        rows.append(row)
    return rows


def commitment(row: dict[str, Any]) -> str:
    """Return the commitment to what names people in an entry."""
    return _hash([row["salt"], *(row[name] for name in PERSONAL)])


def seal(row: dict[str, Any]) -> str:
    """Return the seal of an entry, made of the one before it."""
    names = _OLD if row["personal"] is None else _OUTER
    return _hash({name: row[name] for name in names})


def fault(row: dict[str, Any], previous: str) -> str:
    """Return what is wrong with an entry after another one, as the end of a sentence; else ''."""
    if row["previous"] != previous:
        return "does not follow the entry before it"
    if row["personal"] == UNPROVEN:
        return ""
    if row["hash"] != seal(row):
        return "says something else than when it was written"
    if row["salt"] is not None and row["personal"] != commitment(row):
        return "names somebody or something else than when it was written"
    return ""


def _columns(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": stored(entry.at),
        "by_id": entry.by.id,
        "by_name": storable(entry.by.name),
        "deed": entry.deed,
        "subject": storable(entry.subject),
        "detail": storable(entry.detail),
        "outcome": entry.outcome,
    }


def _hash(value: object) -> str:
    """Return the hash of a value as JSON; keys are sorted, so their order does not count."""
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
