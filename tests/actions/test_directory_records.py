"""A record as it is read, and each way in which one can be wrong, told with file, line and what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from actions.directory import load_directory
from actions.opening_hours import MIDNIGHT, Opening
from actions.records import DirectoryError
from actions.services import Phone, Service, Status
from store.yaml_lines import read_yaml

FULL = """\
organisation: Zeist
wijken: [{key: centrum, name: Centrum}, {key: oost, name: Oost}]
services:
  - key: helpdesk
    name: Hulp
    description: |
      Hulp in huis.
      Bel gerust.
    url: https://hulp.example/pad?a=1
    phones:
      - {number: "0800-8115", description: gratis}
      - {number: "112"}
    schedules:
      - byday: [MO, TH]
        opens_at: "09:00"
        closes_at: "17:30"
        valid_from: 2026-01-01
        valid_to: 2026-12-31
        closed_on_holidays: true
      - {byday: every, opens_at: "00:00", closes_at: "24:00"}
    status: dated
    source: een krant
    source_date: 2021-05
    assured_date: 2026-11-01
    assurer_email: iemand@voorbeeld.example
    topics: [draught]
    switched_on: false
    wijken: [oost]
    review_days: 30
    responsible: oost
"""
SMALL = """\
organisation: Zeist
wijken: [{key: centrum, name: Centrum}]
services:
  - key: helpdesk
    name: Hulp
    description: Hulp in huis.
    status: certain
    source: een krant
