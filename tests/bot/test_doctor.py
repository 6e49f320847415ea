"""What the doctor finds in the database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.doctor import NOBODY_IS_TOLD, WITHOUT_MAIL, _listening, _named, findings
from store import encryption
from store.database import Database
from store.settings import Settings
from store.states import InboxState, OutgoingState
from store.tables import Inbox, Member, Outgoing, Request
from tests.actions.people import Wijk
from tests.bot.telegram_and_rasa import running
from tests.dashboard.test_mail import SENDER, Office, office
from tests.talks import START

__all__ = ["office"]


@pytest.fixture
def _keys_as_before() -> Iterator[None]:
    before = encryption._keys
    yield
    encryption._keys = before


async def _found(url: str, **other: str) -> dict[str, tuple[bool, str]]:
    with running() as address:
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            database_url=url,
            telegram_api_url=address,
            telegram_bot_token="42:wrong",
            rasa_url=address,
            **other,  # type: ignore[arg-type]
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


MAIL = {
    "the right password": ("wijk:p%40ss%20word@127.0.0.1:{port}", True, f"sends as {SENDER}"),
    "a wrong password": ("wijk:wrong@127.0.0.1:{port}", False, "SMTPAuthenticationError. Look at SMTP_URL"),
    "nobody there": ("127.0.0.1:9", False, "ConnectionRefusedError. Look at SMTP_URL"),
}


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
@pytest.mark.parametrize(("where", "well", "said"), MAIL.values(), ids=MAIL)
async def test_the_mail_server_is_greeted_and_sent_nothing(
    office: tuple[Office, int], where: str, well: bool, said: str
) -> None:
    url = f"smtp://{where.format(port=office[1])}"
    found = (await _found("postgresql://nobody@127.0.0.1:1/nothing", smtp_url=url, mail_from=SENDER))["E-mail"]
    assert found[0] is well and found[1].startswith(said) and "wrong" not in found[1] and office[0].got == []


async def test_without_a_mail_server_the_doctor_says_what_does_not_go_by_it() -> None:
    found = await _found("postgresql://nobody@127.0.0.1:1/nothing")
    assert found["E-mail"] == (True, f"SMTP_URL is empty, so {WITHOUT_MAIL}")


@pytest.mark.parametrize(
    ("given", "well", "remark"),
    [
        ({}, True, "answers as @Wijk_bot"),
        ({"telegram_bot_name": "wijk_bot"}, True, "answers as @Wijk_bot"),
        (
            {"dashboard_url": "https://wijk.example.org"},
            True,
            "answers as @Wijk_bot; set TELEGRAM_BOT_NAME=Wijk_bot to make posters on the web page",
        ),
        (
            {"telegram_bot_name": "other_bot"},
            False,
            "answers as @Wijk_bot, and posters lead to @other_bot: set TELEGRAM_BOT_NAME=Wijk_bot",
        ),
    ],
)
def test_posters_lead_to_the_bot_that_answers(given: dict[str, str], well: bool, remark: str) -> None:
    found = _named(Settings(_env_file=None, **given), "Wijk_bot")  # type: ignore[arg-type, call-arg]
    assert (found.well, found.remark) == (well, remark)


@pytest.mark.parametrize(
    ("dashboard", "webhook", "told"),
    [
        ("127.0.0.1:8090", "127.0.0.1:8443", ""),
        ("localhost:8090", "[::1]:8443", ""),
        ("0.0.0.0:8090", "127.0.0.1:8443", "DASHBOARD_LISTEN:"),
        ("127.0.0.1:8090", ":8443", "TELEGRAM_WEBHOOK_LISTEN:"),
        ("page.example:8090", "[::]:8443", "DASHBOARD_LISTEN and TELEGRAM_WEBHOOK_LISTEN:"),
    ],
)
def test_who_listens_to_more_than_this_machine_is_told(dashboard: str, webhook: str, told: str) -> None:
    given = {"dashboard_listen": dashboard, "telegram_webhook_listen": webhook}
    used = {"dashboard_url": "https://a.example", "telegram_webhook_url": "https://b.example", **given}
    settings = Settings(_env_file=None, telegram_webhook_secret="s" * 32, **used)  # type: ignore[arg-type, call-arg]
    found = _listening(settings)
    assert found.well is not bool(told) and told in found.remark
    assert _listening(Settings(_env_file=None, **given)).well  # type: ignore[arg-type, call-arg]
