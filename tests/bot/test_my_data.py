"""What is held is told in full, to whom it is about and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from actions import attachments, handoffs, misunderstood, my_data, notes, relay, signals
from actions.data_map import Whose
from actions.misunderstood import Misunderstood
from actions.outbox import Message, queue
from actions.relay import Letter
from actions.signals import Complaint
from bot import my_data as told
from bot.incoming import Incoming, Kind
from bot.team_side import TeamSide
from bot.words import Words
from store.agenda_tables import AppointmentKind
from store.database import Database
from store.states import Outcome, RequestState, Role, Why
from store.tables import Member, Person, Request, Talk
from tests.actions.agenda import booked, give_hours
from tests.actions.people import WISH, Wijk

MINE, NOTE, OTHERS = "Ik woon op de eerste", "Lijkt mij eenzaam", "Van een ander"


@pytest.fixture
def wijk(database: Database) -> Iterator[Wijk]:
    with database.transaction() as session:
        yield Wijk(session)


def _full(wijk: Wijk) -> tuple[Person, Member]:
    """A resident of whom something of each sort is held, beside another with as much."""
    fatma, vera = wijk.member("Fatma"), wijk.member("Vera", None, Role.ENERGY_COACH)
    give_hours(wijk, vera, days=[3])
    people = [wijk.person("Annie"), wijk.person("Karin")]
    for person, said in zip(people, (MINE, OTHERS), strict=True):
        slots = {"consent": "yes", "wijk": "smitsveen", "tenure": "portaal"}
        talk = Talk(person_id=person.id, state={"slots": slots}, version=1, updated_at=wijk.now)
        wijk.session.add(talk)
        misunderstood.note(wijk.session, wijk.now, person, Misunderstood(f"{said}?", Why.UNSURE))
        signals.count_along(wijk.session, wijk.now, person, Complaint("draught", "smitsveen"))
        request = wijk.claimed(fatma, replace(WISH, summary=said), person)
        attachments.keep(wijk.session, wijk.now, person, "photo", f"foto van {said}")
        relay.to_member(wijk.session, wijk.now, request, Letter(person.chat_id, 7, f"Hallo, {said}"))
        relay.to_resident(wijk.session, wijk.now, request, fatma, Letter(1, 8, f"Dag, {said}"))
        notes.write(wijk.session, wijk.now, request, fatma, NOTE)
    theirs = wijk.session.scalars(select(Request).where(Request.person_id == people[0].id)).one()
    booked(wijk, theirs, vera, AppointmentKind.COACH, whereabouts="Voorbeeldstraat 1")
    people[0].messages_stopped = people[0].discreet = True
    people[0].source = "CFGHJMPQ"
    wijk.session.flush()
    wijk.deliver()
    return people[0], fatma


@pytest.mark.parametrize(
    ("slots", "unkept", "told_so"),
    [
        ({"consent": "yes", "tenure": "own"}, False, "Ik bewaar uw antwoorden, dat zijn er 2.\nOp 23 december 2026"),
        ({"consent": "no", "tenure": "own"}, True, "wis ik na dit gesprek.\nStopt u halverwege? Dan wis ik ze na 24"),
        ({"consent": "no"}, False, "Ik bewaar uw antwoorden niet.\nDat onthoud ik tot 23 december 2026"),
    ],
)
def test_what_becomes_of_answers_is_told_as_it_is(
    wijk: Wijk, words: Words, slots: dict[str, str], unkept: bool, told_so: str
) -> None:
    person = wijk.person("Annie")
    wijk.session.add(Talk(person_id=person.id, state={"slots": slots}, version=1, updated_at=wijk.now, unkept=unkept))
    wijk.session.flush()
    messages = told.of_resident(words, wijk.now, my_data.of_resident(wijk.session, person))
    (talk,) = [words.render(one).text for one in messages if one.key == "utter_my_data_talk"]
    assert told_so in talk


def test_who_was_of_the_team_is_told_nothing_of_others(wijk: Wijk, words: Words) -> None:
    fatma, vera = wijk.member("Fatma"), wijk.member("Vera", None, Role.ENERGY_COACH)
    was, karin = wijk.member("Ria").person, wijk.person("Karin")
    assert was is not None
    ria = wijk.session.scalars(select(Member).where(Member.person_id == was.id)).one()
    for member in (ria, vera):
        give_hours(wijk, member)
    wijk.deliver()
    theirs = wijk.claimed(ria, replace(WISH, summary=OTHERS), karin)
    relay.to_member(wijk.session, wijk.now, theirs, Letter(karin.chat_id, 7, OTHERS))
    booked(wijk, theirs, ria, whereabouts=OTHERS)
    wijk.deliver()
    handoffs.leave(wijk.session, wijk.now, ria.id)
    mine = wijk.claimed(fatma, replace(WISH, summary=MINE), was)
    relay.to_resident(wijk.session, wijk.now, mine, fatma, Letter(1, 8, "Dag Ria"))
    booked(wijk, mine, vera, AppointmentKind.COACH)
    file = told.as_file(words, wijk.now, my_data.of_resident(wijk.session, was), Whose.RESIDENT)
    assert "Dag Ria" in file and "Vera" in file
    assert OTHERS not in file and "Karin" not in file


def test_a_resident_is_told_all_in_short_messages_with_the_file_last(wijk: Wijk, words: Words) -> None:
    annie, _ = _full(wijk)
    said = told.of_resident(words, wijk.now, my_data.of_resident(wijk.session, annie))
    texts = {message.key: words.render(message).text for message in said}
    assert [message.key.removeprefix("utter_my_data_") for message in said] == [
        "you",
        "talk",
        "request",
        "appointments",
        "sentences",
        "counted",
        "notes",
        "file",
    ]
    you = texts["utter_my_data_you"]
    assert all(part in you for part in ("Annie", "Smitsveen", "Nederlands", "23 november 2026", "poster", "geluid"))
    assert "dat zijn er 3" in texts["utter_my_data_talk"] and "23 december 2026" in texts["utter_my_data_talk"]
    assert MINE in texts["utter_my_data_request"] and "90 dagen" in texts["utter_my_data_request"]
    assert "1 notities" in texts["utter_my_data_notes"] and NOTE not in "".join(texts.values())
    assert OTHERS not in "".join(texts.values())
    assert all(len(text) < 4096 for text in texts.values())


def test_the_file_has_every_word_of_theirs_and_none_of_anybody_else(wijk: Wijk, words: Words) -> None:
    annie, fatma = _full(wijk)
    parts = my_data.of_resident(wijk.session, annie)
    file = told.as_file(words, wijk.now, parts, Whose.RESIDENT)
    for theirs in (f"Hallo, {MINE}", f"Dag, {MINE}", f"{MINE}?", f"foto van {MINE}", "Voorbeeldstraat 1", "Annie"):
        assert theirs in file, theirs
    assert OTHERS not in file and NOTE not in file and "Karin" not in file
    assert fatma.person is not None and str(fatma.person.chat_id) not in file
    assert str(annie.chat_id) in file
    assert "Huurt u uw huis, of is het van u? Ik huur van Portaal" in file
    assert words.say("my_data_withheld", {}) in file
    assert {part.held.name for part in parts.values()} >= {"people", "talks", "requests", "outgoing", "signals"}


def test_the_helper_of_whom_a_resident_was_told_may_be_named(wijk: Wijk, words: Words) -> None:
    annie, _ = _full(wijk)
    assert "Fatma" in told.as_file(words, wijk.now, my_data.of_resident(wijk.session, annie), Whose.RESIDENT)


def test_a_closed_request_says_the_day_on_which_it_goes(wijk: Wijk, words: Words) -> None:
    annie = wijk.person()
    request = wijk.request_in(RequestState.CLOSED, annie)
    request.outcome = Outcome.SOLVED
    wijk.session.flush()
    parts = my_data.of_resident(wijk.session, annie)
    (said,) = [one for one in told.of_resident(words, wijk.now, parts) if one.key == "utter_my_data_request"]
    assert "21 februari 2027" in words.render(said).text
    assert "opgelost" in told.as_file(words, wijk.now, parts, Whose.RESIDENT)


def test_of_somebody_new_there_is_a_name_and_a_chat(wijk: Wijk, words: Words) -> None:
    nameless = wijk.person("")
    parts = my_data.of_resident(wijk.session, nameless)
    assert set(parts) == {"people"}
    assert [message.key for message in told.of_resident(words, wijk.now, parts)] == [
        "utter_my_data_you",
        "utter_my_data_file",
    ]


def test_what_was_announced_under_a_veil_is_shown_as_it_is(wijk: Wijk, words: Words) -> None:
    annie = wijk.person()
    under = Message("utter_relay_from_member", {"name": "Fatma", "text": MINE})
    queue(wijk.session, wijk.now, annie.chat_id, Message("utter_wiped", veils=under))
    queue(wijk.session, wijk.now, annie.chat_id, Message(deletes=(7,)))
    file = told.as_file(words, wijk.now, my_data.of_resident(wijk.session, annie), Whose.RESIDENT)
    assert MINE in file and words.say("my_data_no_words", {}) in file


def test_a_member_of_the_team_gets_what_is_held_of_them_and_nothing_of_residents(wijk: Wijk, words: Words) -> None:
    annie, fatma = _full(wijk)
    fatma.email = "fatma@voorbeeld.example"
    fatma.away_until = wijk.now.date() + timedelta(days=3)
    wijk.session.flush()
    parts = my_data.of_member(wijk.session, fatma)
    file = told.as_file(words, wijk.now, parts, Whose.MEMBER)
    assert all(part in file for part in ("Fatma", "fatma@voorbeeld.example", "wijkverbinder", "26 november 2026"))
    assert all(part not in file for part in (MINE, OTHERS, NOTE, "Annie", str(annie.chat_id)))
    assert len(parts["requests"].rows) == 2 and len(parts["request_notes"].rows) == 2


@pytest.mark.parametrize("role", Role)
def test_everybody_of_the_team_can_ask(wijk: Wijk, words: Words, role: Role) -> None:
    member = wijk.member("Fatma", None, role)
    assert member.person is not None
    asks = Incoming(1, member.person.chat_id, Kind.TEXT, text="/gegevens", message_id=1)
    TeamSide(words, lambda: None).handle(wijk.session, wijk.now, member, asks)
    assert wijk.told(member)[-1] == "team_my_data"
