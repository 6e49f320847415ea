"""The web page: for now the calendars of the team, each at a private address."""

from __future__ import annotations

import hashlib

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from actions import calendar_files
from actions.calendar_files import CalendarWords
from store.clock import Clock
from store.database import DATABASE_TROUBLE, Database

log = structlog.get_logger()
CALENDAR = "text/calendar; charset=utf-8"
RETRY_SECONDS = 60


def web_app(database: Database, clock: Clock, words: CalendarWords) -> Starlette:
    """The app; it only reads the database, and names no address in what it logs."""

    def agenda(request: Request) -> Response:
        try:
            with database.reading() as session:
                found = calendar_files.feed(session, clock.now(), request.path_params["token"], words)
        except DATABASE_TROUBLE as error:
            log.warning("calendar_interrupted", error=type(error).__name__)
            raise HTTPException(503, headers={"Retry-After": str(RETRY_SECONDS)}) from error
        if found is None:
            raise HTTPException(404)
        return _unless_known(request, found)

    return Starlette(routes=[Route("/agenda/{token}.ics", agenda)])


def _unless_known(request: Request, content: bytes) -> Response:
    """The calendar, or that nothing has changed since it was read last."""
    tag = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {"Cache-Control": "private", "ETag": tag}
    if tag in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=CALENDAR, headers=headers)
