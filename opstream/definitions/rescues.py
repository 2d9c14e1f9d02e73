"""Steps that answer the failure of another one: what comes after it waits for them too.

    - id: book
      call: travel.book
      on_error:
        steps: [{id: by_hand, ask: {…}}]
    - id: tell            # needs `book`, and therefore `by_hand`

The inner steps stand behind the failing one, in one row, with `rescues: book`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from opstream.domain.workflow import Step


def joined(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return the steps of a scope; those that need a rescued step need its last rescuer as well."""
    last = last_rescuers(steps)
    if not last:
        return tuple(steps)
    answered = answered_by(steps)
    return tuple(
        replace(step, needs=with_rescuers(step.needs, last, answered[step.id])) for step in steps
    )


def last_rescuers(steps: Sequence[Step]) -> Mapping[str, str]:
    """Return the last step that answers a failure, by the step that fails."""
    return {step.rescues: step.id for step in steps if step.rescues}


def with_rescuers(
    needs: Sequence[str], last: Mapping[str, str], answered: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Return needs, each followed by its last rescuer.

    Args:
        needs: As written.
        last: See `last_rescuers`.
        answered: Steps whose failure this very step answers: it cannot wait for their rescue.
    """
    return tuple(dict.fromkeys(one for need in needs for one in _row(need, last, answered)))


def _row(need: str, last: Mapping[str, str], answered: frozenset[str]) -> list[str]:
    row = [need]
    while row[-1] in last and row[-1] not in answered and last[row[-1]] not in row:
        row.append(last[row[-1]])
    return row


def answered_by(steps: Sequence[Step]) -> Mapping[str, frozenset[str]]:
    """Return, by step, those whose failure it answers: one, or one inside the other."""
    rescued = {step.id: step.rescues for step in steps}
    return {step.id: _answered(step.id, rescued) for step in steps}


def _answered(step_id: str, rescued: Mapping[str, str | None]) -> frozenset[str]:
    found: set[str] = set()
    here = rescued.get(step_id)
    while here and here not in found:
        found.add(here)
        here = rescued.get(here)
    return frozenset(found)
