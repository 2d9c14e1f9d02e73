"""Sentences that start a workflow: `profile {service} for {duration}`."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from opstream.definitions.section import close_to
from opstream.domain.workflow import Workflow

_PLACE = re.compile(r"\{(\w+)\}")
_LONGEST = 300
_MOST_PLACES = 5


@dataclass(frozen=True, slots=True)
class Match:
    """A workflow that a sentence starts, with the inputs it names, as written."""

    workflow: Workflow
    inputs: dict[str, str]


def match(text: str, workflows: Sequence[Workflow]) -> Match | None:
    """Return which workflow a sentence starts; the most specific phrase wins."""
    said = _plain(text)
    if not said or len(said) > _LONGEST:
        return None
    phrases = [(phrase, workflow) for workflow in workflows for phrase in workflow.phrases]
    for phrase, workflow in sorted(
        phrases, key=lambda pair: _literal_length(pair[0]), reverse=True
    ):
        found = _places(phrase, said)
        if found is not None:
            inputs = {name: value.strip("`'\"“” ") for name, value in found.items()}
            return Match(workflow, inputs)
    return None


def fault(phrase: str, inputs: Collection[str]) -> tuple[str, str] | None:
    """Return what is wrong with a phrase and what to write, or None."""
    names = _PLACE.findall(phrase)
    for name in names:
        if name not in inputs:
            problem = f"The phrase names `{{{name}}}`, which is no input."
            return problem, close_to(name, inputs)
    if not re.search(r"\w", _PLACE.sub("", phrase)):
        return f"The phrase `{phrase}` has no word of its own.", "Write `profile {service}`."
    if len(set(names)) < len(names) or len(names) > _MOST_PLACES:
        problem = f"The phrase `{phrase}` names an input twice, or more than {_MOST_PLACES}."
        return problem, "Name each input once."
    if re.search(r"\}\s*\{", phrase):
        return f"The phrase `{phrase}` has no word between two inputs.", "Put one between them."
    if "{" in _PLACE.sub("", phrase) or len(phrase) > _LONGEST:
        return f"The phrase `{phrase}` cannot be read.", "Write `profile {service}`."
    return None


def _literal_length(phrase: str) -> int:
    return len(_PLACE.sub("", phrase))


def _plain(text: str) -> str:
    """Return a sentence on one line, without politeness and its final mark."""
    said = " ".join(text.split()).rstrip(".!?").rstrip()
    if said.lower().startswith("please "):
        said = said[len("please ") :]
    if said.lower().endswith(" please"):
        said = said[: -len(" please")].rstrip(",")
    return said


def _places(phrase: str, said: str) -> dict[str, str] | None:
    """Return what stands in the places of a phrase, or None when the sentence is another one.

    Each place ends where the next words of the phrase come first; the last words end the sentence.
    """
    parts = _PLACE.split(" ".join(phrase.lower().split()))
    names = _PLACE.findall(phrase)
    words, lowered = parts[::2], said.lower()
    if len(lowered) != len(said) or not lowered.startswith(words[0]):
        return None
    found, here = {}, len(words[0])
    for number, (name, following) in enumerate(zip(names, words[1:], strict=True), start=1):
        is_last = number == len(names)
        end = len(said) - len(following) if is_last else lowered.find(following, here + 1)
        if end <= here or not lowered.startswith(following, end):
            return None
        found[name], here = said[here:end], end + len(following)
    return found if here == len(said) else None
