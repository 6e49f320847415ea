"""Gids: the services that residents are pointed to: what needs attention, all records, and one to change or undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from actions import directory_changes, directory_fields, team
from actions.opening_hours import local_day
from actions.records import DirectoryError
from actions.roles import RIGHTS, Right
from actions.service_reader import ASKED, ServiceReader
from actions.services import REVIEW_DAYS, Directory, Fit, Service
from bot import service_words
from bot.content.rules import FILE, read_rules
from bot.content.source import DUTCH
from bot.text_check import Problem
from bot.words import Words
from dashboard.pages.directory_form import YES, Form, hours
from dashboard.visit import Done, Nowhere, Page, Shown, Visit
from store.tables import DirectoryChange

DONE = ("bevestigd", "ontkend", "gids-bewaard", "gids-terug", "gids-niets")
ATTENTION = (Fit.STALE, Fit.CALL_FIRST, Fit.DENIED)
"""What somebody should look at first."""
GROUPS = ((Fit.SHOWN,), (Fit.CALL_FIRST,), tuple(fit for fit in Fit if fit not in (Fit.SHOWN, Fit.CALL_FIRST)))


@dataclass(frozen=True)
class Row:
    """A record as it is now, and the number of the last change of it."""

    service: Service
    fit: Fit
    version: int


@dataclass(frozen=True)
class Change:
    """A line of the history: for each field the record with what it said before and after; None where unreadable."""

    row: DirectoryChange
    who: str
    fields: Sequence[tuple[str, Service | None, Service | None]]


@dataclass(frozen=True)
class Asked:
    """One record that somebody looks at or changes."""

    visit: Visit
    key: str
    written: Directory
    said: Sequence[DirectoryChange]

    @classmethod
    def of(cls, visit: Visit) -> Asked:
        """Raises `Nowhere` when there is no such record."""
        key, written = visit.path["key"], visit.site.written_directory()
        if key not in written:
            raise Nowhere
        return cls(visit, key, written, directory_changes.history(visit.session, key))

    @classmethod
    def held(cls, visit: Visit) -> Asked:
        """Nobody else changes it until this is done. Raises `Nowhere`."""
        found = cls.of(visit)
        directory_changes.lock(visit.session, found.key)
        return replace(found, said=directory_changes.history(visit.session, found.key))

    @property
    def version(self) -> int:
        return _version(self.said)

    @cached_property
    def service(self) -> Service:
        """As the team says that it is now."""
        return self.after(self.version)

    def after(self, version: int) -> Service:
        """As it was after that change."""
        some = [one for one in self.said if one.id <= version]
        return directory_changes.with_changes(self.written, some).service(self.key)

    def form(self, service: Service) -> Form:
        visit = self.visit
        triggers = visit.site.reading.content(visit.session).triggers
        reader = ServiceReader(tuple(visit.site.organisation.wijk_names()), triggers)
        rules = visit.site.settings.flows / "texts" / DUTCH / FILE
        return Form(service, reader, tuple(topic for topic in visit.site.topics if topic in triggers), rules)


def show(visit: Visit, wrong: str = "") -> Shown:
    """What needs attention, and all records in groups; or those that somebody looks for."""
    today, sought = local_day(visit.now), " ".join(visit.given.get("zoek", "").split())[:80]
    rows = list(_rows(visit))
    late = {service.key: at for at, service in enumerate(Directory(tuple(r.service for r in rows)).overdue(today))}
    pressing = sorted((r for r in rows if r.fit in ATTENTION), key=lambda r: late.get(r.service.key, len(rows)))
    found = [row for row in rows if _holds(row.service, sought)]
    values = {
        "pressing": pressing,
        "never": [row for row in rows if row.service.known_on is None and row.fit in (Fit.SHOWN, Fit.UNCONFIRMED)],
        "groups": [[row for row in found if row.fit in fits] for fits in GROUPS],
        "sought": sought,
        "done": _done(visit),
        "wrong": wrong,
    }
    return Shown("directory.html", values, 422 if wrong else 200)


def show_one(visit: Visit) -> Shown:
    """One record; raises `Nowhere`."""
    return _one(Asked.of(visit))


def save(visit: Visit) -> Shown | Done:
    """Change what somebody typed, when nobody else changed the record since they saw it."""
    return _change(visit, _save)


def preview(visit: Visit) -> Shown | Done:
    """How residents would see what somebody typed; nothing is changed."""
    return _change(visit, _preview)


def confirm(visit: Visit) -> Shown | Done:
    """Say that a record is right."""
    return _say(visit, directory_changes.confirm, "confirmed", "bevestigd")


def deny(visit: Visit) -> Shown | Done:
    """Say that a record is wrong: residents are not shown it any more."""
    return _say(visit, directory_changes.deny, "denied", "ontkend")


def undo(visit: Visit) -> Shown | Done:
    """Put back what stood before the last change."""
    asked = Asked.held(visit)
    if _is_late(asked):
        return _one(asked, "directory_said", since=_seen(visit))
    if not directory_changes.undo(visit.session, visit.now, visit.member, asked.written, asked.key):
        return _one(asked, "nothing_to_undo")
    visit.note("directory_undone", f"service:{asked.key}")
    return Done(f"/gids/{asked.key}?gedaan=gids-terug")


def _change(visit: Visit, act: Callable[[Asked, Form, Mapping[str, str]], Shown | Done]) -> Shown | Done:
    asked = Asked.held(visit)
    form = asked.form(asked.service)
    if _is_late(asked):
        before = asked.form(asked.after(_seen(visit)))
        return _one(asked, "directory_changed", form.merged(visit.given, before), since=_seen(visit))
    return act(asked, form, form.typed(visit.given))


def _save(asked: Asked, form: Form, typed: Mapping[str, str]) -> Shown | Done:
    visit, filled = asked.visit, form.read(typed)
    if filled.problems:
        return _one(asked, "directory_refused", typed, filled.problems)
    confirms = visit.given.get("klopt") == YES
    said = directory_changes.edit(
        visit.session, visit.now, visit.member, asked.service, filled.service, confirms=confirms
    )
    if said:
        visit.note("directory_changed", f"service:{asked.key}")
    return Done(f"/gids/{asked.key}?gedaan={'gids-bewaard' if said else 'gids-niets'}")


def _preview(asked: Asked, form: Form, typed: Mapping[str, str]) -> Shown | Done:
    filled = form.read(typed)
    return _one(asked, "directory_refused" if filled.problems else "", typed, filled.problems, filled.service)


def _say(visit: Visit, say: Callable[..., object], act: str, done: str) -> Shown | Done:
    asked = Asked.held(visit)
    if _is_late(asked):
        return _one(asked, "directory_said", since=_seen(visit))
    say(visit.session, visit.now, visit.member, asked.service)
    visit.note(act, f"service:{asked.key}")
    return Done(f"/gids{'' if visit.given.get('lijst') else f'/{asked.key}'}?gedaan={done}")


def _one(
    asked: Asked,
    wrong: str = "",
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, Sequence[Problem]] | None = None,
    planned: Service | None = None,
    since: int | None = None,
) -> Shown:
    """The page of a record; `typed` is what stands in its form, `planned` the record as it would become."""
    visit, form = asked.visit, asked.form(asked.service)
    changes = list(_history(asked)) if visit.member.role in RIGHTS[Right.HISTORY] else []
    values: dict[str, Any] = {
        "service": asked.service,
        "fit": asked.service.fit(local_day(visit.now)),
        "version": asked.version,
        "bubble": _bubble(visit, planned or asked.service),
        "planned": planned is not None,
        "changes": changes,
        "meanwhile": [one for one in changes if since is not None and one.row.id > since],
        "form": form,
        "values": form.values if typed is None else typed,
        "problems": problems or {},
        "limits": read_rules(form.rules) if problems else None,
        "ticked": typed is not None and visit.given.get("klopt") == YES,
        "usual_days": REVIEW_DAYS[asked.service.status],
        "asked": (*ASKED, *visit.site.organisation.wijk_names()),
        "topics": visit.site.topics,
        "hours": hours,
        "done": _done(visit),
        "wrong": wrong,
    }
    return Shown("service.html", values, 422 if wrong else 200)


def _rows(visit: Visit) -> Iterator[Row]:
    said, today = directory_changes.history(visit.session), local_day(visit.now)
    directory = directory_changes.with_changes(visit.site.written_directory(), said)
    for service in directory.services:
        yield Row(service, service.fit(today), _version(one for one in said if one.service == service.key))


def _version(said: Iterable[DirectoryChange]) -> int:
    return max((one.id for one in said), default=0)


def _seen(visit: Visit) -> int:
    """The number of the last change when the form was shown; 0 when that is not to be known."""
    given = visit.given.get("versie", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else 0


def _is_late(asked: Asked) -> bool:
    """Whether somebody said something of the record after the form was shown."""
    return _seen(asked.visit) != asked.version


def _history(asked: Asked) -> Iterator[Change]:
    """The latest first."""
    names = {one.id: one.name for one in team.everybody(asked.visit.session)}
    for row in reversed(asked.said):
        fields = [
            (one.name, _saying(asked.service, one.name, one.old), _saying(asked.service, one.name, one.new))
            for one in directory_fields.differences(row.fields)
        ]
        yield Change(row, names.get(row.member_id or 0, ""), fields)


def _saying(service: Service, name: str, written: object) -> Service | None:
    try:
        return directory_fields.with_field(service, name, written)
    except DirectoryError:
        return None


def _bubble(visit: Visit, service: Service) -> str:
    """What residents whom the record serves are told of it at this moment."""
    site = visit.site
    content, only = site.reading.content(visit.session), Directory((service,))
    words = Words(content, site.organisation.wijk_names(), lambda: only, lambda: visit.now)
    wijk = service.wijken[0] if service.wijken else None
    return service_words.services(words, {"services": (service.key,), "wijk": wijk}, DUTCH)


def _holds(service: Service, sought: str) -> bool:
    """Whether all that was looked for stands in the record; spaces and dashes in numbers do not count."""
    numbers = "".join(phone.number for phone in service.phones)
    said = f"{service.name} {service.description} {service.url} {numbers}".casefold()
    bare = "".join(one for one in numbers if one.isdecimal())
    digits = "".join(one for one in sought if one.isdecimal())
    return all(word in said for word in sought.casefold().split()) or (len(digits) > 2 and digits in bare)


def _done(visit: Visit) -> str | None:
    return visit.given.get("gedaan") if visit.given.get("gedaan") in DONE else None


PAGE = Page(
    "gids",
    show,
    below={"/gids/{key}": show_one},
    acts={
        "/gids/{key}/wijzig": save,
        "/gids/{key}/bekijk": preview,
        "/gids/{key}/klopt": confirm,
        "/gids/{key}/klopt-niet": deny,
        "/gids/{key}/terug": undo,
    },
)
