"""Which numbers can be called, and how they are written."""

from __future__ import annotations

import pytest

from actions.telephone import national


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("112", "112"),
        ("113", "113"),
        ("0800-9009", "0800 9009"),
        ("0800-0113", "0800 0113"),
        ("0900-8844", "0900 8844"),
        ("088 0767 000", "088 076 7000"),
        (" 14 035 ", "14 035"),
        ("+31 800 8115", "0800 8115"),
        ("115", None),
        ("0800-811", None),
        ("08008115000000", None),
        ("bel 0800-8115", None),
        ("0800-GELDFIT", None),
        ("+32 2 555 12 12", None),
        ("+", None),
        ("----", None),
        ("▒▒▒", None),
        ("", None),
        ("1" * 5000, None),
    ],
)
def test_a_number_is_known_or_not(text: str, expected: str | None) -> None:
    assert national(text) == expected
