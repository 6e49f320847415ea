"""Whatever is typed where something is read out of it: it is read, or it is not, and it never breaks."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from stdnum import luhn
from stdnum.nl import bsn

from actions import calendar_files, export, sign_in, sources, team
from actions.calendar_files import CalendarWords
from actions.figures import Column, Hidden, Period, Table
from actions.opening_hours import AMSTERDAM
from actions.sign_in import LinkRefused
from actions.team import JoinRefused
from actions.team_settings import SettingRefused, in_notation, read_hours
from actions.telephone import national
from actions.time_wishes import TimeWish
from bot.dialogue.content import Content
from bot.telegram.receive import clean
from bot.understanding import answers, moments
from bot.understanding.addresses import street_address
from bot.understanding.masking import MASK, mask
from bot.understanding.places import without_places
from bot.understanding.safety import SafetyPhrases
from bot.understanding.traces import without_traces
from dashboard.pages import given as form
from dashboard.visit import GivenWrong
from store.database import Database
from store.tables import Person
from tests.fuzz.cases import cases
from tests.fuzz.shapes import NASTY, WORDS, anything, texts
from tests.store.shared import empty
from tests.talks import START

TODAY = date(2026, 11, 23)
typed = texts.map(clean)
"""As it comes past the edge: without halves of characters."""
separators = st.sampled_from(["", " ", ".", "-", "\u00a0", " - "])
gaps = st.sampled_from([" ", ", ", ": ", "\n", " is ", ""])


# --- numbers that nobody should type ----------------------------------------------------------------------------


def _elevenproof(number: int) -> str:
    """The BSN that begins with these eight figures, or with the first after them that can be one."""
    return next(
        one for first in range(number, number + 99) for last in range(10) if bsn.is_valid(one := f"{first}{last}")
    )


secrets = st.one_of(
    st.integers(10_000_000, 99_999_000).map(_elevenproof),
    st.integers(0, 10**12).map(lambda tail: luhn_card(f"4{tail:014d}")),
)


def luhn_card(number: str) -> str:
    return number + str(luhn.calc_check_digit(number))


@cases("masking: a BSN or card number somewhere in a text", 1400, "it is not there afterwards")
@given(typed.map(lambda text: re.sub(r"\d", "", text)), secrets, separators, gaps)
def test_a_secret_number_is_gone_wherever_it_stands(around: str, secret: str, between: str, gap: str) -> None:
    size = 4 if len(secret) == 16 else 3
    written = between.join(secret[at : at + size] for at in range(0, len(secret), size))
    masked, was = mask(f"{around[:60]}{gap} {written} {gap}{around[60:120]}")
    assert was and MASK in masked
    assert secret not in re.sub(r"\D", "", masked)


@cases("masking: any text", 1500, "it does not break; masking twice changes nothing more")
@given(typed)
def test_masking_takes_any_text_and_is_done_at_once(text: str) -> None:
    masked, was = mask(text)
    assert was == (masked != text)
    assert mask(masked)[0] == masked


@cases("masking of traces: any text", 300, "it does not break; masking twice changes nothing more")
@given(typed)
def test_masking_of_traces_takes_any_text(text: str) -> None:
    assert without_traces(without_traces(text)) == without_traces(text)
    without_places(text)


# --- telephone numbers, addresses -------------------------------------------------------------------------------

telephones = st.one_of(typed, st.text("0123456789+-() .", max_size=24), st.text("٠١٢３４５0123456789+", max_size=20))


@cases("telephone numbers", 1600, "read as one that can be called, or not at all; reading it again gives the same")
@given(telephones)
def test_a_telephone_number_is_read_or_not(text: str) -> None:
    found, abroad = national(text), answers.phone_number(text)
    assert found is None or national(found) == found
    assert abroad is None or answers.phone_number(abroad) == abroad


@cases("addresses", 1300, "read as one line of at most 120 characters, or not at all")
@given(st.one_of(typed, st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)))
def test_an_address_is_read_or_not(text: str) -> None:
    found = street_address(text)
    assert found is None or (len(found) <= 120 and "\n" not in found)


# --- moments and hours ------------------------------------------------------------------------------------------

TIME_WORDS = [
    "ma",
    "di",
    "wo",
    "do",
    "vr",
    "za",
    "zo",
    "maandag",
    "dinsdag",
    "woensdag",
    "donderdag",
    "vrijdag",
    "zaterdag",
    "zondag",
    "morgen",
    "overmorgen",
    "vandaag",
    "week",
    "volgende",
    "deze",
    "over",
    "2",
    "3",
    "14",
    "25",
    "31",
    "32",
    "99",
    "0",
    "weken",
    "dagen",
    "na",
    "voor",
    "tussen",
    "tot",
    "en",
    "of",
    "niet",
    "liever",
    "geen",
    "kan",
    "om",
    "half",
    "kwart",
    "uur",
    "12:30",
    "24:00",
    "25:99",
    "9",
    "'s",
    "ochtends",
    "middags",
    "avonds",
    "'s-nachts",
    "weekend",
    "november",
    "februari",
    "29",
    "2028",
    "2100",
    "1/2",
    "30-2",
    "eerder",
    "later",
    "rond",
    "vanaf",
    "maakt",
    "uit",
    "snel",
    "zo",
    "mogelijk",
    "?",
    "!",
    ",",
    ".",
    "-",
    "–",
]
times = st.lists(st.sampled_from(TIME_WORDS), max_size=9).map(" ".join)
days = st.dates(date(2026, 1, 1), date(2032, 12, 31))


@cases("moments and wishes for a time", 1600, "a wish that can be asked for free times, or nothing")
@given(st.one_of(times, typed), days)
def test_a_moment_is_read_or_not(text: str, today: date) -> None:
    wish = moments.read(text, today)
    if wish is not None:
        wish.fits(START)
        assert isinstance(wish.refined(TimeWish(frozenset({1}))), TimeWish)
    offered = [datetime(today.year, today.month, today.day, hour, tzinfo=AMSTERDAM) for hour in (9, 14)]
    chosen = moments.choice([*offered, offered[0] + timedelta(days=1)], text, today)
    assert chosen is None or chosen in range(3)
    moments.says_nothing_else(text, today)


HOUR_WORDS = [
    "ma",
    "di",
    "wo",
    "do",
    "vr",
    "za",
    "zo",
    "maandag",
    "t/m",
    "tot",
    "en",
    ",",
    ";",
    "-",
    "–",
    "9",
    "12",
    "24",
    "25",
    "9:30",
    "12.30",
    "0:00",
    "24:00",
    "99:99",
    "٣",
    "²",
    "uur",
    "van",
    "\n",
]
hours = st.lists(st.sampled_from(HOUR_WORDS), max_size=10).map(" ".join)


@cases("the notation of hours", 1600, "read, and written again the same; or refused with an example")
@given(st.one_of(hours, hours.map(lambda one: one.replace(" ", "")), typed))
def test_hours_are_read_or_refused(notation: str) -> None:
    try:
        found = read_hours(notation)
    except SettingRefused:
        return
    assert read_hours(in_notation(found)) == found
    assert all(0 <= one["opens"] < one["closes"] <= 24 * 60 for one in found)


# --- what is typed as an answer, and words about danger -----------------------------------------------------------


@cases("typed answers", 900, "one of the values of the question, or none")
@given(st.data())
def test_a_typed_answer_is_a_value_or_nothing(content: Content, data: st.DataObject) -> None:
    slot = data.draw(st.sampled_from(_asked(content)))
    text = data.draw(st.one_of(typed, st.sampled_from(_labels(content))))
    found = answers.typed(content, "nl", slot, {}, text)
    assert found is None or found in content.slots[slot].values


@cache
def _slots_and_labels() -> dict[str, Any]:
    return {}


def _asked(content: Content) -> list[str]:
    known = _slots_and_labels()
    if "slots" not in known:
        known["slots"] = [name for name in sorted(content.slots) if content.knows(f"utter_ask_{name}")]
    return known["slots"]


def _labels(content: Content) -> list[str]:
    known = _slots_and_labels()
    if "labels" not in known:
        found = (content.response(f"utter_ask_{name}") for name in _asked(content))
        known["labels"] = sorted({one.title for each in found for variant in each.variants for one in variant.options})
    return known["labels"]


@cases("words about danger", 400, "searched in any text without breaking")
@given(typed)
def test_danger_is_looked_for_in_any_text(phrases: SafetyPhrases, text: str) -> None:
    phrases.find(text)


# --- buttons, links and tokens ----------------------------------------------------------------------------------

button_data = st.one_of(
    typed,
    st.from_regex(r"\Aq[0-9]{0,12}:.{0,60}", alphabet=st.characters(exclude_categories=("Cs",))),
    st.from_regex(r"\Af:[a-z_]{0,31}:[a-z0-9_]{0,21}\Z"),
)


@cases("data of buttons taken apart", 800, "a number that fits and a value, or nothing")
@given(button_data)
def test_button_data_is_taken_apart_or_not(data: str) -> None:
    found = answers.pressed(data)
    assert found is None or 0 <= found.number < 10**9
    answers.followed_up(data)


payloads = st.one_of(texts, st.text("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghij0123456789_-", max_size=64))


@pytest.fixture(scope="module")
def known_people(shared_sqlite: Database) -> Iterator[Database]:
    empty(shared_sqlite)
    with shared_sqlite.transaction() as session:
        session.add(Person(chat_id=1, first_name="Voorbeeld", created_at=START))
    yield shared_sqlite


@cases("tokens: start links, sign-in links, sessions, calendars, posters", 500, "none that was made up lets anybody in")
@given(payloads)
def test_no_token_that_was_made_up_lets_in(known_people: Database, token: str) -> None:
    token = clean(token)
    with known_people.reading() as session:
        someone = session.query(Person).one()
        assert isinstance(team.join(session, START, someone, f"{team.LINK_PREFIX}{token}"), JoinRefused)
        assert isinstance(sign_in.sign_in(session, START, token), LinkRefused)
        assert sign_in.current(session, START, token) is None
        assert calendar_files.feed(session, START, token, CalendarWords(str, "")) is None
        assert sources.find(session, token) is None


# --- what goes out as files ---------------------------------------------------------------------------------------

cells = st.one_of(
    texts.map(clean), st.just(Hidden.SMALL), st.none(), st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9)
)
tables = st.builds(
    Table,
    st.just("voorbeeld"),
    st.sampled_from([*(one for one in NASTY if clean(one) == one), "Gesprekken"]),
    typed,
    st.just((Column("=naam"), Column("aantal", "@uur"))),
    st.lists(st.tuples(cells, cells), max_size=4).map(tuple),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@cases("figures as a file for a spreadsheet (CSV)", 900, "no cell that a spreadsheet takes for a formula")
@given(tables)
def test_no_cell_of_a_csv_is_a_formula(table: Table) -> None:
    rows = list(csv.reader(io.StringIO(export.as_csv(table).decode("utf-8-sig"), newline=""), delimiter=";"))
    words = [cell for row in rows for cell in row if not re.fullmatch(r"-?[\d,]+(?:e[+-]?\d+)?", cell)]
    assert not [cell for cell in words if cell.startswith(FORMULA)]


@cases("figures as a workbook (XLSX)", 50, "it opens, and no cell is a formula")
@given(tables)
def test_no_cell_of_a_workbook_is_a_formula(table: Table) -> None:
    made = export.as_workbook([table, table], Period(TODAY, TODAY + timedelta(days=7)))
    export.as_json([table], Period(TODAY, TODAY + timedelta(days=7)))
    book = load_workbook(io.BytesIO(made))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


# --- fields of forms ----------------------------------------------------------------------------------------------


@cases("numbers and days of forms", 900, "read, or refused with a sentence")
@given(st.one_of(typed, st.integers().map(str), anything.map(str), days.map(str)))
def test_a_field_is_read_or_refused(written: str) -> None:
    fields = {"field": written}
    for read in (form.number, form.day):
        try:
            found = read(fields, "field", "wrong")
        except GivenWrong:
            continue
        assert found is None or isinstance(found, int | date)
