"""The form of a record of the directory: what stands in it, and what somebody typed, read by the file's own reader."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from actions import directory_fields
from actions.opening_hours import Opening
from actions.records import DirectoryError
from actions.service_reader import ServiceReader
from actions.services import Service
from actions.team_settings import Hours, HoursUnclear, in_notation, read_hours
from actions.telephone import national
from bot.content.rules import read_rules
from bot.content.source import Said
from bot.content.wording import breaches
from bot.text_check import Problem
from dashboard.visit import GivenWrong

LONGEST_NAME = 60
LONGEST_REMARK = 40
NUMBERS = 4
"""How many telephone numbers there is room for; more when the record has more."""
YES = "ja"
PARTS: Mapping[str, tuple[str, ...]] = {
    "name": ("naam",),
    "description": ("omschrijving",),
    "phones": ("nummer", "bij"),
    "url": ("website",),
    "schedules": ("open", "feestdagen"),
    "wijken": ("wijk",),
    "topics": ("onderwerp",),
    "switched_on": ("aan",),
    "review_days": ("nakijken",),
    "responsible": ("wie",),
}
"""With what the names of the inputs of a field begin; at the first is said what is wrong with the field."""
_WRITE = "write: "


class Refused(GivenWrong):
    """A field cannot be read; `where` is the input."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(why)
        self.where = where


@dataclass(frozen=True)
class Filled:
    """What somebody typed: the record as they want it, and for each input what is wrong with it."""

    service: Service
    problems: Mapping[str, Sequence[Problem]] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """The form for one record; `topics` are those that can be ticked, `rules` is the file with the rules for words."""

    service: Service
    reader: ServiceReader
    topics: Collection[str]
    rules: Path

    @cached_property
    def values(self) -> dict[str, str]:
        """What stands in each input. An input that is not there is not asked, and its field stays as it is."""
        service = self.service
        values = {
            "naam": service.name,
            "omschrijving": service.description,
            "website": service.url or "",
            "aan": YES if service.switched_on else "",
            "nakijken": str(service.review_days or ""),
            "wie": service.responsible,
        }
        for number in range(max(NUMBERS, len(service.phones))):
            phone = service.phones[number] if number < len(service.phones) else None
            values[f"nummer-{number + 1}"] = phone.number if phone else ""
            values[f"bij-{number + 1}"] = phone.description if phone else ""
        values |= {f"wijk-{one}": YES if one in service.wijken else "" for one in self.reader.wijken}
        values |= {f"onderwerp-{one}": YES if one in service.topics else "" for one in self.topics}
        if can_be_typed(service.schedules):
            values["open"] = "\n".join(hours(rule) for rule in service.schedules)
            values["feestdagen"] = YES if any(rule.closed_on_holidays for rule in service.schedules) else ""
        return values

    def typed(self, given: Mapping[str, str]) -> dict[str, str]:
        """What somebody typed in each input; a box that is not ticked is not sent."""
        return {name: given.get(name, "").replace("\r\n", "\n").strip() for name in self.values}

    def merged(self, given: Mapping[str, str], before: Form) -> dict[str, str]:
        """What stands here now, and over it each input in which somebody typed something else than was there before."""
        typed = self.typed(given)
        touched = {name for name, seen in before.values.items() if typed.get(name, seen) != seen}
        return {name: typed[name] if name in touched else now for name, now in self.values.items()}

    def read(self, typed: Mapping[str, str]) -> Filled:
        """The record as it was typed; a field that did not change is not judged again."""
        service, problems = self.service, dict[str, list[Problem]]()
        for name, written in _FIELDS.items():
            if not self._is_touched(name, typed):
                continue
            try:
                service = directory_fields.with_field(service, name, written(self, typed), self.reader)
            except Refused as wrong:
                problems[wrong.where] = [Problem(str(wrong))]
            except DirectoryError:
                problems[PARTS[name][0]] = [Problem(name)]
        if service.description != self.service.description:
            problems |= _found("omschrijving", self._hard_words(service))
        return Filled(service, problems)

    def _is_touched(self, name: str, typed: Mapping[str, str]) -> bool:
        inputs = (one for one in self.values if one.split("-")[0] in PARTS[name])
        return any(typed[one] != self.values[one] for one in inputs)

    def _hard_words(self, service: Service) -> list[Problem]:
        """The rules for words that the description breaks, as in `bot.content.directories.described`."""
        said = Said(f"service '{service.key}'", service.description, Path("directory"), line=1)
        return [
            Problem(one.rule, one.excerpt, one.remedy.removeprefix(_WRITE) if one.remedy.startswith(_WRITE) else "")
            for one in breaches(said, (), read_rules(self.rules))
        ]


