"""Where to look first when promises are broken: where the trouble of the worst one comes from."""

from collections.abc import Iterator
from dataclasses import dataclass

from opstream.adapters.connectors.profiling.evidence import Target
from opstream.adapters.connectors.profiling.reading import targets
from opstream.adapters.connectors.profiling.values import fields, objects
from opstream.adapters.connectors.profiling.words import cut, number


@dataclass(frozen=True, slots=True)
class Focus:
    """A service to look at; None when no promise is broken."""

    service: str | None
    why: str


def where_to_look(slos: object, alerts: object = None) -> Focus:
    """Return the service in which the trouble of the worst broken promise most likely lies.

    Args:
        slos: As a tool that checks objectives returns them.
        alerts: As a tool that groups alerts by their root returns them; None will do.
    """
    missed = [one for one in targets(slos) if not one.met and one.service]
    if not missed:
        return Focus(None, "Every objective that was checked is met.")
    worst = max(missed, key=lambda one: one.burn_rate or 0.0)
    for root, services, reason in _groups(alerts):
        if worst.service in services and root != worst.service:
            said = f" {cut(reason, 300)}" if reason else ""
            return Focus(root, f"The trouble of {worst.service} most likely begins there.{said}")
    return Focus(worst.service, _worst(worst))


def _groups(alerts: object) -> Iterator[tuple[str, tuple[str, ...], str]]:
    for one in objects(fields(alerts).get("groups")):
        root, services, reason = one.get("root"), one.get("services"), one.get("reason")
        if isinstance(root, str) and isinstance(services, list | tuple):
            names = tuple(name for name in services if isinstance(name, str))
            yield root, names, reason if isinstance(reason, str) else ""


def _worst(worst: Target) -> str:
    if worst.burn_rate is None:
        return f"Its objective “{cut(worst.objective, 100)}” is missed."
    return (
        f"It spends its error budget fastest, {number(worst.burn_rate)} times as fast as allowed."
    )
