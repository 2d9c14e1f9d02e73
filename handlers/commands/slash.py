"""Slash commands: `/opstream` with a verb, and any other as a sentence that a workflow declares."""

from handlers.commands.ask import Ask, parse
from handlers.commands.carrying import carry_out
from handlers.edge import Edge
from handlers.payloads import Command
from handlers.voice import Voice

ROOT = "opstream"


async def answer(command: Command, edge: Edge, voice: Voice) -> None:
    """Do what a slash command says, and tell only the person who gave it."""
    person = await edge.people.find(command.asker)
    text = command.text if command.name == ROOT else f"{command.name} {command.text}"
    ask = Ask(person, command.place, parse(text), command.trigger_id, command.trigger_id)
    if message := await carry_out(ask, edge):
        await voice.whisper(message)
