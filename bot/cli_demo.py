"""`wijkwijzer demo-data`: a year to look at, of people that do not exist."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Annotated

import structlog
import typer

from bot import installation
from store.clock import Clock
from store.settings import TELEGRAM


def demo_data(
    residents: Annotated[int, typer.Option(help="How many invented residents come in that year.")] = 400,
    seed: Annotated[int, typer.Option(help="The same number gives the same year.")] = 7,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day on which the year ends; default now.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> None:
    """Fill an empty database with a played year of people that do not exist, to look at the web page.

    Refused where there is anything else. Nobody of it can be sent anything. Takes the place of demo data before.
    """
    from bot import demo_data

    settings = installation.read_settings()
    now = Clock(settings.clock_file).now()
    ends = until.replace(hour=12, tzinfo=now.tzinfo) if until else now
    if ends > now:
        raise typer.BadParameter("--until must not be later than today.")
    database = installation.open_database(settings)
    demo_data.check(settings, database)
    if settings.telegram_api_url == TELEGRAM:
        typer.echo("TELEGRAM_API_URL is Telegram's own: use this database only to look at, never for residents.")
    if not yes:
        typer.confirm(f"Fill {database.engine.url.render_as_string()} with {residents} invented residents?", abort=True)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    demo_data.make(settings, database, ends, residents=residents, seed=seed, tell=typer.echo)
    database.close()
    typer.echo("To look at it: `wijkwijzer dashboard link` with the number of Coby from `wijkwijzer team list`.")
