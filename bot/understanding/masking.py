"""Takes out numbers that nobody should type here, before anything is stored, logged or sent on (domain.md 8)."""

from __future__ import annotations

import re

from stdnum import iban, luhn
from stdnum.nl import bsn

MASK = "▒▒▒"
GAP = r"(?: ?[.\-–/] ?|[ \u00a0]{1,2})"
"""What people put between the figures of one number."""
_NUMBER = re.compile(rf"(?<!\d)(?<!\d[.,])\d(?:{GAP}?\d){{7,18}}(?!\d|[.,]\d)")
# A BSN or card with another number beside it: "111222333 2 kinderen". After 31 it is a telephone.
_PART = re.compile(
    rf"(?<!\d)(?<!31[ .\-])(?:\d{{9}}|\d{{3}}{GAP}\d{{3}}{GAP}\d{{3}}|\d{{4}}(?:{GAP}?\d{{4}}){{3}})(?!\d)"
)
_NAMED = r"\W{0,3}(?:(?:nummer|nr|is|was|van mij|van mijn \w+)\W{1,3}){0,3}"
_ANNOUNCED = re.compile(
    rf"\b((?:bsn|sofi|burger ?service)(?:[ -]?(?:nummer|nr))?{_NAMED})\d(?:{GAP}?\d){{6,9}}(?!\d)", re.IGNORECASE
)
_OF_SOMETHING_ELSE = re.compile(
    r"(?:meter|stand|klant|relatie|debiteur|lid|kvk|ean|dossier|zaak|factuur|order|polis|contract|kenmerk"
    r"|referentie|aansluiting|storing|melding|ticket|betaling|serie)\w{0,12}\W{0,3}(?:(?:nummer|nr|is|was)\W{1,3}){0,2}$",
    re.IGNORECASE,
)
_DATE = re.compile(r"[0-3]?\d([.\-–/ ])[01]?\d\1(?:19|20)\d\d|(?:19|20)\d\d([.\-–/ ])[01]\d\2[0-3]\d")
_IBAN = re.compile(rf"\b[A-Za-z]{{2}}{GAP}?\d{{2}}(?:{GAP}?[A-Za-z0-9]){{11,30}}\b")
_ACCOUNT = re.compile(
    rf"\b(?:ABNA|ASNB|BUNQ|INGB|KNAB|RABO|RBRB|REVO|SNSB|TRIO|VOWA){GAP}?\d(?:{GAP}?\d){{9}}(?!\d)", re.IGNORECASE
)
_DUTCH = re.compile(r"NL\d{2}[A-Z]{4}\d{10}", re.IGNORECASE)
_SEPARATORS = re.compile(GAP)
_CARD = re.compile(r"(?:[3-6]|2[2-7])\d{12,18}")
_SERVICE = re.compile(r"0[89]00\d{4}")
_NEAR = 40
_SHORTEST_IBAN, _DUTCH_IBAN = 15, 18


def mask(text: str) -> tuple[str, bool]:
    """The text with BSN, IBAN and card numbers replaced by `MASK`, and whether anything was.

    What stands beside a number that is gone can be one by itself: it is looked at until nothing changes.
    """
    masked = _masked_once(text)
    while (more := _masked_once(masked)) != masked:
        masked = more
    return masked, masked != text


def _masked_once(text: str) -> str:
    masked = _ACCOUNT.sub(MASK, _IBAN.sub(_mask_iban, text))
    masked = _ANNOUNCED.sub(rf"\1{MASK}", masked)
    return _NUMBER.sub(_mask_number, masked)


def _mask_iban(found: re.Match[str]) -> str:
    """A number that passes the IBAN test may be followed by more words; mask just the number."""
    compact_length = len(_SEPARATORS.sub("", found.group()))
    for length in range(compact_length, _SHORTEST_IBAN - 1, -1):
        head, rest = _split_compact(found.group(), length)
        compact = _SEPARATORS.sub("", head)
        # A Dutch account with a typing mistake is still an account.
        if iban.is_valid(compact, check_country=False) or (length == _DUTCH_IBAN and _DUTCH.fullmatch(compact)):
            return MASK + rest
    return found.group()


def _split_compact(text: str, length: int) -> tuple[str, str]:
    """Split after that many letters and figures."""
    seen = 0
    for position, character in enumerate(text):
        seen += character.isalnum()
        if seen == length:
            return text[: position + 1], text[position + 1 :]
    return text, ""


def _mask_number(found: re.Match[str]) -> str:
    if _DATE.fullmatch(found.group()):
        return found.group()
    before = found.string[max(0, found.start() - _NEAR) : found.start()]
    other = _OF_SOMETHING_ELSE.search(before) is not None
    if _is_secret(found.group(), other):
        return MASK
    return _PART.sub(
        lambda part: MASK if _is_secret(part.group(), other and not part.start()) else part.group(), found.group()
    )


def _is_secret(number: str, of_something_else: bool) -> bool:
    """Whether it is a card, or a BSN that is not said to be the number of something else."""
    digits = "".join(str(int(one)) for one in number if one.isdecimal())  # Arabic figures too
    if _CARD.fullmatch(digits) and luhn.is_valid(digits):
        return True
    return not of_something_else and not _SERVICE.fullmatch(digits) and len(digits) in (8, 9) and bsn.is_valid(digits)
