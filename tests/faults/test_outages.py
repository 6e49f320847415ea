"""Rasa, Telegram or the database is away, slow or refuses: nobody is left without an answer, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any

import pytest
from sqlalchemy import create_engine, exc, select, text
from structlog.testing import capture_logs

from bot import steps
from bot.incoming import Incoming, Kind
from bot.steps import Asked
from bot.telegram.receive import store_updates
from bot.understanding.rasa import Rasa
from bot.understanding.safety import SafetyPhrases
from bot.words import Words
from sandbox.clock import Clock as SandboxClock
from sandbox.control import add_fault, update_faults
from sandbox.server import running
from sandbox.users import read_settings
from sandbox.world import World
from store.database import Database
from store.states import InboxState, OutgoingState
from store.tables import Inbox, Outgoing, Person, Talk
from tests.faults.hall import TO_APPROVAL, Hall, Talks
from tests.faults.processes import BotProcess, until
from tests.rasa_server import free_port
from tests.talks import Stage, keys

pytestmark = pytest.mark.e2e

SENTENCE = "de wind waait hier zo door alles heen"
SOON = {"bot.jobs.SWEEP_SECONDS": 0.5, "bot.telegram.outcomes.OFFLINE_HOLD": 0.2}


def resident_asked(hall: Hall) -> int:
    """Somebody who is asked whether they rent; gives their chat."""
    chat = hall.newcomer()
    with hall.database.transaction() as session:
        hall.talker(session, chat, hall.talks.asked)
    return chat


def answers(hall: Hall, chat: int) -> None:
    hall.does(chat, "press", message_id=1, data=f"q{hall.talks.asked['open'][0]}:portaal")


# --- Rasa -------------------------------------------------------------------------------------------------------


class StandIn:
    """Answers `POST /model/parse` over HTTP as strictly as Rasa: one field `text`, never an intent by hand."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.intent = "high_bill"
        self.seconds = 0.0
        self.body: str | None = None
        self.url = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request per connection."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length")
        )
        asked = json.loads(await reader.readexactly(length))
        fits = head.startswith("POST /model/parse ") and set(asked) == {"text"} and not asked["text"].startswith("/")
        self.asked.append(asked["text"])
        await asyncio.sleep(self.seconds)
        ranking = [{"name": self.intent, "confidence": 0.9}]
        body = self.body if self.body is not None else json.dumps({"intent_ranking": ranking})
        status = "200 OK" if fits else "400 Bad Request"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())
        writer.close()


@asynccontextmanager
async def stand_in(port: int = 0) -> AsyncIterator[StandIn]:
    rasa = StandIn()
    server = await asyncio.start_server(rasa.answer, "127.0.0.1", port)
    rasa.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield rasa
    finally:
        server.close()


@pytest.mark.asyncio
async def test_without_rasa_buttons_labels_and_dangers_still_work_and_later_sentences_too(hall: Hall) -> None:
    port = free_port()
    await hall.running_bot({"bot.understanding.rasa.REST_SECONDS": 0.2}, RASA_URL=f"http://127.0.0.1:{port}")
    chat = resident_asked(hall)
    hall.says(chat, SENTENCE)
    await hall.hears(chat, "Ik begrijp even geen losse zinnen.")
    hall.says(chat, "van portaal")
    await hall.hears(chat, "Waar voelt u de tocht?")
    hall.says(chat, "ik ruik gas")
    await hall.hears(chat, "0800-9009")
    async with stand_in(port) as rasa:
        other = resident_asked(hall)
        await asyncio.sleep(0.3)
        hall.says(other, SENTENCE)
        await hall.hears(other, "hoge rekening")
        assert rasa.asked == [SENTENCE]
    third = resident_asked(hall)
    hall.says(third, SENTENCE)
    await hall.hears(third, "Ik begrijp even geen losse zinnen.")


def say_sentence(stage: Stage, talks: Talks) -> list[str]:
    resident = stage.person(700)
    _place(stage, 700, talks.asked)
    return keys(resident.says(SENTENCE))


