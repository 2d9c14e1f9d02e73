"""Signed deliveries from programs outside: webhooks start a run, once; letters go to runs that wait for them."""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol
from urllib.parse import parse_qsl

import structlog

from opstream.definitions.catalog import Catalog
from opstream.domain.run import Run
from opstream.domain.trigger import Webhook
from opstream.domain.values import Json
from opstream.domain.workflow import Workflow
from opstream.errors import BadInput, ExpressionError, MissingInputs, NotAllowed, NotFound, TooLate
from opstream.ports import Clock, DeliveryStore
from opstream.runs import senders, signatures
from opstream.runs.starting import Starter
from opstream.runs.triggers import inputs_from

log = structlog.get_logger(__name__)

LARGEST = 1_000_000
_FORM = "application/x-www-form-urlencoded"
_FIELDS = 1_000
_DONE = ""  # sorts before every id
LETTERS_SECRET = "EVENTS"
# A template that prints these would put them into the run's history.
_KEPT_BACK = frozenset({"authorization", "cookie", "proxy-authorization", signatures.SIGNATURE})


class Deliver(Protocol):
    """Gives a letter to one run, or to all that wait for its topic; as `Runs.deliver`."""

    async def __call__(
        self, topic: str, body: Json, key: str, *, run_id: str | None = None
    ) -> Sequence[str]:
        """Return which took it."""


class Hooks:
    """Takes deliveries. What it says to the sender tells nothing that the sender may not know."""

    def __init__(
        self,
        catalog: Catalog,
        starter: Starter,
        deliver: Deliver,
        deliveries: DeliveryStore,
        secrets: Callable[[str], str | None],
        clock: Clock,
    ) -> None:
        self._catalog = catalog
        self._starter = starter
        self._deliver = deliver
        self._deliveries = deliveries
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
        workflow, hook = self._listening(name)
        read, fingerprint = self._opened((hook.secret,), body, lowered)
        told = {key: value for key, value in lowered.items() if key not in _KEPT_BACK}
        return await self._start(workflow, hook, {"body": read, "headers": told}, fingerprint)

    async def letter(
        self, topic: str, body: bytes, headers: Mapping[str, str], run_id: str | None = None
    ) -> Sequence[str]:
        """Give a letter to the runs that wait for its topic; return the ids of those that took it.

        The same delivery twice reaches nobody twice and nobody new, and gives the same answer. One that
        nobody took may be sent again.

        Args:
            topic: What it is about; its first word may have a secret of its own.
            body: As of `webhook`.
            headers: As of `webhook`.
            run_id: The only run that it is for, which then keeps it even before it waits.

        Raises:
            NotFound: there is no such run.
            NotAllowed: it is not signed, or wrongly, or too long ago.
            BadInput: the body cannot be read, or the topic is the one of replies.
            TooLate: the run that is named has ended.
        """
        lowered = {key.lower(): value for key, value in headers.items()}
        read, fingerprint = self._opened(_secrets_of(topic), body, lowered)
        key = f"letter:{fingerprint}"
        taken = await self._taken(key)
        if _DONE in taken:
            return taken[1:]
        for one in await self._deliver(topic, read, key, run_id=run_id):
            await self._deliveries.first_time(f"{key}/{one}", self._clock.now())
        taken = await self._taken(key)
        if taken:  # last, so that a crash before this leaves the sender to try again
            await self._deliveries.first_time(f"{key}/{_DONE}", self._clock.now())
        return taken

    async def _taken(self, key: str) -> Sequence[str]:
        """Return who took a delivery, and first `_DONE` where nobody else may."""
        noted = await self._deliveries.noted(f"{key}/")
        return [one.rpartition("/")[2] for one in noted]

    def _opened(
        self, names: Sequence[str], body: bytes, headers: Mapping[str, str]
    ) -> tuple[Json, str]:
        """Return what a signed body says, and its fingerprint; `names` are of secrets, the first counts."""
        if len(body) > LARGEST:
            raise BadInput(f"The body is larger than {LARGEST:,} bytes; send less.")
        secret = next((found for name in names if (found := self._secrets(name))), None)
        if secret is None:
            log.warning("delivery_without_secret", secrets=list(names))
            raise NotAllowed("This address cannot check signatures yet; ask who runs OpStream.")
        fingerprint = signatures.require(secret, body, headers, self._clock.now())
        return _read(body, headers.get("content-type", "")), fingerprint

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


def _secrets_of(topic: str) -> Sequence[str]:
    """Return the names of the secrets that may sign letters of a topic; the first that there is counts."""
    first, *_ = re.split(r"[^A-Za-z0-9]+", topic.strip())
    own = (f"{LETTERS_SECRET}_{first.upper()}",) if first else ()
    return (*own, LETTERS_SECRET)


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
