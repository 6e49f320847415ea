"""The actions that flows name: each reads slots, makes one call into a capability, and gives slots back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import timedelta

from actions import attachments, handoffs, privacy, quiet_hours, signals, waiting_time
from actions import my_data as held
from actions.outbox import queue
from actions.routing import URGENT
from actions.signals import Complaint
from bot import aftercare_steps, appointment_steps, discreet_steps, my_data
from bot.asked import Asked
from bot.dialogue.conversation import Done, Said
from bot.dialogue.summary import lines_of
from bot.dialogue.triage import TIERS
from bot.messages import HUMAN, message
from store.states import Measures, Rule, Urgency

APPROVED = "send_ok"
FILES_LINE = "utter_line_attachments"
ALSO_LINE = "utter_line_also"


def request_handoff(asked: Asked) -> Done:
    """Send on what the resident approved, to the people they chose."""
    slots = asked.slots
    if FILES_LINE in _left_out(asked):
        attachments.forget(asked.session, asked.person)
    wijk = slots.get("wijk")
    wish = handoffs.Wish(
        wijk=wijk if wijk in asked.words.wijk_names else None,
        topics=_topics(asked),
        urgency=_urgency(asked),
        reach=slots.get("reach") or "here",
        by_whom=slots.get("by_whom") or "own_wijk",
        summary=_approved_text(asked),
        contact=slots.get("phone"),
        exit=slots.get("exit"),
        coach=slots.get("coach"),
        why=_reasons(asked),
        language=slots.get("speaks"),
        measures=_measures(asked),
    )
    waiting = waiting_time.expected(asked.session, asked.now, wish.urgency)
    requested = handoffs.request(asked.session, asked.now, asked.person, wish)
    wants_one = wish.reach != "here" or slots.get("wants_appointment") == "yes"
    can_plan = wants_one and wish.urgency not in URGENT
    can_plan = can_plan and appointment_steps.can_plan(asked, requested.request)
    told = {
        "handoff_result": _result(requested),
        "readers": requested.readers,
        "professionals": requested.professionals,
        "promised": requested.promised.isoformat() if requested.promised else "",
        "shown_at": requested.shown_at.isoformat() if requested.shown_at > asked.now else "",
        "case": str(requested.request.id),
        "can_plan": "yes" if can_plan else "no",
        **appointment_steps.FRESH,
        "waiting_from": str(waiting.from_days) if waiting else "",
        "waiting_to": str(waiting.to_days) if waiting and waiting.to_days is not None else "",
    }
    return Done(told, ends_talk=True)


def ask_about_tips(asked: Asked) -> Done:
    """In 2 weeks: did it work, is it warmer?"""
    return _ask_later(asked, "tips_later", "utter_ask_tips_worked", timedelta(weeks=2))


def ask_about_landlord(asked: Asked) -> Done:
    """In 6 weeks: did the landlord do anything?"""
    return _ask_later(asked, "landlord_later", "utter_ask_landlord_answer", timedelta(weeks=6))


def _ask_later(asked: Asked, flow: str, key: str, after: timedelta) -> Done:
    """Ask it once, however often it was promised; not at night and not on a Sunday."""
    subject = f"{flow}:{asked.person.id}"
    quiet_hours.take_back(asked.session, subject)
    said = message(Said(key, {}, nav=(HUMAN,)), asked.person.language)
    question = replace(said, opens=flow)
    quiet_hours.begin(asked.session, asked.now, asked.person, question, subject, asked.now + after)
    return Done()


def find_where_to_count(asked: Asked) -> Done:
    """Where a complaint may count along: in a flat of the wijk, in the wijk, or nowhere. It is asked once per topic."""
    topic, wijk, before = asked.slots["count_topic"], asked.slots.get("wijk"), asked.slots.get("count_asked") or []
    if topic in before or wijk not in asked.words.wijk_names:
        return Done({"count_place": "nowhere"})
    flats = [one.key for one in asked.words.complexes if one.wijk == wijk]
    return Done({"count_place": "flat" if flats else "wijk", "flats": flats, "count_asked": [*before, topic]})


def count_along(asked: Asked) -> Done:
    """The household counts, in the flat that the resident chose or in the wijk."""
    slots, flat = asked.slots, asked.slots.get("complex", "")
    complaint = Complaint(slots["count_topic"], slots["wijk"], flat if flat in slots["flats"] else "")
    signals.count_along(asked.session, asked.now, asked.person, complaint)
    return Done()


def answer_together(asked: Asked) -> Done:
    """Whether somebody wants to do something about it together with others."""
    signals.answer_together(asked.session, asked.person, asked.slots["together"] == "yes")
    return Done({"helped": "no" if handoffs.claimed_for(asked.session, asked.person) is None else "yes"})


def forget_me(asked: Asked) -> Done:
    """Erase the person; the receipt is the last that they hear of us, and nothing is kept of that either."""
    chat_id = asked.person.chat_id
    for receipt in my_data.receipt(privacy.forget(asked.session, asked.now, asked.person)):
        queue(asked.session, asked.now, chat_id, receipt)
    return Done(forgets=True)


def show_my_data(asked: Asked) -> Done:
    """Tell what is held of the person, and send all of it as a file."""
    for told in my_data.of_resident(asked.words, asked.now, held.of_resident(asked.session, asked.person)):
        queue(asked.session, asked.now, asked.person.chat_id, told)
    return Done()


STEPS: Mapping[str, Callable[[Asked], Done]] = {
    "action_request_handoff": request_handoff,
    "action_forget_me": forget_me,
    "action_show_my_data": show_my_data,
    "action_ask_about_tips": ask_about_tips,
    "action_ask_about_landlord": ask_about_landlord,
    "action_find_where_to_count": find_where_to_count,
    "action_count_along": count_along,
    "action_answer_together": answer_together,
    **aftercare_steps.STEPS,
    **appointment_steps.STEPS,
    **discreet_steps.STEPS,
}


def _approved_text(asked: Asked) -> str:
    """Exactly the lines that the resident saw and did not leave out."""
    lines = lines_of(asked.words.content, APPROVED, asked.slots)
    return asked.words.lines(tuple(line.key for line in lines), asked.slots, "nl")


def _topics(asked: Asked) -> tuple[str, ...]:
    """What the talk was about and what was only named, without what the resident took out of the text."""
    named = dict.fromkeys((*asked.conversation.topics, *_also(asked)))
    hidden = _taken_out(asked)
    return tuple(topic for topic in named if f"about_{topic}" not in hidden) or ("talk_to_human",)


def _urgency(asked: Asked) -> Urgency:
    """The most urgent of what the triage table found and what was only named (domain.md, section 3)."""
    content = asked.words.content
    tiers = [content.tier(topic) for topic in _also(asked)]
    tiers.append(asked.slots.get("urgency") or Urgency.NORMAL.value)
    return Urgency(min(tiers, key=TIERS.index))


def _also(asked: Asked) -> tuple[str, ...]:
    """What was named but not talked about, unless the resident took it out of the text."""
    return () if ALSO_LINE in _left_out(asked) else tuple(asked.slots.get("also") or ())


def _reasons(asked: Asked) -> tuple[str, ...]:
    """The rows that decided, but none that would tell what the resident took out of the text."""
    triage, hidden = asked.words.content.triage, _taken_out(asked)
    return tuple(row for row in asked.slots.get("why") or () if not triage.rests_on(row) & hidden)


def _taken_out(asked: Asked) -> set[str]:
    """The slots that only lines which were left out would tell."""
    content = asked.words.content
    lines = content.response(f"utter_ask_{APPROVED}").variant(asked.slots).lines
    told = {slot for line in lines_of(content, APPROVED, asked.slots) for slot in line.slots}
    return {slot for line in lines if line.key in _left_out(asked) for slot in line.slots} - told


def _left_out(asked: Asked) -> Collection[str]:
    return asked.slots.get("left_out") or ()


def _measures(asked: Asked) -> Measures | None:
    """The free measures that somebody wants, unless the line about them was left out."""
    wanted = asked.slots.get("measures_wanted")
    left_out = "measures_wanted" in _taken_out(asked)
    return Measures(wanted) if wanted in list(Measures) and not left_out else None


def _result(requested: handoffs.Requested) -> str:
    if requested.readers == 0:
        return "no_one"
    if requested.request.rule is Rule.COORDINATOR:
        return "full"
    if requested.request.urgency not in URGENT:
        return "offered"
    return "professional_too" if requested.professionals else "no_professional"
