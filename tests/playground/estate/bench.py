"""What the tests of the estate share: a fixed time, and short ways to build and to measure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from opstream.playground.estate.measures import Sample, looks, samples
from opstream.playground.estate.metrics import METRIC_NAMES, read_metrics
from opstream.playground.estate.remedies import Order, carry_out
from opstream.playground.estate.state import NORMAL, Estate
from opstream.playground.estate.windows import Window, window_of

NOW = datetime(2026, 11, 5, 12, 0, tzinfo=UTC)


def healthy(seed=1):
    return Estate(seed, (NORMAL,))


def ordered(estate, *orders, at=NOW - timedelta(minutes=5)):
    for order in orders:
        effect = carry_out(Order(*order), estate.latest, at)
        estate = estate.followed_by(effect.epoch)
    return estate


def with_fault(fault, estate=None, at=NOW - timedelta(minutes=5)):
    return ordered(estate or healthy(), ("set_fault", fault, True), at=at)


def last(duration, now=NOW) -> Window:
    return window_of(duration, "", "", now)


def means(estate, service, now=NOW, duration="30s"):
    report = read_metrics(estate, service, METRIC_NAMES, last(duration, now))
    return {name: summary.mean for name, summary in report.summary.items()}


def sampled(estate, service, duration="30s", now=NOW) -> list[Sample]:
    return samples(estate, service, looks(estate, last(duration, now)))


def pooled(estate, service, size):
    settings = replace(estate.latest.settings[service], pool_size=size)
    return estate.followed_by(estate.latest.with_settings(service, settings))
