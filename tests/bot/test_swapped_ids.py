"""Every button that the bot knows, pressed with the number of somebody else's case: nothing happens and nothing shows.

By a neighbour with a case of their own, by one who saw the card of another case, by who left, by a coordinator, by a
reader of the figures and by residents; with numbers of others, unknown, negative and huge; from a message of another
chat and from a group. After each press the whole database is as it was, but for the answer to who pressed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select, text

from actions import closing, handoffs, notes, team
from actions.outbox import Message
from bot import conversations, team_appointments, team_cases
from bot.dialogue.conversation import Question
from bot.incoming import Kind
from bot.team_side import ACTS, BUTTONS, DIRECTORY, SETTINGS, WELL
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from store.dashboard_tables import Table
from store.database import Database
from store.states import OfferAnswer, Outcome, Role
from store.tables import Outgoing, Person, Request
from tests.actions.agenda import booked, give_hours
from tests.actions.people import Wijk, chat_of, wish
from tests.talks import Answered, Someone, Stage

MARK = "Geheim"
HUGE = 10**18 - 1
UNTOUCHED_ELSEWHERE = frozenset({"inbox", "events", "misunderstood"})
"""Tables in which a press leaves its own traces: that it came, and what was counted without a person."""
REST: Mapping[str, tuple[str, ...]] = {
    "claim": ("",),
    "decline": ("",),
    "heavy": ("",),
    "back": ("",),
    "open": ("",),
    "spoke": ("",),
    "case": ("1", "9" * 60, ""),
    "sentences": ("",),
    "say": ("1", "99"),
    "note": ("",),
    "close": ("",),
    "end": (Outcome.SOLVED.value, "referred:other", "not_yet"),
    "again": ("",),
    "pass": ("",),
    "give": ("1", "9" * 60),
    "want": ("", "kit"),
    "picked": ("",),
    "fitted": ("",),
    "plan": ("", "talk"),
    "meet": ("",),
    "shift": ("",),
    "unmeet": ("",),
    "attend": ("kept", "resident_missed"),
}
"""What stands behind the number in the data of each button."""
REFUSED = ({"team_button_refused"}, {"team_role_refused"})
"""What is logged: it is not theirs, or nothing for their role."""
OTHERS = ("esra", "joop", "reader", "left", "bram", "stranger")
COORDINATOR_MAY = frozenset({"pass", "give"})


@dataclass
class Hall:
    """Annie's requests are Fatma's: one under way with an appointment, one shown to her only, one closed."""

    stage: Stage
    people: dict[str, Someone]
    requests: tuple[int, ...]
    appointment: int
    number: dict[str, int]

    def numbers(self, act: str) -> tuple[int, ...]:
        """Of others, and made up; for PostgreSQL the one is enough that its columns could fail to hold."""
        theirs = (self.appointment,) if act in team_appointments.ACTS and act != "plan" else self.requests
        made_up = (0, 999, HUGE, -theirs[0]) if self.stage.database.on_sqlite else (HUGE,)
        return (*theirs, *made_up)

    def rows(self, chat_id: int) -> dict[str, list[str]]:
        """All rows, but what the presser is sent, their own talk and own person."""
        with self.stage.database.reading() as session:
            own = session.scalar(select(Person.id).where(Person.chat_id == chat_id))
            held: dict[str, list[str]] = {}
            for table in Table.metadata.sorted_tables:
                if table.name not in UNTOUCHED_ELSEWHERE:
                    rows = (dict(row) for row in session.execute(select(table)).mappings())
                    held[table.name] = sorted(repr(row) for row in rows if not _of(table.name, row, chat_id, own))
        return held


def _of(table: str, row: Mapping[str, Any], chat_id: int, own: int | None) -> bool:
    match table:
        case "outgoing":
            return bool(row["chat_id"] == chat_id)
        case "talks":
            return bool(row["person_id"] == own)
        case "people":
            return bool(row["id"] == own)
    return False


@pytest.fixture(autouse=True)
def _no_end_of_presses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here one person presses more than is handled in a minute."""
    monkeypatch.setattr(conversations, "FLOOD_MESSAGES", 10**6)


