"""Small pieces to say what JSON must look like, and what Slack says when it does not.

A rule looks at a value and yields its problems; an empty result means that the value is fine. The sentences are
Slack's own, as they stand in `response_metadata.messages`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and where, as a JSON pointer from the top of the request."""

    message: str
    pointer: str

    def __str__(self) -> str:
        """Return the sentence as Slack writes it in `errors`."""
        return f"{self.message} [json-pointer:{self.pointer}]"


Rule: TypeAlias = Callable[[object, str], Iterator[Problem]]


def anything(value: object, pointer: str) -> Iterator[Problem]:
    """Accept every value."""
    return iter(())


def string(maximum: int = 0, minimum: int = 0) -> Rule:
    """Accept a string of `minimum` to `maximum` characters; 0 means no limit."""

    def rule(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem("must be a string", pointer)
        elif len(value) < minimum:
            yield Problem(f"must be more than {minimum - 1} characters", pointer)
        elif maximum and len(value) > maximum:
            yield Problem(f"must be less than {maximum + 1} characters", pointer)

    return rule


def boolean(value: object, pointer: str) -> Iterator[Problem]:
    """Accept true and false."""
    if not isinstance(value, bool):
        yield Problem("must be a boolean", pointer)


def number(minimum: float | None = None, maximum: float | None = None) -> Rule:
    """Accept a number between two bounds, both included."""

    def rule(value: object, pointer: str) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Problem("must be a number", pointer)
        elif minimum is not None and value < minimum:
            yield Problem(f"must be at least {minimum:g}", pointer)
        elif maximum is not None and value > maximum:
            yield Problem(f"must be at most {maximum:g}", pointer)

    return rule


def one_of(*allowed: str) -> Rule:
    """Accept one of a few words."""

    def rule(value: object, pointer: str) -> Iterator[Problem]:
        if value not in allowed:
            yield Problem(f"value must be one of: {', '.join(allowed)}", pointer)

    return rule


def array(each: Rule, maximum: int = 0, minimum: int = 0) -> Rule:
    """Accept an array of `minimum` to `maximum` items, each of them fine; 0 means no limit."""

    def rule(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem("must be an array", pointer)
            return
        if len(value) < minimum:
            yield Problem(f"no fewer than {minimum} items allowed", pointer)
        if maximum and len(value) > maximum:
            yield Problem(f"no more than {maximum} items allowed", pointer)
        for index, item in enumerate(value):
            yield from each(item, f"{pointer}/{index}")

    return rule


def record(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    """Accept an object with these fields and no others. An optional field may be null."""
    may = optional or {}

    def rule(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("must be an object", pointer)
            return
        for name in required:
            if value.get(name) is None:
                yield Problem(f"missing required field: {name}", pointer)
        for name, content in value.items():
            if name in required or name in may:
                if content is not None:
                    yield from {**required, **may}[name](content, f"{pointer}/{name}")
            else:
                yield Problem(f"invalid additional property: {name}", pointer)

    return rule


def typed(rules: Mapping[str, Rule]) -> Rule:
    """Accept an object that follows the rule of its `type`."""

    def rule(value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("must be an object", pointer)
        elif "type" not in value:
            yield Problem("missing required field: type", pointer)
        elif value["type"] not in rules:
            yield Problem(f"unsupported type: {value['type']}", f"{pointer}/type")
        else:
            yield from rules[value["type"]](value, pointer)

    return rule


def both(*rules: Rule) -> Rule:
    """Accept what every rule accepts."""

    def rule(value: object, pointer: str) -> Iterator[Problem]:
        for one in rules:
            yield from one(value, pointer)

    return rule


def exactly_one(*fields: str) -> Rule:
    """Accept an object that has one of these fields and not two."""

    def rule(value: object, pointer: str) -> Iterator[Problem]:
        present = [name for name in fields if isinstance(value, dict) and value.get(name)]
        if len(present) != 1:
            yield Problem(f"must provide exactly one of: {', '.join(fields)}", pointer)

    return rule


def at_least_one(*fields: str) -> Rule:
    """Accept an object that has one or more of these fields."""

    def rule(value: object, pointer: str) -> Iterator[Problem]:
        if isinstance(value, dict) and not any(value.get(name) for name in fields):
            yield Problem(
                f"must define either {' or '.join(f'`{one}`' for one in fields)}", pointer
            )

    return rule


def distinct(field: str, what: str) -> Rule:
    """Accept an array of objects in which no two have the same value in `field`."""

    def rule(value: object, pointer: str) -> Iterator[Problem]:
        seen: set[object] = set()
        for index, item in enumerate(value if isinstance(value, list) else []):
            key = item.get(field) if isinstance(item, dict) else None
            if isinstance(key, str) and key in seen:
                yield Problem(f"{what} `{key}` already exists", f"{pointer}/{index}/{field}")
            if isinstance(key, str):
                seen.add(key)

    return rule
