"""Reviewing what was not understood: listing, labelling, and writing files that nlu/data could hold."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from actions import misunderstood, people
from actions.misunderstood import Misunderstood
from bot.misunderstood import DATA, without_numbers
from nlu.report.sentences import training_sentences
from store import encryption
from store.database import Database
from store.states import Why
from tests.bot.test_cli import House
from tests.talks import START


class Reviewed(House):
    """An installation in which residents said things that were not understood."""

    def hears(self, text: str, label: str | None = None, **what: Any) -> int:
        encryption.configure(os.environ["ENCRYPTION_KEYS"])
        database = Database(self.url)
        database.upgrade()
        with database.transaction() as session:
            person = people.find_or_create(session, START, 5, "Annie")
            number = misunderstood.note(
                session, START, person, Misunderstood(text, what.pop("why", Why.UNSURE), **what)
            )
            misunderstood.label(session, START, number, label)
        database.close()
        return number

    def written(self) -> dict[str, str]:
        return {file.name: file.read_text(encoding="utf-8") for file in sorted((self.folder / "out").iterdir())}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reviewed]:
    before = encryption._keys
    yield Reviewed(tmp_path, monkeypatch)
    encryption._keys = before


# --- list -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [[], ["list"]])
def test_what_was_not_understood_is_listed_with_what_happened(house: Reviewed, command: list[str]) -> None:
    meant = [("cold_home", 0.3), ("draught", 0.2), ("mould", 0.1)]
    house.hears("brr wat\neen ijshol", intents=meant, shown=["cold_home", "draught"], chosen="neither", why=Why.DOUBT)
    house.hears("tja", open_slot="tenure", language="nl")
    assert house.says("misunderstood", *command).splitlines() == [
        "    1 23-11-2026 doubt      guess: cold_home, draught  shown: cold_home, draught  chosen: neither  asked: -  "
        "language: -  label: -",
        "      brr wat een ijshol",
        "    2 23-11-2026 unsure     guess: -  shown: -  chosen: -  asked: tenure  language: nl  label: -",
        "      tja",
        "2 sentences.",
    ]


def test_what_has_a_label_is_listed_when_asked(house: Reviewed) -> None:
    house.hears("brr", "cold_home")
    for bare in ([], ["list"]):
        assert house.says("misunderstood", *bare) == "0 sentences.\n"
        assert "label: cold_home" in house.says("misunderstood", *bare, "--all")


def test_nothing_that_could_steer_the_screen_is_printed(house: Reviewed) -> None:
    house.hears("brr\x1b[2J\x07 koud")
    assert "brr[2J koud" in house.says("misunderstood")


# --- label ----------------------------------------------------------------------------------------------------


def test_a_sentence_gets_a_label_and_loses_it(house: Reviewed) -> None:
    house.hears("brr")
    assert house.says("misunderstood", "label", "1", "cold_home") == "1: cold_home.\n"
    assert "label: cold_home" in house.says("misunderstood", "list", "--all")
    assert house.says("misunderstood", "label", "1", "none") == "1: no label.\n"
    assert "label: -" in house.says("misunderstood")


@pytest.mark.parametrize("mark", ["new", "ignored"])
def test_a_mark_is_a_label_that_is_not_written(house: Reviewed, mark: str) -> None:
    house.hears("brr wat een ijshol vandaag weer")
    assert house.says("misunderstood", "label", "1", mark) == f"1: {mark}.\n"
    assert house.says("misunderstood") == "0 sentences.\n"
    assert f"label: {mark}" in house.says("misunderstood", "--all")
    assert house.says("misunderstood", "write", "out").startswith("0 sentences written to out; 0 left out")


@pytest.mark.parametrize("intent", ["koud", "../data/draught", "", "Draught"])
def test_a_label_must_be_an_intent_that_there_is(house: Reviewed, intent: str) -> None:
    refused = house.refuses("misunderstood", "label", "1", intent)
    assert refused.startswith("INTENT must be none") and ", draught, " in refused and "\n" not in refused


def test_a_number_that_is_not_there_is_told(house: Reviewed) -> None:
    printed = house.says("misunderstood", "label", "9", "draught", exit_code=1)
    assert printed == "There is no sentence with number 9.\n"


# --- effect ---------------------------------------------------------------------------------------------------


def test_the_effect_of_training_is_told_by_intent(house: Reviewed) -> None:
    house.hears("brr", "cold_home")
    house.hears("trekhok", "cold_home")
    house.hears("markt", "new")
    assert house.says("misunderstood", "effect") == "cold_home: 2 labelled, 0 read again, 0 understood\n"


# --- write ----------------------------------------------------------------------------------------------------


def test_labelled_sentences_are_written_as_nlu_data_is_and_only_for_their_owner(house: Reviewed) -> None:
    house.hears("brr wat een ijshol vandaag weer", "cold_home")
    house.hears("zo'n trekhok: niet te doen #koud", "draught")
    house.hears("ijspegels aan mijn neus hier binnen", "cold_home")
    house.hears("zonder label")
    printed = house.says("misunderstood", "write", "out")
    assert printed.startswith("3 sentences written to out; 0 left out")
    assert "read them" in printed and "`make train`" in printed and "erase out" in printed
    assert house.written() == {
        "cold_home.yml": 'version: "3.1"\nnlu:\n- intent: cold_home\n  examples: |\n'
        "    - brr wat een ijshol vandaag weer\n    - ijspegels aan mijn neus hier binnen\n",
        "draught.yml": 'version: "3.1"\nnlu:\n- intent: draught\n  examples: |\n'
        "    - zo'n trekhok: niet te doen #koud\n",
    }
    modes = {stat.S_IMODE(file.stat().st_mode) for file in (house.folder / "out").iterdir()}
    assert modes == {0o600}


def test_the_form_is_that_of_the_files_that_are_there(house: Reviewed) -> None:
    house.hears("brr wat een ijshol vandaag weer", "draught")
    house.says("misunderstood", "write", "out")
    head = house.written()["draught.yml"].splitlines()[:4]
    assert head == (DATA / "draught.yml").read_text(encoding="utf-8").splitlines()[:4]


def test_what_the_bot_knows_already_and_what_is_said_twice_is_left_out(house: Reviewed) -> None:
    known = next(sentence.text for sentence in training_sentences() if sentence.intents == ("draught",))
    house.hears(f"{known.upper()}!!", "mould")
    house.hears("brr wat een ijshol vandaag weer", "cold_home")
    house.hears("Brr, wat een ijshol vandaag weer...", "draught")
    house.hears("- -\x07", "draught")
    assert house.says("misunderstood", "write", "out").startswith("1 sentences written to out; 3 left out")
    assert list(house.written()) == ["cold_home.yml"]


@pytest.mark.parametrize("folder", [DATA, DATA / "new"])
def test_nothing_is_written_where_the_bot_learns_from(house: Reviewed, folder: Path) -> None:
    house.hears("brr wat een ijshol vandaag weer", "cold_home")
    before = sorted(DATA.iterdir())
    assert "is what the bot learns from" in house.refuses("misunderstood", "write", str(folder))
    assert sorted(DATA.iterdir()) == before


def test_a_file_that_is_there_stays_and_nothing_else_is_written(house: Reviewed) -> None:
    house.hears("brr wat een ijshol vandaag weer", "cold_home")
    house.hears("zo'n trekhok niet te doen", "draught")
    (house.folder / "out").mkdir()
    (house.folder / "out" / "draught.yml").write_text("mine", encoding="utf-8")
    assert house.refuses("misunderstood", "write", "out") == "out/draught.yml exists already; choose another folder."
    assert house.written() == {"draught.yml": "mine"}


def test_a_folder_that_cannot_be_made_is_told(house: Reviewed) -> None:
    house.hears("brr wat een ijshol vandaag weer", "cold_home")
    (house.folder / "out").write_text("mine", encoding="utf-8")
    assert house.refuses("misunderstood", "write", "out").startswith("out cannot be written: ")


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("bel 06 12 34 56 78 maar", "bel nummer maar"),
        ("(035) 601-23.45 is van mij", "nummer is van mij"),
        ("+31 6 12345678", "nummer"),
        ("ik woon op 3762 AB in soest", "ik woon op nummer in soest"),
        ("3762ab nr 12", "nummer"),
        ("1.400 euro is te veel", "nummer euro is te veel"),
        ("mijn bsn is ▒▒▒ toch", "mijn bsn is nummer toch"),
        ("mail annie@voorbeeld.nl of @annie, zie https://a.nl/b", "mail adres of adres zie adres"),
        ("19 graden en 2 truien", "19 graden en 2 truien"),
        ("- [het tocht](place) {hier}\r\nook", "(het tocht)(place) (hier) ook"),
    ],
)
def test_numbers_and_addresses_become_a_word_and_rasas_marks_plain(said: str, written: str) -> None:
    assert without_numbers(said) == written


@given(st.text())
def test_whatever_was_said_is_one_line_that_can_be_read_back(said: str) -> None:
    sentence = without_numbers(said)
    read = yaml.safe_load(f'version: "3.1"\nnlu:\n- intent: draught\n  examples: |\n    - {sentence}\n    - ja\n')
    assert read["nlu"][0]["examples"] == f"- {sentence}\n- ja\n"


def test_reviewing_logs_no_words(house: Reviewed, logged: list[Any]) -> None:
    house.hears("brr wat een ijshol vandaag weer", "cold_home")
    house.says("misunderstood", "--all")
    house.says("misunderstood", "write", "out")
    assert "ijshol" not in str(logged)