@pytest.fixture
def hall(database: Database, words: Words, phrases: SafetyPhrases) -> Hall:
    stage = Stage(database, words, phrases)
    with database.transaction() as session:
        wijk = Wijk(session, stage.clock.now())
        annie, bram, stranger = wijk.person(f"Annie {MARK}"), wijk.person("Bram"), wijk.person("Vreemde")
        fatma = wijk.member("Fatma")
        secret = wish(summary=f"{MARK} tocht", contact=f"{MARK} nummer")
        give_hours(wijk, fatma)
        closed = wijk.claimed(fatma, secret, annie)
        held = wijk.claimed(fatma, secret, annie)
        made = booked(wijk, held, fatma, whereabouts=f"{MARK}straat 1")
        notes.write(session, wijk.now, held, fatma, f"{MARK} notitie")
        closing.close(session, wijk.now, fatma, closed.id, Outcome.OTHER)
        shown = wijk.request(secret, annie)
        esra = wijk.member("Esra", "de_eng")
        wijk.claimed(esra, wish(wijk="de_eng"), bram)
        joop, left = wijk.member("Joop"), wijk.member("Lena")
        handoffs.assign(session, wijk.now, fatma, shown.id, joop.id)
        handoffs.decline(session, wijk.now, joop, shown.id, OfferAnswer.DECLINED)
        reader, coby = wijk.member("Rik", None, Role.READER), wijk.coordinator()
        chats = {"left": chat_of(left)}
        handoffs.leave(session, wijk.now, left.id)
        there = {"esra": esra, "joop": joop, "reader": reader, "coby": coby, "fatma": fatma}
        chats |= {name: chat_of(one) for name, one in there.items()}
        chats |= {"annie": annie.chat_id, "bram": bram.chat_id, "stranger": stranger.chat_id}
        requests, number = (held.id, shown.id, closed.id), {name: one.id for name, one in there.items()}
        appointment = made.id
    stage.deliver()
    people = {name: stage.person(chat) for name, chat in chats.items()}
    for one in people.values():
        one.hears()
    return Hall(stage, people, requests, appointment, number)


def _datas(hall: Hall, *acts: str) -> Iterator[str]:
    for act in acts:
        for number in hall.numbers(act):
            for rest in REST[act]:
                yield f"{act}:{number}:{rest}".rstrip(":")


def _shown(answers: list[Answered]) -> str:
    return json.dumps([[one.key, one.message.as_json(), one.rendered.text, one.rendered.rows] for one in answers])


def test_every_button_of_the_team_is_tried() -> None:
    assert set(REST) == set(ACTS)
    assert set(BUTTONS) == {*(f"{act}:" for act in REST), DIRECTORY, SETTINGS, WELL}


@pytest.mark.parametrize("who", OTHERS)
def test_a_number_of_somebody_else_does_nothing_and_shows_nothing(hall: Hall, who: str, logged: list[Any]) -> None:
    presser = hall.people[who]
    before = hall.rows(presser.chat_id)
    if who == "joop":  # who saw a card and said no may hear that, and by whom it was taken: no more
        knows: tuple[int, ...] = (hall.requests[1],)
    else:
        knows = ()
    for act in REST:
        for data in _datas(hall, act):
            if act in ("claim", "decline", "heavy") and data.split(":")[1] in map(str, knows):
                continue
            logged.clear()
            answers = presser.sends(kind=Kind.PRESS, data=data, callback_id="c", message_id=1)
            assert answers and MARK not in _shown(answers), data
            assert {line["event"] for line in logged} in REFUSED, data
        assert hall.rows(presser.chat_id) == before, act


def test_a_coordinator_passes_on_a_case_and_does_nothing_else_with_it(hall: Hall, logged: list[Any]) -> None:
    coby = hall.people["coby"]
    before = hall.rows(coby.chat_id)
    for act in REST.keys() - COORDINATOR_MAY:
        for data in _datas(hall, act):
            logged.clear()
            assert MARK not in _shown(coby.sends(kind=Kind.PRESS, data=data, callback_id="c", message_id=1)), data
            assert {line["event"] for line in logged} in REFUSED, data
        assert hall.rows(coby.chat_id) == before, act
    for data in (f"give:{hall.requests[0]}:{'9' * 60}", f"give:{HUGE}:1", f"give:{hall.requests[2]}:1", f"pass:{HUGE}"):
        logged.clear()
        coby.sends(kind=Kind.PRESS, data=data, callback_id="c", message_id=1)
        assert hall.rows(coby.chat_id) == before, data
        assert {line["event"] for line in logged} in REFUSED, data


