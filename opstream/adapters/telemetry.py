"""What the process says about itself: one event a line, for people or machines, without secrets."""

import logging
import re
import sys
from collections.abc import Iterable
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "•••"

Level = Literal["debug", "info", "warning"]
Format = Literal["console", "json"]

_SHORTEST_SECRET = 6
_TELLING_NAME = re.compile(r"token|secret|passw|api_?key|authorization|cookie|credential", re.I)
_SLACK_TOKEN = re.compile(r"\bx(?:ox[a-z]|app)-[\w.-]{4,}")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}")
_SOCKET_TICKET = re.compile(r"(?i)([?&](?:ticket|app_id|token|code|key)=)[^&\s\"']+")
# Libraries that tell their every step on the level on which we tell what happened.
_TALKATIVE = ("apscheduler", "httpx", "httpx2", "mcp", "slack_bolt", "slack_sdk", "alembic")


def set_up(
    *,
    level: Level = "info",
    form: Format = "console",
    secrets: Iterable[str] = (),
    out: TextIO | None = None,
) -> None:
    """Send every log line, ours and the libraries', to one place in one shape.

    Args:
        level: Libraries stay on `warning` unless this is `debug`.
        form: `console` for people (coloured on a terminal), `json` for machines.
        secrets: Values that must never be written; what looks like a secret is masked besides.
        out: Where lines go; None means standard error.
    """
    stream = out if out is not None else sys.stderr
    wanted = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(wanted),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *_told(form),
            _Mask(secrets),
            _written(form, stream),
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    if level != "debug":
        handler.addFilter(_matters)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(wanted)
    logging.captureWarnings(True)


def _matters(record: logging.LogRecord) -> bool:
    # Not by the loggers' levels: Bolt sets its own ones again.
    return record.levelno >= logging.WARNING or not record.name.startswith(_TALKATIVE)


def _told(form: Format) -> list[Processor]:
    plain: list[Processor] = [structlog.processors.format_exc_info]
    return [*plain, _most_telling_first] if form == "json" else plain


def _most_telling_first(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    first = {name: event[name] for name in ("timestamp", "level", "event") if name in event}
    return {**first, **event}


def _written(form: Format, stream: TextIO) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(default=str, ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=stream.isatty(), pad_event_to=24)


class _Mask:
    """A processor that hides secrets: by name, by known value and by look."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted(
            {one for one in secrets if len(one) >= _SHORTEST_SECRET}, key=len, reverse=True
        )
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {name: self._field(name, value) for name, value in event.items()}

    def _field(self, name: str, value: object) -> object:
        if _TELLING_NAME.search(name) and isinstance(value, str) and value:
            return HIDDEN
        return self._masked(value)

    def _masked(self, value: object) -> object:
        match value:
            case str():
                return self._text(value)
            case dict():
                return {
                    self._text(str(name)): self._field(str(name), value[name]) for name in value
                }
            case list() | tuple() | set() | frozenset():
                return [self._masked(one) for one in value]
            case None | bool() | int() | float():
                return value
            case _:
                return self._text(str(value))

    def _text(self, text: str) -> str:
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        text = _SLACK_TOKEN.sub(HIDDEN, text)
        text = _BEARER.sub(lambda found: f"{found[1]} {HIDDEN}", text)
        return _SOCKET_TICKET.sub(lambda found: f"{found[1]}{HIDDEN}", text)
