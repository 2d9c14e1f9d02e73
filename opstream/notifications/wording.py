"""Notices as plain text, for channels beyond the chat. Pure."""

from collections.abc import Sequence

from opstream.domain.notification import Notice

_LINES = 20


def outside(notices: Sequence[Notice]) -> tuple[str, str]:
    """Return a title and a text for one notice, or for several that were gathered."""
    first = notices[0]
    if len(notices) == 1:
        return _title(first), _with_run(first)
    lines = [f"- {_with_run(one)}" for one in notices[:_LINES]]
    if len(notices) > _LINES:
        lines.append(f"- and {len(notices) - _LINES} more")
    return f"OpStream: {len(notices)} notices", "While you were away:\n" + "\n".join(lines)


def _title(notice: Notice) -> str:
    mark = "CRITICAL: " if notice.is_critical else ""
    return f"{mark}OpStream: {notice.subject or notice.kind.value}"


def _with_run(notice: Notice) -> str:
    return f"{notice.text} (run {notice.run})" if notice.run else notice.text
