"""`wijkwijzer leak tell`: what it refuses, what it says first, and that each resident gets the words once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from actions import audit, handoffs, leak, my_data, people, text_changes
from actions.data_map import Whose
from actions.outbox import Message
from actions.text_changes import Wording, Written
from bot import cli, leak_text
from bot.content.rules import read_rules
from bot.my_data import as_file
from bot.words import Words
from store import encryption
from store.database import Database
from store.settings import ROOT
from store.states import Role, Urgency
from store.tables import Member, Outgoing
from tests.bot.test_cli import House
from tests.talks import START

WORDS = """\
Er ging bij ons iets mis met uw gegevens.
Dat is onze fout, niet die van u.

Voelt u zich niet veilig? Bel Veilig Thuis: 0800-2000.
"""
RECORD = """
  - key: our_data
    name: Vragen over uw gegevens
    description: Voor vragen over uw gegevens.
    phones: [{number: 035-1234567}]
    status: certain
    source: verzonnen
"""


class Leaked(House):
    """An installation with residents in it, a clock of its own, and the file with the words."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(folder, monkeypatch)
        self.is_now(START)
        self.says("db", "upgrade")
        self.database = Database(self.url)
        self.file = self.writes(WORDS)

    def is_now(self, moment: datetime) -> None:
        (self.folder / "clock").write_text(moment.isoformat(), encoding="utf-8")
        self.sets(CLOCK_FILE=str(self.folder / "clock"))

    def writes(self, words: str | bytes, name: str = "woorden.txt") -> str:
        file = self.folder / name
        file.write_bytes(words.encode() if isinstance(words, str) else words)
        return str(file)

    def comes(self, *chats: int) -> None:
        with self.database.transaction() as session:
            for chat_id in chats:
                people.find_or_create(session, START, chat_id)

    def tells(self, *options: str, answer: str = "") -> Result:
        return CliRunner().invoke(cli.app, ["leak", "tell", self.file, *options], input=answer)

    def rows(self) -> list[Outgoing]:
        with self.database.reading() as session:
            return list(session.scalars(select(Outgoing).order_by(Outgoing.id)))

    def logged(self) -> list[str]:
        with self.database.reading() as session:
            return [f"{one.act} {one.about.partition(' ')[2]}" for one in audit.page(session, 9)]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Leaked]:
    before = encryption._keys
    found = Leaked(tmp_path, monkeypatch)
    found.comes(5, 6, 7)
    yield found
    found.database.close()
    encryption._keys = before


# --- what is sent -----------------------------------------------------------------------------------------------


def test_every_resident_gets_the_words_once_and_it_is_written_down(house: Leaked) -> None:
    said = house.tells("--yes")
    assert said.exit_code == 0 and said.output.endswith("Queued for 3 residents; the bot sends it.\n")
    assert [row.chat_id for row in house.rows()] == [5, 6, 7]
    assert all(START <= row.due_at < START + timedelta(minutes=2) for row in house.rows()), "at once: it is day"
    assert {Message.from_json(row.content).values["text"] for row in house.rows()} == {WORDS.strip()}
    assert house.logged() == ["told_residents residents:3 left_out:0"]
    again = house.tells("--yes")
    assert again.exit_code == 0 and "Have it already: 3." in again.output
    assert again.output.endswith("There is nobody to tell.\n")
    assert len(house.rows()) == 3 and len(house.logged()) == 1


def test_it_asks_first_and_a_no_sends_nothing(house: Leaked) -> None:
    said = house.tells(answer="n\n")
    assert said.exit_code == 1 and "Tell 3 residents?" in said.output
    assert house.rows() == [] and house.logged() == []
    assert house.tells(answer="y\n").exit_code == 0 and len(house.rows()) == 3


def test_a_dry_run_shows_the_words_who_and_when_and_sends_nothing(house: Leaked) -> None:
    with house.database.transaction() as session:
        people.lose(session, 7)
    said = house.tells("--dry-run")
    assert said.exit_code == 0 and WORDS.strip() in said.output
    assert "To tell: 2, from 23-11-2026 10:00 until 23-11-2026 10:00." in said.output
    assert "Have it already: 0. Cannot be reached: 1. Left out: 0." in said.output
    assert said.output.endswith("Nobody was told (dry run).\n")
    assert house.rows() == [] and house.logged() == []


