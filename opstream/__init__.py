"""OpStream, an ops teammate that lives in Slack; from Python: `WorkflowEngine` and `operation`.

Importing this costs nothing: what is named here is imported when it is asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # for type checkers and editors
    from opstream.domain.operation import Progress as Progress
    from opstream.errors import OperationFailed as OperationFailed
    from opstream.errors import OpStreamError as OpStreamError
    from opstream.face.engine import WorkflowEngine as WorkflowEngine
    from opstream.face.results import RunResult as RunResult
    from opstream.offering import Connector as Connector
    from opstream.offering import IdempotencyKey as IdempotencyKey
    from opstream.offering import Secrets as Secrets
    from opstream.offering import operation as operation
    from opstream.ports import ProgressListener as ProgressListener

_ROOMS = {
    "Connector": "offering",
    "IdempotencyKey": "offering",
    "OpStreamError": "errors",
    "OperationFailed": "errors",
    "Progress": "domain.operation",
    "ProgressListener": "ports",
    "RunResult": "face.results",
    "Secrets": "offering",
    "WorkflowEngine": "face.engine",
    "operation": "offering",
}


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_ROOMS})
