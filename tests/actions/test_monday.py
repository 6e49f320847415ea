"""The figures on Monday: what they say of tables counted by hand, whom they are sent to, and that it is once a week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions import monday, quiet_hours
from actions.figures import Cell, Hidden, Period, Table
from actions.monday import Way
from actions.outbox import Message
from actions.statistics import DEFINED
from store.database import Database
from store.figure_tables import FigureMail
from store.states import Role
from store.tables import Event, Outgoing
from tests.actions.people import WISH, Wijk, moment, wish

NINE = moment("2026-11-23 09:00")
"""A Monday; the last week that may be told is that of 9 November."""
WEEK, MONTH, BEFORE = date(2026, 11, 9), date(2026, 10, 19), date(2026, 9, 21)
UNTIL = date(2026, 11, 16)
SMALL = Hidden.SMALL
Rows = Sequence[tuple[Cell, ...]]
FULL: Mapping[str, Rows] = {
    "talks": [("Smitsveen", 41), ("De Eng", 12), ("Onbekend", SMALL)],
    "topics": [("Tocht", 20), ("Hoge rekening", 9), ("Schimmel of vocht", 8), ("Toeslagen", 6), ("Afsluiting", 5)],
    "promises": [("Smitsveen", 15, 10, SMALL), ("De Eng", 5, SMALL, SMALL)],
    "useful": [("Ja", 9, SMALL), ("Een beetje", SMALL, SMALL), ("Nee", 5, SMALL), ("Zegt het liever niet", 7, SMALL)],
    "times": [
        ("Gevaar", SMALL, SMALL, SMALL),
        ("Snel", 20, 1, 2),
        ("Gewoon", 44, 6, 30),
        ("Informatie", 12, SMALL, SMALL),
    ],
}
NOTHING: Mapping[str, Rows] = {
    "talks": [],
    "topics": [],
    "promises": [],
    "useful": [("Ja", SMALL, SMALL), ("Een beetje", SMALL, SMALL), ("Nee", SMALL, SMALL)],
    "times": [("Gevaar", SMALL, SMALL, SMALL), ("Snel", SMALL, SMALL, SMALL), ("Gewoon", SMALL, SMALL, SMALL)],
}
FACTS: Mapping[str, Any] = {
    "week": "2026-11-09",
    "wijk": "",
    "talks": 53,
    "topics_told": [["Tocht", 20], ["Hoge rekening", 9], ["Schimmel of vocht", 8], ["Toeslagen", 6]],
    "topic_told": "Tocht",
    "ended": 20,
    "kept": 10,
    "answers": 14,
    "useful": 9,
    "urgency_told": "gewoon",
    "hours": 6,
    "hours_before": 6,
}
EMPTY = dict.fromkeys(("talks", "ended", "kept", "answers", "useful", "hours", "hours_before"), 0) | {
    "week": "2026-11-09",
    "wijk": "",
    "topics_told": [],
    "topic_told": "",
    "urgency_told": "",
}


def tables_of(rows: Mapping[str, Rows]) -> list[Table]:
    return [Table(one.key, one.title, one.definition, one.columns, tuple(rows.get(one.key, ()))) for one in DEFINED]


class Reckoned:
    """Stands in for the statistics: the same tables whatever is asked, and what was asked."""

    def __init__(self) -> None:
        self.rows: dict[date, Mapping[str, Rows]] = {}
        self.asked: list[tuple[Period, str | None]] = []

    def __call__(self, _session: Session, _now: datetime, period: Period, wijk: str | None = None) -> list[Table]:
        self.asked.append((period, wijk))
        return tables_of(self.rows.get(period.first, FULL))


@pytest.fixture
def reckoned() -> Iterator[Reckoned]:
    found = Reckoned()
    with mock.patch.object(monday, "tables", found):
        yield found


def times(half: Cell, count: Cell = 44) -> Mapping[str, Rows]:
    return {**FULL, "times": [("Snel", SMALL, SMALL, SMALL), ("Gewoon", count, half, half)]}


def test_what_is_told_of_a_week_is_the_sum_of_what_the_figures_show(wijk: Wijk, reckoned: Reckoned) -> None:
    assert monday.facts(wijk.session, NINE) == FACTS
    periods = [Period(WEEK, UNTIL), Period(MONTH, UNTIL), Period(BEFORE, MONTH)]
    assert reckoned.asked == [(period, None) for period in periods]


def test_of_a_wijk_the_figures_of_that_wijk_are_asked(wijk: Wijk, reckoned: Reckoned) -> None:
    assert monday.facts(wijk.session, NINE, "de_eng")["wijk"] == "de_eng"
    assert {asked for _, asked in reckoned.asked} == {"de_eng"}


def test_where_all_is_hidden_nothing_is_told(wijk: Wijk, reckoned: Reckoned) -> None:
    reckoned.rows = dict.fromkeys((WEEK, MONTH, BEFORE), NOTHING)
    assert monday.facts(wijk.session, NINE) == EMPTY


WAITED: Mapping[str, tuple[Cell, Cell, Any, Any]] = {
    "both known": (6, 9, 6, 9),
    "before too few": (6, SMALL, 6, 0),
    "at once is within the first hour": (0, 1, 1, 1),
    "more than half still waits": ("Nog wachtend", 3, "waiting", 3),
}


@pytest.mark.parametrize(("now", "before", "hours", "hours_before"), WAITED.values(), ids=WAITED)
def test_the_time_to_a_person_is_put_beside_that_of_the_weeks_before(
    wijk: Wijk, reckoned: Reckoned, now: Cell, before: Cell, hours: Any, hours_before: Any
) -> None:
    reckoned.rows = {MONTH: times(now), BEFORE: times(before)}
    told = monday.facts(wijk.session, NINE)
    assert (told["urgency_told"], told["hours"], told["hours_before"]) == ("gewoon", hours, hours_before)


def test_real_events_are_counted_without_a_job_before(wijk: Wijk) -> None:
    for _ in range(6):
        wijk.session.add(Event(at=moment("2026-11-10 12:00"), name="talk_started", wijk="smitsveen", first=True))
    assert monday.facts(wijk.session, NINE)["talks"] == 6


def test_under_five_in_a_week_are_not_told(wijk: Wijk) -> None:
    for _ in range(4):
        wijk.session.add(Event(at=moment("2026-11-10 12:00"), name="talk_started", wijk="smitsveen", first=True))
    assert monday.facts(wijk.session, NINE) == EMPTY


# --- what needs attention ---------------------------------------------------------------------------------------


def attention(wijk: Wijk) -> dict[str, int]:
    wijk.session.flush()
    message = monday.messages(wijk.session, wijk.now)[-1]
    assert message.key == "team_figures_attention"
    assert message.values["waits"] == bool(message.values["items"])
    return {item["kind"]: item["count"] for item in message.values["items"]}


def test_what_nobody_has_needs_a_coordinator(wijk: Wijk, reckoned: Reckoned) -> None:
    assert attention(wijk) == {}
    wijk.request(WISH)
    assert attention(wijk) == {"requests": 1}


def test_who_has_enough_needs_relief(wijk: Wijk, reckoned: Reckoned) -> None:
    fatma = wijk.member("Fatma", capacity=1)
    assert attention(wijk) == {}
    wijk.claimed(fatma, wish())
    assert attention(wijk) == {"full": 1}


def test_of_one_wijk_only_the_figures_are_told(wijk: Wijk, reckoned: Reckoned) -> None:
    assert [message.key for message in monday.messages(wijk.session, NINE, "de_eng")] == ["team_figures"]


# --- sending ----------------------------------------------------------------------------------------------------

TOLD = ["team_figures", "team_figures_attention"]


def test_coordinators_get_it_once_a_week(wijk: Wijk, reckoned: Reckoned) -> None:
    coby, fatma = wijk.coordinator(), wijk.member("Fatma")
    wijk.news(coby), wijk.news(fatma)
    assert monday.send(wijk.session, NINE, mail=False) == 1
    assert wijk.news(coby) == TOLD and wijk.news(fatma) == []
    assert monday.send(wijk.session, NINE + timedelta(minutes=10), mail=False) == 0
    assert monday.send(wijk.session, NINE + timedelta(days=4), mail=False) == 0
    assert wijk.news(coby) == []
    assert monday.send(wijk.session, NINE + timedelta(days=7), mail=False) == 1
    assert wijk.news(coby) == TOLD


def test_it_is_a_message_with_a_picture_under_a_subject_of_the_week(wijk: Wijk, reckoned: Reckoned) -> None:
    wijk.coordinator()
    monday.send(wijk.session, NINE, mail=False)
    rows = wijk.session.scalars(select(Outgoing).where(Outgoing.subject == "begun:monday:2026-11-23")).all()
    first = Message.from_json(rows[0].content)
    assert (first.values, first.picture) == (FACTS, FACTS)
    assert {row.due_at for row in rows} == {NINE}


WHEN = {
    "on Monday at nine": ("2026-11-23 09:00", True),
    "before nine": ("2026-11-23 08:59", False),
    "after the bot was down on Monday": ("2026-11-24 09:00", True),
    "on Saturday": ("2026-11-28 12:00", False),
    "on Easter Monday": ("2026-04-06 12:00", False),
    "on the day after it": ("2026-04-07 09:00", True),
    "on the Monday of the other clock": ("2026-10-26 09:00", True),
}


@pytest.mark.parametrize(("at", "sent"), WHEN.values(), ids=WHEN)
def test_it_comes_when_the_first_working_day_begins(wijk: Wijk, reckoned: Reckoned, at: str, sent: bool) -> None:
    wijk.coordinator()
    assert monday.send(wijk.session, moment(at), mail=False) == sent


def test_who_does_not_want_it_or_cannot_be_reached_does_not_get_it(wijk: Wijk, reckoned: Reckoned) -> None:
    wijk.coordinator("Anna", monday_figures=False)
    wijk.coordinator("Bert", active=False)
    quiet, lost = wijk.coordinator("Chris"), wijk.coordinator("Dora")
    assert quiet.person is not None
    quiet_hours.stop(wijk.session, quiet.person)
    wijk.lose(lost)
    wijk.session.flush()
    assert monday.send(wijk.session, NINE, mail=False) == 0
    assert wijk.session.scalar(select(Outgoing).where(Outgoing.subject.startswith("begun:monday"))) is None


def test_without_anybody_to_send_it_to_nothing_is_reckoned(wijk: Wijk, reckoned: Reckoned) -> None:
    assert monday.send(wijk.session, NINE, mail=False) == 0
    assert reckoned.asked == []


def test_two_processes_at_the_same_moment_send_it_once(database: Database, reckoned: Reckoned) -> None:
    with database.transaction() as session:
        wijk = Wijk(session)
        wijk.coordinator("Coby"), wijk.coordinator("Cor")
    hands = 4
    start = Barrier(hands)

    def send() -> int:
        start.wait(10)
        with database.transaction() as session:
            return monday.send(session, NINE, mail=False)

    with ThreadPoolExecutor(hands) as threads:
        sent = [one.result(30) for one in [threads.submit(send) for _ in range(hands)]]
    assert sorted(sent) == [0] * (hands - 1) + [2]
    with database.reading() as session:
        about = select(Outgoing).where(Outgoing.subject == "begun:monday:2026-11-23")
        assert len(session.scalars(about).all()) == 2 * len(TOLD)


def test_every_role_but_the_coordinator_gets_no_figures(wijk: Wijk, reckoned: Reckoned) -> None:
    others = [wijk.member(role.value, role=role) for role in Role if role is not Role.COORDINATOR]
    assert monday.send(wijk.session, NINE, mail=False) == 0
    assert not any("team_figures" in wijk.told(one) for one in others)


# --- by e-mail --------------------------------------------------------------------------------------------------

MAIL, TELEGRAM = Way.MAIL, Way.TELEGRAM
ADDRESS = {"email": "coby@example.org"}
NOT_HERE: Mapping[str, Any] = {"person_id": None}
WAYS: Mapping[str, tuple[Role, Mapping[str, Any], Way | None, Way | None]] = {
    # who, with what, and how they get it with and without a mail server
    "coordinator": (Role.COORDINATOR, {}, TELEGRAM, TELEGRAM),
    "with an address": (Role.COORDINATOR, ADDRESS, TELEGRAM, TELEGRAM),
    "who wants mail": (Role.COORDINATOR, {**ADDRESS, "figures_by_mail": True}, MAIL, TELEGRAM),
    "who wants mail and has no address": (Role.COORDINATOR, {"figures_by_mail": True}, TELEGRAM, TELEGRAM),
    "without Telegram": (Role.COORDINATOR, {**ADDRESS, **NOT_HERE}, MAIL, None),
    "without either": (Role.COORDINATOR, NOT_HERE, None, None),
    "who wants none": (Role.COORDINATOR, {**ADDRESS, "monday_figures": False}, None, None),
    "who wants none by mail": (
        Role.COORDINATOR, {**ADDRESS, "figures_by_mail": True, "monday_figures": False}, None, None,
    ),
    "who left": (Role.COORDINATOR, {**ADDRESS, **NOT_HERE, "active": False}, None, None),
    "administrator": (Role.ADMINISTRATOR, {**ADDRESS, **NOT_HERE}, None, None),
    "administrator who asked": (Role.ADMINISTRATOR, {**ADDRESS, **NOT_HERE, "figures_by_mail": True}, MAIL, None),
    "administrator without an address": (Role.ADMINISTRATOR, {"figures_by_mail": True}, None, None),
    "reader": (Role.READER, {**ADDRESS, "figures_by_mail": True}, None, None),
    "wijkverbinder": (Role.WIJKVERBINDER, {**ADDRESS, "figures_by_mail": True}, None, None),
}  # fmt: skip


@pytest.mark.parametrize(("role", "settings", "with_mail", "without"), WAYS.values(), ids=WAYS)
def test_each_gets_it_the_way_they_want(
    wijk: Wijk,
    reckoned: Reckoned,
    role: Role,
    settings: Mapping[str, Any],
    with_mail: Way | None,
    without: Way | None,
) -> None:
    found = wijk.member("Coby", None, role, **settings)
    wijk.session.flush()
    assert (monday.way(found, mail=True), monday.way(found, mail=False)) == (with_mail, without)
    assert monday.send(wijk.session, NINE, mail=True) == (with_mail is not None)
    mails = wijk.session.scalars(select(FigureMail)).all()
    assert [(one.member_id, one.week, one.due_at, one.sent_at) for one in mails] == (
        [(found.id, WEEK, NINE, None)] if with_mail is MAIL else []
    )
    begun = wijk.session.scalars(select(Outgoing).where(Outgoing.subject.startswith("begun:monday"))).all()
    assert len(begun) == (len(TOLD) if with_mail is TELEGRAM else 0)


def test_who_blocked_the_bot_gets_it_by_mail(wijk: Wijk) -> None:
    coby = wijk.coordinator(email="coby@example.org")
    wijk.lose(coby)
    assert monday.way(coby, mail=True) is MAIL


def test_a_week_is_mailed_once_and_the_next_one_again(wijk: Wijk) -> None:
    wijk.coordinator(email="coby@example.org", figures_by_mail=True)
    wijk.session.flush()
    sent = [monday.send(wijk.session, NINE + timedelta(days=day), mail=True) for day in (0, 1, 3, 4, 7, 10)]
    assert sent == [1, 0, 0, 0, 1, 0]
    weeks_mailed = wijk.session.scalars(select(FigureMail.week).order_by(FigureMail.week)).all()
    assert weeks_mailed == [WEEK, WEEK + timedelta(days=7)]


def test_the_week_that_is_told_stays_the_same_until_the_next_monday(wijk: Wijk) -> None:
    days = [monday.told_week(NINE + timedelta(days=day)) for day in range(-1, 8)]
    assert days == [WEEK - timedelta(days=7), *[WEEK] * 7, WEEK + timedelta(days=7)]


def test_without_a_mail_server_nothing_is_kept_to_be_mailed(wijk: Wijk, reckoned: Reckoned) -> None:
    wijk.coordinator(email="coby@example.org", figures_by_mail=True)
    assert monday.send(wijk.session, NINE, mail=False) == 1
    assert wijk.session.scalars(select(FigureMail)).all() == []


def test_two_processes_at_the_same_moment_keep_one_mail(database: Database) -> None:
    with database.transaction() as session:
        Wijk(session).coordinator("Coby", email="coby@example.org", person_id=None)
    start = Barrier(4)

    def send() -> int:
        start.wait(10)
        with database.transaction() as session:
            return monday.send(session, NINE, mail=True)

    with ThreadPoolExecutor(4) as threads:
        assert sorted(one.result(30) for one in [threads.submit(send) for _ in range(4)]) == [0, 0, 0, 1]
    with database.reading() as session:
        assert len(session.scalars(select(FigureMail)).all()) == 1
