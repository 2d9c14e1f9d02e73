"""The thumbs below an answer."""

from blocks import conversation
from handlers.edge import Edge
from handlers.payloads import Press
from handlers.voice import Voice


async def rate(press: Press, edge: Edge, voice: Voice) -> None:
    """Note whether an answer helped, and say thanks to whoever said so."""
    person = await edge.people.find(press.asker)
    rating = press.carried.words
    await edge.services.governance.ratings.rate(press.carried.text, rating, by=person)
    await voice.aside(conversation.rated(rating))
