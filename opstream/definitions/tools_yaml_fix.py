"""What `auto_resolve: true` of format 1 means: find the cause of a breach, ask, fix, check again.

It is automatic up to the point where something would be changed: that waits for a yes. A breach that
is over by now is left alone.
"""

from opstream.domain.values import Json
from opstream.domain.workflow import (
    ApprovalRule,
    Call,
    Notify,
    RequestApproval,
    RetryPolicy,
    Step,
    Wait,
)

LATELY = "1m"
WATCHED = "30s"  # when the fix does not say how long its effect takes to show
_READS = {
    "metrics": ("cloudwatch_metrics", "Read metrics there"),
    "traces": ("trace_analysis", "Analyse traces there"),
    "logs": ("log_aggregation", "Read logs there"),
}
_LASTS = "{{ steps.now.status == 'succeeded' and steps.now.output.breached }}"
_SERVICE = "{{ steps.focus.output.service }}"
_FIX = "steps.analyse.output.fix"
_FIXABLE = f"{{{{ steps.analyse.status == 'succeeded' and {_FIX} is not none }}}}"
_FIXED = "{{ steps.fix.status == 'succeeded' }}"
_NOW = f"{{{{ {{'service': inputs.service, 'duration': '{LATELY}'}} | given }}}}"
_SINCE = (
    "{{ {'service': inputs.service, 'duration': steps.fix.output.watch | default('20s'), 'since': steps.fix.output.at | default(none)}"
    " | given }}"
)

RESULT = (
    "{{ steps.verdict.output.text if steps.verdict.status == 'succeeded' "
    "else steps.passed.output.text if steps.passed.status == 'succeeded' "
    "else steps.analyse.output.summary if steps.analyse.status == 'succeeded' "
    "else steps.summarize.output.summary }}"
)


def steps(checker: Step, alerts: Step | None, after: str, retry: RetryPolicy) -> list[Step]:
    """Return the steps that follow when the step `checker` has found a breach.

    Args:
        checker: The step that checks objectives.
        alerts: The step that groups alerts by their root, or None.
        after: The step after which they begin.
        retry: How often a read is tried.
    """
    check = checker.work.operation if isinstance(checker.work, Call) else ""
    breached = f"{{{{ steps.{checker.id}.output.breached }}}}"
    passed = f"{{{{ steps.{checker.id}.output.breached and not steps.now.output.breached }}}}"
    said = Notify("Over the last minute all objectives are met. The trouble has passed.")
    seen: dict[str, Json] = {"slos": "{{ steps.now.output }}"}
    if alerts is not None:
        seen["alerts"] = f"{{{{ steps.{alerts.id}.output }}}}"
    focus = Call("profiling.where_to_look", seen)
    return [
        Step("now", "Check the last minute", Call(check, _NOW), (after,), breached, retry),
        Step("passed", "The trouble has passed", said, ("now",), passed),
        Step("focus", "See where it begins", focus, ("now",), _LASTS),
        *_analysis(retry),
        *_mending(check, retry),
    ]


def _analysis(retry: RetryPolicy) -> list[Step]:
    look: Json = {"service": _SERVICE, "duration": LATELY}
    reads = [
        Step(name, title, Call(tool, look), ("focus",), _LASTS, retry)
        for name, (tool, title) in _READS.items()
    ]
    settings = Call("estate_status")
    status = Step("status", "Look at the settings", settings, ("focus",), _LASTS, retry)
    needs = (*(step.id for step in reads), status.id)
    analysis: dict[str, Json] = {step: f"{{{{ steps.{step}.output }}}}" for step in needs}
    analysis |= {"service": _SERVICE, "slos": "{{ steps.now.output }}"}
    analyse = Call("profiling.find_bottlenecks", analysis)
    said = Notify("{{ steps.analyse.output.summary }}", "{{ steps.analyse.output }}")
    return [
        *reads,
        status,
        Step("analyse", "Find the cause", analyse, needs, _LASTS),
        Step("explain", "Explain", said, ("analyse",), _LASTS),
    ]


def _mending(check: str, retry: RetryPolicy) -> list[Step]:
    request = RequestApproval(
        title=f"{{{{ {_FIX}.title }}}}",
        details=f"{{{{ {_FIX}.why }}}}",
        covers="fix",
        rule=ApprovalRule(risk=f"{{{{ {_FIX}.risk }}}}"),
    )
    fix = Call(f"{{{{ {_FIX}.operation }}}}", f"{{{{ {_FIX}.arguments }}}}")
    watch = Wait(f"{{{{ steps.fix.output.watch | default({_FIX}.watch) | default('{WATCHED}') }}}}")
    verdict = Notify(
        "{{ 'The fix is in, but objectives are still missed.' if steps.check_again.output.breached "
        "else 'The fix is in and the objectives are met again.' }}"
    )
    return [
        Step("approve", "Ask for a yes", request, ("explain",), _FIXABLE),
        Step("fix", "Apply the fix", fix, ("approve",), _FIXABLE),
        Step("watch", "Watch the effect", watch, ("fix",), _FIXED),
        Step("check_again", "Check again", Call(check, _SINCE), ("watch",), _FIXED, retry),
        Step("verdict", "Say how it went", verdict, ("check_again",), _FIXED),
    ]
