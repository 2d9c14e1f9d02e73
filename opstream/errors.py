"""Everything OpStream can refuse or fail at, as one tree; each class says what to do about it.

OpStreamError                     said to the person as it stands, in one sentence
├── NotFound                      no such workflow, run, step, operation: offers what comes close
│   └── NoRunOfYours              no id was given, and the person has no run that fits
├── BadInput                      a value that cannot be used: names it and what to write instead
│   ├── NeedsConfirmation         it would do finished writes again: ask once more
│   └── MissingInputs             required inputs were left out: an edge opens a form
├── NotAllowed                    the person lacks the role, asks for themselves, or is a bot
├── TooLate                       somebody or something else settled it first: says who and when
├── DefinitionErrors              a workflow file with complaints, all of them, with file and line
├── ExpressionError               a `{{ … }}` that cannot be evaluated
├── OperationFailed               a call to the outside failed: knows whether a retry makes sense
├── RunMovedOn                    a commit lost its race: load the run again and look
├── NoRoom                        as many runs as may be are active already
├── NotOwner                      another process took the run over: leave it alone
└── StoreUnavailable              the database is locked, full or gone: nothing was written
    └── AlreadyRunning            another process owns this data folder
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


class OpStreamError(Exception):
    """Base of all errors a person may see; its text is one full sentence."""


class NotFound(OpStreamError):
    """Nothing goes by that name; use one of the names offered, or list what there is."""

    def __init__(self, kind: str, name: str, close: Sequence[str] = (), hint: str = "") -> None:
        meant = f" Did you mean {' or '.join(f'`{one}`' for one in close)}?" if close else ""
        super().__init__(f"There is no {kind} `{name}`.{meant}{' ' + hint if hint else ''}")
        self.kind, self.name, self.close = kind, name, tuple(close)


class NoRunOfYours(NotFound):
    """The person has no run that could be meant, active or stopped; name one by its id."""

    def __init__(self, *, stopped: bool = False) -> None:
        said = (
            "None of your runs failed, was denied or cancelled, so there is nothing to retry. "
            "`/opstream history` shows what has ended; `/opstream retry <id>` takes any of them."
            if stopped
            else "You have no active run. `/opstream list` shows everybody's, `/opstream history` "
            "those that have ended."
        )
        Exception.__init__(self, said)
        self.kind, self.name, self.close = "run", "", ()


class BadInput(OpStreamError):
    """A value cannot be used; write what the sentence proposes instead."""


class MissingInputs(BadInput):
    """Required inputs were left out; give them, or fill in the form that opens."""

    def __init__(self, workflow_id: str, names: Sequence[str]) -> None:
        listed = ", ".join(f"`{name}`" for name in names)
        example = " ".join(f"{name}=…" for name in names)
        super().__init__(
            f"`{workflow_id}` still needs {listed}. Write for example "
            f"`/opstream start {workflow_id} {example}`."
        )
        self.workflow_id, self.names = workflow_id, tuple(names)


class NeedsConfirmation(BadInput):
    """Finished writes or prompts would be done again; say that this is meant, or choose another step."""


class NotAllowed(OpStreamError):
    """This person may not do that; ask somebody who may, whom the sentence names."""


class TooLate(OpStreamError):
    """It was settled before; the sentence says by whom or what, and when."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One fault in a definition: where it stands, what is wrong, what to write instead."""

    file: str
    line: int
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem} {self.remedy}".rstrip()


class DefinitionErrors(OpStreamError):
    """A workflow definition cannot be used; mend every complaint and load it again."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        super().__init__("\n".join(str(one) for one in complaints))
        self.complaints = tuple(complaints)


class ExpressionError(OpStreamError):
    """A `{{ … }}` cannot be evaluated; mend the template that the sentence quotes."""


class OperationFailed(OpStreamError):
    """A call to a tool failed.

    Args:
        message: One sentence, free of secrets.
        kind: A short word to match in `retry.on`: timeout, unavailable, refused, invalid, error.
        retryable: Whether the same call may succeed later.
        outcome_known: False when the call may have taken effect although no answer came.
        retry_after: What the service asked to wait, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: str = "error",
        retryable: bool = True,
        outcome_known: bool = True,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.retryable = retryable
        self.outcome_known = outcome_known
        self.retry_after = retry_after


class RunMovedOn(OpStreamError):
    """The run has newer facts than the ones this change was built on; load it and decide again."""


class NoRoom(OpStreamError):
    """As many runs are active as the workflow or the person may have; wait for one to end."""


class NotOwner(OpStreamError):
    """Another process took this run over while this one did not answer; nothing was written."""


class StoreUnavailable(OpStreamError):
    """The database did not take the write and nothing of it stands; free it and try again."""


class AlreadyRunning(StoreUnavailable):
    """Another OpStream process owns this data folder; stop it or use another folder."""
