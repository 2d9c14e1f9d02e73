from hypothesis import given, settings
from hypothesis import strategies as st

from opstream.adapters.connectors.profiling import comparison
from opstream.adapters.connectors.profiling import report as reports
from opstream.adapters.connectors.profiling.diagnosis import diagnose
from opstream.adapters.connectors.profiling.reading import evidence
from opstream.adapters.connectors.profiling.summary import summarize

FIELDS = [
    "series",
    "summary",
    "spans",
    "patterns",
    "slos",
    "services",
    "metrics",
    "metric",
    "points",
    "value",
    "kind",
    "share",
    "mean_ms",
    "time",
    "level",
    "template",
    "count",
    "name",
    "service",
    "target",
    "actual",
    "first",
    "alerts",
    "groups",
    "result",
]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(deadline=None, max_examples=60)
@given(ANY_JSON, ANY_JSON, ANY_JSON)
def test_whatever_tools_return_gives_a_report(first, second, third):
    verdict = diagnose(evidence("web", first, second, third, first, second))

    assert reports.of(verdict).summary
    assert comparison.compare("web", first, second, third).summary
    assert summarize("All", first).summary
