"""Takes out numbers that nobody should type here, before anything is stored, logged or sent on (domain.md 8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from stdnum import iban, luhn
from stdnum.nl import bsn

MASK = "▒▒▒"
_NUMBER = re.compile(r"(?<!\d)(?<!\d[.,])\d(?:[ .\-]?\d){7,18}(?![\d]|[.,]\d)")
# A BSN or card with another number beside it: "111222333 2 kinderen". After 31 it is a telephone.
_PART = re.compile(r"(?<!\d)(?<!31[ .\-])(?:\d{9}|\d{3}[ .\-]\d{3}[ .\-]\d{3}|\d{4}(?:[ .\-]?\d{4}){3})(?!\d)")
_IBAN = re.compile(r"\b[A-Za-z]{2}[ .\-]?\d{2}(?:[ .\-]?[A-Za-z0-9]){11,30}\b")
_DIGITS = re.compile(r"\D")
_CARD_LENGTHS = range(13, 20)
_DUTCH_IBAN = 18
_SERVICE_NUMBER = 8


def mask(text: str) -> tuple[str, bool]:
    """The text with BSN, IBAN and card numbers replaced by `MASK`, and whether anything was."""
    masked = _IBAN.sub(_mask_iban, text)
    masked = _NUMBER.sub(_mask_number, masked)
    return masked, masked != text


def _mask_iban(found: re.Match[str]) -> str:
    """A number that passes the IBAN test may be followed by more words; mask just the number."""
    compact_length = len(re.sub(r"[ .\-]", "", found.group()))
    for length in range(compact_length, 14, -1):
        head, rest = _split_compact(found.group(), length)
        if iban.is_valid(head) or (length == _DUTCH_IBAN and head[:2].lower() == "nl" and _looks_dutch(head)):
            return MASK + rest
    return found.group()


def _looks_dutch(head: str) -> bool:
    """A Dutch account with a typing mistake is still an account: two digits, four letters, ten digits."""
    return re.fullmatch(r"[A-Za-z]{2}\d{2}[A-Za-z]{4}\d{10}", re.sub(r"[ .\-]", "", head)) is not None


def _split_compact(text: str, length: int) -> tuple[str, str]:
    """Split after that many characters, not counting spaces, points and dashes."""
    seen = 0
    for position, character in enumerate(text):
        seen += character not in " .-"
        if seen == length:
            return text[: position + 1], text[position + 1 :]
    return text, ""


def _mask_number(found: re.Match[str]) -> str:
    return MASK if _is_secret(found.group()) else _PART.sub(_mask_part, found.group())


def _mask_part(found: re.Match[str]) -> str:
    return MASK if _is_secret(found.group()) else found.group()


def _is_secret(number: str) -> bool:
    digits = _DIGITS.sub("", number)
    return any(test(digits) for test in _tests())


def _tests() -> Iterator[Callable[[str], bool]]:
    yield _is_bsn
    yield _is_card


def _is_bsn(digits: str) -> bool:
    """Eight or nine digits that pass the 11-test; ten that begin with 06 are a telephone, and so are 0800 and 0900."""
    if len(digits) == _SERVICE_NUMBER and digits.startswith(("0800", "0900")):
        return False
    return len(digits) in (8, 9) and bool(bsn.is_valid(digits))


def _is_card(digits: str) -> bool:
    return len(digits) in _CARD_LENGTHS and bool(luhn.is_valid(digits))
