"""Figures as files that go on in a spreadsheet or a program.

What is hidden on a page is hidden here by the same words: a number that is not shown stands nowhere in the file.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from actions.figures import HIDDEN_WORDS, Cell, Column, Hidden, Period, Table

SEPARATOR = ";"
"""What Excel expects between cells where numbers have a decimal comma."""
EXPLANATION = "Uitleg"
FEW = "Minder dan 5, of zo weinig dat het getal naar een huishouden zou wijzen."
WIDEST = 60
LONGEST_SHEET_NAME = 28
"""Excel takes 31; openpyxl adds a number to a name that is taken."""
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""OWASP, "CSV Injection"."""
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


def as_csv(table: Table) -> bytes:
    """One figure as Excel in Dutch opens it: UTF-8 with a byte order mark, semicolons, decimal commas."""
    written = io.StringIO(newline="")
    rows = csv.writer(written, delimiter=SEPARATOR)
    rows.writerow(_heading(column) for column in table.columns)
    rows.writerows([_with_comma(cell) for cell in row] for row in table.rows)
    return written.getvalue().encode("utf-8-sig")


def as_workbook(tables: Sequence[Table], period: Period) -> bytes:
    """An Excel file: a sheet that explains what is counted and when, and a sheet for each figure."""
    book = Workbook()
    book.properties.creator = "Wijkwijzer"
    first, explained = book.active, [(_text(one.title), _text(one.definition)) for one in tables]
    first.title = EXPLANATION
    _fill(first, [("Periode", _in_words(period)), (HIDDEN_WORDS, FEW), *explained])
    for table in tables:
        heading = tuple(_heading(column) for column in table.columns)
        sheet = book.create_sheet(_sheet_name(table.title))
        _fill(sheet, [heading, *(tuple(_value(cell) for cell in row) for row in table.rows)])
        sheet.freeze_panes = "A2"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def as_json(tables: Sequence[Table], period: Period) -> bytes:
    """The figures for a program; `until` is not included."""
    between = {"from": period.first.isoformat(), "until": period.until.isoformat()}
    return _json({"period": between, "figures": [_figure(table) for table in tables]})


# --- cells ------------------------------------------------------------------------------------------------------


def _value(cell: Cell) -> int | float | str | None:
    """What may stand in a file: a number, or words that no spreadsheet takes for a formula."""
    if isinstance(cell, Hidden):
        return HIDDEN_WORDS
    return _text(cell) if isinstance(cell, str) else cell


def _text(words: str) -> str:
    """Without signs that XML cannot hold; with an apostrophe before what would be a formula."""
    clean = str(ILLEGAL_CHARACTERS_RE.sub("", words))
    return f"'{clean}" if clean.startswith(_STARTS_FORMULA) else clean


def _with_comma(cell: Cell) -> int | str | None:
    value = _value(cell)
    return str(value).replace(".", ",") if isinstance(value, float) else value


def _heading(column: Column) -> str:
    return _text(f"{column.name} ({column.unit})" if column.unit else column.name)


def _figure(table: Table) -> dict[str, Any]:
    """Not made harmless for spreadsheets: a program gets the words as they are."""
    rows = [[HIDDEN_WORDS if isinstance(cell, Hidden) else cell for cell in row] for row in table.rows]
    columns = [{"name": column.name, "unit": column.unit} for column in table.columns]
    told = {"key": table.key, "title": table.title, "definition": table.definition}
    return {**told, "columns": columns, "rows": rows}


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


# --- the workbook -----------------------------------------------------------------------------------------------


def _fill(sheet: Any, rows: Sequence[Sequence[int | float | str | None]]) -> None:
    """Write the rows, the first one bold, each column as wide as what stands in it."""
    for row in rows:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, column in enumerate(zip(*rows, strict=True), start=1):
        longest = max(len(str(value)) for value in column)
        sheet.column_dimensions[get_column_letter(number)].width = min(longest + 2, WIDEST)
    for cell in (cell for row in sheet for cell in row):
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _sheet_name(title: str) -> str:
    return _NOT_IN_SHEET_NAME.sub(" ", title)[:LONGEST_SHEET_NAME]


def _in_words(period: Period) -> str:
    last = period.until - timedelta(days=1)
    return f"{period.first:%d-%m-%Y} tot en met {last:%d-%m-%Y}"
