"""The front desk: every use case that an edge may call, on one page."""

from dataclasses import dataclass

from opstream.definitions.catalog import Catalog
from opstream.governance.people import People
from opstream.ports import DeliveryStore, Operations
from opstream.runs.service import Runs


@dataclass(frozen=True, slots=True)
class Services:
    """What edges see."""

    runs: Runs
    workflows: Catalog
    people: People
    operations: Operations
    deliveries: DeliveryStore
