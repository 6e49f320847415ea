"""The directory as open data: what HSDS requires is there, and what nobody confirmed is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from actions.directory import Organisation, Wijk, load_directory
from actions.open_data import directory_as_hsds
from actions.opening_hours import Opening
from actions.services import Directory, Phone, Service, Status
from bot.dialogue.content import Content
from store.settings import ROOT

TODAY = date(2026, 11, 23)
TOWN = Organisation("Voorbeeldstad", (Wijk("noord", "Noord"),))
EVERY_DAY = frozenset(range(7))
HELP = Service(
    "help",
    'Hulp "thuis"',
    "Iemand komt langs.",
    Status.CERTAIN,
    "een bron",
    url="https://example.org",
    phones=(Phone("112", "gevaar"),),
    schedules=(
        Opening(EVERY_DAY, 0, 24 * 60),
        Opening(frozenset({4, 0}), 9 * 60, 17 * 60 + 30, date(2026, 1, 1), date(2026, 12, 31), closed_on_holidays=True),
    ),
    assured_date=TODAY,
    assurer_email="iemand@example.org",
    wijken=("noord",),
)
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "service": ("id", "name", "status"),
    "organization": ("id", "name", "description"),
    "phones": ("id", "number"),
    "schedules": ("id",),
    "service_areas": ("id",),
}
"""As the schemas of HSDS 3.2 have it."""
KNOWN = {
    "service": "id name description url status assured_date organization phones schedules service_areas",
    "organization": "id name description website",
    "phones": "id service_id number type description",
    "schedules": "id service_id valid_from valid_to freq byday opens_at closes_at notes",
    "service_areas": "id service_id name",
}
"""Fields that HSDS has and that are used here."""


def hsds(*services: Service) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(directory_as_hsds(TOWN, Directory(services), TODAY))
    return found


def service(key: str = "one", status: Status = Status.CERTAIN, **fields: Any) -> Service:
    return Service(key, key, "Hulp.", status, "een bron", **fields)


def objects(page: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in page["contents"]:
        yield "service", one
        yield "organization", one["organization"]
        yield from ((kind, part) for kind in ("phones", "schedules", "service_areas") for part in one.get(kind, ()))


def valid(page: dict[str, Any]) -> bool:
    """What HSDS requires, asserted; gives whether there was anything to look at."""
    seen = list(objects(page))
    for kind, found in seen:
        assert set(REQUIRED[kind]) <= set(found) <= set(KNOWN[kind].split())
        assert all(found.values()), "what is not known is left out"
        assert str(UUID(found["id"])) == found["id"]
    assert all(one["status"] in ("active", "inactive", "defunct", "temporarily closed") for one in page["contents"])
    schedules = [found for kind, found in seen if kind == "schedules"]
    assert all(
        re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", one[at]) for one in schedules for at in ("opens_at", "closes_at")
    )
    identifiers = [found["id"] for _, found in seen]
    assert len(identifiers) == len(set(identifiers))
    return bool(seen)


def test_a_service_is_told_with_all_that_is_known() -> None:
    page = hsds(HELP)
    assert valid(page)
    (told,) = page["contents"]
    assert (told["name"], told["status"], told["url"]) == ('Hulp "thuis"', "active", "https://example.org")
    assert told["assured_date"] == "2026-11-23"
    assert [(one["number"], one["description"]) for one in told["phones"]] == [("112", "gevaar")]
    assert [one["name"] for one in told["service_areas"]] == ["Noord"]
    assert {one["service_id"] for kind in ("phones", "schedules", "service_areas") for one in told[kind]} == {
        told["id"]
    }
    always, twice = told["schedules"]
    assert (always["byday"], always["opens_at"], always["closes_at"]) == ("MO,TU,WE,TH,FR,SA,SU", "00:00", "23:59")
    assert (twice["byday"], twice["opens_at"], twice["closes_at"]) == ("MO,FR", "09:00", "17:30")
    assert (twice["valid_from"], twice["valid_to"], twice["freq"]) == ("2026-01-01", "2026-12-31", "WEEKLY")
    assert "feestdagen" in twice["notes"] and "feestdagen" not in always["notes"]


def test_who_confirmed_it_is_not_told() -> None:
    assert "iemand" not in directory_as_hsds(TOWN, Directory((HELP,)), TODAY).decode()


PUBLISHED = {
    "certain": (service(), "active"),
    "overdue": (service(assured_date=date(2025, 11, 1)), "active"),
    "confirmed": (service(status=Status.DATED, assured_date=TODAY), "active"),
    "closed for good": (service(status=Status.CLOSED), "defunct"),
    "long overdue": (service(assured_date=date(2024, 11, 1)), None),
    "never confirmed": (service(status=Status.UNVERIFIED), None),
    "said to be wrong": (service(denied=True), None),
    "switched off": (service(switched_on=False), None),
}


@pytest.mark.parametrize(("given", "status"), PUBLISHED.values(), ids=PUBLISHED)
def test_what_residents_may_not_be_shown_is_not_published(given: Service, status: str | None) -> None:
    page = hsds(given)
    assert [one["status"] for one in page["contents"]] == ([status] if status else [])
    assert (page["total_items"], page["size"], page["empty"]) == (
        len(page["contents"]),
        len(page["contents"]),
        not status,
    )


def test_a_record_keeps_its_identifiers_and_another_town_has_others() -> None:
    again = json.loads(directory_as_hsds(TOWN, Directory((service("other"), HELP)), TODAY))
    assert again["contents"][1] == hsds(HELP)["contents"][0]
    elsewhere = json.loads(directory_as_hsds(Organisation("Elders", ()), Directory((HELP,)), TODAY))
    assert elsewhere["contents"][0]["id"] != hsds(HELP)["contents"][0]["id"]


def test_our_own_directory_is_valid(content: Content, organisation: Organisation) -> None:
    directory = load_directory(ROOT / "directory", "soest", content.triggers)
    page = json.loads(directory_as_hsds(organisation, directory, TODAY))
    assert valid(page)
    assert {one["status"] for one in page["contents"]} == {"active", "defunct"}
