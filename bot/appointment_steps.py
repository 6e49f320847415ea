"""The actions of `flows/appointments.yml`: find times, book, move, cancel, and note how it went."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from actions import appointment_messages, appointment_offers, appointments, attendance, handoffs, waiting_list
from actions.appointment_offers import DAYS, Plan
from actions.appointments import Side
from actions.attendance import Next
from actions.availability import FreeTime
from actions.outbox import Message, queue
from actions.quiet_hours import waking_time
from actions.request_states import HELD
from actions.time_wishes import TimeWish
from bot.asked import Asked
from bot.dialogue.conversation import Done
from store.agenda_tables import Appointment, AppointmentKind, AppointmentState, Attendance, Place
from store.states import RequestState
from store.tables import Request

SAID = {"yes": Attendance.KEPT, "no": Attendance.RESIDENT_MISSED, "nobody": Attendance.MEMBER_MISSED}
ATTENDED = {Next.KEPT: "kept", Next.AGAIN: "again", Next.HUMAN: "human", Next.KNOWN: "known"}
PLACES = frozenset(Place)
FRESH: Mapping[str, str | None] = {
    "appointment_kind": AppointmentKind.TALK.value,
    "moves": "",
    "time_wish": "",
    "place": None,
}
"""What a talk knows of an appointment that is still to be made."""


def find_appointment(asked: Asked) -> Done:
    """The first appointment that is coming; without one, whether there is a request to make one for."""
    coming = appointments.coming_of(asked.session, asked.now, asked.person)
    if coming:
        return Done({**_about(coming[0]), "appointment_found": "yes", "reminder": ""})
    found = appointment_offers.open_request(asked.session, asked.person)
    if found is None:
        return Done({"appointment_found": "no"})
    return Done({**FRESH, "case": str(found.id), "appointment_found": "can_plan"})


def find_times(asked: Asked) -> Done:
    """Three free times, as wished if possible; what else there is when nothing is free within two weeks."""
    plan = _plan(asked)
    if plan is None:
        return Done({"times": "gone"})
    if not appointment_offers.givers(asked.session, plan):
        _ask_team(asked, plan)
        return Done({"times": "nobody"})
    found, wish = appointment_offers.times(asked.session, asked.now, plan), _wish(asked)
    if not found or (wish is None and not appointment_offers.soon_enough(asked.now, found)):
        choices = ["wait", *(["later"] if found else []), "call"]
        return Done({"times": "late" if found else "none", "wait_choices": choices})
    as_wished = wish is None or bool(wish.among(found))
    three = appointment_offers.choose_three(found, wish if as_wished else None)
    if as_wished:
        return Done({**_offered(asked, plan, three), "times": "some"})
    return Done({**_offered(asked, plan, three), "times": "not_as_wished", "time_wish": ""})


def find_later_times(asked: Asked) -> Done:
    """Three times after more than two weeks."""
    plan = _plan(asked)
    found = appointment_offers.times(asked.session, asked.now, plan) if plan is not None else []
    return Done(_offered(asked, plan, appointment_offers.choose_three(found)) if plan is not None else {})


def find_days(asked: Asked) -> Done:
    """The first days on which something is free."""
    plan = _plan(asked)
    found = appointment_offers.times(asked.session, asked.now, plan) if plan is not None else []
    days = appointment_offers.choose_days(found)
    keys = DAYS[: len(days)]
    begins = {key: day.isoformat() for key, day in zip(keys, days, strict=True)}
    return Done({"times": "some" if days else "none", "days_free": list(keys), **begins})


def take_day(asked: Asked) -> Done:
    """The chosen day becomes the wish; a typed wish is there already."""
    chosen = asked.slots["which_day"]
    if chosen not in DAYS:
        return Done()
    day = date.fromisoformat(asked.slots[chosen])
    return Done({"time_wish": json.dumps(TimeWish(first=day, last=day).as_json())})


def choose_place(asked: Asked) -> Done:
    """Where it will be, as far as that is known: from the request, the kind, or the appointment that is moved."""
    plan = _plan(asked)
    if plan is None:
        return Done()
    known = plan.moves.place.value if plan.moves else plan.request.reach
    if plan.kind is not AppointmentKind.TALK:
        known = Place.HOME.value
    return Done({"place": known}) if known in PLACES else Done()


def book(asked: Asked) -> Done:
    """Book the chosen time, or move to it; whoever comes second hears that it was taken."""
    plan = _plan(asked)
    if plan is None:
        return Done({"booked": "gone"})
    time = appointment_offers.chosen_time(asked.session, asked.slots, asked.slots["when"])
    place = Place(asked.slots["place"])
    known = plan.request.contact if place is Place.TELEPHONE else None
    made = appointment_offers.book(asked.session, asked.now, plan, time, place, known) if time else None
    if made is None:
        return Done({"booked": "taken"})
    needs = {Place.HOME: "address", Place.TELEPHONE: "nothing" if known else "phone"}.get(place, "nothing")
    reminds = "yes" if appointment_messages.is_reminded(asked.now, made) else "no"
    told = {**_about(made), "needs": needs, "reminds": reminds, "booked": "moved" if plan.moves else "booked"}
    return Done({**told, "moves": "", "time_wish": ""})


def note_whereabouts(asked: Asked) -> Done:
    """The address or telephone number goes to whoever comes or calls, and to nobody else."""
    place = asked.slots.get("place")
    said = asked.slots.get("address") if place == Place.HOME else asked.slots.get("phone")
    made = appointments.of_person(asked.session, asked.person, int(asked.slots.get("appointment") or 0))
    if made is not None and said:
        appointments.note_whereabouts(asked.session, asked.now, made, said)
    elif said:
        _note_contact(asked, said)
    return Done({"address": "", "phone": ""})


def prefer_call(asked: Asked) -> Done:
    """No appointment: whoever has the request hears that the resident would rather be called.

    One that was going to be moved is called off.
    """
    plan = _plan(asked)
    if plan is None:
        return Done({"needs": "gone"})
    if plan.moves is not None:
        appointments.cancel(asked.session, asked.now, plan.moves, Side.RESIDENT)
    plan.request.reach = Place.TELEPHONE.value
    waiting_list.leave(asked.session, plan.request, plan.kind)
    _tell_holder(asked, plan.request, "team_rather_call")
    known = "nothing" if plan.request.contact else "phone"
    return Done({"needs": known, "appointment": "", "moves": "", "place": "telephone"})


def join_waiting_list(asked: Asked) -> Done:
    """Times are offered as soon as there are any."""
    plan = _plan(asked)
    if plan is not None:
        waiting_list.join(asked.session, asked.now, plan)
    return Done()


def leave_waiting_list(asked: Asked) -> Done:
    """They do not know yet: times are not offered again by themselves."""
    plan = _plan(asked)
    if plan is not None:
        waiting_list.leave(asked.session, plan.request, plan.kind)
    return Done()


def move_appointment(asked: Asked) -> Done:
    """The appointment gets another time; until that is chosen it stays."""
    made = _appointment(asked)
    return Done({**(_about(made) if made else {}), "moves": str(asked.slots.get("appointment") or ""), "time_wish": ""})


def keep_appointment(asked: Asked) -> Done:
    """It stays as it is, if it is there still."""
    made = _appointment(asked)
    there = made is not None and made.state is AppointmentState.BOOKED and made.ends_at > asked.now
    return Done({"booked": "booked" if there else "gone"})


def cancel_appointment(asked: Asked) -> Done:
    """Called off by the resident, without a reason."""
    made = _appointment(asked)
    done = made is not None and appointments.cancel(asked.session, asked.now, made, Side.RESIDENT)
    return Done({"booked": "cancelled" if done else "gone"})


def note_attendance(asked: Asked) -> Done:
    """Whether it took place, says the resident."""
    made = _appointment(asked)
    if made is None:
        return Done({"attended": "known"})
    said = SAID[asked.slots["appointment_kept"]]
    then = attendance.say(asked.session, asked.now, made, Side.RESIDENT, said)
    return Done({**_about(made), "attended": ATTENDED[then], "moves": "", "time_wish": ""})


def can_plan(asked: Asked, found: Request) -> bool:
    """Whether there are times to offer for a new request right away."""
    return appointment_offers.has_time_soon(asked.session, asked.now, Plan(found))


def _plan(asked: Asked) -> Plan | None:
    """The request, held fast, and what is planned for it; None when it is not open any more."""
    if moved := int(asked.slots.get("moves") or 0):
        made = appointments.of_person(asked.session, asked.person, moved)
        booked = made is not None and made.state is AppointmentState.BOOKED and made.starts_at > asked.now
        return Plan(made.request, made.kind, made) if made is not None and booked else None
    found = handoffs.lock(asked.session, int(asked.slots.get("case") or 0))
    if found is None or found.person_id != asked.person.id or found.state is RequestState.CLOSED:
        return None
    return Plan(found, AppointmentKind(asked.slots.get("appointment_kind") or AppointmentKind.TALK))


def _appointment(asked: Asked) -> Appointment | None:
    return appointments.of_person(asked.session, asked.person, int(asked.slots.get("appointment") or 0))


def _about(made: Appointment) -> dict[str, str]:
    facts = appointment_messages.facts(made)
    kept = {name: facts[name] for name in ("name", "starts", "place", "appointment_kind")}
    return {**kept, "appointment": str(made.id), "case": str(made.request_id)}


def _offered(asked: Asked, plan: Plan, three: Sequence[FreeTime]) -> dict[str, object]:
    values = appointment_offers.plan_values(asked.session, plan, three)
    return {**values, **appointment_offers.as_values(three), "asked_because": ""}


def _wish(asked: Asked) -> TimeWish | None:
    said = asked.slots.get("time_wish")
    return TimeWish.from_json(json.loads(said)) if said else None


def _ask_team(asked: Asked, plan: Plan) -> None:
    """Nobody gave hours: whoever has the request is asked to find a time with the resident."""
    _tell_holder(asked, plan.request, "team_wants_time")


def _tell_holder(asked: Asked, found: Request, key: str, **more: str) -> None:
    member = found.claimed_by
    if found.state in HELD and member is not None and member.person is not None:
        told = Message(key, {"number": found.id, **more})
        subject, due = handoffs.subject_of(found), waking_time(asked.now)
        queue(asked.session, asked.now, member.person.chat_id, told, subject=subject, due_at=due)


def _note_contact(asked: Asked, said: str) -> None:
    found = handoffs.lock(asked.session, int(asked.slots.get("case") or 0))
    if found is not None and found.person_id == asked.person.id:
        found.contact = said
        _tell_holder(asked, found, "team_contact_known", contact=said)


STEPS: Mapping[str, Callable[[Asked], Done]] = {
    "action_find_appointment": find_appointment,
    "action_find_times": find_times,
    "action_find_later_times": find_later_times,
    "action_find_days": find_days,
    "action_take_day": take_day,
    "action_choose_place": choose_place,
    "action_book": book,
    "action_note_whereabouts": note_whereabouts,
    "action_prefer_call": prefer_call,
    "action_join_waiting_list": join_waiting_list,
    "action_leave_waiting_list": leave_waiting_list,
    "action_move_appointment": move_appointment,
    "action_keep_appointment": keep_appointment,
    "action_cancel_appointment": cancel_appointment,
    "action_note_attendance": note_attendance,
}
