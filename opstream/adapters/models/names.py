"""Names of operations as providers take them, and back.

We say `github.list_issues`; providers allow letters, digits, `_` and `-`, at most 64 of them. A plain name is
written `github__list_issues`. One for which that would not be reversible is cut, and carries a hash.
"""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256

LONGEST = 64
_HASH = 10
_PART = r"[A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)*"
_PLAIN = re.compile(rf"(?=[A-Za-z]){_PART}(?:\.{_PART})?")
_ELSE = re.compile(r"[^A-Za-z0-9_-]+")


def wire(name: str) -> str:
    """Return a name as providers take it; the same one for the same name, always."""
    if _PLAIN.fullmatch(name) and len(plain := name.replace(".", "__")) <= LONGEST:
        return plain
    kept = _ELSE.sub("_", name).strip("_-")[: LONGEST - _HASH - 3]
    beginning = kept if kept[:1].isalpha() else f"t_{kept}"[: LONGEST - _HASH - 1]
    return f"{beginning}_{sha256(name.encode()).hexdigest()[:_HASH]}"


def table(names: Iterable[str]) -> Mapping[str, str]:
    """Return our names by those that providers know."""
    return {wire(name): name for name in names}


def ours(theirs: str, known: Mapping[str, str]) -> str:
    """Return our name of what a model calls; of something that it made up, the likeliest."""
    return known.get(theirs) or theirs.replace("__", ".", 1)
