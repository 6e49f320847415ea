"""The services that residents are pointed to: what is known of them, and whether that is fit to print.

Field names follow the Human Services Data Specification (openreferral.org); the rules stand in domain.md, section 2.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from actions.opening_hours import Opening
from store.states import Role

GRACE = timedelta(days=90)
"""How long a record is still shown after its review date has passed, as "call first"."""


class Status(enum.StrEnum):
    """How sure the source makes us of a record."""

    CERTAIN = "certain"
    """On an official page, or in two sources that agree."""
    DATED = "dated"
    """It was true, but the source is old."""
    UNVERIFIED = "unverified"
    """It exists; its details were not found."""
    CLOSED = "closed"
    """Closed for good; kept so that nobody puts it back."""


REVIEW_DAYS: Mapping[Status, int] = {Status.CERTAIN: 365, Status.DATED: 180, Status.UNVERIFIED: 180, Status.CLOSED: 365}


class Fit(enum.StrEnum):
    """Whether a record may be shown, and why not."""

    SHOWN = "shown"
    CALL_FIRST = "call first"
    SWITCHED_OFF = "switched off"
    CLOSED = "closed for good"
    DENIED = "somebody of the team said that it is wrong"
    UNCONFIRMED = "not confirmed by anybody"
    STALE = "its review is too long ago"


@dataclass(frozen=True)
class Phone:
    """A number, as it is shown, and what to know of it ("gratis"), possibly empty."""

    number: str
    description: str = ""


@dataclass(frozen=True)
class Service:
    """One record. Empty `wijken` means everywhere; `responsible` is a role, or the wijk whose wijkverbinders are asked.

    `denied` says that somebody of the team told that it is wrong, and nobody what is right.
    """

    key: str
    name: str
    description: str
    status: Status
    source: str
    url: str | None = None
    phones: tuple[Phone, ...] = ()
    schedules: tuple[Opening, ...] = ()
    source_date: date | None = None
    assured_date: date | None = None
    assurer_email: str | None = None
    topics: tuple[str, ...] = ()
    switched_on: bool = True
    wijken: tuple[str, ...] = ()
    review_days: int | None = None
    responsible: str = Role.COORDINATOR.value
    denied: bool = False

    @property
    def known_on(self) -> date | None:
        """When it was last known to be right: somebody confirmed it, or a source that makes it certain says so."""
        return self.assured_date or (self.source_date if self.status is Status.CERTAIN else None)

    @property
    def review_on(self) -> date | None:
        """The last day before it is overdue; None when it was never confirmed and nothing says from when it is."""
        days = timedelta(days=self.review_days or REVIEW_DAYS[self.status])
        return self.known_on + days if self.known_on else None

    def serves(self, wijk: str | None) -> bool:
        return not self.wijken or wijk in self.wijken

    def fit(self, today: date) -> Fit:
        """Whether it may be shown on this day to whom it serves."""
        if not self.switched_on:
            return Fit.SWITCHED_OFF
        if self.status is Status.CLOSED:
            return Fit.CLOSED
        if self.denied:
            return Fit.DENIED
        if self.status is not Status.CERTAIN and self.assured_date is None:
            return Fit.UNCONFIRMED
        if self.review_on is None or today <= self.review_on:
            return Fit.SHOWN
        return Fit.CALL_FIRST if today <= self.review_on + GRACE else Fit.STALE


@dataclass(frozen=True)
class Shown:
    """A service that is fit to print; `call_first` when its review date has passed."""

    service: Service
    call_first: bool


@dataclass(frozen=True)
class Directory:
    """All services of an organisation at one moment, in the order of the file."""

    services: tuple[Service, ...] = ()

    @cached_property
    def _by_key(self) -> Mapping[str, Service]:
        return {service.key: service for service in self.services}

    def __contains__(self, key: object) -> bool:
        return key in self._by_key

    def service(self, key: str) -> Service:
        """Raises `KeyError`."""
        return self._by_key[key]

    def shown(self, keys: Iterable[str], today: date, wijk: str | None) -> tuple[Shown, ...]:
        """Of these services those that are fit to print for somebody in that wijk, in the same order."""
        wanted = (self.service(key) for key in keys)
        fits = ((service, service.fit(today)) for service in wanted if service.serves(wijk))
        return tuple(Shown(one, fit is Fit.CALL_FIRST) for one, fit in fits if fit in (Fit.SHOWN, Fit.CALL_FIRST))

    def overdue(self, today: date) -> tuple[Service, ...]:
        """Services whose review date has passed, the longest ago first; shown as "call first", later not at all."""
        late = [service for service in self.services if service.fit(today) in (Fit.CALL_FIRST, Fit.STALE)]
        return tuple(sorted(late, key=lambda service: service.review_on or today))

    def never_confirmed(self) -> tuple[Service, ...]:
        """Services in use of which nobody knows when they were last right."""
        in_use = (service for service in self.services if service.switched_on and service.status is not Status.CLOSED)
        return tuple(service for service in in_use if service.known_on is None)

    def to_ask(self, today: date) -> tuple[Service, ...]:
        """What somebody should look at, the most pressing first: overdue, said to be wrong, not confirmed.

        A number that is certain without a date is not asked about: `wijkwijzer directory check` names it.
        """
        waiting = {fit: [s for s in self.services if s.fit(today) is fit] for fit in (Fit.DENIED, Fit.UNCONFIRMED)}
        return (*self.overdue(today), *waiting[Fit.DENIED], *waiting[Fit.UNCONFIRMED])