def can_be_typed(schedules: Sequence[Opening]) -> bool:
    """Whether the form has a place for these hours: not for seasons, nor where only some of them hold on holidays."""
    seasons = any(rule.valid_from or rule.valid_to for rule in schedules)
    return not seasons and len({rule.closed_on_holidays for rule in schedules}) <= 1


def hours(rule: Opening) -> str:
    """A rule in the notation that the form reads: "ma-vr 9:00-12:00"."""
    return in_notation([Hours(days=sorted(rule.days), opens=rule.opens, closes=rule.closes)])


def _found(where: str, problems: list[Problem]) -> dict[str, list[Problem]]:
    return {where: problems} if problems else {}


def _line(typed: Mapping[str, str], name: str, longest: int, why: str) -> str:
    """One line of words that can be printed."""
    found = typed[name]
    if len(found) > longest or not found.isprintable():
        raise Refused(name, why)
    return found


def _name(form: Form, typed: Mapping[str, str]) -> object:
    return _line(typed, "naam", LONGEST_NAME, "name_too_long")


def _description(form: Form, typed: Mapping[str, str]) -> object:
    found = typed["omschrijving"]
    if not found.replace("\n", " ").isprintable():
        raise Refused("omschrijving", "strange_sign")
    return found


def _phones(form: Form, typed: Mapping[str, str]) -> object:
    rows = sum(name.startswith("nummer-") for name in form.values)
    return [found for row in range(1, rows + 1) for found in _phone(form, typed, row)]


def _phone(form: Form, typed: Mapping[str, str], row: int) -> Iterator[dict[str, Any]]:
    """A number as people here write it; one that stands in the record may stay as it is written there."""
    number, remark = typed[f"nummer-{row}"], _line(typed, f"bij-{row}", LONGEST_REMARK, "remark_too_long")
    if not number and remark:
        raise Refused(f"nummer-{row}", "remark_alone")
    if number and national(number) is None:
        raise Refused(f"nummer-{row}", "phones")
    if number:
        known = {phone.number for phone in form.service.phones}
        yield {"number": number if number in known else national(number), "description": remark}


def _url(form: Form, typed: Mapping[str, str]) -> object:
    found = typed["website"]
    if found and found != form.service.url and not found.startswith("https://"):
        raise Refused("website", "url")
    return found or None


def _schedules(form: Form, typed: Mapping[str, str]) -> object:
    try:
        found = read_hours(typed["open"]) if typed["open"] else []
    except HoursUnclear as wrong:
        raise Refused("open", "schedules") from wrong
    closed = typed["feestdagen"] == YES
    rules = tuple(Opening(frozenset(one["days"]), one["opens"], one["closes"]) for one in found)
    told = replace(form.service, schedules=tuple(replace(rule, closed_on_holidays=closed) for rule in rules))
    return directory_fields.as_written(told, "schedules")


def _wijken(form: Form, typed: Mapping[str, str]) -> object:
    return _ticked(typed, "wijk-", form.service.wijken, form.reader.wijken)


def _topics(form: Form, typed: Mapping[str, str]) -> object:
    return _ticked(typed, "onderwerp-", form.service.topics, form.topics)


def _ticked(typed: Mapping[str, str], prefix: str, had: Sequence[str], offered: Collection[str]) -> list[str]:
    """What it had and is still ticked or could not be, in its order, and then what is new."""
    ticked = [one for one in offered if typed[f"{prefix}{one}"] == YES]
    return [*(one for one in had if one in ticked or one not in offered), *(one for one in ticked if one not in had)]


def _review_days(form: Form, typed: Mapping[str, str]) -> object:
    found = typed["nakijken"]
    if found and not (found.isascii() and found.isdecimal() and len(found) <= 4):
        raise Refused("nakijken", "review_days")
    return int(found) if found else None


_FIELDS: Mapping[str, Callable[[Form, Mapping[str, str]], object]] = {
    "name": _name,
    "description": _description,
    "phones": _phones,
    "url": _url,
    "schedules": _schedules,
    "wijken": _wijken,
    "topics": _topics,
    "switched_on": lambda form, typed: typed["aan"] == YES,
    "review_days": _review_days,
    "responsible": lambda form, typed: typed["wie"],
}
