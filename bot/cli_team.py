"""`wijkwijzer team` and `wijkwijzer requests`: who helps, what they can take on, and what is open."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from actions import appointment_hours, appointments, availability, clocks, handoffs, sign_in, team, team_settings
from actions.directory import load_organisation
from actions.open_requests import OpenRequest, open_requests
from actions.opening_hours import AMSTERDAM, local_day
from actions.roles import PAGE_ONLY
from actions.team_settings import SettingRefused
from bot import installation
from store.agenda_tables import Availability
from store.clock import Clock
from store.settings import SettingsError
from store.states import Role
from store.tables import Member

app = typer.Typer(no_args_is_help=True, help="The team: everybody who helps or comes to the house.")
APPOINTMENTS = "di 10-12, do 13-16"
Number = Annotated[int, typer.Argument(help="The number from `team list`.")]


@app.command("add")
def team_add(
    name: Annotated[str, typer.Argument(help="What residents will call them, for example a first name.")],
    wijk: Annotated[str, typer.Option(help="Key of the wijk, as in the directory.")] = "",
    role: Annotated[Role, typer.Option(help="What they do.")] = Role.WIJKVERBINDER,
    email: Annotated[str, typer.Option(help="Where links to the web page may be sent.")] = "",
) -> None:
    """Add somebody to the team and print their personal start link (works once, for a week).

    Administrators and readers need no Telegram: for them the command prints how they get a link to the web page.
    """
    settings = installation.read_settings()
    organisation = load_organisation(settings.directory, settings.organisation)
    if role is Role.WIJKVERBINDER and wijk not in organisation.wijk_names():
        known = ", ".join(organisation.wijk_names())
        raise SettingsError(f"--wijk must be one of: {known}")
    username = "" if role in PAGE_ONLY else asyncio.run(installation.bot_name(settings))
    database = installation.open_database(settings)
    with database.transaction() as session:
        now = Clock(settings.clock_file).now()
        invited = team.invite(session, now, name, role, wijk or None)
        sign_in.set_email(session, invited.member, email)
    database.close()
    number = invited.member.id
    by_page = f"Number {number}. `wijkwijzer dashboard link {number}` prints a link to the web page."
    typer.echo(by_page if role in PAGE_ONLY else f"https://t.me/{username}?start={invited.payload}")


@app.command("list")
def team_list() -> None:
    """Show the team: who has joined, how much they have of how much they can, languages, and who is away."""
    settings = installation.read_settings()
    database = installation.open_database(settings)
    today = local_day(Clock(settings.clock_file).now())
    with database.reading() as session:
        loads = team_settings.loads(session)
        for member in team.everybody(session):
            typer.echo(_line(member, loads.get(member.id, 0), today))
    database.close()


@app.command("set")
def team_set(
    number: Number,
    languages: Annotated[str | None, typer.Option(help='Codes of languages beside Dutch, such as "tr ar".')] = None,
    capacity: Annotated[int | None, typer.Option(help="How many requests at once.")] = None,
    hours: Annotated[str | None, typer.Option(help=f'In Dutch, such as "{team_settings.EXAMPLE}".')] = None,
    away_until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The first day back.")] = None,
    back: Annotated[bool, typer.Option("--back", help="They are back from being away.")] = False,
    email: Annotated[str | None, typer.Option(help='Where links to the web page may be sent; "" is nowhere.')] = None,
) -> None:
    """Set what somebody can take on, and show it; what waits for somebody like them is then shown to them."""
    settings = installation.read_settings()
    database = installation.open_database(settings)
    now = Clock(settings.clock_file).now()
    with database.transaction() as session:
        member = session.get(Member, number)
        if member is not None and member.active:
            _set_holiday(member, local_day(now), away_until.date() if away_until else None, back)
            _set_work(member, languages, capacity, hours)
            if email is not None:
                sign_in.set_email(session, member, email)
            session.flush()
            _wind_clocks(session, member)
            _say_settings(session, now, member)
    database.close()
    if member is None or not member.active:
        _say_not_there(number)


@app.command("hours")
def team_hours(
    number: Number,
    hours: Annotated[str | None, typer.Argument(help=f'In Dutch, such as "{APPOINTMENTS}"; "" is none.')] = None,
    minutes: Annotated[int | None, typer.Option(help="How long an appointment lasts.")] = None,
    pause: Annotated[int | None, typer.Option(help="Minutes kept free between two.")] = None,
    a_day: Annotated[int | None, typer.Option(help="How many in a day.")] = None,
    not_on: Annotated[list[datetime] | None, typer.Option(formats=["%Y-%m-%d"], help="A day without.")] = None,
    on_again: Annotated[list[datetime] | None, typer.Option(formats=["%Y-%m-%d"], help="Not such a day.")] = None,
) -> None:
    """Set on which hours of the week somebody can have appointments, and show how it stands."""
    settings = installation.read_settings()
    database = installation.open_database(settings)
    now = Clock(settings.clock_file).now()
    with database.transaction() as session:
        member = session.get(Member, number)
        if member is not None and member.active:
            mine = availability.of(session, member)
            _set_appointments(mine, hours, minutes, pause, a_day)
            _set_days_off(mine, local_day(now), not_on or (), on_again or ())
            _say_appointments(session, now, mine)
    database.close()
    if member is None or not member.active:
        _say_not_there(number)


@app.command("remove")
def team_remove(number: Number) -> None:
    """Take somebody off the team: no more cards. What they have open goes back to the others."""
    settings = installation.read_settings()
    database = installation.open_database(settings)
    with database.transaction() as session:
        found = handoffs.leave(session, Clock(settings.clock_file).now(), number)
    database.close()
    if not found:
        _say_not_there(number)
    typer.echo("Removed.")


@app.command("link")
def team_link(number: Number) -> None:
    """Print a new start link, for a new telephone or when the old link has expired."""
    settings = installation.read_settings()
    username = asyncio.run(installation.bot_name(settings))
    database = installation.open_database(settings)
    with database.transaction() as session:
        payload = team.new_link(session, Clock(settings.clock_file).now(), number)
    database.close()
    if payload is None:
        _say_not_there(number)
    typer.echo(f"https://t.me/{username}?start={payload}")


def requests() -> None:
    """Show what is open, for a coordinator without Telegram: never what a resident wrote, or who that is."""
    database = installation.open_database(installation.read_settings())
    with database.reading() as session:
        found = open_requests(session)
    for one in found:
        typer.echo(_open_line(one))
    typer.echo(f"{len(found)} open requests.")
    database.close()


def _set_holiday(member: Member, today: date, until: date | None, back: bool) -> None:
    if until is not None and (back or until <= today):
        raise SettingRefused("--away-until is a day after today, and does not go with --back.")
    if until is not None:
        team_settings.go_away(member, until)
    if back:
        team_settings.come_back(member)


def _set_work(member: Member, languages: str | None, capacity: int | None, hours: str | None) -> None:
    if languages is not None:
        team_settings.set_languages(member, languages.replace(",", " ").split())
    if capacity is not None:
        team_settings.set_capacity(member, capacity)
    if hours is not None:
        team_settings.set_hours(member, hours)


def _set_appointments(
    mine: Availability, hours: str | None, minutes: int | None, pause: int | None, a_day: int | None
) -> None:
    if hours is not None:
        appointment_hours.set_hours(mine, hours)
    if minutes is not None:
        appointment_hours.set_length(mine, minutes)
    if pause is not None:
        appointment_hours.set_pause(mine, pause)
    if a_day is not None:
        appointment_hours.set_a_day(mine, a_day)


def _set_days_off(mine: Availability, today: date, off: Sequence[datetime], on_again: Sequence[datetime]) -> None:
    if both := set(off) & set(on_again):
        raise SettingRefused(f"{min(both):%Y-%m-%d} is given to both --not-on and --on-again.")
    for day in (*off, *on_again):
        appointment_hours.set_day_off(mine, day.date(), today, off=day in off)


def _say_appointments(session: Session, now: datetime, mine: Availability) -> None:
    """How it stands, and which appointments stay although they are on a day without."""
    days = appointment_hours.days_off(mine, local_day(now))
    typer.echo(f"{mine.member.name}: {appointment_hours.in_words(mine) or 'no hours, so no appointments'}")
    typer.echo(f"{mine.minutes} minutes, {mine.pause} between two, {mine.a_day} a day at most, not on public holidays.")
    if appointment_hours.is_too_short(mine):
        typer.echo("No hours in a row are as long as an appointment: none can be booked.")
    if days:
        typer.echo(f"Not on: {', '.join(str(day) for day in days)}.")
    for one in appointments.coming_with(session, now, mine.member, now + availability.AHEAD):
        if local_day(one.starts_at) in days:
            typer.echo(f"Booked on a day without, for {mine.member.name} to move: {_local(one.starts_at)}.")


def _wind_clocks(session: Session, member: Member) -> None:
    """What they have under way follows their hours."""
    for found in handoffs.claimed_by(session, member):
        clocks.wind(session, found)


def _say_settings(session: Session, now: datetime, member: Member) -> None:
    shown = handoffs.offer_waiting(session, now, member)
    typer.echo(_line(member, team_settings.open_count(session, member), local_day(now)))
    typer.echo(f"Works {team_settings.hours_in_words(member)}.")
    if shown:
        typer.echo(f"Shown what waited: {shown}.")


def _say_not_there(number: int) -> None:
    typer.echo(f"There is no member with number {number}.")
    raise SystemExit(1)


def _line(member: Member, load: int, today: date) -> str:
    work = f"{load}/{member.capacity}"
    where = f"{member.id:4} {member.role.value:14} {member.wijk or '-':14} {_state(member):18}"
    return f"{where} {work:6} {member.languages or '-':10} {_away(member, today):22} {member.name}"


def _state(member: Member) -> str:
    if not member.active:
        return "left"
    if member.person is None:
        return "link not used yet"
    return "joined" if member.person.reachable else "cannot be reached"


def _away(member: Member, today: date) -> str:
    if not team_settings.is_away(member, today):
        return "-"
    return f"away until {member.away_until}" if member.away_until else "away"


def _open_line(one: OpenRequest) -> str:
    what = f"{one.number:4} {'top' if one.on_top else '-':4} {one.urgency.value:7} {one.state.value:10}"
    where = f"{one.wijk or '-':14} {one.rule.value:12} {one.held_by or '-':14}"
    times = f"since {_local(one.waiting_since)}  promised {_local(one.promised) if one.promised else '-':16}"
    return f"{what} {where} {times}  {one.topics}"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(AMSTERDAM):%d-%m-%Y %H:%M}"
