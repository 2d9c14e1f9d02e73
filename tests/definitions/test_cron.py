import pytest

from opstream.definitions import cron


@pytest.mark.parametrize(
    "expression", ["*/5 * * * *", "0 9 * * mon-fri", "0,30 8-18/2 1 jan,JUN 0", "@daily"]
)
def test_cron_expressions_are_read(expression):
    assert cron.fault(expression) is None


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("often", "it has 1 fields instead of 5"),
        ("60 * * * *", "`60` is no minute (from 0 to 59)"),
        ("* * 0 * *", "`0` is no day of the month (from 1 to 31)"),
        ("* * * * fun", "`fun` is no day of the week (from 0 to 7)"),
        ("*/0 * * * *", "`*/0` is no minute (from 0 to 59)"),
        ("9-3 * * * *", "`9-3` is no minute (from 0 to 59)"),
        ("* 99999999999 * * *", "`99999999999` is no hour (from 0 to 23)"),
    ],
)
def test_a_broken_cron_expression_says_which_field(expression, said):
    assert cron.fault(expression) == said
