"""What moto leaves out and the double needs: percentiles, metric math, and queries over logs.

moto is in an environment of its own, so it is imported by name here and has no types.
"""

import importlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.aws import insights

_STEP = re.compile(r"\w+|[-+*/()]|\d+\.\d+")
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2}


def fill() -> None:
    """Fill the gaps of the moto of this process."""
    cloudwatch: Any = importlib.import_module("moto.cloudwatch.models")
    logs: Any = importlib.import_module("moto.logs.models")
    plain = cloudwatch.Statistics.get_statistics_for_type

    def statistic(self: Any, stat: str) -> float | None:  # noqa: ANN401  # moto's own class
        if re.fullmatch(r"p\d+(\.\d+)?", stat):
            values = self.metric_single_values_list
            return insights.percentile(values, float(stat[1:])) if values else None
        found: float | None = plain(self, stat)
        return found

    cloudwatch.Statistics.get_statistics_for_type = statistic
    cloudwatch.parse_expression = series
    logs.execute_query = _query


def series(expression: str, results: Sequence[Mapping[str, Any]]) -> tuple[list[float], list[Any]]:
    """Work out metric math such as `100 * faults / requests` at each time that all series have."""
    words = _STEP.findall(expression.replace("PERIOD(requests)", "60"))
    known = {one["id"]: dict(zip(one["timestamps"], one["values"], strict=True)) for one in results}
    used = [known[word] for word in words if word in known]
    times = [at for at in (used[0] if used else {}) if all(at in one for one in used)]
    found = [
        (at, _worked_out(words, {name: one.get(at, 0) for name, one in known.items()}))
        for at in times
    ]
    return [value for _, value in found], [at for at, _ in found]


def _worked_out(words: Sequence[str], values: Mapping[str, float]) -> float:
    numbers: list[float] = []
    waiting: list[str] = []

    def settle(least: int) -> None:
        while waiting and _PRECEDENCE[waiting[-1]] >= least:
            sign, right, left = waiting.pop(), numbers.pop(), numbers.pop()
            numbers.append(_joined(sign, left, right))

    for word in words:
        if word in _PRECEDENCE:
            settle(_PRECEDENCE[word])
            waiting.append(word)
        else:
            numbers.append(values[word] if word in values else float(word))
    settle(0)
    return numbers[0]


def _joined(sign: str, left: float, right: float) -> float:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
    return left / right if right else 0.0


def _query(
    log_groups: Sequence[Any], query: str, start_time: int, end_time: int
) -> list[insights.Row]:
    records = (
        (event.timestamp, event.message, str(event.event_id))
        for group in log_groups
        for stream in group.streams.values()
        for event in stream.events
        if start_time * 1000 <= event.timestamp <= end_time * 1000
    )
    return insights.answer(query, records)
