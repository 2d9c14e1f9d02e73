"""What Application Signals and X-Ray answer in the double; moto knows the first not at all."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

from benchmarks.aws.shop import ENVIRONMENT, OBJECTIVES, OPERATIONS, Objective

Answer = Mapping[str, object]
Measured = Callable[[Objective, float, float], float | None]
Reply: TypeAlias = tuple[int, bytes]
_ARN = "arn:aws:application-signals:us-east-1:123456789012:slo/"
_DENIED = {
    "Message": "User: arn:aws:iam::123456789012:user/bot is not authorized to perform: "
    "application-signals:ListAuditFindings"
}
_FORWARDED = ("content-type", "authorization", "x-amz-date", "x-amz-target", "host")


class Signals:
    """Answers on a free port of this machine until it is stopped.

    Args:
        measured: How an objective did between two times (Unix seconds); None without data.
        moto: Where X-Ray is answered, but for one call.
    """

    def __init__(self, measured: Measured, moto: tuple[str, int]) -> None:
        self.denied = Event()
        self._measured = measured
        self._moto = moto
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Return the answer to a request."""
        asked = urlsplit(path)
        if self.denied.is_set() and asked.path == "/auditFindings":
            return 403, json.dumps(_DENIED).encode()
        if asked.path[1:2].isupper() and asked.path != "/GetTraceSegmentDestination":
            return self._forwarded(method, path, body, headers)
        found = _known(method, asked.path, _given(asked.query, body), self._measured)
        if found is None:
            return 404, json.dumps({"Message": "The double does not have this."}).encode()
        return 200, json.dumps(found).encode()

    def _forwarded(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        there = HTTPConnection(*self._moto, timeout=20)
        kept = {name: value for name, value in headers.items() if name.lower() in _FORWARDED}
        there.request(method, path, body, kept)
        reply = there.getresponse()
        return reply.status, reply.read()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, signals: Signals, *more: Any) -> None:  # noqa: ANN401  # of the server
        self._signals = signals
        super().__init__(*more)

    def do_GET(self) -> None:
        """Answer."""
        self._answer()

    def do_POST(self) -> None:
        """Answer."""
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = dict(self.headers.items())
        status, said = self._signals.answer(self.command, self.path, body, headers)
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(said)))
        if status == 403:
            self.send_header("x-amzn-errortype", "AccessDeniedException")
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:  # what it overrides
        """Say nothing."""


def _given(query: str, body: bytes) -> Answer:
    named = json.loads(body) if body.startswith(b"{") else {}
    return {**dict(parse_qsl(query)), **named}


def _known(method: str, path: str, given: Answer, measured: Measured) -> Answer | None:
    match method, path:
        case "GET", "/services":
            return {**_now(), "ServiceSummaries": [_service(one) for one in OPERATIONS]}
        case "POST", "/slos":
            attributes = given.get("KeyAttributes")
            wanted = attributes.get("Name") if isinstance(attributes, Mapping) else None
            return {"SloSummaries": [_slo(o) for o in OBJECTIVES if wanted in (None, o.service)]}
        case "GET", str() if path.startswith("/slo/"):
            return _detail(unquote(path.removeprefix("/slo/")))
        case "POST", "/auditFindings":
            return _audit(given, measured)
        case "POST", "/budget-report":
            return {"Timestamp": _now()["StartTime"], "Reports": [], "Errors": []}
        case "POST", "/GetTraceSegmentDestination":
            return {"Destination": "CloudWatchLogs", "Status": "ACTIVE"}
    return None


def _now() -> dict[str, float]:
    now = time.time()
    return {"StartTime": now - 3600, "EndTime": now}


def _attributes(service: str) -> dict[str, str]:
    return {"Type": "Service", "Name": service, "Environment": ENVIRONMENT}


def _service(name: str) -> Answer:
    return {
        "KeyAttributes": _attributes(name),
        "AttributeMaps": [{"InstrumentationType": "INSTRUMENTED"}],
        "MetricReferences": [],
    }


def _slo(one: Objective) -> Answer:
    return {
        "Arn": f"{_ARN}{one.name}",
        "Name": one.name,
        "KeyAttributes": _attributes(one.service),
        "OperationName": OPERATIONS[one.service],
        "CreatedTime": _now()["StartTime"],
    }


def _detail(name: str) -> Answer | None:
    one = next((each for each in OBJECTIVES if name in (each.name, f"{_ARN}{each.name}")), None)
    if one is None:
        return None
    metric = {
        "KeyAttributes": _attributes(one.service),
        "OperationName": OPERATIONS[one.service],
        "MetricType": one.kind,
        "MetricDataQueries": [],
    }
    goal = {
        "Interval": {"RollingInterval": {"DurationUnit": "DAY", "Duration": 7}},
        "AttainmentGoal": 99.0,
    }
    over = "LessThan" if one.kind == "LATENCY" else "GreaterThan"
    sli = {"SliMetric": metric, "MetricThreshold": one.threshold, "ComparisonOperator": over}
    times = {"CreatedTime": _now()["StartTime"], "LastUpdatedTime": _now()["StartTime"]}
    named = {"Arn": f"{_ARN}{one.name}", "Name": one.name, "EvaluationType": "PeriodBased"}
    return {"Slo": {**named, **times, "Sli": sli, "Goal": goal}}


def _audit(given: Mapping[str, object], measured: Measured) -> Answer:
    start, end = _seconds(given.get("StartTime")), _seconds(given.get("EndTime"))
    targets = given.get("AuditTargets")
    wanted = {_target(one) for one in targets} if isinstance(targets, Sequence) else set()
    found = [
        _finding(one, value)
        for one in OBJECTIVES
        if wanted & {one.name, f"{_ARN}{one.name}"}
        and (value := measured(one, start, end)) is not None
    ]
    return {"AuditFindings": found, "StartTime": start, "EndTime": end}


def _seconds(value: object) -> float:
    if isinstance(value, int | float):
        return float(value)
    return datetime.fromisoformat(str(value).replace("Z", "+00:00")).timestamp()


def _target(one: Mapping[str, Mapping[str, Mapping[str, str]]]) -> str:
    slo = one["Data"]["Slo"]
    return slo.get("SloName") or slo.get("SloArn") or ""


def _finding(one: Objective, value: float) -> Answer:
    latency = one.kind == "LATENCY"
    met = value <= one.threshold if latency else value >= one.threshold
    said = (
        f"p99 latency is {value:.0f} ms against {one.threshold:.0f} ms"
        if latency
        else f"availability is {value:.2f} % against {one.threshold:g} %"
    )
    result = {
        "Auditor": "slo",
        "Description": f"SLO {one.name}: {said}",
        "Severity": "NONE" if met else "CRITICAL",
    }
    return {
        "KeyAttributes": _attributes(one.service),
        "Operation": OPERATIONS[one.service],
        "AuditorResults": [result],
    }
