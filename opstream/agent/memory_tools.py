"""Own tools that look up what is remembered, and keep a fact."""

from collections.abc import Mapping, Sequence

from pydantic import Field

from opstream.agent.own import Arguments, Asking, Tool
from opstream.domain.memory import Hit
from opstream.domain.operation import Repeat
from opstream.domain.values import Json
from opstream.knowledge.service import Knowledge

_PASSAGE = 1_200


class Question(Arguments):
    """What is looked for."""

    question: str = Field(min_length=1, max_length=500, description="In plain words.")


class Fact(Arguments):
    """What is kept."""

    text: str = Field(min_length=1, max_length=2_000, description="One fact, in a sentence or two.")


class MemoryTools:
    """Looks things up for whoever asks; in a channel, only what all who read there may see."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def tools(self) -> Sequence[Tool]:
        """Return the tools."""
        return (
            Tool(
                "search_memory",
                "Search the memory",
                "Finds what is remembered: facts, documents, earlier conversations, runs and what helped.",
                Question,
                self._search,
            ),
            Tool(
                "remember",
                "Remember something",
                "Keeps a fact in mind for whoever reads here.",
                Fact,
                self._remember,
                writes=True,
                repeat=Repeat.NEVER,
            ),
        )

    async def _search(self, wanted: Question, asking: Asking) -> Json:
        hits = await self._knowledge.look_up(
            wanted.question, by=asking.person, place=asking.run.place
        )
        return {"found": [_hit(one) for one in hits]}

    async def _remember(self, wanted: Fact, asking: Asking) -> Json:
        entry = await self._knowledge.remember(
            wanted.text, by=asking.person, place=asking.run.place
        )
        return {"kept": entry.id}


def _hit(one: Hit) -> Mapping[str, Json]:
    entry = one.entry
    found: dict[str, Json] = {
        "kind": entry.kind.value,
        "title": entry.title,
        "at": f"{entry.at:%Y-%m-%d %H:%M} UTC",
        "passage": one.passage[:_PASSAGE],
        "link": entry.link,
    }
    return {name: value for name, value in found.items() if value}
