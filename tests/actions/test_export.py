"""Figures as files: read back by those who read such files, formulas made harmless, hidden numbers nowhere in them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest

from actions.export import EXPLANATION, as_csv, as_json, as_workbook
from actions.figures import Cell, Column, Hidden, Period, Table

WEEK = Period(date(2026, 11, 16), date(2026, 11, 23))
TALKS = Table(
    "talks",
    "Gesprekken per wijk",
    "Hoeveel gesprekken er begonnen.",
    (Column("Wijk"), Column("Gesprekken"), Column("Wachttijd", "uren"), Column("Beste")),
    (("Smitsveen", 41, 2.5, None), ('De Eng; "oud"', Hidden.SMALL, Hidden.SMALL, "é\nè"), ("Soesterberg", 0, 7, "ok")),
)
HARMLESS = {
    "=1+1": "'=1+1",
    "+31": "'+31",
    "-2": "'-2",
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1": "'\t=1",
    "\r=1": "'\r=1",
    "\n=1": "'\n=1",
    "1=1": "1=1",
    "": "",
}


def table_of(cell: Cell) -> Table:
    return Table("one", "Een getal", "Wat het is.", (Column("Naam"),), ((cell,),))


def read_csv(table: Table) -> list[list[str]]:
    text = as_csv(table).decode("utf-8")
    assert text.startswith("\ufeff"), "without it Excel takes é for two signs"
    return list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))


def read_book(*tables: Table) -> Any:
    return openpyxl.load_workbook(io.BytesIO(as_workbook(tables, WEEK)))


def rows_of(sheet: Any) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in sheet]


def test_a_csv_is_read_back_with_quotes_lines_and_decimal_commas() -> None:
    assert read_csv(TALKS) == [
        ["Wijk", "Gesprekken", "Wachttijd (uren)", "Beste"],
        ["Smitsveen", "41", "2,5", ""],
        ['De Eng; "oud"', "<5", "<5", "é\nè"],
        ["Soesterberg", "0", "7", "ok"],
    ]


def test_a_workbook_has_a_sheet_for_each_figure_and_one_that_explains_them() -> None:
    other = replace(TALKS, key="other", title="Iets anders")
    book = read_book(TALKS, other)
    assert book.sheetnames == [EXPLANATION, TALKS.title, other.title]
    explained = rows_of(book[EXPLANATION])
    assert explained[0] == ("Periode", "16-11-2026 tot en met 22-11-2026")
    assert explained[2:] == [(one.title, one.definition) for one in (TALKS, other)]
    assert rows_of(book[TALKS.title]) == [
        ("Wijk", "Gesprekken", "Wachttijd (uren)", "Beste"),
        ("Smitsveen", 41, 2.5, None),
        ('De Eng; "oud"', "<5", "<5", "é\nè"),
        ("Soesterberg", 0, 7, "ok"),
    ]


def test_what_stands_for_a_hidden_number_is_explained() -> None:
    assert rows_of(read_book(TALKS)[EXPLANATION])[1][0] == "<5"


def test_a_figure_without_rows_is_a_file_all_the_same() -> None:
    empty = replace(TALKS, rows=())
    assert len(read_csv(empty)) == 1
    assert len(rows_of(read_book(empty)[TALKS.title])) == 1
    assert rows_of(read_book()[EXPLANATION])[0][0] == "Periode"


@pytest.mark.parametrize(("given", "written"), HARMLESS.items())
def test_a_formula_in_a_cell_is_harmless_in_a_csv(given: str, written: str) -> None:
    assert (read_csv(table_of(given))[1] or [""]) == [written]


@pytest.mark.parametrize(("given", "written"), HARMLESS.items())
def test_a_formula_in_a_cell_is_harmless_in_a_workbook(given: str, written: str) -> None:
    cell = read_book(table_of(given))["Een getal"]["A2"]
    assert cell.data_type != "f"
    assert (cell.value or "").replace("\r", "\n") == written.replace("\r", "\n")


def test_a_formula_in_a_title_a_definition_or_a_heading_is_harmless() -> None:
    evil = Table("one", "=1+1", "=2+2", (Column("=3+3", "@x"),), ())
    book = read_book(evil)
    assert "'=2+2" in [cell for row in rows_of(book[EXPLANATION]) for cell in row]
    assert not any(cell.data_type == "f" for sheet in book for row in sheet for cell in row)
    assert read_csv(evil) == [["'=3+3 (@x)"]]


def test_a_negative_number_stays_a_number() -> None:
    assert read_csv(table_of(-2)) == [["Naam"], ["-2"]]
    assert read_book(table_of(-2))["Een getal"]["A2"].value == -2


def test_signs_that_a_workbook_cannot_hold_are_left_out() -> None:
    assert read_book(table_of("a\x00\x0bb"))["Een getal"]["A2"].value == "ab"
    assert read_book(table_of("\x00=1"))["Een getal"]["A2"].value == "'=1"


TITLES = {
    "what Excel forbids": "Per [wijk]: a/b\\c*?'",
    "very long": "Hoeveel werkuren het duurt voordat iemand een mens spreekt",
}


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_each_sheet_has_a_name_that_excel_takes(title: str) -> None:
    names = read_book(*(replace(TALKS, title=title) for _ in range(12))).sheetnames
    assert len({name.casefold() for name in names}) == 13
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)


def test_a_program_reads_the_figures_with_their_period() -> None:
    told = json.loads(as_json([TALKS], WEEK))
    assert told["period"] == {"from": "2026-11-16", "until": "2026-11-23"}
    (figure,) = told["figures"]
    assert (figure["key"], figure["title"], figure["definition"]) == (TALKS.key, TALKS.title, TALKS.definition)
    assert figure["columns"][2] == {"name": "Wachttijd", "unit": "uren"}
    assert figure["rows"] == [
        ["Smitsveen", 41, 2.5, None],
        ['De Eng; "oud"', "<5", "<5", "é\nè"],
        ["Soesterberg", 0, 7, "ok"],
    ]


def test_a_program_gets_words_as_they_are() -> None:
    assert json.loads(as_json([table_of("=1+1")], WEEK))["figures"][0]["rows"] == [["=1+1"]]


def test_a_workbook_names_nobody() -> None:
    """`Hidden` holds no number, so none can be written; nor does the file say who made it, or on which machine."""
    with zipfile.ZipFile(io.BytesIO(as_workbook([TALKS], WEEK))) as files:
        parts = {name: files.read(name).decode() for name in files.namelist()}
    assert "Wijkwijzer" in parts["docProps/core.xml"] and "openpyxl" not in parts["docProps/core.xml"]
    assert not any(name.endswith(("comments.xml", "externalLink1.xml")) for name in parts)
