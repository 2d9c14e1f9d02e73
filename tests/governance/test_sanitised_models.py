"""What a model gets to see, and what people get back."""

from dataclasses import replace

import pytest

from opstream.adapters import detectors
from opstream.domain.prompt import (
    PromptReply,
    PromptRequest,
    ToolCall,
    ToolResult,
    Turn,
    Voice,
)
from opstream.domain.sensitive import Sensitive
from opstream.governance.sanitised_models import ModelSanitised
from opstream.governance.sanitising import Sanitiser

TOKEN = "ghp_" + "a1B2" * 9
SANITISER = Sanitiser(detectors.find, frozenset(), frozenset(Sensitive))


class Model:
    """Answers as told, and remembers what it was asked."""

    available = True

    def __init__(self, reply=None, pieces=()):
        self.reply = reply or PromptReply("Fine.", "m")
        self.pieces = pieces
        self.asked = None

    async def answer(self, request, saying=None):
        self.asked = request
        for piece in self.pieces:
            saying(piece)
        return self.reply


def conversation(mail="ana@example.com", other="bo@example.com"):
    calls = (ToolCall("c1", "mail.find", {"to": [mail], other: 1}),)
    results = (ToolResult("c1", "mail.find", {"found": [{"from": other}], mail: TOKEN}),)
    return PromptRequest(
        f"Write to {mail}",
        f"You work for {other}. The key is {TOKEN}.",
        turns=(
            Turn(Voice.ASSISTANT, f"I look for {mail}", calls),
            Turn(Voice.USER, results=results),
        ),
    )


async def test_the_same_thing_has_the_same_placeholder_in_all_of_a_conversation():
    model = Model()

    await ModelSanitised(model, SANITISER).answer(conversation())

    assert model.asked == replace(
        conversation("<EMAIL_1>", "<EMAIL_2>"),
        system="You work for <EMAIL_2>. The key is <SECRET_1>.",
        turns=(
            conversation("<EMAIL_1>", "<EMAIL_2>").turns[0],
            Turn(
                Voice.USER,
                results=(
                    ToolResult(
                        "c1",
                        "mail.find",
                        {"found": [{"from": "<EMAIL_2>"}], "<EMAIL_1>": "<SECRET_1>"},
                    ),
                ),
            ),
        ),
    )


async def test_texts_shapes_and_calls_get_the_data_back_but_secrets_stay_out():
    calls = (ToolCall("c2", "mail.send", {"to": "<EMAIL_1>", "body": ["<EMAIL_2>: <SECRET_1>"]}),)
    model = Model(PromptReply({"for": ["<EMAIL_1>"], "<EMAIL_2>": 1}, "m", calls=calls))

    reply = await ModelSanitised(model, SANITISER).answer(conversation())

    assert reply.output == {"for": ["ana@example.com"], "bo@example.com": 1}
    assert reply.calls[0].arguments == {
        "to": "ana@example.com",
        "body": ["bo@example.com: <SECRET_1>"],
    }


async def test_what_is_heard_never_shows_half_a_placeholder():
    model = Model(
        pieces=["To ", "To <", "To <EMA", "To <EMAIL_1", "To <EMAIL_1>", "To <EMAIL_1> a < b"]
    )
    heard = []

    await ModelSanitised(model, SANITISER).answer(conversation(), heard.append)

    assert heard == ["To ", "To ", "To ", "To ", "To ana@example.com", "To ana@example.com a < b"]


async def test_a_placeholder_that_a_person_wrote_is_nobodys():
    model = Model(PromptReply("<EMAIL_1> and <EMAIL_2>", "m"))
    request = PromptRequest("What is <EMAIL_1>? Ask ana@example.com.")

    reply = await ModelSanitised(model, SANITISER).answer(request)

    assert model.asked.text == "What is <EMAIL_1>? Ask <EMAIL_2>."
    assert reply.output == "<EMAIL_1> and ana@example.com"


@pytest.mark.parametrize("words", [10, 10_000])
async def test_long_conversations_are_masked_as_short_ones_are(words):
    model = Model()
    request = PromptRequest("word " * words + "ana@example.com")

    await ModelSanitised(model, SANITISER).answer(request)

    assert model.asked.text.endswith("word <EMAIL_1>")
    assert ModelSanitised(model, SANITISER).available
