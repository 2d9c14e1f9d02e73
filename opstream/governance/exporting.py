"""The audit trail as lines for other programs. Pure."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Literal

from opstream.domain.audit import NumberedEntry

FIELDS = ("number", "at", "by", "name", "deed", "subject", "detail", "outcome", "seal")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def line(one: NumberedEntry, form: Literal["jsonl", "csv"]) -> str:
    """Return an entry as one line."""
    entry = one.entry
    values = (
        str(one.number),
        entry.at.isoformat(),
        entry.by.id,
        entry.by.name,
        entry.deed,
        entry.subject,
        entry.detail,
        entry.outcome,
        one.seal,
    )
    if form == "csv":
        return csv_line([_harmless(value) for value in values])
    return json.dumps(dict(zip(FIELDS, (one.number, *values[1:]), strict=True)), ensure_ascii=False)


def csv_line(values: Sequence[str]) -> str:
    """Return values as a line of CSV (RFC 4180), without its end."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(values)
    return out.getvalue()


def _harmless(value: str) -> str:
    """Return a value that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{value}" if value.startswith(_FORMULA) else value
