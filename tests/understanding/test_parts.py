"""Where a message is taken apart, and where not."""

from __future__ import annotations

import pytest

from bot.understanding.parts import MOST_PARTS, parts_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("het tocht bij mijn raam", ()),
        ("tocht en schimmel", ("tocht", "schimmel")),
        ("het tocht, ik loop achter", ("het tocht", "ik loop achter")),
        (
            "mijn raam sluit niet en de rekening is veel te hoog",
            ("mijn raam sluit niet", "de rekening is veel te hoog"),
        ),
        ("Het is koud. Ik heb ook geen geld voor eten!", ("Het is koud", "Ik heb ook geen geld voor eten")),
        (
            "ik heb brieven en brieven en nog eens brieven maar ik maak ze niet open",
            ("ik heb brieven brieven", "nog eens brieven", "ik maak ze niet open"),
        ),
        ("een heel lange zin zonder komma waar niets in gebeurt dan wachten", ()),
        ("hallo, ik zit hier al de hele week in de kou", ()),
        ("", ()),
        (" , , ", ()),
    ],
)
def test_parts(text: str, parts: tuple[str, ...]) -> None:
    assert parts_of(text) == parts


def test_a_flood_of_commas_asks_rasa_no_more_than_a_few_times() -> None:
    assert len(parts_of("dit is zo, " * 200)) == MOST_PARTS
