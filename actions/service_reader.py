"""Reads a record of `directory/<organisation>.yml` into a `Service`, and refuses what is not as it must be."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields

from actions.opening_hours import MIDNIGHT, WEEKDAYS, Opening
from actions.records import Record
from actions.roles import PAGE_ONLY
from actions.services import Phone, Service, Status
from actions.telephone import national
from store.states import Role

OPENING_FIELDS = ("byday", "opens_at", "closes_at", "valid_from", "valid_to", "closed_on_holidays")
EVERY = "every"
LONGEST_REVIEW = 1095
"""Days."""
ASKED = tuple(role.value for role in Role if role not in PAGE_ONLY)
"""The roles that can be responsible for a record; beside them a wijk can."""
_TIME = re.compile(r"(\d\d):([0-5]\d)", re.ASCII)
_URL = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[!-~]*)?")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_SERVICE_FIELDS = tuple(field.name for field in fields(Service) if field.name != "denied")


class Everything(Collection[str]):
    """Holds every key: for who reads what was checked before."""

    def __contains__(self, key: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass(frozen=True)
class ServiceReader:
    """Knows the keys of the wijken, and the intents that a record may name as a topic."""

    wijken: Collection[str]
    topics: Collection[str]

    def read(self, record: Record) -> Service:
        """Raises `DirectoryError` with file, line and what to do."""
        record.only(_SERVICE_FIELDS)
        named = "responsible" in record.source
        return Service(
            key=record.key(),
            name=record.text("name"),
            description=record.text("description"),
            status=Status(record.one_of("status", tuple(status.value for status in Status))),
            source=record.text("source"),
            url=_url(record),
            phones=tuple(_phone(phone) for phone in record.records("phones", f"{record.what}, phone")),
            schedules=tuple(_opening(rule) for rule in record.records("schedules", f"{record.what}, schedule")),
            source_date=record.day_or_year("source_date"),
            assured_date=record.day("assured_date"),
            assurer_email=_email(record),
            topics=record.some_of("topics", self.topics),
            switched_on=record.flag("switched_on", True),
            wijken=record.some_of("wijken", self.wijken),
            review_days=record.whole("review_days", 1, LONGEST_REVIEW),
            responsible=record.one_of("responsible", ASKED, self.wijken) if named else Role.COORDINATOR.value,
        )


def _url(record: Record) -> str | None:
    url = record.optional_text("url")
    if url is not None and not _URL.fullmatch(url):
        raise record.wrong("url", f"'{url}' is no address; write it as https://example.nl, or null.")
    return url


def _email(record: Record) -> str | None:
    email = record.optional_text("assurer_email")
    if email is not None and not _EMAIL.fullmatch(email):
        raise record.wrong("assurer_email", f"'{email}' is no e-mail address; correct it, or write null.")
    return email


def _phone(record: Record) -> Phone:
    record.only(("number", "description"))
    number = record.text("number")
    if national(number) is None:
        raise record.wrong(
            "number", f"'{number}' is no Dutch telephone number; call it, then correct it or take it out."
        )
    return Phone(number, record.optional_text("description") or "")


def _opening(record: Record) -> Opening:
    record.only(OPENING_FIELDS)
    opens, closes = _minutes(record, "opens_at"), _minutes(record, "closes_at")
    valid_from, valid_to = record.day("valid_from"), record.day("valid_to")
    if opens >= closes:
        raise record.wrong("closes_at", "it closes before it opens; write a night as two rules, until and from 24:00.")
    if valid_from and valid_to and valid_from > valid_to:
        raise record.wrong("valid_to", "'valid_to' lies before 'valid_from'; swap them, or take one out.")
    return Opening(_days(record), opens, closes, valid_from, valid_to, record.flag("closed_on_holidays", False))


def _days(record: Record) -> frozenset[int]:
    if record.source.get("byday") == EVERY:
        return frozenset(range(len(WEEKDAYS)))
    days = record.some_of("byday", WEEKDAYS)
    if not days:
        raise record.wrong("byday", f"'byday' is missing; use every, or a list of {', '.join(WEEKDAYS)}.")
    return frozenset(WEEKDAYS.index(day) for day in days)


def _minutes(record: Record, name: str) -> int:
    """Minutes since midnight; without quotes YAML takes 9:00 for a number."""
    found = _TIME.fullmatch(str(record.source.get(name)))
    minutes = int(found[1]) * 60 + int(found[2]) if found else MIDNIGHT + 1
    if minutes > MIDNIGHT:
        raise record.wrong(name, f'\'{name}\' must be a time between quotes, from "00:00" to "24:00".')
    return minutes
