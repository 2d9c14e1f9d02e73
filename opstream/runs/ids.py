"""Ids of runs: short enough to read out, the same for the same request."""

from hashlib import sha256

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # no letters that are mistaken for digits
_LENGTH = 9


def of_request(key: str) -> str:
    """Return the id of the run that a request starts, such as `r4f7k2q9dx`.

    The same request gives the same id, so that a delivery that comes twice starts one run.
    """
    number = int.from_bytes(sha256(key.encode()).digest()[:8], "big")
    letters = []
    for _ in range(_LENGTH):
        number, rest = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[rest])
    return "r" + "".join(letters)


def of_child(run_id: str, step: str, attempt: int) -> str:
    """Return the id of the run that an attempt of a step starts."""
    return of_request(f"child:{run_id}:{step}:{attempt}")
