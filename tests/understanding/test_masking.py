"""Numbers that nobody should type here are taken out; numbers that look like them stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.nl import bsn

from bot.understanding.masking import MASK, mask

BSN = "111222333"
IBAN = "NL91 ABNA 0417 1643 00"
CARD = "4111 1111 1111 1111"

MASKED = {
    "a BSN": (f"mijn bsn is {BSN}", f"mijn bsn is {MASK}"),
    "a BSN alone": (BSN, MASK),
    "a BSN with spaces": ("111 222 333 dus", f"{MASK} dus"),
    "a BSN with points": ("111.222.333", MASK),
    "a BSN with dashes": ("111-222-333.", f"{MASK}."),
    "a BSN of eight figures": ("10000008", MASK),
    "a BSN after a word": (f"bsn:{BSN},", f"bsn:{MASK},"),
    "a BSN after an abbreviation": (f"nr.{BSN}", f"nr.{MASK}"),
    "a BSN before another number": (f"{BSN} 2 kinderen", f"{MASK} 2 kinderen"),
    "a BSN after a date": (f"01-01-1980 {BSN}", f"01-01-1980 {MASK}"),
    "two BSNs": (f"{BSN} en 123456782", f"{MASK} en {MASK}"),
    "two BSNs side by side": (f"{BSN} 123456782", f"{MASK} {MASK}"),
    "a BSN that is seen when the one beside it is gone": (f"0417 3764 {BSN}", f"{MASK} {MASK}"),
    "an IBAN": (f"maak over naar {IBAN}", f"maak over naar {MASK}"),
    "an IBAN in one piece": ("nl91abna0417164300", MASK),
    "an IBAN before words": (f"{IBAN} graag", f"{MASK} graag"),
    "an IBAN with a typing mistake": ("NL92ABNA0417164300", MASK),
    "a foreign IBAN": ("DE89 3704 0044 0532 0130 00", MASK),
    "a card": (f"kaart {CARD}", f"kaart {MASK}"),
    "a card in one piece": ("4111111111111111", MASK),
    "a card with its date": (f"{CARD} 12/27", f"{MASK} 12/27"),
    "a BSN in Arabic figures": ("١١١٢٢٢٣٣٣", MASK),
    "a BSN with wide dashes": ("111 – 222 – 333", MASK),
    "a BSN with a typing mistake that is announced": ("mijn bsn is 123456789", f"mijn bsn is {MASK}"),
    "a BSN after a number of something else": (f"klantnummer 12345678 bsn {BSN}", f"klantnummer 12345678 bsn {MASK}"),
    "an IBAN without its country": ("rekening abna 0417164300", f"rekening {MASK}"),
    "a Belgian IBAN": ("BE68 5390 0754 7034", MASK),
    "a BSN and an IBAN": (f"{BSN} en {IBAN}", f"{MASK} en {MASK}"),
}


@pytest.mark.parametrize(("text", "masked"), MASKED.values(), ids=MASKED.keys())
def test_what_nobody_should_type_is_taken_out(text: str, masked: str) -> None:
    assert mask(text) == (masked, True)


STAYS = [
    "06 12345678",
    "0612345678",
    "06-12 34 56 78",
    "+31 612345609",
    "+31 612 345 609",
    "+31612345678",
    "0031 6 12345678",
    "035 6012345",
    "bel 0800-9009 of 112",
    "0800-8115 passes the 11-test",
    "bel 0900-0008",
    "23-11-2026",
    "23-11-2026 09:00",
    "3768 AB 12",
    "ik betaal 1.234,56 euro",
    "1.234.567,89",
    "123.456.789,00",
    "meterstand 123456",
    "meter E0012345678901234",
    "van 2019 tot 2026",
    "12345678",
    "123456789",
    "16 graden en 3 kinderen",
    "4111 1111 1111 1112",
    "NL is klein",
    "",
    "12345678901234567890123456789",
    "01-01-1986 is a date and passes the 11-test",
    "kvk 10000008",
    f"klantnummer: {BSN}",
    "ean 871687120000000123",
]


@pytest.mark.parametrize("text", STAYS)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert mask(text) == (text, False)


@given(
    st.integers(min_value=10_000_000, max_value=999_999_999), st.sampled_from(["mijn nummer {}", "{}", "{}!", "nr={} "])
)
def test_every_number_that_passes_the_eleven_test_is_taken_out_and_no_other_of_nine(number: int, sentence: str) -> None:
    digits = f"{number:09}"
    masked, found = mask(sentence.format(digits))
    assert found == bsn.is_valid(digits)
    assert (digits in masked) != found


@given(st.text(st.characters(exclude_categories=["Nd"])))
def test_a_text_without_figures_stays(text: str) -> None:
    assert mask(text) == (text, False)


@given(st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    masked, _ = mask(text)
    assert mask(masked) == (masked, False)
