"""Danger in words: certain, to be asked about, or none. The phrases of the house: tests/content."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue.conversation import Danger
from bot.understanding.safety import Phrases, SafetyPhrases, normalised
from store.yaml_lines import ContentError

FINDER = SafetyPhrases(
    {
        "fire": Phrases(act=("er is brand", "het huis staat in brand"), ask=("rook",), but_not=("brandbrief",)),
        "gas_smell": Phrases(act=("ik ruik gas", "geen lucht meer"), ask=("rare lucht",), but_not=("gas rekening",)),
    }
)
CERTAIN, UNCLEAR = True, False


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("ik ruik gas", Danger("gas_smell", CERTAIN)),
        ("Help!! IK RUIK GAS...", Danger("gas_smell", CERTAIN)),
        ("volgens mij ik ruik gas hier", Danger("gas_smell", CERTAIN)),
        ("geen lucht meer", Danger("gas_smell", CERTAIN)),
        ("ik krijg nooit geen lucht meer", Danger("gas_smell", CERTAIN)),
        ("niet om te zeuren hoor maar ik ruik gas", Danger("gas_smell", CERTAIN)),
        ("nee niet ik ruik gas", Danger("gas_smell", UNCLEAR)),
        ("ik ruick gas", Danger("gas_smell", UNCLEAR)),
        ("er is een rare lucht", Danger("gas_smell", UNCLEAR)),
        ("rare luchten overal", None),
        ("er is brand en ik ruik gas", Danger("fire", CERTAIN)),
        ("rook en ik ruik gas", Danger("gas_smell", CERTAIN)),
        ("rook en een rare lucht", Danger("fire", UNCLEAR)),
        ("mijn gas rekening", None),
        ("mijn gas rekening maar ik ruik gas", Danger("gas_smell", CERTAIN)),
        ("ik kreeg een brandbrief", None),
        ("ik ruik niets", None),
        ("het tocht", None),
        ("", None),
        ("🔥", None),
    ],
)
def test_a_danger_is_certain_unclear_or_none(text: str, danger: Danger | None) -> None:
    assert FINDER.find(text) == danger


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("  Hé,  wat KOUD! ", "he wat koud"),
        ("m'n", "m n"),
        ("a_b", "a b"),
        ("ﬁjn", "fijn"),
        ("رِيحة أَلغاز", "ريحه الغاز"),
        ("gaz kaçağı", "gaz kacagi"),
        ("👍", ""),
    ],
)
def test_words_are_compared_without_case_accents_and_punctuation(text: str, plain: str) -> None:
    assert normalised(text) == plain


def _texts(path: Path, language: str, text: str) -> None:
    (path / language).mkdir()
    (path / language / "safety_phrases.yml").write_text(text, encoding="utf-8")


def test_the_phrases_of_all_languages_count(tmp_path: Path) -> None:
    _texts(tmp_path, "nl", "phrases: {gas_smell: {act: [Ik ruik gás], not: [gas rekening]}, fire: {ask: [rook]}}\n")
    _texts(tmp_path, "tr", "phrases: {gas_smell: {act: [gaz kokusu]}}\n")
    read = SafetyPhrases.read(tmp_path)
    assert list(read.phrases) == ["fire", "gas_smell"]
    assert read.phrases["gas_smell"] == Phrases(("ik ruik gas", "gaz kokusu"), (), ("gas rekening",))


def test_an_unknown_danger_is_refused(tmp_path: Path) -> None:
    _texts(tmp_path, "nl", "phrases: {flood: {act: [water]}}\n")
    with pytest.raises(ContentError, match=r"safety_phrases\.yml:1: 'flood' is no danger; use fire"):
        SafetyPhrases.read(tmp_path)
