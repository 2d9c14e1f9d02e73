"""An output that is too large for a history: it is kept beside it, and this stands in its place."""

from collections.abc import Mapping
from dataclasses import dataclass

from opstream.domain.values import Json

_PREVIEW_BYTES = 1_000


@dataclass(frozen=True, slots=True)
class Artifact:
    """A reference to an output.

    Args:
        id: Under which it is kept.
        size: In bytes.
        preview: How it begins, as JSON.
    """

    id: str
    size: int
    preview: str


def reference(id: str, content: bytes) -> Json:
    """Return what stands in place of an output that is kept under an id."""
    preview = content[:_PREVIEW_BYTES].decode(errors="ignore")
    return {"artifact": id, "bytes": len(content), "preview": preview}


def referred(value: Json) -> Artifact | None:
    """Return the artifact that a value stands for, or None when it is no reference."""
    if not isinstance(value, Mapping) or value.keys() != {"artifact", "bytes", "preview"}:
        return None
    id, size, preview = value["artifact"], value["bytes"], value["preview"]
    if isinstance(id, str) and isinstance(size, int) and isinstance(preview, str):
        return Artifact(id, size, preview)
    return None
