"""Conversations, each a file: right tool, right arguments, right person asked, right words."""

from typing import Any

import pytest

from tests.flows.person import Person, everything
from tests.handlers.driving import BOT, OPS, fill_in, say
from tests.handlers.talks.script import Script, folders, read
from tests.handlers.talks.stage import StageModel, StageTools

USERS = {"ana": "U0ANA00001", "bo": "U0BO000001", "cleo": "U0CLEO0001", "dan": "U0DAN00001"}


@pytest.fixture
def tools() -> StageTools:
    return StageTools()


@pytest.fixture
def model() -> StageModel:
    return StageModel()


@pytest.mark.parametrize("folder", folders())
async def test_every_conversation_goes_as_its_script_says(folder, bot, join, model, tools):
    people = {name: await join(user) for name, user in USERS.items()}
    wrong: list[str] = []
    for script in read(folder):
        try:
            await Play(script, people, model, tools).go()
        except AssertionError as error:
            wrong.append(f"{script.name}: {error}")
    assert wrong == []


def test_there_are_as_many_conversations_as_there_are_meant_to_be():
    scripts = [one for folder in folders() for one in read(folder)]

    assert len(scripts) >= 80
    assert len({one.title for one in scripts}) == len(scripts)


class Play:
    """One conversation under way."""

    def __init__(
        self, script: Script, people: dict[str, Any], model: StageModel, tools: StageTools
    ) -> None:
        self._script, self._people = script, people
        self._model, self._tools = model, tools
        self._thread = ""
        self._seen_before = {name: set(one.messages) for name, one in people.items()}

    async def go(self) -> None:
        """Play it, and judge what came of it."""
        script = self._script
        self._model.learn(script)
        self._tools.calls.clear()
        self._tools.outputs = {
            name: list(one) if isinstance(one, list) else one for name, one in script.tools.items()
        }
        await self._begin(self._people[script.who])
        for one in script.then:
            await self._follow(self._people[one.get("who", script.who)], one)
        self._judge()

    async def _begin(self, person: Any) -> None:
        script = self._script
        match script.where:
            case "ask":
                await person.command(f"/opstream ask {script.say}")
                self._thread = (
                    await person.until(lambda: self._new(person, script.say), script.say)
                )["ts"]
            case "direct":
                channel = f"D{person.user[1:]}" if hasattr(person, "user") else "D0ANA00001"
                self._thread = await say(person, script.say, channel)
            case _:
                self._thread = await say(person, f"{BOT} {script.say}")

    def _new(self, person: Person, *words: str) -> dict[str, Any] | None:
        """Return the newest message with all the words that this script brought."""
        for key, message in sorted(person.messages.items(), reverse=True):
            if key not in self._seen_before[self._name(person)]:
                shown = everything(message)
                if all(word in shown for word in words):
                    return message
        return None

    def _name(self, person: Person) -> str:
        return next(name for name, one in self._people.items() if one is person)

    async def _follow(self, person: Any, one: dict[str, Any]) -> None:
        if "sees" in one:
            await person.until(lambda: self._new(person, *one["sees"]), f"{one['sees']}")
        elif "presses" in one:
            shown = await person.until(
                lambda: self._new(person, one["presses"], *one.get("on", ())), f"{one}"
            )
            await person.press(shown, one["presses"])
        elif "denies" in one:
            shown = await person.until(
                lambda: self._new(person, "approval_deny", *one.get("on", ())), f"{one}"
            )
            await person.press(shown, "approval_deny")
            form = await person.opens("form_deny")
            await fill_in(person, form, **{one.get("field", "reason"): one["denies"]})
        else:
            await say(person, f"{BOT} {one['say']}", OPS, self._thread)

    def _judge(self) -> None:
        script = self._script
        made = [{call.operation: dict(call.arguments)} for call in self._tools.calls]
        assert made == [{k: v or {} for k, v in one.items()} for one in script.called], "called"
        shown = self._shown()
        for operation in script.asked:
            assert operation in shown, f"nobody was asked about {operation}"
        told = self._model.told()
        for word in script.told:
            assert word in told, f"the model was not told {word!r}"
        for word in script.untold:
            assert word not in told, f"the model was told {word!r}"
        for word in script.unseen:
            assert word not in shown, f"somebody sees {word!r}"

    def _shown(self) -> str:
        return "\n".join(
            everything(message)
            for name, person in self._people.items()
            for key, message in person.messages.items()
            if key not in self._seen_before[name]
        )
