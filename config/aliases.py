"""The settings of aliases: other names of tools, and tools as workflows want them."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_validator

from config.parts import Part, setting

InputKind = Literal["text", "number", "flag", "duration", "list", "mapping", "any"]
_TOOL = re.compile(r"[a-z][a-z0-9_-]*\.[^\s.]+")
_SUCH_AS = "a tool with its server, such as `cloudwatch.get_metric_data`"
_NO_PLACE = (
    "An alias with `calls` has its tools there; take `tool`, `arguments` and `fail_if` out, or move "
    "them into `calls`."
)
_JUST_A_NAME = (
    "An alias with `inputs`, `arguments` or `fail_if` says what is called: add `tool`, or `calls`."
)


class AliasCall(Part):
    """One call of a tool behind an alias."""

    tool: str = setting("", "The tool that is called.", write=_SUCH_AS)
    arguments: Mapping[str, Any] = setting(
        {},
        "Its arguments; templates see `inputs` and `window`.",
        write="lines such as `service_name: '{{ inputs.service }}'`",
    )
    fail_if: str | None = setting(
        None,
        "When the call counts as failed although it reports success; sees `output`.",
        write="an expression such as `output is string`",
    )
    reason: str | None = setting(
        None,
        "What to say when `fail_if` holds; sees `output`. Without it, the answer is shown.",
        write="a template such as `'{{ output.message }}'`",
    )
    reads: bool = setting(
        False,
        "That this call changes nothing, whatever else its tool could do.",
        write="`true` or `false`",
    )


class Alias(AliasCall):
    """Another name of a tool, or a tool with inputs and an output of its own."""

    description: str = setting("", "What it does, in a sentence.", write="a sentence")
    inputs: Mapping[str, InputKind] = setting(
        {},
        "What it takes; `duration` and `since` also make the `window`.",
        write="lines such as `service: text`; kinds are text, number, flag, duration, list, "
        "mapping and any",
    )
    defaults: Mapping[str, Any] = setting(
        {},
        "What inputs are when they are left out; the others must be given.",
        write="lines such as `duration: 10m`",
    )
    calls: Mapping[str, AliasCall] = setting(
        {}, "Several calls, made side by side, by names for their answers.", write="calls by name"
    )
    output: Any = setting(
        None,
        "What it returns; templates see `inputs`, `window` and `output`, or `calls` by name.",
        write="a template, or a mapping of templates",
    )

    @property
    def tools(self) -> tuple[str, ...]:
        """The tools behind it."""
        single = (self.tool,) if self.tool else ()
        return (*single, *(call.tool for call in self.calls.values()))

    @property
    def only_renames(self) -> bool:
        """Whether it is nothing but another name."""
        return self.model_fields_set <= {"tool"}

    @model_validator(mode="after")
    def _says_what_is_called(self) -> Self:
        if self.calls and (self.tool or self.arguments or self.fail_if):
            raise ValueError(_NO_PLACE)
        if not self.tools and ("output" not in self.model_fields_set or self.arguments):
            raise ValueError(_JUST_A_NAME)
        for name in self.tools or ():
            if not _TOOL.fullmatch(name):
                raise ValueError(f"`{name[:60]}` is not the name of a tool. Write {_SUCH_AS}.")
        return self


def _written_short(written: object) -> object:
    return {"tool": written} if isinstance(written, str) else written


AnyAlias = Annotated[Alias, BeforeValidator(_written_short)]


def lost(aliases: Mapping[str, Alias], servers: Mapping[str, object]) -> Iterator[str]:
    """Yield a sentence for every alias that leads to a server that is not there."""
    for name, alias in aliases.items():
        for tool in alias.tools:
            server = tool.partition(".")[0]
            if server not in servers:
                yield (
                    f"The alias {name!r} leads to {tool!r}, but there is no server {server!r}. "
                    f"Use one of the servers under `servers`."
                )
