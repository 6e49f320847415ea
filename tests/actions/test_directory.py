"""The organisation's own file: its wijken, its services, and what is wrong in it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from actions.directory import Complex, Organisation, load_directory, load_organisation
from actions.records import DirectoryError
from bot.dialogue.content import Content
from store.settings import ROOT

TOWN = "organisation: Zeist\nwijken: [{key: a, name: A}]\n"
FLAT = "{key: f, name: F, wijk: a}"
ALWAYS_SHOWN = {"112", "0800-9009", "113", "0800-0113", "0800-2000", "0800-8115", "0900-8844"}


def test_the_house_has_three_wijken(organisation: Organisation) -> None:
    assert organisation.wijk_names() == {"smitsveen": "Smitsveen", "de_eng": "De Eng", "soesterberg": "Soesterberg"}


def test_the_house_has_no_complexes_yet(organisation: Organisation) -> None:
    assert organisation.complexes == ()


def test_complexes_are_read_with_their_wijk(tmp_path: Path) -> None:
    text = f"{TOWN}complexes: [{{key: flat, name: Voorbeeldflat, wijk: a}}]\n"
    (tmp_path / "zeist.yml").write_text(text, encoding="utf-8")
    assert load_organisation(tmp_path, "zeist").complexes == (Complex("flat", "Voorbeeldflat", "a"),)


@pytest.mark.parametrize(("key", "name"), [("de_eng", "De Eng"), ("elders", "elders"), (None, "")])
def test_a_wijk_is_called_by_its_name(organisation: Organisation, key: str | None, name: str) -> None:
    assert organisation.wijk_name(key) == name


def test_our_own_directory_has_the_records_of_the_domain(content: Content) -> None:
    directory = load_directory(ROOT / "directory", "soest", content.triggers)
    assert Counter(service.status.value for service in directory.services) == {
        "certain": 7,
        "dated": 6,
        "unverified": 14,
        "closed": 1,
    }
    certain = [service for service in directory.services if service.status == "certain"]
    assert {phone.number for service in certain for phone in service.phones} == ALWAYS_SHOWN
    assert not directory.service("public_energy_fund").switched_on
    assert not any(service.assured_date for service in directory.services)


def test_each_wijk_has_its_wijkverbinders(content: Content, organisation: Organisation) -> None:
    directory = load_directory(ROOT / "directory", "soest", content.triggers)
    own = {f"wijkverbinders_{wijk}": (wijk,) for wijk in organisation.wijk_names()}
    assert {key: directory.service(key).wijken for key in own} == own


@pytest.mark.parametrize("load", [load_organisation, lambda folder, name: load_directory(folder, name, ())])
def test_a_file_that_is_not_there_is_told_with_what_to_do(tmp_path: Path, load: object) -> None:
    with pytest.raises(DirectoryError, match=r"zeist\.yml is not there or cannot be read\. Set ORGANISATION"):
        load(tmp_path, "zeist")  # type: ignore[operator]


WRONG = [
    ("organisation: Zeist\n", "1: the organisation: 'wijken' is missing or empty; name at least one"),
    ("organisation: Zeist\nwijken: []\n", "2: the organisation: 'wijken' is missing or empty"),
    ("wijken: [{key: a, name: A}]\n", "1: the organisation: 'organisation' is missing or empty; fill it in."),
    ("organisation: Z\nwijken:\n  - {key: a}\n", "3: wijk 'a': 'name' is missing or empty; fill it in."),
    ("organisation: Z\nwijken:\n  - {key: A, name: A}\n", "3: wijk 'A': 'A' is no key; use at most 40 small letters"),
    ("organisation: Z\nwijken:\n  - {key: 1, name: A}\n", "3: wijk '1': 'key' must be words; put quotes around it."),
    (f"{TOWN[:-2]}, {{key: a, name: B}}]\n", "2: wijk 'a': the key 'a' stands twice; give each its own."),
    (f"{TOWN}wijk: x\n", "3: the organisation: there is no field 'wijk'; use organisation, timezone, bot_name, wijken"),
    (f"{TOWN}complexes:\n  - {{key: f, name: F}}\n", "4: complex 'f': 'wijk' is missing or empty; fill it in."),
    (
        f"{TOWN}complexes:\n  - {{key: f, name: F, wijk: b}}\n",
        "4: complex 'f': 'b' is unknown as 'wijk'; use one of: a.",
    ),
    (f"{TOWN}complexes:\n  - {{key: f, wijk: a}}\n", "4: complex 'f': 'name' is missing or empty; fill it in."),
    (f"{TOWN}complexes:\n  - {{key: F, name: F, wijk: a}}\n", "4: complex 'F': 'F' is no key; use at most 40 small"),
    (
        f"{TOWN}complexes:\n  - {{key: f, street: F}}\n",
        "4: complex 'f': there is no field 'street'; use key, name, wijk.",
    ),
    (f"{TOWN}complexes: [{FLAT},\n  {FLAT}]\n", "4: complex 'f': the key 'f' stands twice; give each its own."),
    (f"{TOWN}complexes: f\n", "3: the organisation: 'complexes' must be a list: [a, b], or [] for none."),
    ("organisation: Z\nwijken: a\n", "2: the organisation: 'wijken' must be a list: [a, b], or [] for none."),
    ("organisation: Z\nwijken: [a]\n", "2: the organisation: each entry of 'wijken' must be a mapping"),
    ("", "1: the file must hold a mapping"),
    ("- a\n", "1: the file must hold a mapping"),
    ("organisation: [\n", "2: this is not YAML"),
]


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_a_file_that_is_wrong_is_told_with_its_line_and_what_to_do(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "zeist.yml").write_text(text, encoding="utf-8")
    with pytest.raises(DirectoryError) as refused:
        load_organisation(tmp_path, "zeist")
    assert str(refused.value).startswith(f"{tmp_path / 'zeist.yml'}:{told}")
