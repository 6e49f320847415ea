"""`wijkwijzer retention`, `backup FOLDER`, `audit` and `roles`: what they say, erase and refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from actions import audit, handoffs, people, team
from bot import cli_roles
from store import encryption
from store.database import Database
from store.states import OutgoingState, Role, Urgency
from store.tables import Outgoing
from tests.bot.test_cli import House
from tests.talks import START

DIRECTORY = "organisation: Zeist\nwijken: [{key: centrum, name: Centrum}]\n"


class Kept(House):
    """An installation with a clock of its own, and things in its database."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(folder, monkeypatch)
        self.is_now(START)
        self.says("db", "upgrade")
        self.database = Database(self.url)

    def is_now(self, moment: object) -> None:
        clock = self.folder / "clock"
        clock.write_text(str(moment), encoding="utf-8")
        self.sets(CLOCK_FILE=str(clock))

    def sent(self, count: int) -> None:
        with self.database.transaction() as session:
            for _ in range(count):
                session.add(Outgoing(chat_id=1, content={}, due_at=START, state=OutgoingState.SENT))

    def left(self) -> int:
        with self.database.reading() as session:
            return len(session.scalars(select(Outgoing.id)).all())

    def shown(self, rows: int) -> list[str]:
        """Write in the log; gives the digests."""
        with self.database.transaction() as session:
            coby = team.invite(session, START, "Coby", Role.COORDINATOR, None).member
            for number in range(rows):
                audit.note(session, START, coby, "shown", f"page:{number}")
            session.flush()
            return [one.digest for one in audit.page(session, rows)][::-1]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    before = encryption._keys
    house = Kept(tmp_path, monkeypatch)
    yield house
    house.database.close()
    encryption._keys = before


# --- retention ------------------------------------------------------------------------------------------------


def _line(said: str, table: str) -> list[str]:
    return next(line.split() for line in said.splitlines() if line.split()[1:2] == [table])


def test_what_is_past_its_term_is_counted_first_and_then_erased(house: Kept) -> None:
    house.sent(1200)
    house.is_now(START + timedelta(days=30))
    dry = house.says("retention", "--dry-run")
    assert _line(dry, "outgoing")[:5] == ["message", "outgoing", "30", "1200", "-"]
    assert "Nothing was erased (dry run)." in dry and house.left() == 1200
    assert "Erased: 1200 of outgoing." in house.says("retention") and house.left() == 0
    assert "Erased: nothing." in house.says("retention")


def test_the_oldest_that_stays_is_told(house: Kept) -> None:
    house.sent(1)
    said = house.says("retention", "--dry-run")
    assert _line(said, "outgoing")[3:6] == ["0", f"{START:%Y-%m-%d}", f"{START:%H:%M}"]
    assert "figure_weeks" in said and "stays: figures" in said


def test_what_the_organisation_chose_is_carried_out_and_too_long_refused(house: Kept) -> None:
    house.sent(1)
    house.is_now(START + timedelta(days=3))
    file = house.folder / "zeist.yml"
    house.sets(DIRECTORY=str(house.folder), ORGANISATION="zeist")
    file.write_text(DIRECTORY + "retention: {message: 31}\n", encoding="utf-8")
    assert f"{file}:3" in house.refuses("retention") and house.left() == 1
    file.write_text(DIRECTORY + "retention: {message: 3}\n", encoding="utf-8")
    assert "Erased: 1 of outgoing." in house.says("retention")


# --- backup ---------------------------------------------------------------------------------------------------


OLD = ("wijkwijzer-20261024T090000Z.db", "wijkwijzer-20261024T090000Z.dump", "wijkwijzer-20200101T000000Z.db")
STAY = (
    "wijkwijzer-20261024T100000Z.db",  # the clock of the house goes on while it works
    "wijkwijzer-20261122T090000Z.dump",
    "wijkwijzer-20261399T090000Z.db",
    "wijkwijzer-20200101T000000Z.db.txt",
    "my-wijkwijzer-20200101T000000Z.db",
    "house.db",
)


def _folder(house: Kept) -> Path:
    folder = house.folder / "copies"
    (folder / "wijkwijzer-20200101T000000Z.dump").mkdir(parents=True)
    for name in (*OLD, *STAY):
        (folder / name).write_text("x", encoding="utf-8")
    return folder


