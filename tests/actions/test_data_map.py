"""The data map names every column that there is, once, and says of whom it is and how long it stays."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import Enum

from actions import retention
from actions.data_map import HELD, Held, Seer, Term, Tie, Whose, as_rows, called
from actions.terms import TERMS
from bot.dialogue.content import DUTCH, Content
from store.dashboard_tables import Table
from store.encryption import EncryptedJson, EncryptedText, SealedNumber

TABLES = {table.name: table for table in Table.metadata.sorted_tables}
BY_NAME = [pytest.param(held, id=held.name) for held in HELD]
PERSONAL = (Whose.RESIDENT, Whose.MEMBER)
TIED_TO = {Tie.PERSON: "people.id", Tie.REQUEST: "requests.id", Tie.MEMBER: "members.id"}


def test_every_table_is_in_the_map_once() -> None:
    assert Counter(held.name for held in HELD) == Counter(iter(TABLES))


@pytest.mark.parametrize("held", BY_NAME)
def test_every_column_is_in_the_map_once(held: Held) -> None:
    named = [column for whose in Whose for column in held.columns(whose)]
    assert Counter(named) == Counter(column.name for column in TABLES[held.name].columns)


@pytest.mark.parametrize("held", BY_NAME)
def test_what_is_encrypted_is_of_somebody(held: Held) -> None:
    secret = {
        c.name for c in TABLES[held.name].columns if isinstance(c.type, EncryptedText | EncryptedJson | SealedNumber)
    }
    assert not secret & set(held.columns(Whose.NOBODY)) or held.name == "data_keys"


@pytest.mark.parametrize("held", BY_NAME)
def test_each_tie_to_a_person_request_or_member_is_in_the_map_as_what_it_is(held: Held) -> None:
    known = {target: tie for tie, target in TIED_TO.items()}
    keys = {c.name: known[key.target_fullname] for c in TABLES[held.name].columns for key in c.foreign_keys}
    own = {column: tie for column, tie in held.ties.items() if tie is not Tie.CHAT and column != "id"}
    assert own == {**keys, **{column: tie for column, tie in own.items() if held.name == "audit_log"}}


@pytest.mark.parametrize("held", BY_NAME)
def test_what_is_personal_hangs_on_somebody(held: Held) -> None:
    assert bool(held.ties) == any(held.columns(whose) for whose in PERSONAL)


@pytest.mark.parametrize("held", BY_NAME)
def test_who_sees_a_column_and_what_is_withheld_are_columns(held: Held) -> None:
    known = {column.name for column in TABLES[held.name].columns}
    assert {column for seer in Seer for column in held.seen.get(seer, "").split()} <= known
    assert set(held.withheld.split()) <= set(held.columns(Whose.RESIDENT))


def test_terms_are_those_that_are_carried_out() -> None:
    assert {term.value for term in Term} - {Term.STAYS.value} <= set(TERMS)
    sooner = ("practice", "unkept")  # rows of which others of the same table stay longer
    by_rule = {(rule.table.__tablename__, rule.term) for rule in retention.RULES if rule.term not in sooner}
    with_request = {held.name for held in HELD if Tie.REQUEST in held.ties.values()}
    mapped = {(held.name, held.term.value) for held in HELD if held.term is not Term.STAYS}
    assert by_rule <= mapped
    assert mapped - by_rule == {(name, "closed_request") for name in with_request} | {("availabilities", "member")}


def test_everything_personal_has_a_name_for_who_asks(content: Content) -> None:
    for held in (held for held in HELD if held.ties):
        keys = [called(held), *(called(held, column) for whose in PERSONAL for column in held.columns(whose))]
        assert [key for key in keys if key not in content.texts[DUTCH]] == []


def test_every_status_that_is_shown_has_words(content: Content) -> None:
    columns = [TABLES[held.name].c[name] for held in HELD for whose in PERSONAL for name in held.columns(whose)]
    kinds = {column.type.enum_class for column in columns if isinstance(column.type, Enum)}
    said_otherwise = {"Urgency", "Outcome"}
    values = {one.value for kind in kinds if kind and kind.__name__ not in said_otherwise for one in kind}
    assert [value for value in sorted(values) if f"my_data_value_{value}" not in content.texts[DUTCH]] == []


def test_the_rows_of_the_map_say_all_of_each_column() -> None:
    rows = {(row["table"], row["column"]): row for row in as_rows()}
    assert len(rows) == sum(len(table.columns) for table in TABLES.values())
    assert rows["requests", "summary"] == {
        "table": "requests",
        "column": "summary",
        "whose": "resident",
        "called": "my_data_column_summary",
        "hangs": "",
        "term": "closed_request",
        "seen": "helper",
    }
    assert rows["requests", "person_id"]["hangs"] == "by the person"
    assert rows["data_keys", "key"]["called"] == ""
