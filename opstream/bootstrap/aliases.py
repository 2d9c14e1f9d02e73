"""The aliases of `config/mcp.yaml` as the tools of an install take them."""

from collections.abc import Mapping, Sequence

from config.aliases import Alias as Written
from config.aliases import AliasCall
from opstream.adapters.connectors.alias import ONLY, Alias, ToolCall


def names(aliases: Mapping[str, Written]) -> Mapping[str, str]:
    """Return those that are nothing but another name of a tool."""
    return {name: one.tool for name, one in aliases.items() if one.only_renames}


def shaped(aliases: Mapping[str, Written]) -> Sequence[Alias]:
    """Return those with inputs, arguments or an output of their own."""
    return [_alias(name, one) for name, one in aliases.items() if not one.only_renames]


def _alias(name: str, one: Written) -> Alias:
    calls = {ONLY: one} if one.tool else one.calls
    return Alias(
        name=name,
        description=one.description,
        inputs=dict(one.inputs),
        defaults=one.defaults,
        calls={called: _call(each) for called, each in calls.items()},
        output=one.output,
    )


def _call(one: AliasCall) -> ToolCall:
    return ToolCall(one.tool, one.arguments, one.fail_if, one.reason, one.reads)
