"""The actions that flows name: each reads slots, makes one call into a capability, and gives slots back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from actions import handoffs, privacy
from actions.outbox import Message, queue
from bot.dialogue.content import TIERS
from bot.dialogue.conversation import Conversation, Done
from bot.dialogue.summary import lines_of
from bot.words import Words
from store.tables import Person, Urgency

APPROVED = "send_ok"


@dataclass(frozen=True)
class Asked:
    """What a step may use: the transaction, the moment, the person, their talk and the slots as the flow sees them."""

    session: Session
    now: datetime
    person: Person
    conversation: Conversation
    slots: Mapping[str, Any]
    words: Words


def request_handoff(asked: Asked) -> Done:
    """Send on what the resident approved, to the people they chose."""
    slots = asked.slots
    wijk = slots.get("wijk")
    wish = handoffs.Wish(
        wijk=wijk if wijk in asked.words.wijk_names else None,
        topics=asked.conversation.topics or ("talk_to_human",),
        urgency=_urgency(asked),
        reach=slots["reach"],
        by_whom=slots["by_whom"],
        summary=_approved_text(asked),
        contact=slots.get("phone"),
    )
    requested = handoffs.request(asked.session, asked.now, asked.person, wish)
    return Done({"handoff_result": _result(requested), "readers": requested.readers}, ends_talk=True)


def forget_me(asked: Asked) -> Done:
    """Erase the person; the receipt is the last that they hear of us."""
    erased = privacy.forget(asked.session, asked.now, asked.person)
    receipt = Message("utter_forgotten", {"requests": erased})
    queue(asked.session, asked.now, asked.person.chat_id, receipt)
    return Done(forgets=True)


STEPS: Mapping[str, Callable[[Asked], Done]] = {
    "action_request_handoff": request_handoff,
    "action_forget_me": forget_me,
}


def _approved_text(asked: Asked) -> str:
    """Exactly the lines that the resident saw and did not leave out."""
    lines = lines_of(asked.words.content, APPROVED, asked.slots)
    return asked.words.lines(tuple(line.key for line in lines), asked.slots, "nl")


def _urgency(asked: Asked) -> Urgency:
    """The most urgent of what the flow found and what the topics mean (domain.md, section 3)."""
    content = asked.words.content
    tiers = [content.tier(topic) for topic in asked.conversation.topics]
    tiers.append(asked.slots.get("urgency") or Urgency.NORMAL.value)
    pressing = (tier for tier in tiers if tier != "info")
    return Urgency(min(pressing, key=TIERS.index, default=Urgency.NORMAL.value))


def _result(requested: handoffs.Requested) -> str:
    if requested.readers == 0:
        return "no_one"
    return "professional_too" if requested.request.urgency is Urgency.CRISIS else "offered"
