"""The audit log is a chain: what is changed, taken out or put between is found, and two who write make one chain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from actions import audit, cards, handoffs
from actions.outbox import Message
from actions.request_states import Change
from store.dashboard_tables import AuditEntry
from store.database import Database
from store.states import Role
from store.tables import Member, Outgoing, RequestChange
from tests.actions.people import Wijk
from tests.talks import START


def _written(database: Database, rows: int) -> list[int]:
    """A log of so many rows; gives their numbers."""
    with database.transaction() as session:
        coby = Wijk(session).coordinator()
        for number in range(rows):
            audit.note(session, START + timedelta(minutes=number), coby, "shown", f"page:{number}")
        session.flush()
        return [one.id for one in audit.page(session, rows)][::-1]


def _change(database: Database, statement: str, **values: object) -> None:
    """As somebody would who has the database in their hands, and switched its refusal off."""
    with database.transaction() as session:
        if database.on_sqlite:
            session.execute(text("DROP TRIGGER audit_log_stays"))
        else:
            session.execute(text("ALTER TABLE audit_log DISABLE TRIGGER audit_log_stays"))
        session.execute(text(statement), values)
        if not database.on_sqlite:
            session.execute(text("ALTER TABLE audit_log ENABLE TRIGGER audit_log_stays"))


@pytest.fixture
def own(database_url: str) -> Database:
    """A database of this test alone: its trigger goes."""
    database = Database(database_url)
    database.upgrade()
    return database


def test_an_empty_log_and_a_whole_one_are_in_order(own: Database) -> None:
    with own.reading() as session:
        assert audit.check(session) == audit.Checked(0, "", None)
    _written(own, 4)
    with own.reading() as session:
        found = audit.check(session)
        assert (found.rows, found.broken) == (4, None)
        assert found.head == audit.page(session, 1)[0].digest


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_log SET about = 'page:x' WHERE id = :third", 2),
        ("UPDATE audit_log SET member_id = 99 WHERE id = :third", 2),
        ("DELETE FROM audit_log WHERE id = :third", 3),
        ("UPDATE audit_log SET digest = 'x' WHERE id = :third", 2),
    ],
)
def test_what_was_changed_or_taken_out_is_found(own: Database, statement: str, broken: int) -> None:
    numbers = _written(own, 5)
    _change(own, statement, third=numbers[2])
    with own.reading() as session:
        assert audit.check(session).broken == numbers[broken]


def test_what_was_erased_as_its_term_ended_breaks_nothing(own: Database) -> None:
    numbers = _written(own, 5)
    _change(own, "DELETE FROM audit_log WHERE id < :third", third=numbers[2])
    with own.reading() as session:
        found = audit.check(session)
        assert (found.rows, found.broken) == (3, None)


def test_a_log_that_was_cut_off_has_another_head(own: Database) -> None:
    numbers = _written(own, 3)
    with own.reading() as session:
        head = audit.check(session).head
    _change(own, "DELETE FROM audit_log WHERE id = :last", last=numbers[-1])
    with own.reading() as session:
        assert audit.check(session).head != head


def test_what_was_written_before_there_were_digests_is_passed_over(own: Database) -> None:
    with own.transaction() as session:
        session.add(AuditEntry(at=START, member_id=1, act="shown"))
    _written(own, 2)
    with own.reading() as session:
        assert audit.check(session).rows == 2


def test_many_who_write_at_once_make_one_chain(own: Database) -> None:
    with own.transaction() as session:
        number = Wijk(session).member("Coby", None, Role.COORDINATOR).id

    def write(turn: int) -> None:
        with own.transaction() as session:
            audit.note(session, START, session.get_one(Member, number), "shown", f"turn:{turn}")

    with ThreadPoolExecutor(4) as hands:
        list(hands.map(write, range(24)))
    with own.reading() as session:
        found = audit.check(session)
        assert (found.rows, found.broken) == (24, None)


# --- what is shown of requests ----------------------------------------------------------------------------------


TOLD = {"case_text", "team_appointment_where"}
"""The messages in which somebody of the team reads what a resident approved, or where they are."""


def _told_and_written(wijk: Wijk, member: Member) -> tuple[int, int]:
    """How often somebody was sent that, and how often it is written down that they opened a request."""
    wijk.session.flush()
    rows = wijk.session.scalars(select(Outgoing)).all()
    told = [row for row in rows if row.chat_id == cards.chat(member) and Message.from_json(row.content).key in TOLD]
    opened = select(func.count(RequestChange.id)).where(
        RequestChange.member_id == member.id, RequestChange.change == Change.OPENED
    )
    return len(told), wijk.session.scalar(opened) or 0


def test_each_showing_of_what_a_resident_approved_is_written_down_with_who_and_when(database: Database) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        fatma, ahmed, coby = wijk.member("Fatma"), wijk.member("Ahmed"), wijk.coordinator()
        found = wijk.request()
        assert _told_and_written(wijk, fatma) == (0, 0), "a card alone shows nothing of it"
        handoffs.claim(session, wijk.now, fatma, found.id)
        assert _told_and_written(wijk, fatma) == (1, 1)
        later = wijk.now + timedelta(hours=2)
        handoffs.show_case(session, later, found, fatma)
        assert _told_and_written(wijk, fatma) == (2, 2)
        assert handoffs.release(session, later, fatma, found.id)
        assert handoffs.assign(session, later, coby, found.id, ahmed.id)
        assert (_told_and_written(wijk, coby), _told_and_written(wijk, ahmed)) == ((0, 0), (0, 0))
        handoffs.claim(session, later, ahmed, found.id)
        assert (_told_and_written(wijk, coby), _told_and_written(wijk, ahmed)) == ((0, 0), (1, 1))
        assert [one.member_id for one in audit.of_request(session, found.id) if one.change == Change.OPENED] == [
            fatma.id,
            fatma.id,
            ahmed.id,
        ]