def _place(stage: Stage, chat: int, state: dict[str, Any]) -> None:
    with stage.database.transaction() as session:
        now = stage.clock.now()
        person = Person(chat_id=chat, created_at=now)
        session.add(person)
        session.flush()
        session.add(Talk(person_id=person.id, state=state, version=1, updated_at=now))


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("seconds", "body"),
    [(0.5, None), (0.0, "<html>"), (0.0, "{}"), (0.0, '{"intent_ranking": null}'), (0.0, "[]"), (0.0, '"x"')],
    ids=["slow", "no JSON", "without a ranking", "an empty ranking", "a list", "a word"],
)
async def test_a_rasa_that_is_slow_or_talks_nonsense_is_like_none(
    database: Database, words: Words, phrases: SafetyPhrases, talks: Talks, seconds: float, body: str | None
) -> None:
    async with stand_in() as rasa:
        rasa.seconds, rasa.body = seconds, body
        stage = Stage(database, words, phrases, Rasa(rasa.url, timeout=0.1))
        said = await asyncio.to_thread(say_sentence, stage, talks)
    assert said == ["utter_unavailable", "utter_ask_tenure"]


# --- Telegram ---------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_429_delays_that_chat_alone(hall: Hall) -> None:
    await hall.running_bot()
    slow, other = resident_asked(hall), resident_asked(hall)
    add_fault(
        hall.world, {"kind": "too_many_requests", "method": "sendMessage", "chat": slow, "count": 1, "seconds": 3}
    )
    answers(hall, slow)
    answers(hall, other)
    await hall.hears(other, "Waar voelt u de tocht?")
    assert hall.screen(slow) == []
    hall.move_clock()
    await hall.hears(slow, "Waar voelt u de tocht?")
    assert len(hall.screen(slow)) == 1


@pytest.mark.asyncio
async def test_403_marks_somebody_unreachable_until_they_write_again(hall: Hall) -> None:
    await hall.running_bot()
    chat = resident_asked(hall)
    add_fault(hall.world, {"kind": "forbidden", "method": "sendMessage", "chat": chat, "count": 1})
    answers(hall, chat)
    unreachable = Person.chat_id == chat, Person.reachable.is_(False)
    await until(lambda: hall.count(Person, *unreachable) == 1, "somebody to be marked unreachable")
    hall.says(chat, "raam")
    await hall.hears(chat, "Hoe warm is het nu binnen?")
    assert hall.count(Person, *unreachable) == 0


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("fault", "copies"),
    [
        ({"kind": "server_error", "code": 500}, 1),
        ({"kind": "server_error", "code": 502}, 1),
        ({"kind": "refused"}, 1),
        ({"kind": "lost_answer"}, 2),
    ],
    ids=str,
)
async def test_what_telegram_may_not_have_got_is_sent_again(hall: Hall, fault: dict[str, Any], copies: int) -> None:
    """A question that is there twice does no harm; one that is missing does."""
    await hall.running_bot({"bot.telegram.outcomes.LONGEST_HOLD": 0.3})
    chat = resident_asked(hall)
    add_fault(hall.world, {**fault, "method": "sendMessage", "chat": chat, "count": 1})
    answers(hall, chat)
    held = Outgoing.chat_id == chat, Outgoing.state == OutgoingState.WAITING, Outgoing.attempts == 1
    await until(lambda: hall.count(Outgoing, *held) >= 1, "the message to be put off")
    hall.move_clock()
    await until(lambda: len(hall.screen(chat)) == copies, "the message to be sent again")
    await hall.quiet()
    assert len(hall.screen(chat)) == copies


@pytest.mark.asyncio
async def test_the_bot_waits_for_a_telegram_that_cannot_be_reached(hall: Hall) -> None:
    port = free_port()
    bot = hall.start_bot(TELEGRAM_API_URL=f"http://127.0.0.1:{port}")
    await until(lambda: bool(bot.logged("telegram_unreachable")), "the bot to notice")
    world = World(read_settings(), SandboxClock(None))
    async with running(world, port=port):
        hall.world = world
        await bot.started()
        chat = hall.newcomer()
        hall.says(chat, "hallo")
        await hall.hears(chat, "Wijkwijzer")


