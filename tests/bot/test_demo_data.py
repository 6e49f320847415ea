"""A played year: what it leaves behind, whom it can reach, and where it is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner, Result

from actions import monday, signals, silence, small_numbers, sources, statistics, team, waiting_list, weeks
from actions.directory import load_organisation
from actions.figures import Period
from bot import demo, demo_data, demo_talks, demo_world
from bot.cli import app
from bot.demo_data import DemoDataRefused
from bot.start import read_content
from store.agenda_tables import Appointment, AppointmentState
from store.database import Database
from store.figure_tables import FigureWeek
from store.settings import TELEGRAM, Settings
from store.states import RequestState, Role
from store.tables import Event, Member, Misunderstood, Outgoing, Person, Poster, Request
from tests.store.shared import empty

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
FEW = 20
Told = Sequence[tuple[datetime, str, str, str | None, str, bool]]


def settings_of(database: Database, **given: str) -> Settings:
    fixed = {"database_url": database.url, "telegram_api_url": "http://127.0.0.1:1", **given}
    return Settings(_env_file=None, **fixed)  # type: ignore[call-arg, arg-type]


def make(database: Database, residents: int = FEW, seed: int = 7, days: int = 42, **given: str) -> int:
    settings, length = settings_of(database, **given), timedelta(days=days)
    return demo_data.make(settings, database, NOW, residents=residents, seed=seed, length=length)


def told(database: Database) -> Told:
    """Everything that is counted, without the numbers of requests: those are never given out twice."""
    columns = (Event.at, Event.name, Event.detail, Event.wijk, Event.flow, Event.first)
    with database.reading() as session:
        return [tuple(row) for row in session.execute(select(*columns).order_by(Event.id))]  # type: ignore[misc]


def test_a_year_agrees_with_itself_and_reaches_nobody_and_can_be_had_again(database: Database) -> None:
    talks = make(database)
    first = told(database)
    assert talks >= FEW and {name for _, name, *_ in first} >= {
        "talk_started",
        "topic",
        "asked",
        "answered",
        "requested",
    }
    _agrees(database)
    _reaches_nobody(database)
    assert make(database) == talks and told(database) == first


def test_another_seed_is_another_year(database: Database) -> None:
    make(database, residents=2, days=7)
    first = told(database)
    make(database, residents=2, seed=8, days=7)
    assert told(database) != first


def _agrees(database: Database) -> None:
    """What was counted of requests and appointments is what stands in them, as far as they are kept."""
    with database.reading() as session:
        counted: dict[str, set[int | None]] = {}
        for name, number in session.execute(select(Event.name, Event.request_id)):
            counted.setdefault(name, set()).add(number)
        requests = session.scalars(select(Request)).all()
        assert requests and {one.id for one in requests} <= counted["requested"]
        assert {one.id for one in requests if one.contacted_at} <= counted["contacted"]
        assert {one.id for one in requests if one.state is RequestState.CLOSED} <= counted["closed"]
        kept = select(Appointment.request_id).where(Appointment.state == AppointmentState.KEPT)
        assert set(session.scalars(kept)) <= counted.get("appointment_kept", set())
        assert max(session.scalars(select(Event.at))) <= NOW + timedelta(hours=1)
        assert min(session.scalars(select(Event.at))) >= NOW - demo_data.YEAR - timedelta(days=1)
        assert max(session.scalars(select(FigureWeek.week))) < small_numbers.settled_until(NOW)


def _reaches_nobody(database: Database) -> None:
    """Nothing is due, and nothing becomes due in the weeks after it."""
    with database.transaction() as session:
        assert session.scalars(select(Outgoing)).all() == []
        people = session.scalars(select(Person)).all()
        assert all(one.chat_id >= demo_world.NOBODY and not one.reachable and one.messages_stopped for one in people)
        for day in range(0, 60, 4):
            later = NOW + timedelta(days=day)
            assert silence.watch(session, later) == waiting_list.offer(session, later) == 0
            signals.report(session, later)
            monday.send(session, later, mail=False)
            weeks.settle(session, later)
        assert session.scalars(select(Outgoing)).all() == []
        assert not any(one.contact for one in session.scalars(select(Request)))
        session.rollback()


SELDOM = {"useful", "first_time", "fitted"}
"""Asked weeks after a request: in four months fewer than five come together, which are not told. In a year they do."""


@pytest.mark.slow
def test_every_figure_has_something_to_tell(shared_sqlite: Database) -> None:
    empty(shared_sqlite)
    make(shared_sqlite, residents=200, days=120)
    with shared_sqlite.reading() as session:
        period = Period((NOW - demo_data.YEAR).date(), NOW.date())
        found = statistics.tables(session, NOW, period)
        without = [one.key for one in found if not any(isinstance(cell, int) for row in one.rows for cell in row)]
    assert set(without) <= SELDOM
    _agrees(shared_sqlite)


# --- where it is refused ----------------------------------------------------------------------------------------


def _resident(database: Database) -> None:
    with database.transaction() as session:
        session.add(Person(chat_id=1234, language="nl", created_at=NOW))


def _member(database: Database) -> None:
    with database.transaction() as session:
        team.invite(session, NOW, "Fatma", Role.WIJKVERBINDER, "smitsveen")


def _event(database: Database) -> None:
    with database.transaction() as session:
        session.add(Event(at=NOW, name="talk_started"))


def _poster(database: Database) -> None:
    with database.transaction() as session:
        session.add(Poster(code="CFGHJMPQ", wijk="smitsveen", place="buurthuis", created_at=NOW))


@pytest.mark.parametrize("something", [_resident, _member, _event, _poster])
def test_a_database_with_something_real_is_left_as_it_is(
    database: Database, something: Callable[[Database], None]
) -> None:
    something(database)
    with pytest.raises(DemoDataRefused, match="not demo data"):
        make(database)
    with database.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(one)) for one in (Person, Member, Event, Poster)]
    assert sum(count or 0 for count in counts) == 1


def test_who_came_after_the_demo_data_is_not_taken_out(database: Database) -> None:
    make(database, residents=1, days=7)
    _resident(database)
    with pytest.raises(DemoDataRefused):
        make(database, residents=1, days=7)


def test_beside_telegram_itself_only_an_empty_database_is_filled(database: Database) -> None:
    demo_data.check(settings_of(database, telegram_api_url=TELEGRAM), database)
    make(database, residents=1, days=7)
    with pytest.raises(DemoDataRefused, match="Telegram's own"):
        make(database, residents=1, days=7, telegram_api_url=TELEGRAM)


@pytest.mark.parametrize("residents", [0, -1, demo_data.MOST_RESIDENTS + 1])
def test_a_year_has_some_residents_and_not_too_many(database: Database, residents: int) -> None:
    with pytest.raises(DemoDataRefused, match="--residents"):
        make(database, residents=residents)


# --- the command ------------------------------------------------------------------------------------------------


@pytest.fixture
def command(database: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`wijkwijzer demo-data` beside this database; what it would play is only told."""

    def made(*_: object, residents: int, seed: int, tell: Callable[[str], None]) -> None:
        tell(f"{residents} of seed {seed}")

    monkeypatch.setattr("bot.installation.read_settings", lambda: settings_of(database, telegram_api_url=TELEGRAM))
    monkeypatch.setattr("bot.installation.open_database", lambda _: database)
    monkeypatch.setattr(demo_data, "make", made)
    return lambda *words, **given: CliRunner().invoke(app, ["demo-data", *words], **given)


