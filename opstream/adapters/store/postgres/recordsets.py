"""Rows of a whole group as one JSON text, which the server turns back into rows.

One parameter a table instead of one a value: a group of a hundred commits is a single statement, prepared
once, whatever is in it.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, Table

from opstream.adapters.store.statements import Row

_TYPES = ((Boolean, "boolean"), (BigInteger, "bigint"), (Integer, "integer"), (Float, "float8"))


def _type(column: "Column[Any]") -> str:
    return next((name for kind, name in _TYPES if isinstance(column.type, kind)), "text")


def columns(table: Table) -> str:
    """Return the columns of a table, with commas between."""
    return ", ".join(f'"{column.name}"' for column in table.columns)


def recordset(parameter: str, table: Table, extra: str = "", only: Sequence[str] = ()) -> str:
    """Return what stands after FROM for the rows in a parameter.

    Args:
        extra: Columns that the table does not have, such as `unit integer`.
        only: Names of the columns that the rows have; () for all.
    """
    known = [column for column in table.columns if not only or column.name in only]
    typed = [f'"{column.name}" {_type(column)}' for column in known]
    names = ", ".join([extra, *typed] if extra else typed)
    return f"json_to_recordset(%({parameter})s::json) AS {parameter}({names})"


def packed(rows: Iterable[Row]) -> str:
    """Return rows as the text of such a parameter."""
    return json.dumps(list(rows), ensure_ascii=False)
