"""`wijkwijzer figures-export`: the figures of a period as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from actions import small_numbers, statistics, weeks
from actions.directory import load_organisation
from actions.figures import Period, Table
from actions.statistics_names import read_names
from bot import installation
from store.clock import Clock
from store.settings import Settings

KINDS = (".xlsx", ".csv", ".json")


class ExportRefused(ValueError):
    """There is no such export; the message says what to do."""


def figures_export(
    file: Annotated[Path, typer.Argument(help="Ends in .xlsx, .csv (a file for each figure) or .json.")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    until: Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The first day after it.")],
    wijk: Annotated[str, typer.Option(help="Key of a wijk, as in the directory; without it all together.")] = "",
) -> None:
    """Write all figures of the whole weeks in a period, as the web page shows them: small numbers are hidden."""
    settings = installation.read_settings()
    now = Clock(settings.clock_file).now()
    period = _counted(Period(first.date(), until.date()), now)
    if file.suffix not in KINDS:
        raise ExportRefused(f"{file} must end in one of: {', '.join(KINDS)}")
    wijken = load_organisation(settings.directory, settings.organisation).wijk_names()
    if wijk and wijk not in wijken:
        raise ExportRefused(f"--wijk must be one of: {', '.join(wijken)}")
    files = _files(file, _tables(settings, now, period, wijk or None), period)
    write_files(files)
    for written in files:
        typer.echo(written)


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write them; raises `ExportRefused` when that cannot be done."""
    try:
        for path, content in files.items():
            path.write_bytes(content)
    except OSError as wrong:
        raise ExportRefused(f"{wrong.filename} cannot be written: {wrong.strerror}. Choose another place.") from wrong


def _counted(asked: Period, now: datetime) -> Period:
    """The whole weeks that are told; raises `ExportRefused` when there are none."""
    if asked.until <= asked.first:
        raise ExportRefused("--until must be later than --from.")
    counted = small_numbers.whole_weeks(asked, now)
    if counted.until <= counted.first:
        last = f"{small_numbers.settled_until(now):%Y-%m-%d}"
        raise ExportRefused(
            f"Figures are of whole weeks, Monday to Monday, and now go until {last}. Ask for a longer time."
        )
    return counted


def _tables(settings: Settings, now: datetime, period: Period, wijk: str | None) -> list[Table]:
    database = installation.open_database(settings)
    with database.transaction() as session:
        weeks.settle(session, now)
        found = statistics.tables(session, now, period, wijk, read_names(settings.flows))
    database.close()
    return found


def _files(file: Path, tables: Sequence[Table], period: Period) -> Mapping[Path, bytes]:
    """What is to be written, by where."""
    from actions import export  # openpyxl takes a while to load, and the other commands do without

    match file.suffix:
        case ".csv":
            return {file.with_stem(f"{file.stem}-{table.key}"): export.as_csv(table) for table in tables}
        case ".json":
            return {file: export.as_json(tables, period)}
        case _:
            return {file: export.as_workbook(tables, period)}
