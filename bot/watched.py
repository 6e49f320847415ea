"""When somebody looks at the resident's screen: the talk goes off it, and stays as it was until they are back.

Danger goes before everything here, as everywhere.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from actions import discreet
from actions.outbox import Message
from bot.dialogue.conversation import Heard
from bot.understanding.understand import BACK, COVER, READ
from bot.visit import Visit

NOT_FOR_LONGER_THAN = timedelta(hours=1)
"""After this time any word takes the talk up again: nobody is kept out of it by a word that they forgot."""


def answers(visit: Visit) -> bool:
    """Answer what concerns only the screen; False when there is nothing of that kind."""
    heard, hidden = visit.heard, visit.conversation.covered
    if heard.danger:
        return False
    if heard.wish == COVER:
        _hide(visit)
    elif heard.wish == READ or (hidden and heard.wish == BACK and visit.conversation.open is None):
        opened(visit)
        _show(visit)
    elif hidden and _says_nothing_to_us(visit):
        visit.say(Message("utter_cover_still"))
    else:
        return False
    return True


def comes_back(visit: Visit) -> bool:
    """Whether the question that was open is asked once more: nothing answers one that is not on the screen."""
    heard, hidden = visit.heard, visit.conversation.covered and visit.conversation.open is not None
    return hidden and not heard.danger and (heard.wish == BACK or heard.answer is not None)


def opened(visit: Visit) -> Visit:
    """The visit with the talk on the screen again; who comes back gets the open question once more."""
    if not visit.conversation.covered:
        return visit
    conversation = replace(visit.conversation, covered=False)
    visit.keep(conversation)
    if comes_back(visit):
        discreet.show_unread(visit.session, visit.now, visit.person)
        return replace(visit, conversation=conversation, heard=Heard(visit.now, wish="repeat"))
    return replace(visit, conversation=conversation)


def _hide(visit: Visit) -> None:
    question = visit.conversation.open
    about = f"question:{question.number}" if question else ""
    discreet.clear_screen(visit.session, visit.now, visit.person, about)
    visit.keep(replace(visit.conversation, covered=True, last_heard=visit.now))
    visit.say(Message("utter_cover"))


def _show(visit: Visit) -> None:
    """What was only announced; when there is nothing, that the talk goes on."""
    if discreet.show_unread(visit.session, visit.now, visit.person):
        return
    visit.say(Message("utter_nothing_unread" if visit.heard.wish == READ else "utter_cover_over"))


def _says_nothing_to_us(visit: Visit) -> bool:
    """Anything but a command or one of the words that are always understood, for as long as that may last."""
    hidden_at = visit.conversation.last_heard
    still = hidden_at is not None and visit.now - hidden_at <= NOT_FOR_LONGER_THAN
    return still and not visit.heard.wish and not visit.incoming.text.startswith("/")
