"""Published workflows; satisfies the port `WorkflowArchive`."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, func, insert
from sqlmodel import Session as Look
from sqlmodel import col, select

from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Session, Writer
from opstream.adapters.store.statements import Dialect, Row, compiled, storable
from opstream.adapters.store.tables import WorkflowVersionRow, table
from opstream.adapters.store.times import moment, stored
from opstream.domain.person import Who
from opstream.ports import PublishedWorkflow
from opstream.ports.keeping import NO_TEMPLATES

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

    async def publish(  # noqa: PLR0913 - all that a version is
        self,
        workflow_id: str,
        source: str,
        file: str,
        at: datetime,
        by: Who | None = None,
        why: str = "",
        templates: Mapping[str, int] = NO_TEMPLATES,
    ) -> int:
        """Keep a text and return its version; the same as the latest version adds none."""
        used = json.dumps(dict(templates), sort_keys=True) if templates else ""
        digest = sha256((source + used).encode()).hexdigest()
        latest = await self._reader.read(lambda look: _latest(look, workflow_id))
        if latest is not None and latest[1] == digest:  # most of them, at every start
            return latest[0]
        row = {
            "workflow_id": workflow_id,
            "digest": digest,
            "source": source,
            "file": file,
            "published_at": stored(at),
            "by_id": by.id if by else None,
            "by_name": storable(by.name) if by else None,
            "why": storable(why),
            "templates": used,
        }
        return await self._writer.change(lambda session: _keep(session, row))

    async def load(self, workflow_id: str, version: int) -> PublishedWorkflow | None:
        """Return one version, or None."""
        key = (workflow_id, version)
        row = await self._reader.read(lambda look: look.get(WorkflowVersionRow, key))
        return None if row is None else _published(row)

    async def versions(self, workflow_id: str) -> Sequence[PublishedWorkflow]:
        """Return all versions of a workflow, newest first."""
        query = (
            select(WorkflowVersionRow)
            .where(WorkflowVersionRow.workflow_id == workflow_id)
            .order_by(col(WorkflowVersionRow.version).desc())
        )
        return await self._reader.read(lambda look: [_published(row) for row in look.exec(query)])

    async def written_in_chat(self) -> Sequence[PublishedWorkflow]:
        """Return the newest version of each workflow whose newest version came from no file."""
        newest = (
            select(_VERSIONS.c.workflow_id, func.max(_VERSIONS.c.version).label("version"))
            .group_by(_VERSIONS.c.workflow_id)
            .subquery()
        )
        query = (
            select(WorkflowVersionRow)
            .join(
                newest,
                (newest.c.workflow_id == col(WorkflowVersionRow.workflow_id))
                & (newest.c.version == col(WorkflowVersionRow.version)),
            )
            .where(WorkflowVersionRow.file == "")
            .order_by(WorkflowVersionRow.workflow_id)
        )
        return await self._reader.read(lambda look: [_published(row) for row in look.exec(query)])


def _published(row: WorkflowVersionRow) -> PublishedWorkflow:
    return PublishedWorkflow(
        row.workflow_id,
        row.version,
        row.digest,
        row.source,
        row.file,
        moment(row.published_at),
        None if row.by_id is None else Who(row.by_id, row.by_name or ""),
        row.why,
        json.loads(row.templates) if row.templates else {},
    )


def _latest(look: Look, workflow_id: str) -> tuple[int, str] | None:
    """Return the newest version of a workflow and its digest, or None."""
    connection = look.connection()
    text = _LATEST.text(Dialect(connection.dialect.name))
    found = connection.exec_driver_sql(text, {"workflow": workflow_id}).first()
    return None if found is None else (found.version, found.digest)


def _keep(session: Session, row: Row) -> int:
    """Add a text as the next version, unless somebody has just published the same."""
    found: Any = session.execute(_LATEST, {"workflow": row["workflow_id"]}).fetchone()
    latest, digest = found or (0, None)
    if digest == row["digest"]:
        return int(latest)
    session.execute(_INSERT, {**row, "version": latest + 1})
    return int(latest) + 1
