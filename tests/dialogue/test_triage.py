"""The triage table: what is refused when it is read, what it decides, and that every answer comes out somewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.content import Content
from bot.dialogue.triage import COACH, EXITS, MOST_TIPS, TABLES, TIERS, Row, Triage, read_triage
from bot.dialogue.triage_check import check_triage
from store.settings import ROOT
from store.yaml_lines import ContentError, read_yaml

OWN = ROOT / "flows" / "triage.yml"
SLOTS = {
    "colour": ("red", "blue"),
    "size": ("small", "large"),
    "urgency": TIERS,
    "about_draught": ("yes",),
}
TEXTS = frozenset({"utter_red", "utter_big", "utter_blue", "utter_small"})
TABLE = """\
topics: {normal: [draught]}
urgency:
  - {id: red, if: {colour: red}, urgency: soon, because: Het is rood.}
  - {id: later, urgency: normal, because: Geen haast.}
exits:
  - {id: fast, if: {urgency: [danger, crisis]}, exit: municipality, because: Spoed.}
  - {id: wijk, exit: local, because: Iemand kijkt mee.}
coach:
  - {id: not_now, if: {urgency: [danger, crisis]}, coach: "no", because: Spoed.}
  - {id: helps, coach: "yes", because: Een coach helpt.}
tips:
  - {id: tip, if: {colour: red}, say: utter_red, because: Het is rood.}
