"""Typed times: which offered moment a text names; and no text is too strange."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

import pytest
from babel.dates import format_date, format_datetime
from hypothesis import example, given
from hypothesis import strategies as st

from actions.opening_hours import AMSTERDAM
from actions.time_wishes import ALL_DAYS, TimeWish
from bot.understanding.moments import choice, read
from tests.understanding.test_moments import TODAY


def _moment(day: int, month: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=AMSTERDAM)


OFFERED = (_moment(1, 12, 10), _moment(3, 12, 10), _moment(3, 12, 14, 30))
"""A Tuesday, and twice on a Thursday."""


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("dinsdag graag", 0),
        ("die van dinsdag", 0),
        ("doe dinsdag maar", 0),
        ("dinsdag 10 uur", 0),
        ("dinsdag 1 december, 10 uur", 0),
        ("1 december", 0),
        ("dinsdagochtend", 0),
        ("donderdag om half 3", 2),
        ("die van half drie", 2),
        ("14:30", 2),
        ("donderdagmiddag", 2),
        ("donderdag na 12 uur", 2),
        ("donderdag 10 uur", 1),
        ("die van 10 uur", None),
        ("donderdag", None),
        ("10 uur", None),
        ("woensdag", None),
        ("dinsdag 11 uur", None),
        ("dinsdag half 10", None),
        ("dinsdag of woensdag", None),
        ("niet dinsdag", None),
        ("dinsdag niet", None),
        ("dinsdag werk ik", None),
        ("dinsdag, nee dat kan niet", None),
        ("niet op donderdag", None),
        ("na 12 uur", None),
        ("tussen 2 en 4", None),
        ("rond half 3", None),
        ("'s middags", None),
        ("volgende week", None),
        ("maakt niet uit", None),
        ("iets later op dinsdag", None),
        ("1", None),
        ("", None),
    ],
)
def test_a_text_chooses_the_one_moment_that_it_names_by_day_or_hour(text: str, chosen: int | None) -> None:
    assert choice(OFFERED, text, TODAY) == chosen


def test_of_a_single_moment_its_day_chooses_it_but_no_wish_does() -> None:
    assert choice(OFFERED[:1], "dinsdag", TODAY) == 0
    assert choice(OFFERED[:1], "zo snel mogelijk", TODAY) is None


def test_a_weekday_chooses_an_offered_moment_weeks_ahead() -> None:
    assert choice([_moment(22, 12, 9)], "dinsdag is goed", TODAY) == 0


WORDS = [
    "dinsdag",
    "di",
    "morgen",
    "niet",
    "geen",
    "werk",
    "ik",
    "kan",
    "na",
    "voor",
    "tussen",
    "10",
    "6",
    "uur",
    "en",
    "of",
]


WORDS += [
    "half",
    "kwart",
    "'s",
    "ochtends",
    "volgende",
    "week",
    "weken",
    "over",
    "2",
    "24",
    "november",
    "24-11",
    ",",
    ".",
    "maar",
]


WORDS += [
    "wel",
    "liever",
    "vanaf",
    "eind",
    "van",
    "de",
    "weekend",
    "doordeweeks",
    "alleen",
    "behalve",
    "want",
    "tot",
    "om",
    "?",
]


@given(
    st.text() | st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), st.dates(date(2020, 1, 1), date(2090, 1, 1))
)
@example("\u0662\u0664-\u0661\u0661 om \u0661\u0660 uur", TODAY)
@example("7:99 uur", TODAY)
def test_no_text_is_too_strange(text: str, today: date) -> None:
    wish = read(text, today)
    assert choice(OFFERED, text, today) in (None, 0, 1, 2)
    assert wish is None or TimeWish.from_json(wish.as_json()) == wish


MOMENTS = st.builds(
    lambda ahead, quarters: (
        datetime.combine(TODAY + timedelta(ahead), time(8), AMSTERDAM) + timedelta(minutes=15) * quarters
    ),
    st.integers(1, 364),
    st.integers(0, 47),
)


PATTERNS = [
    "EEEE d MMMM 'om' H 'uur'",
    "EEEE d MMMM, H:mm",
    "d MMM H:mm",
    "d-M-yyyy 'om' H:mm",
    "d-M-yyyy 'na' H 'uur'",
    "d MMMM",
    "EEEE d MMMM B",
]


def _spelt(moment: datetime, pattern: str) -> str:
    part = "'s ochtends" if moment.hour < 12 else "'s middags" if moment.hour < 18 else "'s avonds"
    return format_datetime(moment, pattern.replace("B", "@"), tzinfo=None, locale="nl").replace("@", part)


@given(MOMENTS, st.sampled_from(PATTERNS))
def test_a_moment_in_words_is_read_as_a_wish_that_it_fits(moment: datetime, pattern: str) -> None:
    wish = read(_spelt(moment, pattern), TODAY)
    assert wish is not None and wish.fits(moment)


@given(MOMENTS, st.sampled_from(["EEEE d MMMM, H:mm", "d MMMM 'om' H:mm", "EEEE d MMMM H:mm 'uur'"]), st.data())
def test_a_moment_in_words_chooses_itself_among_others(moment: datetime, pattern: str, data: st.DataObject) -> None:
    others = data.draw(st.lists(MOMENTS.filter(lambda other: other != moment), max_size=3))
    place = data.draw(st.integers(0, len(others)))
    offered = [*others[:place], moment, *others[place:]]
    assert choice(offered, _spelt(moment, pattern), TODAY) == place


@given(
    st.sets(st.integers(0, 6), min_size=1, max_size=6),
    st.sampled_from(["niet op {}", "{} kan ik niet", "ik werk op {}"]),
)
def test_a_day_that_is_denied_is_never_wished(days: Collection[int], sentence: str) -> None:
    names = [format_date(date(2026, 11, 23 + day), "EEEE", locale="nl") for day in sorted(days)]
    wish = read(sentence.format(" en ".join(names)), TODAY)
    assert wish is not None and wish.days == ALL_DAYS - {*days}
