"""Tools as workflows want them: other inputs, several calls at once, and an output in their shape.

An alias is written in `config/mcp.yaml`. It is an operation like any other: it has a schema, it
writes when one of its tools does, and its answer is what its `output` makes of theirs.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from opstream.adapters.connectors import windows
from opstream.adapters.connectors.alias import ONLY, SOURCE, Alias, ToolCall, complaint, schema
from opstream.adapters.connectors.shaping import shaped
from opstream.domain.operation import Health, Operation, OperationCall, Repeat, SourceHealth
from opstream.domain.values import Json, JsonObject
from opstream.engine import expressions
from opstream.errors import BadInput, ExpressionError, OperationFailed
from opstream.ports import Clock, ProgressListener

_SAFEST_FIRST = (Repeat.ALWAYS, Repeat.WITH_KEY, Repeat.NEVER)
_SHOWN = 300
_MANY_WRITES = (
    "The alias `{}` calls several tools and one of them changes something; make two aliases of it, "
    "or list a tool that only reads under `reads` of its server."
)

Caller = Callable[[OperationCall, ProgressListener], Awaitable[Json]]
Lookup = Callable[[str], SourceHealth | None]


class Aliases:
    """All aliases that are more than a name, as a source of operations.

    Args:
        lookup: Returns how the source of that name is doing, and what it offers; None for none.
        call: Calls a tool, with all that goes with it.
    """

    name = SOURCE
    timeout: float | None = None

    def __init__(
        self, aliases: Sequence[Alias], lookup: Lookup, call: Caller, clock: Clock
    ) -> None:
        self._aliases = {one.operation: one for one in aliases}
        self._lookup = lookup
        self._call = call
        self._clock = clock
        self._broken = {one.operation: said for one in aliases if (said := complaint(one))}

    @property
    def names(self) -> Mapping[str, str]:
        """The operation of each alias by what workflows call it."""
        return {one.name: one.operation for one in self._aliases.values()}

    @property
    def health(self) -> SourceHealth:
        """Which aliases can be called: those whose tools are known."""
        found = {name: self._operation(one) for name, one in self._aliases.items()}
        offered = tuple(one for one in found.values() if one is not None)
        lacking = [self.trouble(name) for name, one in found.items() if one is None]
        if not lacking:
            sentence = f"`{SOURCE}` is ready with {len(offered)} of `config/mcp.yaml`."
            return SourceHealth(self.name, Health.READY, sentence, offered)
        health = Health.READY if offered else self._while_none_is_known()
        return SourceHealth(self.name, health, lacking[0], offered)

    def sources(self, name: str) -> frozenset[str]:
        """Return the sources that an alias needs; none for what is no alias."""
        alias = self._aliases.get(name)
        calls = alias.calls.values() if alias else ()
        return frozenset(call.tool.partition(".")[0] for call in calls)

    def trouble(self, name: str) -> str:
        """Return why an alias cannot be called, in one sentence; empty when it can."""
        alias = self._aliases[name]
        if name in self._broken:
            return self._broken[name]
        for call in alias.calls.values():
            source, _, tool = call.tool.partition(".")
            health = self._lookup(source)
            if health is None:
                return f"The alias `{alias.name}` needs `{source}`, and there is no such server."
            if self._tool(call.tool) is None:
                lacks = f"`{source}` has no tool `{tool}`."
                why = lacks if health.health is Health.READY else health.sentence
                return f"The alias `{alias.name}` cannot be used: {why}"
        return _MANY_WRITES.format(alias.name) if self._writes_much(alias) else ""

    async def settled(self) -> SourceHealth:
        """Return how it is; who calls an alias waits for the servers behind it."""
        return self.health

    async def call(
        self, operation: Operation, call: OperationCall, listener: ProgressListener
    ) -> Json:
        """Call the tools of an alias side by side, and return what its output makes of them."""
        alias = self._aliases[operation.name]
        try:
            context = self._context(alias, call.arguments)
            ready = {name: _ready(one, call, name, context) for name, one in alias.calls.items()}
        except (ExpressionError, BadInput) as error:
            raise OperationFailed(
                f"`{alias.name}` was not called: {error}", kind="invalid", retryable=False
            ) from error
        answers = await self._answers(alias, ready, listener)
        if alias.output is None:
            return answers.get(ONLY, answers)
        seen = {ONLY: answers[ONLY]} if ONLY in answers else {"calls": answers}
        try:
            return shaped(alias.output, {**context, **seen})
        except ExpressionError as error:
            raise OperationFailed(
                f"`{alias.name}` answered, but not as its `output` in `config/mcp.yaml` expects: "
                f"{error}",
                kind="invalid",
                retryable=False,
                outcome_known=not operation.writes,
            ) from error

    def _while_none_is_known(self) -> Health:
        behind = {source for name in self._aliases for source in self.sources(name)}
        told = [one.health for name in behind if (one := self._lookup(name)) is not None]
        return Health.STARTING if Health.STARTING in told else Health.FAILING

    def _context(self, alias: Alias, arguments: Mapping[str, Json]) -> dict[str, Json]:
        inputs = {**alias.defaults, **arguments}
        timed = inputs if "duration" in alias.inputs else {**inputs, "duration": "1s"}
        return {"inputs": inputs, windows.NAME: windows.window(timed, self._clock.now())}

    async def _answers(
        self, alias: Alias, ready: Mapping[str, OperationCall], listener: ProgressListener
    ) -> dict[str, Json]:
        tasks = {}
        try:
            async with asyncio.TaskGroup() as group:
                for name, call in ready.items():
                    one = self._answer(alias.calls[name], call, listener)
                    tasks[name] = group.create_task(one)
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures
        return {name: task.result() for name, task in tasks.items()}

    async def _answer(self, one: ToolCall, call: OperationCall, listener: ProgressListener) -> Json:
        answer = await self._call(call, listener)
        if one.fail_if is not None:
            _require_success(one, answer)
        return answer

    def _operation(self, alias: Alias) -> Operation | None:
        known = self._known(alias)
        unusable = alias.operation in self._broken or self._writes_much(alias)
        if len(known) < len(alias.calls) or unusable:
            return None
        behind = " and ".join(f"`{call.tool}`" for call in alias.calls.values())
        sources = self.sources(alias.operation)
        changing = [tool for call, tool in known if tool.writes and not call.reads]
        return Operation(
            name=alias.operation,
            title=alias.name.replace("_", " ").capitalize(),
            description=alias.description or (f"Calls {behind}." if behind else ""),
            inputs=schema(alias),
            writes=bool(changing),
            repeat=max(
                (tool.repeat for tool in changing), key=_SAFEST_FIRST.index, default=Repeat.ALWAYS
            ),
            source=next(iter(sources)) if len(sources) == 1 else SOURCE,  # whose limits hold
        )

    def _writes_much(self, alias: Alias) -> bool:
        """Whether it would change one thing while another fails: nobody could say what is done."""
        known = self._known(alias)
        return len(known) > 1 and any(tool.writes and not call.reads for call, tool in known)

    def _known(self, alias: Alias) -> Sequence[tuple[ToolCall, Operation]]:
        found = [(call, self._tool(call.tool)) for call in alias.calls.values()]
        return [(call, tool) for call, tool in found if tool is not None]

    def _tool(self, name: str) -> Operation | None:
        health = self._lookup(name.partition(".")[0])
        offered = health.operations if health else ()
        return next((one for one in offered if one.name == name), None)


def _ready(one: ToolCall, call: OperationCall, name: str, context: JsonObject) -> OperationCall:
    arguments = shaped(one.arguments, context)
    assert isinstance(arguments, Mapping)
    given = {key: value for key, value in arguments.items() if value is not None}
    key = call.key if name == ONLY else f"{call.key}:{name}"
    return replace(call, operation=one.tool, arguments=given, key=key, timeout=None)


def _require_success(one: ToolCall, answer: Json) -> None:
    try:
        failed = expressions.truthy(one.fail_if or "false", {ONLY: answer})
    except (ExpressionError, BadInput) as error:
        raise OperationFailed(
            f"`fail_if` of `{one.tool}`: {error}",
            kind="invalid",
            retryable=False,
            outcome_known=False,
        ) from error
    if failed:
        shown = " ".join(_why(one, answer).split())[:_SHOWN].rstrip(".")
        raise OperationFailed(f"`{one.tool}` answered that it failed: {shown}.", kind="refused")


def _why(one: ToolCall, answer: Json) -> str:
    if one.reason is not None:
        with suppress(ExpressionError):
            return str(expressions.render(one.reason, {ONLY: answer}))
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
