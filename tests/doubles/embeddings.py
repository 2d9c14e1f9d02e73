"""Gemini's embeddings: vectors that depend on the words alone, so that like texts have like vectors."""

from hashlib import sha256

_LENGTH = 64


def answered(body):
    """Return the texts of a request, and the answer to it."""
    requests = body.get("requests") or [body]
    texts = ["".join(part["text"] for part in one["content"]["parts"]) for one in requests]
    length = next(
        (one["outputDimensionality"] for one in requests if "outputDimensionality" in one), _LENGTH
    )
    vectors = [{"values": _vector(one, length)} for one in texts]
    return texts, ({"embeddings": vectors} if "requests" in body else {"embedding": vectors[0]})


def _vector(text: str, length: int) -> list[float]:
    found = [0.0] * length
    for word in text.lower().split():
        found[int.from_bytes(sha256(word.encode()).digest()[:4]) % length] += 1.0
    return found
