"""Outputs as the tools of the estate give them, cut down to what workflows look at."""

BREACHED = {
    "service": None,
    "breached": True,
    "slos": [
        {"service": "web", "name": "latency", "met": False, "burn_rate": 3.5},
        {"service": "checkout", "name": "latency", "met": False, "burn_rate": 21.0},
        {"service": "payments", "name": "latency", "met": True, "burn_rate": 0.2},
    ],
}
MET = {"service": None, "breached": False, "slos": [{"service": "web", "met": True}]}
FIX = {
    "operation": "estate.set_pool_size",
    "arguments": {"service": "checkout", "size": 40},
    "title": "Enlarge the pool of checkout",
    "why": "Requests wait 1.8 s for a connection.",
    "risk": "low",
    "watch": "20s",
}
READS = {
    "cloudwatch_metrics": {"series": [1]},
    "trace_analysis": {"spans": [2]},
    "log_aggregation": {"patterns": [3]},
    "estate_status": {"services": [4]},
    "alert_correlator": {"alerts": [], "groups": []},
    "estate.set_pool_size": {"changed": True, "at": "2026-05-04T12:00:00Z"},
    "profiling.where_to_look": {"service": "checkout", "why": "It burns fastest."},
    "profiling.summarize": {"summary": "All is read."},
    "profiling.compare": {"summary": "It is faster now."},
}
SICK = {
    "profiling.find_bottlenecks": {
        "summary": "The pool is too small.",
        "healthy": False,
        "fix": FIX,
        "no_fix_because": "",
    }
}
WELL = {
    "profiling.find_bottlenecks": {
        "summary": "All is well.",
        "healthy": True,
        "fix": None,
        "no_fix_because": "",
    }
}
PUZZLING = {
    "profiling.find_bottlenecks": {
        "summary": "It is slow.",
        "healthy": False,
        "fix": None,
        "no_fix_because": "Nothing that was measured says why.",
    }
}
