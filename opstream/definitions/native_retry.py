"""How often a step of our own format is tried."""

from collections.abc import Sequence

from opstream.definitions.section import Section
from opstream.domain.workflow import RetryPolicy

ERROR_KINDS = ("timeout", "unavailable", "refused", "invalid", "error")


def read(section: Section) -> RetryPolicy:
    """Return the policy of a step: `retry: 3`, or `retry: {attempts: 3, wait: 2s}`."""
    short = section.raw("retry")
    if short is None:
        return RetryPolicy()
    if isinstance(short, int) and not isinstance(short, bool):
        return RetryPolicy(attempts=section.whole("retry", 3, 1, 100))
    hint = "Write `retry: 3`, or `retry: {attempts: 3, wait: 2s}`."
    retry, usual = section.inner("retry", what="`retry`", hint=hint), RetryPolicy()
    policy = RetryPolicy(
        attempts=retry.whole("attempts", 3, 1, 100),
        first_wait=retry.duration("wait", usual.first_wait) or usual.first_wait,
        factor=retry.number("factor", usual.factor, 1, 100),
        longest_wait=retry.duration("longest_wait", usual.longest_wait) or usual.longest_wait,
        jitter=retry.number("jitter", usual.jitter, 0, 1),
        kinds=one_of(retry, "on", ERROR_KINDS),
    )
    retry.finish()
    return policy


def one_of(section: Section, key: str, known: Sequence[str]) -> tuple[str, ...]:
    """Return the texts of a list that are known; the others are complained about."""
    wanted = section.texts(key)
    for one in wanted:
        if one not in known:
            offered = ", ".join(f"`{name}`" for name in known)
            section.complain(key, f"`{key}` cannot be `{one}`.", f"Use some of {offered}.")
    return tuple(one for one in wanted if one in known)
