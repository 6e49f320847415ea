"""What a resident writes after a talk with a person was closed: nobody reads it now, and it is not swallowed either."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from actions import attachments, closing, handoffs
from bot import attached
from bot.incoming import FILES, Kind
from bot.visit import Visit
from store.tables import Request, RequestState

FLOW = "talk_again"
ORDERS = frozenset({"stop", "restart", "listen", "messages", "back", "skip"})
"""Words for the bot itself. Who asks for help or a person means the one who has just helped."""


def talk_again(visit: Visit) -> Visit:
    """The visit with the question whether to talk again, when somebody writes on to the person who has closed.

    What they wrote is kept where it stands, in Telegram, for whoever talks with them again; it is not stored here.
    """
    found = _closed(visit) if _is_plain(visit) else None
    if found is None or found.claimed_by is None:
        return visit
    incoming = visit.incoming
    if incoming.message_id is not None and not attached.is_kept(visit):
        attachments.keep(visit.session, visit.now, visit.person, attachments.MESSAGE, str(incoming.message_id))
    told = {"case": str(found.id), "name": found.claimed_by.name}
    heard = replace(visit.heard, begins=FLOW, answer=None, remark="", doubt=(), refused="", wish="", told=told)
    return replace(visit, heard=heard)


def _is_plain(visit: Visit) -> bool:
    """Words or a file, not a button, a command, or anything about danger."""
    incoming = visit.incoming
    plain = incoming.kind is Kind.TEXT or incoming.kind in FILES
    orders = visit.heard.wish in ORDERS or incoming.text.startswith("/")
    return plain and not orders and not visit.heard.danger


def _closed(visit: Visit) -> Request | None:
    """The closed request in whose talk the last word was said, if that is not long ago."""
    number = handoffs.last_talked_about(visit.session, visit.now, visit.person.chat_id)
    found = visit.session.get(Request, number) if number is not None else None
    if found is None or found.state is not RequestState.CLOSED or found.closed_at is None:
        return None
    recently = visit.now - found.closed_at <= timedelta(days=closing.TALK_AGAIN_DAYS)
    return found if recently and found.person_id == visit.person.id else None
