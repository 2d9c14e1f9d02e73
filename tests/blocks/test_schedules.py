"""What starts by the clock, as people read it."""

import pytest

from blocks import schedules
from opstream.domain.trigger import Schedule
from tests.contracts.stories import ANA, NOON


@pytest.mark.parametrize(
    ("cron", "said"),
    [
        ("0 9 * * mon-fri", "Every weekday at 9 in Europe/Berlin · next"),
        ("0 9 * * 1", "At `0 9 * * 1` in Europe/Berlin · next"),
    ],
)
def test_a_plan_is_shown_in_words_where_there_are_any(cron, said):
    plan = schedules.Plan(
        "tidy@1", "Tidy up", Schedule(cron=cron, timezone="Europe/Berlin"), NOON, ANA, ""
    )

    assert said in schedules.row(plan)
    assert said[1:].partition(" ·")[0] in schedules.planned(plan).text
