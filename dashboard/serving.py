"""From a request to a page: who is it, may they, show it or do it. Here transactions begin and end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from actions import sign_in
from dashboard import guard
from dashboard.site import Site
from dashboard.visit import Act, MakeFile, Page, Show, Shown, Visit
from store.tables import Member

Endpoint = Callable[[Request], Awaitable[Response]]
SIGN_IN = "/aanmelden"
HIGHEST = 2**31 - 1
"""Numbers above it do not exist."""
LONGEST_FORM = 100_000
"""Bytes: the longest text that Telegram takes, of signs that each take 12 in a form, and its buttons."""
MOST_FIELDS = 60


class SignedOut(Exception):
    """Nobody is signed in; `before` says whether somebody was."""

    def __init__(self, before: bool) -> None:
        self.before = before


def showing(site: Site, pages: tuple[Page, ...], page: Page, show: Show) -> Endpoint:
    """What answers a GET of a page, or of one below it."""

    def work(request: Request) -> Response:
        now, secret = site.clock.now(), guard.secret_of(site, request)
        with site.database.transaction() as session:
            member = _allowed(session, now, secret, page)
            if page.shows_people:
                Visit(site, session, now, member, {}).note("shown", f"page:{page.key}")
        with site.database.reading() as session:
            given = dict(request.query_params)
            shown = show(Visit(site, session, now, member, given, _path(request), secret))
            return render(site, shown, page_values(pages, page, member, secret))

    return in_thread(work)


def giving(site: Site, page: Page, make: MakeFile) -> Endpoint:
    """What answers a GET of a file."""

    def work(request: Request) -> Response:
        now, secret = site.clock.now(), guard.secret_of(site, request)
        with site.database.transaction() as session:
            member = _allowed(session, now, secret, page)
            if page.shows_people:
                Visit(site, session, now, member, {}).note("shown", f"file:{page.key}")
        with site.database.reading() as session:
            made = make(Visit(site, session, now, member, dict(request.query_params), request.path_params))
        kept = {"Content-Disposition": f'attachment; filename="{made.name}"'}
        return Response(made.content, media_type=made.media_type, headers=kept)

    return in_thread(work)


def doing(site: Site, pages: tuple[Page, ...], page: Page, act: Act) -> Endpoint:
    """What answers a POST of a form: in one transaction, and then a redirect to what it did."""

    def work(request: Request, given: Mapping[str, str]) -> Response:
        now, secret = site.clock.now(), guard.secret_of(site, request)
        with site.database.transaction() as session:
            member = _allowed(session, now, secret, page)
            if not page.may_act(member.role):
                raise HTTPException(403)
            if not guard.is_own_form(site, request.headers) or not guard.has_token(given, secret):
                raise HTTPException(403)
            done = act(Visit(site, session, now, member, given, _path(request), secret))
            session.flush()
            if isinstance(done, Shown):
                return render(site, done, page_values(pages, page, member, secret))
        afterwards = BackgroundTask(done.afterwards) if done.afterwards else None
        return RedirectResponse(done.address, status_code=303, background=afterwards)

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(work, request, await fields(request))

    return endpoint


def in_thread(work: Callable[[Request], Response]) -> Endpoint:
    """What answers with blocking work."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(work, request)

    return endpoint


async def fields(request: Request) -> Mapping[str, str]:
    """The fields of a form. Files are not taken, nor forms that are far too long."""
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > LONGEST_FORM:
        raise HTTPException(413)
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def render(site: Site, shown: Shown, frame: Mapping[str, Any]) -> HTMLResponse:
    """The page, in its frame: `frame` is what the head and the menu need."""
    html = site.templates.get_template(shown.template).render({**frame, **shown.values})
    return HTMLResponse(html, status_code=shown.status, headers=shown.headers)


def page_values(pages: tuple[Page, ...], page: Page, member: Member, secret: str) -> Mapping[str, Any]:
    """What the frame of a page needs."""
    menu = [one for one in pages if one.may_see(member.role)]
    named = {"menu": menu, "here": page, "member": member, "may_act": page.may_act(member.role)}
    return {**named, "form_token": sign_in.form_token(secret)}


def outside(site: Site, template: str, status: int = 200, /, **values: object) -> HTMLResponse:
    """A page for who is not signed in."""
    return render(site, Shown(template, values, status), {"menu": (), "here": None, "member": None})


def who(session: Session, now: datetime, secret: str) -> Member:
    """Who is signed in; raises `SignedOut`."""
    member = sign_in.current(session, now, secret) if secret else None
    if member is None:
        raise SignedOut(bool(secret))
    return member


def _path(request: Request) -> Mapping[str, Any]:
    """What the address names; a number that no row can have is nowhere."""
    if any(isinstance(part, int) and part > HIGHEST for part in request.path_params.values()):
        raise HTTPException(404)
    return request.path_params


def _allowed(session: Session, now: datetime, secret: str, page: Page) -> Member:
    member = who(session, now, secret)
    if not page.may_see(member.role):
        raise HTTPException(403)
    return member
