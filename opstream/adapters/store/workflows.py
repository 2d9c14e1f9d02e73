"""Published workflows on SQLite; satisfies the port `WorkflowArchive`."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from hashlib import sha256

from sqlalchemy import bindparam, func, insert
from sqlmodel import Session, select

from opstream.adapters.store.reader import Reader
from opstream.adapters.store.statements import compiled
from opstream.adapters.store.tables import WorkflowVersionRow, table
from opstream.adapters.store.times import moment, stored
from opstream.adapters.store.writer import Writer
from opstream.ports import PublishedWorkflow

_VERSIONS = table(WorkflowVersionRow)
_INSERT = compiled(insert(_VERSIONS))
_OF_WORKFLOW = _VERSIONS.c.workflow_id == bindparam("workflow")
_LATEST = compiled(
    select(_VERSIONS.c.version, _VERSIONS.c.digest).where(
        _OF_WORKFLOW,
        _VERSIONS.c.version
        == select(func.max(_VERSIONS.c.version)).where(_OF_WORKFLOW).scalar_subquery(),
    )
)


class SqlWorkflows:
    """Every published version of every workflow."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def publish(self, workflow_id: str, source: str, file: str, at: datetime) -> int:
        """Keep a text and return its version; the same text as the latest version adds none."""
        digest = sha256(source.encode()).hexdigest()
        latest = await self._reader.read(lambda session: _latest(session, workflow_id))
        if latest is not None and latest[1] == digest:  # most of them, at every start
            return latest[0]
        row = {
            "workflow_id": workflow_id,
            "digest": digest,
            "source": source,
            "file": file,
            "published_at": stored(at),
        }
        return await self._writer.write(partial(_keep, row))

    async def load(self, workflow_id: str, version: int) -> PublishedWorkflow | None:
        """Return one version, or None."""
        key = (workflow_id, version)
        row = await self._reader.read(lambda session: session.get(WorkflowVersionRow, key))
        if row is None:
            return None
        return PublishedWorkflow(
            row.workflow_id,
            row.version,
            row.digest,
            row.source,
            row.file,
            moment(row.published_at),
        )


def _latest(session: Session, workflow_id: str) -> tuple[int, str] | None:
    """Return the newest version of a workflow and its digest, or None."""
    rows = session.connection().exec_driver_sql(_LATEST, {"workflow": workflow_id})
    found = rows.first()
    return None if found is None else (found.version, found.digest)


def _keep(row: Mapping[str, object], connection: sqlite3.Connection) -> int:
    """Add a text as the next version, unless somebody has just published the same."""
    found = connection.execute(_LATEST, {"workflow": row["workflow_id"]}).fetchone()
    latest, digest = found or (0, None)
    if digest == row["digest"]:
        return int(latest)
    connection.execute(_INSERT, {**row, "version": latest + 1})
    return int(latest) + 1