# --- the database -----------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_what_comes_while_the_database_is_locked_is_handled_afterwards(hall: Hall) -> None:
    """Locked for longer than the bot waits for a lock: by a backup, or somebody's open console."""
    bot = await hall.running_bot({**SOON, "store.database.BUSY_SECONDS": 0.2})
    chats = [resident_asked(hall) for _ in range(3)]
    with lock(hall):
        for chat in chats:
            answers(hall, chat)
        await until(lambda: bool(bot.logged("receiving_interrupted")) or _lock_waits(hall, bot), "the bot to meet it")
    for chat in chats:
        await hall.hears(chat, "Waar voelt u de tocht?")
    await hall.quiet()
    assert hall.count(Inbox, Inbox.attempts > 0) == 0
    assert bot.alive()


def lock(hall: Hall) -> Any:
    """Another connection that holds what the bot needs to write."""
    if hall.database.on_sqlite:
        other = sqlite3.connect(hall.database_url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        return closing(other)
    engine = create_engine(hall.database.engine.url)
    connection = engine.connect()
    connection.execute(text("LOCK TABLE inbox, outgoing IN ACCESS EXCLUSIVE MODE"))
    return closing(connection)


def _lock_waits(hall: Hall, bot: BotProcess) -> bool:
    """On PostgreSQL the bot waits for the lock, however long that takes."""
    if hall.database.on_sqlite:
        return False
    with hall.database.engine.connect() as connection:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(connection.scalar(text(waiting)))


@pytest.mark.asyncio
@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
async def test_the_bot_survives_that_postgresql_drops_its_connections(hall: Hall) -> None:
    bot = await hall.running_bot(SOON)
    chat = resident_asked(hall)
    for label, heard in (("portaal", "Waar voelt u de tocht?"), ("raam", "Hoe warm is het nu binnen?")):
        _drop_connections(hall)
        hall.says(chat, label)
        _drop_connections(hall)
        await hall.hears(chat, heard)
    await hall.quiet()
    assert bot.alive()
    assert hall.count(Inbox, Inbox.state == InboxState.SET_ASIDE) == 0


def _drop_connections(hall: Hall) -> None:
    with hall.database.engine.connect() as connection:
        others = "pid <> pg_backend_pid() AND datname = current_database()"
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))


