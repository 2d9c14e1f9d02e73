"""A conversation as a file: what people say and press, what the model says, and what must come of it.

title: a read answers, and is named
say: what is the load of host a?          # by `who` (ana), in `where` (channel, direct or ask)
tools:                                    # what tools give; `error:` fails, a list is taken in turn
  estate.load: {load: 93}
model:                                    # the model's turns for this question
  - calls: [{estate.load: {host: a}}]
  - says: The load of a is 93 % [1].
then:                                     # what follows, in order; each has one of these, and `who`
  - sees: ["The load of a is 93 %"]       # in the thread
  - presses: approval_grant               # on the message that holds `on`
    on: ["go ahead?"]
    who: bo
  - denies: Not today.                    # fills in the form of a no
    on: ["go ahead?"]
    who: bo
  - say: and host b?                      # goes on in the thread, with `model` as above
called: [{estate.load: {host: a}}]        # all calls that tools got, in order
asked: [estate.scale]                     # all operations that a yes was asked for
told: ["93"]                              # what the model was told, in all its turns
untold: ["hunter2"]                       # what it was never told
unseen: ["Error"]                         # what nobody sees
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
_KEYS = {
    "title", "say", "who", "where", "tools", "model", "then",
    "called", "asked", "told", "untold", "unseen",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Script:
    """One conversation; see above."""

    name: str
    title: str
    say: str
    model: Sequence[Mapping[str, Any]]
    who: str = "ana"
    where: str = "channel"
    tools: Mapping[str, Any] = field(default_factory=dict)
    then: Sequence[Mapping[str, Any]] = ()
    called: Sequence[Mapping[str, Any]] = ()
    asked: Sequence[str] = ()
    told: Sequence[str] = ()
    untold: Sequence[str] = ()
    unseen: Sequence[str] = ()

    def turns(self) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
        """Yield each question with the model's turns for it."""
        yield self.say, self.model
        for one in self.then:
            if "say" in one:
                yield one["say"], one.get("model", ())


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
    name = f"{file.parent.name}/{file.stem}"
    return Script(name=name, model=written.pop("model", ()), **written)
