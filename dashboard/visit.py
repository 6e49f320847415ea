"""One request of somebody who is signed in, what a page makes of it, and what pages there are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from actions import audit
from actions.roles import PAGES
from dashboard.site import Site
from store.states import Role
from store.tables import Member


@dataclass(frozen=True)
class Visit:
    """Who looks or does something, and when; `given` is the query of a page, or the fields of a form."""

    site: Site
    session: Session
    now: datetime
    member: Member
    given: Mapping[str, str]
    path: Mapping[str, Any] = field(default_factory=dict)
    secret: str = field(default="", repr=False)
    """Of the session in which they are signed in."""

    def note(self, act: str, about: str = "") -> None:
        """Write in the audit log that they were shown something or did something."""
        audit.note(self.session, self.now, self.member, act, about)


@dataclass(frozen=True)
class Shown:
    """A template with what it is filled with."""

    template: str
    values: Mapping[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """It was done; the page at this address shows it. `afterwards` is done once the rows are there."""

    address: str
    afterwards: Callable[[], None] | None = None


@dataclass(frozen=True)
class File:
    """A file to keep."""

    content: bytes
    media_type: str
    name: str


Show = Callable[[Visit], Shown]
Act = Callable[[Visit], Shown | Done]
MakeFile = Callable[[Visit], File]


@dataclass(frozen=True)
class Page:
    """A page of the menu: what its forms do, which files it gives and which pages lie below it, each by its address.

    Who may see it and send its forms stands in `actions.roles`. `shows_people`: each showing is written in the audit
    log.
    """

    key: str
    show: Show
    acts: Mapping[str, Act] = field(default_factory=dict)
    files: Mapping[str, MakeFile] = field(default_factory=dict)
    below: Mapping[str, Show] = field(default_factory=dict)
    shows_people: bool = True

    @property
    def address(self) -> str:
        return f"/{self.key}"

    def may_see(self, role: Role) -> bool:
        return role in PAGES[self.key].sees

    def may_act(self, role: Role) -> bool:
        """Whether somebody with that role may send its forms."""
        return role in PAGES[self.key].acts


class Nowhere(LookupError):
    """There is nothing at this address."""


class GivenWrong(ValueError):
    """What somebody filled in cannot be used; the key of the sentence that says so (`templates/words.html`)."""
