"""What the disk itself allows: raw sqlite3, WAL, FULL, one row and one commit at a time."""

import sqlite3
from pathlib import Path
from time import perf_counter

FACT = '{"kind":"step_succeeded","step":"s01","output":{"ok":true,"rows":[1,2,3,4,5,6,7,8]}}'


def rows_per_second(path: Path, rows: int) -> float:
    """Insert rows of about the size of a fact, each in a transaction of its own."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS fact (run TEXT, number INTEGER, body TEXT)")
        began = perf_counter()
        for number in range(rows):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO fact VALUES (?, ?, ?)", ("r1", number, FACT))
            connection.execute("COMMIT")
        return rows / (perf_counter() - began)
    finally:
        connection.close()
