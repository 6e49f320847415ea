"""Five hundred residents press for the same fifty times at once: fifty have one, and nobody is left without a word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import appointment_offers, availability
from actions.appointment_offers import OFFERED, Plan
from actions.availability import FreeTime
from actions.outbox import Message
from bot.dialogue import player
from bot.dialogue.content import Content
from bot.dialogue.conversation import Answer, Conversation, Heard
from bot.incoming import Incoming, Kind
from bot.telegram.receive import store_updates
from sandbox.world import DEFAULT_TOKEN
from store.agenda_tables import Appointment, Availability
from store.database import Database
from store.settings import ROOT
from store.states import InboxState, OutgoingState, RequestState, Urgency
from store.tables import Inbox, Member, Outgoing, Person, Request, Talk
from tests.actions.people import Wijk, invariant
from tests.conftest import fresh_postgresql
from tests.talks import START

RESIDENTS, HELPERS, TIMES_EACH = 500, 5, 10
PATIENCE_SECONDS = 120
NOWHERE = "http://127.0.0.1:9"
QUESTION = 7
"""The number of the message with the question, in each chat."""
TUESDAYS = [date(2026, 12, 1) + timedelta(weeks=week) for week in range(6)]
"""Days off: only one day is left on which anything is free."""
BOOKED, TAKEN = "utter_appointment_booked", "utter_time_taken"
NEW_CHOICES = {"utter_ask_when", "utter_ask_wait_choice"}


@pytest.fixture
def key(_keys: str) -> str:
    """A key that the test and the bot processes share."""
    return _keys


@pytest.mark.parametrize(
    "bots", [pytest.param(2, id="two bots on PostgreSQL", marks=pytest.mark.postgresql), pytest.param(1, id="SQLite")]
)
def test_fifty_have_a_time_nobody_has_the_same_and_everybody_hears(
    request: pytest.FixtureRequest, bots: int, key: str, content: Content, tmp_path: Path
) -> None:
    database: Database = request.getfixturevalue("rush_on_postgresql" if bots > 1 else "rush_on_sqlite")
    with database.transaction() as session:
        chats = _ask_everybody(session, content)
        _press_all(session, chats)
    share = RESIDENTS // bots
    _run(database, key, tmp_path, [chats[number * share :][:share] for number in range(bots)])
    with database.transaction() as session:
        _nothing_waits(session)
        _fifty_and_none_double(session)
        _everybody_heard(session, chats)
        invariant(session)


def _ask_everybody(session: Session, content: Content) -> list[int]:
    """All have somebody who helps, and were asked whether one time suits; ten were asked about each time.

    They stand in such an order that each process comes to the same times at about the same moment.
    """
    wijk, talk = Wijk(session), _agreed(content)
    helpers = [_helper(wijk, number) for number in range(HELPERS)]
    times = [availability.free(session, START, [one]) for one in helpers]
    assert [len(one) for one in times] == [TIMES_EACH] * HELPERS
    people = [Person(chat_id=5000 + number, created_at=START) for number in range(RESIDENTS)]
    requests = [_request(one, helpers[number % HELPERS].member) for number, one in enumerate(people)]
    session.add_all(requests)
    session.flush()
    session.add_all(Talk(person_id=one.id, state=talk, version=1, updated_at=START) for one in people)
    for number, found in enumerate(requests):
        _ask(session, found, times[number % HELPERS][number // HELPERS % TIMES_EACH])
    return [one.chat_id for one in people]


def _helper(wijk: Wijk, number: int) -> Availability:
    theirs = availability.of(wijk.session, wijk.member(f"Helper {number}"))
    theirs.hours = [{"days": [1], "opens": 9 * 60, "closes": 14 * 60}]
    theirs.minutes, theirs.pause, theirs.a_day = 30, 0, TIMES_EACH
    theirs.days_off = [day.isoformat() for day in TUESDAYS]
    wijk.session.flush()
    return theirs


def _agreed(content: Content) -> dict[str, Any]:
    """A talk of somebody who agreed to talk with the bot, at the menu."""
    greeted = player.play(content, Conversation(), Heard(START)).conversation
    return player.play(content, greeted, Heard(START, answer=Answer("consent", "yes"))).conversation.as_json()


def _request(person: Person, member: Member) -> Request:
    return Request(
        person=person,
        wijk="smitsveen",
        topics="draught",
        urgency=Urgency.NORMAL,
        reach="telephone",
        contact="Voorbeeld",
        by_whom="own_wijk",
        summary="Voorbeeld",
        state=RequestState.CONTACTED,
        requested_at=START,
        waiting_since=START,
        look_at=START + timedelta(days=3),
        claimed_by=member,
    )


def _ask(session: Session, found: Request, time: FreeTime) -> None:
    values = {
        **appointment_offers.plan_values(session, Plan(found), [time]),
        **appointment_offers.as_values([time]),
        "asked_because": "",
        "time_wish": "",
    }
    asks = Message("utter_ask_when", values, opens=OFFERED).as_json()
    sent = {"state": OutgoingState.SENT, "telegram_message_id": QUESTION, "sent_at": START, "due_at": START}
    session.add(Outgoing(chat_id=found.person.chat_id, content=asks, repeatable=True, **sent))


def _press_all(session: Session, chats: Sequence[int]) -> None:
    """Every first button is pressed; nothing has been handled yet."""
    press = {"kind": Kind.PRESS, "data": f"f:{OFFERED}:first", "callback_id": "c", "message_id": QUESTION}
    presses = [Incoming(update_id=number, chat_id=chat, **press) for number, chat in enumerate(chats, start=1)]
    store_updates(session, START, presses)


def _run(database: Database, key: str, folder: Path, shares: Sequence[Sequence[int]]) -> None:
    """A bot process for each share; they begin when all are ready."""
    (folder / "clock").write_text(START.isoformat())
    with _bots(database, key, folder, len(shares)) as bots:
        for bot in bots:
            assert bot.stdout and bot.stdout.readline() == "ready\n", (folder / "errors").read_text()
        for bot, chats in zip(bots, shares, strict=True):
            assert bot.stdin
            print(json.dumps(chats), file=bot.stdin, flush=True)
        codes = [bot.wait(PATIENCE_SECONDS) for bot in bots]
    assert not any(codes), (folder / "errors").read_text()


@contextmanager
def _bots(database: Database, key: str, folder: Path, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "TELEGRAM_API_URL": NOWHERE,
        "TELEGRAM_BOT_TOKEN": DEFAULT_TOKEN,
        "DATABASE_URL": database.url,
        "ENCRYPTION_KEYS": key,
        "CLOCK_FILE": str(folder / "clock"),
    }
    command = [sys.executable, "-m", "tests.simulation.rushing_bot"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (folder / "errors").open("w") as errors:
        bots = [subprocess.Popen(command, cwd=folder, env=environment, stderr=errors, **pipes) for _ in range(count)]
        try:
            yield bots
        finally:
            for bot in bots:
                bot.kill()
                bot.communicate()


def _nothing_waits(session: Session) -> None:
    states = Counter(session.scalars(select(Inbox.state)))
    assert states == {InboxState.HANDLED: RESIDENTS}
    assert session.scalars(select(Inbox.update_id).where(Inbox.attempts > 0)).all() == [], "none failed at first"


def _fifty_and_none_double(session: Session) -> None:
    made = session.scalars(select(Appointment).order_by(Appointment.member_id, Appointment.starts_at)).all()
    assert len(made) == HELPERS * TIMES_EACH
    assert all(a.member_id != b.member_id or a.ends_at <= b.starts_at for a, b in pairwise(made))
    assert len({one.person_id for one in made}) == len(made)


def _everybody_heard(session: Session, chats: Sequence[int]) -> None:
    """Who has a time is told so; everybody else hears that it was taken, and has something else to choose from."""
    told: dict[int, list[str]] = {chat: [] for chat in chats}
    here = Outgoing.chat_id.in_(chats) & (Outgoing.due_at < START + timedelta(hours=1)) & Outgoing.edits_id.is_(None)
    new = select(Outgoing).where(here, Outgoing.state == OutgoingState.WAITING).order_by(Outgoing.id)
    for row in session.scalars(new):
        told[row.chat_id].append(Message.from_json(row.content).key)
    lucky = {one.person.chat_id for one in session.scalars(select(Appointment))}
    for chat, keys in told.items():
        if chat in lucky:
            assert BOOKED in keys and TAKEN not in keys, keys
        else:
            assert TAKEN in keys and keys[-1] in NEW_CHOICES, keys


@pytest.fixture
def rush_on_sqlite(tmp_path: Path) -> Iterator[Database]:
    yield from _upgraded(f"sqlite:///{tmp_path / 'rush.db'}")


@pytest.fixture
def rush_on_postgresql(postgresql: str) -> Iterator[Database]:
    yield from _upgraded(fresh_postgresql(postgresql))


def _upgraded(url: str) -> Iterator[Database]:
    database = Database(url)
    database.upgrade()
    yield database
    database.close()
