"""The gallery shows what the cards are now, in small pictures."""

from tests.blocks import oracle
from tests.gallery import __main__ as gallery
from tests.gallery.cards import exhibits


def test_slack_takes_each_exhibit():
    for one in exhibits():
        if one.message is not None:
            oracle.accepts(one.message)
        if view := one.home or one.form:
            oracle.accepts_view(view)


def test_the_page_shows_each_exhibit_in_both_looks():
    assert gallery.PAGE.read_text() == gallery.described()


def test_there_is_a_small_picture_for_each_and_no_other():
    wanted = {f"{one.name}-{look}.png" for one in exhibits() for look, _ in gallery.LOOKS}
    found = {file.name: file.stat().st_size for file in gallery.PICTURES.iterdir()}

    assert set(found) == wanted
    assert len(wanted) <= 80
    assert max(found.values()) < gallery.LARGEST
