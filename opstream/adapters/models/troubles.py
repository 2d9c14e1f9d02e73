"""What the library raises, as troubles in our words. Imported with the library, see `provider.py`."""

import re
from datetime import timedelta

from pydantic_ai.exceptions import (
    AgentRunError,
    ModelAPIError,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelNotFoundError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelRequestRejectedError,
    ModelRequestTimeout,
    ModelTimeoutError,
    UserError,
)

from opstream.adapters.models.orders import TITLES, VARIABLES, Account, Answer, Trouble
from opstream.domain import durations
from opstream.errors import OperationFailed

_SHORT, _LONG = timedelta(seconds=5), timedelta(minutes=10)
_LONGEST_REMARK = 200


def trouble(error: AgentRunError | UserError, account: Account, model: str) -> Trouble:
    """Return what an exception of the library means."""
    match error:
        case ModelRequestRejectedError() | ModelQuotaExceededError():
            return _refused(error, account, model)
        case ModelAPIError():
            return _away(error, model)
        case UserError():
            said = f"`{model}` cannot be asked like this: {_remark(str(error), account)}"
            failed = OperationFailed(said, kind="invalid", retryable=False)
            return Trouble("cannot be asked like this", failed, elsewhere=False)
    return unreadable(model)


def unreadable(model: str) -> Trouble:
    """Return the trouble of an answer that makes no sense."""
    return _passing(model, "answered something that cannot be read")


def _refused(error: ModelAPIError, account: Account, model: str) -> Trouble:
    match error:
        case ModelQuotaExceededError():
            return _spent(account, model)
        case ModelAuthenticationError() | ModelNotFoundError():
            return _misconfigured(error, account, model)
        case ModelContextWindowExceededError():
            return too_long(model)
    return _rejected(error, account, model)


def _away(error: ModelAPIError, model: str) -> Trouble:
    match error:
        case ModelRateLimitError():
            return _busy(error, model)
        case ModelRequestTimeout() | ModelTimeoutError():
            return _passing(model, "did not answer in time", "timeout", error.retry_after)
        case ModelConnectionError():
            why = "broke the connection or cannot be reached"
            return _passing(model, why, after=error.retry_after)
    return _passing(model, "has an internal error or is down", after=error.retry_after)


def incomplete(model: str, answer: Answer) -> Trouble:
    """Return the trouble of an answer whose end never came."""
    found = _passing(model, "stopped in the middle of its answer")
    return Trouble(found.why, found.error, rest=found.rest, paid=answer)


def blocked(model: str, answer: Answer) -> Trouble:
    """Return the trouble of an answer that the provider's own rules forbid."""
    why = "will not answer this: the rules of its provider forbid it"
    said = f"`{model}` {why}. Word the question differently, or ask another model."
    failed = OperationFailed(said, kind="refused", retryable=False)
    return Trouble(why, failed, elsewhere=False, paid=answer)


def cut(model: str, answer: Answer) -> Trouble:
    """Return the trouble of an answer that came to its limit before it said anything that can be used."""
    why = "came to the limit of its length before the answer was complete"
    said = f"`{model}` {why}. Ask for less at once, or allow a longer answer."
    failed = OperationFailed(said, kind="invalid", retryable=False)
    return Trouble(why, failed, elsewhere=False, paid=answer)


def too_long(model: str) -> Trouble:
    """Return the trouble of a prompt that a model cannot hold."""
    why = "cannot hold a prompt of this length"
    failed = OperationFailed(
        f"`{model}` {why}. Shorten it, or set up a model with a larger context.",
        kind="invalid",
        retryable=False,
    )
    return Trouble(why, failed)


def _busy(error: ModelAPIError, model: str) -> Trouble:
    asked = timedelta(seconds=error.retry_after) if error.retry_after else None
    wait = f" and asks to wait {durations.show(asked)}" if asked else ""
    why = f"gets too many requests{wait}"
    failed = OperationFailed(
        f"`{model}` {why}. Try again later.", kind="unavailable", retry_after=asked
    )
    return Trouble(why, failed, rest=asked or _SHORT, certain=asked is not None)


def _spent(account: Account, model: str) -> Trouble:
    why = "says that the account has no credit or quota left"
    said = f"`{model}` {why}. Whoever pays for {TITLES[account.maker]} can raise it there."
    failed = OperationFailed(said, kind="refused", retryable=False)
    return Trouble(why, failed, rest=_LONG, certain=True)


def _misconfigured(error: ModelAPIError, account: Account, model: str) -> Trouble:
    title, variable = TITLES[account.maker], VARIABLES[account.maker]
    if isinstance(error, ModelNotFoundError):
        why = f"is not a model that {title} knows"
        remedy = "Correct its `id` in config/models.yaml."
    else:
        why = f"cannot be asked: {title} refuses the key"
        remedy = f"Check {variable}."
    failed = OperationFailed(f"`{model}` {why}. {remedy}", kind="refused", retryable=False)
    return Trouble(why, failed, rest=_LONG, certain=True)


def _rejected(error: ModelAPIError, account: Account, model: str) -> Trouble:
    remark = _said_in(error.body) or error.message
    said = f"`{model}` rejects the request: {_remark(remark, account)}"
    failed = OperationFailed(said, kind="invalid", retryable=False)
    return Trouble("rejects the request", failed, elsewhere=False)


def _passing(
    model: str, why: str, kind: str = "unavailable", after: float | None = None
) -> Trouble:
    asked = timedelta(seconds=after) if after else None
    failed = OperationFailed(
        f"`{model}` {why}. Try again in a moment.", kind=kind, retry_after=asked
    )
    return Trouble(why, failed, rest=asked or _SHORT, certain=asked is not None)


def _said_in(body: object) -> str:
    """Return the message in the body of an error, wherever its provider puts it; '' for none."""
    while isinstance(body, dict) and "error" in body:
        body = body["error"]
    said = body.get("message") if isinstance(body, dict) else None
    return str(said or "")


def _remark(text: str, account: Account) -> str:
    """Return what a provider remarked as the end of a sentence, without the key."""
    text = re.sub(r"\s+", " ", text).strip()
    if account.key:
        text = text.replace(account.key, "•••")
    short = text[:_LONGEST_REMARK] + ("…" if len(text) > _LONGEST_REMARK else "")
    return short if short.endswith((".", "…", "!", "?")) else f"{short}."
