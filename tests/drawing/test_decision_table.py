"""The triage table as a picture: each row with its words, and nothing over something else."""

from __future__ import annotations

from itertools import combinations

from bot.dialogue.content import Content
from bot.dialogue.triage import Row, Triage
from bot.drawing.decision_table import COLUMNS, condition, table_picture
from bot.drawing.phrases import Phrases
from bot.drawing.shapes import Picture, Shape
from tests.drawing.drawn import with_words


def _row(name: str, outcome: str, **more: dict[str, tuple[str, ...]]) -> Row:
    return Row(name, more.get("when", {}), more.get("unless", {}), outcome, f"Want {name}.", "here")


def _triage(*exits: Row) -> Triage:
    return Triage({}, {"urgency": (_row("u", "normal"),), "exits": exits, "coach": (_row("c", "no"),)})


def _words(picture: Picture) -> list[list[str]]:
    return [[line.text for line in box.words] for box in picture.boxes if box.shape is Shape.SAID]


def test_rows_next_to_each_other_with_one_outcome_share_a_box(content: Content) -> None:
    rows = (_row("a", "local"), _row("b", "local"), _row("c", "municipality"), _row("d", "local"))
    picture = table_picture(_triage(*rows), Phrases(content))
    local, municipality = (Phrases(content).value("exit", exit) for exit in ("local", "municipality"))
    exits = _words(picture)[1:-1]
    assert [words[0] for words in exits] == [local, municipality, local]
    assert [word for word in exits[0] if word.startswith("Want")] == ["Want a.", "Want b."]


def test_a_row_says_what_must_hold_and_what_must_not(content: Content) -> None:
    phrases = Phrases(with_words(content))
    row = _row(
        "a",
        "local",
        when={"colour": ("red", "blue"), "about_mould": ("yes",)},
        unless={"size": ("small",), "mood": ("bad", "good")},
    )
    assert condition(row, phrases) == (
        f"Welke colour? Rood of Blauw\nen Het gaat over: {phrases.word('utter_topic_mould')}"
        "\nen Welke size? niet Klein\nen Stemming: niet somber of vrolijk"
    )


def test_a_row_without_conditions_is_for_all_others(content: Content) -> None:
    assert condition(_row("a", "local"), Phrases(content)) == "In andere gevallen"


def test_the_table_of_the_house_is_drawn_with_all_its_reasons(content: Content) -> None:
    phrases = Phrases(content)
    picture = table_picture(content.triage, phrases)
    said = " ".join(line.text for box in picture.boxes for line in box.words)
    for table in COLUMNS:
        for row in content.triage.tables[table]:
            assert row.because in said, row.id
    assert phrases.missing == set(), "write these keys in flows/texts/nl/drawing.yml"
    assert not any(one.overlaps(other) for one, other in combinations(picture.boxes, 2))
    assert all(box.right <= picture.width and box.bottom <= picture.height for box in picture.boxes)
