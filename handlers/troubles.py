"""What a failed call to Slack means for the one who made it. Pure."""

import asyncio
from dataclasses import dataclass
from enum import Enum, auto

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

NETWORK = (aiohttp.ClientError, asyncio.TimeoutError, OSError)
"""What aiohttp raises when no answer came: the call may have taken effect."""


class Kind(Enum):
    """What to do next."""

    WAIT = auto()  # Slack said when to come again; the call had no effect
    TRY_AGAIN = auto()  # Slack has a bad moment; the call may have had an effect
    ELSEWHERE = auto()  # this channel cannot be written to
    GONE = auto()  # the message cannot be changed any more
    TOO_MUCH = auto()  # Slack does not take these blocks
    HOPELESS = auto()  # nothing that we could do would help


@dataclass(frozen=True, slots=True)
class Trouble:
    """A refusal, understood; `code` is Slack's word for it."""

    kind: Kind
    code: str
    wait_seconds: float = 0.0


_ELSEWHERE = frozenset(
    {
        "not_in_channel",
        "channel_not_found",
        "is_archived",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "messages_tab_disabled",
        "cannot_reply_to_message",
    }
)
_GONE = frozenset(
    {
        "message_not_found",
        "thread_not_found",
        "cant_update_message",
        "edit_window_closed",
        "cant_edit_message",
    }
)
_TOO_MUCH = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "msg_too_long",
        "block_mismatch",
        "invalid_metadata_format",
        "metadata_too_large",
    }
)
_BAD_MOMENT = frozenset(
    {
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
    }
)


# The right to open a form lives for three seconds.
_TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})


def understand(error: SlackApiError | SlackClientError) -> Trouble:
    """Return what a refusal of Slack means."""
    if not isinstance(error, SlackApiError):
        return Trouble(Kind.TRY_AGAIN, type(error).__name__)
    status = getattr(error.response, "status_code", 200)
    code = _code(error)
    if status == 429 or code in ("ratelimited", "rate_limited"):
        return Trouble(Kind.WAIT, "ratelimited", _retry_after(error))
    if status >= 500 or code in _BAD_MOMENT:
        return Trouble(Kind.TRY_AGAIN, code)
    for kind, codes in (
        (Kind.ELSEWHERE, _ELSEWHERE),
        (Kind.GONE, _GONE),
        (Kind.TOO_MUCH, _TOO_MUCH),
    ):
        if code in codes:
            return Trouble(kind, code)
    return Trouble(Kind.HOPELESS, code)


def passes(error: Exception) -> bool:
    """Return whether Slack has just a bad moment, so that the same may work a little later."""
    if isinstance(error, SlackApiError | SlackClientError):
        trouble = understand(error)
        return trouble.kind in (Kind.WAIT, Kind.TRY_AGAIN) or trouble.code in _TOO_LATE
    return isinstance(error, aiohttp.ClientError | asyncio.TimeoutError)


def _code(error: SlackApiError) -> str:
    data = getattr(error.response, "data", error.response)
    found = data.get("error") if isinstance(data, dict) else None
    return found if isinstance(found, str) else "unknown"


def _retry_after(error: SlackApiError) -> float:
    headers = getattr(error.response, "headers", None) or {}
    for name, value in headers.items():
        if name.lower() == "retry-after":
            try:
                return max(1.0, float(value))
            except ValueError:
                break
    return 1.0