"""
RED = "- {id: red, if: {colour: red}, urgency: soon, because: Het is rood.}"
LATER = "- {id: later, urgency: normal, because: Geen haast.}"
FAST = "- {id: fast, if: {urgency: [danger, crisis]}, exit: municipality, because: Spoed.}"
WIJK = "- {id: wijk, exit: local, because: Iemand kijkt mee.}"
NOT_NOW = '- {id: not_now, if: {urgency: [danger, crisis]}, coach: "no", because: Spoed.}'
HELPS = '- {id: helps, coach: "yes", because: Een coach helpt.}'
TIP = "- {id: tip, if: {colour: red}, say: utter_red, because: Het is rood.}"

REFUSED = {
    "a table that is missing": ("coach:\n", "couch:\n", 1, "there is no 'coach:'; a triage table has topics, urgency"),
    "a topic of an unknown urgency": ("{normal:", "{quick:", 1, "'quick' is no urgency; use danger, crisis"),
    "a table without rows": (f"tips:\n  {TIP}", "tips: []", 11, "'tips' needs rows, each beginning with '- id:'"),
    "a table that is no list": (f"tips:\n  {TIP}", "tips: {id: tip}", 11, "'tips' needs rows"),
    "a row that is no mapping": (TIP, "- tip", 12, "a row of 'tips' needs because, id, say"),
    "a row without a reason": (RED, RED.replace(", because: Het is rood.", ""), 3, "a row of 'urgency' needs because"),
    "a row without a name": (RED, RED.replace("id: red, ", ""), 3, "a row of 'urgency' needs because, id, urgency"),
    "a row without an outcome": (
        WIJK,
        WIJK.replace("exit: local, ", ""),
        7,
        "a row of 'exits' needs because, exit, id",
    ),
    "an unknown word in a row": (
        RED,
        RED.replace("if:", "when:"),
        3,
        "a row does not know 'when'; it knows if, unless",
    ),
    "an unknown urgency": (RED, RED.replace("soon", "quick"), 3, "'quick' is no urgency; use danger, crisis, soon"),
    "an unknown way out": (WIJK, WIJK.replace("local", "police"), 7, "'police' is no exit; use self, digital_buddy"),
    "an unknown answer about the coach": (HELPS, HELPS.replace('"yes"', "maybe"), 10, "'maybe' is no coach; use yes"),
    "a condition that is no mapping": (RED, RED.replace("{colour: red}", "red"), 3, "'if: {slot: value}'"),
    "an unknown slot": (
        RED,
        RED.replace("colour", "taste"),
        3,
        "there is no slot 'taste'; choose one of flows/slots.yml",
    ),
    "an unknown slot under unless": (
        TIP,
        TIP.replace("if:", "unless:").replace("colour", "taste"),
        12,
        "no slot 'taste'",
    ),
    "an unknown value": (
        RED,
        RED.replace(": red}", ": [red, green]}"),
        3,
        "'green' is no value of 'colour'; use red, blue",
    ),
    "an urgency that rests on the urgency": (
        RED,
        RED.replace("colour: red", "urgency: soon"),
        3,
        "name the answers instead",
    ),
    "a tip without a text": (
        TIP,
        TIP.replace("utter_red", "utter_gone"),
        12,
        "there is no text 'utter_gone'; write it in",
    ),
    "a name that stands twice": (TIP, TIP.replace("id: tip", "id: red"), 12, "'red' stands at"),
    "a contradiction": (
        WIJK,
        f"- {{id: alone, if: {{urgency: [danger, crisis]}}, exit: self, because: Kan alleen.}}\n  {WIJK}",
        7,
        "'alone' holds for the same answers as 'fast'",
    ),
    "a gap in the urgency": (f"\n  {LATER}", "", 3, "'urgency' has a gap: end with a row without 'if:'"),
    "a gap in the ways out": (f"\n  {WIJK}", "", 6, "'exits' has a gap"),
    "a gap in the coach": (f"\n  {HELPS}", "", 9, "'coach' has a gap"),
    "a row for everything that is not the last": (f"{FAST}\n  {WIJK}", f"{WIJK}\n  {FAST}", 6, "'wijk' has no 'if:'"),
    "a row that never decides": (
        WIJK,
        f"- {{id: crisis, if: {{urgency: crisis, colour: red}}, exit: local, because: Rood.}}\n  {WIJK}",
        7,
        "'crisis' never decides, because 'fast'",
    ),
    "a row that something more urgent always overrules": (
        LATER,
        f"- {{id: big_red, if: {{colour: red, size: large}}, urgency: normal, because: Groot.}}\n  {LATER}",
        4,
        "'big_red' never decides, because 'red'",
    ),
    "a topic that comes out as less urgent": (
        "{normal:",
        "{crisis:",
        3,
        "'draught' is 'crisis' under topics, but 'normal'",
    ),
    "a crisis that is sent off with a form": (
        FAST,
        FAST.replace("municipality", "digital_buddy"),
        6,
        "'fast' can decide in a danger, with 'digital_buddy'; a row above it must say exit: local, municipality",
    ),
    "a crisis that is left to itself": (
        f"{FAST}\n  {WIJK}",
        "- {id: alone, if: {colour: red}, exit: self, because: Kan alleen.}\n"
        "  - {id: wijk, exit: local, because: Iemand kijkt mee.}",
        6,
        "'alone' can decide in a danger, with 'self'",
    ),
    "an energy coach in a crisis": (
        f"{NOT_NOW}\n  ",
        "",
        9,
        "'helps' can decide in a danger, with 'yes'; a row above it must say coach: no for 'urgency: danger'",
    ),
}


def _read(folder: Path, text: str = TABLE) -> Triage:
    file = folder / "triage.yml"
    file.write_text(text, encoding="utf-8")
    triage = read_triage(file)
    check_triage(triage, SLOTS, TEXTS.__contains__)
    return triage


@pytest.mark.parametrize(("old", "new", "line", "remedy"), REFUSED.values(), ids=REFUSED.keys())
def test_a_mistake_is_refused_with_file_line_and_what_to_do(
    tmp_path: Path, old: str, new: str, line: int, remedy: str
) -> None:
    assert TABLE.count(old) == 1
    with pytest.raises(ContentError) as refused:
        _read(tmp_path, TABLE.replace(old, new))
    assert str(refused.value).startswith(f"{tmp_path / 'triage.yml'}:{line}: ")
    assert remedy in str(refused.value)


def test_a_table_without_mistakes_is_read(tmp_path: Path) -> None:
    triage = _read(tmp_path)
    assert triage.tiers == {"draught": "normal"}
    assert [row.id for table in TABLES for row in triage.tables[table]] == [
        "red",
        "later",
        "fast",
        "wijk",
        "not_now",
        "helps",
        "tip",
    ]
    assert triage.tables["urgency"][0] == Row(
        "red", {"colour": ("red",)}, {}, "soon", "Het is rood.", f"{tmp_path / 'triage.yml'}:3"
    )


def test_a_reason_is_found_by_the_name_of_its_row(tmp_path: Path) -> None:
    triage = _read(tmp_path)
    assert (triage.reason("red"), triage.reason("gone")) == ("Het is rood.", "gone")
    assert (set(triage.rests_on("red")), set(triage.rests_on("later"))) == ({"colour"}, set())


WIDER = """\
topics: {normal: [draught]}
urgency:
  - {id: red, if: {colour: red}, urgency: soon, because: Het is rood.}
  - {id: big, if: {size: large}, urgency: crisis, because: Het is groot.}
  - {id: later, urgency: normal, because: Geen haast.}
exits:
  - {id: fast, if: {urgency: [danger, crisis]}, exit: municipality, because: Spoed.}
  - {id: blue, if: {colour: [blue]}, unless: {size: small}, exit: self, because: Blauw.}
  - {id: wijk, exit: local, because: Iemand kijkt mee.}
coach:
  - {id: not_now, if: {urgency: [danger, crisis]}, coach: "no", because: Spoed.}
  - {id: after, if: {urgency: soon}, coach: later, because: Eerst een mens.}
  - {id: helps, coach: "yes", because: Een coach helpt.}
tips:
  - {id: tip_big, if: {size: large}, say: utter_big, because: Groot.}
  - {id: tip_red, if: {colour: [red, blue]}, say: utter_red, because: Een kleur.}
  - {id: tip_blue, unless: {colour: red}, say: utter_blue, because: Niet rood.}
  - {id: tip_small, say: utter_small, because: Altijd goed.}
