import json
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from opstream.knowledge.passages import cut

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=8), min_size=1, max_size=40)
SENTENCE = WORDS.map(lambda words: " ".join(words).capitalize() + ".")
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=8).map(" ".join)
DOCUMENT = st.lists(
    st.one_of(PARAGRAPH, st.sampled_from(["# One", "## Two", "```\ncode here\n```", "- item"])),
    max_size=12,
).map("\n\n".join)


def words(count: int, stem: str = "word") -> str:
    return " ".join(f"{stem}{n}" for n in range(count))


def test_a_short_text_is_one_passage():
    assert cut("The pool has 20 connections.\nIt is small.") == (
        "The pool has 20 connections. It is small.",
    )


def test_a_passage_begins_with_its_headings_and_ends_with_its_section():
    text = "# Checkout\n\nIt sells.\n\n## Database\n\nIt is called cart.\n\n# Search\n\nIt finds."

    assert cut(text) == (
        "Checkout\nIt sells.\nIt is called cart.",
        "Search\nIt finds.",
    )


def test_a_long_text_is_cut_where_sentences_end_and_passages_overlap():
    text = " ".join(f"{words(19, f's{n}x').capitalize()} end{n}." for n in range(20))

    found = cut(text)

    assert all(one.endswith(".") for one in found)
    assert all(100 <= len(one.split()) <= 200 for one in found[:-1])
    for one, following in pairwise(found):
        assert following.split(". ")[0] + "." == one.rpartition(". ")[2]


def test_a_sentence_without_end_is_cut_all_the_same():
    found = cut(words(1_000))

    assert " ".join(found).split() == words(1_000).split()
    assert max(len(one.split()) for one in found) <= 200


def test_code_stays_together_and_is_no_heading():
    text = "Run this:\n\n```sh\n# no heading\nmake test\n```\n\nThen wait."

    assert cut(text) == ("Run this:\n```sh\n# no heading\nmake test\n```\nThen wait.",)


def test_rows_of_a_table_come_with_the_names_of_its_columns():
    text = "service;owner;pool\ncheckout;ana;40\nsearch;;20\n"

    assert cut(text, "services.csv") == (
        "service: checkout; owner: ana; pool: 40\nservice: search; pool: 20",
    )


def test_values_of_json_come_with_the_way_to_them():
    value = {"service": "checkout", "pools": [{"name": "cart", "size": 40}, {"name": "user"}]}

    assert cut(json.dumps(value), "a.json") == (
        "service: checkout\npools: name: cart; size: 40\npools: name: user",
    )
    assert cut("not json", "a.json") == ("not json",)
    assert cut('{"a": 1}\n{"a": 2}', "a.jsonl") == ("a: 1\na: 2",)


def test_nothing_gives_nothing():
    assert (
        cut("") == cut(" \n\n# Only a heading\n") == cut("", "a.csv") == cut("null", "x")[1:] == ()
    )


@settings(max_examples=60, deadline=None)
@given(DOCUMENT)
def test_no_word_of_a_document_is_lost_and_none_is_made_up(text):
    found = cut(text)

    said = {word.strip("#-") for word in text.split()} - {""}
    kept = {word.strip("#-") for one in found for word in one.split()} - {"", ">"}
    headings = {"One", "Two"}
    assert said - headings <= kept
    assert kept <= said
    assert all(len(one.split()) <= 240 for one in found)