def test_at_night_it_says_that_it_comes_in_the_morning(house: Leaked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leak, "PORTION", 2)
    monkeypatch.setattr(leak, "APART", leak.APART * 12)
    house.is_now(START.replace(hour=21))
    assert "from 24-11-2026 09:00 until 24-11-2026 09:01." in house.tells("--yes").output
    assert [row.due_at.isoformat()[11:16] for row in house.rows()] == ["08:00", "08:00", "08:01"]


def test_after_a_crash_halfway_the_next_run_tells_the_rest(house: Leaked, monkeypatch: pytest.MonkeyPatch) -> None:
    tell_some = leak.tell_some

    def dies(*given: Any) -> leak.Portion:
        if given[-1]:  # not the first portion
            raise KeyboardInterrupt
        return tell_some(*given)

    monkeypatch.setattr(leak, "PORTION", 1)
    monkeypatch.setattr(leak, "tell_some", dies)
    assert house.tells("--yes").exit_code != 0 and len(house.rows()) == 1
    monkeypatch.setattr(leak, "tell_some", tell_some)
    assert "Queued for 2 residents" in house.tells("--yes").output
    assert [row.chat_id for row in house.rows()] == [5, 6, 7]
    assert house.logged() == ["told_residents residents:2 left_out:0", "told_residents residents:3 left_out:0"]


def test_space_and_the_mark_of_notepad_make_no_other_words(house: Leaked) -> None:
    house.tells("--yes")
    house.writes(("\ufeff\n" + WORDS.replace("\n", "  \r\n").replace("u.  \r\n", "u.\r\n\r\n  ")).encode())
    assert house.tells("--yes").output.endswith("There is nobody to tell.\n")


def test_signs_that_mean_something_elsewhere_are_sent_as_they_are(words: Words) -> None:
    odd = "*_`<b>&amp;</b> {wijk} {} %s \\n"
    assert words.render(leak.as_message(odd)).text == odd
    assert words.render(leak.as_message(odd)).parse_mode is None


def test_what_residents_are_told_stands_in_what_is_held_of_them(house: Leaked, words: Words) -> None:
    house.tells("--yes")
    with house.database.reading() as session:
        person = people.find(session, 5)
        assert person is not None
        assert WORDS.splitlines()[0] in as_file(words, START, my_data.of_resident(session, person), Whose.RESIDENT)


def test_what_the_team_wrote_around_it_on_the_web_page_is_shown(house: Leaked) -> None:
    with house.database.transaction() as session:
        coby = Member(name="Coby", role=Role.COORDINATOR, active=True, created_at=START)
        session.add(coby)
        session.flush()
        around = Written("Van de gemeente:\n{text}")
        text_changes.publish(session, START, coby, Wording("nl", leak.KEY, 0), around, 0, Written("{text}"))
    assert f"Van de gemeente:\n{WORDS.strip()}" in house.tells("--dry-run").output


# --- who is left out --------------------------------------------------------------------------------------------


def test_who_asked_a_request_can_be_left_out(house: Leaked) -> None:
    with house.database.transaction() as session:
        person = people.find(session, 6)
        assert person is not None
        wish = handoffs.Wish("smitsveen", ("draught",), Urgency.NORMAL, "here", "own_wijk", "x")
        handoffs.request(session, START, person, wish)
    assert "Left out: 1." in house.tells("--but", "1", "--yes").output
    told = [row.chat_id for row in house.rows() if Message.from_json(row.content).key == leak.KEY]
    assert told == [5, 7] and house.logged() == ["told_residents residents:2 left_out:1"]


def test_nobody_is_told_when_the_request_to_leave_out_is_not_there(house: Leaked) -> None:
    said = house.tells("--but", "9", "--yes")
    assert said.exit_code == 2 and "there is no request 9" in said.output
    assert house.rows() == [] and house.logged() == []


# --- what is refused --------------------------------------------------------------------------------------------


RULES = read_rules(ROOT / "flows" / "texts" / "nl" / "wordrules.yml")
CERTAIN = frozenset({"08002000"})


