"""Reading a flow: what is understood, and that each refusal names the file, the line and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue.flow import END, Act, Branch, Call, Collect, Link, Noop, Say, SetSlots
from store.yaml_lines import ContentError
from tests.dialogue.small import flow

BEGIN = "flows:\n  one:\n    steps:\n"

REFUSED = {
    "a flow that is no mapping": ("flows:\n  one: hello\n", 1, "a flow must be a mapping"),
    "an unknown word in a flow": (
        "flows:\n  one:\n    if: x\n    steps: [{noop: true}]\n",
        3,
        "a flow does not know 'if'",
    ),
    "no steps": ("flows:\n  one:\n    description: x\n", 3, "add 'steps:'"),
    "empty steps": ("flows:\n  one:\n    steps: []\n", 3, "add 'steps:'"),
    "a step that is no mapping": (BEGIN + "      - hello\n", 3, "a step is one of collect"),
    "two things in one step": (BEGIN + "      - collect: a\n        action: b\n", 4, "a step is one of collect"),
    "an unknown word in a step": (
        BEGIN + "      - collect: a\n        ask: b\n",
        4,
        "a 'collect' step does not know 'ask'",
    ),
    "the same id twice": (
        BEGIN + "      - {id: x, noop: true}\n      - {id: x, noop: true}\n",
        5,
        "'x' stands twice in flow 'one'; give this step an 'id:'",
    ),
    "a list of steps without an end": (
        BEGIN + "      - noop: true\n        next:\n          - if: slots.a is 1\n            then:\n"
        "              - action: utter_b\n          - else: END\n",
        8,
        "needs 'next:' with an id or END",
    ),
    "a slot that is emptied": (BEGIN + "      - set_slots:\n          - a: null\n", 5, "use reset_after_flow_ends"),
    "a next that is a mapping": (
        BEGIN + "      - noop: true\n        next: {if: x}\n",
        4,
        "'next' is an id, END, or a list",
    ),
    "an if without else": (
        BEGIN + "      - noop: true\n        next:\n          - if: slots.a is 1\n            then: END\n",
        6,
        "ends with '- else: ...'",
    ),
    "a branch without then": (
        BEGIN + "      - noop: true\n        next:\n          - if: slots.a is 1\n          - else: END\n",
        6,
        "'- if: <condition>' with 'then:'",
    ),
    "a condition that cannot be read": (
        BEGIN
        + "      - noop: true\n        next:\n"
        + "          - if: slots.a is is\n            then: END\n          - else: END\n",
        6,
        "cannot be read",
    ),
    "a step that is not there": (
        BEGIN + "      - noop: true\n        next: there\n",
        4,
        "no step 'there'; write the id",
    ),
}


@pytest.mark.parametrize(("text", "line", "remedy"), REFUSED.values(), ids=REFUSED.keys())
def test_a_mistake_is_refused_with_file_line_and_what_to_do(tmp_path: Path, text: str, line: int, remedy: str) -> None:
    with pytest.raises(ContentError) as refused:
        flow(tmp_path, text)
    assert str(refused.value).startswith(f"{tmp_path / 'one.yml'}:{line}: ")
    assert remedy in str(refused.value)


def test_every_kind_of_step_is_read(tmp_path: Path) -> None:
    read = flow(
        tmp_path,
        "flows:\n  one:\n    description: x\n    nlu_trigger: [{intent: draught}]\n    persisted_slots: [a]\n"
        "    steps:\n"
        "      - {collect: a, reset_after_flow_ends: false}\n      - {collect: b}\n      - {action: utter_c}\n"
        "      - {action: action_d}\n      - {call: e}\n      - {set_slots: [{f: g}]}\n"
        "      - {noop: true}\n      - {link: h}\n",
    )
    assert list(read.steps.values()) == [
        Collect("collect_a", "a", keep=True),
        Collect("collect_b", "b"),
        Say("action_utter_c", "utter_c"),
        Act("action_action_d", "action_d"),
        Call("call_e", "e"),
        SetSlots("set_slots", (("f", "g"),)),
        Noop("noop"),
        Link("link_h", "h"),
    ]
    assert (read.triggers, read.persisted, read.first) == (("draught",), frozenset({"a"}), "collect_a")
    assert [slot.slot for slot in read.collects()] == ["a", "b"]


def test_steps_without_an_id_get_names_that_do_not_clash(tmp_path: Path) -> None:
    read = flow(tmp_path, BEGIN + "      - {action: utter_a}\n      - {action: utter_a}\n      - {action: utter_a}\n")
    assert list(read.steps) == ["action_utter_a", "action_utter_a~2", "action_utter_a~3"]


def test_a_step_leads_to_the_next_one_and_the_last_to_the_end(tmp_path: Path) -> None:
    read = flow(tmp_path, BEGIN + "      - {id: a, noop: true}\n      - {id: b, noop: true}\n")
    assert read.following == {"a": (Branch(None, "b"),), "b": (Branch(None, END),)}


def test_the_first_branch_that_holds_is_taken(tmp_path: Path) -> None:
    read = flow(
        tmp_path,
        BEGIN + "      - id: a\n        noop: true\n        next:\n          - if: slots.x is 1\n            then: b\n"
        "          - if: slots.x > 0\n            then: c\n          - else: END\n"
        "      - {id: b, noop: true}\n      - {id: c, noop: true}\n",
    )
    taken = [read.after(read.steps["a"], {"x": value}) for value in (1, 2, 0)]
    assert taken == ["b", "c", END]
