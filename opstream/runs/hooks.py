"""Webhooks: a signed delivery from a program outside starts a run, once."""

import json
import math
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

import structlog

from opstream.definitions.catalog import Catalog
from opstream.domain.run import Run
from opstream.domain.trigger import Webhook
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow
from opstream.errors import BadInput, ExpressionError, MissingInputs, NotAllowed, NotFound, TooLate
from opstream.ports import Clock
from opstream.runs import senders, signatures
from opstream.runs.starting import Starter
from opstream.runs.triggers import inputs_from

log = structlog.get_logger(__name__)

LARGEST = 1_000_000
_FORM = "application/x-www-form-urlencoded"
_FIELDS = 1_000
# A template that prints these would put them into the run's history.
_KEPT_BACK = frozenset({"authorization", "cookie", "proxy-authorization", signatures.SIGNATURE})


class Hooks:
    """Takes deliveries. What it says to the sender tells nothing that the sender may not know."""

    def __init__(
        self,
        catalog: Catalog,
        starter: Starter,
        secrets: Callable[[str], str | None],
        clock: Clock,
    ) -> None:
        self._catalog = catalog
        self._starter = starter
        self._secrets = secrets
        self._clock = clock

    async def webhook(self, name: str, body: bytes, headers: Mapping[str, str]) -> Run:
        """Start the run that a delivery asks for; the same delivery twice gives the same run.

        Args:
            name: The last part of the address.
            body: JSON or a form, as it came: the signature is of these bytes.
            headers: Of the request, in any case.

        Raises:
            NotFound: nothing listens there.
            NotAllowed: it is not signed, or wrongly, or too long ago.
            BadInput: the body cannot be read, or gives inputs that the workflow cannot use.
            TooLate: the workflow skips starts while it is active.
        """
        lowered = {key.lower(): value for key, value in headers.items()}
        if len(body) > LARGEST:
            raise BadInput(f"The body is larger than {LARGEST:,} bytes; send less.")
        workflow, hook = self._listening(name)
        secret = self._secrets(hook.secret)
        if not secret:
            log.warning("webhook_without_secret", name=name, secret=hook.secret)
            raise NotAllowed("This webhook cannot check signatures yet; ask who runs OpStream.")
        fingerprint = signatures.require(secret, body, lowered, self._clock.now())
        read = _read(body, lowered.get("content-type", ""))
        told = {key: value for key, value in lowered.items() if key not in _KEPT_BACK}
        return await self._start(workflow, hook, {"body": read, "headers": told}, fingerprint)

    def _listening(self, name: str) -> tuple[Workflow, Webhook]:
        found = [
            (workflow, one)
            for workflow in self._catalog.listed()
            for one in workflow.triggers
            if isinstance(one, Webhook) and one.name == name
        ]
        if not found:
            raise NotFound("webhook", name[:80])
        if len(found) > 1:
            others = [workflow.id for workflow, _ in found[1:]]
            log.warning("webhook_name_taken", name=name, starts=found[0][0].id, not_started=others)
        return found[0]

    async def _start(
        self, workflow: Workflow, hook: Webhook, seen: Mapping[str, Json], fingerprint: str
    ) -> Run:
        try:
            return await self._starter.start(
                workflow.id,
                inputs_from(hook.inputs, seen),
                by=senders.webhook(hook.name),
                place=None,
                request_key=f"hook:{hook.name}:{fingerprint}",
                trigger=f"the webhook `{hook.name}`",
            )
        except (ExpressionError, MissingInputs) as error:
            log.warning("webhook_unfit", name=hook.name, workflow=workflow.id, reason=str(error))
            raise BadInput(
                "The body lacks something that the workflow needs; OpStream's log says what."
            ) from error
        except TooLate as error:  # which run is active is nothing for the sender
            raise TooLate("The workflow is busy, so nothing was started. Try later.") from error


def _read(body: bytes, content_type: str) -> Json:
    """Return a body as data: JSON, a form, or a form with JSON in `payload`, as some senders do."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise BadInput("The body is no UTF-8 text. Send JSON or a form.") from error
    if content_type.partition(";")[0].strip().lower() == _FORM:
        return _form(text)
    return _json(text) if text.strip() else {}


def _form(text: str) -> Json:
    try:
        fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS))
    except ValueError as error:
        raise BadInput(f"The form has more than {_FIELDS:,} fields; send fewer.") from error
    return _json(fields["payload"]) if set(fields) == {"payload"} else fields


def _json(text: str) -> Json:
    try:
        read: Json = json.loads(text, parse_constant=_number, parse_float=_number)
    except (ValueError, RecursionError) as error:
        raise BadInput("The body is no JSON. Send JSON or a form.") from error
    return read


def _number(said: str) -> float:
    number = float(said)
    if not math.isfinite(number):
        raise ValueError(said)
    return number
