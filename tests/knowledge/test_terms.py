import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opstream.domain.terms import asked, terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pools are raised", ["pool", "are", "rais"]),
        ("checkout-service", ["checkout", "servic", "checkoutservice"]),
        ("ConnectionPool", ["connection", "pool"]),
        ("p99 of 10.2.3.4", ["p99", "of", "10", "2", "3", "4", "10234"]),
        ("Größe", ["gross"]),
        ("stopping, stopped, stops", ["stop", "stop", "stop"]),
        ("queries query", ["queri", "queri"]),
        ("慢い", ["xe685a2e38184"]),
        ("", []),
    ],
)
def test_words_are_folded_into_terms(text, expected):
    assert terms(text) == expected


def test_a_question_is_asked_without_the_words_of_every_sentence():
    assert asked("What do we know about the pool of the pool?") == ["pool"]
    assert asked("Who are you?") == ["who", "are", "you"]
    assert len(asked(" ".join(f"w{n}" for n in range(99)))) == 32


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_a_term_is_harmless_whatever_the_text(text):
    found = terms(text)

    assert all(one.isascii() and one.isalnum() and one == one.lower() for one in found)
    assert all(0 < len(one) <= 40 for one in found)
