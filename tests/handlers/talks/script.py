"""A conversation as a file: what people say and press, what the model says, and what must come of it.

title: a read answers, and is named       # a sentence, one of a kind
say: what is the load of host a?          # by `who` (ana, bo, cleo, dan), in `where`
where: channel                            # or direct, agent (the Messages tab), ask (/opstream ask),
                                          # thread (below what bo said: `before`), run (below what `starts`)
in: ops                                   # or general, random, incidents
starts: backup host=a                     # what `who` starts first, and what is then seen in its thread:
settled: ["Failed"]
offline: true                             # no model is set up
tools:                                    # what tools give; a list is taken in turn
  estate.load: {load: 93}                 # `{error: words}` fails, `{holds: true}` waits until all is over,
                                          # `{repeats: word, times: 9}` is a long text
model:                                    # the model's turns for this question
  - calls: [{estate.load: {host: a}}]     # with `text`, where it says something beside
  - says: The load of a is 93 % [1].      # each may have `tokens` (that it took), `why` (this model)
  - [{fails: words}, {says: Again.}]      # in a list: when asked for the first, the second time; with `kind`
then:                                     # what follows, in order; each has one of these, and `who`
  - answers: ["The load of a is 93 %"]    # stands in an answer, or why there is none, that has come to its end
  - sees: ["go ahead?"]                   # stands in any message of the bot in the thread
  - hears: ["you need the role"]          # told to nobody else
  - presses: approval_grant               # on the message of the thread that holds `with`; `twice`
    with: ["go ahead?"]
  - denies: Not today.                    # fills in the form of a no, on such a message
  - changes: Fewer, please.               # sends a proposal back, with arguments as in `edits`
    edits: {pool: "30"}
  - say: and host b?                      # goes on in the thread, with `model` as above; `plain`: unmentioned
  - waits: estate.load                    # until that tool is at work
  - stops: true                           # presses Slack's own Stop
called: [{estate.load: {host: a}}]        # all calls that tools got, in order; a list in it: side by side
asked: [estate.scale]                     # all operations that a yes was asked for
told: ["93"]                              # what the model was told, in all its turns
untold: ["hunter2"]                       # what it was never told
offered: [estate.load]                    # tools that it was offered
unoffered: [estate.scale]                 # and those that it was not
turns: 2                                  # how often it was asked
unasked: true                             # it was asked nothing
once: ["Done"]                            # what just one message of the thread says
unseen: ["Error"]                         # what nobody sees in the thread or is told
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
_STEPS = {"answers", "sees", "hears", "presses", "denies", "changes", "say", "waits", "stops"}
_BESIDE = {"who", "with", "twice", "edits", "model", "plain"}


@dataclass(frozen=True, slots=True)
class Script:
    """One conversation; see above."""

    name: str
    title: str
    say: str
    model: Sequence[Mapping[str, Any]] = ()
    who: str = "ana"
    where: str = "channel"
    channel: str = "ops"
    before: str = "Does anybody know?"
    starts: str = ""
    settled: Sequence[str] = ()
    offline: bool = False
    tools: Mapping[str, Any] = field(default_factory=dict)
    then: Sequence[Mapping[str, Any]] = ()
    called: Sequence[Mapping[str, Any] | list[Mapping[str, Any]]] = ()
    asked: Sequence[str] = ()
    told: Sequence[str] = ()
    untold: Sequence[str] = ()
    offered: Sequence[str] = ()
    unoffered: Sequence[str] = ()
    turns: int | None = None
    unasked: bool = False
    once: Sequence[str] = ()
    unseen: Sequence[str] = ()

    def questions(self) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
        """Yield each question with the model's turns for it."""
        yield self.say, self.model
        for one in self.then:
            if "say" in one:
                yield one["say"], one.get("model", ())


_KEYS = ({one.name for one in fields(Script)} - {"name", "channel"}) | {"in"}


def read(folder: str) -> list[Script]:
    """Return the scripts of a folder.

    Raises:
        ValueError: a file has a key that means nothing, or no `say`.
    """
    return [_read(file) for file in sorted((FOLDER / folder).glob("*.yaml"))]


def folders() -> list[str]:
    """Return the folders with scripts."""
    return sorted({file.parent.name for file in FOLDER.glob("*/*.yaml")})


def _read(file: Path) -> Script:
    written = yaml.safe_load(file.read_text())
    if odd := set(written) - _KEYS:
        raise ValueError(f"{file.name}: nobody knows {sorted(odd)}; known are {sorted(_KEYS)}.")
    if not written.get("say") or not written.get("title"):
        raise ValueError(f"{file.name}: a script needs a `title` and a `say`.")
    for one in written.get("then", ()):
        if len(_STEPS & set(one)) != 1 or set(one) - _STEPS - _BESIDE:
            raise ValueError(f"{file.name}: {one} is no step; each has one of {sorted(_STEPS)}.")
    written["channel"] = written.pop("in", "ops")
    return Script(name=f"{file.parent.name}/{file.stem}", **written)
