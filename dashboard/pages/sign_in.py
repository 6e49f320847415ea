"""Signing in and out: asking for a link, the page that a link leads to, and its button.

Opening a link does not use it up: mail programs open links to look whether they are safe.
"""

from __future__ import annotations

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from actions import sign_in
from actions.sign_in import LinkRefused
from dashboard import guard, letters
from dashboard.serving import SIGN_IN, fields, outside
from dashboard.site import Site


def routes(site: Site) -> list[Route]:
    """The addresses that are there for who is not signed in yet."""

    def ask(request: Request) -> Response:
        return outside(site, "sign_in.html", mail=site.mail is not None, why=request.query_params.get("waarom", ""))

    async def mail(request: Request) -> Response:
        given = await fields(request)
        if site.mail is None or not guard.is_own_form(site, request.headers):
            raise HTTPException(403)
        _hold_back(site, request, asking=True)
        # Afterwards, so that the time it takes tells nobody whether the address is known.
        sending = BackgroundTask(_send, site, given.get("email", ""))
        answer = outside(site, "link_sent.html")
        answer.background = sending
        return answer

    def look(request: Request) -> Response:
        with site.database.reading() as session:
            refused = sign_in.refusal(session, site.clock.now(), request.path_params["secret"])
        return _refused(site, request, refused) if refused else outside(site, "link.html")

    def enter(request: Request) -> Response:
        if not guard.is_own_form(site, request.headers):
            raise HTTPException(403)
        with site.database.transaction() as session:
            found = sign_in.sign_in(session, site.clock.now(), request.path_params["secret"])
        if isinstance(found, LinkRefused):
            return _refused(site, request, found)
        answer = RedirectResponse("/", status_code=303)
        guard.let_in(site, answer, found)
        return answer

    async def leave(request: Request) -> Response:
        given, secret = await fields(request), guard.secret_of(site, request)
        if not guard.is_own_form(site, request.headers) or not guard.has_token(given, secret):
            raise HTTPException(403)
        await run_in_threadpool(_sign_out, site, secret)
        answer = RedirectResponse(f"{SIGN_IN}?waarom=afgemeld", status_code=303)
        guard.let_out(site, answer)
        return answer

    return [
        Route(SIGN_IN, ask),
        Route(SIGN_IN, mail, methods=["POST"]),
        Route(f"{SIGN_IN}/{{secret}}", look),
        Route(f"{SIGN_IN}/{{secret}}", enter, methods=["POST"]),
        Route("/afmelden", leave, methods=["POST"]),
    ]


def _refused(site: Site, request: Request, why: LinkRefused) -> Response:
    if why is LinkRefused.UNKNOWN:
        _hold_back(site, request, asking=False)
    return outside(site, "link_refused.html", 410, why=why.value)


def _hold_back(site: Site, request: Request, *, asking: bool) -> None:
    """Count what is asked or tried from one address; raises 429 when that is too often."""
    limit, now, address = site.asked if asking else site.tried, site.clock.now(), guard.address_of(request)
    if limit.reached(now, address):
        raise HTTPException(429, headers={"Retry-After": str(int(limit.within.total_seconds()))})
    limit.count(now, address)


def _send(site: Site, email: str) -> None:
    """Make a link and send it, if somebody has that address."""
    with site.database.transaction() as session:
        secret = sign_in.link_for_mail(session, site.clock.now(), email)
        member = sign_in.find_by_email(session, email)
    if secret is None or member is None or member.email is None:
        return
    letters.send(site, member.email, "mail.txt", address=sign_in.link_address(site.address, secret))


def _sign_out(site: Site, secret: str) -> None:
    with site.database.transaction() as session:
        sign_in.sign_out(session, site.clock.now(), secret)
