"""What an answer over HTTP says: as data, or as a failure that knows whether a retry makes sense. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from opstream.adapters.connectors.openapi.document import mapping, text_of
from opstream.adapters.connectors.openapi.schemas import shortened
from opstream.adapters.mcp.masking import masked
from opstream.domain.operation import Operation
from opstream.domain.values import Json
from opstream.errors import OperationFailed

_TOO_MANY = {429}
_REFUSED = {401, 402, 403, 407, 409, 423, 451}
_AGAIN = {408, 421, 425}
_AWAY = {502, 503, 504}
_NOT_DONE = {501, 505}
_LONGEST_REASON = 300
_LONGEST_WAIT = timedelta(hours=24)
_TEXTS = ("text/", "application/xml", "application/yaml", "application/javascript")


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; names of headers are in small letters."""

    status: int
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""

    @property
    def kind(self) -> str:
        """The type of its content, without what comes behind it."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def output(method: str, response: Response) -> Json:
    """Return an answer as data: JSON as it is, text as text, and of anything else a description."""
    if method in ("HEAD", "OPTIONS"):
        return {"status": response.status, "headers": dict(response.headers)}
    if not response.content:
        return None
    kind = response.kind
    looks_like_json = response.content.lstrip()[:1] in (b"{", b"[")
    if kind == "application/json" or kind.endswith("+json") or (not kind and looks_like_json):
        try:
            value: Json = json.loads(response.content)
        except (ValueError, RecursionError):
            return _text(response)
        return value
    if kind.startswith(_TEXTS) or kind.endswith("+xml") or not kind:
        return _text(response)
    return {"mime_type": kind, "bytes": len(response.content)}


def _text(response: Response) -> str:
    _, _, charset = response.headers.get("content-type", "").partition("charset=")
    try:
        return response.content.decode(
            charset.strip(" \"'").partition(";")[0] or "utf-8", "replace"
        )
    except LookupError:
        return response.content.decode("utf-8", "replace")


def failure(
    operation: Operation, response: Response, secrets: Sequence[str], now: datetime
) -> OperationFailed | None:
    """Return what is wrong with an answer, or None.

    Of what a server could not finish nobody knows whether it took effect; what it refuses did not.
    """
    status = response.status
    if status < 400:
        return None
    wait = _wait(response, now)
    kind, retryable, known = _meaning(status, limited=_is_limited(response))
    reason = masked(_reason(response), secrets)
    said = f": {reason.rstrip('.')}" if reason else ""
    return OperationFailed(
        f"`{operation.name}` {_verb(status, kind)} (HTTP {status}){said}.{_advice(status)}",
        kind=kind,
        retryable=retryable,
        outcome_known=known or not operation.writes,
        retry_after=wait if retryable else None,
    )


def _meaning(status: int, *, limited: bool) -> tuple[str, bool, bool]:
    """Return the kind of a failure, whether it may pass, and whether its outcome is known."""
    if status in _TOO_MANY or limited:
        return "unavailable", True, True
    if status in _AGAIN:
        return "timeout" if status == 408 else "unavailable", True, status != 408
    if status < 500:
        return "refused" if status in _REFUSED else "invalid", False, True
    if status in _NOT_DONE:
        return "invalid", False, True
    return "unavailable" if status in _AWAY else "error", True, False


def _verb(status: int, kind: str) -> str:
    if status in (404, 410):
        return "found nothing there"
    verbs = {"refused": "was refused", "invalid": "cannot be used like this"}
    if kind == "unavailable":
        return "was called too often" if status < 500 else "cannot be reached"
    return verbs.get(kind, "failed")


def _advice(status: int) -> str:
    if status in (401, 403):
        return " Check what stands under `auth` in config/apis.yaml, and what it allows."
    return ""


def _is_limited(response: Response) -> bool:
    """Whether a refusal only means that there were too many calls, as some services say it."""
    left = response.headers.get("x-ratelimit-remaining") or response.headers.get(
        "ratelimit-remaining"
    )
    return response.status == 403 and (left == "0" or "retry-after" in response.headers)


def _wait(response: Response, now: datetime) -> timedelta | None:
    """Return how long the service asks to wait (RFC 9110, 10.2.3, and what was usual before)."""
    asked = response.headers.get("retry-after", "").strip()
    if asked:
        return _bounded(_seconds(asked, now))
    for name in ("ratelimit-reset", "x-ratelimit-reset"):
        reset = response.headers.get(name, "").strip()
        if _is_limited(response) or response.status in _TOO_MANY:
            at = _number(reset)
            if at is not None:
                return _bounded(at - now.timestamp() if at > 1e9 else at)
    return None


def _seconds(asked: str, now: datetime) -> float | None:
    seconds = _number(asked)
    if seconds is not None:
        return seconds
    try:
        at = parsedate_to_datetime(asked)
    except ValueError:
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if 0 <= found < 1e12 else None


def _bounded(seconds: float | None) -> timedelta | None:
    if seconds is None:
        return None
    return min(timedelta(seconds=max(0.0, seconds)), _LONGEST_WAIT)


def _reason(response: Response) -> str:
    """Return what the service says is wrong, as services usually say it."""
    found = output("GET", response)
    if isinstance(found, str):
        return "" if response.kind == "text/html" else shortened(found, _LONGEST_REASON)
    return shortened(_said(found, 0), _LONGEST_REASON)


def _said(found: Json, depth: int) -> str:
    if isinstance(found, str) or depth > 3:
        return text_of(found)
    if isinstance(found, list):
        return "; ".join(said for one in found[:3] if (said := _said(one, depth + 1)))
    body = mapping(found)
    if isinstance(place := body.get("loc"), list) and isinstance(body.get("msg"), str):
        return f"`{'.'.join(map(str, place))}`: {body['msg']}"
    for name in (
        "message",
        "error_description",
        "detail",
        "error",
        "errors",
        "title",
        "msg",
        "reason",
    ):
        if said := _said(body.get(name), depth + 1):
            return said
    return ""