def test_the_command_warns_and_asks_first(command: Callable[..., Result]) -> None:
    refused, done = command(input="n\n"), command("--yes", "--residents", "3")
    assert refused.exit_code == 1 and "400 invented residents?" in refused.output and "of seed" not in refused.output
    assert done.exit_code == 0 and "3 of seed 7" in done.output and "never for residents" in done.output


def test_a_year_that_ends_later_than_today_is_refused(command: Callable[..., Result]) -> None:
    assert command("--yes", "--until", "2999-01-01").exit_code == 2


# --- what it is made of -----------------------------------------------------------------------------------------


def test_the_team_of_the_demo_is_the_team_of_the_year() -> None:
    wijken = tuple(load_organisation(Path("directory"), "soest").wijk_names())
    year = {one.name: (one.role, None if one.wijk is None else wijken[one.wijk], one.hours) for one in demo_world.TEAM}
    for name, (role, wijk, hours) in demo.TEAM.items():
        assert year[name.split()[0]] == (role, wijk, hours)


def test_what_is_said_and_answered_is_known_to_the_flows(database: Database) -> None:
    settings = settings_of(database)
    organisation = load_organisation(settings.directory, settings.organisation)
    content = read_content(settings.flows, organisation)
    for slot, answers in demo_world.ANSWERS.items():
        assert set(answers) - {"none"} <= set(content.slots[slot].values), slot
    assert set(demo_world.SENTENCES) == set(demo_world.COMES_IN) <= set(content.triggers)
    assert set(demo_world.MENU.values()) < set(content.slots["menu_choice"].values)
    assert set(demo_world.LEAVES) <= set(content.slots) and not demo_talks.MEANINGS.keys() & set(demo_world.UNCLEAR)


def test_people_of_the_demo_data_are_plainly_invented(database: Database) -> None:
    make(database, residents=3, days=14)
    with database.reading() as session:
        names = [one.first_name or "" for one in session.scalars(select(Person))]
        places = [one.poster.place for one in sources.listed(session)]
        said = [one.text for one in session.scalars(select(Misunderstood))]
    assert names and all(name.endswith(demo_world.SURNAME) for name in names)
    assert places and all(place.startswith(demo_world.PLACE) for place in places)
    assert set(said) <= set(demo_world.UNCLEAR) | set(demo_talks.MEANINGS)
