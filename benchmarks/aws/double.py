"""A double of AWS on this machine: moto, Application Signals beside it, and a shop that lives in it.

Runs in moto's own environment. It prints one line of JSON with its addresses when it is ready, goes on
measuring the shop every second, and ends when its standard input does. The shop gets well when ECS is
told to run `checkout` with more tasks. A line in is a wish: `break` puts the tasks back, `deny` lets
Application Signals refuse from then on, as it does without the permission.
"""

import importlib
import json
import logging
import random
import sys
import time
from threading import Event, Thread
from typing import Any

from benchmarks.aws import gaps, shop, signals
from benchmarks.aws.insights import percentile
from benchmarks.aws.shop import CLUSTER, ENVIRONMENT, OBJECTIVES, TASKS, Objective, Request

_REGION = "us-east-1"
_SPANS = "aws/spans"
_HISTORY_MINUTES = 30
_A_MINUTE = 24
_PULSE_SECONDS = 1.0
_ALARM = "checkout-latency-high"


class Double:
    """The shop in moto."""

    def __init__(self, endpoint: str, dice: random.Random) -> None:
        boto3 = importlib.import_module("boto3")
        self._clients = {
            name: boto3.client(
                name,
                endpoint_url=endpoint,
                region_name=_REGION,
                aws_access_key_id="double",
                aws_secret_access_key="double",
            )
            for name in ("cloudwatch", "logs", "ecs")
        }
        self._dice = dice
        self._made: list[tuple[float, str, Request]] = []

    def open(self) -> None:
        """Make the cluster, the log groups, the alarm, and half an hour of history."""
        ecs = self._clients["ecs"]
        ecs.create_cluster(clusterName=CLUSTER)
        container = {"name": "app", "image": "shop/app:7", "memory": 512, "cpu": 256}
        for service, tasks in TASKS.items():
            ecs.register_task_definition(family=service, containerDefinitions=[container])
            ecs.create_service(
                cluster=CLUSTER, serviceName=service, taskDefinition=service, desiredCount=tasks
            )
            self._open_logs(f"/ecs/{service}")
        self._open_logs(_SPANS)
        now = time.time()
        for minute in range(_HISTORY_MINUTES, 0, -1):
            self.measure(now - 60 * minute, _A_MINUTE)
        self._ring(now)

    def measure(self, at: float, count: int) -> None:
        """Measure some requests that ended at a time."""
        lines: list[dict[str, object]] = []
        for service in TASKS:
            tasks = self._tasks(service)
            made = shop.requests(service, tasks, count, self._dice)
            self._made += [(at, service, one) for one in made]
            self._put_metrics(service, tasks, made, at)
            self._put_lines(f"/ecs/{service}", list(shop.log_lines(service, made)), at)
            for one in made[: max(1, count // 6)]:
                lines += shop.spans(service, one, at, self._dice)
        self._put_lines(_SPANS, [json.dumps(one) for one in lines], at)

    def break_again(self) -> None:
        """Put the tasks back, and let half a minute pass in which that is felt."""
        for service, tasks in TASKS.items():
            self._clients["ecs"].update_service(
                cluster=CLUSTER, service=service, desiredCount=tasks
            )
        now = time.time()
        for second in range(30, 0, -1):
            self.measure(now - second, 8)
        self._ring(now)

    def live(self, stop: Event) -> None:
        """Go on measuring until it is told to stop."""
        while not stop.wait(_PULSE_SECONDS):
            now = time.time()
            self.measure(now - 0.5, 8)
            self._ring(now)

    def kept(self, one: Objective, start: float, end: float) -> float | None:
        """Return how an objective did between two times; None without data."""
        made = [each for at, name, each in self._made if name == one.service and start <= at <= end]
        if not made:
            return None
        if one.kind == "LATENCY":
            return percentile([each.whole_ms for each in made], 99)
        return 100.0 * sum(not each.failed for each in made) / len(made)

    def _tasks(self, service: str) -> int:
        found = self._clients["ecs"].describe_services(cluster=CLUSTER, services=[service])
        return int(found["services"][0]["desiredCount"])

    def _put_metrics(self, service: str, tasks: int, made: list[Request], at: float) -> None:
        named = [_dimension("Environment", ENVIRONMENT), _dimension("Service", service)]
        data = [_datum("Latency", named, one.whole_ms, "Milliseconds", at) for one in made]
        data += [_datum("Fault", named, float(one.failed), "Count", at) for one in made]
        self._clients["cloudwatch"].put_metric_data(Namespace="ApplicationSignals", MetricData=data)
        used = [_dimension("ClusterName", CLUSTER), _dimension("ServiceName", service)]
        busy = _datum("CPUUtilization", used, shop.busy(service, tasks), "Percent", at)
        self._clients["cloudwatch"].put_metric_data(Namespace="AWS/ECS", MetricData=[busy])

    def _put_lines(self, group: str, lines: list[str], at: float) -> None:
        events = [{"timestamp": int(at * 1000), "message": line} for line in lines]
        self._clients["logs"].put_log_events(
            logGroupName=group, logStreamName="app", logEvents=events
        )

    def _open_logs(self, group: str) -> None:
        self._clients["logs"].create_log_group(logGroupName=group)
        self._clients["logs"].create_log_stream(logGroupName=group, logStreamName="app")

    def _ring(self, now: float) -> None:
        latency = OBJECTIVES[0]
        value = self.kept(latency, now - 10, now) or self.kept(latency, now - 120, now) or 0.0
        cloudwatch: Any = self._clients["cloudwatch"]
        cloudwatch.put_metric_alarm(
            AlarmName=_ALARM,
            AlarmDescription="Requests to checkout take too long.",
            Namespace="ApplicationSignals",
            MetricName="Latency",
            Dimensions=[_dimension("Service", "checkout")],
            ExtendedStatistic="p99",
            Period=60,
            EvaluationPeriods=1,
            Threshold=latency.threshold,
            ComparisonOperator="GreaterThanThreshold",
        )
        rings = value > latency.threshold
        reason = f"p99 is {value:.0f} ms, the threshold is {latency.threshold:.0f} ms"
        state = "ALARM" if rings else "OK"
        cloudwatch.set_alarm_state(AlarmName=_ALARM, StateValue=state, StateReason=reason)


def _dimension(name: str, value: str) -> dict[str, str]:
    return {"Name": name, "Value": value}


def _datum(
    name: str, dimensions: list[dict[str, str]], value: float, unit: str, at: float
) -> dict[str, object]:
    named = {"MetricName": name, "Dimensions": dimensions, "Timestamp": at}
    return {**named, "Value": value, "Unit": unit}


def main() -> None:
    """Serve until standard input ends."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    gaps.fill()
    server = importlib.import_module("moto.server").ThreadedMotoServer("127.0.0.1", 0, False)
    server.start()
    host, port = server.get_host_and_port()
    double = Double(f"http://{host}:{port}", random.Random(7))
    double.open()
    beside = signals.Signals(double.kept, (host, port))
    stop = Event()
    living = Thread(target=double.live, args=(stop,), daemon=True)
    living.start()
    _say({"aws": f"http://{host}:{port}", "signals": beside.address})
    for line in sys.stdin:
        match line.strip():
            case "break":
                double.break_again()
            case "deny":
                beside.denied.set()
        _say({"done": line.strip()})
    stop.set()
    living.join()
    beside.stop()
    server.stop()


def _say(answer: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
