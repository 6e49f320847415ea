"""The web page, put together: the calendars of the team, signing in, and the pages of the menu."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from dashboard import guard
from dashboard.calendars import calendars
from dashboard.guard import Guarded
from dashboard.pages import PAGES, sign_in, triage, work
from dashboard.serving import SIGN_IN, Endpoint, SignedOut, doing, giving, in_thread, outside, showing, who
from dashboard.site import HERE, RETRY_SECONDS, Site
from dashboard.visit import GivenWrong, Nowhere
from store.database import DATABASE_TROUBLE
from store.encryption import KeysMissing
from store.yaml_lines import ContentError

log = structlog.get_logger()
Handler = Callable[[Request, Any], Response]


def web_app(site: Site) -> Starlette:
    """The app of one installation."""
    fixed: Sequence[BaseRoute] = (
        Mount("/agenda", calendars(site)),
        Mount("/static", StaticFiles(directory=HERE / "static")),
        Route("/", _home(site)),
    )
    every = (*PAGES, work.PAGE)
    shown = [
        Route(address, showing(site, PAGES, page, show))
        for page in every
        for address, show in {page.address: page.show, **page.below}.items()
    ]
    given = [Route(at, giving(site, page, make)) for page in every for at, make in page.files.items()]
    done = [
        Route(address, doing(site, PAGES, page, act), methods=["POST"])
        for page in PAGES
        for address, act in page.acts.items()
    ]
    handlers: dict[Any, Handler] = {kind: _interrupted(site) for kind in (*DATABASE_TROUBLE, KeysMissing, ContentError)}
    handlers |= {HTTPException: _told(site), SignedOut: _to_sign_in}
    handlers |= {Nowhere: _nowhere(site), GivenWrong: _nowhere(site)}
    return Starlette(
        routes=[*fixed, *sign_in.routes(site), *shown, *given, *done],
        middleware=[Middleware(Guarded)],
        exception_handlers=handlers,
    )


def read_ahead(site: Site) -> None:
    """Read and draw what takes seconds the first time; what cannot be read now is told by the pages.

    What is there then stays, so that Python need not look through it for garbage: every few pages that took 0.2 s.
    """
    try:
        triage.drawn(site.texts.book().content)
    except (ContentError, OSError) as wrong:
        log.warning("not_read_ahead", problem=str(wrong))
    gc.collect()
    gc.freeze()


def _home(site: Site) -> Endpoint:
    """The first page that somebody may see."""

    def work(request: Request) -> Response:
        with site.database.transaction() as session:
            member = who(session, site.clock.now(), guard.secret_of(site, request))
        address = next((page.address for page in PAGES if page.may_see(member.role)), None)
        if address is None:
            raise HTTPException(403)
        return RedirectResponse(address, status_code=303)

    return in_thread(work)


def _to_sign_in(request: Request, error: SignedOut) -> Response:
    return RedirectResponse(f"{SIGN_IN}?waarom=voorbij" if error.before else SIGN_IN, status_code=303)


def _told(site: Site) -> Handler:
    """A sentence for what is not there or may not be."""

    def told(request: Request, error: HTTPException) -> Response:
        answer = outside(site, "error.html", error.status_code, status=error.status_code)
        answer.headers.update(error.headers or {})
        return answer

    return told


def _nowhere(site: Site) -> Handler:
    return lambda request, error: outside(site, "error.html", 404, status=404)


def _interrupted(site: Site) -> Handler:
    """The database or its keys are not there now: a sentence for who looks, and a line for the operator."""

    def interrupted(request: Request, error: Exception) -> Response:
        log.warning("page_interrupted", error=type(error).__name__)
        answer = outside(site, "error.html", 503, status=503)
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
        return answer

    return interrupted
