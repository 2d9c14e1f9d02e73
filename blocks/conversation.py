"""What is said to plain sentences: help when one is not understood, prompts, and whether an answer helped."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from blocks import ids, kit
from blocks.kit import Block, Message
from blocks.runs import steering
from blocks.wording import code, line, person
from opstream.domain.person import Who
from opstream.domain.run import Run

GOOD: Final = "good"
BAD: Final = "bad"
PROMPTS_LIMIT: Final = 4
_QUOTED_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something to say, offered on a button: its title, and the sentence that it says."""

    title: str
    message: str


def not_understood(said: str, topic: str, tries: Sequence[str]) -> Message:
    """Return an answer to a sentence that nobody understands: what was understood, and what to try.

    Args:
        said: The sentence.
        topic: What it seems to be about, '' when that is open.
        tries: Sentences that are understood.
    """
    about = f"It seems to be about {topic}. " if topic else ""
    text = (
        f"I am not sure what you mean by “{line(said, _QUOTED_LIMIT)}”, so I did nothing. {about}"
        "Try one of these:"
    )
    lines = "\n".join(f"• {code(one, 150)}" for one in tries)
    value = ids.carried(verb="help")
    help_button = kit.button("All I can do", f"{ids.HOME_VERB}:help", value)
    blocks = [kit.section(f"{text}\n{lines}"), kit.actions(help_button)]
    return kit.message("I am not sure what you mean, so I did nothing.", blocks)


def thanked(name: str) -> Message:
    """Return what is said to thanks."""
    return kit.sentence(f"You are welcome, {line(name, 80)}.")


def looks(by: Who) -> Message:
    """Return what stands in the thread of a message that somebody pointed at, above what is found."""
    text = f"🔎 {person(by)} asked me to look into this."
    return kit.message(f"{by.name} asked me to look into this.", [kit.section(text)])


def stopped(run: Run | None) -> Message:
    """Return what is said after Stop: I tell no more; what a run does is another matter, and asked.

    Args:
        run: The one of the thread that goes on; None when there is none.
    """
    said = "🛑 I stopped."
    if run is None:
        return kit.sentence(said)
    text = f"{said} Run {code(run.id)} goes on. Do you want to end that, too?"
    return kit.message(f"{said} The run goes on.", [kit.section(text), kit.actions(*steering(run))])


def rateable(message: Message, said: str) -> Message:
    """Return an answer with two thumbs below it, where they fit.

    Args:
        message: The answer.
        said: The sentence that it answers; the thumbs carry only its fingerprint.
    """
    blocks = [*message.blocks, thumbs(said)]
    if len(blocks) > kit.BLOCKS_LIMIT or kit.weight(blocks) > kit.CHARACTERS_LIMIT:
        return message
    return Message(message.text, tuple(blocks))


def thumbs(said: str) -> Block:
    """Return two thumbs for the answer to a sentence."""
    return _thumbs(fingerprint(said))


def fingerprint(said: str) -> str:
    """Return what stands for a sentence in the audit trail: the same for the same words, and no more."""
    plain = " ".join(said.lower().split())
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def rated(rating: str) -> Message:
    """Return the thanks for a rating."""
    if rating == GOOD:
        return kit.sentence("👍 Thank you, noted: this answer helped.")
    return kit.sentence(
        "👎 Thank you, noted: this answer did not help. `help` shows all that I understand."
    )


def _thumbs(sentence: str) -> Block:
    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": ids.ANSWER_RATED,
                "positive_button": _thumb("This helped", sentence, GOOD),
                "negative_button": _thumb("This did not help", sentence, BAD),
            }
        ],
    }


def _thumb(text: str, sentence: str, rating: str) -> Block:
    return {
        "text": kit.plain_text(text, 75),
        "value": ids.carried(text=sentence, words=rating),
        "accessibility_label": text,
    }
