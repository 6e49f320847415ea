"""Logging: one line of key and value each, with ids and keys and never what somebody wrote or is called."""

from __future__ import annotations

import logging
import re
import sys
from datetime import date
from enum import Enum
from typing import Any

import structlog

from bot.understanding.traces import without_traces

DIGEST = re.compile("[0-9a-f]{64}")
"""A SHA-256 in figures, which by chance may hold what looks like a number of somebody."""


def configure_logs() -> None:
    """Readable lines on a terminal, JSON otherwise; libraries only from warnings up."""
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _without_locals,
            _without_persons,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OfLibraries("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


class _OfLibraries(logging.Formatter):
    """What libraries log, with the place of an error and without its words."""

    def formatException(self, ei: Any) -> str:
        error = ei[1]
        return f"{type(error).__name__} {_where(error)}" if error is not None else ""

    def format(self, record: logging.LogRecord) -> str:
        return without_traces(super().format(record))


def _without_locals(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A traceback as file, line and type of error: the message of an error can hold what somebody wrote."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        event["error"] = type(error).__name__
        event["where"] = _where(error)
    return event


def _without_persons(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The last resort: nothing of a person should have come this far, and what did is masked."""
    return {name: _plain(value) for name, value in event.items()}


def _plain(value: Any) -> Any:
    """Numbers, dates and names of members of an enumeration as they are; all that holds words masked."""
    match value:
        case None | bool() | int() | float() | date() | Enum():
            return value
        case dict():
            return {_plain(name): _plain(one) for name, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(one) for one in value]
        case str() if DIGEST.fullmatch(value):
            return value
        case _:
            return without_traces(str(value))


def _where(error: BaseException) -> str:
    places: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return " > ".join(places[-6:])
