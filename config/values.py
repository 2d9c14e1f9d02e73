"""The kinds of values that settings are made of, and how people write them."""

import re
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, SecretStr, ValidationInfo

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_PIECE = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*")
_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_PER = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}
_FREQUENCY = re.compile(r"(\d+)\s*(?:/|per\s)\s*(second|minute|hour|day)s?")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A stretch of every day; it runs past midnight when `end` is before `start`."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Frequency:
    """At most `count` times within any stretch of length `per`."""

    count: int
    per: timedelta


def parse_duration(written: object) -> timedelta:
    """Read a length of time such as `90s`, `2m`, `1h30m`; a bare number means seconds.

    Raises:
        ValueError: it is no length of time, or not above zero.
    """
    if isinstance(written, timedelta):
        return written
    text = str(written).strip().lower()
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        text += "s"
    pieces = _PIECE.findall(text)
    if isinstance(written, bool) or not pieces or _PIECE.sub("", text):
        raise ValueError("This is not a length of time.")
    try:
        total = sum((float(number) * _UNITS[unit] for number, unit in pieces), timedelta())
    except OverflowError as error:
        raise ValueError("This length of time is too long.") from error
    if not total:
        raise ValueError("A length of time must be above zero.")
    return total


def parse_quiet_hours(written: object) -> QuietHours:
    """Read quiet hours such as `22:00-08:00`.

    Raises:
        ValueError: it is not two times of day, or they are the same.
    """
    if isinstance(written, QuietHours):
        return written
    found = _HOURS.fullmatch(str(written).strip())
    if found is None:
        raise ValueError("These are not quiet hours.")
    begin_hour, begin_minute, end_hour, end_minute = map(int, found.groups())
    try:
        hours = QuietHours(time(begin_hour, begin_minute), time(end_hour, end_minute))
    except ValueError as error:
        raise ValueError("A time of day lies between 00:00 and 23:59.") from error
    if hours.start == hours.end:
        raise ValueError("Quiet hours cannot begin and end at the same time.")
    return hours


def parse_frequency(written: object) -> Frequency:
    """Read a rate such as `1/hour` or `10 per day`.

    Raises:
        ValueError: it is no rate, or it allows nothing at all.
    """
    if isinstance(written, Frequency):
        return written
    found = _FREQUENCY.fullmatch(str(written).strip().lower())
    if found is None:
        raise ValueError("This is not a rate.")
    if int(found[1]) == 0:
        raise ValueError("A rate of zero would let nothing through.")
    return Frequency(int(found[1]), _PER[found[2]])


def _known_zone(name: str) -> str:
    if name == "UTC":  # must work even where no time zone data is installed
        return name
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        raise ValueError(f"There is no time zone {name!r}.") from error
    return name


def _base_address(written: str) -> str:
    parts = urlsplit(written.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("This is not an http(s) address.")
    return written.strip().rstrip("/") + "/"


def _web_address(written: str) -> str:
    _base_address(written)
    return written.strip()


def _database_address(written: SecretStr) -> SecretStr:
    address = written.get_secret_value().strip()
    parts = urlsplit(address)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ValueError("This is not the address of a PostgreSQL database.")
    return SecretStr("postgresql" + address.removeprefix(parts.scheme))


def _in_project(path: Path, info: ValidationInfo) -> Path:
    return Path(info.context["folder"], path.expanduser()) if info.context else path


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Hours = Annotated[QuietHours, BeforeValidator(parse_quiet_hours)]
Rate = Annotated[Frequency, BeforeValidator(parse_frequency)]
TimeZone = Annotated[str, AfterValidator(_known_zone)]
BaseAddress = Annotated[str, AfterValidator(_base_address)]
DatabaseAddress = Annotated[SecretStr, AfterValidator(_database_address)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
ProjectPath = Annotated[Path, AfterValidator(_in_project)]
