"""What a sentence that nobody understands may be about, and three things to say instead. Pure."""

from dataclasses import dataclass
from difflib import get_close_matches

MOST = 3
_CLOSE = 0.8


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that sentences are about.

    Args:
        name: As it reads after "it seems to be about".
        words: How those sentences may be told.
        tries: Sentences about it that are understood.
    """

    name: str
    words: frozenset[str]
    tries: tuple[str, ...]


def _topic(name: str, words: str, *tries: str) -> Topic:
    return Topic(name, frozenset(words.split()), tries)


TOPICS = (
    _topic("a decision", "approve approved approval approvals yes deny denied reject decide decision",
           "what waits for me?", "who approved this?"),
    _topic("ending a run", "cancel stop abort kill end terminate undo", "what is running?", "cancel r4f7k2q9dx"),
    _topic("pausing a run", "pause hold wait freeze", "what is running?", "pause r4f7k2q9dx"),
    _topic("letting a run go on", "resume continue unpause proceed", "what is running?", "resume r4f7k2q9dx"),
    _topic("trying again", "retry again rerun repeat redo", "which runs failed?", "retry r4f7k2q9dx"),
    _topic("what went wrong", "fail failed fails failure error errors broken wrong crash why", "which runs failed?", "show me the logs"),
    _topic("starting something", "start run launch begin execute profile profiling deploy workflow workflows",
           "what can I start?", "help start"),
    _topic("the clock", "schedule scheduled schedules when next cron daily weekly tomorrow", "what is planned?", "help schedule"),
    _topic("what a run found", "detail details result results found findings report table chart", "show me the details", "what happened?"),
    _topic("how a run went", "log logs history happened story did", "show me the logs", "show ended runs"),
    _topic("how things stand", "status progress long far going left ready done running active", "how is it going?", "what is running?"),
    _topic("tools", "tool tools connector connectors server servers mcp", "show all tools",),
    _topic("who may do what", "role roles permission permissions allowed rights", "who may do what?"),
    _topic("what you hear about", "notify notification notifications watch watching mute quiet preferences", "what do I watch?", "show my preferences"),
    _topic("figures", "stats statistics numbers figures success rate", "show me the stats"),
)  # fmt: skip

_IN_THREAD = ("how is it going?", "show me the details", "what happened?")
_ELSEWHERE = ("what is running?", "what waits for me?", "what can I start?")
_KNOWN = sorted({word for topic in TOPICS for word in topic.words if len(word) > 3})


@dataclass(frozen=True, slots=True)
class Guess:
    """What a sentence may be about, '' when that is open, and what to try instead."""

    topic: str
    tries: tuple[str, ...]


def guess(text: str, *, in_thread: bool) -> Guess:
    """Return what a sentence may be about; typing errors are forgiven."""
    words = [_nearest(word.strip("?!.,;:'\"`").lower()) for word in text.split()]
    told = [topic for word in words for topic in TOPICS if word in topic.words]
    found = list(dict.fromkeys(told))
    usual = _IN_THREAD if in_thread else _ELSEWHERE
    tries = dict.fromkeys([*(one for topic in found[:2] for one in topic.tries), *usual])
    return Guess(found[0].name if len(found) == 1 else "", tuple(tries)[:MOST])


def _nearest(word: str) -> str:
    close = get_close_matches(word, _KNOWN, 1, _CLOSE) if len(word) > 3 else []
    return close[0] if close else word