"""
DECISIONS: list[tuple[str, dict[str, str], tuple[str, str, str], list[str], list[str]]] = [
    ("nothing is known", {}, ("normal", "local", "yes"), ["utter_blue", "utter_small"], ["later", "wijk", "helps"]),
    (
        "one row holds",
        {"colour": "red"},
        ("soon", "local", "later"),
        ["utter_red", "utter_small"],
        ["red", "wijk", "after"],
    ),
    (
        "the most urgent wins, whatever stands first",
        {"colour": "red", "size": "large"},
        ("crisis", "municipality", "no"),
        ["utter_big", "utter_red", "utter_small"],
        ["big", "fast", "not_now"],
    ),
    (
        "the first way out wins, and three tips are enough",
        {"colour": "blue", "size": "large"},
        ("crisis", "municipality", "no"),
        ["utter_big", "utter_red", "utter_blue"],
        ["big", "fast", "not_now"],
    ),
    (
        "one of several values is enough",
        {"colour": "blue"},
        ("normal", "self", "yes"),
        ["utter_red", "utter_blue", "utter_small"],
        ["later", "blue", "helps"],
    ),
    (
        "what must not be there keeps a row out",
        {"colour": "blue", "size": "small"},
        ("normal", "local", "yes"),
        ["utter_red", "utter_blue", "utter_small"],
        ["later", "wijk", "helps"],
    ),
    (
        "an urgency from before does not count",
        {"urgency": "crisis"},
        ("normal", "local", "yes"),
        ["utter_blue", "utter_small"],
        ["later", "wijk", "helps"],
    ),
]


@pytest.mark.parametrize(
    ("answers", "outcomes", "tips", "why"), [case[1:] for case in DECISIONS], ids=[case[0] for case in DECISIONS]
)
def test_answers_are_decided_by_the_table(
    tmp_path: Path, answers: dict[str, str], outcomes: tuple[str, str, str], tips: list[str], why: list[str]
) -> None:
    decided = _read(tmp_path, WIDER).decide(answers)
    urgency, way_out, coach = outcomes
    assert decided == {"urgency": urgency, "exit": way_out, "coach": coach, "tips": tips, "why": why}


# --- our own table ------------------------------------------------------------------------------------------------

TRIAGE = read_triage(OWN)
OWN_SLOTS = read_yaml(ROOT / "flows" / "slots.yml")["slots"]
ASKED = sorted({name for rows in TRIAGE.tables.values() for row in rows for name in row.slots} - {"urgency"})
Answers = Mapping[str, Any]
some_answers = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from([str(value) for value in OWN_SLOTS[name]["values"]]) for name in ASKED}
)
tried = settings(deadline=None)


def test_our_own_table_passes(content: Content) -> None:
    check_triage(read_triage(OWN), {name: slot.values for name, slot in content.slots.items()}, content.knows)


@tried
@given(some_answers)
def test_any_answers_are_decided_once_and_by_rows_that_hold(answers: Answers) -> None:
    decided = TRIAGE.decide(answers)
    assert decided["urgency"] in TIERS and decided["exit"] in EXITS and decided["coach"] in COACH
    assert len(decided["tips"]) == len(set(decided["tips"])) <= MOST_TIPS
    known = {**answers, "urgency": decided["urgency"]}
    for table, row_id in zip(("urgency", "exits", "coach"), decided["why"], strict=True):
        (row,) = [row for row in TRIAGE.tables[table] if row.id == row_id]
        assert row.holds(known) and row.outcome == decided[TABLES[table]]
    assert TRIAGE.decide(answers) == decided


@tried
@given(some_answers, some_answers)
def test_more_answers_never_make_it_less_urgent(first: Answers, added: Answers) -> None:
    before, after = TRIAGE.decide(first), TRIAGE.decide({**added, **first})
    assert TIERS.index(after["urgency"]) <= TIERS.index(before["urgency"])


@tried
@given(some_answers, st.sampled_from(TRIAGE.tables["urgency"]), st.data())
def test_an_urgent_answer_is_at_least_as_urgent_as_its_row(answers: Answers, row: Row, data: st.DataObject) -> None:
    urgent = {name: data.draw(st.sampled_from(values)) for name, values in row.when.items()}
    decided = TRIAGE.decide({**answers, **urgent})
    assert TIERS.index(decided["urgency"]) <= TIERS.index(row.outcome)


@tried
@given(some_answers)
def test_nobody_in_a_crisis_is_left_alone_or_sent_a_coach(answers: Answers) -> None:
    decided = TRIAGE.decide(answers)
    if decided["urgency"] == "crisis":
        assert decided["exit"] in ("local", "municipality")
        assert decided["coach"] == "no"


@tried
@given(some_answers)
def test_whatever_else_is_said_who_is_too_cold_gets_no_tip_to_save(answers: Answers) -> None:
    tips = TRIAGE.decide({**answers, "inside_temperature": "under_16"})["tips"]
    assert not {"utter_tip_thermostat", "utter_tip_boiler", "utter_tip_shower", "utter_tip_lamps"} & set(tips)
