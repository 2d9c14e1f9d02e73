"""Who starts a run when no person does: names for the audit, with just the role that a start takes."""

from opstream.domain.person import Person, Role

_IDS = frozenset({"schedule", "webhook", "signal"})


def schedule(name: str) -> Person:
    """Return who starts what was planned."""
    return _sender("schedule", f"Schedule {name}")


def webhook(name: str) -> Person:
    """Return who starts what a program outside asks for."""
    return _sender("webhook", f"Webhook {name}")


def signal(name: str) -> Person:
    """Return who starts what answers a measurement."""
    return _sender("signal", f"Signal {name}")


def is_person(id: str) -> bool:
    """Return whether an id is a person's; the others have no limit of runs of their own."""
    return id not in _IDS


def _sender(id: str, name: str) -> Person:
    return Person(id, name, frozenset({Role.OPERATOR}))
