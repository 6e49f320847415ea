"""`wijkwijzer poster`: make posters with a QR code, and see how many people came by each."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from secrets import SystemRandom
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from actions import sources
from actions.directory import load_organisation
from actions.sources import PosterError
from bot import installation
from store.clock import Clock
from store.settings import Settings

app = typer.Typer(invoke_without_command=True)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FEW = 5
"""A smaller number could point to a person."""
_NAME = re.compile(r"@?([A-Za-z][A-Za-z0-9_]{3,31})")


@app.callback()
def poster(
    context: typer.Context,
    wijk: Annotated[str, typer.Option(help="Key of the wijk, as in the directory.")] = "",
    place: Annotated[str, typer.Option(help='Where it will hang, for example "flat Voorbeeld, hal".')] = "",
    to: Annotated[Path, typer.Option(help="Folder for the two files.")] = Path(),
    bot_name: Annotated[str, typer.Option(help="Name of the bot; without it Telegram is asked.")] = "",
    member: Annotated[int | None, typer.Option(help="Whose poster it is: the number from `team list`.")] = None,
) -> None:
    """Make an A4 poster for one place, as PDF and PNG; the wijk of who scans it is then known."""
    if context.invoked_subcommand is None:
        _make(installation.read_settings(), wijk, place, to, bot_name, member)


@app.command("list")
def poster_list() -> None:
    """Show all posters: code, wijk, date, whose, how many people came by them, and place."""
    database = installation.open_database(installation.read_settings())
    with database.reading() as session:
        for found in sources.listed(session):
            row = found.poster
            day = f"{row.created_at.astimezone(AMSTERDAM):%d-%m-%Y}"
            people = str(found.people) if found.people >= FEW else f"fewer than {FEW}"
            whose = f"member {row.member_id}" if row.member_id else "-"
            typer.echo(f"{row.code}  {row.wijk:14} {day}  {whose:10}  {people:12}  {row.place}")
    database.close()


def _make(settings: Settings, wijk: str, place: str, to: Path, bot_name: str, member: int | None) -> None:
    """Store the poster and write its files, both or neither."""
    from bot.poster import sheet, write
    from bot.start import read_content
    from bot.words import Words

    organisation = load_organisation(settings.directory, settings.organisation)
    if wijk not in organisation.wijk_names():
        raise PosterError(f"--wijk must be one of: {', '.join(organisation.wijk_names())}")
    name = _name(settings, bot_name)
    words = Words(read_content(settings.flows, organisation), organisation.wijk_names())
    database = installation.open_database(settings)
    with database.transaction() as session:
        made = sources.make(session, Clock(settings.clock_file).now(), wijk, place, SystemRandom(), member)
        link = sources.link(name, made)
        files = write(sheet(words, wijk, made.code, name, link), to, f"poster-{wijk}-{made.code}")
    database.close()
    typer.echo("\n".join([link, *map(str, files)]))


def _name(settings: Settings, given: str) -> str:
    given = given or settings.telegram_bot_name
    if not given and not settings.telegram_bot_token:
        raise PosterError("What is the bot called? Give --bot-name, or set TELEGRAM_BOT_TOKEN to ask Telegram.")
    name = _NAME.fullmatch(given or asyncio.run(installation.bot_name(settings)))
    if name is None:
        raise PosterError("--bot-name is 4 to 32 letters, figures and _, such as wijkwijzer_bot.")
    return name[1]
