"""Wires an install: settings -> adapters -> services. The only room that knows every adapter."""

from opstream.adapters.pace import spare_the_loop
from opstream.adapters.stores import Stores, move
from opstream.bootstrap.wiring import (
    Install,
    Instead,
    install,
    open_stores,
    read_settings,
    set_up_logs,
    shares_database,
    variables,
    vault,
)

__all__ = [
    "Install",
    "Instead",
    "Stores",
    "install",
    "move",
    "open_stores",
    "read_settings",
    "set_up_logs",
    "shares_database",
    "spare_the_loop",
    "variables",
    "vault",
]
