"""All checks, and the judgement they come to."""

from collections.abc import Callable, Iterator, Mapping

from benchmarks.chaos import check_effects, check_people, check_runs
from benchmarks.chaos.evidence import Evidence
from benchmarks.chaos.judging import Violation

Check = Callable[[Evidence], Iterator[Violation]]

CHECKS: Mapping[str, Check] = {
    "runs": check_runs.lost,
    "replay": check_runs.replayed,
    "audit": check_runs.audited,
    "children": check_runs.children,
    "limits": check_runs.limits,
    "deaths": check_runs.died,
    "lost effects": check_effects.lost,
    "doubled effects": check_effects.doubled,
    "unasked": check_effects.unasked,
    "order": check_effects.order,
    "loops": check_effects.loops,
    "undo": check_effects.undone,
    "approvals": check_people.settled,
    "answers": check_people.kept,
}


def violations(evidence: Evidence) -> list[Violation]:
    """Return all that is broken."""
    return [one for check in CHECKS.values() for one in check(evidence)]
