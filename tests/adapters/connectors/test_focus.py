"""Where the built-in analyst looks first."""

import pytest

from tests.adapters.connectors.estates import run, slo, slos

WORST = slos(slo("web") | {"burn_rate": 3.0}, slo("checkout") | {"burn_rate": 21.0})


async def test_the_service_that_burns_its_budget_fastest_is_looked_at_first():
    found = await run("where_to_look", slos=WORST)

    assert found == {
        "service": "checkout",
        "why": "It spends its error budget fastest, 21 times as fast as allowed.",
    }


async def test_the_root_of_its_alerts_goes_before_it():
    groups = [
        {"root": "web", "services": ["web"], "reason": "Its memory grows."},
        {"root": "database", "services": ["checkout", "database"], "reason": "It is 30 ms late."},
    ]

    found = await run("where_to_look", slos=WORST, alerts={"groups": groups})

    assert found["service"] == "database"
    assert found["why"] == ("The trouble of checkout most likely begins there. It is 30 ms late.")


@pytest.mark.parametrize("alerts", [None, "none", {"groups": [{"root": 7, "services": 3}, None]}])
async def test_alerts_of_another_shape_are_left_out(alerts):
    found = await run("where_to_look", slos=WORST, alerts=alerts)

    assert found["service"] == "checkout"


async def test_nothing_missed_is_nowhere_to_look():
    found = await run("where_to_look", slos=slos(slo(met=True)))

    assert found == {"service": None, "why": "Every objective that was checked is met."}


async def test_a_tool_without_burn_rates_still_says_what_is_missed():
    found = await run("where_to_look", slos=slos({**slo(), "burn_rate": None}))

    assert found["why"] == "Its objective “latency of checkout” is missed."
