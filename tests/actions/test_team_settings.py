"""What somebody of the team sets about their own work, as tables; and who has how much of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from actions import team_settings
from actions.opening_hours import MIDNIGHT
from actions.team_settings import (
    LANGUAGES,
    CapacityOutOfRange,
    Hours,
    HoursUnclear,
    LanguageUnknown,
    SettingRefused,
    hours_in_words,
    is_away,
    set_hours,
)
from bot.dialogue.content import Content
from bot.dialogue.player import SPEAKS
from store.states import RequestState, Urgency
from store.tables import Member, Person, Request
from tests.actions.people import Wijk

WEEK = [0, 1, 2, 3, 4]


def _fatma() -> Member:
    return Member(name="Fatma", capacity=8, available=True, languages="")


# --- languages and capacity -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "stored"),
    [([], ""), (["tr"], "tr"), (["tr", "ar"], "ar tr"), (["TR", "tr"], "tr"), (LANGUAGES, " ".join(LANGUAGES))],
)
def test_languages_are_stored_as_codes(codes: Sequence[str], stored: str) -> None:
    member = _fatma()
    member.languages = "pl"
    team_settings.set_languages(member, codes)
    assert member.languages == stored


@pytest.mark.parametrize(("codes", "named"), [(["nl"], "nl"), (["tr", "turks", "xx"], "turks xx"), ([""], "")])
def test_a_language_that_the_bot_does_not_know_is_refused(codes: Sequence[str], named: str) -> None:
    member = _fatma()
    member.languages = "pl"
    with pytest.raises(LanguageUnknown, match=rf"codes of: ar de .* uk; not {named}\."):
        team_settings.set_languages(member, codes)
    assert member.languages == "pl"


def test_the_languages_are_those_that_the_bot_hears(content: Content) -> None:
    assert set(LANGUAGES) == set(content.slots[SPEAKS].values) - {"other"}


def test_all_languages_fit_in_the_table() -> None:
    assert len(" ".join(LANGUAGES)) <= Member.__table__.c.languages.type.length  # type: ignore[attr-defined]


@pytest.mark.parametrize(("requests", "accepted"), [(-1, False), (0, False), (1, True), (30, True), (31, False)])
def test_somebody_has_room_for_one_to_thirty_requests(requests: int, accepted: bool) -> None:
    member = _fatma()
    if accepted:
        team_settings.set_capacity(member, requests)
        assert member.capacity == requests
    else:
        with pytest.raises(CapacityOutOfRange, match=f"1 to 30 requests at once, not {requests}"):
            team_settings.set_capacity(member, requests)
        assert member.capacity == 8


@pytest.mark.parametrize(("count", "room"), [(0, True), (7, True), (8, False), (9, False)])
def test_there_is_room_below_the_capacity(count: int, room: bool) -> None:
    assert team_settings.has_room(_fatma(), count) is room


# --- holidays -------------------------------------------------------------------------------------------------

TODAY, BACK = date(2026, 11, 23), date(2026, 12, 1)


def test_who_goes_away_is_back_on_the_day_that_they_said() -> None:
    member = _fatma()
    team_settings.go_away(member, BACK)
    days = (TODAY, BACK - timedelta(days=1), BACK, BACK + timedelta(days=1))
    assert [is_away(member, day) for day in days] == [True, True, False, False]


def test_who_goes_away_without_a_day_is_away_until_they_come_back() -> None:
    member = _fatma()
    team_settings.go_away(member, BACK)
    team_settings.go_away(member)
    assert is_away(member, date(2036, 1, 1)) and member.away_until is None
    team_settings.come_back(member)
    assert not is_away(member, TODAY)


def test_who_comes_back_early_is_back() -> None:
    member = _fatma()
    team_settings.go_away(member, BACK)
    team_settings.come_back(member)
    assert not is_away(member, TODAY) and member.away_until is None


def test_who_says_a_day_after_being_away_without_one_comes_back_then() -> None:
    member = _fatma()
    team_settings.go_away(member)
    team_settings.go_away(member, BACK)
    assert is_away(member, TODAY) and not is_away(member, BACK)


# --- hours ----------------------------------------------------------------------------------------------------


def _hours(days: list[int], opens: float, closes: float) -> Hours:
    return Hours(days=days, opens=round(opens * 60), closes=round(closes * 60))


READ = {
    "ma-vr 9:00-17:00, za 10-12": ([_hours(WEEK, 9, 17), _hours([5], 10, 12)], "ma-vr 9:00-17:00, za 10:00-12:00"),
    "di 9-12": ([_hours([1], 9, 12)], "di 9:00-12:00"),
    "ma, wo 9-12": ([_hours([0, 2], 9, 12)], "ma, wo 9:00-12:00"),
    "ma, wo-vr 9-12": ([_hours([0, 2, 3, 4], 9, 12)], "ma, wo, do, vr 9:00-12:00"),
    "ma-di 9-12": ([_hours([0, 1], 9, 12)], "ma, di 9:00-12:00"),
    "ma 9-12, 13:30-17": ([_hours([0], 9, 12), _hours([0], 13.5, 17)], "ma 9:00-12:00, ma 13:30-17:00"),
    "ma 9-12, 12-13": ([_hours([0], 9, 12), _hours([0], 12, 13)], "ma 9:00-12:00, ma 12:00-13:00"),
    "Maandag tot en met vrijdag van 9.00 tot 17.30 uur": ([_hours(WEEK, 9, 17.5)], "ma-vr 9:00-17:30"),
    "ma t/m vr 9 – 17 uur": ([_hours(WEEK, 9, 17)], "ma-vr 9:00-17:00"),
    "dinsdag en donderdag 09:05-9:10": ([Hours(days=[1, 3], opens=545, closes=550)], "di, do 9:05-9:10"),
    "ma 22-24; di 0-6": ([_hours([0], 22, 24), _hours([1], 0, 6)], "ma 22:00-24:00, di 0:00-6:00"),
    "zo, za 9-12\nma 1-2": ([_hours([5, 6], 9, 12), _hours([0], 1, 2)], "za, zo 9:00-12:00, ma 1:00-2:00"),
    "ma, ma 9-12": ([_hours([0], 9, 12)], "ma 9:00-12:00"),
    "ma-zo 0-24": ([_hours([0, 1, 2, 3, 4, 5, 6], 0, 24)], "ma-zo 0:00-24:00"),
}


@pytest.mark.parametrize(("notation", "stored", "words"), [(key, *values) for key, values in READ.items()], ids=READ)
def test_hours_are_read_and_said_again(notation: str, stored: list[Hours], words: str) -> None:
    member = _fatma()
    set_hours(member, notation)
    assert member.hours == stored
    assert hours_in_words(member) == words


UNCLEAR = {
    "": "such as ma-vr 9:00-17:00, za 10-12; '' is not",
    "altijd": "such as ma-vr 9:00-17:00, za 10-12; 'altijd' is not",
    "ma": "days with times, such as ma-vr",
    "ma 9-12, di": "days with times, such as ma-vr",
    "9-17": "On which days is 9-17? Write ma-vr 9:00-17:00, za 10-12.",
    "ma 9-": "'ma 9-' is not",
    "ma 9": "'ma 9' is not",
    "ma 9-12 di 9-12": "'ma 9-12 di 9-12' is not",
    "ma 9-12,": "'' is not",
    "mo 9-12": "'mo 9-12' is not",
    "ma 17-9": "17-9 ends before it begins; over midnight are two times, such as ma 22-24, di 0-6",
    "ma 9-9": "9-9 ends before it begins",
    "ma 9-25": "25 is no time of a day: 0:00 to 24:00",
    "ma 9-24:30": "24:30 is no time of a day",
    "ma 9:60-12": "9:60 is no time of a day",
    "ma 9:5-12": "'ma 9:5-12' is not",
    "ma 9--12": "'ma 9--12' is not",
    "ma -9-12": "'ma -9-12' is not",
    "vr-ma 9-12": "vr-ma goes from the end of the week to its beginning",
    "ma-vr 9-12, di 11-13": "di has times that overlap: 9:00-12:00 and another",
    "ma 9-12, ma 9-12": "ma has times that overlap",
    "ma 9-17, ma 10-11": "ma has times that overlap",
    "x" * 4000: "is not",
}


@pytest.mark.parametrize(("notation", "remark"), UNCLEAR.items(), ids=[key[:20] for key in UNCLEAR])
def test_hours_that_are_not_clear_are_refused_with_what_to_write(notation: str, remark: str) -> None:
    member = _fatma()
    set_hours(member, "di 9-12")
    with pytest.raises(HoursUnclear) as refused:
        set_hours(member, notation)
    assert remark in str(refused.value)
    assert hours_in_words(member) == "di 9:00-12:00"


def test_every_refusal_is_one_kind() -> None:
    assert all(issubclass(kind, SettingRefused) for kind in (LanguageUnknown, CapacityOutOfRange, HoursUnclear))


def test_who_gave_no_hours_has_office_hours() -> None:
    assert hours_in_words(_fatma()) == "ma-vr 9:00-17:00"


@given(st.text(alphabet="maivrzo 0123456789:.-,;/t\n", max_size=40))
def test_whatever_is_written_is_read_or_refused_and_what_is_said_is_read_the_same(notation: str) -> None:
    member = _fatma()
    try:
        set_hours(member, notation)
    except HoursUnclear:
        return
    before = member.hours
    assert before is not None
    assert all(0 <= one["opens"] < one["closes"] <= MIDNIGHT and one["days"] for one in before)
    set_hours(member, hours_in_words(member))
    assert member.hours == before


week = st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(sorted)
minutes = st.lists(st.integers(0, MIDNIGHT), min_size=2, max_size=2, unique=True).map(sorted)


@given(week, minutes)
def test_any_hours_are_said_and_read_the_same(days: list[int], times: list[int]) -> None:
    member = _fatma()
    member.hours = [Hours(days=days, opens=times[0], closes=times[1])]
    assert team_settings.read_hours(hours_in_words(member)) == member.hours


def test_hours_are_kept(wijk: Wijk) -> None:
    member = wijk.member("Fatma")
    set_hours(member, "di 9-12, vr 13-15")
    wijk.session.flush()
    wijk.session.expire(member)
    assert hours_in_words(member) == "di 9:00-12:00, vr 13:00-15:00"


# --- load -----------------------------------------------------------------------------------------------------


def _request(wijk: Wijk, person: Person, state: RequestState, member: Member | None, practice: bool = False) -> None:
    wijk.session.add(
        Request(
            person_id=person.id,
            topics="draught",
            urgency=Urgency.NORMAL,
            reach="here",
            by_whom="own_wijk",
            summary="Tocht.",
            state=state,
            requested_at=wijk.now,
            waiting_since=wijk.now,
            claimed_by_id=member.id if member else None,
            practice=practice,
        )
    )
    wijk.session.flush()


def test_what_somebody_has_under_way_is_claimed_or_contacted_and_no_practice(wijk: Wijk) -> None:
    fatma, joop, karel, resident = (*(wijk.member(name) for name in ("Fatma", "Joop", "Karel")), wijk.person())
    for state in RequestState:
        _request(wijk, resident, state, fatma)
    _request(wijk, resident, RequestState.CONTACTED, joop)
    _request(wijk, resident, RequestState.CLAIMED, joop, practice=True)
    _request(wijk, resident, RequestState.OFFERED, None)
    assert team_settings.loads(wijk.session) == {fatma.id: 2, joop.id: 1}
    assert [team_settings.open_count(wijk.session, member) for member in (fatma, joop, karel)] == [2, 1, 0]


def test_the_load_of_all_is_one_question_to_the_database(wijk: Wijk) -> None:
    fatma, resident = wijk.member("Fatma"), wijk.person()
    for _ in range(20):
        _request(wijk, resident, RequestState.CLAIMED, fatma)
    asked: list[str] = []
    connection = wijk.session.connection()
    event.listen(connection, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert team_settings.loads(wijk.session) == {fatma.id: 20}
    assert len(asked) == 1


def test_without_requests_nobody_has_a_load(wijk: Wijk) -> None:
    assert team_settings.loads(wijk.session) == {}
