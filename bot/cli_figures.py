"""`wijkwijzer figures`: what coordinators see on the web page, as text; and the page with the definitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from actions import small_numbers, statistics, weeks
from actions.directory import load_organisation
from actions.figures import HIDDEN_WORDS, Cell, Column, Hidden, Period, Table
from actions.statistics_names import read_names
from bot import installation
from bot.drawing.page_parts import bring_up_to_date
from store.clock import Clock
from store.settings import ROOT, Settings

app = typer.Typer(invoke_without_command=True)
PAGE = ROOT / "docs" / "figures.md"
FOUR_WEEKS = timedelta(weeks=4)


@app.callback()
def figures(
    context: typer.Context,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day; default four weeks.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="The first day after it.")
    ] = None,
    wijk: Annotated[str, typer.Option(help="Key of a wijk, as in the directory; without it all together.")] = "",
) -> None:
    """Show all figures over the whole weeks of a period, as on the web page."""
    if context.invoked_subcommand is None:
        settings = installation.read_settings()
        now = Clock(settings.clock_file).now()
        end = until.date() if until else small_numbers.settled_until(now)
        asked = Period(first.date() if first else end - FOUR_WEEKS, end)
        _refuse_nonsense(settings, asked, wijk)
        _show(settings, now, asked, wijk or None)


@app.command("write")
def figures_write(
    page: Annotated[Path, typer.Option(exists=True, help="The page with the definitions.")] = PAGE,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; say whether it is out of date.")] = False,
) -> None:
    """Bring the definitions in docs/figures.md up to date; the rest of it stays."""
    bring_up_to_date(page, "definitions", definitions(), "figures write", check=check)


def definitions() -> Iterator[str]:
    """The table of all figures: name, definition and columns, in the order in which they are shown."""
    yield "| figure | definition | columns |"
    yield "|---|---|---|"
    for one in statistics.DEFINED:
        yield f"| {one.title} (`{one.key}`) | {one.definition} | {' · '.join(map(_head, one.columns))} |"


def _refuse_nonsense(settings: Settings, asked: Period, wijk: str) -> None:
    names = load_organisation(settings.directory, settings.organisation).wijk_names()
    if wijk and wijk not in names:
        raise typer.BadParameter(f"--wijk must be one of: {', '.join(names)}")
    if asked.until <= asked.first:
        raise typer.BadParameter("--until must be later than --from.")


def _show(settings: Settings, now: datetime, asked: Period, wijk: str | None) -> None:
    database = installation.open_database(settings)
    with database.transaction() as session:
        weeks.settle(session, now)
        found = statistics.tables(session, now, asked, wijk, read_names(settings.flows))
    database.close()
    counted = small_numbers.whole_weeks(asked, now)
    typer.echo(f"From Monday {counted.first} until Monday {counted.until}, {wijk or 'all wijken'}.")
    for line in (line for table in found for line in _lines(table)):
        typer.echo(line)


def _lines(table: Table) -> Iterator[str]:
    """The title, the definition, and the rows in columns that fit."""
    rows: Sequence[Sequence[str]] = [list(map(_head, table.columns)), *(list(map(_word, row)) for row in table.rows)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(table.columns))]
    yield from ("", table.title, f"  {table.definition}", "")
    for row in rows if table.rows else ():
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    if not table.rows:
        yield "  (nothing that can be shown)"


def _head(column: Column) -> str:
    return f"{column.name} ({column.unit})" if column.unit else column.name


def _word(cell: Cell) -> str:
    if isinstance(cell, Hidden):
        return HIDDEN_WORDS
    return "-" if cell is None else str(cell)
