"""Fields that somebody changes on the page count over the file, can be put back, and are never trusted blindly."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy.orm import Session

from actions.directory import Organisation
from actions.directory_changes import change_numbers, confirm, deny, edit, history, lock, undo, with_changes
from actions.directory_fields import FIELDS, as_written, compare, differences, laid_over, with_field
from actions.open_data import directory_as_hsds
from actions.opening_hours import MIDNIGHT, Opening, local_day
from actions.records import DirectoryError
from actions.service_reader import ServiceReader
from actions.services import Directory, Fit, Phone, Service, Status
from store.database import Database
from store.tables import DirectoryChange, Member
from tests.actions.people import Wijk

NOW = datetime.fromisoformat("2026-11-23T11:00+01:00")
TODAY = local_day(NOW)
GOOS = Service("goos", "GOOS", "Hulp.", Status.UNVERIFIED, "een bron", phones=(Phone("0800-8115", "gratis"),))
SURE = replace(GOOS, key="sure", status=Status.CERTAIN, source_date=date(2026, 5, 1))
WRITTEN = Directory((GOOS, SURE))
SEASON = Opening(frozenset({5}), 600, 720, date(2026, 12, 1), date(2027, 3, 1), closed_on_holidays=True)
NEW: dict[str, Any] = {
    "name": "=1+1",
    "description": "Praten over geld.\nU bent welkom.",
    "phones": (Phone("112"), Phone("0800-2000", "gratis")),
    "url": "https://goos.example.nl/geld",
    "schedules": (Opening(frozenset(range(7)), 0, MIDNIGHT), SEASON),
    "wijken": ("smitsveen",),
    "topics": ("no_money", "mould"),
    "switched_on": False,
    "review_days": 30,
    "responsible": "de_eng",
}


def _sanne(wijk: Wijk) -> Member:
    return wijk.coordinator("Sanne")


def _now(wijk: Wijk, key: str = "goos", written: Directory = WRITTEN) -> Service:
    wijk.session.flush()
    return with_changes(written, history(wijk.session)).service(key)


def test_every_field_that_can_be_changed_is_tried() -> None:
    assert NEW.keys() == set(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_each_field_is_stored_as_json_and_read_back_the_same(name: str) -> None:
    new = replace(GOOS, **{name: NEW[name]})
    stored = json.loads(json.dumps(compare(GOOS, new)))
    assert list(stored) == [name] and laid_over(GOOS, stored) == new
    assert compare(GOOS, GOOS) == {} and laid_over(new, json.loads(json.dumps(compare(new, GOOS)))) == GOOS


def test_all_fields_change_but_the_day_of_checking_does_not(wijk: Wijk) -> None:
    new = replace(SURE, **NEW)
    assert edit(wijk.session, NOW, _sanne(wijk), SURE, new, confirms=False)
    assert _now(wijk, "sure") == new and new.known_on == date(2026, 5, 1)
    (row,) = history(wijk.session, "sure")
    assert row.change == "edited" and row.fields["review_days"] == {"old": None, "new": 30}


def test_who_says_that_it_is_right_confirms_it_too(wijk: Wijk) -> None:
    sanne = _sanne(wijk)
    deny(wijk.session, NOW, sanne, GOOS)
    denied = _now(wijk)
    edit(wijk.session, NOW, sanne, denied, replace(denied, name="Geld"), confirms=False)
    assert _now(wijk).fit(TODAY) is Fit.DENIED
    now = _now(wijk)
    edit(wijk.session, NOW, sanne, now, replace(now, url="https://x.example.nl"), confirms=True)
    assert (_now(wijk).name, _now(wijk).fit(TODAY), _now(wijk).assured_date) == ("Geld", Fit.SHOWN, TODAY)


def test_saying_that_it_is_right_without_a_change_is_a_confirmation(wijk: Wijk) -> None:
    sanne = _sanne(wijk)
    assert not edit(wijk.session, NOW, sanne, GOOS, GOOS, confirms=False)
    assert edit(wijk.session, NOW, sanne, GOOS, GOOS, confirms=True)
    assert [row.change for row in history(wijk.session)] == ["confirmed"]


@pytest.mark.parametrize(("assured", "name"), [(date(2026, 11, 23), "Geld"), (date(2026, 11, 24), "GOOS")])
def test_a_file_with_a_later_date_counts_over_a_change(wijk: Wijk, assured: date, name: str) -> None:
    edit(wijk.session, NOW, _sanne(wijk), GOOS, replace(GOOS, name="Geld"), confirms=True)
    written = Directory((replace(GOOS, assured_date=assured),))
    assert _now(wijk, written=written).name == name


def _renames(session: Session, now: datetime, member: Member, service: Service, *, confirms: bool = False) -> None:
    new = replace(service, name=f"{service.name} Soest", phones=NEW["phones"], switched_on=False)
    edit(session, now, member, service, new, confirms=confirms)


SAID: dict[str, Callable[[Session, datetime, Member, Service], object]] = {
    "confirmed": confirm,
    "denied": deny,
    "new numbers": partial(change_numbers, numbers=["112"]),
    "edited": _renames,
    "edited and confirmed": partial(_renames, confirms=True),
}


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("before", ["nothing", *SAID])
def test_the_last_change_is_put_back_whatever_it_was_and_then_done_again(wijk: Wijk, said: str, before: str) -> None:
    sanne = _sanne(wijk)
    if before != "nothing":
        SAID[before](wijk.session, NOW - timedelta(days=9), sanne, GOOS)
    first = _now(wijk)
    SAID[said](wijk.session, NOW, sanne, first)
    second = _now(wijk)
    for minutes, expected in ((1, first), (2, second), (3, first)):
        undone = undo(wijk.session, NOW + timedelta(minutes=minutes), sanne, WRITTEN, "goos")
        assert undone == (first != second) and _now(wijk) == expected


def test_nothing_is_put_back_when_nothing_was_said_or_the_file_is_newer(wijk: Wijk) -> None:
    sanne = _sanne(wijk)
    assert not undo(wijk.session, NOW, sanne, WRITTEN, "goos")
    confirm(wijk.session, NOW, sanne, GOOS)
    newer = Directory((replace(GOOS, assured_date=date(2026, 11, 24)),))
    assert not undo(wijk.session, NOW, sanne, newer, "goos")
    assert len(history(wijk.session)) == 1


DAMAGED: list[Any] = [
    None,
    "text",
    7,
    [],
    ["name"],
    {"name": None},
    {"name": "Geld"},
    {"name": {"new": "Geld"}},
    {"name": {"old": "A", "new": None}},
    {"name": {"old": "A", "new": ["x"]}},
    {"rank": {"old": 1, "new": 2}},
    {"status": {"old": "unverified", "new": "certain"}},
    {"key": {"old": "goos", "new": "other"}},
    {"phones": {"old": [], "new": "112"}},
    {"phones": {"old": [], "new": {"number": "112"}}},
    {"phones": {"old": [], "new": [5]}},
    {"phones": {"old": [], "new": ["12345"]}},
    {"phones": {"old": [], "new": [{"number": "112", "rank": 1}]}},
    {"schedules": {"old": [], "new": [{"byday": ["XX"], "opens_at": "09:00", "closes_at": "10:00"}]}},
    {"schedules": {"old": [], "new": [{"byday": ["MO"], "opens_at": "25:00", "closes_at": "26:00"}]}},
    {"schedules": {"old": [], "new": [{"byday": ["MO"], "opens_at": None, "closes_at": []}]}},
    {"url": {"old": None, "new": "javascript:alert(1)"}},
    {"topics": {"old": [], "new": [1]}},
    {"wijken": {"old": [], "new": "smitsveen"}},
    {"review_days": {"old": None, "new": 10**30}},
    {"review_days": {"old": None, "new": True}},
    {"switched_on": {"old": True, "new": "no"}},
    {"responsible": {"old": "coordinator", "new": None}},
    {"assured_date": {"old": None, "new": "2026-13-45"}},
    {"denied": {"old": False, "new": "perhaps"}},
]


@pytest.mark.parametrize("fields", DAMAGED)
def test_what_is_stored_and_cannot_be_read_leaves_the_record_as_it_was(wijk: Wijk, fields: Any) -> None:
    row = DirectoryChange(at=NOW, service="goos", change="edited", fields=fields, member_id=None)
    later = DirectoryChange(at=NOW, service="goos", change="something new", fields={"name": {"old": "", "new": "Geld"}})
    wijk.session.add_all([row, later])
    assert _now(wijk) == replace(GOOS, name="Geld")
    assert list(differences(fields)) == [
        one for one in differences(fields) if one.name not in ("rank", "status", "key")
    ]


def test_of_a_row_that_is_partly_damaged_the_rest_counts() -> None:
    found = laid_over(GOOS, {"review_days": {"old": None, "new": -1}, "name": {"old": "GOOS", "new": "Geld"}})
    assert found == replace(GOOS, name="Geld")


def test_what_the_file_may_not_say_is_refused_by_the_reader_of_the_file() -> None:
    reader = ServiceReader(("smitsveen",), ("mould",))
    wrong = [("wijken", ["zeist"]), ("topics", ["x"]), ("responsible", "zeist"), ("responsible", "reader")]
    for name, written in [*wrong, ("name", " "), ("url", "goos"), ("phones", [{"number": "1"}]), ("review_days", 0)]:
        with pytest.raises(DirectoryError, match=r"service 'goos'"):
            with_field(GOOS, name, written, reader)
    assert with_field(GOOS, "responsible", "smitsveen", reader).responsible == "smitsveen"


def test_the_new_fields_are_in_the_open_data_as_text(wijk: Wijk) -> None:
    new = replace(GOOS, **{**NEW, "switched_on": True})
    edit(wijk.session, NOW, _sanne(wijk), GOOS, new, confirms=True)
    wijk.session.flush()
    directory = with_changes(Directory((GOOS,)), history(wijk.session))
    (found,) = json.loads(directory_as_hsds(Organisation("Soest", ()), directory, TODAY))["contents"]
    assert (found["name"], found["url"]) == ("=1+1", NEW["url"])
    assert [phone["number"] for phone in found["phones"]] == ["112", "0800-2000"]
    assert [rule["byday"] for rule in found["schedules"]] == ["MO,TU,WE,TH,FR,SA,SU", "SA"]


def test_a_change_that_is_saved_is_as_written_afterwards(wijk: Wijk) -> None:
    edit(wijk.session, NOW, _sanne(wijk), GOOS, replace(GOOS, phones=NEW["phones"]), confirms=False)
    assert as_written(_now(wijk), "phones") == [
        {"number": "112", "description": ""},
        {"number": "0800-2000", "description": "gratis"},
    ]


def test_of_two_who_saw_the_same_only_one_finds_it_unchanged(database: Database) -> None:
    with database.transaction() as session:
        number = Wijk(session).coordinator("Sanne").id
    hands = 4
    start = Barrier(hands)

    def save(name: str) -> bool:
        start.wait(10)
        with database.transaction() as session:
            if lock(session, "goos") != 0:
                return False
            return edit(session, NOW, session.get_one(Member, number), GOOS, replace(GOOS, name=name), confirms=False)

    with ThreadPoolExecutor(hands) as threads:
        saved = list(threads.map(save, "abcd"))
    assert sorted(saved) == [False] * (hands - 1) + [True]
    with database.reading() as session:
        assert len(history(session, "goos")) == 1
