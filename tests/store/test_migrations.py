"""An upgrade of an installation that is in use: what was open stays somebody's, and gets a clock."""

from __future__ import annotations

from datetime import datetime

from alembic import command
from alembic.config import Config
from sqlalchemy import select, text

from actions import clocks, silence
from actions.request_states import WAITING
from store import encryption
from store.database import MIGRATIONS, Database
from store.tables import Person, Request, Rule
from tests.talks import START


def _bring_to(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
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
