"""Gemini's measure of meaning, through its own SDK."""

import pytest
import pytest_asyncio

from opstream.adapters.models.embedding import GeminiEmbedder
from opstream.adapters.models.orders import Maker
from opstream.errors import OperationFailed
from tests.adapters.models.conftest import ON_ONE_LOOP, account

pytestmark = ON_ONE_LOOP


@pytest_asyncio.fixture(loop_scope="package")
async def embed(double):
    opened: list[GeminiEmbedder] = []

    def make(key: str | None = None) -> GeminiEmbedder:
        mask = lambda text: text.replace("ana@example.com", "<EMAIL_1>")  # noqa: E731
        opened.append(
            GeminiEmbedder(account(double, Maker.GEMINI, key), "gemini-embedding-2", 128, mask)
        )
        return opened[-1]

    yield make
    for one in opened:
        await one.close()


async def test_texts_become_vectors_of_length_1_in_order_without_personal_data(double, embed):
    texts = [f"text number {n} of ana@example.com" for n in range(130)]

    vectors = await embed().embed(texts)

    assert len(vectors) == 130
    assert all(abs(sum(x * x for x in one) - 1) < 1e-6 for one in vectors)
    assert [len(one) for one in vectors[:2]] == [128, 128]
    sent = [text for request in double.embedded for text in request]
    assert [f"number {n} of <EMAIL_1>" in text for n, text in enumerate(sent)] == [True] * 130
    assert vectors[0] != vectors[1]


async def test_questions_are_put_as_questions(double, embed):
    await embed().embed(["backup failed"], question=True)

    [[text]] = double.embedded
    assert "query: backup failed" in text


async def test_a_wrong_key_is_told(embed):
    with pytest.raises(OperationFailed, match="refuses the key"):
        await embed("wrong").embed(["text"])


async def test_vectors_of_other_lengths_have_another_name(embed):
    assert (embed().name, embed().length) == ("gemini-embedding-2/128", 128)
