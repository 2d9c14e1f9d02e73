"""A text that is still being written: what is shown of it stands for good, whatever comes."""

import itertools

import pytest

from blocks.markdown import defused, steady

HOSTS = frozenset({"docs.example.com"})
TEXTS = (
    "All is **quiet** at checkout [1], and *nobody* waits. Look at it again at noon. ",
    "See [the runbook](https://docs.example.com/run) and [a trap](https://evil.example/x?d=1) now. ",
    "- one `code` line\n- two\n\n```sh\nls -l <dir> # a [b](c)\n```\nand <https://evil.example|x> it. ",
    "The pool (see www.evil.example/p) ran dry.\n\n[1]: https://evil.example/ref d\nThen more words. ",
    "<!channel> @here <@U0BO000001> is called by nobody, 1 < 2 > 1 and that is that. ",
    "![chart](https://evil.example/p.png) and ![](x) end here. ",
)


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_shown_only_grows_until_all_is_there(text):
    shown = [steady(text[:end], HOSTS) for end in range(len(text) + 1)]

    assert all(later.startswith(one) for one, later in itertools.pairwise(shown))
    assert shown[-1] == defused(text, HOSTS)


def test_it_ends_with_a_whole_word_before_what_is_still_open():
    assert steady("The pool ran dr") == "The pool ran"
    assert steady("See [the run") == "See"
    assert steady("See `a co") == "See"
    assert steady("Word") == ""
