"""The connectors of an install: ours, as an explicit tuple, and those that other packages bring.

Another package brings one by an entry point in the group `opstream.connectors` that names a
`Connector`.
"""

from collections.abc import Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points

import structlog

from opstream.adapters.connectors.base import Connector, ConnectorSource
from opstream.adapters.connectors.profiling.connector import profiling

BUILT_IN: tuple[Connector, ...] = (profiling,)

_GROUP = "opstream.connectors"

log = structlog.get_logger(__name__)


def installed(secrets: Mapping[str, str]) -> Sequence[ConnectorSource]:
    """Return every connector with the secrets it asked for.

    Args:
        secrets: All that the settings know; each connector gets only its own.
    """
    found = [*BUILT_IN]
    names = {one.name for one in found}
    for entry in entry_points(group=_GROUP):
        connector = _loaded(entry)
        if connector is not None and connector.name not in names:
            names.add(connector.name)
            found.append(connector)
    return [ConnectorSource(one, secrets) for one in found]


def _loaded(entry: EntryPoint) -> Connector | None:
    try:
        connector = entry.load()
    except (ImportError, AttributeError) as error:
        log.warning("connector_not_loaded", entry_point=entry.value, reason=str(error))
        return None
    if not isinstance(connector, Connector):
        log.warning("connector_not_loaded", entry_point=entry.value, reason="not a Connector")
        return None
    return connector
