"""The addresses of runs on pages of ours, made and read. Pure."""

import re
from urllib.parse import urlsplit

_PATH = "runs/"
_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


def is_id(text: str) -> bool:
    """Return whether a text could be the id of a run."""
    return _ID.fullmatch(text) is not None


def page_of(public_url: str, run_id: str) -> str:
    """Return the address of a run's page.

    Args:
        public_url: Where our pages are found, with a slash at its end.
        run_id: The run.
    """
    return f"{public_url}{_PATH}{run_id}"


def run_in(public_url: str, url: str) -> str | None:
    """Return the id of the run whose page an address is; None for any other address."""
    if not public_url:
        return None
    ours, given = urlsplit(page_of(public_url, "")), urlsplit(url)
    same = (ours.scheme, ours.netloc.lower()) == (given.scheme, given.netloc.lower())
    if not same or not given.path.startswith(ours.path):
        return None
    id = given.path.removeprefix(ours.path).rstrip("/")
    return id if is_id(id) else None
