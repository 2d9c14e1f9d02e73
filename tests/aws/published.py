"""An MCP server that answers as AWS's servers did when they were tried against a double of AWS.

    python published.py FOLDER

Versions: cloudwatch 0.3.1, cloudwatch-applicationsignals 0.2.1, ecs 0.1.37. The answers are shortened. The
folder is shared by several of these: `tasks` in it is how many tasks checkout has, and a file `denied`
lets Application Signals refuse.
"""

import asyncio
import json
import re
import sys
from pathlib import Path

from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp_types import CallToolResult, ListToolsResult, TextContent, Tool

INPUTS = {
    "get_metric_data": ((), ("queries", "start_time", "end_time", "namespace", "metric_name")),
    "execute_log_insights_query": (
        ("start_time", "end_time", "query_string"),
        ("log_group_names", "limit", "max_timeout"),
    ),
    "get_active_alarms": ((), ("max_items",)),
    "audit_slos": (
        ("slo_targets",),
        ("start_time", "end_time", "auditors", "next_token", "max_slos"),
    ),
    "search_transaction_spans": (
        (),
        ("log_group_name", "start_time", "end_time", "query_string", "limit", "max_timeout"),
    ),
    "ecs_resource_management": (("api_operation",), ("api_params",)),
}
AT = "2026-11-21T11:{:02}:00Z"
LINES = (
    "INFO POST /orders answered 200 in 332 ms",
    "INFO POST /orders answered 200 in 640 ms",
    "ERROR Request refused after 612 ms: no free worker",
)
DENIED = (
    "API call failed: An error occurred (AccessDeniedException) when calling the ListAuditFindings "
    "operation: User is not authorized to perform: application-signals:ListAuditFindings"
)


