"""Plain words -> what would be written after `/opstream`. Pure."""

import re

from handlers.commands.table import known

_IT = r"(?: (?:it|this|that|this one|the run|this run|that run))?"
_POLITE = re.compile(
    r"^(?:(?:please|hey|hi|hello|ok|okay|so|and|can you|could you|would you|will you)[ ,]+)+"
    r"|[ ,]+(?:please|now|thanks|thank you|for me)$"
)
_PHRASES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"(?:pause|hold|wait with)" + _IT, "pause"),
        (r"(?:resume|continue|go on|carry on|unpause)(?: with)?" + _IT, "resume"),
        (r"(?:cancel|stop|abort|end)" + _IT, "cancel"),
        (r"(?:retry|try|run|do|start)" + _IT + r" again", "retry"),
        (r"retry" + _IT, "retry"),
        (
            r"(?:what is|what's|whats|what) (?:running|active|going on|under way|in progress)",
            "list",
        ),
        (r"(?:is )?anything (?:running|going on|active)", "list"),
        (r"(?:show|list)(?: me)?(?: all)?(?: the)?(?: active)? runs", "list"),
        (r"(?:show|list|give)(?: me)?(?: the)? details(?: of" + _IT + r")?", "details"),
        (r"what did (?:it|you|the run) find", "details"),
        (r"(?:show|list|give)(?: me)?(?: the)? logs?(?: of" + _IT + r")?", "logs"),
        (r"what happened", "logs"),
        (r"(?:what is|what's|whats)(?: the)? status(?: of" + _IT + r")?", "status"),
        (r"(?:how is|how's) it going|how far (?:is it|are we|are you)|where are we", "status"),
        (r"how long(?: will it take| does it take| is left| to go)?|when is it done", "status"),
        (r"what can (?:i|we) (?:start|run|do)|what can be started", "workflows"),
        (r"(?:show|list)(?: me)?(?: all)?(?: the)? (workflows|tools|history)", r"\1"),
        (r"what can you do|what do you do|how do you work|who are you", "help"),
        (r"help me|i need help", "help"),
    )
)


def understood(text: str) -> str | None:
    """Return the command that a sentence means, or None when it means none that is known here."""
    plain = " ".join(text.split())
    bare = _POLITE.sub("", plain.lower().rstrip(" ?!.")).rstrip(" ?!.")
    for pattern, said in _PHRASES:
        if found := pattern.fullmatch(bare):
            return found.expand(said)
    word = bare.split(" ", 1)[0]
    if not known(word):
        return None
    return bare if word == bare else plain[plain.lower().index(word) :]