@pytest.mark.parametrize("where", ["bot.conversations.people.find_or_create", "bot.conversations._oldest"])
def test_trouble_with_the_database_is_no_failure_of_the_update(
    stage: Stage, talks: Talks, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """However often it happens in the midst of a message: counted, it would be set aside at the third time."""
    _place(stage, 700, talks.asked)
    with stage.database.transaction() as session:
        store_updates(session, stage.clock.now(), [Incoming(1, 700, Kind.TEXT, text="portaal", message_id=5)])
    with monkeypatch.context() as broken:
        broken.setattr(where, _gone)
        assert [asyncio.run(stage.conversations.handle_next(700)) for _ in range(5)] == [False] * 5
    assert asyncio.run(stage.conversations.handle_next(700))
    assert keys(stage.person(700).hears()) == ["utter_ask_draught_place"]
    with stage.database.reading() as session:
        assert session.scalars(select(Inbox.attempts)).one() == 0


def _gone(*_: object) -> Any:
    raise exc.OperationalError("SELECT 1", None, Exception("server closed the connection unexpectedly"))


# --- a message that the bot cannot digest -----------------------------------------------------------------------


SECRET = "mijn geheim"


def crash(_asked: Asked) -> Any:
    raise RuntimeError(SECRET)


def test_an_update_that_crashes_three_times_is_set_aside_with_an_honest_answer(
    stage: Stage, talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    _place(stage, 700, talks.approving)
    resident = stage.person(700)
    with monkeypatch.context() as broken, capture_logs() as logged:
        broken.setitem(steps.STEPS, "action_request_handoff", crash)
        said = resident.sends(kind=Kind.PRESS, data=f"q{talks.approving['open'][0]}:yes", callback_id="c")
    assert keys(said) == ["utter_set_aside"]
    assert [line["event"] for line in logged].count("handling_failed") == 3
    aside = next(line for line in logged if line["event"] == "update_set_aside")
    with stage.database.reading() as session:
        row = session.scalars(select(Inbox)).one()
        assert (row.state, row.content, row.update_id) == (InboxState.SET_ASIDE, None, aside["update_id"])
    assert keys(resident.says("stuur door"))[0].startswith("utter_handoff")


def test_a_talk_that_cannot_be_read_begins_anew(stage: Stage) -> None:
    """Stored by a version that had other fields: silence would last for ever, and so would an apology."""
    _place(stage, 700, {"nothing": SECRET})
    resident = stage.person(700)
    with capture_logs() as logged:
        assert keys(resident.says("portaal"))[0] == "utter_welcome"
    (line,) = [line for line in logged if line["event"] == "talk_unreadable"]
    assert SECRET not in str(line)
    assert resident.conversation().started


def test_a_failure_leaves_the_next_messages_of_the_chat_in_order(
    stage: Stage, talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    _place(stage, 700, talks.approving)
    resident = stage.person(700)
    monkeypatch.setitem(steps.STEPS, "action_request_handoff", crash)
    number = talks.approving["open"][0]
    batch = [
        Incoming(1, 700, Kind.PRESS, data=f"q{number}:yes", callback_id="c"),
        Incoming(2, 700, Kind.TEXT, text="ik ruik gas", message_id=5),
    ]
    with stage.database.transaction() as session:
        store_updates(session, stage.clock.now(), batch)
    while asyncio.run(stage.conversations.handle_next(700)):
        pass
    assert keys(resident.hears())[:2] == ["utter_set_aside", "utter_danger_gas_smell"]


@pytest.mark.asyncio
async def test_a_crash_is_logged_by_its_update_and_not_by_what_was_written(hall: Hall) -> None:
    """Python quotes in its errors what it could not digest."""
    bot = await hall.running_bot()
    chat = hall.newcomer()
    with hall.database.transaction() as session:
        hall.talker(session, chat, hall.talks.approving)
        undigestible = Incoming(1, chat, Kind.TEXT, text="stuur door").as_json() | {"kind": SECRET}
        now = hall.clock.now()
        session.add(
            Inbox(
                update_id=1, chat_id=chat, received_at=now, content=undigestible, state=InboxState.RECEIVED, attempts=0
            )
        )
    hall.says(chat, "stuur door")
    await hall.hears(chat, "Bij mij ging iets mis.")
    (aside,) = bot.logged("update_set_aside")
    assert aside["update_id"] == 1
    failures = bot.logged("handling_failed")
    assert [(one["update_id"], one["error"]) for one in failures] == [(1, "ValueError")] * 3
    assert SECRET not in bot.log()
    assert "stuur door" not in bot.log().casefold()


# --- two processes ----------------------------------------------------------------------------------------------


@asynccontextmanager
async def taking_turns(*ports: int) -> AsyncIterator[tuple[str, list[int]]]:
    """One address before several: each connection goes to the next of them. Gives the address and what went where."""
    went: list[int] = []

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-length")), 0
        )
        body = await reader.readexactly(length)
        port = ports[len(went) % len(ports)]
        went.append(port)
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        far_writer.write(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + body)
        writer.write(await far_reader.read())
        writer.close()
        far_writer.close()

    server = await asyncio.start_server(pass_on, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", went
    finally:
        server.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
async def test_two_bots_behind_one_webhook_share_the_work_and_answer_once(hall: Hall) -> None:
    ports = free_port(), free_port()
    async with taking_turns(*ports) as (address, went):
        for port in ports:
            await hall.running_bot(
                {"bot.jobs.SWEEP_SECONDS": 0.05},
                TELEGRAM_WEBHOOK_URL=f"{address}/telegram",
                TELEGRAM_WEBHOOK_SECRET="not-a-secret-only-a-test",
                TELEGRAM_WEBHOOK_LISTEN=f"127.0.0.1:{port}",
            )
        await asyncio.gather(*(until(lambda port=port: _listens(port), "a bot to listen") for port in ports))  # type: ignore[misc]
        update_faults(hall.world, {"duplicate": 1000})  # so that both hear of everything
        chats = [resident_asked(hall) for _ in range(6)]
        heard = ("Waar voelt u de tocht?", "Hoe warm is het nu binnen?", "Lukt het om de energierekening te betalen?")
        for label, part in zip(TO_APPROVAL, heard, strict=False):
            for chat in chats:
                hall.says(chat, label)
            for chat in chats:
                await hall.hears(chat, part)
        await hall.quiet()
    for chat in chats:
        assert [text.partition("\n")[0] for text in hall.screen(chat)] == [part.partition("\n")[0] for part in heard]
    assert set(went) == set(ports)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