@pytest.mark.parametrize("who", [*OTHERS, "coby"])
def test_a_message_that_stands_in_another_chat_is_not_changed(hall: Hall, who: str) -> None:
    """As if a card were forwarded and pressed there: the number of its message is of Fatma's chat."""
    presser = hall.people[who]
    with hall.stage.database.reading() as session:
        rows = session.scalars(select(Outgoing.id).where(Outgoing.chat_id == hall.people["fatma"].chat_id)).all()
    before = hall.rows(presser.chat_id)
    for data in (f"open:{hall.requests[0]}", f"say:{hall.requests[0]}:1", f"end:{hall.requests[0]}:solved"):
        for row in rows:
            answers = presser.sends(kind=Kind.PRESS, data=data, callback_id="c", message_id=row)
            assert MARK not in _shown(answers) and hall.rows(presser.chat_id) == before, data
            assert all(one.message.key for one in answers)


def test_a_press_in_a_group_is_no_press(hall: Hall) -> None:
    group = hall.stage.person(-77)
    before = hall.rows(group.chat_id)
    for data in _datas(hall, *REST):
        answers = group.sends(kind=Kind.GROUP, data=data, callback_id="c", message_id=1)
        assert all(one.key == "utter_group" for one in answers)
    assert hall.rows(group.chat_id) == before


@pytest.mark.parametrize("where", [DIRECTORY, SETTINGS, WELL])
def test_buttons_without_a_case_touch_nobody_else(hall: Hall, where: str) -> None:
    """The directory answers a question that was asked here only; settings are of who presses."""
    esra, datas = hall.people["esra"], ("yes:voedselbank", "no:voedselbank", "off", "away:99", "language:tr", "x", "")
    before = hall.rows(esra.chat_id)
    for data in datas:
        answers = esra.sends(kind=Kind.PRESS, data=f"{where}{data}", callback_id="c", message_id=1)
        assert answers and MARK not in _shown(answers)
    after = hall.rows(esra.chat_id)
    own = f"'id': {hall.number['esra']},"
    changed = {name: set(after[name]) ^ set(before[name]) for name in before if after[name] != before[name]}
    assert all(own in row for row in changed.pop("members", ())) and changed == {}, changed


RESIDENTS = (
    "q{question}:{number}",
    "q{question}:case",
    "q{question}:!human",
    "q{question}:~{number}",
    "q999999999:yes",
    "f:solved_later:yes",
    "f:promise_later:yes",
    "f:appointment_later:kept",
    "f:tips_later:same",
    "f:nowhere:yes",
    "f:solved_later:{number}",
)


@pytest.mark.parametrize("who", ["bram", "stranger"])
def test_what_residents_press_is_checked_against_their_own_talk(hall: Hall, who: str) -> None:
    """With the number of a question that was put to Annie, and of a message in her chat."""
    presser = hall.people[who]
    presser.says("hallo")
    question = presser.conversation().open or Question(1, "consent")
    with hall.stage.database.reading() as session:
        annies = session.scalars(select(Outgoing.id).where(Outgoing.chat_id == hall.people["annie"].chat_id)).all()
    before = hall.rows(presser.chat_id)
    for form in RESIDENTS:
        numbers = (*hall.requests, hall.appointment, 0, HUGE)
        for data in dict.fromkeys(form.format(question=question.number, number=number) for number in numbers):
            for message_id in (1, *annies[:2], HUGE):
                answers = presser.sends(kind=Kind.PRESS, data=data, callback_id="c", message_id=message_id)
                assert answers and MARK not in _shown(answers), data
        after = hall.rows(presser.chat_id)
        assert {name: after[name] for name in before if after[name] != before[name]} == {}, form


def test_what_is_compared_sees_what_whoever_holds_a_case_does(hall: Hall) -> None:
    """The comparison itself must be able to fail."""
    fatma = hall.people["fatma"]
    before = hall.rows(fatma.chat_id)
    assert MARK in _shown(fatma.sends(kind=Kind.PRESS, data=f"open:{hall.requests[0]}", callback_id="c", message_id=1))
    assert hall.rows(fatma.chat_id)["request_changes"] != before["request_changes"]


def test_who_left_has_no_role_any_more(hall: Hall) -> None:
    left = hall.people["left"]
    for command in ("/vandaag", "/team", "/notitie boos", "/webpagina", "/cijfers"):
        assert MARK not in _shown(left.says(command))
    with hall.stage.database.reading() as session:
        person = session.scalar(select(Person).where(Person.chat_id == left.chat_id))
        assert person is not None and team.member_of(session, person) is None
        assert (
            session.execute(text("SELECT count(*) FROM members WHERE NOT active AND person_id IS NULL")).scalar() == 1
        )
        assert session.get_one(Request, hall.requests[0]).claimed_by_id == hall.number["fatma"]
    assert Message("utter_group").leave is False and team_cases.ACTS.keys() < ACTS.keys()
