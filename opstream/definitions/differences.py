"""How one text differs from another, as people read it."""

from difflib import unified_diff


def between(old: str, new: str, old_name: str) -> str:
    """Return how a new text differs from an old one, as a unified diff; '' when it does not."""
    lines = unified_diff(old.splitlines(), new.splitlines(), old_name, "new", lineterm="")
    return "\n".join(lines)
