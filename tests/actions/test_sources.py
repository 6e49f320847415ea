"""Posters: their codes and links, who came by them, and what is not a code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from actions import sources
from actions.sources import CODE_LETTERS, LETTERS, PLACE_CHARACTERS, PosterError
from bot.understanding.masking import mask
from bot.understanding.safety import SafetyPhrases
from store.tables import Event, Person, Poster
from tests.actions.people import Wijk

TELEGRAM_START_CHARACTERS = 64


def _poster(wijk: Wijk, seed: int = 1, place: str = "flat Voorbeeld, hal", of: str = "smitsveen") -> Poster:
    return sources.make(wijk.session, wijk.now, of, place, Random(seed))


def _arrivals(wijk: Wijk) -> Iterable[tuple[str, str | None]]:
    rows = wijk.session.scalars(select(Event).where(Event.name == sources.CAME))
    return [(row.detail, row.wijk) for row in rows]


def test_a_poster_is_found_by_its_code_in_capitals_or_not(wijk: Wijk) -> None:
    made = _poster(wijk)
    assert (made.wijk, made.place, made.created_at) == ("smitsveen", "flat Voorbeeld, hal", wijk.now)
    assert sources.find(wijk.session, made.code) is made
    assert sources.find(wijk.session, made.code.lower()) is made


def test_no_two_posters_have_the_same_code(wijk: Wijk) -> None:
    assert _poster(wijk, seed=1).code != _poster(wijk, seed=1).code


@pytest.mark.parametrize(
    "code", ["", "CFGHJMP", "CFGHJMPQR", "CFGHJMP1", "CFGHJMP\n", "CFGH-MPQ", "\x00", "CFGHJMPQ\x00", "\ud800", "ß" * 4]
)
def test_what_is_no_code_of_ours_finds_nothing(wijk: Wijk, code: str) -> None:
    _poster(wijk)
    assert sources.find(wijk.session, code) is None


@given(st.integers())
def test_a_code_is_neither_masked_nor_a_danger_and_fits_in_the_link(phrases: SafetyPhrases, seed: int) -> None:
    code = sources._new_code(Random(seed))
    typed = f"/start {sources.LINK_PREFIX}{code}"
    assert mask(typed) == (typed, False) and phrases.find(typed) is None
    assert len(code) == CODE_LETTERS and set(code) <= set(LETTERS)
    start = sources.link("wijkwijzer_bot", Poster(code=code)).removeprefix("https://t.me/wijkwijzer_bot?start=")
    assert start == f"w_{code}" and len(start) <= TELEGRAM_START_CHARACTERS


@pytest.mark.parametrize("place", ["", " \n ", "x" * (PLACE_CHARACTERS + 1)])
def test_a_place_that_says_nothing_or_too_much_is_refused(wijk: Wijk, place: str) -> None:
    with pytest.raises(PosterError, match="at most 80 characters"):
        _poster(wijk, place=place)


def test_a_poster_is_of_somebody_of_the_team_or_of_nobody(wijk: Wijk) -> None:
    fatma, joop = wijk.member("Fatma"), wijk.member("Joop")
    joop.active = False
    made = sources.make(wijk.session, wijk.now, "smitsveen", "hal", Random(1), fatma.id)
    assert (made.member_id, _poster(wijk, seed=2).member_id) == (fatma.id, None)
    for number in (joop.id, 10**9):
        with pytest.raises(PosterError, match=f"there is no member {number}"):
            sources.make(wijk.session, wijk.now, "smitsveen", "hal", Random(3), number)


def test_a_place_is_kept_on_one_line(wijk: Wijk) -> None:
    assert _poster(wijk, place="  flat Voorbeeld,\n hal ").place == "flat Voorbeeld, hal"
    assert len(_poster(wijk, place="x" * PLACE_CHARACTERS).place) == PLACE_CHARACTERS


def test_somebody_is_counted_once_by_the_first_poster(wijk: Wijk) -> None:
    first, second, person = _poster(wijk), _poster(wijk, of="soesterberg"), wijk.person()
    for poster in (first, first, second):
        sources.note_arrival(wijk.session, wijk.now, person, poster)
    assert person.source == first.code
    assert _arrivals(wijk) == [(first.code, "smitsveen")]


def test_who_is_erased_stays_counted_without_a_person(wijk: Wijk) -> None:
    poster, person = _poster(wijk), wijk.person()
    sources.note_arrival(wijk.session, wijk.now, person, poster)
    wijk.session.delete(person)
    wijk.session.flush()
    assert wijk.session.scalars(select(Person)).all() == []
    assert [found.people for found in sources.listed(wijk.session)] == [1]


def test_the_newest_poster_is_listed_first_with_how_many_came_by_each(wijk: Wijk) -> None:
    old = _poster(wijk, place="oud")
    wijk.now += timedelta(days=1)
    _poster(wijk, place="nieuw")
    for _ in range(2):
        sources.note_arrival(wijk.session, wijk.now, wijk.person(), old)
    wijk.session.add(Event(at=wijk.now, name="asked", detail=old.code))
    found = sources.listed(wijk.session)
    assert [(one.poster.place, one.people) for one in found] == [("nieuw", 0), ("oud", 2)]


def test_without_posters_the_list_is_empty(wijk: Wijk) -> None:
    assert sources.listed(wijk.session) == []
