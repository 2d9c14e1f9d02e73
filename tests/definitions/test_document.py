import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opstream.definitions import loader
from opstream.definitions.document import decode, read
from opstream.errors import DefinitionErrors


def refusal(text, file="w.yaml"):
    with pytest.raises(DefinitionErrors) as caught:
        read(text, file)
    return str(caught.value)


def test_scalars_are_what_they_look_like():
    text = "a: on\nb: 12:30\nc: 2026-01-01\nd: yes\ne: 1.5\nf: ~\ng: true\nh: -3\ni: '7'\nj: 1e999"

    assert read(text, "w.yaml").data == {
        "a": "on",
        "b": "12:30",
        "c": "2026-01-01",
        "d": "yes",
        "e": 1.5,
        "f": None,
        "g": True,
        "h": -3,
        "i": "7",
        "j": "1e999",
    }


def test_every_value_knows_its_line():
    document = read("a:\n  - b: 1\n    c:\n      d: 2\n", "w.yaml")

    assert document.line(("a", 0, "c", "d")) == 4
    assert document.line(("a", 0, "c", "nothing", "here")) == 3
    assert document.line(("x",)) == 1


def test_json_knows_its_lines_too():
    document = read('{"a": "\\ud83d\\ude00",\n\t"b": [1,\n 2]}', "w.json")

    assert document.data == {"a": "😀", "b": [1, 2]}
    assert document.line(("b", 1)) == 3


def test_an_anchor_may_be_used_again():
    document = read("a: &same {x: 1}\nb: *same\n", "w.yaml")

    assert document.data == {"a": {"x": 1}, "b": {"x": 1}}


def test_doubled_keys_are_all_named():
    assert refusal("a: 1\nb: {c: 1, c: 2}\na: 2").splitlines() == [
        "w.yaml:2: `c` stands there twice, first in line 2. Keep one of them.",
        "w.yaml:3: `a` stands there twice, first in line 1. Keep one of them.",
    ]
    assert refusal('{"a": 1,\n "a": 2}', "w.json") == (
        "w.json:2: `a` stands there twice, first in line 1. Keep one of them."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n\t- x", "w.yaml:2: The YAML cannot be read at column 1"),
        ("a:\n\t- x", "Indent with spaces, not with tabs."),
        ("a: b: c", "Put a text that contains `: ` in quotes, or indent"),
        ("a: {{ x }}", 'Put a template in quotes: "{{ … }}".'),
        ("a: @b", "Put the text that begins with @ in quotes."),
        ("a: 'x", "Close the quotes."),
        ("a: 1\n---\nb: 2", "w.yaml:2: A second document begins. Keep one in a file."),
        ("a: *b", "The alias `*b` stands for nothing. Put the anchor `&b` further up."),
        ("a: !!python/object:os.system x", "The tag `!!python/object:os.system` is not allowed."),
        ("<<: {a: 1}", "`<<` is not part of the format. Write the keys out."),
        ("a: \x00", "is not allowed in YAML. Take it out."),
        ("  \n", "The file is empty. Begin with `id:`, `title:` and `steps:`."),
        ("x" * 1_000_001, "larger than 1 MB"),
    ],
)
def test_broken_yaml_says_where_and_what_to_write(text, said):
    assert said in refusal(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1,\n}', "w.json:2: The JSON cannot be read at column 1"),
        ('{"a": NaN}', "`NaN` is no JSON value"),
        ('{"a": "\\ud83d"}', "half a character"),
    ],
)
def test_broken_json_says_where_and_what_to_write(text, said):
    assert said in refusal(text, "w.json")


@pytest.mark.parametrize("file", ["w.yaml", "w.json"])
@pytest.mark.parametrize("depth", [60, 100_000])
def test_deep_nesting_is_refused_at_once(file, depth):
    began = time.perf_counter()

    said = refusal('{"a":' + "[" * depth + "]" * depth + "}", file)

    assert "deep" in said
    assert time.perf_counter() - began < 1


def test_an_alias_bomb_is_refused_at_once():
    lines = ["a: &a [1,1,1,1,1,1,1,1,1,1]"]
    for one, next_one in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{next_one}: &{next_one} [{','.join([f'*{one}'] * 10)}]")

    assert "The document is too large" in refusal("\n".join(lines))


def test_a_file_that_is_no_utf8_says_in_which_line():
    with pytest.raises(DefinitionErrors) as caught:
        decode("id: x\ntitle: Überblick".encode("latin-1"), "w.yaml")

    assert str(caught.value) == (
        "w.yaml:2: The byte 0xdc is no UTF-8. Save the file with the encoding UTF-8."
    )


def test_a_byte_order_mark_does_no_harm():
    assert decode("id: x".encode("utf-8-sig"), "w.yaml") == "id: x"


SHIPPED = (Path(__file__).parents[2] / "config/workflows/slo_monitoring.yaml").read_text()
ODDITIES = ("{", "]", ":", "- ", "\t", "*a ", "&a ", "<<: ", "null", "'", "%", "\n", "---\n", "1e9")


@settings(max_examples=200, deadline=2000)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(SHIPPED)), st.integers(0, 40), st.sampled_from(("", *ODDITIES))
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_garbled_file_loads_or_is_refused_with_its_lines(cuts):
    text = SHIPPED
    for at, length, oddity in cuts:
        text = text[:at] + oddity + text[at + length :]

    lines = text.count("\n") + 2
    assert all(1 <= one.line <= lines and one.problem for one in _complaints(text))


def _complaints(text):
    try:
        loader.load(text, "w.yaml")
    except DefinitionErrors as error:
        return error.complaints
    return ()
