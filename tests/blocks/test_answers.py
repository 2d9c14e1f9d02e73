"""Reports as messages: charts and tables that Slack takes, whatever the tool gave."""

import math

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from blocks import answers, charts, kit, notices, tables
from opstream.domain.report import Chart, Report, Series, Table
from tests.blocks import oracle
from tests.blocks.drawing import block, drawn
from tests.blocks.stories import NOTICE, PROFILING, REPORT

STEP = PROFILING.steps[1]


def test_a_notice_says_its_text_and_shows_its_report():
    assert drawn(notices.notice(STEP, NOTICE)) == snapshot("""\
(Found one bottleneck in `checkout`.)
[section] Found one bottleneck in `checkout`.
[section] checkout spends 62 % of its time waiting for a database connection.
[section] 🔴 Critical · *The connection pool is too small*
    8 of 8 connections are in use; 41 requests wait.
[data_visualization] p99 latency {'type': 'line', 'series': [{'name': 'checkout', 'data': [{'label': '12:00', 'value': 210.0}, {'label': '12:02', 'value': 812.5}]}], 'axis_config': {'categories': ['12:00', '12:02'], 'y_label': 'ms'}}
[section] *Latency by operation*
[table] \n\
operation | p99
pay | 812 ms
list | 95 ms
[context] 🧪 These figures come from a simulation, not from real systems.\
""")


def test_a_notice_does_not_say_its_summary_twice():
    same = {"text": REPORT["summary"], "report": REPORT}

    assert drawn(notices.notice(STEP, same)).count("waiting for a database") == 2  # and notified


def test_a_bare_text_is_a_notice_too():
    assert drawn(notices.notice(STEP, "Hello <!channel>")) == snapshot("""\
(Hello &lt;!channel&gt;)
[section] Hello &lt;!channel&gt;\
""")


def test_only_data_that_says_so_is_called_a_simulation():
    real = {**REPORT, "simulation": False}

    assert "simulation" in drawn(notices.notice(STEP, {"text": "x", "report": REPORT}))
    assert "simulation" not in drawn(notices.notice(STEP, {"text": "x", "report": real}))
    assert "simulation" in drawn(notices.notice(STEP, {"text": "x"}, simulated=True))


def test_labels_without_a_value_in_each_series_are_left_out():
    chart = Chart("t", "bar", ("a", "b", "c"), (Series("x", (1, None, 3)), Series("y", (4, 5, 6))))

    assert block(charts.chart(chart)) == snapshot(
        "[data_visualization] t {'type': 'bar', 'series': [{'name': 'x', 'data': [{'label': 'a', 'value': 1}, {'label': 'c', 'value': 3}]}, {'name': 'y', 'data': [{'label': 'a', 'value': 4}, {'label': 'c', 'value': 6}]}], 'axis_config': {'categories': ['a', 'c']}}"
    )


def test_many_points_are_thinned_evenly_from_the_first_to_the_last():
    labels = tuple(str(n) for n in range(1_000))
    chart = charts.chart(Chart("t", "line", labels, (Series("x", tuple(range(1_000))),)))

    drawn_labels = chart["chart"]["axis_config"]["categories"]
    assert (len(drawn_labels), drawn_labels[0], drawn_labels[-1]) == (20, "0", "999")


def test_long_labels_that_begin_alike_stay_apart():
    labels = ("checkout-service-eu-west-1a", "checkout-service-eu-west-1b")
    chart = charts.chart(Chart("t", "bar", labels, (Series("x", (1.0, 2.0)),)))

    assert chart["chart"]["axis_config"]["categories"] == snapshot(
        ["checkout-service-eu…", "checkout-servic 2"]
    )


def test_what_cannot_be_drawn_is_left_out():
    assert charts.chart(Chart("t", "line", (), ())) is None
    assert charts.chart(Chart("t", "line", ("a",), (Series("x", (math.nan,)),))) is None
    assert tables.table(Table("t", ("a",), ())) is None


def test_three_charts_and_two_tables_take_more_than_one_message():
    chart = Chart("t", "line", ("a",), (Series("x", (1.0,)),))
    table = Table("t", ("a",), (("1",),))

    pages = answers.paged(Report(charts=(chart,) * 3, tables=(table,) * 2))

    assert [[one["type"] for one in page] for page in pages] == snapshot(
        [
            ["data_visualization", "data_visualization"],
            ["data_visualization", "section", "table"],
            ["section", "table"],
        ]
    )


texts = st.text(max_size=60)
numbers = st.none() | st.floats() | st.integers(-(10**12), 10**12).map(float)
any_charts = st.builds(
    Chart,
    title=texts,
    kind=st.sampled_from(["line", "bar", "area", "pie", ""]),
    labels=st.lists(texts, max_size=40).map(tuple),
    series=st.lists(
        st.builds(Series, texts, st.lists(numbers, max_size=40).map(tuple)), max_size=9
    ).map(tuple),
    unit=texts,
)
any_tables = st.builds(
    Table,
    title=texts,
    columns=st.lists(texts, max_size=30).map(tuple),
    rows=st.lists(st.lists(texts, max_size=30).map(tuple), max_size=30).map(tuple),
)


@given(st.lists(any_charts, max_size=4), st.lists(any_tables, max_size=3), st.text(max_size=5_000))
def test_slack_takes_every_page_of_any_report(some_charts, some_tables, summary):
    report = Report(summary, (), tuple(some_tables), tuple(some_charts))

    for page in answers.paged(report):
        oracle.accepts(kit.message("A page", page))


def test_labels_that_a_chart_has_no_room_for_stand_in_full_below_it():
    chart = {
        "title": "Where the time goes",
        "kind": "bar",
        "labels": ["wait for a pooled connection", "query"],
        "series": [{"name": "mean", "values": [1, 2]}],
    }

    drawing, small_print = answers.blocks_of({"charts": [chart]})

    labels = [one["label"] for one in drawing["chart"]["series"][0]["data"]]
    assert labels == ["wait for a pooled c…", "query"]
    assert small_print == kit.context("In full: wait for a pooled connection")