def test_a_copy_in_a_folder_is_named_by_its_moment_and_copies_past_their_term_go(house: Kept) -> None:
    folder = _folder(house)
    said = house.says("backup", str(folder))
    (made,) = {file.name for file in folder.iterdir() if file.is_file()} - set(STAY)
    assert re.fullmatch(rf"wijkwijzer-{START:%Y%m%dT%H}\d{{4}}Z\.db", made)
    assert f"Copied to {folder / made}" in said
    assert [f"Erased {folder / name}: 30 days old or older." in said for name in OLD] == [True] * 3
    assert said.count("Erased") == 3


def test_a_dry_run_writes_and_erases_nothing(house: Kept) -> None:
    folder = _folder(house)
    said = house.says("backup", str(folder), "--dry-run")
    assert {file.name for file in folder.iterdir() if file.is_file()} == {*OLD, *STAY}
    assert said.count("Would erase") == 3 and "Would copy to" in said


def test_what_was_erased_after_the_copy_comes_back_with_it_and_goes_again_with_the_terms(house: Kept) -> None:
    house.sent(3)
    copy = house.folder / "copy.db"
    house.says("backup", str(copy))
    house.is_now(START + timedelta(days=30))
    house.says("retention")
    house.database.close()
    for side in ("", "-wal", "-shm"):
        (house.folder / f"house.db{side}").unlink(missing_ok=True)
    copy.rename(house.folder / "house.db")
    assert house.left() == 3
    assert "Erased: 3 of outgoing." in house.says("retention") and house.left() == 0


# --- audit ----------------------------------------------------------------------------------------------------


def test_a_whole_chain_is_told_with_its_head(house: Kept) -> None:
    assert "Rows in the chain: 0, since -." in house.says("audit", "verify")
    digests = house.shown(3)
    said = house.says("audit", "verify")
    assert f"Rows in the chain: 3, since {START:%Y-%m-%d %H:%M} UTC." in said
    assert f"Head: {digests[-1]}" in said and "The chain is whole." in said


def test_a_head_that_was_noted_must_still_be_there(house: Kept) -> None:
    digests = house.shown(3)
    for digest in digests:
        house.says("audit", "verify", "--head", digest)
    assert "is not in the log" in house.says("audit", "verify", "--head", "0" * 64, exit_code=1)
    with house.database.transaction() as session:
        session.execute(text("DELETE FROM audit_log WHERE digest = :last"), {"last": digests[-1]})
    assert "The chain is whole." in house.says("audit", "verify")
    house.says("audit", "verify", "--head", digests[-1], exit_code=1)


def test_the_first_broken_row_is_told(house: Kept) -> None:
    house.shown(4)
    with house.database.transaction() as session:
        session.execute(text("DROP TRIGGER audit_log_stays"))
        session.execute(text("UPDATE audit_log SET about = 'x' WHERE id = 2"))
    assert "BROKEN at entry 2" in house.says("audit", "verify", exit_code=1)


def test_who_opened_a_request_is_told(house: Kept) -> None:
    with house.database.transaction() as session:
        fatma = team.invite(session, START, "Fatma", Role.WIJKVERBINDER, "smitsveen").member
        fatma.person = people.find_or_create(session, START, 9, "Fatma")
        session.flush()
        annie = people.find_or_create(session, START, 5, "Annie")
        wish = handoffs.Wish("smitsveen", ("draught",), Urgency.NORMAL, "here", "wijkverbinder", "geheim", None)
        handoffs.request(session, START, annie, wish)
        session.flush()
        handoffs.claim(session, START, fatma, 1)
        number = fatma.id
    said = house.says("audit", "opened", "1")
    assert f"{START:%Y-%m-%d %H:%M:%S}  member {number:>5}  opened" in said and "geheim" not in said
    assert "Nothing is kept of request 2." in house.says("audit", "opened", "2")


# --- roles ----------------------------------------------------------------------------------------------------


def test_the_table_of_roles_is_written_and_held_against_the_code(house: Kept) -> None:
    page = house.folder / "privacy.md"
    page.write_text("before\n<!-- begin: roles -->\nold\n<!-- end: roles -->\nafter\n", encoding="utf-8")
    assert "not as the code is" in house.says("roles", "write", "--check", "--page", str(page), exit_code=1)
    house.says("roles", "write", "--page", str(page))
    house.says("roles", "write", "--check", "--page", str(page))
    written = page.read_text(encoding="utf-8")
    assert written.startswith("before\n") and written.endswith("after\n") and "\n".join(cli_roles.table()) in written
    house.says("roles", "write", "--check")
