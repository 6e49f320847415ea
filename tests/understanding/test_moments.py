"""Typed times: which wish a sentence is, which offered moment it names; and never a guess."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

import pytest
from babel.dates import format_date, format_datetime
from hypothesis import example, given
from hypothesis import strategies as st

from actions.opening_hours import AMSTERDAM
from actions.time_wishes import ALL_DAYS, TimeWish
from bot.understanding.moments import choice, read, says_nothing_else

TODAY = date(2026, 11, 25)
"""A Wednesday."""
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


def _wish(
    *days: int,
    first: tuple[int, int] | None = None,
    last: tuple[int, int] | None = None,
    after: str = "",
    before: str = "",
) -> TimeWish:
    """Dates as (day, month) of the winter that begins on `TODAY`."""
    begins, ends = (date(2026 if one[1] > 10 else 2027, one[1], one[0]) if one else None for one in (first, last))
    early, late = (time.fromisoformat(one) if one else None for one in (after, before))
    return TimeWish(frozenset(days) or ALL_DAYS, begins, ends, early, late)


def _on(*days: int, after: str = "", before: str = "") -> TimeWish:
    """On the coming ones of these weekdays."""
    return _wish(*days, first=(26, 11), last=(2, 12), after=after, before=before)


def _but(*days: int) -> TimeWish:
    return TimeWish(ALL_DAYS - {*days})


def _next_week(*days: int, after: str = "", before: str = "") -> TimeWish:
    return _wish(*days, first=(30, 11), last=(6, 12), after=after, before=before)


WISHES = [
    ("dinsdag", _on(TUE)),
    ("woensdag", _on(WED)),
    ("Dinsdag graag.", _on(TUE)),
    ("di", _on(TUE)),
    ("ma di of do", _on(MON, TUE, THU)),
    ("dinsdag of donderdag", _on(TUE, THU)),
    ("ik kan dinsdag en donderdag", _on(TUE, THU)),
    ("dinsdag, anders donderdag", _on(TUE, THU)),
    ("komende dinsdag", _on(TUE)),
    ("aanstaande vrijdag", _on(FRI)),
    ("dinsdach", _on(TUE)),
    ("donderdg", _on(THU)),
    ("woendag", _on(WED)),
    ("vrjdag graag", _on(FRI)),
    ("goedemorgen dinsdag graag", _on(TUE)),
    ("dinsdag want dan ben ik vrij", _on(TUE)),
    ("volgende week dinsdag", _next_week(TUE)),
    ("dinsdag volgende week", _next_week(TUE)),
    ("volgende week dinsdag of donderdag", _next_week(TUE, THU)),
    ("volgende week", _next_week()),
    ("komende week", _next_week()),
    ("begin volgende week", _wish(first=(30, 11), last=(1, 12))),
    ("begin van volgende week", _wish(first=(30, 11), last=(1, 12))),
    ("eind volgende week", _wish(first=(3, 12), last=(4, 12))),
    ("eind van de week", _wish(first=(26, 11), last=(27, 11))),
    ("begin van de week", _wish(first=(30, 11), last=(1, 12))),
    ("deze week nog", _wish(first=(25, 11), last=(29, 11))),
    ("over 2 weken", _wish(first=(9, 12), last=(15, 12))),
    ("over twee weken dinsdag", _wish(TUE, first=(9, 12), last=(15, 12))),
    ("over een week", _wish(first=(2, 12), last=(8, 12))),
    ("dit weekend", _wish(first=(28, 11), last=(29, 11))),
    ("na het weekend", _wish(first=(30, 11))),
    ("na dinsdag", _wish(first=(2, 12))),
    ("vanaf dinsdag", _wish(first=(1, 12))),
    ("niet eerder dan dinsdag", _wish(first=(1, 12))),
    ("na volgende week", _wish(first=(7, 12))),
    ("vanaf 1 december", _wish(first=(1, 12))),
    ("na 1 december", _wish(first=(2, 12))),
    ("vandaag", _wish(WED, first=(25, 11), last=(25, 11))),
    ("morgen", _wish(THU, first=(26, 11), last=(26, 11))),
    ("overmorgen", _wish(FRI, first=(27, 11), last=(27, 11))),
    ("morgen of overmorgen", _wish(THU, FRI, first=(26, 11), last=(27, 11))),
    ("morgen of maandag", _wish(THU, MON, first=(26, 11), last=(30, 11))),
    ("26 november", _wish(THU, first=(26, 11), last=(26, 11))),
    ("26 nov", _wish(THU, first=(26, 11), last=(26, 11))),
    ("26-11", _wish(THU, first=(26, 11), last=(26, 11))),
    ("10-12-2026", _wish(THU, first=(10, 12), last=(10, 12))),
    ("26/11/2026", _wish(THU, first=(26, 11), last=(26, 11))),
    ("donderdag 26 november", _wish(THU, first=(26, 11), last=(26, 11))),
    ("zesentwintig november", _wish(THU, first=(26, 11), last=(26, 11))),
    ("donderdag, 26 november", _wish(THU, first=(26, 11), last=(26, 11))),
    ("25 november", _wish(WED, first=(25, 11), last=(25, 11))),
    ("12 januari", _wish(TUE, first=(12, 1), last=(12, 1))),
    ("24 oktober 2027", TimeWish(frozenset({SUN}), date(2027, 10, 24), date(2027, 10, 24))),
    ("24 november", TimeWish(frozenset({WED}), date(2027, 11, 24), date(2027, 11, 24))),
    ("vrijdag 27 november of maandag 30 november", _wish(FRI, MON, first=(27, 11), last=(30, 11))),
    ("'s ochtends", _wish(before="12:00")),
    ("s ochtends", _wish(before="12:00")),
    ("’s ochtends", _wish(before="12:00")),
    ("smorgens", _wish(before="12:00")),
    ("s morgens", _wish(before="12:00")),
    ("in de ochtend", _wish(before="12:00")),
    ("in de morgen", _wish(before="12:00")),
    ("liefst in de ochtend", _wish(before="12:00")),
    ("'s middags", _wish(after="12:00", before="18:00")),
    ("smiddags", _wish(after="12:00", before="18:00")),
    ("in de midag", _wish(after="12:00", before="18:00")),
    ("'s avonds", _wish(after="18:00")),
    ("'s ochtends of 's middags", _wish(before="18:00")),
    ("na 6 uur", _wish(after="18:00")),
    ("na zes uur", _wish(after="18:00")),
    ("na 6", _wish(after="18:00")),
    ("na 8 uur", _wish(after="08:00")),
    ("na half vier", _wish(after="15:30")),
    ("vanaf 10 uur", _wish(after="10:00")),
    ("ik kan pas om 4 uur", _wish(after="16:00")),
    ("niet voor 10 uur", _wish(after="10:00")),
    ("niet eerder dan 10 uur", _wish(after="10:00")),
    ("voor 12 uur", _wish(before="12:00")),
    ("niet na 4 uur", _wish(before="16:00")),
    ("niet later dan 4 uur", _wish(before="16:00")),
    ("tot 3 uur", _wish(before="15:00")),
    ("tussen 10 en 12", _wish(after="10:00", before="12:00")),
    ("tussen tien en twaalf uur", _wish(after="10:00", before="12:00")),
    ("tussen een en drie", _wish(after="13:00", before="15:00")),
    ("tussen 11 en 1", _wish(after="11:00", before="13:00")),
    ("tussen 6 en 8", _wish(after="18:00", before="20:00")),
    ("van 10 tot 12", _wish(after="10:00", before="12:00")),
    ("10 tot 12 uur", _wish(after="10:00", before="12:00")),
    ("10-12 uur", _wish(after="10:00", before="12:00")),
    ("10:00 - 12:30", _wish(after="10:00", before="12:30")),
    ("om half 3", _wish(after="14:30", before="15:30")),
    ("half een", _wish(after="12:30", before="13:30")),
    ("om 1 uur", _wish(after="13:00", before="14:00")),
    ("om één uur", _wish(after="13:00", before="14:00")),
    ("om een uur", _wish(after="13:00", before="14:00")),
    ("kwart over 10", _wish(after="10:15", before="11:15")),
    ("kwart voor drie", _wish(after="14:45", before="15:45")),
    ("tien voor half drie", _wish(after="14:20", before="15:20")),
    ("10:30", _wish(after="10:30", before="11:30")),
    ("10.30 uur", _wish(after="10:30", before="11:30")),
    ("10u30", _wish(after="10:30", before="11:30")),
    ("07:30", _wish(after="07:30", before="08:30")),
    ("14 uur", _wish(after="14:00", before="15:00")),
    ("14u", _wish(after="14:00", before="15:00")),
    ("10 of 11 uur", _wish(after="10:00", before="12:00")),
    ("rond 10 uur", _wish(after="09:00", before="11:00")),
    ("'s ochtends om 7 uur", _wish(after="07:00", before="08:00")),
    ("om 7 uur in de ochtend", _wish(after="07:00", before="08:00")),
    ("8 uur 's avonds", _wish(after="20:00", before="21:00")),
    ("tussen 7 en 9 's avonds", _wish(after="19:00", before="21:00")),
    ("'s avonds na 7 uur", _wish(after="19:00")),
    ("woensdagmiddag", _on(WED, after="12:00", before="18:00")),
    ("dinsdagochtend", _on(TUE, before="12:00")),
    ("dinsdagmorgen", _on(TUE, before="12:00")),
    ("dinsdag morgen", _on(TUE, before="12:00")),
    ("vrijdagmidag", _on(FRI, after="12:00", before="18:00")),
    ("dinsdagochtend of dinsdagmiddag", _on(TUE, before="18:00")),
    ("dinsdag of donderdagochtend", _on(TUE, THU, before="12:00")),
    ("dinsdagochtend of donderdagochtend", _on(TUE, THU, before="12:00")),
    ("morgenochtend", _wish(THU, first=(26, 11), last=(26, 11), before="12:00")),
    ("vanmiddag", _wish(WED, first=(25, 11), last=(25, 11), after="12:00", before="18:00")),
    ("ik kan dinsdag wel na drie uur", _on(TUE, after="15:00")),
    ("Kan het ook volgende week donderdag na 3 uur?", _next_week(THU, after="15:00")),
    ("dinsdag 1 december, 10 uur", _wish(TUE, first=(1, 12), last=(1, 12), after="10:00", before="11:00")),
    ("dinsdag 1 december 10 uur", _wish(TUE, first=(1, 12), last=(1, 12), after="10:00", before="11:00")),
    ("dinsdag of donderdag 's ochtends om 10 uur", _on(TUE, THU, after="10:00", before="11:00")),
    ("dinsdag na het weekend", _next_week(TUE)),
    ("alleen op maandag", _wish(MON)),
    ("elke dinsdag", _wish(TUE)),
    ("dinsdagen", _wish(TUE)),
    ("ik kan altijd op dinsdag", _wish(TUE)),
    ("doordeweeks", _wish(*range(5))),
    ("door de week", _wish(*range(5))),
    ("doordeweeks na 6 uur", _wish(*range(5), after="18:00")),
    ("in het weekend", _wish(SAT, SUN)),
    ("elke dag na 4 uur", _wish(after="16:00")),
    ("zo snel mogelijk", _wish()),
    ("maakt niet uit", _wish()),
    ("het maakt mij niet uit wanneer", _wish()),
    ("geen voorkeur", _wish()),
    ("zo snel mogelijk maar niet op vrijdag", _but(FRI)),
    ("niet op vrijdag", _but(FRI)),
    ("vrijdag niet", _but(FRI)),
    ("vrijdag kan ik niet", _but(FRI)),
    ("liever niet op vrijdag", _but(FRI)),
    ("altijd behalve vrijdag", _but(FRI)),
    ("niet op maandag en dinsdag", _but(MON, TUE)),
    ("kan niet op maandag of dinsdag", _but(MON, TUE)),
    ("ik werk op maandag en dinsdag", _but(MON, TUE)),
    ("maandag werk ik", _but(MON)),
    ("dinsdag heb ik geen tijd", _but(TUE)),
    ("niet op vrijdag want dan werk ik", _but(FRI)),
    ("niet op woensdagmiddag", _but(WED)),
    ("niet in het weekend", _but(SAT, SUN)),
    ("dinsdag werk ik niet", _on(TUE)),
    ("dinsdag heb ik tijd", _on(TUE)),
    ("dinsdag is geen probleem", _on(TUE)),
    ("niet dinsdag maar donderdag", _on(THU)),
    ("dinsdag niet, donderdag wel", _on(THU)),
    ("dat lukt niet. dinsdag graag", _on(TUE)),
    ("dinsdag of donderdag en niet op vrijdag", _on(TUE, THU)),
    ("dinsdag of donderdag, niet vrijdag", _on(TUE, THU)),
    ("volgende week maar niet op vrijdag", TimeWish(ALL_DAYS - {FRI}, date(2026, 11, 30), date(2026, 12, 6))),
    ("volgende week niet op vrijdag", TimeWish(ALL_DAYS - {FRI}, date(2026, 11, 30), date(2026, 12, 6))),
    ("dinsdag niet 's ochtends", _on(TUE, after="12:00")),
    ("dinsdag werk ik tot 3 uur", _on(TUE, after="15:00")),
    ("niet 's ochtends", _wish(after="12:00")),
    ("niet 's avonds", _wish(before="18:00")),
    ("na 6 uur kan ik niet", _wish(before="18:00")),
    ("ik werk tot 5 uur", _wish(after="17:00")),
    ("dinsdag niet voor 10 uur", _on(TUE, after="10:00")),
    ("niet voor 10 uur op dinsdag", _on(TUE, after="10:00")),
    ("ik werk dinsdag niet", _on(TUE)),
    ("ik werk van maandag t/m donderdag", _but(MON, TUE, WED, THU)),
    ("maandag tot en met woensdag", _on(MON, TUE, WED)),
    ("ik werk overdag", _wish(after="18:00")),
    ("alleen 's avonds want ik werk overdag", _wish(after="18:00")),
    ("alles behalve maandag", _but(MON)),
    ("het maakt niet uit als het maar niet op vrijdag is", _but(FRI)),
    ("volgende week ergens in de middag", _next_week(after="12:00", before="18:00")),
    ("dinsdag kan wel, donderdag kan niet", _on(TUE)),
    ("morgen niet", _wish(first=(27, 11))),
    ("deze week niet", _wish(first=(30, 11))),
    ("niet vandaag", _wish(first=(26, 11))),
]

NONE = [
    "",
    "?!",
    "ja",
    "ik heb het koud",
    "ik heb 3 kinderen",
    "ik betaal 150 euro per maand",
    "het tocht al 2 weken",
    "mijn buurvrouw zei dat 1 keer",
    "het was dinsdag erg koud",
    "sinds november is het koud",
    "vorige week dinsdag",
    "afgelopen dinsdag",
    "ik kan wel even",
    "dat kan niet",
    "2 uur lang",
    "10",
    "dinsdag heb ik een afspraak bij de dokter",
    "dinsdag heb ik een afspraak",
    "dinsdag na de vakantie",
    "na de kerst",
    "na mijn werk",
    "een andere dag",
    "later",
    "week 48",
    "de week",
    "volgende dinsdag",
    "voor dinsdag",
    "voor de middag",
    "tussen de middag",
    "eind van de middag",
    "over 2 uur",
    "na 3 weken",
    "niet voor dinsdag",
    "van maandag tot donderdag",
    "ma-vr",
    "deze week of volgende week",
    "10-12",
    "31 februari",
    "29 februari",
    "29-2-2026",
    "dinsdag 26 november",
    "dinsdag, 26 november",
    "26 november en 4 december",
    "vrijdag 27 november of vrijdag 11 december",
    "volgende week, 1 december",
    "volgende week 28 november",
    "dinsdag volgende week of donderdag",
    "25 uur",
    "10:75",
    "om 24 uur",
    "23:30",
    "10 uur 's middags",
    "'s ochtends of 's avonds",
    "niet 's middags",
    "niet om 10 uur",
    "niet tussen 10 en 12",
    "voor 10 of na 4",
    "dinsdagochtend of donderdagmiddag",
    "dinsdag om 10 uur of donderdag om 2 uur",
    "'s ochtends of na 6 uur",
    "maandagochtend en dinsdag na 3 uur",
    "niet in de ochtend maar na 3 uur",
    "na 10 uur of 's avonds",
    "dinsdag niet woensdag",
    "niet op maandag, dinsdag en woensdag",
    "niet op maandag. dinsdag ook",
    "maandag, dinsdag kan ik niet",
    "niet op maandag dinsdag wel",
    "niet op vrijdag dinsdag graag",
    "niet op maandag en 's avonds",
    "niet maandag en woensdagmiddag",
    "niet op dinsdag voor 10 uur",
    "'s ochtends niet op dinsdag",
    "dinsdag, dat kan niet",
    "dinsdag kan, donderdag kan niet",
    "maandag werk ik dinsdag niet",
    "maandag werk ik dinsdag werk ik",
    "maandag kan ik niet ik werk",
    "maandag niet ik werk",
    "niet op maandag niet op dinsdag",
    "maandag werk ik na 3 uur kan ik",
    "niet op maandag dinsdag is goed",
    "volgende week niet dinsdag niet",
    "ik kan dinsdag of anders niet",
    "dinsdag anders niet",
    "als het niet dinsdag kan dan donderdag",
    "niet dinsdag dan donderdag",
    "dinsdag kan niet anders donderdag",
    "waarom niet dinsdag",
    "dinsdag om 3 uur ben ik weg",
    "dinsdag moet ik",
    "dinsdag na",
    "volgende week of over een week",
    "is de afspraak dinsdag",
    "hoe laat dinsdag",
    "voor twaalven graag",
    "3 of 4 december",
    "'s ochtends, om 3 uur",
    "75 voor 3",
    "dinsdag of niet",
    "niet alleen dinsdag",
    "kan het niet op dinsdag?",
    "niet na dinsdag",
    "niet volgende week dinsdag",
    "15 december niet",
    "geen maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "na doordeweeks",
    "vanaf wanneer",
    "liever dinsdag dan donderdag",
    "weet ik nog niet",
    "dinsdag weet ik nog niet",
    "ik wil een mens",
    "dinsdag " * 50,
]


@pytest.mark.parametrize(("text", "wish"), WISHES)
def test_a_sentence_is_read_as_a_wish(text: str, wish: TimeWish) -> None:
    assert read(text, TODAY) == wish


@pytest.mark.parametrize("text", NONE)
def test_what_names_no_time_or_several_ways_is_not_read(text: str) -> None:
    assert read(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "nothing_else"),
    [
        ("dinsdag kan ik niet", True),
        ("vrijdag moet ik weg", True),
        ("dinsdag, want vrijdag sluiten ze de stroom af", False),
        ("dinsdag OMDAT vrijdag de deurwaarder komt", False),
        ("dinsdag komt de deurwaarder", False),
        ("ja", False),
    ],
)
def test_a_time_with_a_reason_may_say_something_else_too(text: str, nothing_else: bool) -> None:
    assert says_nothing_else(text, TODAY) is nothing_else


def test_on_a_sunday_the_end_of_the_week_is_still_to_come() -> None:
    sunday = date(2026, 11, 29)
    assert read("eind van de week", sunday) == _wish(first=(3, 12), last=(4, 12))
    assert read("deze week nog", sunday) == _wish(first=(29, 11), last=(29, 11))
    assert read("eind deze week", sunday) is None


def test_a_leap_day_of_next_year_is_read_only_when_it_is_there() -> None:
    assert read("29 februari", date(2027, 3, 1)) is None  # looked for this year first, and 2027 has none
    assert read("29 februari", date(2028, 1, 3)) == TimeWish(frozenset({TUE}), date(2028, 2, 29), date(2028, 2, 29))
    assert read("29 februari", date(2028, 3, 1)) is None


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
