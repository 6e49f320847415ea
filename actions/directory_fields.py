"""The fields of a record that the team changes: how they are stored, and how they are laid over the file's record.

Stored is what the file would say, as JSON, and it is read by the file's own reader: {"name": {"old": ..., "new": ...}}.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from actions.opening_hours import WEEKDAYS, Opening
from actions.records import DirectoryError, Record
from actions.service_reader import Everything, ServiceReader
from actions.services import Service
from store.yaml_lines import LocatedDict, LocatedList

FIELDS = (
    "name",
    "description",
    "phones",
    "url",
    "schedules",
    "wijken",
    "topics",
    "switched_on",
    "review_days",
    "responsible",
)
"""What somebody can change."""
DENIED, ASSURED = "denied", "assured_date"
STORED = frozenset({*FIELDS, DENIED, ASSURED})
READER = ServiceReader(Everything(), Everything())
"""For what is stored: a wijk or topic may be gone from the files since."""
_BARE = {"key": "key", "name": "name", "description": "description", "status": "certain", "source": "source"}


@dataclass(frozen=True)
class Difference:
    """A field, and what the file would say of it, before and after."""

    name: str
    old: Any
    new: Any


def differences(stored: object) -> Iterator[Difference]:
    """What a row says that changed. What cannot be understood is left out: another version may have written it."""
    if not isinstance(stored, Mapping):
        return
    for name, values in stored.items():
        if name in STORED and isinstance(values, Mapping) and {"old", "new"} <= values.keys():
            yield Difference(name, values["old"], values["new"])


def compare(old: Service, new: Service) -> dict[str, dict[str, Any]]:
    """The fields in which two states of a record differ, to be stored."""
    fields = (name for name in (*FIELDS, DENIED, ASSURED) if getattr(old, name) != getattr(new, name))
    return {name: {"old": as_written(old, name), "new": as_written(new, name)} for name in fields}


def laid_over(service: Service, stored: object) -> Service:
    """The record with what a row says that changed; a field that the reader refuses stays as it was."""
    for change in differences(stored):
        try:
            service = with_field(service, change.name, change.new)
        except DirectoryError:
            continue
    return service


def with_field(service: Service, name: str, written: object, reader: ServiceReader = READER) -> Service:
    """The record with one field as the file would say it; raises `DirectoryError` for what the file may not say."""
    if name == DENIED:
        return replace(service, denied=written is True)
    source = _located({**_BARE, name: _phones(written) if name == "phones" else written})
    read = reader.read(Record(Path("directory"), source, f"service '{service.key}'"))
    return replace(service, **{name: getattr(read, name)})


def as_written(service: Service, name: str) -> Any:
    """What the file would say of a field."""
    value = getattr(service, name)
    if name == "phones":
        return [asdict(phone) for phone in value]
    if name == "schedules":
        return [_rule(rule) for rule in value]
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _rule(rule: Opening) -> dict[str, Any]:
    limits = {"valid_from": rule.valid_from, "valid_to": rule.valid_to}
    return {
        "byday": [WEEKDAYS[day] for day in sorted(rule.days)],
        "opens_at": _clock(rule.opens),
        "closes_at": _clock(rule.closes),
        **{name: day.isoformat() for name, day in limits.items() if day},
        "closed_on_holidays": rule.closed_on_holidays,
    }


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _phones(written: object) -> object:
    """In Telegram only numbers are told, and stored as such."""
    if not isinstance(written, Collection) or isinstance(written, str | Mapping):
        return written
    return [{"number": one} if isinstance(one, str) else one for one in written]


def _located(value: Any) -> Any:
    """As the reader of YAML gives it, without lines."""
    if isinstance(value, Mapping):
        return LocatedDict({name: _located(one) for name, one in value.items()})
    if isinstance(value, list | tuple):
        return LocatedList(_located(one) for one in value)
    return value
