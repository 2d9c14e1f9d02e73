"""Facts as sentences."""

from typing import get_args

from blocks import journal
from opstream.domain import history


def test_every_fact_has_a_sentence():
    assert set(journal._SENTENCES) == set(get_args(history.Fact))