@pytest.mark.parametrize(
    ("words", "line", "remedy"),
    [
        ("Uw gegevens zijn weg.\nBel [naam].", 2, 'not filled in: "[naam]": write what must stand there.'),
        ("Het ging mis op [dag.", 1, 'not filled in: "[dag.": write what must stand there.'),
        ("Wij helpen u in {wijk}.", 1, 'not filled in: "{wijk}": write what must stand there.'),
        ("Het ging mis op ... november.", 1, 'not filled in: "...": write what must stand there.'),
        ("Het ging mis op ____ november.", 1, 'not filled in: "____": write what must stand there.'),
        ("Dit ging mis.\n\nHeeft u schulden?", 3, "geldzorgen"),
        ("Dit ging mis.\n\nUw dossier is ingezien door een onbevoegde.", 3, "is there an everyday one?"),
        ("Een.\nNog een.\nEn nog een.\nTe veel.", 1, "use at most 3, or make two messages"),
        ("Dit is een heel lange zin zonder een einde aan wat er bij ons mis ging.", 1, "use at most 12"),
        ("Vragen?\nBel 035-1234567.", 2, "035-1234567 is no certain number of directory/; take it out or confirm it."),
        (" \n\n", 1, "there are no words in it; write what residents must know."),
        ("Dat is onze fout.\n\n" * 230, 1, "4368 characters; a message has at most 4096: leave words out."),
    ],
)
def test_words_that_break_a_rule_are_found_with_their_line_and_what_to_do(
    tmp_path: Path, words: str, line: int, remedy: str
) -> None:
    file = tmp_path / "woorden.txt"
    file.write_text(words, encoding="utf-8")
    found = list(leak_text.read(file).mistakes(RULES, CERTAIN))
    assert any(one.startswith(f"{file}:{line}: ") and remedy in one for one in found), found


def test_of_words_that_break_a_rule_nothing_is_sent(house: Leaked) -> None:
    house.writes(WORDS + "\nVragen? Bel [naam] op 035-1234567.\n")
    said = house.tells("--yes")
    assert said.exit_code == 1 and said.output.splitlines() == [
        f'{house.file}:6: not filled in: "[naam]": write what must stand there.',
        f"{house.file}:6: 035-1234567 is no certain number of directory/; take it out or confirm it.",
        "2 things to mend. Nobody was told.",
    ]
    assert house.rows() == [] and house.logged() == []


def test_a_number_that_the_directory_is_sure_of_may_stand_in_it(house: Leaked) -> None:
    soest = (ROOT / "directory" / "soest.yml").read_text(encoding="utf-8")
    (house.folder / "soest.yml").write_text(soest + RECORD, encoding="utf-8")
    house.sets(DIRECTORY=str(house.folder))
    house.writes("Vragen? Bel ons op 035-1234567.")
    assert house.tells("--dry-run").exit_code == 0


def test_what_is_no_text_is_refused(house: Leaked) -> None:
    file = house.writes("Dat is één fout.".encode("latin-1"))
    assert house.refuses("leak", "tell", file) == f"{file}:1: this is no text in UTF-8; save it as such."


@pytest.mark.parametrize("file", ["nowhere.txt", "."])
def test_a_file_that_is_not_there_is_refused(file: str) -> None:
    assert CliRunner().invoke(cli.app, ["leak", "tell", file]).exit_code == 2


def test_the_example_sentences_of_the_document_keep_the_rules_once_they_are_filled_in(tmp_path: Path) -> None:
    """In the parts in which they stand there."""
    page = (ROOT / "docs" / "privacy" / "datalek.md").read_text(encoding="utf-8")
    example = page.split("<!-- begin: sentences -->")[1].split("<!-- end: sentences -->")[0].replace("- ", "")
    filled = {"[wat]": "berichten", "[dag]": "maandag", "[naam]": "ons", "[nummer]": "0800-2000"}
    for place, word in filled.items():
        example = example.replace(place, word)
    file = tmp_path / "woorden.txt"
    file.write_text(example, encoding="utf-8")
    read = leak_text.read(file)
    assert len(read.parts) == 5 and list(read.mistakes(RULES, CERTAIN)) == []


def test_without_a_command_it_says_what_there_is() -> None:
    said = CliRunner().invoke(cli.app, ["leak"])
    assert said.exit_code == 2 and "tell" in said.output
