"""Runs as they are remembered, and which earlier ones are like them; pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from opstream.domain.approval import Verdict
from opstream.domain.memory import Audience, Case, Entry, EntryKind
from opstream.domain.outcome import Outcome
from opstream.domain.run import Run, StepState
from opstream.domain.terms import asked
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow
from opstream.knowledge.passages import cut

_ALIKE = 0.6
"""From here on a failure counts as like another one; the same step and half of the words are enough."""
_LONGEST_ERROR = 300
_LONGEST_VALUE = 60
_MOST_FINDINGS = 6
_MOST_DONE = 8
_FIXED_WITHIN = timedelta(days=7)
_CHANGING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b\w*\d[\w.:-]*")
_DETAILS = ("helped", "helped_by")


def run_id(entry_id: str) -> str:
    """Return the run that an entry is about, '' when it is about none."""
    kind, _, rest = entry_id.partition("/")
    return rest if kind == EntryKind.RUN else ""


def subject_of(workflow_id: str) -> str:
    """Return what entries about runs of a workflow are about."""
    return f"workflow/{workflow_id}"


def entry_of(workflow: Workflow, run: Run) -> Entry:
    """Return a run that has ended as it is remembered.

    Raises:
        ValueError: it has not ended.
    """
    if run.outcome is None or run.ended_at is None:
        raise ValueError(f"{run.id!r} has not ended")
    failed_step, error = _failure(run)
    done = list(_done(run))[:_MOST_DONE]
    inputs = {name: _short(value) for name, value in run.inputs.items()}
    told = [
        f"{workflow.title} {run.outcome.value}.",
        " ".join(f"{name}: {value};" for name, value in inputs.items()),
        f"Step {failed_step} failed: {error}" if error else "",
        f"Done after approval: {'; '.join(done)}." if done else "",
        f"It worked after {run.retries} retries." if run.retries and not error else "",
    ]
    findings = _findings(run.result)
    return Entry(
        id=f"{EntryKind.RUN}/{run.id}",
        kind=EntryKind.RUN,
        title=workflow.title,
        passages=("\n".join(one for one in told if one), *findings),
        at=run.ended_at,
        audience=_audience(run),
        subjects=_subjects(run),
        by=run.by.id,
        details={
            "workflow": workflow.id,
            "outcome": run.outcome.value,
            "step": failed_step,
            "error": error,
            "inputs": inputs,
            "done": done,
            "retries": run.retries,
        },
    )


def alike(one: Mapping[str, Json], other: Mapping[str, Json]) -> float:
    """Return how much two failures are alike, from 0 to 1: the step that failed, and what it said.

    Numbers, ids and times say nothing: they differ each time.
    """
    if one.get("workflow") != other.get("workflow") or not one.get("error"):
        return 0.0
    mine, theirs = _said(one), _said(other)
    both = mine | theirs
    shared = len(mine & theirs) / len(both) if both else 1.0
    same_step = 1.0 if one.get("step") == other.get("step") else 0.0
    return 0.2 * same_step + 0.8 * shared


def similar(entry: Entry, earlier: Sequence[Entry], limit: int = 2) -> list[Case]:
    """Return earlier failures that are like one, those with a known remedy first, then the newest.

    Args:
        entry: A failure.
        earlier: What may be shown where it stands.
        limit: How many at most.
    """
    found = [
        one
        for one in earlier
        if one.id != entry.id
        and one.at <= entry.at
        and one.details.get("outcome") == Outcome.FAILED
        and alike(entry.details, one.details) >= _ALIKE
    ]
    found.sort(key=lambda one: (bool(one.details.get("helped")), one.at), reverse=True)
    return [_case(one) for one in found[:limit]]


def remedied(entry: Entry, earlier: Sequence[Entry]) -> Entry | None:
    """Return the failure that a success ended, with what helped; None when it ended none.

    Args:
        entry: A run that succeeded.
        earlier: Runs of the same workflow, newest first.
    """
    for one in earlier:
        if one.id == entry.id or one.at > entry.at or not _about_the_same(one, entry):
            continue
        if one.details.get("outcome") != Outcome.FAILED or entry.at - one.at > _FIXED_WITHIN:
            return None  # it had been working already, or the failure is long ago
        if one.details.get("helped_by"):
            return None
        helped = _difference(one.details, entry.details)
        return _with(one, {"helped": helped, "helped_by": run_id(entry.id)})
    return None


def keeping_remedy(entry: Entry, known: Entry | None) -> Entry:
    """Return a failure that is remembered anew with what is known to have helped."""
    if known is None or entry.details.get("outcome") != Outcome.FAILED:
        return entry
    return _with(entry, {key: known.details[key] for key in _DETAILS if key in known.details})


def _with(entry: Entry, more: Mapping[str, Json]) -> Entry:
    helped = str(more.get("helped") or "")
    passages = tuple(one for one in entry.passages if not one.startswith("What helped: "))
    if helped:
        passages = (*passages, f"What helped: {helped}.")
    return Entry(
        entry.id,
        entry.kind,
        entry.title,
        passages,
        entry.at,
        entry.audience,
        entry.subjects,
        entry.link,
        entry.by,
        {**entry.details, **more},
    )


def _case(entry: Entry) -> Case:
    details = entry.details
    return Case(
        run_id(entry.id),
        entry.title,
        entry.at,
        str(details.get("error") or ""),
        str(details.get("helped") or ""),
        str(details.get("helped_by") or ""),
    )


def _failure(run: Run) -> tuple[str, str]:
    """Return the step that failed and what it said, ('', '') when none did."""
    if run.outcome is not Outcome.FAILED:
        return "", ""
    for step in run.stuck:
        if error := run.state(step).error:
            return step, _line(error, _LONGEST_ERROR)
    return "", _line(run.reason, _LONGEST_ERROR)


def _done(run: Run) -> Iterator[str]:
    """Yield what was done after somebody had said yes to it."""
    for state in run.steps.values():
        if _was_approved(state) and state.call is not None:
            arguments = ", ".join(
                f"{name} {_short(value)}" for name, value in state.call.arguments.items()
            )
            yield f"{state.call.operation} ({arguments})"


def _was_approved(state: StepState) -> bool:
    return state.approval is not None and state.approval.verdict is Verdict.GRANTED


def _findings(result: Json) -> tuple[str, ...]:
    if result is None or result == "":
        return ()
    if isinstance(result, str):
        return cut(result)[:_MOST_FINDINGS]
    return cut(json.dumps(result, ensure_ascii=False, default=str), "result.json")[:_MOST_FINDINGS]


def _audience(run: Run) -> Audience:
    if run.place is None:
        return Audience(everyone=True, person=run.by.id)
    return Audience(person=run.by.id, channel=run.place.channel)


def _subjects(run: Run) -> frozenset[str]:
    named = {value for value in run.inputs.values() if isinstance(value, str) and _is_name(value)}
    thread = f"{run.place.channel}/{run.place.thread}" if run.place and run.place.thread else ""
    return frozenset({subject_of(run.workflow_id), *named, *([thread] if thread else [])})


def _is_name(value: str) -> bool:
    return 0 < len(value) <= _LONGEST_VALUE and len(value.split()) == 1


def _said(details: Mapping[str, Json]) -> frozenset[str]:
    return frozenset(asked(_CHANGING.sub(" ", str(details.get("error") or ""))))


def _about_the_same(one: Entry, other: Entry) -> bool:
    """Return whether two runs of a workflow were about the same thing, such as a service."""
    mine, theirs = _names(one), _names(other)
    return not (mine or theirs) or bool(mine & theirs)


def _names(entry: Entry) -> frozenset[str]:
    return frozenset(one for one in entry.subjects if "/" not in one)


def _difference(failed: Mapping[str, Json], worked: Mapping[str, Json]) -> str:
    """Return what was different when it worked, in words."""
    before, after = failed.get("inputs"), worked.get("inputs")
    changed = []
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        changed = [
            f"{_spoken(name)} {before[name]} → {value}"
            if name in before
            else f"{_spoken(name)} {value}"
            for name, value in after.items()
            if before.get(name) != value
        ]
    done = worked.get("done")
    if isinstance(done, Sequence) and not isinstance(done, str):
        before_that = failed.get("done")
        known = before_that if isinstance(before_that, Sequence) else ()
        changed += [str(one) for one in done if one not in known]
    if changed:
        return _line("; ".join(changed), _LONGEST_ERROR)
    return "running it once more, with nothing changed"


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _short(value: Json) -> str:
    plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return _line(plain, _LONGEST_VALUE)


def _line(text: str, limit: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
