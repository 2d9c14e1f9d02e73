import pytest

from tests.adapters.connectors.estates import metrics, run, slo, slos

BEFORE = metrics(latency_p99_ms=[2140.0] * 3, error_rate=[4.1] * 3, pool_utilization=[100.0] * 3)
AFTER = metrics(latency_p99_ms=[310.0] * 3, error_rate=[0.1] * 3, pool_utilization=[50.0] * 3)


async def test_a_change_that_helped_is_shown_with_before_and_after():
    found = await run(
        "compare",
        service="checkout",
        before=BEFORE,
        after=AFTER,
        slos=slos(slo(actual=310.0, met=True)),
    )

    assert found["improved"] is True
    assert found["summary"] == (
        "`checkout` is better: p99 fell from 2,140 ms to 310 ms (-86 %); the error rate fell from "
        "4.1 % to 0.1 % (-98 %); its objective is kept."
    )
    assert found["tables"][0]["rows"][0] == ["p99", "2,140 ms", "310 ms", "-86 %"]
    assert [one["title"] for one in found["charts"]] == [
        "Times of checkout, before and after",
        "Shares of checkout, before and after",
    ]


@pytest.mark.parametrize(
    ("before", "after", "summary"),
    [
        (AFTER, BEFORE, "`checkout` got worse: p99 rose from 310 ms to 2,140 ms (6.9 times as"),
        (AFTER, AFTER, "`checkout` did not change noticeably: p99 stayed at 310 ms"),
        ({}, AFTER, "Before and after have no metric of `checkout` in common to compare."),
    ],
)
async def test_a_change_that_did_not_help_is_not_praised(before, after, summary):
    found = await run("compare", service="checkout", before=before, after=after)

    assert found["improved"] is False
    assert found["summary"].startswith(summary)


async def test_a_change_that_helped_too_little_says_what_is_still_missed():
    found = await run(
        "compare",
        service="checkout",
        before={"metrics": BEFORE},
        after={"metrics": AFTER, "slos": slos(slo(actual=810.0))},
    )

    assert found["improved"] is True
    assert found["summary"].endswith("the latency target of 500 ms is still missed.")


async def test_any_results_are_summed_up_with_what_wants_attention():
    found = await run(
        "summarize",
        title="SLO Compliance Monitoring",
        results={
            "slo_checker": slos(slo(), slo("web", met=True)),
            "alert_correlator": {
                "alerts": [{"service": "web", "name": "latency_p99_high", "value": 2169.0}],
                "groups": [
                    {"root": "checkout", "services": ["web", "checkout"], "reason": "It is slow."}
                ],
            },
            "cloudwatch_metrics": BEFORE,
            "inbox": {"unread": 3, "ok": True, "messages": [{"from": "Ana", "subject": "Hi"}]},
            "note": "All quiet.",
        },
    )

    assert found["summary"] == (
        "SLO Compliance Monitoring: 5 tools looked, 2 findings want attention."
    )
    assert [one["title"] for one in found["findings"]] == [
        "checkout: latency target missed",
        "Alerts that begin at checkout",
        "note",
    ]
    assert found["findings"][1]["detail"] == "It is slow. It touches web, checkout."
    assert [one["title"] for one in found["tables"]] == [
        "Service level objectives",
        "alert_correlator: alerts",
        "checkout",
        "inbox",
        "inbox: messages",
    ]
    assert found["tables"][3]["rows"] == [["unread", "3"], ["ok", "yes"]]
