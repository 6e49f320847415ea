"""`wijkwijzer figures-export` and `directory export`: files that can be read back, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from actions.statistics import DEFINED
from store import encryption
from store.database import Database
from store.tables import Event
from tests.actions.people import moment
from tests.bot.test_cli import House

WEEK = ("--from", "2026-11-09", "--until", "2026-11-16")
TITLES = {table.key: table.title for table in DEFINED}
TALKS = [["Smitsveen", 6], ["De Eng", 5]]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """In one week 6 talks in Smitsveen, 5 in De Eng and 4 in Soesterberg; nobody counted them yet."""
    before = encryption._keys
    found = House(tmp_path, monkeypatch)
    (tmp_path / "clock").write_text("2026-11-23T12:00:00+01:00", encoding="utf-8")
    found.sets(CLOCK_FILE=str(tmp_path / "clock"))
    found.says("db", "upgrade")
    database = Database(found.url)
    with database.transaction() as session:
        for wijk, count in {"smitsveen": 6, "de_eng": 5, "soesterberg": 4}.items():
            at = moment("2026-11-10 12:00")
            session.add_all(Event(at=at, name="talk_started", wijk=wijk, first=True) for _ in range(count))
    database.close()
    yield found
    encryption._keys = before


def export(house: House, name: str, *more: str) -> Path:
    file = house.folder / name
    printed = house.says("figures-export", str(file), *WEEK, *more).split()
    assert str(file) in printed or name.endswith(".csv")
    return file


def talks_in(file: Path) -> list[list[Any]]:
    """The rows of the figure about talks, without the heading."""
    if file.suffix == ".json":
        figures = json.loads(file.read_text(encoding="utf-8"))["figures"]
        return next(one["rows"] for one in figures if one["key"] == "talks")
    if file.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(file)[TITLES["talks"]]
        return [[cell.value for cell in row] for row in sheet][1:]
    text = file.with_stem(f"{file.stem}-talks").read_text(encoding="utf-8-sig")
    return [[name, int(count)] for name, count in list(csv.reader(io.StringIO(text), delimiter=";"))[1:]]


@pytest.mark.parametrize("kind", ["json", "xlsx", "csv"])
def test_the_same_figures_stand_in_every_kind_of_file(house: House, kind: str) -> None:
    assert talks_in(export(house, f"cijfers.{kind}")) == TALKS


def test_of_one_wijk_only_its_figures_are_written(house: House) -> None:
    assert talks_in(export(house, "eng.json", "--wijk", "de_eng")) == [["De Eng", 5]]


def test_a_number_under_five_stands_nowhere_in_any_file(house: House) -> None:
    """Nobody is told that there was anybody in Soesterberg."""
    for kind in ("json", "xlsx", "csv"):
        export(house, f"cijfers.{kind}")
    with zipfile.ZipFile(house.folder / "cijfers.xlsx") as book:
        parts = [book.read(name) for name in book.namelist()]
    files = [one.read_bytes() for one in house.folder.iterdir() if one.suffix in (".json", ".csv")]
    assert len(files) == 1 + len(DEFINED)
    assert any(b"Smitsveen" in one for one in parts) and any(b"Smitsveen" in one for one in files)
    assert not any(b"Soesterberg" in one for one in (*parts, *files))


def test_all_figures_are_in_it_and_it_says_which_weeks_were_counted(house: House) -> None:
    file = house.folder / "cijfers.xlsx"
    house.says("figures-export", str(file), "--from", "2026-11-05", "--until", "2026-12-01")
    book = openpyxl.load_workbook(file)
    assert len(book.sheetnames) == 1 + len(DEFINED)
    assert book["Uitleg"]["B1"].value == "09-11-2026 tot en met 15-11-2026"


REFUSED = {
    "another kind of file": (("cijfers.pdf", *WEEK), "must end in one of: .xlsx, .csv, .json"),
    "an unknown wijk": (("a.json", *WEEK, "--wijk", "elders"), "--wijk must be one of: smitsveen, de_eng, soesterberg"),
    "an end before the beginning": (
        ("a.json", "--from", "2026-11-16", "--until", "2026-11-16"),
        "--until must be later than --from.",
    ),
    "no whole week": (
        ("a.json", "--from", "2026-11-10", "--until", "2026-11-16"),
        "Figures are of whole weeks, Monday to Monday, and now go until 2026-11-16.",
    ),
    "weeks that may not be told yet": (
        ("a.json", "--from", "2026-11-16", "--until", "2026-11-23"),
        "Figures are of whole weeks, Monday to Monday, and now go until 2026-11-16.",
    ),
    "a folder that is not there": (("nowhere/a.json", *WEEK), "cannot be written: No such file or directory."),
}


@pytest.mark.parametrize(("command", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_exported_is_said_in_a_line(house: House, command: tuple[str, ...], why: str) -> None:
    assert why in house.refuses("figures-export", *command)


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "16-11-2026", ""])
def test_what_is_no_day_is_refused(house: House, day: str) -> None:
    assert house.run("figures-export", "a.json", "--from", day, "--until", "2026-11-16").exit_code == 2


def test_twenty_years_are_no_trouble(house: House) -> None:
    file = house.folder / "alles.json"
    house.says("figures-export", str(file), "--from", "2006-11-13", "--until", "2026-11-16")
    assert talks_in(file) == TALKS


def test_the_directory_is_written_as_open_data(house: House) -> None:
    file = house.folder / "open.json"
    assert house.says("directory", "export", str(file)).strip() == str(file)
    told = json.loads(file.read_text(encoding="utf-8"))
    assert {"112", "0800-2000"} <= {phone["number"] for one in told["contents"] for phone in one.get("phones", ())}


def test_a_directory_that_cannot_be_written_is_said_in_a_line(house: House) -> None:
    assert "cannot be written" in house.refuses("directory", "export", "nowhere/open.json")
