"""Silent messages: what is announced, what is read, what goes off the screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import discreet, outbox, people, quiet_hours, relay, screen, team
from actions.outbox import Message, queue
from actions.relay import Letter
from actions.veils import READ_NOW, UNREAD, tell, veiled
from store.database import Database
from store.states import OutgoingState, RequestState, Role, Rule, Urgency
from store.tables import Member, Outgoing, Person, Request

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
REMINDER = Message("utter_ask_appointment_still", {"starts": "2026-11-25T09:00:00+00:00"}, opens="appointment_still")


def anna(session: Session) -> Person:
    return people.find_or_create(session, NOW, 1, "Anna")


def held(session: Session, person: Person, *, practice: bool = False) -> Request:
    """A request that Fatma has."""
    fatma = people.find_or_create(session, NOW, 2, "Fatma")
    payload = team.invite(session, NOW, "Fatma", Role.WIJKVERBINDER, "smitsveen").payload
    member = team.join(session, NOW, fatma, payload)
    assert isinstance(member, Member)
    found = Request(
        person=person,
        wijk="smitsveen",
        topics="draught",
        urgency=Urgency.NORMAL,
        reach="here",
        by_whom="own_wijk",
        summary="Het tocht.",
        state=RequestState.CLAIMED,
        rule=Rule.WISHED,
        requested_at=NOW,
        waiting_since=NOW,
        claimed_at=NOW,
        claimed_by=member,
        practice=practice,
    )
    session.add(found)
    session.flush()
    return found


def helped_in_silence(session: Session) -> tuple[Person, Request, Member]:
    """Anna, who gets silent messages, with her request that Fatma has."""
    person = anna(session)
    found = held(session, person)
    person.discreet = True
    assert found.claimed_by is not None
    return person, found, found.claimed_by


def rows(session: Session, chat_id: int) -> list[Outgoing]:
    return list(session.scalars(select(Outgoing).where(Outgoing.chat_id == chat_id).order_by(Outgoing.id)))


def keys(session: Session, chat_id: int) -> list[str]:
    return [Message.from_json(row.content).key for row in rows(session, chat_id)]


def arrives(row: Outgoing | None, at: datetime = NOW) -> Outgoing:
    assert row is not None
    row.state, row.telegram_message_id, row.sent_at = OutgoingState.SENT, row.id, at
    return row


def test_what_nobody_asked_for_is_only_announced(database: Database) -> None:
    with database.transaction() as session:
        person = anna(session)
        discreet.switch_on(session, NOW, person)
        tell(session, NOW, person, REMINDER, "appointment:1")
        announced = Message.from_json(rows(session, 1)[0].content)
        assert (announced.key, announced.opens, announced.veils) == (UNREAD, "", REMINDER)
        assert [[button.data for button in row] for row in announced.buttons] == [[READ_NOW]]


def test_others_get_it_as_it_is(database: Database) -> None:
    with database.transaction() as session:
        tell(session, NOW, anna(session), REMINDER, "appointment:1")
        assert Message.from_json(rows(session, 1)[0].content) == REMINDER


def test_what_waits_for_its_time_follows_the_wish(database: Database) -> None:
    with database.transaction() as session:
        person = anna(session)
        quiet_hours.begin(session, NOW, person, REMINDER, "appointment:1", NOW + timedelta(days=1))
        queue(session, NOW, 1, Message("utter_help"))
        discreet.switch_on(session, NOW, person)
        assert keys(session, 1) == [UNREAD, "utter_help"]
        discreet.switch_off(session, NOW, person)
        assert Message.from_json(rows(session, 1)[0].content) == REMINDER
        assert not person.discreet


def test_switching_on_twice_is_switching_on_once(database: Database) -> None:
    with database.transaction() as session:
        person = anna(session)
        held(session, person)
        quiet_hours.begin(session, NOW, person, REMINDER, "appointment:1", NOW + timedelta(days=1))
        discreet.switch_on(session, NOW, person)
        discreet.switch_on(session, NOW, person)
        assert Message.from_json(rows(session, 1)[0].content).veils == REMINDER
        assert keys(session, 2) == ["team_discreet"]


def test_what_was_announced_before_is_not_veiled_again(database: Database) -> None:
    with database.transaction() as session:
        person = anna(session)
        queue(session, NOW, 1, veiled(REMINDER), due_at=NOW + timedelta(days=1))
        discreet.switch_on(session, NOW, person)
        assert Message.from_json(rows(session, 1)[0].content) == veiled(REMINDER)


def test_nobody_is_warned_of_who_only_practises(database: Database) -> None:
    with database.transaction() as session:
        person = anna(session)
        held(session, person, practice=True)
        discreet.switch_on(session, NOW, person)
        assert keys(session, 2) == []


def test_reading_sends_what_was_announced_once_and_in_order(database: Database) -> None:
    with database.transaction() as session:
        person = anna(session)
        discreet.switch_on(session, NOW, person)
        first = arrives(quiet_hours.begin(session, NOW, person, REMINDER, "appointment:1"))
        arrives(tell(session, NOW, person, Message("utter_claimed"), "request:7"))
        assert discreet.show_unread(session, NOW, person) == 2
        said = [row for row in rows(session, 1)[2:] if row.edits_id is None]
        assert [Message.from_json(row.content).key for row in said] == [REMINDER.key, "utter_claimed"]
        assert [row.subject for row in said] == ["appointment:1", "request:7"]
        assert outbox.is_replaced(session, first)
        assert discreet.show_unread(session, NOW, person) == 0


def test_what_is_read_can_be_answered(database: Database) -> None:
    """It is a question of its own again, where the announcement was none."""
    with database.transaction() as session:
        person = anna(session)
        discreet.switch_on(session, NOW, person)
        arrives(quiet_hours.begin(session, NOW, person, REMINDER, "appointment:1"))
        assert outbox.last_opening(session, NOW, 1) is None
        discreet.show_unread(session, NOW, person)
        opening = outbox.last_opening(session, NOW, 1)
        assert opening is not None and not outbox.is_replaced(session, opening)


def test_what_has_not_arrived_is_not_read(database: Database) -> None:
    with database.transaction() as session:
        person = anna(session)
        discreet.switch_on(session, NOW, person)
        quiet_hours.begin(session, NOW, person, REMINDER, "appointment:1", NOW + timedelta(days=1))
        assert discreet.show_unread(session, NOW, person) == 0


def test_words_that_are_edited_before_they_are_read_are_read_as_they_are_now(database: Database) -> None:
    with database.transaction() as session:
        person, found, member = helped_in_silence(session)
        relay.to_resident(session, NOW, found, member, Letter(2, 5, "dag"))
        arrives(rows(session, 1)[0])
        relay.to_resident(session, NOW, found, member, Letter(2, 5, "dag buur", is_edit=True))
        assert keys(session, 1) == [UNREAD]
        discreet.show_unread(session, NOW, person)
        read = Message.from_json(rows(session, 1)[1].content)
        assert (read.key, read.values["text"]) == ("utter_relay_edited_from_member", "dag buur")
        relay.to_resident(session, NOW, found, member, Letter(2, 5, "dag Anna", is_edit=True))
        assert rows(session, 1)[-1].edits_id == rows(session, 1)[1].id


def test_a_photo_is_announced_once_and_read_with_the_line_that_says_from_whom(database: Database) -> None:
    with database.transaction() as session:
        person, found, member = helped_in_silence(session)
        relay.to_resident(session, NOW, found, member, Letter(2, 5, "", is_file=True))
        assert keys(session, 1) == [UNREAD]
        arrives(rows(session, 1)[0])
        assert discreet.show_unread(session, NOW, person) == 1
        line, photo = (Message.from_json(row.content) for row in rows(session, 1)[1:3])
        assert (line.key, line.values["name"], line.copy_of) == ("utter_relay_file_from_member", "Fatma", None)
        assert (photo.key, photo.copy_of) == (relay.COPY, (2, 5))
        discreet.clear_screen(session, NOW, person, "")
        for row in rows(session, 1)[1:3]:
            arrives(row)
        assert discreet.show_unread(session, NOW, person) == 2, "on their way as two, they are announced as two again"
        assert keys(session, 1).count(relay.COPY) == 1


def test_who_joins_the_team_gets_cards_as_they_are(database: Database) -> None:
    with database.transaction() as session:
        person = anna(session)
        discreet.switch_on(session, NOW, person)
        payload = team.invite(session, NOW, "Anna", Role.WIJKVERBINDER, "smitsveen").payload
        team.join(session, NOW, person, payload)
        assert not person.discreet


def test_the_screen_is_cleared_as_far_as_telegram_allows(database: Database) -> None:
    old, young = NOW - screen.DELETABLE, NOW - timedelta(hours=1)
    with database.transaction() as session:
        person = anna(session)
        question = arrives(queue(session, old, 1, Message("utter_ask_wijk", question=4), subject="question:4"), old)
        said = arrives(queue(session, young, 1, Message("utter_help")), young)
        discreet.clear_screen(session, NOW, person, "question:4")
        emptied, taken = rows(session, 1)[2:]
        assert (emptied.edits_id, Message.from_json(emptied.content).key) == (question.id, "utter_taken_away")
        assert Message.from_json(taken.content).deletes == (said.telegram_message_id,)


def test_what_may_be_too_old_by_the_time_that_telegram_is_asked_does_not_go_along(database: Database) -> None:
    with database.transaction() as session:
        for age in (timedelta(hours=47), timedelta(hours=47, minutes=55)):
            arrives(queue(session, NOW - age, 1, Message("utter_help")), NOW - age)
        found = screen.sent(session, NOW, 1)
        assert (len(found.young), found.older) == (1, 1)


def test_what_was_about_to_be_said_is_not_said_but_what_people_wrote_is(database: Database) -> None:
    with database.transaction() as session:
        person = anna(session)
        waiting = [
            queue(session, NOW, 1, Message("utter_help"), subject=subject)
            for subject in (None, "question:4", f"aloud:{person.id}", "request:7")
        ]
        discreet.clear_screen(session, NOW, person, "")
        session.expire_all()
        states = [row.state for row in waiting]
        assert states == [*[OutgoingState.WITHDRAWN] * 3, OutgoingState.WAITING]


@pytest.mark.parametrize("discreetly", [True, False])
def test_what_was_opened_and_is_on_its_way_is_only_announced_after_the_word(
    database: Database, discreetly: bool
) -> None:
    """Not to everybody: who gets no silent messages reads what whoever helps writes as it comes."""
    with database.transaction() as session:
        person = anna(session)
        person.discreet = True
        arrives(tell(session, NOW, person, Message("utter_relay_from_member", {"text": "dag"}), "request:7"))
        discreet.show_unread(session, NOW, person)
        person.discreet = discreetly
        discreet.clear_screen(session, NOW, person, "")
        shown = rows(session, 1)[1]
        assert shown.state is OutgoingState.WAITING
        assert Message.from_json(shown.content).key == (UNREAD if discreetly else "utter_relay_from_member")
        arrives(shown)
        assert discreet.show_unread(session, NOW, person) == discreetly


@pytest.mark.parametrize("age", [timedelta(hours=1), timedelta(days=3)])
def test_a_question_that_was_sent_on_its_own_can_be_read_again(database: Database, age: timedelta) -> None:
    with database.transaction() as session:
        person = anna(session)
        asked = quiet_hours.begin(session, NOW - age, person, REMINDER, "appointment:1")
        arrives(asked, NOW - age)
        discreet.clear_screen(session, NOW, person, "")
        assert discreet.show_unread(session, NOW, person) == 1
        assert REMINDER.key in keys(session, 1)
