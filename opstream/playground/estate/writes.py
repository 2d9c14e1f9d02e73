"""The tools that change the simulated estate; each write happens once for its idempotency key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from opstream.playground.estate.faults import FaultName
from opstream.playground.estate.remedies import Order, Value
from opstream.playground.estate.spec import (
    LONGEST_TIMEOUT,
    MOST_CONNECTIONS,
    MOST_REPLICAS,
    SHORTEST_TIMEOUT,
    ServiceName,
)
from opstream.playground.estate.store import Store

Clock = Callable[[], datetime]

Service = Annotated[ServiceName, Field(description="The service to change.")]
Key = Annotated[
    str,
    Field(
        description="Any text that stands for this one change: asked for again with the same "
        "key, nothing is done twice and the first answer is given again. Empty for none.",
        max_length=200,
    ),
]


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did; `at` is when it took effect."""

    changed: bool
    service: ServiceName
    setting: str
    before: Value
    after: Value
    at: datetime
    idempotency_key: str
    simulation: Literal[True] = True


@dataclass(frozen=True, slots=True)
class Writes:
    """The writing tools."""

    store: Store
    clock: Clock

    def scale_service(
        self,
        service: Service,
        replicas: Annotated[int, Field(description="Replicas to run.", ge=1, le=MOST_REPLICAS)],
        idempotency_key: Key = "",
    ) -> Written:
        """Set how many replicas a service of the simulated estate runs.

        A simulation: nothing real is changed. New replicas run on other hosts and take effect
        at once; the connection pool is shared by all replicas and keeps its size.
        """
        return self._write(Order("scale_service", service, replicas), idempotency_key)

    def set_pool_size(
        self,
        service: Service,
        size: Annotated[
            int, Field(description="Connections, for all replicas.", ge=1, le=MOST_CONNECTIONS)
        ],
        idempotency_key: Key = "",
    ) -> Written:
        """Set the size of a service's connection pool in the simulated estate.

        A simulation: nothing real is changed. Takes effect at once. The database calls nobody
        and has no pool.
        """
        return self._write(Order("set_pool_size", service, size), idempotency_key)

    def set_timeout(
        self,
        service: Service,
        seconds: Annotated[
            float,
            Field(
                description="How long to wait for a worker, a connection and each call.",
                ge=SHORTEST_TIMEOUT,
                le=LONGEST_TIMEOUT,
            ),
        ],
        idempotency_key: Key = "",
    ) -> Written:
        """Set how long a service of the simulated estate waits before it gives up.

        A simulation: nothing real is changed. A shorter timeout trades waiting for errors.
        """
        return self._write(Order("set_timeout", service, seconds), idempotency_key)

    def restart_service(self, service: Service, idempotency_key: Key = "") -> Written:
        """Restart a service of the simulated estate.

        A simulation: nothing real is changed. Frees its memory and ends whatever hangs in it;
        for about 15 seconds it is slower and drops some requests.
        """
        return self._write(Order("restart_service", service), idempotency_key)

    def roll_back(self, service: Service, idempotency_key: Key = "") -> Written:
        """Roll a service of the simulated estate back to the version it ran before.

        A simulation: nothing real is changed. Takes effect at once; one can go back once after
        each deploy.
        """
        return self._write(Order("roll_back", service), idempotency_key)

    def set_fault(
        self,
        fault: Annotated[FaultName, Field(description="The fault to switch.")],
        active: Annotated[bool, Field(description="True to switch it on, false to end it.")],
        idempotency_key: Key = "",
    ) -> Written:
        """Switch a fault of the simulated estate on or off.

        A simulation: this steers the simulation itself and has no counterpart in real
        operations. `estate_status` tells what each fault does and what cures it.
        """
        return self._write(Order("set_fault", fault, active), idempotency_key)

    def _write(self, order: Order, key: str) -> Written:
        change = self.store.carry_out(order, key, self.clock())
        return Written(
            changed=change.changed,
            service=change.service,
            setting=change.setting,
            before=change.before,
            after=change.after,
            at=change.at,
            idempotency_key=change.idempotency_key,
        )
