"""Whether a wording that somebody wrote on the web page may be said: the checks of `wijkwijzer check`, and the form."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from actions.text_changes import Written
from bot.changed_texts import has_loose_brace, places
from bot.content import numbers
from bot.content.rules import Rules
from bot.content.source import DUTCH, Said
from bot.content.wording import breaches

LONGEST_TEXT = 4096
"""Characters of a message, as Telegram takes them (`telegram.constants.MessageLimit`)."""
LONGEST_TITLE = 64
"""Characters; a phone shows fewer of a button. The rules for Dutch allow fewer still."""
SERVICES = "services"
_INSTEAD = "write: "


@dataclass(frozen=True)
class Problem:
    """A rule, the words that break it, and what to write instead where the rule knows it."""

    rule: str
    excerpt: str = ""
    instead: str = ""


@dataclass(frozen=True)
class Findings:
    """What must be mended, and what may be meant so."""

    wrong: Sequence[Problem]
    doubtful: Sequence[Problem]


@dataclass(frozen=True)
class Checker:
    """`said` are all Dutch wordings as they are at the moment, `certain` the digits of the numbers that may be told."""

    said: Sequence[Said]
    rules: Rules
    certain: Collection[str]

    def check(self, one: Said, new: Written, language: str) -> Findings:
        """What is wrong with new words for a wording of the files; of what is far too long only that."""
        if too_long := list(_too_long(new)):
            return Findings(too_long, [])
        file, draft = _words(one), in_words(one, new)
        wrong = [*_empty(new, file), *_places(new, file), *self._numbers(new), *_titles(draft)]
        if language == DUTCH:
            wrong += [*self._by_rule(draft), *self._where_it_is_filled_in(one, draft)]
        return Findings(wrong, [*_left_out(new, file)])

    def _by_rule(self, draft: Said) -> Iterator[Problem]:
        for breach in breaches(draft, self.said, self.rules):
            instead = breach.remedy.removeprefix(_INSTEAD) if breach.remedy.startswith(_INSTEAD) else ""
            yield Problem(breach.rule, breach.excerpt, instead)

    def _where_it_is_filled_in(self, one: Said, draft: Said) -> Iterator[Problem]:
        """Sentences of other texts that become too long by the new words for a value."""
        name = f"{{{one.key.removeprefix('utter_')}}}"
        new = [draft if (said.key, said.line) == (one.key, one.line) else said for said in self.said]
        for other in self.said if one.key.startswith("utter_say_") else ():
            if name in other.text:
                before = breaches(other, self.said, self.rules)
                told = (breach for breach in breaches(other, new, self.rules) if breach not in before)
                yield from (Problem("too long where it is filled in", breach.excerpt) for breach in told)

    def _numbers(self, new: Written) -> Iterator[Problem]:
        for number in _numbers_in(new):
            if numbers.digits(number) not in self.certain:
                yield Problem("number not certain", number)


def _words(one: Said) -> Written:
    return Written(one.text, tuple(title for title, _ in one.buttons))


def in_words(one: Said, words: Written) -> Said:
    """A wording of the files with these words."""
    titled = zip(words.titles, one.buttons, strict=True)
    return replace(one, text=words.text, buttons=tuple((title, value) for title, (_, value) in titled))


def _too_long(new: Written) -> Iterator[Problem]:
    """What Telegram would refuse, or no phone show."""
    if len(new.text) > LONGEST_TEXT:
        yield Problem("too long for Telegram")
    for title in new.titles:
        if len(title) > LONGEST_TITLE:
            yield Problem("button too long for Telegram", title[:LONGEST_TITLE])


def _empty(new: Written, file: Written) -> Iterator[Problem]:
    """Only where the file has no words either may there be none."""
    if file.text and not _can_be_seen(new.text):
        yield Problem("empty text")
    if not all(map(_can_be_seen, new.titles)):
        yield Problem("empty button")


def _can_be_seen(text: str) -> bool:
    """Whether a sign of it is more than space or an instruction to who draws it: Telegram refuses what is not."""
    return any(unicodedata.category(sign)[0] not in "CZ" for sign in text)


def _places(new: Written, file: Written) -> Iterator[Problem]:
    """Only what the words of the file have filled in is known to be there when this is said."""
    known = places(file)
    if has_loose_brace(new):
        yield Problem("loose brace", "{ }")
    for name in places(new):
        if name not in known:
            yield Problem("unknown place", f"{{{name}}}", ", ".join(f"{{{one}}}" for one in known))
    if SERVICES in known and SERVICES not in places(new):
        yield Problem("services left out", f"{{{SERVICES}}}")


def _titles(draft: Said) -> Iterator[Problem]:
    """A button whose words stand for another answer when somebody types them."""
    for title, value in draft.buttons:
        for other, typed in draft.synonyms.items():
            if other != value and title.casefold() in {word.rstrip(".").casefold() for word in typed}:
                yield Problem("button means another answer", title)


def _left_out(new: Written, file: Written) -> Iterator[Problem]:
    for name in places(file):
        if name not in places(new) and name != SERVICES:
            yield Problem("place left out", f"{{{name}}}")
    for number in _numbers_in(file):
        if number not in _numbers_in(new):
            yield Problem("number left out", number)


def _numbers_in(words: Written) -> list[str]:
    return [number for text in (words.text, *words.titles) for number in numbers.named(text)]
