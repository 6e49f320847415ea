"""Start links of the team: not to be guessed, kept as a digest, for one telephone, once, for seven days."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select, text

from actions import people, team
from actions.team import JoinRefused
from store.database import Database
from store.states import Role
from store.tables import Member
from tests.store.shared import empty
from tests.talks import START

LINKS, TELEPHONES = 6, 2


def _invited(database: Database) -> str:
    with database.transaction() as session:
        return team.invite(session, START, "Fatma", Role.COORDINATOR, None).payload


def test_two_telephones_open_one_link_at_the_same_moment_and_one_joins(database: Database) -> None:
    with database.transaction() as session:
        for number in range(LINKS * TELEPHONES):
            people.find_or_create(session, START, number)

    def opens(payload: str, chat_id: int, ready: Barrier) -> bool:
        with database.transaction() as session:
            if not database.on_sqlite:  # there the first of two transactions holds the lock from its beginning
                ready.wait(10)
            person = people.find_or_create(session, START, chat_id)
            return isinstance(team.join(session, START, person, payload), Member)

    for link in range(LINKS):
        payload, ready = _invited(database), Barrier(TELEPHONES)
        with ThreadPoolExecutor(TELEPHONES) as hands:
            tries = [hands.submit(opens, payload, link * TELEPHONES + one, ready) for one in range(TELEPHONES)]
            assert sorted(one.result(20) for one in tries) == [False, True]
    with database.reading() as session:
        assert session.scalar(select(func.count()).where(Member.person_id.is_not(None))) == LINKS


@pytest.mark.postgresql
def test_the_second_of_two_waits_for_the_first_and_finds_the_link_used(shared_postgresql: Database) -> None:
    """The moment between reading and writing, held open; SQLite has one writer, so there is none."""
    database = shared_postgresql
    empty(database)
    payload = _invited(database)
    with ThreadPoolExecutor(1) as hands:
        with database.transaction() as session:
            first = team.join(session, START, people.find_or_create(session, START, 1), payload)
            second = hands.submit(_joins, database, payload, 2)
            while not (second.done() or _somebody_waits(database)):
                pass
        assert isinstance(first, Member) and second.result(20) is JoinRefused.UNKNOWN


def _joins(database: Database, payload: str, chat_id: int) -> Member | JoinRefused:
    with database.transaction() as session:
        return team.join(session, START, people.find_or_create(session, START, chat_id), payload)


def _somebody_waits(database: Database) -> bool:
    with database.reading() as session:
        return bool(session.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar())


def test_a_link_cannot_be_guessed_and_only_its_digest_is_kept(database: Database) -> None:
    payloads = {_invited(database) for _ in range(20)}
    assert len(payloads) == 20
    for payload in payloads:
        secret = payload.removeprefix(team.LINK_PREFIX)
        assert len(secret) >= 32, "24 bytes, 192 bits"
        assert len(payload) <= 64, "as long as Telegram lets one be"
    with database.reading() as session:
        kept = str(session.execute(text("SELECT * FROM members")).all())
    assert not any(payload in kept or payload.removeprefix(team.LINK_PREFIX) in kept for payload in payloads)


@pytest.mark.parametrize("cut", [0, -1, -8])
def test_a_forged_or_shortened_link_gives_no_role(database: Database, cut: int) -> None:
    payload = _invited(database)
    forged = payload[:cut] if cut else f"{payload}x"
    assert _joins(database, forged, 1) is JoinRefused.UNKNOWN
    assert _joins(database, payload, 1) is not JoinRefused.UNKNOWN


def test_a_link_ends_to_the_second(database: Database) -> None:
    payload = _invited(database)
    ends = START + timedelta(days=team.LINK_DAYS)
    with database.transaction() as session:
        person = people.find_or_create(session, START, 1)
        assert team.join(session, ends, person, payload) is JoinRefused.EXPIRED
        assert isinstance(team.join(session, ends - timedelta(seconds=1), person, payload), Member)


def test_the_link_of_who_left_gives_no_role(database: Database) -> None:
    payload = _invited(database)
    with database.transaction() as session:
        session.scalars(select(Member)).one().active = False
    assert _joins(database, payload, 1) is JoinRefused.UNKNOWN
