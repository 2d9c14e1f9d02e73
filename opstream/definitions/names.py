"""Which names are allowed where, and what to write instead of one that is not."""

import re

WORKFLOW_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
OPERATION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,199}")
TOOLS = re.compile(r"[A-Za-z0-9_*][A-Za-z0-9_.:/*-]{0,199}")
WEBHOOK = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
EMOJI = re.compile(r"[a-z0-9+-][a-z0-9_+'-]{0,99}")
CHANNEL = re.compile(r"#?[^\s#@,:A-Z]{1,80}|[CG][A-Z0-9]{2,}")
SIGNAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}")


def alike(text: str, allowed: str) -> str:
    """Return a name that resembles a text.

    Args:
        allowed: What it may have besides letters and digits; with `-` it may begin with a digit.
    """
    cleaned = re.sub(rf"[^A-Za-z0-9{re.escape(allowed)}]+", "_", text).strip("_-")[:64] or "name"
    return f"_{cleaned}" if cleaned[0].isdigit() and "-" not in allowed else cleaned
