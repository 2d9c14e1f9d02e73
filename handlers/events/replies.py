"""What somebody says in a thread, as the reply that a run there waits for."""

from handlers.edge import Edge
from handlers.payloads import Heard


async def replied(heard: Heard, edge: Edge) -> bool:
    """Give what somebody says in a thread to the run there that waits for a reply; return whether."""
    hearing = await edge.services.runs.hearing(heard.place)
    if not hearing:
        return False
    person = await edge.people.find(heard.asker)
    key = f"{heard.place.channel}:{heard.ts}"
    for run_id in hearing:
        if await edge.services.runs.reply(run_id, heard.text, by=person, key=key):
            return True
    return False
