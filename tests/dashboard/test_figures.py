"""Where residents stop: the picture on Cijfers says what the table says, and hides what the table hides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from actions.figures import Cell, Hidden
from actions.small_numbers import WEEK, settled_until
from actions.statistics_talks import FUNNEL
from dashboard.pages import figures, funnel
from store.figure_tables import FigureWeek
from store.states import Role
from tests.dashboard.conftest import House

SMALL = Hidden.SMALL
DRAUGHT, BILL = "Tocht in huis", "Een hoge rekening voor energie"
Row = tuple[Cell, ...]


def _paths(*rows: Row) -> list[funnel.Path]:
    return funnel.paths(replace(FUNNEL, rows=rows))


def test_each_question_has_a_bar_as_long_as_the_people_who_saw_it() -> None:
    (path,) = _paths((DRAUGHT, "Huurt u?", 80, 8, 10), (DRAUGHT, "Waar?", 60, 15, 25))
    assert [(one.number, one.length, one.left_length) for one in path.steps] == [(1, 100, 10), (2, 75, 19)]
    assert path.worst is not None and (path.worst.question, path.worst.left) == ("Waar?", 15)


@pytest.mark.parametrize("left", [SMALL, None, 80])
def test_what_is_hidden_in_the_table_is_hidden_in_the_picture(left: Cell) -> None:
    (path,) = _paths((DRAUGHT, "Huurt u?", 80, left, SMALL), (DRAUGHT, "Waar?", SMALL, SMALL, SMALL))
    assert [(one.seen, one.left, one.left_length) for one in path.steps] == [(80, None, 0)]
    assert path.few == 1 and path.worst is None


def test_a_flow_of_which_nothing_may_be_told_has_no_picture() -> None:
    assert _paths((DRAUGHT, "Huurt u?", SMALL, SMALL, SMALL)) == []


def test_the_flow_in_which_most_people_stop_comes_first() -> None:
    found = _paths((BILL, "Wat?", 90, SMALL, SMALL), (DRAUGHT, "Huurt u?", 40, 12, 30), ("Post", "Wie?", 70, 6, 9))
    assert [one.name for one in found] == [DRAUGHT, "Post", BILL]


def test_the_menu_comes_last_because_who_is_ready_stops_there_too() -> None:
    rows: tuple[Row, ...] = (("Het menu", "Wat?", 90, 60, 67), (DRAUGHT, "Huurt u?", 40, 12, 30))
    assert [one.name for one in funnel.paths(replace(FUNNEL, rows=rows), "Het menu")] == [DRAUGHT, "Het menu"]


def test_of_two_questions_where_as_many_stop_the_earlier_is_named() -> None:
    (path,) = _paths((DRAUGHT, "Huurt u?", 40, 12, 30), (DRAUGHT, "Waar?", 28, 12, 43))
    assert path.worst is not None and path.worst.number == 1


def test_only_the_funnel_has_a_picture_of_its_own() -> None:
    rows: tuple[Row, ...] = ((DRAUGHT, "Huurt u?", 80, 8, 10), (DRAUGHT, "Waar?", 60, 15, 25))
    assert figures.draw(replace(FUNNEL, rows=rows)).paths and figures.draw(replace(FUNNEL, rows=rows)).column is None
    assert figures.draw(replace(FUNNEL, key="other", rows=rows)).paths == ()


def _told(session: Session, house: House, name: str, slot: str, told: int) -> None:
    week = settled_until(house.clock.at) - WEEK
    parts = {"flow": "draught", "detail": slot, "wijk": "smitsveen"}
    session.add(FigureWeek(week=week, name=name, **parts, told=told, rest=0))


async def test_the_page_says_it_in_words_beside_the_table(house: House) -> None:
    with house.database.transaction() as session:
        for name, slot, count in (
            ("answered", "tenure", 56),
            ("left", "tenure", 8),
            ("answered", "draught_place", 50),
            ("answered", "mould", 0),
        ):
            _told(session, house, name, slot, count)
    text = (await (await house.signed_in(Role.READER)).opens("/cijfers")).text
    assert f"De meeste mensen stoppen bij “{house.site.names.question('tenure')}”: 8 van de 64" in text
    assert "<strong>64</strong> zagen deze vraag, <strong>8</strong> stopten hier." in text
    assert "<strong>50</strong> zagen deze vraag, hoeveel hier stopten, mogen we nog niet laten zien." in text
    assert text.count('class="stopped"') == 1 and "<caption>Waar bewoners afhaken</caption>" in text
    assert "<script" not in text and "style=" not in text


async def test_without_a_number_to_tell_nobody_is_said_to_stop(house: House) -> None:
    with house.database.transaction() as session:
        _told(session, house, "answered", "tenure", 56)
    text = (await (await house.signed_in(Role.READER)).opens("/cijfers")).text
    assert "Nergens stopten zo veel mensen dat we het mogen laten zien." in text and 'class="stopped"' not in text


async def test_each_figure_has_a_link_and_what_is_empty_is_named_once(house: House) -> None:
    with house.database.transaction() as session:
        _told(session, house, "answered", "tenure", 56)
    text = (await (await house.signed_in(Role.READER)).opens("/cijfers")).text
    assert '<a href="#funnel">Waar bewoners afhaken</a>' in text and '<h2 id="funnel">' in text
    empty = text[text.index('id="leeg"') :]
    assert "<li>Gesprekken</li>" in empty and 'href="#talks"' not in text


async def test_a_long_table_is_folded(house: House) -> None:
    slots = ("tenure", "draught_place", "mould", "can_pay", "letters", "letter_says", "pen_fits", "heating_state")
    with house.database.transaction() as session:
        for slot in (*slots, "complex", "bailiff", "wijk", "send_ok", "phone"):
            _told(session, house, "answered", slot, 10)
    text = (await (await house.signed_in(Role.READER)).opens("/cijfers")).text
    assert "Alle getallen in een tabel (13 regels)" in text
