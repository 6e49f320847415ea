"""An address is a street with the number of a house; anything else with a number in it is not."""

from __future__ import annotations

import pytest

from bot.understanding.addresses import LONGEST, street_address


@pytest.mark.parametrize(
    "text",
    [
        "Voorbeeldstraat 1",
        "voorbeeldstraat 12a",
        "Voorbeeldstraat 12 a",
        "Voorbeeldstraat 12-3",
        "Voorbeeldstraat, 12 bis",
        "Voorbeeldstraat nummer 12",
        "Voorbeeldstraat twaalf",
        "Burg. van den Voorbeeldlaan 9",
        "'t Voorbeeld 3",
        "1e Voorbeeldstraat 12",
        "Laan van 1940 12",
        "Het Voorbeeld 3 hoog links",
        "Voorbeeldstraat 12 Soest",
        "Voorbeeldstraat 12, 3765 AA Soest",
        "Voorbeeldhof 7, tweede deur",
        "ik woon op de Voorbeeldstraat 12",
        "Mijn adres is Voorbeeldstraat 12 in Soest.",
    ],
)
def test_a_street_with_a_number_is_an_address(text: str) -> None:
    assert street_address(f" {text}\n") == text


def test_an_address_on_two_lines_is_put_on_one() -> None:
    assert street_address("Voorbeeldstraat 12\n3765 AA Soest") == "Voorbeeldstraat 12 3765 AA Soest"


@pytest.mark.parametrize(
    "text",
    [
        "er komt 3 keer een deurwaarder",
        "Voorbeeldstraat 12, de deurwaarder komt morgen",
        "deurwaarder dinsdag 24",
        "morgen 10 uur stroom afgesloten",
        "ik heb 300 euro schuld",
        "ik moet voor 1 december mijn huis uit",
        "ik heb 2 dagen niet gegeten",
        "het is hier 14 graden",
        "ik ben 63",
        "kan het ook 11 uur",
        "wat kost het, 10 euro?",
        "mijn buurvrouw op nummer 5",
        "Voorbeeldstraat 1?",
        "Voorbeeldstraat 12345",
        "Voorbeeldstraat",
        "12 Voorbeeldstraat",
        "06 12345678",
        "3",
        "",
        "x" * LONGEST + " 1",
    ],
)
def test_anything_else_is_none_also_when_it_has_a_number(text: str) -> None:
    assert street_address(text) is None
