"""The flows of the house: one name in every folder, an end on every path, a question for every slot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue import conditions
from bot.dialogue.content import DATA_FILES, Content
from bot.dialogue.conversation import Mark, Run
from bot.dialogue.flow import END, Act, Branch, Call, Collect, Flow, Noop, SetSlots
from bot.dialogue.playing import NEITHER, START_KEPT, TAKE_LINE, TAKE_MEANT
from bot.dialogue.walk import Walked, walk
from bot.steps import STEPS
from store.settings import ROOT
from store.yaml_lines import read_yaml
from tests.conversations.transcripts import read_talks
from tests.dialogue import small

FILES = sorted(file.name for file in (ROOT / "flows").glob("*.yml") if file.name not in DATA_FILES)
MOST_PATHS = 20_000
RESULTS = ("offered", "professional_too", "no_professional", "full", "no_one")
REOPENED = ("same", "others", "nobody", "gone")
PLACES = ("flat", "wijk", "nowhere")
YES_NO = ("yes", "no")
TIMES = ("some", "not_as_wished", "late", "none", "nobody", "gone")
BOOKED = ("booked", "moved", "taken", "gone")
NEEDS = ("address", "phone", "nothing")
TOLD = {
    *("readers", "professionals", "promised", "shown_at", "waiting_from", "waiting_to"),
    *("attachments", "case", "name", "flats", "count_asked", "helped"),
    *("appointment", "moves", "appointment_kind", "starts", "asked_because", "time_wish", "reminder", "reminds"),
    *("times_free", "times_with", "time_first", "time_second", "time_third"),
    *("days_free", "day_1", "day_2", "day_3", "day_4", "day_5", "wait_choices"),
}
"""What is only for the texts, or for an action."""
GIVEN_BY_TRIAGE = {"urgency", "exit", "coach", "tips", "why"}
GIVEN_BY_PLAYER = {"left_out", "doubted", "speaks", "also", "changing", "line_choices"}
GIVEN_BY_ACTIONS = {
    "action_request_handoff": [{"handoff_result": result, "can_plan": can} for result in RESULTS for can in YES_NO],
    "action_reopen": [{"reopened": result} for result in REOPENED],
    "action_find_where_to_count": [{"count_place": place} for place in PLACES],
    "action_find_discreet": [{"discreet": already} for already in YES_NO],
    "action_find_appointment": [{"appointment_found": found} for found in (*YES_NO, "can_plan")],
    "action_find_times": [{"times": times} for times in TIMES],
    "action_find_days": [{"times": times} for times in ("some", "none")],
    "action_book": [{"booked": booked, "needs": needs} for booked in BOOKED for needs in NEEDS],
    "action_prefer_call": [{"needs": needs} for needs in (*NEEDS[1:], "gone")],
    "action_keep_appointment": [{"booked": booked} for booked in ("booked", "gone")],
    "action_cancel_appointment": [{"booked": booked} for booked in ("cancelled", "gone")],
    "action_note_attendance": [{"attended": attended} for attended in ("kept", "again", "human", "known")],
}


def test_there_are_flows() -> None:
    assert len(FILES) >= 10


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_flows_has_texts_and_talks_of_the_same_name(name: str) -> None:
    assert (ROOT / "flows" / "texts" / "nl" / name).is_file()
    assert (ROOT / "tests" / "conversations" / name).is_file()


def test_every_intent_that_starts_a_flow_has_examples(content: Content) -> None:
    known = {file.stem for file in (ROOT / "nlu" / "data").glob("*.yml")}
    assert set(content.triggers) - known == set()
    assert set(content.triage.tiers) - known == set()


def test_every_intent_that_a_talk_names_is_known() -> None:
    known = {file.stem for file in (ROOT / "nlu" / "data").glob("*.yml")}
    named = {told.split()[0] for talk in read_talks() for step in talk.steps for told in step.means}
    assert named - known == set()


def test_every_slot_is_asked_or_set_somewhere(content: Content) -> None:
    source = read_yaml(ROOT / "flows" / "slots.yml")["slots"]
    steps = [step for flow in content.flows.values() for step in flow.steps.values()]
    asked = {step.slot for step in steps if isinstance(step, Collect)}
    filled = {name for name, entry in source.items() if entry["mappings"][0]["type"] == "from_llm"}
    assert filled == asked
    given = {name for step in steps if isinstance(step, SetSlots) for name, _ in step.values}
    by_code = {name for results in GIVEN_BY_ACTIONS.values() for slots in results for name in slots}
    by_code |= GIVEN_BY_TRIAGE | GIVEN_BY_PLAYER | TOLD
    assert set(source) - filled - given == by_code


def _slots(condition: str | None) -> frozenset[str]:
    return conditions.slots_named(condition) if condition else frozenset()


def _filled_by(content: Content, name: str) -> set[str]:
    """What a flow asks or sets, and those that it calls."""
    found: set[str] = set()
    for step in content.flows[name].steps.values():
        match step:
            case Collect(slot=slot):
                found.add(slot)
            case SetSlots(values=values):
                found |= {slot for slot, _ in values}
            case Call(flow=other):
                found |= _filled_by(content, other)
    return found


def _flow_names() -> list[str]:
    return [name for file in FILES for name in read_yaml(ROOT / "flows" / file)["flows"]]


@pytest.mark.parametrize("name", _flow_names())
def test_a_flow_ends_whatever_is_answered(content: Content, name: str) -> None:
    alone = replace(content, flows={**content.flows, **_stubs(content, name)})
    ends = 0
    for given in _givens(content, name):
        for walked in _ends(alone, Run(name), given):
            ends += 1
            assert walked.asks is None and walked.acts is None
            assert ends < MOST_PATHS
    assert ends > 0


def _stubs(content: Content, name: str) -> Mapping[str, Flow]:
    """The called flows whose answers it does not look at, as flows that end at once: they are tried by themselves."""
    called = {step.flow for step in content.flows[name].steps.values() if isinstance(step, Call)}
    looked_at = _looked_at(content, name)
    nothing = {"steps": {"end": Noop("end")}, "first": "end", "following": {"end": (Branch(None, END),)}}
    apart = (flow for flow in called if not looked_at & _filled_by(content, flow))
    return {flow: replace(content.flows[flow], **nothing) for flow in apart}


def _looked_at(content: Content, name: str) -> set[str]:
    branches = (branch for following in content.flows[name].following.values() for branch in following)
    return {slot for branch in branches for slot in _slots(branch.condition)}


def _givens(content: Content, name: str) -> Iterator[dict[str, Any]]:
    """What may be known before: each value of each slot that it looks at and does not ask or set itself."""
    yield {}
    for slot in sorted(_looked_at(content, name) - _filled_by(content, name)):
        yield from ({slot: value} for value in content.slots[slot].values)


def _ends(content: Content, run: Run, slots: dict[str, Any]) -> Iterator[Walked]:
    walked = walk(content, run, slots)
    if walked.asks:
        values = content.slots[walked.asks.slot].values or ("+31 6 12345678",)
        for value in values:
            yield from _ends(content, run, {**slots, walked.asks.slot: value})
    elif walked.acts:
        done = replace(run, trail=(*walked.trail, Mark("done", walked.mark)))
        for given in GIVEN_BY_ACTIONS.get(walked.acts.name, [{}]):
            yield from _ends(content, done, {**slots, **given})
    else:
        yield walked


def test_every_intent_that_starts_a_flow_has_a_button_for_when_it_is_in_doubt(content: Content) -> None:
    starting = {intent for intent in content.triggers if content.tier(intent) != "danger"}
    buttons = {option.value for option in content.response("utter_ask_meant").variants[0].options}
    assert starting | {NEITHER} == buttons == set(content.slots["meant"].values)


def test_every_action_is_known(content: Content) -> None:
    named = {step.name for flow in content.flows.values() for step in flow.steps.values() if isinstance(step, Act)}
    assert named == {*STEPS, START_KEPT, TAKE_MEANT, TAKE_LINE}


def test_a_stopped_flow_would_be_noticed(tmp_path: Path) -> None:
    endless = "flows:\n  topic:\n    steps:\n      - {id: a, collect: colour, next: a}\n"
    with pytest.raises(RuntimeError, match="does not come to"):
        list(_ends(small.content(tmp_path, topic=endless), Run("topic"), {}))
