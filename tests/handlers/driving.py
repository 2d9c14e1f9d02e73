"""What people do at the edge, in one line each."""

from typing import Any

from tests.flows.person import Person, everything

OPS, RANDOM, DM_ANA = "C0OPS00001", "C0RANDOM01", "D0ANA00001"
ALERTS = "C0OPSALRT1"
BOT = "@OpStream"


class Colleague(Person):
    """Somebody who also looks at App Home."""

    home: dict[str, Any] | None = None
    prompts: list[dict[str, str]] | None = None
    session: dict[str, Any] | None = None
    entity: dict[str, Any] | None = None

    def _take(self, data: dict[str, Any]) -> None:
        if data["type"] == "home":
            self.home = data["view"]
        if data["type"] == "entity":
            self.entity = data
        if data["type"] == "session":
            self.session = data
        if data["type"] == "prompts":
            self.prompts = data["prompts"]
        super()._take(data)


async def fill_in(person: Person, view: dict[str, Any], **values: str) -> dict[str, Any]:
    """Submit a form with some of its fields filled in; `input_name` means the block `input:name`."""
    given: dict[str, Any] = {}
    for block in view["blocks"]:
        name = str(block.get("block_id", "")).replace("input:", "input_", 1)
        if name in values:
            given[block["block_id"]] = {block["element"]["action_id"]: {"value": values[name]}}
    return await person.do("view_submit", view_id=view["id"], values=given)


async def say(person: Person, text: str, channel: str = OPS, thread: str = "") -> str:
    """Say something in a channel and return its ts."""
    await person.until(lambda: person.connected, "the bot is connected")
    reply = await person.do("post", channel=channel, text=text, thread_ts=thread)
    return str(reply["ts"])


async def asked_to_greet(ana: Person, bo: Person, name: str = "World") -> dict[str, Any]:
    """Start the greeting and return the question that Bo sees."""
    await ana.command(f"/opstream start greet name={name}")
    return await bo.sees(f"Greet {name}?", "approval_grant")


async def react(person: Person, message: dict[str, Any], emoji: str, channel: str = OPS) -> None:
    """Put an emoji on a message."""
    await person.do("react", channel=channel, ts=message["ts"], name=emoji)


def count(person: Person, *words: str) -> int:
    """Return how many messages show all of the words."""
    return sum(all(word in everything(one) for word in words) for one in person.messages.values())