"""


def _load(folder: Path, text: str) -> tuple[Service, ...]:
    (folder / "zeist.yml").write_text(text, encoding="utf-8")
    return load_directory(folder, "zeist", ("draught", "mould")).services


def test_everything_of_a_record_is_read(tmp_path: Path) -> None:
    week = frozenset(range(7))
    limited = Opening(frozenset({0, 3}), 540, 1050, date(2026, 1, 1), date(2026, 12, 31), True)
    assert _load(tmp_path, FULL) == (
        Service(
            key="helpdesk",
            name="Hulp",
            description="Hulp in huis.\nBel gerust.",
            status=Status.DATED,
            source="een krant",
            url="https://hulp.example/pad?a=1",
            phones=(Phone("0800-8115", "gratis"), Phone("112")),
            schedules=(limited, Opening(week, 0, MIDNIGHT)),
            source_date=date(2021, 5, 1),
            assured_date=date(2026, 11, 1),
            assurer_email="iemand@voorbeeld.example",
            topics=("draught",),
            switched_on=False,
            wijken=("oost",),
            review_days=30,
            responsible="oost",
        ),
    )


def test_what_is_left_out_has_a_careful_meaning(tmp_path: Path) -> None:
    (service,) = _load(tmp_path, SMALL)
    assert service == Service("helpdesk", "Hulp", "Hulp in huis.", Status.CERTAIN, "een krant")
    assert (service.switched_on, service.responsible, service.phones, service.wijken) == (True, "coordinator", (), ())


@pytest.mark.parametrize(
    ("written", "expected"),
    [("2021", date(2021, 1, 1)), ('"2021"', date(2021, 1, 1)), ("2021-05-31", date(2021, 5, 31)), ("null", None)],
)
def test_the_date_of_a_source_may_be_a_year(tmp_path: Path, written: str, expected: date | None) -> None:
    assert _load(tmp_path, f"{SMALL}    source_date: {written}\n")[0].source_date == expected


def test_without_services_the_directory_is_empty(tmp_path: Path) -> None:
    assert _load(tmp_path, SMALL.partition("services:")[0]) == ()


WRONG = [
    ("status: dated", "status: sure", "'sure' is unknown as 'status'; use one of: certain, dated, unverified, closed."),
    ("status: dated", "state: dated", "there is no field 'state'; use key, name,"),
    ("    status: dated\n", "    status: [dated]\n", "'status' must be words"),
    ("status: dated", "denied: true", "there is no field 'denied'"),
    ("key: helpdesk", "key: Help-desk", "'Help-desk' is no key"),
    ("name: Hulp", "name: ''", "'name' is missing or empty; fill it in."),
    ("name: Hulp", "name: 113", "'name' must be words; put quotes around it."),
    ("url: https://hulp.example/pad?a=1", "url: hulp.example", "'hulp.example' is no address; write it as https://"),
    ("url: https://hulp.example/pad?a=1", "url: javascript:alert(1)", "is no address"),
    ("url: https://hulp.example/pad?a=1", 'url: "http://["', "is no address"),
    ('number: "0800-8115"', 'number: "0800-811"', "'0800-811' is no Dutch telephone number; call it, then correct"),
    ('number: "0800-8115"', "number: 0113", "'number' must be words; put quotes around it."),
    ('number: "112"', 'nummer: "112"', "there is no field 'nummer'; use number, description."),
    ("byday: [MO, TH]", "byday: [MO, XX]", "'XX' is unknown as 'byday'; use one of: MO, TU, WE, TH, FR, SA, SU."),
    ("byday: [MO, TH]", "byday: MO", "'byday' must be a list"),
    ("byday: [MO, TH]", "byday: []", "'byday' is missing; use every, or a list of MO,"),
    ('opens_at: "09:00"', "opens_at: 9:00", "'opens_at' must be a time between quotes"),
    ('opens_at: "09:00"', 'opens_at: "25:00"', "'opens_at' must be a time between quotes"),
    ('closes_at: "17:30"', 'closes_at: "17:60"', "'closes_at' must be a time between quotes"),
    ('closes_at: "17:30"', 'closes_at: "08:00"', "it closes before it opens; write a night as two rules"),
    ('        closes_at: "17:30"\n', "", "'closes_at' must be a time"),
    ("valid_to: 2026-12-31", "valid_to: 2025-12-31", "'valid_to' lies before 'valid_from'; swap them"),
    ("valid_from: 2026-01-01", "valid_from: 2026-02-30", "'2026-02-30' is no date; write it as 2026-11-23."),
    ("closed_on_holidays: true", "closed_on_holidays: yes", "'closed_on_holidays' must be true or false."),
    ("closed_on_holidays: true", "holidays: true", "there is no field 'holidays'; use byday,"),
    ("source_date: 2021-05", "source_date: in 2021", "'in 2021' is no date; write it as 2026, 2026-11 or 2026-11-23."),
    ("source_date: 2021-05", "source_date: 2021-13", "'2021-13' is no date"),
    ("assured_date: 2026-11-01", "assured_date: 2026-11", "'2026-11' is no date; write it as 2026-11-23."),
    ("iemand@voorbeeld.example", "iemand", "'iemand' is no e-mail address; correct it, or write null."),
    ("topics: [draught]", "topics: [tocht]", "'tocht' is unknown as 'topics'; use one of: draught, mould."),
    ("topics: [draught]", "topics: [[draught]]", "is unknown as 'topics'"),
    ("topics: [draught]", "topics: draught", "'topics' must be a list"),
    ("switched_on: false", "switched_on: no", "'switched_on' must be true or false."),
    ("wijken: [oost]", "wijken: [west]", "'west' is unknown as 'wijken'; use one of: centrum, oost."),
    ("review_days: 30", "review_days: 0", "'review_days' must be a whole number from 1 to 1095."),
    ("review_days: 30", "review_days: true", "'review_days' must be a whole number"),
    ("responsible: oost", "responsible: fatma", "'fatma' is unknown as 'responsible'; use one of: wijkverbinder,"),
    ("responsible: oost", "responsible: null", "'responsible' is missing or empty"),
]


def _line(text: str, old: str, new: str) -> int:
    """The line of what was changed; of what was taken out, the beginning of its mapping."""
    lines = text[: text.index(old)].count("\n") + 1
    return lines if new else text[: text.index("- byday")].count("\n") + 1


@pytest.mark.parametrize(("old", "new", "told"), WRONG)
def test_a_wrong_record_is_refused_at_its_line_with_what_to_do(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert FULL.count(old) == 1
    with pytest.raises(DirectoryError) as refused:
        _load(tmp_path, FULL.replace(old, new))
    where, _, remedy = str(refused.value).partition(": service '")
    assert where == f"{tmp_path / 'zeist.yml'}:{_line(FULL, old, new)}"
    assert told in remedy


def test_two_records_with_one_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DirectoryError, match=r"zeist\.yml:9: service 'helpdesk': the key 'helpdesk' stands twice"):
        _load(tmp_path, SMALL + SMALL.partition("services:\n")[2])


def test_the_example_has_every_field(tmp_path: Path) -> None:
    file = tmp_path / "zeist.yml"
    file.write_text(FULL, encoding="utf-8")
    fields = set(read_yaml(file)["services"][0])
    assert fields == {name for name in Service.__dataclass_fields__ if name != "denied"}
