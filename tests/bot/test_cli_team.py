"""`wijkwijzer team` and `wijkwijzer requests`: what they print, and what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from actions import people, sign_in
from actions.open_requests import open_requests
from store import encryption
from store.agenda_tables import Appointment, AppointmentKind, Availability, Place
from store.database import Database
from store.states import PromiseState, RequestState, Role, Rule, Urgency
from store.tables import Member, Promise, Request
from tests.bot.telegram_and_rasa import running
from tests.bot.test_cli import House, joins, payload_of
from tests.talks import START

NOW = "2026-11-23T12:00:00+01:00"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    before = encryption._keys
    found = House(tmp_path, monkeypatch)
    (tmp_path / "clock").write_text(NOW, encoding="utf-8")
    found.sets(CLOCK_FILE=str(tmp_path / "clock"))
    yield found
    encryption._keys = before


@pytest.fixture
def connected(house: House) -> Iterator[House]:
    with running() as address:
        house.sets(TELEGRAM_API_URL=address, RASA_URL=address)
        yield house


@contextmanager
def _session(house: House) -> Iterator[Session]:
    """The database of a house, by itself."""
    database = Database(house.url)
    with database.transaction() as session:
        yield session
    database.close()


@pytest.fixture
def team(house: House) -> House:
    """A house with Fatma (1), and with Joop (2), who has left."""
    house.says("db", "upgrade")
    with _session(house) as session:
        for name, active in (("Fatma", True), ("Joop", False)):
            session.add(Member(name=name, role=Role.WIJKVERBINDER, wijk="smitsveen", active=active, created_at=START))
            session.flush()
    return house


# --- who is in it ---------------------------------------------------------------------------------------------


def test_somebody_joins_is_listed_gets_a_new_link_and_leaves(connected: House) -> None:
    payload = payload_of(connected.says("team", "add", "Fatma", "--wijk", "smitsveen"))
    assert "link not used yet" in connected.says("team", "list")
    joins(connected, payload)
    listed = connected.says("team", "list").split()
    assert listed == ["1", "wijkverbinder", "smitsveen", "joined", "0/8", "-", "-", "Fatma"]
    assert payload_of(connected.says("team", "link", "1")) != payload
    assert connected.says("team", "remove", "1") == "Removed.\n"
    assert "left" in connected.says("team", "list")


def test_a_member_who_cannot_be_reached_is_listed_so(connected: House) -> None:
    joins(connected, payload_of(connected.says("team", "add", "Fatma", "--wijk", "smitsveen")))
    with _session(connected) as session:
        people.lose(session, 5)
    assert "cannot be reached" in connected.says("team", "list")


def test_a_professional_needs_no_wijk(connected: House) -> None:
    connected.says("team", "add", "Petra", "--role", "professional")
    assert connected.says("team", "list").split()[1:3] == ["professional", "-"]


@pytest.mark.parametrize("command", ["remove", "link", "set", "hours"])
def test_a_number_that_is_not_there_is_told(connected: House, command: str) -> None:
    assert connected.says("team", command, "9", exit_code=1) == "There is no member with number 9.\n"


@pytest.mark.parametrize("wijk", [[], ["--wijk", "zeist"]])
def test_a_wijkverbinder_needs_a_wijk_of_the_house(house: House, wijk: list[str]) -> None:
    assert house.refuses("team", "add", "Fatma", *wijk) == "--wijk must be one of: smitsveen, de_eng, soesterberg"


def test_without_telegram_nobody_is_added(house: House) -> None:
    house.refuses("team", "add", "Fatma", "--wijk", "smitsveen")
    assert house.says("team", "list") == ""


# --- what somebody can take on --------------------------------------------------------------------------------


def test_what_is_set_is_shown_and_listed(team: House) -> None:
    assert team.says("team", "set", "1") == (
        "   1 wijkverbinder  smitsveen      link not used yet  0/8    -          -                      Fatma\n"
        "Works ma-vr 9:00-17:00.\n"
    )
    line, works = team.says(
        *("team", "set", "1", "--languages", "tr, AR", "--capacity", "6"),
        *("--hours", "ma-vr 9-12", "--away-until", "2026-12-01"),
    ).splitlines()
    assert line.split()[-7:] == ["0/6", "ar", "tr", "away", "until", "2026-12-01", "Fatma"]
    assert works == "Works ma-vr 9:00-12:00."
    assert line in team.says("team", "list").splitlines()


def test_who_is_back_is_not_away_and_keeps_the_rest(team: House) -> None:
    team.says("team", "set", "1", "--away-until", "2026-12-01", "--capacity", "3")
    assert "away" not in team.says("team", "set", "1", "--back")
    assert team.says("team", "list").splitlines()[0].split()[-4:] == ["0/3", "-", "-", "Fatma"]


def test_who_is_away_without_a_day_is_listed_so_and_whose_day_has_come_is_not(team: House) -> None:
    with _session(team) as session:
        session.get_one(Member, 1).available = False
    assert team.says("team", "list").splitlines()[0].split()[-3:] == ["-", "away", "Fatma"]
    team.says("team", "set", "1", "--away-until", "2026-11-24")
    (team.folder / "clock").write_text("2026-11-24T09:00:00+01:00", encoding="utf-8")
    assert team.says("team", "list").splitlines()[0].split()[-3:] == ["-", "-", "Fatma"]


def test_languages_can_be_taken_away(team: House) -> None:
    team.says("team", "set", "1", "--languages", "tr")
    assert team.says("team", "set", "1", "--languages", "").splitlines()[0].split()[-3:] == ["-", "-", "Fatma"]


def test_who_comes_back_is_shown_what_waited(team: House) -> None:
    with _session(team) as session:
        session.get_one(Member, 1).person = people.find_or_create(session, START, 5, "Fatma")
        _open(session, state=RequestState.REQUESTED)
    assert "Shown" not in team.says("team", "set", "1", "--away-until", "2026-12-01")
    assert team.says("team", "set", "1", "--back").splitlines()[-1] == "Shown what waited: 1."
    assert "Shown" not in team.says("team", "set", "1", "--capacity", "3"), "a card is shown once"


def test_what_somebody_has_under_way_follows_their_hours(team: House) -> None:
    with _session(team) as session:
        number = _open(session, state=RequestState.CLAIMED, claimed_by_id=1).id
    team.says("team", "set", "1", "--hours", "di 9-10")
    with _session(team) as session:
        before = session.get_one(Request, number).look_at
    team.says("team", "set", "1", "--hours", "ma-zo 0-24")
    with _session(team) as session:
        after = session.get_one(Request, number).look_at
    assert before is not None and after is not None and after < before


@pytest.mark.parametrize(
    ("options", "remark"),
    [
        (("--languages", "turks"), "Languages are codes of: ar de"),
        (("--capacity", "0"), "1 to 30 requests at once, not 0"),
        (("--hours", "altijd"), "Hours are written such as ma-vr 9:00-17:00, za 10-12"),
        (("--away-until", "2026-11-23"), "--away-until is a day after today"),
        (("--away-until", "2026-12-01", "--back"), "does not go with --back"),
    ],
)
def test_what_cannot_be_set_is_told_in_a_line_and_nothing_of_it_is_kept(
    team: House, options: tuple[str, ...], remark: str
) -> None:
    before = team.says("team", "list")
    assert remark in team.refuses("team", "set", "1", *options)
    assert team.says("team", "list") == before
    assert remark in team.refuses("team", "set", "1", "--capacity", "3", *options)
    assert team.says("team", "list") == before


def test_a_day_that_is_none_is_refused(team: House) -> None:
    assert team.run("team", "set", "1", "--away-until", "morgen").exit_code == 2


def test_nothing_can_be_set_for_who_left(team: House) -> None:
    assert team.says("team", "set", "2", "--capacity", "3", exit_code=1) == "There is no member with number 2.\n"
    assert "0/3" not in team.says("team", "list")


# --- appointments ---------------------------------------------------------------------------------------------

USUAL = "45 minutes, 15 between two, 3 a day at most, not on public holidays."


def test_who_gave_no_hours_has_no_appointments(team: House) -> None:
    assert team.says("team", "hours", "1").splitlines() == ["Fatma: no hours, so no appointments", USUAL]


def test_hours_of_appointments_are_set_shown_and_kept(team: House) -> None:
    set_now = team.says(
        *("team", "hours", "1", "do 13-16, di 10-12", "--minutes", "60", "--pause", "0", "--a-day", "2"),
        *("--not-on", "2026-12-24", "--not-on", "2026-12-08"),
    )
    assert set_now.splitlines() == [
        "Fatma: di 10-12, do 13-16",
        "60 minutes, 0 between two, 2 a day at most, not on public holidays.",
        "Not on: 2026-12-08, 2026-12-24.",
    ]
    assert team.says("team", "hours", "1") == set_now
    again = team.says("team", "hours", "1", "--on-again", "2026-12-24", "--not-on", "2026-12-25")
    assert again.splitlines()[-1] == "Not on: 2026-12-08, 2026-12-25."
    assert team.says("team", "hours", "1", "").splitlines()[0] == "Fatma: no hours, so no appointments"


def test_hours_in_which_no_appointment_fits_are_told(team: House) -> None:
    printed = team.says("team", "hours", "1", "di 10-11", "--minutes", "90")
    assert printed.splitlines()[-1] == "No hours in a row are as long as an appointment: none can be booked."


def test_what_is_booked_on_a_day_without_is_told_by_its_time(team: House) -> None:
    with _session(team) as session:
        found = _open(session, state=RequestState.CLAIMED, claimed_by_id=1)
        for number, day in enumerate((1, 8)):
            starts = datetime(2026, 12, day, 9, tzinfo=UTC)
            session.add(
                Appointment(
                    request_id=found.id,
                    person_id=found.person_id,
                    member_id=1,
                    kind=AppointmentKind.TALK,
                    place=Place.HOME,
                    starts_at=starts,
                    ends_at=starts + timedelta(minutes=45),
                    booked_at=START,
                    uid=str(number),
                    changed_at=START,
                )
            )
    printed = team.says("team", "hours", "1", "di 10-12", "--not-on", "2026-12-01")
    assert printed.splitlines()[2:] == [
        "Not on: 2026-12-01.",
        "Booked on a day without, for Fatma to move: 01-12-2026 10:00.",
    ]


@pytest.mark.parametrize(
    ("options", "remark"),
    [
        (("altijd",), "Hours are written such as"),
        (("--minutes", "14"), "An appointment lasts 15 to 180 minutes, not 14."),
        (("--pause", "121"), "Between two appointments are 0 to 120 minutes, not 121."),
        (("--a-day", "13"), "There can be 1 to 12 appointments a day, not 13."),
        (("--not-on", "2026-11-22"), "2026-11-22 is over: name today or a day after it."),
        (("--on-again", "2026-11-22"), "2026-11-22 is over: name today or a day after it."),
        (
            ("--not-on", "2026-12-24", "--on-again", "2026-12-24"),
            "2026-12-24 is given to both --not-on and --on-again.",
        ),
    ],
)
def test_appointments_that_nobody_can_have_are_refused_and_nothing_of_it_is_kept(
    team: House, options: tuple[str, ...], remark: str
) -> None:
    before = team.says("team", "hours", "1", "di 10-12")
    assert remark in team.refuses("team", "hours", "1", *options)
    assert remark in team.refuses("team", "hours", "1", "--not-on", "2026-12-31", *options)
    assert team.says("team", "hours", "1") == before


def test_who_left_has_no_hours_to_set(team: House) -> None:
    assert team.says("team", "hours", "2", "di 10-12", exit_code=1) == "There is no member with number 2.\n"
    with _session(team) as session:
        assert session.get(Availability, 2) is None


@pytest.mark.parametrize("role", ["energy_coach", "volunteer"])
def test_who_only_comes_to_the_house_needs_no_wijk_and_is_listed_with_the_role(connected: House, role: str) -> None:
    payload_of(connected.says("team", "add", "Voorbeeld", "--role", role))
    assert connected.says("team", "list").split()[1:3] == [role, "-"]
    assert connected.says("team", "hours", "1", "wo 9-12").startswith("Voorbeeld: wo 9-12\n")


# --- what is open ---------------------------------------------------------------------------------------------


def _open(session: Session, **other: Any) -> Request:
    values: dict[str, Any] = {"state": RequestState.OFFERED, "urgency": Urgency.NORMAL, "rule": Rule.POOL, **other}
    person = people.find_or_create(session, START, 7, "Sanne")
    found = Request(
        **{"waiting_since": START, **values},
        person_id=person.id,
        wijk="smitsveen",
        topics="draught mould",
        reach="here",
        by_whom="own_wijk",
        summary="Geheim verhaal.",
        contact="Geheim nummer",
        requested_at=START,
    )
    session.add(found)
    session.flush()
    return found


def test_what_is_open_is_shown_with_who_answers_for_it_and_without_words_or_names(team: House) -> None:
    with _session(team) as session:
        found = _open(session, state=RequestState.CLAIMED, claimed_by_id=1, on_top=True)
        session.add(Promise(request_id=found.id, made_at=START, due_at=START + timedelta(days=1), member_id=1))
    line, count = team.says("requests").splitlines()
    assert " ".join(line.split()) == (
        "1 top normal claimed smitsveen pool Fatma since 23-11-2026 10:00 promised 24-11-2026 10:00 draught mould"
    )
    assert count == "1 open requests."
    assert "Sanne" not in line and "Geheim" not in line


def test_without_a_taker_or_a_promise_a_dash_is_shown(team: House) -> None:
    with _session(team) as session:
        _open(session)
    line = " ".join(team.says("requests").splitlines()[0].split())
    assert line == "1 - normal offered smitsveen pool - since 23-11-2026 10:00 promised - draught mould"


def test_the_worst_is_shown_first_and_practice_and_what_is_closed_not_at_all(team: House) -> None:
    with _session(team) as session:
        later = _open(session, waiting_since=START + timedelta(hours=1))
        earlier, soon = _open(session), _open(session, urgency=Urgency.SOON)
        crisis = _open(session, urgency=Urgency.CRISIS, waiting_since=START + timedelta(hours=2))
        top = _open(session, on_top=True)
        _open(session, practice=True)
        _open(session, state=RequestState.CLOSED)
        wanted = [str(one.id) for one in (top, crisis, soon, earlier, later)]
    *lines, count = team.says("requests").splitlines()
    assert [line.split()[0] for line in lines] == wanted
    assert count == "5 open requests."


def test_without_requests_nothing_is_open(team: House) -> None:
    assert team.says("requests") == "0 open requests.\n"


def test_only_the_promise_that_is_open_counts(database: Database) -> None:
    with database.transaction() as session:
        found = _open(session)
        for state in PromiseState:
            due = START + timedelta(days=2 if state is PromiseState.OPEN else 1)
            session.add(Promise(request_id=found.id, made_at=START, due_at=due, state=state))
        session.flush()
        (one,) = open_requests(session)
        assert (one.promised, one.held_by) == (START + timedelta(days=2), None)


# --- the web page -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["reader", "administrator"])
def test_who_is_here_for_the_page_only_needs_no_telegram(house: House, role: str) -> None:
    said = house.says("team", "add", "Rika", "--role", role, "--email", "rika@example.org")
    assert said == "Number 1. `wijkwijzer dashboard link 1` prints a link to the web page.\n"
    house.sets(DASHBOARD_URL="https://wijk.example.org/")
    link = house.says("dashboard", "link", "1").strip()
    assert link.startswith("https://wijk.example.org/aanmelden/")
    with _session(house) as session:
        assert sign_in.find_by_email(session, "rika@example.org") is session.get(Member, 1)
        entered = sign_in.sign_in(session, datetime.fromisoformat(NOW), link.rpartition("/")[2])
        assert not isinstance(entered, sign_in.LinkRefused)


def test_without_an_address_of_its_own_the_page_is_on_this_machine(house: House) -> None:
    house.says("team", "add", "Rika", "--role", "reader")
    assert house.says("dashboard", "link", "1").startswith("http://127.0.0.1:8090/aanmelden/")


@pytest.mark.parametrize("number", ["1", "2", "9"])
def test_who_may_not_use_the_page_gets_no_link(team: House, number: str) -> None:
    said = team.says("dashboard", "link", number, exit_code=1)
    assert said == f"Number {number} is nobody who may use the web page (roles: administrator, coordinator, reader).\n"


def test_an_address_for_mail_is_set_and_taken_away(team: House) -> None:
    team.says("team", "set", "1", "--email", "fatma@example.org")
    with _session(team) as session:
        assert session.get_one(Member, 1).email == "fatma@example.org"
    assert "is no e-mail address" in team.refuses("team", "set", "1", "--email", "fatma")
    team.says("team", "set", "1", "--email", "")
    with _session(team) as session:
        assert session.get_one(Member, 1).email is None


def test_somebody_with_a_wrong_address_is_not_added(house: House) -> None:
    assert "is no e-mail address" in house.refuses("team", "add", "Rika", "--role", "reader", "--email", "rika")
    with _session(house) as session:
        assert session.query(Member).count() == 0
