"""What a resident writes after a talk with a person was closed: nobody reads it now, and it is not swallowed either."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from actions import attachments, closing, handoffs
from bot import attached
from bot.dialogue.content import Content
from bot.dialogue.conversation import Heard
from bot.incoming import FILES, Kind
from bot.visit import Visit
from store.states import RequestState
from store.tables import Request

FLOW = "talk_again"
SLOT = "wants_to_talk_again"
FOR_THE_BOT = frozenset({"delete_my_data", "ask_privacy"})
ORDERS = frozenset({"stop", "restart", "listen", "messages", "discreet", "back", "skip"})
"""Words for the bot itself. Who asks for help or a person means the one who has just helped."""


def talk_again(visit: Visit, content: Content) -> Visit:
    """The visit with the question whether to talk again, when somebody writes on to the person who has closed.

    What they wrote is kept where it stands, in Telegram, for whoever talks with them again; it is not stored here.
    """
    plain, question = _is_plain(visit, content), visit.conversation.open
    if plain and question is not None and question.slot == SLOT and visit.heard.answer is None:
        _keep(visit)
        return replace(visit, heard=Heard(visit.now, wish="repeat"))
    found = _closed(visit) if plain else None
    if found is None or found.claimed_by is None:
        return visit
    _keep(visit)
    told = {"case": str(found.id), "name": found.claimed_by.name}
    heard = replace(visit.heard, begins=FLOW, answer=None, remark="", doubt=(), refused="", wish="", told=told)
    return replace(visit, heard=heard)


def _keep(visit: Visit) -> None:
    number = visit.incoming.message_id
    if number is not None and not attached.is_kept(visit):
        attachments.keep(visit.session, visit.now, visit.person, attachments.MESSAGE, str(number))


def _is_plain(visit: Visit, content: Content) -> bool:
    """Words or a file, no button or command, and nothing that goes before: danger, a crisis, wanting to be erased."""
    incoming = visit.incoming
    plain = incoming.kind is Kind.TEXT or incoming.kind in FILES
    orders = visit.heard.wish in ORDERS or incoming.text.startswith("/")
    goes_before = any(one in FOR_THE_BOT or content.is_pressing(one) for one in visit.heard.intents)
    return plain and not orders and not goes_before and not visit.heard.danger


def _closed(visit: Visit) -> Request | None:
    """The closed request in whose talk the last word was said, if that is not long ago."""
    number = handoffs.last_talked_about(visit.session, visit.now, visit.person.chat_id)
    found = visit.session.get(Request, number) if number is not None else None
    if found is None or found.state is not RequestState.CLOSED or found.closed_at is None:
        return None
    recently = visit.now - found.closed_at <= timedelta(days=closing.TALK_AGAIN_DAYS)
    return found if recently and found.person_id == visit.person.id else None
