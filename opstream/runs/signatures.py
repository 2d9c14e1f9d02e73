"""Who may knock: signatures of webhooks, ours and GitHub's. Pure.

Ours is HMAC-SHA256 of `<timestamp>.<body>`, in hex, as `X-OpStream-Signature: sha256=<hex>` beside
`X-OpStream-Timestamp: <seconds since 1970>`. A sender that repeats a delivery says so by
`X-OpStream-Delivery: <id>`, and signs `<id>.<timestamp>.<body>`. GitHub signs the body alone.

Source: RFC 2104; docs.github.com, "Validating webhook deliveries"; standardwebhooks.com for the id.
"""

import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from opstream.errors import NotAllowed

SIGNATURE = "x-opstream-signature"
TIMESTAMP = "x-opstream-timestamp"
DELIVERY = "x-opstream-delivery"
GITHUB_SIGNATURE = "x-hub-signature-256"
WINDOW = timedelta(minutes=5)
_DELIVERY_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_SIGN = (
    "Sign it with the secret of this address: `X-OpStream-Signature: sha256=<hex of HMAC-SHA256 over "
    "timestamp.body>` and `X-OpStream-Timestamp: <seconds since 1970>`; with an `X-OpStream-Delivery`, "
    "sign delivery.timestamp.body."
)


def require(secret: str, body: bytes, headers: Mapping[str, str], now: datetime) -> str:
    """Return a fingerprint of what was signed: the same delivery has the same one.

    Only what the signature covers counts: whoever sends a delivery again cannot make it look new. A
    delivery with an id of its own is the same whenever it is signed anew.

    Args:
        headers: Their names in small letters.

    Raises:
        NotAllowed: there is no signature, it does not fit, or it is too old.
    """
    if SIGNATURE in headers:
        stamp, delivery = headers.get(TIMESTAMP, "").strip(), headers.get(DELIVERY)
        signed = stamp.encode() + b"." + body
        if delivery is not None:
            signed = _delivery_id(delivery) + b"." + signed
        _require_fit(secret, signed, headers[SIGNATURE])
        _require_fresh(stamp, now)
        if delivery is not None:
            signed = b"delivery " + _delivery_id(delivery)
    elif GITHUB_SIGNATURE in headers:
        signed = body
        _require_fit(secret, signed, headers[GITHUB_SIGNATURE])
    else:
        raise NotAllowed(f"This delivery has no signature. {_SIGN}")
    return sha256(signed).hexdigest()


def signed(secret: str, content: bytes) -> str:
    """Return the signature of some content, as it stands in a header."""
    return "sha256=" + hmac.new(secret.encode(), content, sha256).hexdigest()


def _delivery_id(said: str) -> bytes:
    if not _DELIVERY_ID.fullmatch(said.strip()):
        raise NotAllowed(
            "`X-OpStream-Delivery` is no id: write up to 100 letters, digits, `-` and `_`."
        )
    return said.strip().encode()


def _require_fit(secret: str, content: bytes, given: str) -> None:
    # As bytes: a header may hold anything, and texts outside ASCII cannot be compared.
    expected, said = signed(secret, content).encode(), given.strip().encode(errors="replace")
    if not secret or not hmac.compare_digest(expected, said):
        raise NotAllowed(f"The signature does not fit. {_SIGN}")


def _require_fresh(stamp: str, now: datetime) -> None:
    """Refuse what was signed long ago or far ahead; called only once the signature fits."""
    seconds = int(stamp) if stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12 else None
    if seconds is None or abs(now.timestamp() - seconds) > WINDOW.total_seconds():
        raise NotAllowed(
            f"`X-OpStream-Timestamp` is more than {int(WINDOW.total_seconds() // 60)} minutes off. "
            "Sign each delivery anew, with the seconds since 1970, and check the sender's clock."
        )
