"""Plain data as JSON knows it: what inputs, arguments and outputs are made of."""

from collections.abc import Mapping, Sequence

from typing_extensions import TypeAliasType

Json = TypeAliasType(
    "Json", "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
)
JsonObject = Mapping[str, Json]
