"""`wijkwijzer words`: coordinators ban a word, read the list, and see how hard the texts are."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import everyday
from bot.content.checks import check_content
from bot.content.everyday import NOT_CHECKED
from bot.content.readability import ease
from bot.content.rules import OWN_FILE, read_own, read_rules
from tests.bot.test_cli import House
from tests.bot.test_cli import house as house

FLOWS = Path(__file__).parents[2] / "flows"
TEXTS = """
responses:
  utter_ask_warm:
    - text: Is het koud in de winter?
      buttons:
        - title: Ja, een deken
          payload: "yes"
      metadata:
        synonyms:
          "yes": [deken]
  words_for_answers:
    - text: deken
  utter_thanks:
    - condition: [{type: slot, name: warm, value: "yes"}]
      text: Goed dat u het zegt.
    - text: |
        Goed dat u het zegt.
        Een deken ligt klaar.
"""


@pytest.fixture
def folder(house: House) -> Path:
    """The Dutch texts of a small installation whose command line is `house`."""
    texts = house.folder / "flows" / "texts" / "nl"
    texts.mkdir(parents=True)
    (house.folder / "flows" / "slots.yml").write_text("slots: {}\n", encoding="utf-8")
    (house.folder / "flows" / "triage.yml").write_text("tips: []\n", encoding="utf-8")
    (texts / "cold.yml").write_text(TEXTS, encoding="utf-8")
    shutil.copy(FLOWS / "texts" / "nl" / "wordrules.yml", texts)
    house.sets(FLOWS=str(house.folder / "flows"))
    return texts


def test_a_banned_word_is_kept_apart_and_the_texts_that_use_it_are_shown(house: House, folder: Path) -> None:
    before = (folder / "wordrules.yml").read_bytes()
    printed = house.says("words", "ban", "Deken", "dekbed")
    assert read_own(folder / OWN_FILE) == {"deken": "dekbed"}
    assert (folder / "wordrules.yml").read_bytes() == before
    shown = [line for line in printed.splitlines() if "cold.yml:" in line]
    assert [line.split(": ")[0].rpartition(":")[2] for line in shown] == ["6", "18"]
    assert all('word to avoid: "deken": write: dekbed.' in line for line in shown)
    assert "2 texts to rewrite." in printed


def test_the_check_refuses_a_text_with_a_word_that_coordinators_banned(house: House, folder: Path) -> None:
    def told() -> list[str]:
        return [line for line in check_content(folder.parents[1]) if "word to avoid" in line]

    assert told() == []
    house.says("words", "ban", "deken", "dekbed")
    assert len(told()) == 2


def test_a_word_that_no_text_uses_is_banned_too(house: House, folder: Path) -> None:
    assert "No text uses it." in house.says("words", "ban", "sanitair", "wc")
    assert read_rules(folder / "wordrules.yml").never["sanitair"] == "wc"


def test_lines_and_comments_of_coordinators_stay(house: House, folder: Path) -> None:
    kept = (
        '# Ours.\nnever:\n    # from the meeting of 3 May\n    sanitair: wc   # said by Fatma\n    "no: way": "nee"\n'
    )
    (folder / OWN_FILE).write_text(kept, encoding="utf-8")
    house.says("words", "ban", "zonwering", "gordijn: dicht")
    after = (folder / OWN_FILE).read_text(encoding="utf-8")
    assert after.startswith(kept)
    assert read_own(folder / OWN_FILE)["zonwering"] == "gordijn: dicht"
    assert sorted(file.name for file in folder.iterdir()) == ["cold.yml", "wordrules.yml", OWN_FILE]


REFUSED = [
    ("traject", "hulp", "'traject' is banned already; the list says to write: hulp"),
    ("een hulptraject", "hulp", "'hulptraject' is banned already"),
    ("geldzorgen", "zorgen", "'geldzorgen' is needed"),
    ("vragen", "zoeken", "is needed: the list says to write"),
    ("wc-bril", "intake", "'intake' holds 'intake', which is banned itself; write: eerste gesprek"),
    ("bril", "een bril", "'een bril' holds 'bril' itself"),
    ("  ", "hulp", "holds no word"),
    ("*", "hulp", "holds no word"),
    ("bril", "-", "holds no word"),
]


@pytest.mark.parametrize(("words", "instead", "told"), REFUSED)
def test_a_ban_that_makes_no_sense_is_refused_and_changes_nothing(
    house: House, folder: Path, words: str, instead: str, told: str
) -> None:
    assert told in house.refuses("words", "ban", words, instead)
    assert not (folder / OWN_FILE).exists()


def test_a_word_is_banned_once(house: House, folder: Path) -> None:
    house.says("words", "ban", "deken", "dekbed")
    assert "'deken' is banned already" in house.refuses("words", "ban", "deken", "plaid")
    assert "'dekbed' is needed" in house.refuses("words", "ban", "dekbed", "laken")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("never: {sanitair: wc}\n", ":1: write each word on a line of its own below 'never:'"),
        ("never:\n  sanitair: wc\nother: 1\n", "this file holds 'never:' and nothing else"),
        ("never:\n  sanitair:\n", "'sanitair' in 'never:' needs words on both sides"),
        ("# nothing\n", "the file must hold a mapping"),
    ],
)
def test_an_own_file_that_is_wrong_is_refused_and_stays_as_it_is(
    house: House, folder: Path, content: str, told: str
) -> None:
    (folder / OWN_FILE).write_text(content, encoding="utf-8")
    assert told in house.refuses("words", "ban", "deken", "dekbed")
    assert (folder / OWN_FILE).read_text(encoding="utf-8") == content
    assert len(list(folder.iterdir())) == 3


def test_the_list_shows_what_to_write_and_marks_our_own(house: House, folder: Path) -> None:
    house.says("words", "ban", "deken", "dekbed")
    lines = [" ".join(line.split()) for line in house.says("words", "list").splitlines()]
    assert "+ deken dekbed" in lines
    assert "*traject* hulp" in lines
    assert lines[-1] == f"1 of this organisation, in {folder / OWN_FILE}."


def test_the_report_shows_each_file_and_the_hardest_texts(house: House, folder: Path) -> None:
    (folder / "hard.yml").write_text(
        "responses:\n  utter_hard:\n    - text: Uw discrepantie is voor de crediteur helemaal geen probleem.\n",
        encoding="utf-8",
    )
    table, _, hardest = house.says("words", "report").partition("\n\n")
    rows = {line.split()[0]: line.split()[1:] for line in table.splitlines()[1:]}
    assert rows["cold.yml"] == ["3", "5.0", "6", "100.0%"]
    assert rows["hard.yml"] == ["1", "9.0", "9", "77.8%"]
    assert "utter_hard - rarer: discrepantie, crediteur" in hardest.splitlines()[1]
    assert "utter_thanks" in hardest.splitlines()[2]
    assert len(hardest.splitlines()) == 3


@pytest.mark.usefixtures("folder")
def test_without_the_library_report_and_check_say_what_is_missing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    everyday._frequencies.cache_clear()
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    try:
        assert NOT_CHECKED in house.says("words", "report")
        assert NOT_CHECKED in house.run("check").output
    finally:
        everyday._frequencies.cache_clear()


def test_short_words_and_sentences_read_easier() -> None:
    easy = ease("Bel ons.\nHet is koud.")
    assert easy > ease("Bel ons, want het is koud.") > ease("Communiceer onverwijld aangaande temperatuur.")


@given(st.text())
def test_every_text_has_a_reading_ease(text: str) -> None:
    assert isinstance(ease(text), float)
