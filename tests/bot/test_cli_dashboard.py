"""`wijkwijzer dashboard sign-out`: what ends, what it says, and that it is written down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from actions import audit, sign_in, team
from actions.sign_in import LinkRefused
from store import encryption
from store.database import Database
from store.states import Role
from store.tables import Member
from tests.bot.test_cli import House
from tests.talks import START


class Open(House):
    """An installation with two members: each has a session and a link that was not used."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(folder, monkeypatch)
        (folder / "clock").write_text(START.isoformat(), encoding="utf-8")
        self.sets(CLOCK_FILE=str(folder / "clock"))
        self.says("db", "upgrade")
        self.database = Database(self.url)
        with self.database.transaction() as session:
            members = [team.invite(session, START, name, Role.COORDINATOR, None).member for name in ("Coby", "Rika")]
            self.sessions = [sign_in.sign_in(session, START, sign_in.new_link(session, START, one)) for one in members]
            self.links = [sign_in.new_link(session, START, one) for one in members]

    def still_work(self) -> list[tuple[bool, bool]]:
        """For each member, whether the session and the link work."""
        with self.database.transaction() as session:
            alive = [sign_in.current(session, START, str(secret)) is not None for secret in self.sessions]
            unused = [sign_in.refusal(session, START, secret) is None for secret in self.links]
        return list(zip(alive, unused, strict=True))

    def logged(self) -> list[tuple[str, str, int | None]]:
        with self.database.reading() as session:
            assert audit.check(session).broken is None
            return [(one.act, one.about, one.member_id) for one in audit.page(session, 9) if one.act != "signed_in"]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    before = encryption._keys
    found = Open(tmp_path, monkeypatch)
    yield found
    found.database.close()
    encryption._keys = before


def test_everybody_is_signed_out_and_their_links_stop_working(house: Open) -> None:
    assert house.still_work() == [(True, True), (True, True)]
    assert house.says("dashboard", "sign-out") == "Signed out. Sessions: 2, unused links: 2.\n"
    assert house.still_work() == [(False, False), (False, False)]
    assert house.logged() == [("ended_all_sessions", "", None)]
    with house.database.transaction() as session:
        assert sign_in.sign_in(session, START, house.links[0]) is LinkRefused.UNKNOWN
    assert house.says("dashboard", "sign-out") == "Signed out. Sessions: 0, unused links: 0.\n"


def test_one_member_is_signed_out_and_others_go_on(house: Open) -> None:
    assert house.says("dashboard", "sign-out", "1") == "Signed out. Sessions: 1, unused links: 1.\n"
    assert house.still_work() == [(False, False), (True, True)]
    assert house.logged() == [("ended_sessions", "member:1", None)]


def test_who_has_left_can_be_signed_out(house: Open) -> None:
    with house.database.transaction() as session:
        session.get_one(Member, 2).active = False
    assert house.says("dashboard", "sign-out", "2") == "Signed out. Sessions: 1, unused links: 1.\n"


def test_nobody_is_signed_out_by_a_number_that_is_not_there(house: Open) -> None:
    said = house.says("dashboard", "sign-out", "9", exit_code=1)
    assert said == "There is no member with number 9.\n"
    assert house.still_work() == [(True, True), (True, True)] and house.logged() == []
