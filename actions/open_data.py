"""The directory as open data, in the form of the Human Services Data Specification 3 (openreferral.org).

Of its fields those that a record has, and always those that the specification requires of a service (`id`, `name`,
`status`), an organization (`id`, `name`, `description`) and a phone (`id`, `number`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from actions.directory import Organisation
from actions.opening_hours import MIDNIGHT, WEEKDAYS, Opening
from actions.services import Directory, Fit, Phone, Service

STATUS: Mapping[Fit, str] = {Fit.SHOWN: "active", Fit.CALL_FIRST: "active", Fit.CLOSED: "defunct"}
"""What is published, and how HSDS calls it; what residents may not be shown is not published either."""
LOCAL = "Tijden in Nederland (Europe/Amsterdam)."
NOT_ON_HOLIDAYS = "Gesloten op feestdagen."


def directory_as_hsds(organisation: Organisation, directory: Directory, today: date) -> bytes:
    """What residents may be shown on this day, and what is closed for good, as `GET /services` of HSDS gives it.

    A record does not say who provides it, so each is an organization by the same name; where it is given is not known
    either, so there is no `service_at_location`. Who confirmed a record is left out: that is a person.
    """
    published = [one for one in directory.services if one.fit(today) in STATUS]
    page = {"total_items": len(published), "total_pages": 1, "page_number": 1, "size": len(published)}
    ends = {"first_page": True, "last_page": True, "empty": not published}
    contents = [_Listing(organisation, one).service(STATUS[one.fit(today)]) for one in published]
    return json.dumps({**page, **ends, "contents": contents}, ensure_ascii=False, indent=2).encode()


@dataclass(frozen=True)
class _Listing:
    """A service on its way into HSDS."""

    organisation: Organisation
    source: Service

    def service(self, status: str) -> dict[str, Any]:
        source = self.source
        return _known(
            id=self._id("service"),
            name=source.name,
            description=source.description,
            url=source.url,
            status=status,
            assured_date=_day(source.assured_date),
            organization=self._organization(),
            phones=[self._phone(number, phone) for number, phone in enumerate(source.phones)],
            schedules=[self._schedule(number, opening) for number, opening in enumerate(source.schedules)],
            service_areas=[self._area(wijk) for wijk in source.wijken],
        )

    def _organization(self) -> dict[str, Any]:
        source = self.source
        identifier = self._id("organization")
        return _known(id=identifier, name=source.name, description=source.description, website=source.url)

    def _phone(self, number: int, phone: Phone) -> dict[str, Any]:
        told = {"number": phone.number, "type": "voice", "description": phone.description}
        return _known(id=self._id("phone", number), service_id=self._id("service"), **told)

    def _schedule(self, number: int, opening: Opening) -> dict[str, Any]:
        return _known(
            id=self._id("schedule", number),
            service_id=self._id("service"),
            valid_from=_day(opening.valid_from),
            valid_to=_day(opening.valid_to),
            freq="WEEKLY",
            byday=",".join(WEEKDAYS[day] for day in sorted(opening.days)),
            opens_at=_clock(opening.opens),
            closes_at=_clock(opening.closes),
            notes=f"{LOCAL} {NOT_ON_HOLIDAYS}" if opening.closed_on_holidays else LOCAL,
        )

    def _area(self, wijk: str) -> dict[str, Any]:
        name = self.organisation.wijk_name(wijk)
        return {"id": self._id("service_area", wijk), "service_id": self._id("service"), "name": name}

    def _id(self, *what: object) -> str:
        """The same for the same record whenever it is published."""
        parts = ("wijkwijzer", self.organisation.name, self.source.key, *what)
        return str(uuid5(NAMESPACE_DNS, "/".join(map(str, parts))))


def _known(**fields: Any) -> dict[str, Any]:
    """Without what is not known."""
    return {name: value for name, value in fields.items() if value}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _clock(minutes: int) -> str:
    """Of a day that never closes HSDS writes 23:59."""
    minute = min(minutes, MIDNIGHT - 1)
    return f"{time(minute // 60, minute % 60):%H:%M}"
