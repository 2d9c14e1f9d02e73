"""Which models are better left alone for a while: a circuit for each, by the clock of the house."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from opstream.adapters.models.orders import Trouble
from opstream.ports import Clock

_LONGEST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Condition:
    """How a model does.

    Args:
        answers: How often it answered since the process began.
        failures: How often it failed since.
        in_a_row: Failures since its last answer.
        trouble: What was wrong last, to stand after its name; '' once it answered again.
        rests_until: Before then it is not asked while there is another one.
        certain: Whether its provider itself asked for that.
    """

    answers: int = 0
    failures: int = 0
    in_a_row: int = 0
    trouble: str = ""
    rests_until: datetime | None = None
    certain: bool = False


class Health:
    """Remembers how models did."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._conditions: dict[str, Condition] = {}

    def of(self, model: str) -> Condition:
        """Return how a model does."""
        return self._conditions.get(model, Condition())

    def all(self) -> Mapping[str, Condition]:
        """Return how all do that were asked."""
        return dict(self._conditions)

    def resting(self, model: str) -> Condition | None:
        """Return how a model does that is better left alone now, None for any other."""
        found = self.of(model)
        until = found.rests_until
        return found if until is not None and self._clock.now() < until else None

    def answered(self, model: str) -> None:
        """Note an answer: what was wrong is over."""
        was = self.of(model)
        self._conditions[model] = Condition(was.answers + 1, was.failures)

    def failed(self, model: str, trouble: Trouble) -> None:
        """Note a failure; each one in a row doubles the rest, where the provider named none."""
        was = self.of(model)
        row = was.in_a_row + 1
        rest = trouble.rest
        if rest is not None and not trouble.certain:
            rest = min(rest * 2 ** min(row - 1, 10), _LONGEST)
        self._conditions[model] = replace(
            was,
            failures=was.failures + 1,
            in_a_row=row,
            trouble=trouble.why,
            rests_until=None if rest is None else self._clock.now() + rest,
            certain=trouble.certain,
        )
