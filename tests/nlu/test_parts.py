"""The parts of the Rasa service that need no Rasa: cleaning of texts, the stand-in for TensorFlow."""

from __future__ import annotations

import sys

import pytest

from nlu.components.cleaning import clean
from nlu.components.e5_tokens import SPACE, Pieces
from nlu.slim import ABSENT, Absent, leave_out_tensorflow


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  het   tocht\nhier ", "het tocht hier"),
        ("koud\x00hier", "koud hier"),
        ("koud \ud800", "koud ?"),
        ("\ufb01jn", "fijn"),
        ("", ""),
        ("a" * 50, "a" * 20),
    ],
)
def test_a_text_becomes_one_safe_line(text: str, cleaned: str) -> None:
    assert clean(text, longest=20) == cleaned


@pytest.fixture
def _without_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    leave_out_tensorflow()


@pytest.mark.usefixtures("_without_tensorflow")
def test_absent_libraries_can_be_imported_and_inherited_from() -> None:
    for name in ABSENT:
        module = __import__(f"{name}.deep.inside", fromlist=["inside"])
        assert isinstance(module.Layer.Deeper, type)
        assert module.function("anything")(len) is len


@pytest.mark.usefixtures("_without_tensorflow")
def test_computing_with_an_absent_library_says_what_to_do() -> None:
    class Network(Absent):
        pass

    with pytest.raises(RuntimeError, match=r"nlu/pyproject\.toml"):
        Network()


VOCABULARY = {"<s>": 0.0, "</s>": 0.0, "<unk>": 0.0, SPACE: -3.0, "k": -4.0, "ou": -4.0, f"{SPACE}kou": -2.0, "d": -3.0}


@pytest.fixture
def pieces() -> Pieces:
    return Pieces([*VOCABULARY], [*VOCABULARY.values()], begin=0, end=1, unknown=2)


def test_a_text_is_divided_into_its_likeliest_pieces(pieces: Pieces) -> None:
    assert pieces.of("koud", longest=10) == [0, 6, 7, 1]


def test_what_no_piece_holds_is_unknown(pieces: Pieces) -> None:
    assert pieces.of("kou \u2603", longest=10) == [0, 6, 3, 2, 1]


def test_a_long_text_keeps_its_beginning(pieces: Pieces) -> None:
    assert pieces.of("koud koud", longest=3) == [0, 6, 7, 6, 1]


def test_an_empty_text_is_one_space(pieces: Pieces) -> None:
    assert pieces.of("", longest=10) == [0, 3, 1]
