"""One conversation under way: what people do, and whether what comes of it is what the script says."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.flows.person import everything
from tests.handlers.driving import BOT, OPS, RANDOM, Colleague, fill_in, say
from tests.handlers.talks.script import Script
from tests.handlers.talks.stage import StageModel, StageTools

Message = dict[str, Any]
People = Mapping[str, Colleague]
USERS = {"ana": "U0ANA00001", "bo": "U0BO000001", "cleo": "U0CLEO0001", "dan": "U0DAN00001"}
_CHANNELS = {"ops": OPS, "general": "C0GENERAL1", "incidents": "C0INCIDNT1", "random": RANDOM}
_PATIENCE_SECONDS = 30
_STEPS = ("answers", "sees", "hears", "presses", "denies", "changes", "say", "waits", "stops")


class Play:
    """Plays one script.

    Args:
        people: Those who are there, by the names that scripts have for them.
    """

    def __init__(
        self, script: Script, people: People, model: StageModel, tools: StageTools
    ) -> None:
        self._script, self._people = script, people
        self._model, self._tools = model, tools
        self._channel = _CHANNELS[script.channel]
        self._thread = ""
        self._seen_before = {name: set(one.messages) for name, one in people.items()}
        self._told_before = {name: len(one.private) for name, one in people.items()}

    async def go(self) -> None:
        """Play it, and judge what came of it.

        Raises:
            AssertionError: something else came of it.
        """
        script = self._script
        self._model.learn(script)
        self._tools.learn(script)
        await self._begin(script.who)
        for one in script.then:
            step = next(step for step in _STEPS if step in one)
            await getattr(self, f"_{step}")(one.get("who", script.who), one)
        self._judge()

    async def _begin(self, who: str) -> None:
        script, person = self._script, self._people[who]
        match script.where:
            case "ask":
                await person.command(f"/opstream ask {script.say}", self._channel)
                if "hears" not in script.then[0]:  # else it was answered in private
                    self._thread = (await self._root(who, "asks:", script.say[:20]))["ts"]
            case "direct" | "agent":
                self._channel = f"D{USERS[who][1:]}"
                if script.where == "agent":
                    await person.do("open_messages_tab")
                    await self._until(who, lambda: person.prompts, "prompts are offered")
                self._thread = await say(person, script.say, self._channel)
            case "thread":
                self._thread = await say(self._people["bo"], script.before, self._channel)
                await say(person, f"{BOT} {script.say}", self._channel, self._thread)
            case "run":
                await person.command(f"/opstream start {script.starts}", self._channel)
                self._thread = (await self._root(who, f"Asked by <@{USERS[who]}>"))["ts"]
                await self._sees(who, {"sees": script.settled})
                await say(person, f"{BOT} {script.say}", self._channel, self._thread)
            case _:
                self._thread = await say(person, f"{BOT} {script.say}", self._channel)

    async def _root(self, who: str, *words: str) -> Message:
        """Wait for a message of this script that begins a thread."""

        def found() -> Message | None:
            for (channel, ts), message in sorted(self._people[who].messages.items(), reverse=True):
                is_new = (channel, ts) not in self._seen_before[who] and channel == self._channel
                is_new = is_new and message.get("thread_ts") in (None, ts)
                if is_new and all(word in everything(message) for word in words):
                    return message
            return None

        return await self._until(who, found, f"{words}")

    async def _until(self, who: str, condition: Any, why: str) -> Any:
        try:
            return await self._people[who].until(condition, why, _PATIENCE_SECONDS)
        except AssertionError:
            there = "\n".join(m.get("text", "")[:300] for m in self._in_thread(who))
            aside = "\n".join(m.get("text", "")[:300] for m in self._private(who))
            raise AssertionError(f"{who} misses {why} in:\n{there}\nand:\n{aside}") from None

    async def _sees(self, who: str, one: Mapping[str, Any]) -> None:
        await self._until(who, lambda: self._found(who, *one["sees"]), f"{one['sees']}")

    async def _answers(self, who: str, one: Mapping[str, Any]) -> None:
        await self._sees(who, {"sees": [*one["answers"], "answer_rated"]})

    async def _hears(self, who: str, one: Mapping[str, Any]) -> None:
        def found() -> Message | None:
            fitting = (m for m in self._private(who) if _has(m, *one["hears"]))
            return next(fitting, None)

        await self._until(who, found, f"privately {one['hears']}")

    async def _presses(self, who: str, one: Mapping[str, Any]) -> None:
        shown = await self._asking(who, one["presses"], one)
        for _ in range(2 if one.get("twice") else 1):
            await self._people[who].press(shown, one["presses"], self._channel)

    async def _denies(self, who: str, one: Mapping[str, Any]) -> None:
        await self._fill_in(who, one, "deny", reason=one["denies"])

    async def _changes(self, who: str, one: Mapping[str, Any]) -> None:
        edits = {f"input_{name}": text for name, text in one.get("edits", {}).items()}
        await self._fill_in(who, one, "changes", comment=one["changes"], **edits)

    async def _say(self, who: str, one: Mapping[str, Any]) -> None:
        is_plain = one.get("plain") or self._channel.startswith("D")
        text = one["say"] if is_plain else f"{BOT} {one['say']}"
        await say(self._people[who], text, self._channel, self._thread)

    async def _waits(self, who: str, one: Mapping[str, Any]) -> None:
        def at_work() -> bool:
            return any(call.operation == one["waits"] for call in self._tools.calls)

        await self._until(who, at_work, f"{one['waits']} is called")

    async def _stops(self, who: str, one: Mapping[str, Any]) -> None:
        stop = {"channel": self._channel, "thread_ts": self._thread}
        await self._people[who].do("stop_session", **stop)

    async def _fill_in(self, who: str, one: Mapping[str, Any], form: str, **values: str) -> None:
        person = self._people[who]
        shown = await self._asking(who, f"approval_{form}", one)
        await person.press(shown, f"approval_{form}", self._channel)
        await fill_in(person, await person.opens(f"form_{form}"), **values)

    async def _asking(self, who: str, action: str, one: Mapping[str, Any]) -> Message:
        """Wait for what has a button, and holds the words of `with`."""
        words = (action, *one.get("with", ()))
        return await self._until(who, lambda: self._found(who, *words), f"{words}")

    def _found(self, who: str, *words: str) -> Message | None:
        """Return the newest message with all the words: in the thread, or told to that person."""
        return next((one for one in self._in_thread(who) if _has(one, *words)), None)

    def _in_thread(self, who: str) -> Iterator[Message]:
        """Yield what the bot says in the thread, the newest first; a direct message is all one thread."""
        for (channel, ts), message in sorted(self._people[who].messages.items(), reverse=True):
            is_direct = channel.startswith("D") and (channel, ts) not in self._seen_before[who]
            is_there = is_direct or self._thread in (ts, message.get("thread_ts"))
            is_ours = message.get("user") not in USERS.values()
            if channel == self._channel and is_there and is_ours:
                yield message

    def _private(self, who: str) -> list[Message]:
        return self._people[who].private[self._told_before[who] :]

    def _judge(self) -> None:
        script, model = self._script, self._model
        self._judge_calls()
        told, offered = model.told(), model.offered()
        assert [one for one in script.told if one not in told] == [], "the model was not told"
        assert [one for one in script.untold if one in told] == [], "the model was told"
        assert set(script.offered) <= offered, "the model was not offered"
        assert not set(script.unoffered) & offered, "the model was offered"
        assert not (script.unasked and model.asked), "the model was asked"
        assert script.turns in (None, len(model.asked)), f"it was asked {len(model.asked)} times"
        self._judge_shown()

    def _judge_calls(self) -> None:
        made = [{call.operation: dict(call.arguments)} for call in self._tools.calls]
        for wanted in self._script.called:
            group = wanted if isinstance(wanted, list) else [wanted]
            now, made = made[: len(group)], made[len(group) :]
            meant = [{name: given or {} for name, given in one.items()} for one in group]
            assert sorted(now, key=str) == sorted(meant, key=str), "called"
        assert made == [], "called besides"

    def _judge_shown(self) -> None:
        script = self._script
        thread = [everything(one) for one in self._in_thread(script.who)]
        for words in script.once:
            assert sum(words in one for one in thread) == 1, f"{words!r} stands there not just once"
        shown = "\n".join(self._shown())
        assert [one for one in script.asked if one not in shown] == [], "nobody was asked about"
        assert [one for one in script.unseen if one in shown] == [], "somebody sees"

    def _shown(self) -> Iterator[str]:
        for name in self._people:
            yield from (everything(one) for one in self._in_thread(name))
            yield from (everything(one) for one in self._private(name))


def _has(message: Message, *words: str) -> bool:
    shown = everything(message)
    return all(word in shown for word in words)