class Published:
    def __init__(self, folder: Path):
        self.folder = folder

    @property
    def tasks(self):
        kept = self.folder / "tasks"
        return int(kept.read_text()) if kept.exists() else 2

    @property
    def well(self):
        return self.tasks > 2

    def get_metric_data(self, queries, **_window):
        well = {"latency_p99_ms": 143.0, "latency_p50_ms": 104.0, "cpu_utilization": 46.5}
        ill = {"latency_p99_ms": 640.7, "latency_p50_ms": 464.1, "cpu_utilization": 93.0}
        values = {"request_rate": 8.0, "error_rate": 0.0 if self.well else 2.9}
        values |= well if self.well else ill
        found = [
            {
                "id": one["id"],
                "label": one["label"],
                "statusCode": "Complete",
                "datapoints": [
                    {"timestamp": AT.format(minute), "value": values[one["label"]]}
                    for minute in (57, 58, 59)
                ],
                "messages": [],
            }
            for one in queries
            if one.get("return_data", True)
        ]
        return {"metricDataResults": found}

    def execute_log_insights_query(self, log_group_names, **_query):
        if log_group_names[0] not in ("/ecs/checkout", "/ecs/payments"):
            problem = "The specified log group does not exist."
            failed = {"queryId": "", "status": "Error", "message": problem, "results": []}
            return {"result": failed}
        lines = [
            {"@timestamp": f"2026-11-21 11:59:0{number}.799", "@message": line, "@ptr": str(number)}
            for number, line in enumerate(LINES[: 2 if self.well else 3])
        ]
        return {"result": self._complete(lines)}

    def search_transaction_spans(self, query_string, **_window):
        named = re.search(r'attributes.aws.local.service = "(.*?)"', query_string)[1]
        spans = {
            "checkout": [
                {"kind": "SERVER", "operation": "POST /orders", "count": "36"}
                | {"mean_ms": "464.1039206111111", "p99_ms": "657.917872"},
                {"kind": "CLIENT", "service": "payments", "operation": "POST /charges"}
                | {"count": "36", "mean_ms": "52.16349341666667", "p99_ms": "67.003282"},
            ]
        }
        return {"result": self._complete(spans.get(named, []))}

    def get_active_alarms(self, **_most):
        alarm = {
            "alarm_name": "checkout-latency-high",
            "alarm_description": "Requests to checkout take too long.",
            "state_value": "ALARM",
            "state_reason": "p99 is 647 ms, the threshold is 300 ms",
            "metric_name": "Latency",
            "namespace": "ApplicationSignals",
            "dimensions": [{"Name": "Service", "Value": "checkout"}],
            "threshold": 300.0,
            "comparison_operator": "GreaterThanThreshold",
            "state_updated_timestamp": "2026-11-21T11:23:41.468000Z",
            "alarm_type": "MetricAlarm",
        }
        rings = [] if self.well else [alarm]
        more = {"composite_alarms": [], "has_more_results": False, "message": None}
        return {"metric_alarms": rings, **more}

    def audit_slos(self, start_time, end_time, **_targets):
        value, severity = ("143", "NONE") if self.well else ("653", "CRITICAL")
        said = f"SLO checkout-latency: p99 latency is {value} ms against 300 ms"
        found = {"AuditFindings": [self._finding("checkout", said, severity)]}
        said = "SLO payments-latency: p99 latency is 61 ms against 200 ms"
        found["AuditFindings"].append(self._finding("payments", said, "NONE"))
        if (self.folder / "denied").exists():
            found = {
                "AuditFindings": [],
                "ListAuditFindingsErrors": [{"error": DENIED, "targets": []}],
            }
        page = "✅ PAGINATION: Complete! This was the last batch of SLOs."
        if (self.folder / "many").exists():
            page = "🔄 PAGINATION: More SLOs available!"
        banner = "[MCP-SLO] Application Signals SLO Compliance Audit\n🎯 Scope: 2 SLO target(s)\n"
        times = f"⏰ Time: {start_time}-{end_time}\n\n"
        return {"result": f"{banner}{times}{json.dumps(found, indent=2)}\n\n{page}\n"}

    def ecs_resource_management(self, api_operation, api_params):
        if api_operation == "UpdateService":
            if api_params["service"] != "checkout":
                return {"error": "Service not found.", "status": "failed"}
            (self.folder / "tasks").write_text(str(api_params["desiredCount"]))
            return {"service": {"serviceName": "checkout", "desiredCount": self.tasks}}
        found = {name: self.tasks if name == "checkout" else 2 for name in api_params["services"]}
        described = [
            {"serviceName": name, "desiredCount": count, "runningCount": count, "status": "ACTIVE"}
            for name, count in found.items()
        ]
        return {"services": described, "failures": []}

    def _complete(self, results):
        return {"queryId": "93c98af6", "status": "Complete", "statistics": {}, "results": results}

    def _finding(self, service, said, severity):
        return {
            "KeyAttributes": {"Type": "Service", "Name": service, "Environment": "ecs:shop"},
            "AuditorResults": [{"Auditor": "slo", "Description": said, "Severity": severity}],
            "Operation": "POST /orders" if service == "checkout" else "POST /charges",
        }

    async def list_tools(self, _context, _params):
        return ListToolsResult(
            tools=[
                Tool(
                    name=name,
                    input_schema={
                        "type": "object",
                        "properties": {one: {} for one in (*must, *may)},
                        "required": list(must),
                        "additionalProperties": False,
                    },
                )
                for name, (must, may) in INPUTS.items()
            ]
        )

    async def call_tool(self, _context, params):
        answer = getattr(self, params.name)(**params.arguments)
        text = TextContent(type="text", text=json.dumps(answer.get("result", answer)))
        return CallToolResult(content=[text], structured_content=answer)


async def main():
    published = Published(Path(sys.argv[1]))
    server = Server(
        "published", on_list_tools=published.list_tools, on_call_tool=published.call_tool
    )
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


if __name__ == "__main__":
    asyncio.run(main())
