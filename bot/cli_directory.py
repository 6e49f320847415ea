"""`wijkwijzer directory`: what is overdue or not shown, and what was said of a record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from actions import directory_changes, directory_fields
from actions.directory import load_organisation
from actions.open_data import directory_as_hsds
from actions.opening_hours import AMSTERDAM, local_day
from actions.services import Directory, Fit, Service
from bot import installation
from bot.cli_export import write_files
from store.clock import Clock
from store.settings import Settings
from store.tables import DirectoryChange, Member

app = typer.Typer(no_args_is_help=True, help="The services that residents are pointed to.")


@app.command("check")
def directory_check() -> None:
    """Show what is overdue, never confirmed or not shown, and why; fails when residents see something overdue."""
    settings = installation.read_settings()
    today = local_day(Clock(settings.clock_file).now())
    directory = _directory(settings)
    for line in report(directory, today):
        typer.echo(line)
    raise SystemExit(1 if any(one.fit(today) is Fit.CALL_FIRST for one in directory.services) else 0)


@app.command("history")
def directory_history(key: Annotated[str, typer.Argument(help="Key of the record, as in the file.")]) -> None:
    """Show what the team said of a record, when and who."""
    database = installation.open_database(installation.read_settings())
    with database.reading() as session:
        changes = directory_changes.history(session, key)
        for change in changes:
            typer.echo(_told(change, session.get(Member, change.member_id) if change.member_id else None))
    typer.echo(f"{len(changes)} changes.")
    database.close()


@app.command("export")
def directory_export(file: Annotated[Path, typer.Argument(help="Where to write it, as JSON.")]) -> None:
    """Write what residents may be shown as open data (HSDS 3), with what the team has confirmed and changed."""
    settings = installation.read_settings()
    today = local_day(Clock(settings.clock_file).now())
    organisation = load_organisation(settings.directory, settings.organisation)
    write_files({file: directory_as_hsds(organisation, _directory(settings), today)})
    typer.echo(file)


def report(directory: Directory, today: date) -> Iterator[str]:
    """A line for each record that somebody should look at, and the numbers of all."""
    never, overdue = directory.never_confirmed(), directory.overdue(today)
    for service in directory.services:
        fit = service.fit(today)
        if fit is not Fit.SHOWN or service in never or _is_ahead(service, today):
            seen = fit.value if fit in (Fit.SHOWN, Fit.CALL_FIRST) else "not shown"
            yield f"{service.key:26} {seen:11} {service.responsible:14} {_why(service, today)}"
    shown = sum(service.fit(today) in (Fit.SHOWN, Fit.CALL_FIRST) for service in directory.services)
    counts = f"{shown} shown, {len(overdue)} overdue, {len(never)} never confirmed"
    yield f"{len(directory.services)} records: {counts}."


def _why(service: Service, today: date) -> str:
    fit = service.fit(today)
    if fit in (Fit.CALL_FIRST, Fit.STALE):
        return f"overdue since {service.review_on}"
    if fit is not Fit.SHOWN:
        return fit.value
    return f"its date is ahead: {service.known_on}" if _is_ahead(service, today) else "never confirmed"


def _is_ahead(service: Service, today: date) -> bool:
    """Whether it was confirmed on a day that is still to come: most likely a slip of the pen."""
    return service.known_on is not None and service.known_on > today


def _told(change: DirectoryChange, member: Member | None) -> str:
    moment = f"{change.at.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}"
    changed = directory_fields.differences(change.fields)
    fields = ", ".join(f"{one.name}: {_brief(one.old)} -> {_brief(one.new)}" for one in changed)
    return f"{moment}  {change.change:10} {member.name if member else 'somebody who left'}  {fields}".rstrip()


def _brief(written: object) -> str:
    """What the file would say of a field, on one line."""
    match written:
        case {"number": number, **rest}:
            remark = rest.get("description")
            return f"{number} ({remark})" if remark else str(number)
        case {"byday": [*days], "opens_at": opens, "closes_at": closes, **rest}:
            limits = " ".join(f"{name}={value}" for name, value in rest.items() if value)
            return f"{' '.join(map(str, days))} {opens}-{closes} {limits}".rstrip()
        case list():
            return f"[{', '.join(_brief(one) for one in written)}]"
        case _:
            return " ".join(str(written).split())


def _directory(settings: Settings) -> Directory:
    """The file, with what the team has said since."""
    from bot.live_directory import DirectoryFile
    from bot.start import read_content
    from bot.words import Words

    organisation = load_organisation(settings.directory, settings.organisation)
    words = Words(read_content(settings.flows, organisation), organisation.wijk_names())
    written = DirectoryFile(settings.directory, settings.organisation, words).read()
    database = installation.open_database(settings)
    with database.reading() as session:
        found = directory_changes.with_changes(written, directory_changes.history(session))
    database.close()
    return found
