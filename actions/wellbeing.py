"""Asks whoever helped with something heavy how they are. Coordinators see load, and who wants to talk; never words."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from actions import coordinators, quiet_hours
from actions.opening_hours import AMSTERDAM, local_day
from actions.outbox import Button, Message
from actions.routing import URGENT
from store.tables import Member, Request

ASKED_AT = time(10)
"""On the morning after, in the Netherlands."""
ROW = (
    Button("button_i_am_well", "well:good"),
    Button("button_i_am_so_so", "well:so_so"),
    Button("button_i_want_to_talk", "well:talk"),
)


def ask_after(session: Session, now: datetime, member: Member, found: Request) -> None:
    """Ask "Hoe gaat het met u?" when the request was a crisis."""
    if found.urgency in URGENT:
        plan(session, now, member)


def plan(session: Session, now: datetime, member: Member) -> None:
    """Ask it on the morning after something heavy; once a day is enough."""
    if member.person is None:
        return
    subject = f"well:{member.id}"
    quiet_hours.take_back(session, subject)
    tomorrow = datetime.combine(local_day(now) + timedelta(days=1), ASKED_AT, AMSTERDAM)
    question = Message("team_how_are_you", {"name": member.name}, buttons=(ROW,))
    quiet_hours.begin(session, now, member.person, question, subject, tomorrow)


def answer(session: Session, now: datetime, member: Member, said: str) -> str:
    """What to say back (a text key). Only who wants to talk is named to the coordinator."""
    if said != "talk":
        return f"team_well_{said}"
    told = coordinators.tell_of(session, now, "coordinator_wants_to_talk", member.name, but=member)
    return "team_well_talk" if told else "team_well_talk_yourself"
