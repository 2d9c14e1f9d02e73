"""How what was found is put in order."""

from opstream.adapters.store.memory_ranking import by_words, fused, rarest_first, rarity


def test_rare_words_are_asked_together_and_common_ones_by_themselves():
    having = {"flow": 70, "pool": 30, "zebra": 1, "lion": 9}

    assert list(rarest_first(having, 40)) == [["zebra", "lion", "pool"], ["flow"]]
    assert list(rarest_first(having, 1)) == [["zebra"], ["lion"], ["pool"], ["flow"]]
    assert list(rarest_first({}, 40)) == []


def test_a_word_weighs_more_the_fewer_have_it():
    weights = [rarity(having, 100) for having in (1, 10, 50, 100)]

    assert weights == sorted(weights, reverse=True)
    assert weights[-1] > 0


def test_more_of_a_word_a_rarer_one_and_a_shorter_text_come_first():
    weights = {"pool": 1.0, "zebra": 3.0}
    texts = {
        1: ["pool"] + ["x"] * 20,
        2: ["pool", "pool"] + ["x"] * 19,
        3: ["zebra"] + ["x"] * 20,
        4: ["pool"] + ["x"] * 200,
        5: ["pool"] + ["x"] * 20,
    }

    assert by_words(texts, weights) == [3, 2, 5, 1, 4]


def test_a_list_that_counts_little_moves_what_the_other_has_and_does_not_take_the_lead():
    words, meaning = [1, 2, 3], [9, 3, 2]

    assert list(fused((1.0, words), (0.2, meaning))) == [2, 3, 1, 9]
    assert list(fused((1.0, words), (0.0, meaning)))[:3] == words
