"""What keeps others out: headers on every answer, the cookie, and forms that only our own pages can send."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from actions import sign_in
from dashboard.site import Site

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
FORM_TOKEN = "form_token"


class Guarded:
    """Gives every answer its headers. What is not said to be public is kept nowhere."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                public = scope["path"].startswith("/static/")
                headers.setdefault("Cache-Control", "no-cache" if public else "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)


def is_https(site: Site) -> bool:
    return site.address.startswith("https://")


def cookie_name(site: Site) -> str:
    """With the prefix `__Host-` browsers take it only over https, from this host, for all of it."""
    return "__Host-wijkwijzer" if is_https(site) else "wijkwijzer"


def secret_of(site: Site, request: Request) -> str:
    """What the cookie holds, or nothing."""
    return request.cookies.get(cookie_name(site), "")


def let_in(site: Site, response: Response, secret: str) -> None:
    """Give the browser the secret of a session, until the browser is closed or the session ends."""
    response.set_cookie(cookie_name(site), secret, path="/", httponly=True, samesite="lax", secure=is_https(site))


def let_out(site: Site, response: Response) -> None:
    response.delete_cookie(cookie_name(site), path="/", httponly=True, samesite="lax", secure=is_https(site))


def is_own_form(site: Site, headers: Headers) -> bool:
    """Whether a form comes from our own pages, as far as the browser says.

    `Sec-Fetch-Site` says it best. Without it there is the origin, which browsers send as "null" because of our
    Referrer-Policy; then the token in the form must do.
    """
    fetched = headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched == "same-origin"
    origin = headers.get("Origin", "null")
    return origin == "null" or urlsplit(origin).netloc in (urlsplit(site.address).netloc, headers.get("Host"))


def has_token(given: Mapping[str, str], secret: str) -> bool:
    """Whether a form carries the token of this session."""
    return hmac.compare_digest(given.get(FORM_TOKEN, "").encode(), sign_in.form_token(secret).encode())


def address_of(request: Request) -> str:
    """Where a request comes from; behind a proxy on this machine what that says (X-Forwarded-For)."""
    return request.client.host if request.client else ""
