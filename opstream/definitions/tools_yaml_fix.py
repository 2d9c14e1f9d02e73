"""What `auto_resolve: true` of format 1 means: find the cause of a breach, ask, fix, check again.

It is automatic up to the point where something would be changed: that waits for a yes.
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

_READS = {
    "metrics": ("cloudwatch_metrics", "Read metrics of the worst"),
    "traces": ("trace_analysis", "Analyse its traces"),
    "logs": ("log_aggregation", "Read its logs"),
}
_FIX = "steps.analyse.output.fix"
_FIXABLE = f"{{{{ steps.analyse.status == 'succeeded' and {_FIX} is not none }}}}"
_WATCHED = "30s"
_FIXED = "{{ steps.fix.status == 'succeeded' }}"


def steps(checker: Step, after: str, retry: RetryPolicy) -> list[Step]:
    """Return the steps that follow when the step `checker` has found a breach.

    Args:
        checker: The step that checks objectives.
        after: The step after which they begin.
        retry: How often a read is tried.
    """
    found = f"steps.{checker.id}.output"
    breached = f"{{{{ {found}.breached }}}}"
    worst = (
        f"{{{{ ({found}.slos | rejectattr('met') | sort('burn_rate', true) | first).service }}}}"
    )
    look: Json = {"service": worst, "duration": "{{ inputs.duration | default('10m') }}"}
    reads = [
        Step(name, title, Call(tool, look), (after,), breached, retry)
        for name, (tool, title) in _READS.items()
    ]
    status = Step(
        "status", "Look at the settings", Call("estate_status"), (after,), breached, retry
    )
    needs = (*(step.id for step in reads), status.id)
    analysis: dict[str, Json] = {step: f"{{{{ steps.{step}.output }}}}" for step in needs}
    analysis |= {"service": worst, "slos": f"{{{{ {found} }}}}"}
    analyse = Call("profiling.find_bottlenecks", analysis)
    said = Notify("{{ steps.analyse.output.summary }}", "{{ steps.analyse.output }}")
    return [
        *reads,
        status,
        Step("analyse", "Find the cause", analyse, needs, breached),
        Step("explain", "Explain", said, ("analyse",), breached),
        *_mending(checker, worst, retry),
    ]


def _mending(checker: Step, worst: str, retry: RetryPolicy) -> list[Step]:
    request = RequestApproval(
        title=f"{{{{ {_FIX}.title }}}}",
        details=f"{{{{ {_FIX}.why }}}}",
        covers="fix",
        rule=ApprovalRule(risk=f"{{{{ {_FIX}.risk }}}}"),
    )
    fix = Call(f"{{{{ {_FIX}.operation }}}}", f"{{{{ {_FIX}.arguments }}}}")
    look: Json = {"service": worst, "duration": _WATCHED}
    again = Call(checker.work.operation if isinstance(checker.work, Call) else "", look)
    verdict = Notify(
        "{{ 'The objectives are still missed after the fix.' if steps.check_again.output.breached "
        "else 'The objectives are met again.' }}"
    )
    return [
        Step("approve", "Ask for a yes", request, ("explain",), _FIXABLE),
        Step("fix", "Apply the fix", fix, ("approve",), _FIXABLE),
        Step("watch", "Watch the effect", Wait(_WATCHED), ("fix",), _FIXED),
        Step("check_again", "Check again", again, ("watch",), _FIXED, retry),
        Step("verdict", "Say how it went", verdict, ("check_again",), _FIXED),
    ]
