"""Being mentioned, or written to: the same verbs as plain words, and help for what nobody understands."""

import re
from dataclasses import replace

from blocks import conversation
from blocks.kit import Message
from handlers.commands import help as helping
from handlers.commands import run
from handlers.commands.ask import Ask, parse
from handlers.commands.carrying import carry_out
from handlers.edge import Edge
from handlers.events import deciding, questions, stories
from handlers.events.attention import attentive
from handlers.events.replies import replied
from handlers.events.wishes import wished
from handlers.events.words import about_its_run, asks, understood
from handlers.payloads import Heard
from handlers.voice import Voice
from opstream.agent.service import said_key
from opstream.domain.person import Person

_GREETING = re.compile(
    r"(?:hi|hello|hey|yo|moin|howdy|good (?:morning|afternoon|evening|day))?(?: there| all|,? opstream)?\W*",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"(?:ok(?:ay)?[, ]+)?(?:stop|enough|that is enough|that's enough)\W*", re.IGNORECASE
)
_THANKS = re.compile(
    r"(?:ok(?:ay)?[, ]+)?(?:thanks|thank you|thx|cheers|great|perfect|nice|cool|well done)\b.{0,40}",
    re.IGNORECASE,
)


async def answer(heard: Heard, edge: Edge, voice: Voice) -> None:
    """Do what somebody says, or tell them kindly what can be said."""
    person = await edge.people.find(heard.asker)
    if person.is_bot:
        return
    heard = replace(heard, text=await edge.identity.unnamed(heard.text))
    async with attentive(heard, edge.client, edge.outbox.pacing.sleep):
        if message := await _answer(heard, person, edge):
            await voice.say(message)


async def answer_aside(heard: Heard, edge: Edge, voice: Voice) -> None:
    """Answer what is said in a thread without a mention, where nobody else can be meant.

    That is a question about a run under its card, and whatever somebody says in the thread of their own
    question to us. People talk to each other there, too: all else is left alone unless we are mentioned.
    """
    if heard.place.thread is None or not await _is_for_us(heard, edge):
        return
    if await edge.first_time(f"aside:{heard.place.channel}:{heard.ts}"):
        await answer(heard, edge, voice)


async def _is_for_us(heard: Heard, edge: Edge) -> bool:
    if about_its_run(heard.text):
        run_id = await edge.services.runs.of_thread(heard.place)
        place = (await edge.services.runs.view(run_id)).run.place if run_id else None
        return place is not None and place.thread != heard.place.thread
    if "<@" in heard.text or not edge.services.agent.available:
        return False
    return await edge.services.agent.is_with(heard.place, heard.asker.id)


async def _answer(heard: Heard, person: Person, edge: Edge) -> Message | None:
    key = said_key(heard.place.channel, heard.ts)
    said = understood(heard.text, in_thread=heard.place.thread is not None)
    ask = Ask(person, heard.place, parse(said or heard.text), key, ts=heard.ts)
    if said is not None and said.split(" ")[:2] in (["approve", "it"], ["deny", "it"]):
        said = await deciding.meant(said, ask, float(heard.ts), edge)
        ask = replace(ask, sentence=parse(said or heard.text))
    if (said is None or said.startswith("start ")) and (
        wish := wished(heard.text, edge.services.workflows.listed())
    ):
        return await run.begin(ask, edge, wish.workflow, wish.inputs)
    if said is not None:
        return await _carried_out(said, ask, heard, edge)
    return await _begun_or_helped(ask, heard, edge)


async def _carried_out(said: str, ask: Ask, heard: Heard, edge: Edge) -> Message | None:
    if stories.is_wanted(ask) and await stories.tell(ask, heard.place.thread or heard.ts, edge):
        return None
    message = await carry_out(ask, edge)
    if message is not None and asks(said):
        return conversation.rateable(message, heard.text)
    return message


async def _stopped(ask: Ask, edge: Edge) -> bool:
    """Stop what is being told or answered in a thread; return whether there was anything."""
    told = edge.streams.stop(ask.place)
    return bool(await edge.services.agent.stop(ask.place, by=ask.by)) or told


async def _begun_or_helped(ask: Ask, heard: Heard, edge: Edge) -> Message | None:
    if found := edge.services.workflows.by_phrase(heard.text):
        return await run.begin(ask, edge, *found)
    if heard.place.thread is not None and await replied(heard, edge):
        return None
    if _STOP.fullmatch(heard.text) and await _stopped(ask, edge):
        return None
    if _GREETING.fullmatch(heard.text):
        return helping.greeting(ask.by.name, edge)
    if _THANKS.fullmatch(heard.text):
        return conversation.thanked(ask.by.name)
    return await questions.put(heard.text, ask, heard.ts, edge)
