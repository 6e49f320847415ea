"""Telephone numbers of the Netherlands, long and short."""

from __future__ import annotations

import re

import phonenumbers

REGION = "NL"
# Suicide prevention has been in the numbering plan since 2021; the library does not know it.
_ALSO_SHORT = frozenset({"113"})
_WRITTEN = re.compile(r"\+?[\d ()-]{3,20}", re.ASCII)


def national(text: str) -> str | None:
    """A number as people here write it; None when nobody can be called with it.

    Emergency and other short numbers count. Whether a number is in use is not known here.
    """
    if not _WRITTEN.fullmatch(text.strip()):
        return None
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    digits = str(number.national_number)
    if digits in _ALSO_SHORT or phonenumbers.is_valid_short_number_for_region(number, REGION):
        return digits
    if not phonenumbers.is_valid_number_for_region(number, REGION):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
