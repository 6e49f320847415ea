"""Signing in to the web page: by a link that works once, into a session that ends by itself.

Links and sessions are 32 random bytes each, of which only the SHA-256 is kept: what is in the database opens nothing.
"""

from __future__ import annotations

import enum
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session, contains_eager

from actions import audit
from actions.roles import ON_PAGE
from actions.team_settings import SettingRefused
from store.dashboard_tables import SignInLink, WebSession
from store.tables import Member

ROLES = ON_PAGE
"""Who may use the web page."""
LINK_LASTS = timedelta(minutes=10)
IDLE = timedelta(minutes=30)
"""A session in which nothing happens ends after this."""
LONGEST = timedelta(hours=8)
SEEN_AGAIN = timedelta(minutes=1)
"""What was seen so short ago is not written down anew."""
LINKS_BY_MAIL = 3
"""So many links that still work, and no more are sent by mail: nobody can fill somebody's mailbox."""
_BYTES = 32
_ATOM = r"[\w!#$%&'*+/^`{|}~-]+"
"""Signs that mean themselves in the header of a mail; without = and ?, which together mean others (RFC 2047)."""
_EMAIL = re.compile(
    rf"(?=[^@]{{1,64}}@.{{4,253}}$){_ATOM}(?:\.{_ATOM})*@(?:[a-z0-9-]+\.)+[a-z0-9-]{{2,63}}", re.ASCII | re.IGNORECASE
)


