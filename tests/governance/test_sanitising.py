import asyncio

import pytest

from opstream.adapters import detectors
from opstream.domain.sensitive import Sensitive
from opstream.errors import BadInput
from opstream.governance.sanitising import Sanitiser, restored

ALL = frozenset(Sensitive)
SANITISER = Sanitiser(detectors.find, frozenset({Sensitive.SECRET}), ALL)
TOKEN = "ghp_" + "a1B2" * 9


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"use {TOKEN} now", "use ••• now"),
        ("password=hunter22x", "password=•••"),
        ("https://u:pw123456@host.com", "https://u:•••@host.com"),
        ("xapp-1-A0123456789-abc", "•••"),
        ("password=secret:DEPLOY", "password=secret:DEPLOY"),
        ("APPLICATION r4f7k2q9dx " + "a" * 64, "APPLICATION r4f7k2q9dx " + "a" * 64),
        ("mail ana@example.com", "mail ana@example.com"),
    ],
)
def test_secrets_are_masked_and_the_rest_stays(text, kept):
    assert SANITISER.masked(text) == kept


def test_a_model_sees_placeholders_and_people_see_the_data_again():
    text = f"ana@example.com, +49 30 901820, 4111 1111 1111 1111, ana@example.com, {TOKEN}"

    clean, back = SANITISER.sanitise(text)

    assert clean == "<EMAIL_1>, <PHONE_1>, <CARD_1>, <EMAIL_1>, <SECRET_1>"
    assert restored(clean, back) == text.replace(TOKEN, "<SECRET_1>")


def test_a_placeholder_that_somebody_wrote_is_not_mistaken_for_ours():
    clean, back = SANITISER.sanitise("<EMAIL_1> is not bo@example.com")

    assert clean == "<EMAIL_1> is not <EMAIL_2>"
    assert restored(clean, back) == "<EMAIL_1> is not bo@example.com"


def test_an_input_with_a_secret_is_refused_without_saying_it():
    with pytest.raises(BadInput, match="secret:NAME") as refused:
        SANITISER.require_no_secret("token", {"a": ["x", TOKEN]})

    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize("before", [0, 16_380, 16_384, 24_000, 32_760, 100_000])
async def test_a_secret_is_found_wherever_it_stands_in_a_large_answer(before):
    secret = "AKIA" + "IOSFODNN7EXAMPLE"
    key = "-----BEGIN PRIVATE KEY-----\n" + "MIIE" * 800 + "\n-----END PRIVATE KEY-----"
    text = "a " * (before // 2) + secret + " x " * 9_000 + key + " y" * 20_000

    kept = await SANITISER.masked_in_turns({"said": [text, 5, None]})

    assert kept["said"][1:] == [5, None]
    assert secret not in kept["said"][0]
    assert "MIIE" not in kept["said"][0]
    assert kept["said"][0].endswith(" y" * 20_000)


async def test_others_get_their_turn_while_a_large_answer_is_looked_through():
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    waiting = asyncio.create_task(others())
    await SANITISER.masked_in_turns(["word " * 100_000, *(["small"] * 10_000)])
    waiting.cancel()

    assert turns > 30
