"""The calendars of the team, each at a private address. They need no keys: nothing encrypted is read."""

from __future__ import annotations

import hashlib

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from actions import calendar_files
from dashboard.site import RETRY_SECONDS, Site
from store.database import DATABASE_TROUBLE

log = structlog.get_logger()
CALENDAR = "text/calendar; charset=utf-8"


def calendars(site: Site) -> Starlette:
    """The app below `/agenda`; it only reads the database, and names no address in what it logs."""

    def agenda(request: Request) -> Response:
        try:
            with site.database.reading() as session:
                token = request.path_params["token"]
                found = calendar_files.feed(session, site.clock.now(), token, site.calendar_words)
        except DATABASE_TROUBLE as error:
            log.warning("calendar_interrupted", error=type(error).__name__)
            raise HTTPException(503, headers={"Retry-After": str(RETRY_SECONDS)}) from error
        if found is None:
            raise HTTPException(404)
        return _unless_known(request, found)

    return Starlette(routes=[Route("/{token}.ics", agenda)])


def _unless_known(request: Request, content: bytes) -> Response:
    """The calendar, or that nothing has changed since it was read last."""
    tag = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {"Cache-Control": "private", "ETag": tag}
    if tag in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=CALENDAR, headers=headers)
