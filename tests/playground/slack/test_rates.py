"""Rate limits on a clock that passes only when told to."""

import pytest

from opstream.playground.slack.rates import RateLimiter, Tier
from tests.playground.slack.harness import Clock


def test_a_channel_takes_five_posts_at_once_and_then_one_a_second() -> None:
    clock = Clock()
    limiter = RateLimiter(clock)

    burst = [limiter.take("chat.postMessage", Tier.POSTS, "C1") for _ in range(6)]
    clock.pass_seconds(1.0)
    after_a_second = [limiter.take("chat.postMessage", Tier.POSTS, "C1") for _ in range(2)]

    assert burst == [0, 0, 0, 0, 0, 1]
    assert after_a_second == [0, 1]


def test_each_channel_has_its_own_pace() -> None:
    limiter = RateLimiter(Clock())

    for _ in range(5):
        limiter.take("chat.postMessage", Tier.POSTS, "C1")

    assert limiter.take("chat.postMessage", Tier.POSTS, "C1") == 1
    assert limiter.take("chat.postMessage", Tier.POSTS, "C2") == 0


@pytest.mark.parametrize(
    ("tier", "calls", "wait"),
    [(Tier.TWO, 20, 3), (Tier.THREE, 50, 2), (Tier.FOUR, 100, 1)],
)
def test_a_tier_grants_its_calls_a_minute_and_says_when_to_come_again(
    tier: Tier, calls: int, wait: int
) -> None:
    clock = Clock()
    limiter = RateLimiter(clock)

    granted = [limiter.take("views.open", tier) for _ in range(calls)]
    refused = limiter.take("views.open", tier)
    clock.pass_seconds(wait)
    again = limiter.take("views.open", tier)

    assert set(granted) == {0}
    assert refused == wait
    assert again == 0


def test_a_refused_call_costs_nothing() -> None:
    clock = Clock()
    limiter = RateLimiter(clock)
    for _ in range(50):
        limiter.take("chat.update", Tier.THREE)

    waits = [limiter.take("chat.update", Tier.THREE) for _ in range(10)]
    clock.pass_seconds(60)

    assert set(waits) == {2}
    assert [limiter.take("chat.update", Tier.THREE) for _ in range(50)] == [0] * 50
