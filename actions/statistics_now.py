"""Figures of this moment, whatever the period: what the team has on its hands, in steps of 5."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions import overview
from actions.figures import Cell, Column, Table
from actions.small_numbers import FEWEST, floored
from actions.statistics_words import place
from actions.team_settings import loads
from store.agenda_tables import AppointmentWait
from store.states import RequestState
from store.tables import Member, Request

LOAD = Table(
    "load",
    "Werk per wijkverbinder",
    "Hoeveel vragen ieder die helpt nu onder handen heeft, naar beneden afgerond op 5, en of er nog ruimte is. Dit is"
    " van nu, niet van de periode.",
    (Column("Naam"), Column("Wijk"), Column("Onder handen, minstens"), Column("Ruimte")),
    (),
)
WAITING_LIST = Table(
    "waiting_list",
    "Wachtlijst voor afspraken",
    "Hoeveel bewoners nu wachten tot er een tijd vrij is, per wijk, naar beneden afgerond op 5. Dit is van nu, niet van"
    " de periode.",
    (Column("Wijk"), Column("Wachten, minstens")),
    (),
)


def load(session: Session, wijk: str | None = None) -> Table:
    """How much everybody who helps has, also who cannot be reached now; who is of no wijk helps in all."""
    helpers = [one for one in _helpers(session) if wijk is None or one.member.wijk in (wijk, None)]
    rows = sorted(((one.member.name, one) for one in helpers), key=lambda row: row[0])
    return replace(LOAD, rows=tuple((name, *_row(one)) for name, one in rows))


def waiting_list(session: Session, wijk: str | None = None) -> Table:
    """Who waits for a free time, per wijk."""
    waits = select(Request.wijk, func.count()).join(AppointmentWait, AppointmentWait.request_id == Request.id)
    waits = waits.where(Request.state != RequestState.CLOSED, ~Request.practice).group_by(Request.wijk)
    if wijk is not None:
        waits = waits.where(Request.wijk == wijk)
    counts = sorted((of or "", count) for of, count in session.execute(waits))
    return replace(WAITING_LIST, rows=tuple((place(of), floored(count)) for of, count in counts if count >= FEWEST))


def _helpers(session: Session) -> list[overview.Load]:
    there = overview.load(session)
    counted = loads(session)
    lost = counted.keys() - {one.member.id for one in there}
    members = session.scalars(select(Member).where(Member.id.in_(lost), Member.active))
    return [*there, *(overview.Load(member, counted[member.id]) for member in members)]


def _row(one: overview.Load) -> tuple[Cell, ...]:
    can_be_reached = one.member.person is not None and one.member.person.reachable
    room = "ja" if can_be_reached and one.member.available and one.open < one.member.capacity else "nee"
    return (place(one.member.wijk) if one.member.wijk else "Alle", floored(one.open), room)