class LinkRefused(enum.StrEnum):
    """Why a link does not sign anybody in."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"


class EmailTaken(SettingRefused):
    """Somebody else of the team has that address."""


@dataclass(frozen=True)
class Ended:
    """How many links and sessions still worked, and do not any more."""

    links: int
    sessions: int


def may_sign_in(member: Member) -> bool:
    """Whether the web page is there for them."""
    return member.active and member.role in ROLES


def new_link(session: Session, now: datetime, member: Member) -> str:
    """The secret of a new link for somebody who may sign in; it works once, for `LINK_LASTS`."""
    secret = secrets.token_urlsafe(_BYTES)
    session.add(SignInLink(digest=_digest(secret), member_id=member.id, expires_at=now + LINK_LASTS))
    session.flush()
    return secret


def link_address(web_address: str, secret: str) -> str:
    """Where a link leads, given the public address of the web page."""
    return f"{web_address.rstrip('/')}/aanmelden/{secret}"


def link_for_mail(session: Session, now: datetime, email: str) -> str | None:
    """The secret of a new link for who has this e-mail address; None when nobody may have one sent now."""
    member = find_by_email(session, email)
    if member is None or not may_sign_in(member) or _links_that_work(session, now, member) >= LINKS_BY_MAIL:
        return None
    return new_link(session, now, member)


def find_by_email(session: Session, email: str) -> Member | None:
    """The active member with this e-mail address. The addresses are encrypted, so each is looked at."""
    wanted = email.strip().casefold()
    known = session.scalars(select(Member).where(Member.active, Member.email.is_not(None)).order_by(Member.id))
    return next((one for one in known if one.email and one.email.casefold() == wanted), None)


def set_email(session: Session, member: Member, email: str) -> None:
    """Where links may be sent to them, empty for nowhere; raises `SettingRefused`.

    Links that went to the address before do not work any more.
    """
    before, member.email = member.email, read_email(session, email, member)
    if member.email is None:
        member.figures_by_mail = False
    if before != member.email:
        unused = (SignInLink.member_id == member.id) & SignInLink.used_at.is_(None)
        session.execute(delete(SignInLink).where(unused))


def read_email(session: Session, email: str, member: Member | None = None) -> str | None:
    """An address that `member`, or else somebody new, can have; None for an empty one. Raises `SettingRefused`."""
    wanted = email.strip()
    if wanted and not _EMAIL.fullmatch(wanted):
        raise SettingRefused(f"{wanted!r} is no e-mail address, such as naam@example.org.")
    other = find_by_email(session, wanted) if wanted else None
    if other is not None and other is not member:
        raise EmailTaken(f"Somebody else has that e-mail address already: number {other.id}.")
    return wanted or None


def refusal(session: Session, now: datetime, secret: str) -> LinkRefused | None:
    """Why a link would not work now, or None when it would. Asking does not use it up."""
    found = session.get(SignInLink, _digest(secret), populate_existing=True)
    if found is None or not may_sign_in(found.member):
        return LinkRefused.UNKNOWN
    if found.used_at is not None:
        return LinkRefused.USED
    return LinkRefused.EXPIRED if found.expires_at <= now else None


def sign_in(session: Session, now: datetime, secret: str) -> str | LinkRefused:
    """Use a link up; gives the secret of a new session. Of two who use it at the same moment one gets in."""
    mine = (SignInLink.digest == _digest(secret)) & SignInLink.used_at.is_(None)
    refused = refusal(session, now, secret)
    if refused is not None:
        return refused
    if not session.execute(update(SignInLink).where(mine).values(used_at=now)).rowcount:  # type: ignore[attr-defined]
        return LinkRefused.USED
    return _begin(session, now, session.get_one(SignInLink, _digest(secret)).member)


def current(session: Session, now: datetime, secret: str) -> Member | None:
    """Who is signed in with this secret, if that still holds; notes that they were here."""
    query = select(WebSession).join(WebSession.member).options(contains_eager(WebSession.member))
    found = session.scalar(query.where(WebSession.digest == _digest(secret)))
    if found is None or not may_sign_in(found.member):
        return None
    if found.expires_at <= now or found.seen_at <= now - IDLE:
        return None
    if found.seen_at <= now - SEEN_AGAIN:
        found.seen_at = now
    return found.member


def sign_out(session: Session, now: datetime, secret: str) -> None:
    """End a session, if there is one."""
    found = session.get(WebSession, _digest(secret))
    if found is not None:
        audit.note(session, now, found.member, "signed_out")
        session.delete(found)


def others(session: Session, now: datetime, member: Member, secret: str) -> int:
    """In how many other browsers they are signed in."""
    alive = _others(member, secret) & _is_alive(now)
    return session.scalar(select(func.count()).select_from(WebSession).where(alive)) or 0


def sign_out_others(session: Session, member: Member, secret: str) -> None:
    """End all their sessions but this one, and let no link work that was made before."""
    session.execute(delete(WebSession).where(_others(member, secret)))
    session.execute(delete(SignInLink).where(SignInLink.member_id == member.id, SignInLink.used_at.is_(None)))


def sign_out_all(session: Session, now: datetime, member: Member | None = None) -> Ended:
    """End every session, and let no link work that was made before: theirs, or without a member everybody's.

    It is written in the log as done at the command line. What had ended by itself is left, to be looked into. The links
    go first: who uses one at this very moment either finds it gone, or has a session by then that goes as well.
    """
    links = delete(SignInLink).where(_works(now))
    sessions = delete(WebSession).where(_is_alive(now))
    if member is not None:
        links = links.where(SignInLink.member_id == member.id)
        sessions = sessions.where(WebSession.member_id == member.id)
    gone = [int(session.execute(one).rowcount) for one in (links, sessions)]  # type: ignore[attr-defined]
    act, about = ("ended_sessions", f"member:{member.id}") if member is not None else ("ended_all_sessions", "")
    audit.note(session, now, None, act, about)
    return Ended(*gone)


def form_token(secret: str) -> str:
    """What each form of a session carries, so that no other site can make one; it does not tell the secret."""
    return _digest(f"form:{secret}")


def _begin(session: Session, now: datetime, member: Member) -> str:
    secret = secrets.token_urlsafe(_BYTES)
    here = {"created_at": now, "seen_at": now, "expires_at": now + LONGEST}
    session.add(WebSession(digest=_digest(secret), member_id=member.id, **here))
    audit.note(session, now, member, "signed_in")
    session.flush()
    return secret


def _others(member: Member, secret: str) -> ColumnElement[bool]:
    return (WebSession.member_id == member.id) & (WebSession.digest != _digest(secret))


def _works(now: datetime) -> ColumnElement[bool]:
    return SignInLink.used_at.is_(None) & (SignInLink.expires_at > now)


def _is_alive(now: datetime) -> ColumnElement[bool]:
    return (WebSession.expires_at > now) & (WebSession.seen_at > now - IDLE)


def _links_that_work(session: Session, now: datetime, member: Member) -> int:
    mine = (SignInLink.member_id == member.id) & _works(now)
    return session.scalar(select(func.count()).select_from(SignInLink).where(mine)) or 0


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
