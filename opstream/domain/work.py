"""What a step can do, but for what does other steps again and again (see `workflow.py`)."""

from dataclasses import dataclass, field
from datetime import timedelta

from opstream.domain.inputs import Input
from opstream.domain.policies import ApprovalRule
from opstream.domain.values import Json


@dataclass(frozen=True, slots=True)
class Call:
    """Call an operation. Its name and arguments are templates; the latter give an object.

    Args:
        fail_if: An expression over `output`; when true the call counts as failed.
        unattended: A write that needs no yes, because whoever published the workflow said so.
        keep: How old an answer to the same question may be, if it reads; zero asks anew, and None
            leaves it to the settings.
    """

    operation: str
    arguments: Json = field(default_factory=dict)
    fail_if: str | None = None
    unattended: bool = False
    keep: timedelta | None = None

    def may_be_old(self, attempt: int) -> timedelta | None:
        """Return how old an answer may be; who tries again was not content with the last one."""
        return self.keep if attempt <= 1 else timedelta()


@dataclass(frozen=True, slots=True)
class RequestApproval:
    """Ask for a yes.

    Args:
        covers: Id of the call step whose exact operation and arguments are shown and bound.
    """

    title: str
    details: str = ""
    covers: str | None = None
    rule: ApprovalRule = field(default_factory=ApprovalRule)


@dataclass(frozen=True, slots=True)
class Wait:
    """Rest for a duration, until a time, for a letter of a topic, or for a reply in the thread.

    Just one of the four is given. The output is the letter's body; of a reply, `{text, by}`. The
    step's `timeout` limits a wait for a letter or a reply.

    Args:
        duration: A template.
        until: A template.
        topic: A template; letters of that topic may come before the wait begins.
        where: An expression over `letter`; those for which it is false are passed over.
        reply: Whether it waits for the next message of a person in the run's thread.
    """

    duration: Json = None
    until: Json = None
    topic: str | None = None
    where: str | None = None
    reply: bool = False


@dataclass(frozen=True, slots=True)
class AskPerson:
    """Ask a person for input by a form in the thread."""

    question: str
    fields: tuple[Input, ...]
    expires_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Notify:
    """Say something in the run's thread: a text, and optionally a report (see `report.py`)."""

    text: str
    report: Json = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """Ask a language model; the output is its text, or an object that obeys `schema`.

    Args:
        text: A template.
        system: A template; what the model is told about its part.
        model: Name of a model; empty leaves the choice to the router.
        schema: JSON schema of the answer, or None for free text.
        template: Name of the prompt template that text, system and schema come from, perhaps with the
            version that is wanted, as in `summarise@2`; '' for none.
        version: Of the template, as it was resolved; 0 before that.
        values: A template that gives an object: what texts of a prompt template see as `inputs`.
    """

    text: str
    system: str = ""
    model: str = ""
    schema: Json = None
    template: str = ""
    version: int = 0
    values: Json = None


@dataclass(frozen=True, slots=True)
class RunWorkflow:
    """Run another workflow and wait for its end; the output is its result.

    Args:
        workflow: Its id; the version is the newest when the step begins.
        inputs: A template that gives an object.
    """

    workflow: str
    inputs: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Think:
    """One turn of the model inside an `Agent`; nobody writes it by itself."""
