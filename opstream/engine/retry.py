"""When to try again: attempt -> wait, in seconds."""

from datetime import timedelta

from opstream.domain.workflow import RetryPolicy
from opstream.errors import OperationFailed


def wait_before(policy: RetryPolicy, tries: int, luck: float) -> timedelta:
    """Return how long to wait after the `tries`-th failed try.

    Args:
        tries: Failed tries so far, counted from 1.
        luck: A random number from 0 to 1; stretches the wait by up to `policy.jitter`.
    """
    # Beyond some 60 doublings a float overflows; the longest wait caps it long before.
    growth = policy.factor ** min(tries - 1, 60)
    seconds = min(policy.first_wait.total_seconds() * growth, policy.longest_wait.total_seconds())
    return timedelta(seconds=seconds * (1 + policy.jitter * luck))


def may_retry(policy: RetryPolicy, tries: int, error: OperationFailed) -> bool:
    """Return whether another try is allowed after `tries` failed ones, the last by `error`."""
    wanted = error.retryable and (not policy.kinds or error.kind in policy.kinds)
    return wanted and tries < policy.attempts
