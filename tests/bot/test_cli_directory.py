"""`wijkwijzer directory`: what it prints, and when it fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from actions import directory_changes
from actions.opening_hours import Opening
from actions.services import Directory, Phone, Service, Status
from bot.cli_directory import report
from store import encryption
from store.database import Database
from store.states import Role
from store.tables import DirectoryChange, Member
from tests.bot.test_cli import House
from tests.talks import START

TODAY = date(2026, 11, 23)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    before = encryption._keys
    found = House(tmp_path, monkeypatch)
    (tmp_path / "clock").write_text("2026-11-23T12:00:00+01:00", encoding="utf-8")
    found.sets(CLOCK_FILE=str(tmp_path / "clock"))
    yield found
    encryption._keys = before


def _service(key: str, status: Status = Status.DATED, **fields: Any) -> Service:
    return Service(key, key, "Hulp.", status, "een bron", **fields)


@pytest.mark.parametrize(
    ("service", "line"),
    [
        (_service("sure", Status.CERTAIN), "sure                       shown       coordinator    never confirmed"),
        (_service("off", switched_on=False), "off                        not shown   coordinator    switched off"),
        (_service("new"), "new                        not shown   coordinator    not confirmed by anybody"),
        (
            _service("late", assured_date=date(2026, 5, 1)),
            "late                       call first  coordinator    overdue since 2026-10-28",
        ),
        (
            _service("gone", assured_date=date(2026, 1, 1)),
            "gone                       not shown   coordinator    overdue since 2026-06-30",
        ),
        (
            _service("ahead", assured_date=date(2062, 1, 1)),
            "ahead                      shown       coordinator    its date is ahead: 2062-01-01",
        ),
        (_service("good", assured_date=TODAY), None),
    ],
)
def test_a_record_is_reported_with_the_reason(service: Service, line: str | None) -> None:
    *lines, counts = report(Directory((service,)), TODAY)
    assert lines == ([line] if line else [])
    assert counts.startswith("1 records: ")


def test_our_own_directory_has_nothing_overdue(house: House) -> None:
    printed = house.says("directory", "check")
    assert "28 records: 7 shown, 0 overdue, 26 never confirmed." in printed
    assert "public_energy_fund         not shown   coordinator    switched off" in printed


TOWN = """\
organisation: Zeist
wijken: [{key: centrum, name: Centrum}]
services:
  - {key: helpdesk, name: Hulp, description: Hulp., status: dated, source: x, assured_date: 2026-05-01}
"""


@pytest.fixture
def town(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """An installation with a directory of its own, and no texts that name services."""
    (house.folder / "zeist.yml").write_text(TOWN, encoding="utf-8")
    house.sets(DIRECTORY=str(house.folder), ORGANISATION="zeist")
    monkeypatch.setattr("bot.live_directory.not_there", lambda content, directory: ())
    return house


def test_it_fails_when_residents_see_something_overdue(town: House) -> None:
    assert "helpdesk                   call first" in town.says("directory", "check", exit_code=1)


def test_what_the_team_said_counts_and_stays_in_the_history(town: House) -> None:
    town.says("db", "upgrade")
    helpdesk = replace(_service("helpdesk"), phones=(Phone("112"),))
    database = Database(town.url)
    with database.transaction() as session:
        member = Member(name="Sanne", role=Role.COORDINATOR, active=True, created_at=START)
        session.add(member)
        session.flush()
        directory_changes.confirm(session, START, member, helpdesk)
        directory_changes.change_numbers(session, START, member, helpdesk, ["113"])
    with database.transaction() as session:
        session.delete(session.get(Member, member.id))
        session.add(changed_by_another := Member(name="Ali", role=Role.COORDINATOR, active=True, created_at=START))
        session.flush()
        directory_changes.deny(session, START, changed_by_another, helpdesk)
        directory_changes.confirm(session, START, changed_by_another, helpdesk)
    database.close()
    assert "1 records: 1 shown, 0 overdue, 0 never confirmed." in town.says("directory", "check")
    assert town.says("directory", "history", "helpdesk").splitlines() == [
        "2026-11-23 10:00  confirmed  somebody who left",
        "2026-11-23 10:00  changed    somebody who left  phones: [112] -> [113]",
        "2026-11-23 10:00  denied     Ali",
        "2026-11-23 10:00  confirmed  Ali",
        "4 changes.",
    ]


def test_each_field_that_was_changed_is_told_on_one_line(town: House) -> None:
    town.says("db", "upgrade")
    helpdesk = _service("helpdesk")
    rules = (Opening(frozenset({0, 1}), 540, 720, closed_on_holidays=True),)
    new = replace(helpdesk, phones=(Phone("113", "gratis"),), schedules=rules, description="Hulp.\nBel ons.")
    database = Database(town.url)
    with database.transaction() as session:
        member = Member(name="Sanne", role=Role.COORDINATOR, active=True, created_at=START)
        session.add(member)
        session.flush()
        directory_changes.edit(session, START, member, helpdesk, replace(new, url="https://x.nl"), confirms=False)
        damaged = {"name": "Hulp", "review_days": {"old": None, "new": 9}}
        session.add(DirectoryChange(at=START, service="helpdesk", change="edited", fields=damaged))
    database.close()
    edited, damaged_too, _ = town.says("directory", "history", "helpdesk").splitlines()
    assert edited == (
        "2026-11-23 10:00  edited     Sanne  description: Hulp. -> Hulp. Bel ons., phones: [] -> [113 (gratis)], "
        "url: None -> https://x.nl, schedules: [] -> [MO TU 09:00-12:00 closed_on_holidays=True]"
    )
    assert damaged_too == "2026-11-23 10:00  edited     somebody who left  review_days: None -> 9"


def test_a_record_of_which_nothing_was_said_has_no_history(town: House) -> None:
    assert town.says("directory", "history", "nobody") == "0 changes.\n"


def test_a_wrong_record_is_told_in_one_line(town: House) -> None:
    (town.folder / "zeist.yml").write_text(TOWN.replace("dated", "sure"), encoding="utf-8")
    assert "zeist.yml:4: service 'helpdesk': 'sure' is unknown as 'status'" in town.refuses("directory", "check")
