"""What a model wrote, made harmless, and still good to read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.markdown import MESSAGE_LIMIT, defused, growing, hosts_in, markdown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("All is **quiet** [1].", "All is **quiet** [1]."),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |"),
        ("a < b && c > d", "a &lt; b &amp;&amp; c > d"),
        ("> quoted", "> quoted"),
        ("`a < b` stays", "`a < b` stays"),
        ("[docs](https://good.example/x?y=1#z)", "[docs](https://good.example/x?y=1#z)"),
        ("https://good.example/x", "[https://good.example/x](https://good.example/x)"),
        ("[docs](https://evil.example/x?y=1)", "docs (`https://evil.example/x…`)"),
        ("see https://evil.example/?q=1.", "see `https://evil.example/…`"),
        ("![p](https://evil.example/p.png)", "p (`https://evil.example/p.png`)"),
        ("![p](https://good.example/p.png)", "[p](https://good.example/p.png)"),
        ("[x](https://good.example@evil.example/)", "x (`https://good.example@evil.example/`)"),
        ("in [C1](https://acme.slack.com/archives/C1/p1)", "in [C1](https://acme.slack.com/archives/C1/p1)"),
        ("<!channel> and <@U1>", "&lt;!channel> and &lt;@U1>"),
        ("`<!channel>`", "`<\u2060!channel>`"),
        ("hi @here", "hi @\u2060here"),
        ("mail me@example.org", "mail me@example.org"),
        ("so\u200b hid\U000e0041den \u202eback", "so hidden back"),
        ("a woman at work: \U0001f469\u200d\U0001f4bb", "a woman at work: \U0001f469\u200d\U0001f4bb"),
    ],
)  # fmt: skip
def test_markdown_is_made_harmless(text, shown):
    assert defused(text, {"good.example"}) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The pool of **check", "The pool of **check**"),
        ("The pool of **", "The pool of"),
        ("It says `pool ex", "It says `pool ex`"),
        ("```\nlog line", "```\nlog line\n```"),
        ("See [the lo", "See "),
        ("See [the log](https://ex", "See [the log]"),
        ("See [the log](https://ex) and", "See [the log](https://ex) and"),
        ("Done [1].", "Done [1]."),
    ],
)
def test_a_text_that_is_being_written_reads_well(text, shown):
    assert growing(text) == shown


def test_what_is_too_long_is_cut_at_a_line_and_says_so():
    blocks = markdown("```\n" + "a line of a log\n" * 2_000)

    assert len(blocks[0]["text"]) < MESSAGE_LIMIT + 20
    assert blocks[0]["text"].count("```") == 2
    assert "would not fit" in str(blocks[1])


def test_hosts_are_found_in_texts():
    assert hosts_in("see https://A.example:80/x and http://b.example", "") == {
        "a.example",
        "b.example",
    }


@given(st.text())
def test_any_text_may_be_written(text):
    shown = defused(growing(text))

    assert "<!" not in shown
    assert "<@" not in shown
    assert "![" not in shown.replace("!&", "")


@given(st.text("[]()!<>@`*https:/.x \n", max_size=60))
def test_no_mixture_of_signs_makes_a_link(text):
    outside = defused(text).split("`")[::2]

    assert not any("](http" in one for one in outside)
