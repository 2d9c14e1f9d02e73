"""The branch of the settings about what is remembered."""

from datetime import timedelta

from config.parts import Part, setting
from config.values import Duration


class Memory(Part):
    """What OpStream remembers, and for how long; what a person asked to keep stays until it is forgotten."""

    conversations: Duration | None = setting(
        timedelta(days=180),
        "How long conversations are remembered after the last word in them.",
        env="OPSTREAM_REMEMBER_CONVERSATIONS",
        write="a length of time such as `180d`",
        ge=timedelta(days=1),
    )
    runs: Duration | None = setting(
        timedelta(days=730),
        "How long it is remembered what ended runs were about and what helped.",
        env="OPSTREAM_REMEMBER_RUNS",
        write="a length of time such as `730d`",
        ge=timedelta(days=1),
    )
    documents: Duration | None = setting(
        None,
        "How long documents are remembered after they were added or refreshed; for ever without a time.",
        env="OPSTREAM_REMEMBER_DOCUMENTS",
        write="a length of time such as `365d`",
        ge=timedelta(days=1),
    )
    by_meaning: bool = setting(
        True,
        "Whether things are found by their meaning besides their words.",
        env="OPSTREAM_MEMORY_BY_MEANING",
        write="`true` or `false`",
    )
