"""What to do next so that Slack shows a run as it is."""

from blocks.kit import Message
from blocks.thread import Part
from handlers.moves import CLOSED, Close, Edit, Find, Post, digest, next_move, place_of
from opstream.domain.conversation import Place, Posting

HOME = Place("C1")
OLD, NEW = Message("old", ()), Message("new", ())


def part(key: str, message: Message = NEW) -> Part:
    return Part(key, message)


def stands(
    key: str, message: Message = NEW, ts: str | None = "1.1", channel: str = "C1"
) -> Posting:
    return Posting(f"r1/{key}", "r1", Place(channel), ts, digest(message))


def test_what_is_missing_is_posted_in_order():
    parts = [part("card"), part("progress"), part("notice/a/1")]

    assert next_move(parts, {}) == Post("card")
    assert next_move(parts, {"card": stands("card")}) == Post("progress")


def test_what_may_have_been_posted_is_looked_for_before_it_is_posted():
    meant = stands("card", ts=None)

    assert next_move([part("card")], {"card": meant}) == Find("card", meant)
    assert next_move([part("card")], {"card": meant}, sought={"card"}) == Post("card")


def test_news_goes_before_edits_and_decisions_before_both():
    known = {one: stands(one, OLD) for one in ("card", "progress", "approval/a/1")}
    parts = [part(one) for one in (*known, "notice/b/1")]

    first = next_move(parts, known)
    assert first == Edit("approval/a/1", known["approval/a/1"])
    known["approval/a/1"] = stands("approval/a/1")
    assert next_move(parts, known) == Post("notice/b/1")
    known["notice/b/1"] = stands("notice/b/1")
    assert next_move(parts, known) == Edit("card", known["card"])
    known["card"] = stands("card")
    assert next_move(parts, known) == Edit("progress", known["progress"])
    assert next_move(parts, known, resting={"progress"}) is None


def test_buttons_of_what_is_out_of_date_are_taken_away_once():
    known = {"card": stands("card"), "result/0": stands("result/0")}

    assert next_move([part("card")], known) == Close("result/0", known["result/0"])
    known["result/0"] = Posting("r1/result/0", "r1", HOME, "1.2", CLOSED)
    assert next_move([part("card")], known) is None


def test_notices_of_earlier_tries_stay_as_they_are():
    known = {"card": stands("card"), "notice/a/1": stands("notice/a/1", OLD)}

    assert next_move([part("card")], known) is None


def test_a_run_that_moved_is_posted_anew_at_its_new_home():
    known = {
        "card": stands("card", ts=None, channel="D1"),
        "progress": stands("progress", channel="C1"),
    }
    parts = [part("card"), part("progress")]

    assert next_move(parts, known, sought={"card"}) == Post("card")
    known["card"] = stands("card", channel="D1")
    assert next_move(parts, known) == Post("progress")


def test_everything_but_the_card_belongs_into_its_thread():
    card = stands("card", ts="5.5")
    within = Posting("r1/card", "r1", Place("C1", "4.4"), "5.5", "")

    assert place_of("card", card, HOME) == HOME
    assert place_of("progress", card, HOME) == Place("C1", "5.5")
    assert place_of("progress", within, HOME) == Place("C1", "4.4")
