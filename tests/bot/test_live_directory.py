"""A running bot goes on with the last good directory, and takes up what is new in the file and from the team."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from actions import directory_changes
from actions.directory import Organisation
from actions.opening_hours import MIDNIGHT, Opening
from actions.records import DirectoryError
from actions.services import Phone
from bot import service_words
from bot.dialogue.responses import Response, Variant
from bot.live_directory import DirectoryFile, LiveDirectory
from bot.start import read_content
from bot.words import Words
from store.database import Database
from store.states import Role
from store.tables import DirectoryChange, Member
from tests.talks import START, GivenClock

GOOD = """\
organisation: Zeist
wijken: [{key: centrum, name: Centrum}]
services:
  - {key: helpdesk, name: Hulp, description: Hulp., status: certain, source: x, phones: [{number: "112"}]}
"""
NEW = GOOD.replace("112", "0800-8115")
WRONG = GOOD.replace("certain", "sure")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "zeist.yml"
    written.write_text(GOOD, encoding="utf-8")
    return written


@pytest.fixture
def live(file: Path, database: Database) -> LiveDirectory:
    return LiveDirectory(_source(file), database, GivenClock())


@dataclass
class Texts:
    """Stands in for the words of a bot: one text, that names these services."""

    content: Any

    @classmethod
    def naming(cls, *services: str) -> Texts:
        said = Response("utter_help", (Variant("{services}", services=services),), "money.yml:3")
        return cls(SimpleNamespace(triggers={}, texts={"nl": {"utter_help": said}}))


def _source(file: Path, *services: str) -> DirectoryFile:
    return DirectoryFile(file.parent, "zeist", Texts.naming(*services))


def _numbers(live: LiveDirectory) -> list[str]:
    return [phone.number for phone in live.current().service("helpdesk").phones]


def _events(logged: list[Any]) -> list[str]:
    return [line["event"] for line in logged]


def test_a_file_that_is_written_anew_is_taken_up(live: LiveDirectory, file: Path, logged: list[Any]) -> None:
    file.write_text(NEW, encoding="utf-8")
    assert _numbers(live) == ["112"]
    live.refresh()
    assert (_numbers(live), _events(logged)) == (["0800-8115"], ["directory_read"])


def test_a_file_that_did_not_change_is_not_read_again(live: LiveDirectory, logged: list[Any]) -> None:
    before = live.current()
    live.refresh()
    assert live.current() == before
    assert _events(logged) == []


def test_a_wrong_file_is_told_once_with_its_line_and_the_last_good_one_stays(
    live: LiveDirectory, file: Path, logged: list[Any]
) -> None:
    file.write_text(WRONG, encoding="utf-8")
    live.refresh()
    live.refresh()
    assert (_numbers(live), _events(logged)) == (["112"], ["directory_refused"])
    assert logged[0]["problem"].startswith(f"{file}:4: service 'helpdesk': 'sure' is unknown as 'status'; use one of:")
    file.write_text(NEW, encoding="utf-8")
    live.refresh()
    assert _numbers(live) == ["0800-8115"]


def test_a_file_that_is_gone_leaves_the_last_good_one(live: LiveDirectory, file: Path, logged: list[Any]) -> None:
    file.unlink()
    live.refresh()
    live.refresh()
    assert (_numbers(live), _events(logged)) == (["112"], ["directory_refused"])


def test_a_service_that_a_text_names_cannot_be_taken_away(file: Path, database: Database, logged: list[Any]) -> None:
    live = LiveDirectory(_source(file, "helpdesk"), database, GivenClock())
    file.write_text(GOOD.replace("key: helpdesk", "key: desk"), encoding="utf-8")
    live.refresh()
    assert _numbers(live) == ["112"]
    assert "there is no service 'helpdesk', which money.yml:3 names; add it here" in logged[0]["problem"]


def test_a_service_may_go_once_no_text_names_it_any_more(file: Path, database: Database, logged: list[Any]) -> None:
    source = _source(file, "helpdesk")
    live = LiveDirectory(source, database, GivenClock())
    file.write_text(GOOD.replace("key: helpdesk", "key: desk"), encoding="utf-8")
    live.refresh()
    source.texts.content = Texts.naming().content
    live.refresh()
    assert "desk" in live.current() and _events(logged) == ["directory_refused", "directory_read"]


def test_a_bot_does_not_start_with_a_wrong_file_or_without_a_service_that_it_names(
    file: Path, database: Database
) -> None:
    with pytest.raises(DirectoryError, match=r"zeist\.yml:1: there is no service 'goos', which money\.yml:3 names"):
        LiveDirectory(_source(file, "goos"), database, GivenClock())
    file.write_text(WRONG, encoding="utf-8")
    with pytest.raises(DirectoryError, match=r"zeist\.yml:4: "):
        LiveDirectory(_source(file), database, GivenClock())


def test_what_the_team_says_is_taken_up_and_kept_over_a_new_file(
    live: LiveDirectory, file: Path, database: Database
) -> None:
    with database.transaction() as session:
        member = Member(name="Sanne", role=Role.COORDINATOR, active=True, created_at=START)
        session.add(member)
        session.flush()
        directory_changes.change_numbers(session, START, member, live.current().service("helpdesk"), ["113"])
    live.refresh()
    assert _numbers(live) == ["113"]
    file.write_text(NEW, encoding="utf-8")
    live.refresh()
    assert _numbers(live) == ["113"]


def test_what_residents_are_told_changes_with_the_next_look(live: LiveDirectory, database: Database) -> None:
    words = Words(
        read_content(Path("flows"), Organisation("Zeist", ())), {"centrum": "Centrum"}, live.current, GivenClock().now
    )
    shown = {"services": ("helpdesk",), "wijk": "centrum"}
    assert service_words.services(words, shown, "nl") == "Hulp: bel 112.\nHulp."
    opening = Opening(frozenset(range(7)), 0, MIDNIGHT)
    before = live.current().service("helpdesk")
    new = replace(
        before, name="Geld", description="Praten.", phones=(Phone("0800-8115", "gratis"),), schedules=(opening,)
    )
    with database.transaction() as session:
        member = Member(name="Sanne", role=Role.COORDINATOR, active=True, created_at=START)
        session.add(member)
        session.flush()
        directory_changes.edit(session, START, member, before, new, confirms=False)
        session.add(DirectoryChange(at=START, service="helpdesk", change="edited", fields={"name": 5, "url": []}))
    live.refresh()
    assert service_words.services(words, shown, "nl") == "Geld: bel 0800-8115 (gratis).\nNu open.\nPraten."
    with database.transaction() as session:
        off = replace(new, switched_on=False)
        directory_changes.edit(session, START, session.get_one(Member, member.id), new, off, confirms=False)
    live.refresh()
    assert service_words.services(words, shown, "nl") == "Uw wijkverbinder zoekt dit voor u uit."
