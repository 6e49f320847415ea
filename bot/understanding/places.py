"""Takes addresses out of sentences: a street with a house number, and a full postcode."""

from __future__ import annotations

import re

from bot.understanding.addresses import SENTENCE_WORDS
from bot.understanding.masking import MASK

_STREET_ENDS = "straat|str|weg|laan|plein|pad|hof|dijk|kade|gracht|singel|plantsoen|dreef|steeg|allee|brink|gaarde|park"
_NUMBER_WORD = r"(?:één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|[^\W\d]{2,8}tien|[^\W\d]{2,16}tig)\b"
_HOUSE = r"""
    (?>
        [1-9]\d{0,3}(?!\d)
        (?: [-/]\d{1,4}(?!\d) | (?:\ ?-\ ?|/|\ )?(?:bis|[a-z])(?![^\W_]|['’.]\w) | [ -]?(?:\d\ )?hoog\b | -[ivx]+\b )?
    )
    (?! [.,:]\d | -?\d | \ ?[%€°] )
"""
_BEFORE = r"(?: ,?\ (?:op\ )?(?:nr|no|nummer|huisnummer|huisnr)\.?\ ? | ,?\ ? | \ op\ )"
_NUMBERED = rf"(?: {_BEFORE}{_HOUSE} | (?:\ nummer|\ nr)?\ {_NUMBER_WORD} )"
_FLAGS = re.VERBOSE | re.IGNORECASE
_WORD = r"[^\W\d](?:[\w'’-]|\.(?=\w)){0,40}"

_STREETS = re.compile(
    rf"""
    (?<![\w'’.-]) (?:
        (?P<street>[^\W\d](?:[\w'’-]|\.(?=\w)){{1,40}}?)(?:{_STREET_ENDS})\.?
        | (?P<apart>[^\W\d]{{3,20}})\ (?:straat|laan|plein|weg)
        | (?P<whole>brink|dreef|gracht|kade|singel)
    ) {_NUMBERED}
    """,
    _FLAGS,
)
_LIVES = re.compile(
    rf"""
    \b(?P<said>
        (?:woon|wonen|woont|adres)(?:\ is|\ was|:)?(?:\ nu|\ hier)?(?:\ op|\ aan|\ in|\ bij)?(?:\ de|\ het|\ 't)?\ )
    (?P<name>{_WORD}(?:\ {_WORD}){{0,2}}) {_NUMBERED}
    """,
    _FLAGS,
)
_HOUSE_NUMBER = re.compile(
    rf"\b(?P<said>huis\ ?(?:nummer|nr)\.?|(?:woon|wonen)\ op\ (?:nummer|nr\.?))(?:\ is|:)?\ ?{_HOUSE}", _FLAGS
)
_POSTCODE = re.compile(
    rf"(?<![\w.,])[1-9]\d{{3}} (?P<gap>\ ?) (?P<letters>[A-Za-z]{{2}}) (?!\w) (?P<house>{_BEFORE}{_HOUSE})?", re.VERBOSE
)
_NEXT_WORD = re.compile(r"[ -]?(\w+)")
_COUNTED = """
    uur uren u min minuten kwartier km kilometer m meter vierkante m2 m3 kwh kuub liter keer maal x euro eur cent
    procent graden dag dagen nacht nachten week weken maand maanden jaar jaren kind kinderen mensen personen man buren
    bewoners huizen woningen auto autos bomen lampen kamers stappen brieven ramen hoog januari februari maart april mei
    juni juli augustus september oktober november december jan feb mrt apr jun jul aug sep sept okt nov dec
"""
COUNTED = frozenset(_COUNTED.split())
"""After a number: then it is no house."""
_OF_HOUSES = """
    blok flat etage verdieping gebouw kamer huis woning portiek toren appartement studio lift hoek kant deze die elke
    hele zelfde lange drukke eigen andere eerste tweede bij naar door voor langs tegenover sinds al ongeveer onze de het
    op in aan boven onder tussen van met en halver snel auto spoor uit over fiets wandel mid water
"""
_NO_STREET = SENTENCE_WORDS | frozenset(_OF_HOUSES.split())
_OF_MEASURE = "cm dm eu gb kg km kw mb ml mm mw pk wh wp ah"
_UNITS = frozenset(_OF_MEASURE.split())
_OF_TWO = "af al at de dr en er ga ha he ik in is ja je ma me mn na no nu of om op pa te tv uw we wc ze zo"
_SHORT_WORDS = _UNITS | frozenset(_OF_TWO.split())
_NOT_GIVEN_OUT = frozenset({"sa", "sd", "ss"})


def without_places(text: str) -> str:
    """The text with streets with a house number, and postcodes, replaced by `MASK`."""
    plain = _POSTCODE.sub(_postcode, text)
    plain = _STREETS.sub(_street, plain)
    plain = _LIVES.sub(_home, plain)
    return _HOUSE_NUMBER.sub(lambda found: found["said"] + " " + MASK, plain)


def _postcode(found: re.Match[str]) -> str:
    letters = found["letters"]
    a_word = letters.lower() in (_SHORT_WORDS if found["gap"] and not letters.isupper() else _UNITS)
    if a_word or letters.lower() in _NOT_GIVEN_OUT:
        return found.group()
    return MASK + (found["house"] or "" if _counts(found) else "")


def _street(found: re.Match[str]) -> str:
    name = found["street"] or found["apart"] or found["whole"]
    return found.group() if name.lower() in _NO_STREET or _counts(found) else MASK


def _home(found: re.Match[str]) -> str:
    """After "ik woon op" any name with a number is an address, when none of its words belongs to a sentence."""
    words = set(re.findall(r"\w+", found["name"].lower()))
    return found.group() if words & _NO_STREET or _counts(found) else found["said"] + MASK


def _counts(found: re.Match[str]) -> bool:
    """Whether the number counts what follows: "3 keer", "2 kinderen"."""
    after = _NEXT_WORD.match(found.string, found.end())
    return after is not None and after[1].lower() in COUNTED
