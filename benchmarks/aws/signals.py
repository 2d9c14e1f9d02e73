"""What Application Signals and X-Ray answer in the double; moto knows the first not at all."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, unquote, urlsplit

from benchmarks.aws.shop import ENVIRONMENT, OBJECTIVES, OPERATIONS, Objective

Answer = Mapping[str, object]
Measured = Callable[[Objective, float, float], float | None]
_ARN = "arn:aws:application-signals:us-east-1:123456789012:slo/"
_FORWARDED = ("content-type", "authorization", "x-amz-date", "x-amz-target", "host")


def serve(measured: Measured, moto: tuple[str, int]) -> ThreadingHTTPServer:
    """Answer on a free port of this machine until the server is shut down.

    Args:
        measured: How an objective did between two times (Unix seconds); None without data.
        moto: Where everything else is answered.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            asked = urlsplit(self.path)
            known = _known(method, asked.path, _given(asked.query, body), measured)
            if known is not None:
                self._send(*known, "application/json")
                return
            there = HTTPConnection(*moto, timeout=20)
            headers = {name: self.headers[name] for name in _FORWARDED if name in self.headers}
            there.request(method, self.path, body, headers)
            reply = there.getresponse()
            kind = reply.headers.get("content-type") or "application/json"
            self._send(reply.status, reply.read(), kind)

        def _send(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


def _given(query: str, body: bytes) -> Answer:
    named = json.loads(body) if body.startswith(b"{") else {}
    return {**dict(parse_qsl(query)), **named}


def _known(
    method: str, path: str, given: Answer, measured: Measured
) -> tuple[int, bytes] | None:
    match method, path:
        case "GET", "/services":
            found: Answer | None = {**_now(), "ServiceSummaries": [_service(one) for one in OPERATIONS]}
        case "POST", "/slos":
            attributes = given.get("KeyAttributes")
            wanted = attributes.get("Name") if isinstance(attributes, Mapping) else None
            found = {"SloSummaries": [_slo(one) for one in OBJECTIVES if wanted in (None, one.service)]}
        case "GET", str() if path.startswith("/slo/"):
            found = _detail(unquote(path.removeprefix("/slo/")))
        case "POST", "/auditFindings":
            found = _audit(given, measured)
        case "POST", "/budget-report":
            found = {"Timestamp": _now()["StartTime"], "Reports": [], "Errors": []}
        case "POST", "/GetTraceSegmentDestination":
            found = {"Destination": "CloudWatchLogs", "Status": "ACTIVE"}
        case _:
            return None
    if found is None:
        return 404, json.dumps({"Message": "There is no such objective."}).encode()
    return 200, json.dumps(found).encode()


def _now() -> dict[str, float]:
    now = datetime.now(UTC).timestamp()
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
