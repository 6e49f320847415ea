"""Cijfers: all figures over a period, of one wijk or of all, with their definitions; also as files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from actions import export, small_numbers, statistics, statistics_now, statistics_talks
from actions.figures import Cell, Period, Table
from actions.roles import RIGHTS, Right
from actions.small_numbers import WEEK
from dashboard.pages import funnel, given
from dashboard.visit import File, GivenWrong, Nowhere, Page, Shown, Visit

USUAL = 8 * WEEK
"""The period when none was chosen, up to the last week that may be told."""
LONGEST = timedelta(days=2 * 366)
WITH_NAMES = {statistics_now.LOAD.key}
"""What has names of the team in it; readers are not shown it."""
MOST_ROWS = 12
"""A longer table is folded."""
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Chosen:
    """What figures somebody wants."""

    period: Period
    wijk: str | None

    @property
    def last(self) -> date:
        """The last day, included, as people say it."""
        return self.period.until - timedelta(days=1)

    @property
    def query(self) -> str:
        """The same choice, in an address."""
        return urlencode({"van": self.period.first, "tot": self.last, "wijk": self.wijk or ""})


@dataclass(frozen=True)
class Drawn:
    """A table and, of each row, how long its bar is, of 100; None where there is nothing to draw."""

    table: Table
    bars: tuple[int | None, ...]
    column: int | None
    """Of which column the bars are."""
    paths: tuple[funnel.Path, ...] = ()
    """The picture of where residents stop, for that figure."""

    @property
    def is_long(self) -> bool:
        return len(self.table.rows) > MOST_ROWS


def show(visit: Visit) -> Shown:
    """The figures; what was chosen wrongly is said, and the usual period shown."""
    wrong = ""
    try:
        chosen = _chosen(visit)
    except GivenWrong as error:
        wrong, chosen = str(error), _usual(visit)
    drawn = [draw(table, visit.site.names.flow("menu")) for table in _tables(visit, chosen)]
    values = {
        "drawn": [one for one in drawn if one.table.rows],
        "empty": [one.table for one in drawn if not one.table.rows],
        "chosen": chosen,
        "counted": small_numbers.whole_weeks(chosen.period, visit.now),
        "given": visit.given if wrong else {"van": chosen.period.first, "tot": chosen.last},
        "wrong": wrong,
    }
    return Shown("figures.html", values, 422 if wrong else 200)


def workbook(visit: Visit) -> File:
    """All figures in one file for a spreadsheet."""
    chosen = _chosen(visit)
    return File(export.as_workbook(_tables(visit, chosen), chosen.period), WORKBOOK, "cijfers.xlsx")


def one_table(visit: Visit) -> File:
    """One figure; raises `Nowhere` when there is none with that key."""
    key, chosen = visit.path["key"], _chosen(visit)
    found = next((table for table in _tables(visit, chosen) if table.key == key), None)
    if found is None:
        raise Nowhere
    return File(export.as_csv(found), CSV, f"{found.key}.csv")


def draw(table: Table, menu: str = "") -> Drawn:
    """Bars for the first column with at least two numbers; where residents stop has a picture of its own.

    `menu` is what the flow with the menu is called in it.
    """
    if table.key == statistics_talks.FUNNEL.key:
        return Drawn(table, (None,) * len(table.rows), None, tuple(funnel.paths(table, menu)))
    columns = range(1, len(table.columns))
    column = next((one for one in columns if sum(_is_number(row[one]) for row in table.rows) > 1), None)
    if column is None:
        return Drawn(table, (None,) * len(table.rows), None)
    cells = [row[column] for row in table.rows]
    most = max((cell for cell in cells if _is_number(cell) and isinstance(cell, int | float)), default=0)
    return Drawn(table, tuple(_length(cell, most) for cell in cells), column)


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float)


def _length(cell: Cell, most: float) -> int | None:
    return round(100 * cell / most) if isinstance(cell, int | float) and most > 0 else None


def _tables(visit: Visit, chosen: Chosen) -> list[Table]:
    found = statistics.tables(visit.session, visit.now, chosen.period, chosen.wijk, visit.site.names)
    names = visit.member.role in RIGHTS[Right.NAMES_IN_FIGURES]
    return [one for one in found if names or one.key not in WITH_NAMES]


def _usual(visit: Visit) -> Chosen:
    until = small_numbers.settled_until(visit.now)
    return Chosen(Period(until - USUAL, until), None)


def _chosen(visit: Visit) -> Chosen:
    """Raises `GivenWrong`."""
    wijken: Mapping[str, str] = visit.site.organisation.wijk_names()
    usual = _usual(visit)
    wijk = given.chosen(visit.given, "wijk", wijken, "no_such_wijk")
    first = given.day(visit.given, "van", "no_such_day") or usual.period.first
    last = given.day(visit.given, "tot", "no_such_day") or usual.last
    if last < first:
        raise GivenWrong("end_before_begin")
    if last - first > LONGEST or last == date.max:
        raise GivenWrong("period_too_long")
    return Chosen(Period(first, last + timedelta(days=1)), wijk)


PAGE = Page(
    "cijfers",
    show,
    files={"/cijfers.xlsx": workbook, "/cijfers/{key}.csv": one_table},
)
