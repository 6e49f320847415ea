"""Reads a typed address: a street with the number of a house, and nothing that may be something else."""

from __future__ import annotations

import re

from text_to_num import alpha2digit

LONGEST = 120
"""Characters."""
LANGUAGE = "nl"
_BEFORE = r"(?:(?:ik woon|(?:wij|we) wonen) (?:op|aan|in) |(?:(?:mijn|ons|het) )?adres(?: is|:)? |(?:dat|het) is )?"
_NAME = r"(?:(?:[^\W\d]|['’])[\w.'’-]*|\d{1,2}e|\d{4})"
_BESIDE = r"(?: ?[-/] ?\d{1,4}| \d{1,4}| ?-? ?[a-z]{1,2}| bis|(?: \d)? hoog)"
_HOUSE = rf"(?:(?:nr|no|nummer|huisnummer)\.? ?)?\d{{1,4}}{_BESIDE}?"
_SIDE = r"(?: (?:achter|voor|links|rechts))?"
_TOWN = rf"(?:,? \d{{4}} ?[a-z]{{2}})?(?:,? (?:in )?[^\W\d][\w-]+{_SIDE})?"
_REMARK = r", [\w.'’-]+(?: [\w.'’-]+){0,3}"
_ADDRESS = re.compile(rf"{_BEFORE}(?P<place>{_NAME}(?: {_NAME}){{0,5}},? {_HOUSE}(?:{_REMARK}|{_TOWN}))\.?")
_OF_SENTENCES = """
    ik je jij jullie u uw we wij ze zij hij er hier mij me mijn ons wie wat waar waarom wanneer hoe
    heb heeft hebben had ben bent is zijn was word wordt worden kom komt komen kan kunt kunnen moet moeten wil wilt
    willen mag ga gaat gaan doe doet zeg zit staat krijg woon woont een geen niet nog ook al maar want om over
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag vandaag morgen overmorgen gisteren
    januari februari maart april mei juni juli augustus september oktober november december
    uur minuten keer euro graden procent dagen nacht nachten week weken maand maanden jaar
    kind kinderen mensen personen vraag afspraak telefoon
"""
SENTENCE_WORDS = frozenset(_OF_SENTENCES.split())
"""Words that hardly any address has, and nearly every sentence with a number in it does."""


def street_address(text: str) -> str | None:
    """The address on one line, or None for anything else: "er komt 3 keer een deurwaarder" is to be understood.

    A postcode and town may follow, or a few words after a comma ("7, tweede deur").
    """
    words = " ".join(text.split())
    found = _ADDRESS.fullmatch(alpha2digit(words.casefold(), LANGUAGE)) if len(words) <= LONGEST else None
    return words if found and not SENTENCE_WORDS & set(re.findall(r"\w+", found["place"])) else None
