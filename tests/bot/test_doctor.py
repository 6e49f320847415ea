"""What the doctor finds in the database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.doctor import NOBODY_IS_TOLD, findings
from store import encryption
from store.database import Database
from store.settings import Settings
from store.tables import Inbox, InboxState, Member, Outgoing, OutgoingState, Request
from tests.actions.people import Wijk
from tests.bot.telegram_and_rasa import running
from tests.talks import START


@pytest.fixture
def _keys_as_before() -> Iterator[None]:
    before = encryption._keys
    yield
    encryption._keys = before


async def _found(url: str) -> dict[str, tuple[bool, str]]:
    with running() as address:
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            database_url=url,
            telegram_api_url=address,
            telegram_bot_token="42:wrong",
            rasa_url=address,
        )
        return {found.what: (found.well, found.remark) for found in await findings(settings)}


async def test_what_was_set_aside_or_failed_is_counted(database: Database) -> None:
    with database.transaction() as session:
        session.add(Inbox(update_id=1, chat_id=1, received_at=START, state=InboxState.SET_ASIDE, attempts=3))
        session.add(Outgoing(chat_id=1, content={}, due_at=START, state=OutgoingState.FAILED))
    found = await _found(database.engine.url.render_as_string(hide_password=False))
    assert found["Inbox"] == (False, "1 updates set aside; look for update_set_aside in the log")
    assert found["Outbox"] == (False, "1 messages failed; look for the row ids in the log")
    assert found["Telegram"] == (False, "InvalidToken. Look at TELEGRAM_BOT_TOKEN and the connection.")


async def test_without_a_coordinator_who_can_be_reached_nobody_is_told(database: Database) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    with database.transaction() as session:
        wijk = Wijk(session)
        wijk.member("Fatma")
        coordinator = wijk.coordinator()
        wijk.lose(coordinator)
        number = coordinator.id
    assert (await _found(url))["Coordinators"] == (False, NOBODY_IS_TOLD)
    with database.transaction() as session:
        person = session.get_one(Member, number).person
        assert person is not None
        person.reachable = True
    assert (await _found(url))["Coordinators"] == (True, "1 can be reached")


async def test_requests_that_went_wrong_are_counted_beside_those_that_are_open(database: Database) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    with database.transaction() as session:
        wijk = Wijk(session)
        wijk.request()
        number = wijk.request().id
    assert (await _found(url))["Requests"] == (True, "2 open, 0 on top")
    with database.transaction() as session:
        session.get_one(Request, number).on_top = True
    assert (await _found(url))["Requests"] == (True, "2 open, 1 on top; see `wijkwijzer requests`")


async def test_a_database_that_is_gone_is_told() -> None:
    found = await _found("postgresql://nobody@127.0.0.1:1/nothing")
    assert found["Database"] == (False, "OperationalError. Look at DATABASE_URL.")


@pytest.mark.usefixtures("_keys_as_before")
async def test_keys_that_do_not_fit_are_told(database: Database) -> None:
    with database.transaction() as session:
        session.add(Outgoing(chat_id=1, content={}, due_at=START))
    encryption.configure(encryption.new_key())
    found = await _found(database.engine.url.render_as_string(hide_password=False))
    assert not found["Keys"][0] and "ENCRYPTION_KEYS" in found["Keys"][1]
