"""The wording of services: for residents what is fit to print now, for the team all that we have of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from babel.dates import format_date, format_time, get_day_names

from actions.opening_hours import AMSTERDAM, WEEKDAYS, Opening, is_open, local_day, opens_next
from actions.services import Phone, Service, Shown
from bot.dialogue.content import DUTCH

if TYPE_CHECKING:
    from bot.words import Words

MOST_SHOWN = 2


def services(words: Words, values: Mapping[str, Any], language: str) -> str:
    """A line for each of `values["services"]` that is fit to print, at most `MOST_SHOWN`; else who will find out."""
    today = local_day(words.now())
    shown = words.directory().shown(values.get("services", ()), today, values.get("wijk"))[:MOST_SHOWN]
    lines = [line for one in shown for line in _lines(words, one, len(shown) == 1, language)]
    return "\n".join(lines) or words.say("utter_service_none", values, language)


def facts(words: Words, values: Mapping[str, Any], language: str) -> str:
    """All that is known of the service `values["service"]`, for who must say whether it is right."""
    service = words.directory().service(values["service"])
    return words.say("team_service_facts", _values(words, service, language), language)


def _lines(words: Words, shown: Shown, alone: bool, language: str) -> Iterator[str]:
    service = shown.service
    contact = "number" if service.phones else "url" if service.url else "none"
    chosen_by = {"service_contact": contact, "service_call_first": "yes" if shown.call_first else "no"}
    yield words.say("utter_service_line", {**_values(words, service, language), **chosen_by}, language)
    yield from _opening(words, service, language)
    if alone:
        yield service.description


def _opening(words: Words, service: Service, language: str) -> Iterator[str]:
    now = words.now()
    opens = opens_next(service.schedules, now)
    if is_open(service.schedules, now):
        yield words.say("utter_open_now", {}, language)
    elif opens is not None:
        yield words.say("utter_opens_next", _moment(now, opens), language)


def _moment(now: datetime, opens: datetime) -> dict[str, str]:
    days = {local_day(now): "today", local_day(now) + timedelta(days=1): "tomorrow"}
    return {
        "opens_on": days.get(local_day(opens), "later"),
        "opens_day": format_date(local_day(opens), "EEEE d MMMM", locale=DUTCH),
        "opens_time": format_time(opens.astimezone(AMSTERDAM), "H:mm", locale=DUTCH),
    }


def _values(words: Words, service: Service, language: str) -> dict[str, Any]:
    return {
        "service_name": service.name,
        "service_description": service.description,
        "service_numbers": _numbers(words, service.phones, language),
        "service_url": service.url or "",
        "service_hours": ", ".join(_hours(words, rule, language) for rule in service.schedules),
    }


def _numbers(words: Words, phones: tuple[Phone, ...], language: str) -> str:
    """The numbers beside each other; what they have in common, such as "gratis", once behind them."""
    joined = f" {words.say('utter_or', {}, language)} ".join(phone.number for phone in phones)
    said = {phone.description for phone in phones}
    return f"{joined} ({said.pop()})" if len(said) == 1 and said != {""} else joined


def _hours(words: Words, rule: Opening, language: str) -> str:
    if rule.always:
        return words.say("utter_hours_always", {}, language)
    names = get_day_names("wide", locale=DUTCH)
    days = "" if len(rule.days) == len(WEEKDAYS) else ", ".join(names[day] for day in sorted(rule.days))
    opens, closes = (f"{minutes // 60}:{minutes % 60:02}" for minutes in (rule.opens, rule.closes))
    return words.say("utter_hours", {"hours_days": days, "opens_time": opens, "closes_time": closes}, language)
