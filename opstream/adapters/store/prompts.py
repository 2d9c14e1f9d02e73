"""Published prompt templates; satisfies the port `TemplateArchive`, on both databases."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select

from opstream.adapters.store.reader import Reader
from opstream.adapters.store.session import Session, Writer
from opstream.adapters.store.statements import Row, compiled, storable
from opstream.adapters.store.tables import table
from opstream.adapters.store.tables_of_prompts import PromptVersionRow
from opstream.adapters.store.times import moment, stored
from opstream.domain.person import Who
from opstream.ports.templates import PublishedTemplate

_VERSIONS = table(PromptVersionRow)
_INSERT = compiled(insert(_VERSIONS))
_OF_TEMPLATE = _VERSIONS.c.template_id == bindparam("template")
_LATEST = compiled(
    select(_VERSIONS.c.version, _VERSIONS.c.source).where(
        _OF_TEMPLATE,
        _VERSIONS.c.version
        == select(func.max(_VERSIONS.c.version)).where(_OF_TEMPLATE).scalar_subquery(),
    )
)
_ALL = select(_VERSIONS).order_by(_VERSIONS.c.template_id, _VERSIONS.c.version)
_NEWEST = select(_VERSIONS.c.template_id, func.max(_VERSIONS.c.version)).group_by(
    _VERSIONS.c.template_id
)


class SqlPrompts:
    """Every published version of every prompt template."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def publish(
        self,
        template_id: str,
        source: str,
        file: str,
        at: datetime,
        by: Who | None = None,
        why: str = "",
    ) -> int:
        """Keep a text and return its version; the same text as the latest version adds none."""
        row = {
            "template_id": template_id,
            "source": storable(source),
            "file": file,
            "published_at": stored(at),
            "by_id": by.id if by else None,
            "by_name": storable(by.name) if by else None,
            "why": storable(why),
        }
        return await self._writer.change(lambda session: _keep(session, row))

    async def all(self) -> Sequence[PublishedTemplate]:
        """Return all versions of all templates, by id and version."""
        return await self._reader.read(
            lambda look: [_published(row) for row in look.connection().execute(_ALL)]
        )

    async def newest(self) -> Mapping[str, int]:
        """Return the newest version of each template, by its id."""
        return await self._reader.read(
            lambda look: {one[0]: one[1] for one in look.connection().execute(_NEWEST)}
        )

    async def load(self, template_id: str, version: int) -> PublishedTemplate | None:
        """Return one version, or None."""
        query = _ALL.where(_VERSIONS.c.template_id == template_id, _VERSIONS.c.version == version)

        def look_up(look: Any) -> PublishedTemplate | None:  # noqa: ANN401 - SQLModel's session
            row = look.connection().execute(query).first()
            return None if row is None else _published(row)

        return await self._reader.read(look_up)


def _published(row: Any) -> PublishedTemplate:  # noqa: ANN401 - a row of SQLAlchemy's
    return PublishedTemplate(
        row.template_id,
        row.version,
        row.source,
        row.file,
        moment(row.published_at),
        None if row.by_id is None else Who(row.by_id, row.by_name or ""),
        row.why,
    )


def _keep(session: Session, row: Row) -> int:
    """Add a text as the next version, unless it is the newest one already."""
    found: Any = session.execute(_LATEST, {"template": row["template_id"]}).fetchone()
    latest, source = found or (0, None)
    if source == row["source"]:
        return int(latest)
    session.execute(_INSERT, {**row, "version": latest + 1})
    return int(latest) + 1
