"""Questions in plain words: each is a run of the workflow `ask`, so that no crash loses or repeats a turn."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from opstream.agent import context, language, offline
from opstream.agent.context import Known, Marked
from opstream.agent.offline import Found
from opstream.agent.shipped import ASK, DRAFT
from opstream.domain.conversation import Place
from opstream.domain.person import Person
from opstream.domain.run import Run
from opstream.domain.workflow import Workflow
from opstream.errors import TooLate
from opstream.governance.sanitising import Sanitiser
from opstream.knowledge.service import Knowledge
from opstream.ports import LanguageModel
from opstream.runs import ids
from opstream.runs.service import Runs

_RECALLED_WORDS = 200
_FOUND = 3
_WORDS_LOOKED_UP = 1_000
_LONGEST_TALK = 200
_LOOK_INTO = (
    "Please look into the message that I point at: what is going on, why, and what would help? "
    "Look at the facts with your tools, and say what you could not find out."
)
_EARLIER = 6  # questions of a thread that are looked back at


def said_key(channel: str, ts: str) -> str:
    """Return what makes a message one of a kind, as the key of the request that it is."""
    return f"said:{channel}:{ts}"


class Conversations:
    """Answers people in threads.

    Args:
        runs: Where answers are made.
        workflows: Gives what can be started.
        model: What answers.
        knowledge: What is remembered.
        sanitiser: Takes out what may not be kept.
    """

    def __init__(
        self,
        runs: Runs,
        workflows: Callable[[], Sequence[Workflow]],
        model: LanguageModel,
        knowledge: Knowledge,
        sanitiser: Sanitiser,
    ) -> None:
        self._runs = runs
        self._workflows = workflows
        self._model = model
        self._knowledge = knowledge
        self._sanitiser = sanitiser

    @property
    def available(self) -> bool:
        """Whether a language model is set up; without one, questions are answered without any."""
        return self._model.available

    async def answer(self, question: str, *, place: Place, by: Person, request_key: str) -> Run:
        """Begin to answer a question in a thread; the same `request_key` twice asks once.

        Args:
            question: In the person's own words.
            place: Where it was asked. Without a thread, the question is posted and answered below.
            by: Who asks: what is done is done in their name, and with no more rights than theirs.
            request_key: Makes the question one of a kind.

        Raises:
            BadInput: the question is empty, too long, or holds a secret.
            NotAllowed: the person may not look at anything.
        """
        known = await self._known(question, place, by)
        return await self._ask(question, known, place, by, request_key)

    async def look_into(self, marked: Marked, *, place: Place, by: Person, request_key: str) -> Run:
        """Begin to look into a message, in its thread; its words are data, never the question.

        Errors as `answer`.
        """
        known = await self._known(context.tame(marked.text)[:_WORDS_LOOKED_UP], place, by)
        known = replace(known, marked=marked)
        return await self._ask(_LOOK_INTO, known, place, by, request_key)

    async def _ask(
        self, question: str, known: Known, place: Place, by: Person, request_key: str
    ) -> Run:
        inputs = {
            "question": context.tame(question).strip(),
            "context": self._sanitiser.masked(context.written(known)),
            "remembered": context.listed(known),
        }
        return await self._runs.start(
            ASK, inputs, by=by, place=place, request_key=f"ask:{request_key}"
        )

    async def draft(self, wish: str, *, place: Place, by: Person, request_key: str) -> Run:
        """Begin to write a workflow from words; errors as `answer`."""
        inputs = {"question": context.tame(wish).strip(), "context": language.SHORT}
        return await self._runs.start(
            DRAFT, inputs, by=by, place=place, request_key=f"draft:{request_key}"
        )

    def nearest(self, wish: str) -> Sequence[Workflow]:
        """Return the workflows whose words fit a wish best, for when there is no model."""
        return offline.nearest(wish, self._workflows())

    async def looked_up(self, question: str, *, place: Place, by: Person) -> Found:
        """Return what can be found for a question by its words alone, for when there is no model."""
        run_id = await self._runs.of_thread(place)
        return Found(
            await self._runs.view(run_id) if run_id else None,
            offline.nearest(question, self._workflows()),
            await self._knowledge.look_up(question, by=by, place=place, limit=_FOUND),
        )

    async def is_with(self, place: Place, person: str) -> bool:
        """Return whether a thread is a conversation with somebody: it began with a question of theirs to us."""
        talk = await self._runs.talk_in(place, limit=_LONGEST_TALK)
        if not talk:
            return False
        first = (await self._runs.view(talk[-1])).run
        begins = first.place is not None and first.place.thread is None
        at_root = ids.of_request(f"ask:{said_key(place.channel, place.thread or '')}")
        return first.by.id == person and (begins or first.id == at_root)

    async def stop(self, place: Place, *, by: Person) -> Sequence[Run]:
        """Stop what is being answered in a thread; return what was stopped.

        Raises:
            NotAllowed: somebody else asked, and the person may not cancel runs.
        """
        stopped: list[Run] = []
        for run_id in await self._runs.talk_in(place, active=True):
            with suppress(TooLate):
                stopped.append(await self._runs.cancel(run_id, by=by))
        return stopped

    async def _known(self, question: str, place: Place, by: Person) -> Known:
        run_id = await self._runs.of_thread(place)
        recalled = await self._knowledge.recall(
            question, by=by, place=place, budget_words=_RECALLED_WORDS
        )
        earlier = await self._runs.talk_in(place, limit=_EARLIER)
        return Known(
            by.name,
            by.timezone,
            await self._runs.view(run_id) if run_id else None,
            [(await self._runs.view(one)).run for one in reversed(earlier)],
            recalled.sources,
        )
