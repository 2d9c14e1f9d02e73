"""What can be answered without a model, where none is set up; says so in its first sentence.

A summary by extraction, and what tables of figures tell. Whatever needs understanding fails with a sentence
that says what is missing.
"""

import asyncio
import re

from opstream.adapters.models.extracting import extract, sentences
from opstream.adapters.models.tabulating import Table, tables
from opstream.domain.prompt import PromptReply, PromptRequest
from opstream.errors import OperationFailed

NAME = "offline"
"""Stands where the name of a model would."""
WHAT_TO_SET = (
    "Set GEMINI_API_KEY, ANTHROPIC_API_KEY or OPENAI_API_KEY in the environment or in `.env`."
)
_SAID_FIRST = (
    "No language model is set up: what follows was computed from the text, not understood."
)
_COMPUTED = frozenset({"prompt", "summary"})
_WANTED = re.compile(
    r"\b(?:summar|sum up|tl;?dr|digest|overview|key points?|main points?|highlights?|recap|shorten|condense"
    r"|trends?\b|figures\b|statistics|analy[sz]e the (?:data|figures|numbers|table)|zusammenfass|fasse)",
    re.IGNORECASE,
)
_LONGEST_INSTRUCTION = 60  # words
_MOST_TEXT = 400_000  # characters
_MOST_SENTENCES = 7
_MOST_TABLES = 5


class OfflineAnalyst:
    """Computes what can be computed."""

    async def answer(self, request: PromptRequest) -> PromptReply:
        """Return what can be said without a model.

        Raises:
            OperationFailed: of the kind `unavailable`: it takes a model, and none is set up.
        """
        if not _can_be_computed(request):
            raise missing()
        text = "\n\n".join((request.text, *(turn.text for turn in request.turns)))[:_MOST_TEXT]
        instruction, material = _parted(text)
        if request.purpose.task == "summary":  # then what is no instruction is to be summed up
            material = material or instruction
        said = await asyncio.to_thread(_told, material)
        if not said:
            raise missing()
        return PromptReply(said, NAME, cost=0.0, why=f"No model is set up. {WHAT_TO_SET}")


def missing() -> OperationFailed:
    """Return what to raise where it takes a model."""
    return OperationFailed(
        f"This takes a language model, and none is set up. {WHAT_TO_SET}",
        kind="unavailable",
        retryable=False,
    )


def _can_be_computed(request: PromptRequest) -> bool:
    """Whether a summary or figures are wanted, in plain text."""
    task = request.purpose.task
    if request.tools or request.schema is not None or task not in _COMPUTED:
        return False
    instruction, _ = _parted(request.text)
    return task == "summary" or bool(_WANTED.search(f"{request.system}\n{instruction}"))


def _told(material: str) -> str:
    """Return what a text tells without being understood, '' for nothing."""
    found = tables(material)
    if found:
        parts = [_figures(one, number) for number, one in enumerate(found[:_MOST_TABLES], start=1)]
        return "\n\n".join((_SAID_FIRST, *parts))
    return f"{_SAID_FIRST}\n\n{_extracted(material)}" if sentences(material) else ""


def _parted(text: str) -> tuple[str, str]:
    """Return what is to be done and what with: the first paragraph or line, where it is short, and the rest."""
    for sign in ("\n\n", ":\n", "\n", ": "):
        instruction, found, material = text.strip().partition(sign)
        is_short = found and material.strip() and len(instruction.split()) <= _LONGEST_INSTRUCTION
        if is_short and (_WANTED.search(instruction) or sign == "\n\n"):
            return instruction, material
    return (text, "") if len(text.split()) <= _LONGEST_INSTRUCTION else ("", text)


def _extracted(material: str) -> str:
    count = len(sentences(material))
    most = min(_MOST_SENTENCES, max(3, count // 5))
    found = extract(material, most)
    listed = "\n".join(f"- {sentence}" for sentence in found.sentences)
    if found.of <= len(found.sentences):
        return f"It is too short to be shortened:\n{listed}"
    chosen = f"{len(found.sentences)} of {found.of:,}"
    return f"The sentences that are most like all the others ({chosen}), word for word:\n{listed}"


def _figures(one: Table, number: int) -> str:
    listed = "\n".join(f"- {column}" for column in one.columns)
    return f"Table {number}, {one.rows:,} rows:\n{listed}"
