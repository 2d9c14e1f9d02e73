"""Facts as JSON and back, exactly; a new fact in `domain/history.py` needs no line here."""

from typing import get_args

from pydantic_core import ValidationError, core_schema
from pydantic_core.core_schema import CoreSchema

from opstream.adapters.store import encoding
from opstream.domain.history import Fact
from opstream.errors import StoreUnavailable


def encode(fact: Fact) -> str:
    """Return a fact as JSON.

    Raises:
        ValueError: it could not be read again: a field holds what its type does not allow.
        TypeError: it holds something that is no JSON.
    """
    return encoding.encode(_SERIALIZERS[type(fact)], fact)


def decode(body: str) -> Fact:
    """Return the fact that was encoded.

    Raises:
        StoreUnavailable: it holds what this version of OpStream does not know.
    """
    try:
        fact: Fact = _VALIDATOR.validate_json(body)
    except ValidationError as error:
        raise StoreUnavailable(
            "The history of this run holds something that this version of OpStream does not know "
            f"({encoding.fault_of(error)}). If a newer version wrote it, run that one or a later "
            "one; if none did, the database is damaged."
        ) from error
    return fact


def _union() -> CoreSchema:
    by_kind = {
        fact.__dataclass_fields__["kind"].default: encoding.schema_of(fact)
        for fact in get_args(Fact)
    }
    return core_schema.tagged_union_schema(
        by_kind,
        discriminator="kind",
        custom_error_type="unknown_kind",
        custom_error_message="a kind of fact that is not known here",
    )


_VALIDATOR = encoding.validator_of(_union())
_SERIALIZERS = {fact: encoding.serializer_of(fact) for fact in get_args(Fact)}
