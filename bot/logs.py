"""Logging: one line of key and value each, with ids and keys and never what somebody wrote or is called."""

from __future__ import annotations

import logging
import sys

import structlog


def configure_logs() -> None:
    """Readable lines on a terminal, JSON otherwise; libraries only from warnings up."""
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_locals,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")


def _without_locals(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A traceback as file, line and type of error: the message of an error can hold what somebody wrote."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    if error is not None:
        event["error"] = type(error).__name__
        event["where"] = _where(error)
    return event


def _where(error: BaseException) -> str:
    places: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return " > ".join(places[-6:])
