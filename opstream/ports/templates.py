"""Prompt templates that were published: what keeps every version of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from opstream.domain.person import Who


@dataclass(frozen=True, slots=True)
class PublishedTemplate:
    """A template's text as published.

    Args:
        file: The file that it came from; '' for one that was written in the chat or sent by HTTP.
    """

    id: str
    version: int
    source: str
    file: str
    at: datetime
    by: Who | None = None
    why: str = ""


class TemplateArchive(Protocol):
    """Every published version of every prompt template; all raise `StoreUnavailable`."""

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

    async def all(self) -> Sequence[PublishedTemplate]:
        """Return all versions of all templates, by id and version."""

    async def newest(self) -> Mapping[str, int]:
        """Return the newest version of each template, by its id."""

    async def load(self, template_id: str, version: int) -> PublishedTemplate | None:
        """Return one version, or None."""
