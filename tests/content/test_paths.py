"""Every path through every topic: few questions, few taps, and the advice that belongs to the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.dialogue.content import Content
from bot.dialogue.conversation import Run
from bot.dialogue.flow import END, Branch, Flow, Noop
from bot.dialogue.walk import walk

MOST_QUESTIONS = 6
MOST_TIPS = 3
PATHS_AT_LEAST = 2000
MOST_TAPS = {
    "draught": 9,
    "eviction": 7,
    "cut_off": 7,
    "no_money": 7,
    "debt_collector": 7,
    "unopened_letters": 7,
    "payment_arrears": 7,
    "heating_broken": 7,
}
TRIED_BY_THEMSELVES = ("handoff", "landlord_ask_later", "tips_ask_later")
SAVING_TIPS = {"utter_tip_thermostat", "utter_tip_boiler", "utter_tip_shower", "utter_tip_lamps"}
TO_LANDLORD = {"utter_landlord_job", "utter_landlord_maybe", "utter_landlord_long_ago"}
TENANT = {"tenure": "portaal", "draught_place": "window", "inside_temperature": "16_19", "can_pay": "yes"}


@dataclass(frozen=True)
class Path:
    """The answers that led through a topic, in order; what was said on the way, and what is known at its end."""

    topic: str
    answers: Mapping[str, str]
    says: tuple[str, ...]
    slots: Mapping[str, Any]

    @property
    def tips(self) -> tuple[str, ...]:
        return tuple(self.slots["tips"]) if "utter_tips" in self.says else ()

    def __str__(self) -> str:
        return f"{self.topic} {dict(self.answers)}"


@pytest.fixture(scope="module")
def paths(content: Content) -> list[Path]:
    """All paths of all topics, without the hand-off and the questions after it."""
    until_offer = _until_offer(content)
    return [path for topic in _topics(content) for path in _paths_of(until_offer, topic)]


def _topics(content: Content) -> list[str]:
    return [intent for intent, tier in content.triage.tiers.items() if tier != "danger"]


def _until_offer(content: Content) -> Content:
    """The content with flows that end at once in place of those that belong to no topic."""
    return replace(
        content, flows={**content.flows, **{name: _empty(content.flows[name]) for name in TRIED_BY_THEMSELVES}}
    )


def _empty(flow: Flow) -> Flow:
    return replace(flow, steps={"end": Noop("end")}, first="end", following={"end": (Branch(None, END),)})


def _paths_of(content: Content, topic: str, given: Mapping[str, Any] | None = None) -> Iterator[Path]:
    start = Path(topic, {}, (), given or {})
    return _go_on(content, content.triggers[topic], start)


def _go_on(content: Content, flow: str, path: Path) -> Iterator[Path]:
    """From here to each end; a link goes on in another flow, with what is known by then."""
    walked = walk(content, Run(flow), path.slots)
    assert walked.acts is None, f"{path}: '{walked.acts}' is done before the offer"
    if walked.asks:
        slot = walked.asks.slot
        for value in content.slots[slot].values:
            told = {slot: value}
            answered = replace(path, answers={**path.answers, **told}, slots={**path.slots, **told})
            yield from _go_on(content, flow, answered)
        return
    further = replace(path, says=(*path.says, *walked.says), slots=walked.slots)
    if walked.links:
        yield from _go_on(content, walked.links, further)
    else:
        yield further


def _questions(content: Content, flow: str, answers: Mapping[str, str]) -> int:
    """How many questions a flow asks with these answers until it ends or does something."""
    slots: dict[str, Any] = {"consent": "yes"} if flow == "handoff" else {}
    asked = 0
    while (step := walk(content, Run(flow), slots).asks) is not None:
        slots[step.slot] = answers[step.slot]
        asked += 1
    return asked


def test_there_are_paths_through_every_topic(content: Content, paths: list[Path]) -> None:
    assert len(paths) > PATHS_AT_LEAST
    assert {path.topic for path in paths} == set(_topics(content))
    print(f"{len(paths)} paths through {len(_topics(content))} topics")


def test_no_topic_asks_more_than_six_questions(paths: list[Path]) -> None:
    assert [str(path) for path in paths if len(path.answers) > MOST_QUESTIONS] == []


@pytest.mark.parametrize(("topic", "most"), MOST_TAPS.items())
def test_few_taps_lie_between_the_first_message_and_the_request(
    content: Content, paths: list[Path], topic: str, most: int
) -> None:
    around = _questions(content, "start", {"consent": "yes"})
    around += _questions(content, "handoff", {"wijk": "smitsveen", "send_ok": "yes"})
    longest = max((path for path in paths if path.topic == topic), key=lambda path: len(path.answers))
    assert around + len(longest.answers) <= most, str(longest)


def test_nobody_gets_more_than_three_tips(paths: list[Path]) -> None:
    assert [str(path) for path in paths if len(path.tips) > MOST_TIPS] == []
    assert any(len(path.tips) == MOST_TIPS for path in paths)


def test_somebody_who_is_too_cold_never_gets_a_tip_to_save(paths: list[Path]) -> None:
    cold = [path for path in paths if path.answers.get("inside_temperature") == "under_16"]
    assert cold
    assert [str(path) for path in cold if SAVING_TIPS & set(path.tips)] == []


def test_a_wide_gap_is_for_the_landlord_of_who_rents(paths: list[Path]) -> None:
    wide = [path for path in paths if path.answers.get("pen_fits") == "yes"]
    assert wide
    assert [str(path) for path in wide if path.answers["tenure"] == "own"] == []
    for path in wide:
        assert TO_LANDLORD & set(path.says) and "utter_landlord_letter" in path.says, str(path)


def test_who_owns_the_house_is_never_sent_to_a_landlord(paths: list[Path]) -> None:
    own = [path for path in paths if path.answers.get("tenure") == "own"]
    assert own
    to_landlord = [path for path in own if any(key.startswith("utter_landlord") for key in path.says)]
    assert [str(path) for path in to_landlord if path.topic != "landlord_complaint"] == []


def test_a_crisis_and_only_a_crisis_says_that_help_must_be_fast(paths: list[Path]) -> None:
    crises = {str(path) for path in paths if path.slots["urgency"] == "crisis"}
    assert crises
    assert {str(path) for path in paths if "utter_fast_help" in path.says} == crises


def test_a_crisis_gets_no_tips(paths: list[Path]) -> None:
    assert [str(path) for path in paths if path.slots["urgency"] == "crisis" and path.tips] == []


def _ending(content: Content, topic: str, answers: Mapping[str, str]) -> Path:
    """The only end of a topic with these answers."""
    (path,) = _paths_of(_until_offer(content), topic, answers)
    return path


ADVICE: list[tuple[str, dict[str, str], set[str], set[str]]] = [
    ("draught", {**TENANT, "pen_fits": "yes"}, {"utter_landlord_job", "utter_landlord_letter"}, {"utter_tips"}),
    ("draught", {**TENANT, "pen_fits": "yes", "tenure": "unknown"}, {"utter_landlord_maybe"}, {"utter_landlord_job"}),
    (
        "draught",
        {**TENANT, "pen_fits": "no", "mould": "no"},
        {"utter_tips", "utter_tips_safe"},
        {"utter_landlord_letter"},
    ),
    ("draught", {**TENANT, "pen_fits": "no", "mould": "yes"}, {"utter_landlord_job", "utter_tips"}, set()),
    ("draught", {**TENANT, "draught_place": "letterbox", "mould": "no"}, {"utter_tips"}, {"utter_tips_safe"}),
    ("draught", {**TENANT, "tenure": "own", "mould": "yes"}, {"utter_tips"}, {"utter_landlord_job"}),
    (
        "draught",
        {**TENANT, "inside_temperature": "under_16", "vulnerable_home": "no", "pen_fits": "no"},
        {"utter_too_cold"},
        {"utter_fast_help"},
    ),
    (
        "draught",
        {**TENANT, "can_pay": "no", "letters": "opened", "letter_says": "eviction"},
        {"utter_fast_help"},
        {"utter_tips", "utter_landlord_letter"},
    ),
    (
        "cold_home",
        {"heating_state": "works", "inside_temperature": "16_19", "can_pay": "yes"},
        {"utter_tips"},
        {"utter_too_cold"},
    ),
    (
        "cold_home",
        {"heating_state": "off_money", "vulnerable_home": "no", "letters": "no"},
        {"utter_too_cold", "utter_tips"},
        {"utter_fast_help"},
    ),
    (
        "cold_home",
        {"heating_state": "broken", "vulnerable_home": "no", "tenure": "portaal", "landlord_told": "no"},
        {"utter_heating_safe", "utter_heating_call"},
        {"utter_tips"},
    ),
    (
        "heating_broken",
        {"vulnerable_home": "yes", "tenure": "portaal", "landlord_told": "recent"},
        {"utter_heating_call_again", "utter_fast_help"},
        {"utter_heating_call"},
    ),
    ("heating_broken", {"vulnerable_home": "no", "tenure": "own"}, {"utter_heating_call"}, {"utter_fast_help"}),
    (
        "mould",
        {"tenure": "portaal", "landlord_told": "long_ago", "vulnerable_home": "yes"},
        {"utter_mould_health", "utter_landlord_long_ago", "utter_landlord_letter"},
        {"utter_landlord_job"},
    ),
    (
        "mould",
        {"tenure": "own", "vulnerable_home": "no"},
        {"utter_mould_own"},
        {"utter_mould_health", "utter_landlord_letter"},
    ),
    (
        "landlord_complaint",
        {"complaint_what": "other", "landlord_told": "no"},
        {"utter_landlord_job"},
        {"utter_landlord_long_ago"},
    ),
    ("neighbours_same_problem", {"same_what": "bill"}, {"utter_neighbours_bill"}, {"utter_neighbours_own"}),
    ("neighbours_same_problem", {"same_what": "draught"}, {"utter_neighbours_own"}, {"utter_neighbours_bill"}),
    (
        "energy_advice",
        {"can_pay": "yes", "inside_temperature": "16_19", "visit_ok": "yes"},
        {"utter_coach", "utter_tips"},
        {"utter_money_help"},
    ),
    (
        "energy_advice",
        {"can_pay": "sometimes", "inside_temperature": "16_19", "visit_ok": "yes"},
        {"utter_coach", "utter_money_help"},
        {"utter_tips"},
    ),
    (
        "small_measures",
        {"inside_temperature": "under_16", "measures_wanted": "no"},
        {"utter_too_cold", "utter_free_measures"},
        set(),
    ),
    (
        "small_measures",
        {"inside_temperature": "16_19", "measures_wanted": "kit"},
        {"utter_tips", "utter_free_measures"},
        {"utter_too_cold"},
    ),
    (
        "high_bill",
        {"bill_what": "extra", "can_pay": "yes", "bill_band": "over_200"},
        {"utter_bill", "utter_tips"},
        set(),
    ),
    ("high_bill", {"bill_what": "higher", "can_pay": "no", "letters": "no"}, {"utter_money_help"}, {"utter_tips"}),
    ("payment_arrears", {"letters": "no", "behind_with": "rent"}, {"utter_money_help"}, {"utter_eviction"}),
    (
        "payment_arrears",
        {"letters": "opened", "letter_says": "cut_off", "behind_with": "energy"},
        {"utter_cut_off", "utter_fast_help"},
        {"utter_money_help"},
    ),
    ("no_money", {"food_at_home": "no"}, {"utter_no_food", "utter_fast_help"}, {"utter_money_help"}),
    ("debt_collector", {"bailiff": "coming"}, {"utter_bailiff_coming", "utter_fast_help"}, {"utter_collection_agency"}),
    ("debt_collector", {"bailiff": "no", "letter_says": "no"}, {"utter_collection_agency"}, {"utter_fast_help"}),
    ("unopened_letters", {"letter_says": "unknown", "bailiff": "no"}, {"utter_letters_together"}, {"utter_fast_help"}),
    ("eviction", {"eviction_step": "judge"}, {"utter_eviction_judge", "utter_fast_help"}, set()),
    (
        "cut_off",
        {"cut_state": "done", "vulnerable_home": "yes"},
        {"utter_cut_off_vulnerable", "utter_fast_help"},
        set(),
    ),
    ("allowances", {"allowance_kind": "energy"}, {"utter_allowances_energy"}, {"utter_allowances"}),
]


@pytest.mark.parametrize(("topic", "answers", "said", "unsaid"), ADVICE)
def test_the_advice_fits_the_answers(
    content: Content, topic: str, answers: dict[str, str], said: set[str], unsaid: set[str]
) -> None:
    says = set(_ending(content, topic, answers).says)
    assert said <= says
    assert not unsaid & says


COLD = {**TENANT, "inside_temperature": "under_16", "pen_fits": "no"}
DECIDED: list[tuple[str, dict[str, str], tuple[str, str, str]]] = [
    ("draught", {**TENANT, "pen_fits": "no", "mould": "no"}, ("normal", "local", "yes")),
    ("draught", {**TENANT, "pen_fits": "yes"}, ("normal", "local", "later")),
    ("draught", {**TENANT, "can_pay": "sometimes", "letters": "no", "pen_fits": "no"}, ("normal", "local", "later")),
    ("draught", {**TENANT, "can_pay": "no", "letters": "opened", "letter_says": "no"}, ("soon", "local", "later")),
    (
        "draught",
        {**TENANT, "can_pay": "no", "letters": "opened", "letter_says": "cut_off"},
        ("crisis", "municipality", "no"),
    ),
    ("draught", {**COLD, "vulnerable_home": "yes"}, ("soon", "local", "later")),
    ("draught", {**COLD, "vulnerable_home": "skipped"}, ("soon", "local", "later")),
    ("draught", {**COLD, "vulnerable_home": "no"}, ("normal", "local", "yes")),
    ("draught", {**COLD, "can_pay": "no", "letters": "no"}, ("soon", "local", "later")),
    (
        "cold_home",
        {"heating_state": "off_money", "vulnerable_home": "yes", "letters": "no"},
        ("crisis", "municipality", "no"),
    ),
    ("cold_home", {"heating_state": "off_money", "vulnerable_home": "no", "letters": "no"}, ("soon", "local", "later")),
    ("heating_broken", {"vulnerable_home": "yes", "tenure": "own"}, ("crisis", "local", "no")),
    ("heating_broken", {"vulnerable_home": "no", "tenure": "own"}, ("soon", "local", "later")),
    ("mould", {"tenure": "portaal", "landlord_told": "no", "vulnerable_home": "yes"}, ("normal", "local", "later")),
    ("landlord_complaint", {"complaint_what": "mould", "landlord_told": "no"}, ("normal", "local", "later")),
    ("neighbours_same_problem", {"same_what": "other"}, ("normal", "local", "no")),
    (
        "energy_advice",
        {"can_pay": "yes", "inside_temperature": "16_19", "visit_ok": "no"},
        ("normal", "local", "later"),
    ),
    ("small_measures", {"inside_temperature": "16_19", "measures_wanted": "kit"}, ("normal", "self", "yes")),
    (
        "high_bill",
        {"bill_what": "unclear", "can_pay": "yes", "bill_band": "under_100"},
        ("normal", "digital_buddy", "yes"),
    ),
    ("allowances", {"allowance_kind": "rent"}, ("normal", "digital_buddy", "no")),
    ("payment_arrears", {"letters": "no", "behind_with": "rent"}, ("soon", "local", "later")),
    ("payment_arrears", {"letters": "no", "behind_with": "more"}, ("soon", "municipality", "later")),
    (
        "payment_arrears",
        {"letters": "no", "behind_with": "insurance", "insurance_stopped": "yes"},
        ("crisis", "municipality", "no"),
    ),
    ("unopened_letters", {"letter_says": "no", "bailiff": "no"}, ("soon", "local", "later")),
    ("debt_collector", {"bailiff": "wage", "letter_says": "no"}, ("soon", "municipality", "later")),
    ("debt_collector", {"bailiff": "coming"}, ("crisis", "municipality", "no")),
    ("no_money", {"food_at_home": "yes", "letters": "no"}, ("soon", "municipality", "later")),
    ("no_money", {"food_at_home": "no"}, ("crisis", "municipality", "no")),
    ("eviction", {"eviction_step": "letter"}, ("crisis", "municipality", "no")),
    ("cut_off", {"cut_state": "threatened", "vulnerable_home": "no"}, ("crisis", "municipality", "no")),
]


@pytest.mark.parametrize(("topic", "answers", "decided"), DECIDED)
def test_urgency_way_out_and_coach_fit_the_answers(
    content: Content, topic: str, answers: dict[str, str], decided: tuple[str, str, str]
) -> None:
    slots = _ending(content, topic, answers).slots
    assert (slots["urgency"], slots["exit"], slots["coach"]) == decided
