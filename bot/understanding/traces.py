"""Takes out what points to a person, for texts that others read than who helps them (docs/decisions/0034)."""

from __future__ import annotations

import re
from collections.abc import Callable

import phonenumbers
from phonenumbers import PhoneNumberMatcher, PhoneNumberType

from bot.understanding.addresses import SENTENCE_WORDS
from bot.understanding.masking import GAP, MASK, mask
from bot.understanding.places import without_places

REGION = "NL"
OF_ORGANISATIONS = frozenset(
    {PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN}
)
"""0800, 0900, 088 and 14 with an area: no person has such a number."""

_EMAIL = re.compile(
    r"""
    (?<![\w.+-])(?:[\w+-]++\ punt\ )?[\w.+-]++
    (?:
        (?:@\ ?|\ ?[(\[]at[)\]]\ ?|\ apen?staart(?:je)?\ )[\w-]+(?:\ ?\.\ ?[\w-]{2,}|\ (?:punt|dot)\ [\w-]{2,})*
        | \ (?:at|@)\ [\w-]+(?:\ ?\.\ ?[\w-]{2,}|\ (?:punt|dot)\ [\w-]{2,})+
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"""
    (?<!\w)@\w[\w.]+
    | (?:https?://)?(?:www\.)?\b(?:(?:t|wa)\.me|(?:facebook|instagram|tiktok|snapchat|linkedin|twitter)\.com)/\S+
    """,
    re.VERBOSE | re.IGNORECASE,
)
# A word with a figure or a line in it: "op facebook is het druk" names nobody.
_ACCOUNT_SAID = re.compile(
    r"\b(?P<said>(?:insta(?:gram)?|snap(?:chat)?|tiktok|telegram|facebook|fb)(?: ?: ?|(?: naam)? is | heet ik | ))"
    r"(?=\w*[\d_.]\w)[a-z_][\w.]*\w",
    re.IGNORECASE,
)

_ABROAD = re.compile(rf"(?<![\d.,])(?:\+|00) ?[1-9]\d?{GAP}?(?:\(0\){GAP}?)?\d(?:{GAP}?\d){{6,10}}(?!\d)")
_MOBILE = re.compile(rf"(?<![\d.,])06(?:(?:{GAP}?\d){{8}}|(?:{GAP}?\d){{6,9}})(?!\d)")
_FIXED = re.compile(rf"(?<![\d.,])0[1-57]\d(?:{GAP}?\d){{7}}(?!\d)")
_NUMBER_WORD = (
    r"(?:nul|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|[^\W\d]{2,8}tien|[^\W\d]{2,16}tig)"
)
_SPELLED = re.compile(
    rf"\b(?:nul(?:[ ,-]{{1,2}}{_NUMBER_WORD}){{3,}}|{_NUMBER_WORD}(?:[ ,-]{{1,2}}{_NUMBER_WORD}){{7,}})\b",
    re.IGNORECASE,
)

_NEVER_NAMES = "en of dus met uit van op in al bekend geheim anders zo daar toch alleen hier meer"
_NO_NAME = SENTENCE_WORDS | frozenset(_NEVER_NAMES.split())
_NAME = re.compile(
    r"\b(?P<said>(?:mijn|m'?n) (?:voor|achter)?naam is |ik heet )"
    r"(?P<name>[^\W\d][\w'’-]+(?: (?:van|de|der|den|el|ten|ter))*(?: [^\W\d][\w'’-]+)?)",
    re.IGNORECASE,
)


def without_traces(text: str) -> str:
    """The text with secrets, telephones, e-mail, accounts, addresses and names that are said replaced by `MASK`.

    Done again it changes nothing. What may stay for who helps goes through `mask` alone.
    """
    plain = _once(text)
    while (again := _once(plain)) != plain:  # a number can be told from its neighbour when that is gone
        plain = again
    return plain


def _once(text: str) -> str:
    plain, _ = mask(text)
    for step in _STEPS:
        plain = step(plain)
    return plain


def _without_telephones(text: str) -> str:
    """The library knows which numbers exist; the shapes beside it take those with a figure too many or too few."""
    for found in reversed(list(PhoneNumberMatcher(text, REGION))):
        if phonenumbers.number_type(found.number) not in OF_ORGANISATIONS:
            text = text[: found.start] + MASK + text[found.end :]
    for shape in (_ABROAD, _MOBILE, _FIXED, _SPELLED):
        text = shape.sub(MASK, text)
    return text


def _without_names(text: str) -> str:
    return _NAME.sub(_name, text)


def _name(found: re.Match[str]) -> str:
    """Up to the first word that belongs to the sentence."""
    first, _, second = found["name"].rpartition(" ")
    if not first:
        first, second = second, ""
    if first.split()[0].lower() in _NO_NAME:
        return found.group()
    return found["said"] + MASK + (f" {second}" if second.lower() in _NO_NAME and second else "")


def _without_accounts(text: str) -> str:
    plain = _ACCOUNT.sub(MASK, _EMAIL.sub(MASK, text))
    return _ACCOUNT_SAID.sub(rf"\g<said>{MASK}", plain)


_STEPS: tuple[Callable[[str], str], ...] = (_without_accounts, _without_telephones, without_places, _without_names)
