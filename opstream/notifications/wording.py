"""Notices as plain text, for channels beyond the chat. Pure."""

from collections.abc import Sequence

from opstream.domain.addresses import page_of
from opstream.domain.notification import Notice

_LINES = 20


def outside(notices: Sequence[Notice], pages: str = "") -> tuple[str, str]:
    """Return a title and a text for one notice, or for several that were gathered.

    Args:
        notices: What there is to tell.
        pages: Where the pages of runs are found; '' when there are none.
    """
    first = notices[0]
    if len(notices) == 1:
        return _title(first), _with_run(first, pages)
    lines = [f"- {_with_run(one, pages)}" for one in notices[:_LINES]]
    if len(notices) > _LINES:
        lines.append(f"- and {len(notices) - _LINES} more")
    return f"OpStream: {len(notices)} notices", "While you were away:\n" + "\n".join(lines)


def _title(notice: Notice) -> str:
    mark = "CRITICAL: " if notice.is_critical else ""
    return f"{mark}OpStream: {notice.subject or notice.kind.value}"


def _with_run(notice: Notice, pages: str) -> str:
    if not notice.run:
        return notice.text
    where = page_of(pages, notice.run) if pages else f"run {notice.run}"
    return f"{notice.text} ({where})"
