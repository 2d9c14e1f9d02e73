"""The built-in analyst: finds bottlenecks in what tools measured, with laws and rules, no model."""

from dataclasses import asdict

from opstream.adapters.connectors.profiling import report
from opstream.adapters.connectors.profiling.comparison import compare as compared
from opstream.adapters.connectors.profiling.diagnosis import diagnose
from opstream.adapters.connectors.profiling.fixes import NoFix
from opstream.adapters.connectors.profiling.focus import where_to_look as focused
from opstream.adapters.connectors.profiling.reading import evidence
from opstream.adapters.connectors.profiling.summary import summarize as summarized
from opstream.offering import Connector

profiling = Connector("profiling")


@profiling.operation(writes=False)
async def find_bottlenecks(  # noqa: PLR0913  # the inputs of an operation, given by name
    service: str,
    metrics: object = None,
    traces: object = None,
    logs: object = None,
    slos: object = None,
    status: object = None,
    tools: str = "estate",
) -> object:
    """Find what slows a service down or makes it fail, with the numbers that show it.

    Reads the outputs of tools for metrics, traces, logs, objectives and status; any of them may
    be missing. Proposes a fix only where the numbers support one.

    Args:
        service: The service to judge.
        metrics: Series with points, or a summary, such as `cloudwatch_metrics` returns.
        traces: The parts of a request, such as `trace_analysis` returns, or spans of OpenTelemetry.
        logs: Log lines, by pattern or one by one, such as `log_aggregation` returns.
        slos: Objectives and how they are kept, such as `slo_checker` returns.
        status: Replicas, pool sizes and versions, such as `estate_status` returns; and, as
            `remedies`, which changes can be made at all.
        tools: The source whose tools a fix shall use, where the status names no remedies.
    """
    diagnosis = diagnose(evidence(service, metrics, traces, logs, slos, status))
    why_none = diagnosis.fix.why if isinstance(diagnosis.fix, NoFix) else ""
    return {
        **asdict(report.of(diagnosis)),
        "bottlenecks": [asdict(one) for one in diagnosis.bottlenecks],
        "healthy": diagnosis.healthy,
        "fix": report.fix_data(diagnosis.fix, diagnosis.evidence, tools),
        "no_fix_because": why_none,
    }


@profiling.operation(writes=False)
async def compare(service: str, before: object, after: object, slos: object = None) -> object:
    """Compare the metrics of a service before and after a change, and say whether it helped.

    Args:
        service: The service that was changed.
        before: Metrics from before, such as `cloudwatch_metrics` returns.
        after: The same metrics from after the change.
        slos: Objectives as they are kept now, such as `slo_checker` returns.
    """
    found = compared(service, before, after, slos)
    return {**asdict(found.report), "improved": found.improved}


@profiling.operation(writes=False)
async def where_to_look(slos: object, alerts: object = None) -> object:
    """Say at which service to look first when objectives are missed, and why.

    It is the one that spends its error budget fastest, or the one that grouped alerts name as the
    root of its trouble.

    Args:
        slos: Objectives and how they are kept, such as `slo_checker` returns.
        alerts: Alerts in groups with a root, such as `alert_correlator` returns.
    """
    return asdict(focused(slos, alerts))


@profiling.operation(writes=False)
async def summarize(title: str, results: object) -> object:
    """Summarise whatever tools returned: missed objectives, alerts, errors and figures.

    Args:
        title: What the results are about.
        results: Outputs by the name of their tool.
    """
    return asdict(summarized(title, results))
