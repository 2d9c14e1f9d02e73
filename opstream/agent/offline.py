"""What can be found for a question without any language model: by its words, and nothing else. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from opstream.domain.memory import Hit
from opstream.domain.run import RunView
from opstream.domain.workflow import Workflow

_WORD = re.compile(r"\w+")
_SMALL = frozenset(
    _WORD.findall(
        "a about again all an and any are as at be been but by can could did do does for from get had has have "
        "how i if in into is it its me my new no not now of on one or our out please shall should so some "
        "something that the their them then there these they this to us was we were what when where which who "
        "why will with would you your workflow run start"
    )
)
_STEM = 4


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Args:
        run: The run of the thread, or None.
        workflows: Those whose words fit, best first.
        passages: What is remembered and has the words, best first.
    """

    run: RunView | None = None
    workflows: Sequence[Workflow] = ()
    passages: Sequence[Hit] = ()


def nearest(text: str, workflows: Sequence[Workflow], most: int = 2) -> Sequence[Workflow]:
    """Return the workflows that share most words with a text, the best first; none that shares none."""
    wanted = words(text)
    scored = [(len(wanted & _words_of(one)), one) for one in workflows]
    best = sorted((one for one in scored if one[0]), key=lambda one: (-one[0], one[1].title))
    return [workflow for _, workflow in best[:most]]


def words(text: str) -> frozenset[str]:
    """Return the words that tell something, in small letters, without their endings."""
    found = (one.lower() for one in _WORD.findall(text.replace("_", " ")))
    return frozenset(_stem(one) for one in found if one not in _SMALL and len(one) > 2)


def _words_of(workflow: Workflow) -> frozenset[str]:
    return words(" ".join((workflow.id, workflow.title, workflow.description, *workflow.phrases)))


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "es", "ed", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            return word.removesuffix(ending)
    return word
