"""An upgrade of an installation that is in use: what was open stays somebody's, and gets a clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import event, select, text

from actions import clocks, silence
from actions.outbox import Message, queue
from actions.request_states import WAITING
from store import encryption
from store.database import MIGRATIONS, Database, tables_may_be_rebuilt
from store.states import Rule
from store.tables import Outgoing, Person, Request
from tests.talks import START


def _bring_to(database: Database, revision: str, way: Callable[[Config, str], None] = command.upgrade) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.connect() as connection, tables_may_be_rebuilt(connection):
        config.attributes["connection"] = connection
        way(config, revision)
        connection.commit()


def _fill(database: Database, at: datetime) -> None:
    """Somebody with an open, a claimed and a closed request, as the version before wrote them."""
    secret = encryption.EncryptedText().process_bind_param("Tocht.", database.engine.dialect)
    states = {1: ("offered", None), 2: ("claimed", 1), 3: ("closed", 1)}
    with database.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO people (id, chat_id, language, reachable, created_at) VALUES (1, 1, 'nl', :yes, :at)"),
            {"yes": True, "at": at},
        )
        connection.execute(
            text(
                "INSERT INTO members (id, name, role, active, created_at, person_id)"
                " VALUES (1, :secret, 'wijkverbinder', :yes, :at, 1)"
            ),
            {"secret": secret, "yes": True, "at": at},
        )
        for number, (state, member) in states.items():
            connection.execute(
                text(
                    "INSERT INTO requests (id, person_id, wijk, topics, urgency, reach, by_whom, summary, state,"
                    " requested_at, claimed_by_id, claimed_at)"
                    " VALUES (:id, 1, 'smitsveen', 'draught', 'normal', 'here', 'own_wijk', :secret, :state,"
                    " :at, :member, :claimed)"
                ),
                {
                    "id": number,
                    "secret": secret,
                    "state": state,
                    "at": at,
                    "member": member,
                    "claimed": at if member else None,
                },
            )


def test_open_requests_of_before_have_somebody_and_a_clock(database_url: str) -> None:
    database = Database(database_url)
    _bring_to(database, "0003")
    _fill(database, START)
    database.upgrade()
    with database.transaction() as session:
        assert session.scalars(select(Person.chat_id)).all() == [1], "its number, sealed now, and what hangs on it"
        requests = {one.id: one for one in session.scalars(select(Request))}
        assert {number: one.look_at is None for number, one in requests.items()} == {1: False, 2: False, 3: True}
        assert requests[1].state in WAITING and requests[1].rule is Rule.COORDINATOR
        assert requests[2].claimed_by_id == 1 and requests[2].waiting_since == START
        while silence.watch(session, START):
            pass
        assert all(one.look_at and one.look_at > START for number, one in requests.items() if number != 3)
        assert clocks.open_promise(session, requests[2]) is None
    database.close()


def test_numbers_that_were_given_out_are_not_given_out_again(tmp_path: Path) -> None:
    """What was erased last had the highest number: SQLite would give it to the next when it writes the table anew."""
    database = Database(f"sqlite:///{tmp_path / 'numbers.db'}")
    _bring_to(database, "0010")
    with database.engine.begin() as connection:
        for number in (5, 6):
            connection.execute(
                text(
                    "INSERT INTO outgoing (id, chat_id, content, due_at, state, attempts, repeatable)"
                    " VALUES (:id, 1, '', :at, 'sent', 0, 1)"
                ),
                {"id": number, "at": START},
            )
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES ('requests', 12)"))
        connection.execute(text("DELETE FROM outgoing"))
    database.upgrade()
    with database.transaction() as session:
        assert queue(session, START, 1, Message("utter_help")).id == 7
        given = session.scalars(text("SELECT seq FROM sqlite_sequence WHERE name = 'requests'")).all()
        assert given == [12]
    database.close()


@pytest.mark.parametrize("way", ["up", "up and down"])
def test_why_a_request_is_urgent_is_encrypted_and_can_be_read_before_and_after(database_url: str, way: str) -> None:
    database = Database(database_url)
    _bring_to(database, "0003")
    _fill(database, START)
    _bring_to(database, "0012")
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE requests SET why = 'eviction no_food' WHERE id = 2"))
    database.upgrade()
    read = text("SELECT why FROM requests ORDER BY id")
    with database.reading() as session:
        assert session.scalars(select(Request.why).order_by(Request.id)).all() == ["", "eviction no_food", ""]
        assert not any(b"eviction" in bytes(row) for row in session.scalars(read))
    if way == "up and down":
        _bring_to(database, "0012", command.downgrade)
        with database.engine.connect() as connection:
            assert connection.scalars(read).all() == ["", "eviction no_food", ""]
    database.close()


def test_each_number_is_looked_up_when_it_is_sealed(tmp_path: Path) -> None:
    """Not with a walk through the table for each: that took minutes for some thousands of chats."""
    database, plans = Database(f"sqlite:///{tmp_path / 'some.db'}"), []
    _bring_to(database, "0010")
    with database.engine.begin() as connection:
        for statement in (
            "INSERT INTO people (chat_id, language, reachable, created_at) VALUES (-5, 'nl', 1, :at)",
            "INSERT INTO inbox (update_id, chat_id, received_at, state, attempts) VALUES (1, -5, :at, 'handled', 0)",
            "INSERT INTO outgoing (chat_id, source_chat_id, content, due_at, state, attempts, repeatable)"
            " VALUES (-5, 7, '', :at, 'sent', 0, 1)",
        ):
            connection.execute(text(statement), {"at": START})

    @event.listens_for(database.engine, "before_cursor_execute")
    def _explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "SET rewritten" in statement:
            plan = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
            plans.append(" ".join(row[-1] for row in plan))

    database.upgrade()
    assert len(plans) == 4 and all("USING" in plan for plan in plans), plans
    with database.reading() as session:
        assert session.scalars(select(Outgoing.chat_id)).all() == [-5]
        assert session.scalars(select(Outgoing.source_chat_id)).all() == [7]
    database.close()
