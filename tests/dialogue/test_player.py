"""The player: what is heard first, going back, what is kept for later, and what is forgotten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.dialogue.content import Content
from bot.dialogue.conversation import Acting, Answer, Conversation, Danger, Done, Said
from bot.dialogue.flow import Collect
from bot.dialogue.playing import FOLLOW_UPS
from tests.dialogue import small
from tests.dialogue.talking import Talking


@pytest.fixture
def talking(content: Content) -> Talking:
    return Talking(content)


@pytest.fixture
def new(content: Content) -> Talking:
    return Talking(content, Conversation())


# --- what is heard first --------------------------------------------------------------------------------------


def test_danger_comes_before_the_welcome(new: Talking) -> None:
    assert new.danger("gas_smell") == ["utter_danger_gas_smell", "utter_ask_call_wanted"]
    assert not new.conversation.started
    new.answers("no")
    assert new.means("greet")[0] == "utter_welcome"


def test_danger_comes_before_an_answer(talking: Talking) -> None:
    talking.means("draught")
    said = talking.hears(danger=None, answer=Answer("tenure", "own"))
    assert said == ["utter_ask_draught_place"]
    assert talking.danger("fire")[0] == "utter_danger_fire"
    assert ("danger", "fire") in talking.happened()


def test_an_unclear_danger_is_asked_and_the_same_one_is_not_put_on_top_of_itself(talking: Talking) -> None:
    assert talking.danger("fire", certain=False) == ["utter_ask_check_fire"]
    assert ("danger", "asked_fire") in talking.happened()
    assert talking.danger("fire") == ["utter_danger_fire", "utter_ask_call_wanted"]
    assert [run.flow for run in talking.conversation.runs] == ["fire"]


def test_what_else_was_said_with_a_danger_is_kept(talking: Talking) -> None:
    talking.hears(danger=None, intents=("draught",))
    talking.answers("own")
    talking.hears(danger=Danger("fire", certain=True), intents=("high_bill",))
    assert talking.conversation.kept == ("high_bill",)


@pytest.mark.parametrize("wish", ["back", "skip", "stop", "repeat", "restart", "help"])
def test_any_wish_of_somebody_new_brings_the_welcome(new: Talking, wish: str) -> None:
    assert new.wishes(wish) == ["utter_welcome", "utter_welcome_careful", "utter_ask_consent"]


def test_somebody_new_who_wants_a_person_gets_one_after_consent(new: Talking) -> None:
    new.wishes("human")
    assert new.answers("yes") == ["utter_consent_yes", "utter_talk_to_human", "utter_ask_wijk"]


def test_a_wish_comes_before_an_answer_and_a_line_before_both(talking: Talking) -> None:
    talking.means("draught")
    answer = Answer("tenure", "own")
    assert talking.hears(wish="help", answer=answer) == ["utter_help", "utter_ask_tenure"]
    assert talking.hears(line=9, answer=answer) == ["utter_old_button", "utter_ask_tenure"]


# --- back, skip, stop -----------------------------------------------------------------------------------------


def test_back_asks_the_question_before_without_its_answer(talking: Talking) -> None:
    talking.means("draught")
    talking.answers("portaal", "window")
    assert talking.wishes("back") == ["utter_ask_draught_place"]
    assert talking.conversation.slots == {"consent": "yes", "tenure": "portaal"}
    assert ("went_back", "") in talking.happened()


def test_back_without_an_answer_brings_the_menu_or_the_welcome(content: Content, new: Talking) -> None:
    topic = Talking(content)
    topic.means("draught")
    assert topic.wishes("back") == ["utter_ask_menu_choice"]
    new.means("greet")
    assert new.wishes("back") == ["utter_welcome", "utter_welcome_careful", "utter_ask_consent"]


DOES = "flows:\n  topic:\n    steps:\n      - collect: colour\n      - action: action_do\n      - collect: size\n"
MENU = """\
flows:
  menu: {steps: [{collect: menu_choice}]}
  start: {steps: [{collect: consent}]}
"""
MORE_SLOTS = (
    small.SLOTS
    + "  menu_choice: {type: categorical, values: [a]}\n  consent: {type: categorical, values: ['yes', 'no']}\n"
)
MORE_TEXTS = small.TEXTS + "".join(
    f"  {key}:\n    - text: x\n" for key in ("utter_ask_menu_choice", "utter_ask_consent", "utter_no_way_back")
)


def test_there_is_no_way_back_past_what_was_done(tmp_path: Path) -> None:
    content = small.content(tmp_path, topic=DOES, menu=MENU, slots=MORE_SLOTS, texts=MORE_TEXTS)
    talking = Talking(content, gives={"action_do": Done()})
    talking.runs("topic")
    assert talking.answers("red") == ["utter_ask_size"]
    assert talking.acted() == ["action_do"]
    assert talking.wishes("back") == ["utter_no_way_back", "utter_ask_size"]
    assert talking.acted() == []
    assert talking.answers("small") == []


def test_skip_is_an_answer_where_the_slot_allows_it(talking: Talking) -> None:
    talking.means("payment_arrears")
    assert talking.wishes("skip") == ["utter_ask_behind_with"]
    assert talking.conversation.slots["letters"] == "skipped"
    talking.means("eviction")
    assert talking.wishes("skip") == ["utter_cannot_skip", "utter_ask_eviction_step"]


def test_skip_without_a_question_says_that_there_is_none(talking: Talking) -> None:
    assert talking.wishes("skip") == ["utter_nothing_open", "utter_ask_menu_choice"]


def test_stop_ends_everything_and_keeps_what_may_be_kept(talking: Talking) -> None:
    talking.means("draught", "small_measures")
    talking.answers("own")
    assert talking.wishes("stop") == ["utter_stopped"]
    assert talking.conversation.runs == () and talking.conversation.kept == ()
    assert talking.conversation.open is None
    assert ("stopped", "draught") in talking.happened()


def test_who_refused_leaves_nothing_after_stop_or_end(content: Content) -> None:
    for last in ("stop", "end"):
        talking = Talking(content, Conversation(started=True, slots={"consent": "no"}))
        talking.means("high_bill")
        talking.answers("higher", "yes")
        talking.wishes("stop") if last == "stop" else talking.answers("unknown", "no")
        assert talking.conversation.over
        assert talking.conversation.slots == {"consent": "no"}
        assert talking.conversation.topics == ()


def test_beginning_anew_forgets_the_answers_but_not_the_consent(talking: Talking) -> None:
    talking.means("draught")
    talking.answers("own", "door")
    assert talking.wishes("restart") == ["utter_restarted", "utter_ask_menu_choice"]
    assert talking.conversation.slots == {"consent": "yes"}


# --- answers, lines, corrections ------------------------------------------------------------------------------


def _approval(talking: Talking) -> None:
    """At the text that would be sent on: the house, the draught, and paying the bill."""
    talking.means("draught")
    talking.answers("portaal", "window", "16_19", "yes", "no", "no", "smitsveen")
    assert talking.asks == "send_ok"


def _lines(talking: Talking) -> tuple[str, ...]:
    return next(event.lines for event in talking.events if isinstance(event, Said) and event.question)


HOME, DRAUGHT, PAY = "utter_line_home", "utter_line_draught", "utter_line_pay"


def test_a_line_asks_only_its_own_questions_again(talking: Talking) -> None:
    _approval(talking)
    assert talking.hears(line=2) == ["utter_ask_line_choice"]
    assert talking.answers("change") == ["utter_ask_draught_place"]
    assert talking.answers("door") == ["utter_ask_inside_temperature"]
    assert talking.answers("20_or_more") == ["utter_ask_pen_fits"]
    assert talking.answers("no") == ["utter_ask_mould"]
    assert talking.answers("no") == ["utter_tips", "utter_tips_safe", "utter_ask_send_ok"]
    assert _lines(talking) == (HOME, DRAUGHT, PAY)


def test_a_changed_answer_brings_the_advice_that_belongs_to_it(talking: Talking) -> None:
    _approval(talking)
    talking.hears(line=2)
    said = talking.answers("change", "door", "16_19", "yes")
    assert said == ["utter_landlord_job", "utter_landlord_letter", "utter_landlord_how", "utter_ask_send_ok"]
    assert "mould" not in talking.conversation.slots


def test_an_answer_of_a_way_that_was_left_drops_out(talking: Talking) -> None:
    _approval(talking)
    talking.hears(line=1)
    assert talking.answers("change", "own") == ["utter_tips", "utter_tips_safe", "utter_ask_send_ok"]
    assert "pen_fits" not in talking.conversation.slots


def test_a_changed_line_that_leads_to_another_flow_keeps_what_outlives_the_talk(talking: Talking) -> None:
    talking.means("cold_home")
    talking.answers("works", "16_19", "yes", "smitsveen")
    talking.hears(line=1)
    assert talking.answers("change", "broken") == ["utter_heating_safe", "utter_ask_vulnerable_home"]
    assert talking.answers("no", "own")[-1] == "utter_ask_send_ok"
    assert talking.conversation.slots["wijk"] == "smitsveen"
    assert talking.conversation.topics == ("cold_home", "heating_broken")


def test_back_while_a_line_is_changed_does_not_take_later_answers(talking: Talking) -> None:
    _approval(talking)
    talking.hears(line=2)
    talking.answers("change", "door")
    assert talking.wishes("back") == ["utter_ask_draught_place"]
    assert talking.conversation.slots["can_pay"] == "yes"


@pytest.mark.parametrize("leaves", ["keep", "back"])
def test_a_line_that_is_only_looked_at_stays_as_it_is(talking: Talking, leaves: str) -> None:
    _approval(talking)
    before = talking.conversation
    talking.hears(line=2)
    said = talking.wishes("back") if leaves == "back" else talking.answers("keep")
    assert said == ["utter_ask_send_ok"]
    assert _lines(talking) == (HOME, DRAUGHT, PAY)
    assert talking.conversation.runs == before.runs
    assert "left_out" not in talking.conversation.slots


def test_lines_are_left_out_one_after_the_other(talking: Talking) -> None:
    _approval(talking)
    for line, shown in ((2, (HOME, PAY)), (2, (HOME,)), (1, ())):
        talking.hears(line=line)
        assert talking.answers("leave_out") == ["utter_ask_send_ok"]
        assert _lines(talking) == shown
    assert talking.conversation.slots["draught_place"] == "window"


def _choices(talking: Talking, line: int) -> list[str]:
    talking.hears(line=line)
    asked = next(event for event in talking.events if isinstance(event, Said) and event.question)
    options = talking.content.response(asked.key).variant(asked.values).offered(asked.values)
    return [option.value for option in options]


def test_another_answer_is_offered_only_for_a_line_that_this_talk_asked_about(talking: Talking) -> None:
    _approval(talking)
    talking.means("small_measures")
    assert _lines(talking) == (HOME, DRAUGHT, PAY, "utter_line_also")
    assert _choices(talking, 1) == ["change", "leave_out", "keep"]
    talking.answers("keep")
    assert _choices(talking, 4) == ["leave_out", "keep"]


def test_another_answer_is_not_offered_for_what_was_never_a_question(talking: Talking) -> None:
    talking.wishes("human")
    talking.answers("smitsveen")
    assert _lines(talking) == ("utter_line_talk_to_human",)
    assert _choices(talking, 1) == ["leave_out", "keep"]


def test_a_line_can_be_changed_after_the_choice_of_whom_and_how(talking: Talking) -> None:
    _approval(talking)
    assert talking.answers("choose", "home", "professional") == ["utter_ask_send_ok_chosen"]
    talking.hears(line=1)
    assert talking.answers("change", "other_landlord")[-1] == "utter_ask_send_ok_chosen"
    assert (talking.conversation.slots["reach"], talking.conversation.slots["by_whom"]) == ("home", "professional")


@pytest.mark.parametrize("line", [0, 4, 99])
def test_a_line_that_is_not_there_is_an_old_button(talking: Talking, line: int) -> None:
    _approval(talking)
    assert talking.hears(line=line) == ["utter_old_button", "utter_ask_send_ok"]


def test_a_line_without_a_summary_is_an_old_button(talking: Talking) -> None:
    assert talking.hears(line=1) == ["utter_old_button", "utter_ask_menu_choice"]


def test_a_correction_changes_the_answer_and_the_way(talking: Talking) -> None:
    talking.means("draught")
    talking.hears(answer=Answer("tenure", "own", message=5))
    assert talking.answers("window", "16_19", "yes") == ["utter_ask_mould"]
    assert talking.conversation.slot_of(5) == "tenure"
    said = talking.hears(answer=Answer("tenure", "portaal", message=5), corrects=True)
    assert said == ["utter_corrected", "utter_ask_pen_fits"]
    assert talking.conversation.slot_of(6) is None


def test_a_refused_free_text_is_said_and_asked_again(talking: Talking) -> None:
    talking.means("draught")
    assert talking.hears(refused="utter_phone_wrong") == ["utter_phone_wrong", "utter_ask_tenure"]


# --- topics ---------------------------------------------------------------------------------------------------


def test_the_most_urgent_topic_goes_first_and_the_others_are_offered_in_order(talking: Talking) -> None:
    assert talking.means("draught", "mould", "payment_arrears")[0] == "utter_payment_arrears"
    assert talking.conversation.kept == ("draught", "mould")
    assert talking.answers("no", "rent", "smitsveen", "no") == ["utter_not_sent", "utter_ask_wants_kept"]
    assert talking.answers("no") == ["utter_kept_no", "utter_ask_wants_kept"]
    assert talking.answers("no") == ["utter_kept_no"]
    assert talking.conversation.kept == ()


def test_a_topic_that_can_wait_waits_and_a_crisis_does_not(talking: Talking) -> None:
    talking.means("draught")
    assert talking.means("high_bill") == ["utter_topic_kept", "utter_ask_tenure"]
    assert talking.means("eviction")[0] == "utter_eviction"
    assert talking.answers("letter", "smitsveen", "no")[-2:] == ["utter_back_to_question", "utter_ask_tenure"]


def test_a_crisis_beside_an_answer_goes_first_and_the_answer_counts(talking: Talking) -> None:
    talking.means("draught")
    said = talking.hears(answer=Answer("tenure", "own"), intents=("cut_off",))
    assert said[0] == "utter_cut_off"
    assert talking.conversation.slots["tenure"] == "own"
    assert talking.conversation.kept == ()


def test_a_topic_beside_an_answer_is_kept(talking: Talking) -> None:
    talking.means("draught")
    assert talking.hears(answer=Answer("tenure", "own"), intents=("high_bill", "greet")) == ["utter_ask_draught_place"]
    assert talking.conversation.kept == ("high_bill",)


def test_the_same_topic_is_not_begun_twice(talking: Talking) -> None:
    talking.means("draught")
    assert talking.means("draught", "small_measures") == ["utter_ask_tenure"]
    assert talking.conversation.kept == ("small_measures",)


def test_at_the_menu_topics_that_were_understood_go_before_a_button_word(talking: Talking) -> None:
    talking.wishes("repeat")
    assert talking.asks == "menu_choice"
    said = talking.hears(answer=Answer("menu_choice", "draught"), intents=("draught", "no_money"))
    assert said[0] == "utter_no_money"


def test_small_talk_is_answered_and_the_question_comes_back(talking: Talking) -> None:
    talking.means("draught")
    assert talking.means("thank") == ["utter_thank", "utter_ask_tenure"]
    assert talking.means("made_up") == ["utter_nothing_open", "utter_ask_tenure"]
    assert talking.means("goodbye") == ["utter_goodbye"]


def test_what_is_not_understood_twice_gets_another_answer_until_something_is(talking: Talking) -> None:
    talking.means("draught")
    assert talking.hears()[0] == "utter_not_understood"
    assert talking.hears()[0] == "utter_not_understood_again"
    talking.answers("own")
    assert talking.hears()[0] == "utter_not_understood"
    assert ("not_understood", "draught_place") in talking.happened()


def test_a_topic_counts_for_the_request_and_a_question_about_us_does_not(talking: Talking) -> None:
    talking.means("draught")
    talking.means("ask_privacy")
    talking.wishes("human")
    assert talking.conversation.topics == ("draught", "talk_to_human")


# --- time and ends --------------------------------------------------------------------------------------------


def test_a_remark_after_a_long_time_says_welcome_back_and_an_answer_does_not(talking: Talking) -> None:
    talking.means("draught")
    talking.waits(hours=13)
    assert talking.hears(remark="utter_voice") == ["utter_welcome_back", "utter_voice", "utter_ask_tenure"]
    talking.waits(hours=13)
    assert talking.answers("own") == ["utter_ask_draught_place"]
    talking.waits(hours=11)
    assert talking.wishes("repeat") == ["utter_ask_draught_place"]


def test_a_finished_talk_is_forgotten_after_a_session_except_what_persists(talking: Talking) -> None:
    talking.means("high_bill")
    talking.answers("higher", "yes", "unknown", "smitsveen", "no")
    assert "can_pay" in talking.conversation.slots
    talking.waits(hours=13)
    talking.means("ask_identity")
    assert talking.conversation.slots == {"consent": "yes", "wijk": "smitsveen"}
    assert talking.conversation.topics == ()


def test_a_hand_off_ends_what_lay_beneath_and_keeps_the_wijk(talking: Talking) -> None:
    talking.means("draught", "mould")
    talking.wishes("human")
    said = talking.answers("smitsveen", "choose", "here", "own_wijk", "yes")
    assert said == ["utter_handoff_offered"]
    assert talking.acted() == ["action_request_handoff"]
    assert talking.conversation.over and talking.conversation.kept == ()
    assert talking.conversation.slots["wijk"] == "smitsveen"
    assert "reach" not in talking.conversation.slots


def test_a_left_out_line_stays_out_while_a_question_comes_between_and_is_back_in_the_next_request(
    talking: Talking,
) -> None:
    talking.means("mould")
    talking.answers("own", "no", "smitsveen")
    talking.hears(line=1)
    talking.answers("leave_out")
    talking.means("ask_privacy")
    assert talking.conversation.slots["left_out"] == ["utter_line_home"]
    talking.answers("yes")
    assert "left_out" not in talking.conversation.slots


def test_buttons_offer_back_only_where_there_is_something_to_take_back(talking: Talking) -> None:
    talking.means("high_bill")
    assert _nav(talking) == ("human",)
    talking.answers("higher")
    assert _nav(talking) == ("back", "human"), "the question has a button that says the same as Sla over"
    talking.answers("yes", "unknown")
    assert _nav(talking) == ("back",)
    menu = replace(talking, conversation=Conversation(started=True, slots={"consent": "yes"}))
    menu.wishes("repeat")
    assert _nav(menu) == ()


def _nav(talking: Talking) -> tuple[str, ...]:
    return next(event.nav for event in talking.events if isinstance(event, Said) and event.question)


# --- what goes along, what is counted, and what is asked long after the talk ------------------------------------


def test_what_was_named_goes_along_and_is_not_offered_any_more(talking: Talking) -> None:
    _approval(talking)
    talking.means("small_measures", "ask_identity")
    talking.answers("yes")
    acted = next(event for event in talking.events if isinstance(event, Acting))
    assert acted.slots["also"] == ["small_measures"]
    assert talking.conversation.kept == ()
    assert talking.wishes("repeat") == ["utter_ask_menu_choice"]


def test_the_answer_itself_is_counted_only_where_the_slot_says_so(talking: Talking) -> None:
    talking.means("payment_arrears")
    talking.answers("no", "rent", "smitsveen", "yes")
    assert talking.asks == "first_time"
    assert talking.answers("yes") == ["utter_first_time"]
    assert [(name, detail) for name, detail in talking.happened() if name in ("answered", "told")] == [
        ("answered", "first_time"),
        ("told", "first_time:yes"),
    ]


@pytest.mark.parametrize(("answer", "said"), [("yes", "utter_first_time"), ("no", "utter_not_first_time")])
def test_whether_it_is_the_first_time_is_asked_and_answered_once(talking: Talking, answer: str, said: str) -> None:
    talking.means("payment_arrears")
    talking.answers("no", "rent", "smitsveen", "yes")
    assert talking.answers(answer) == [said]
    talking.waits(hours=13)
    talking.means("payment_arrears")
    assert talking.answers("no", "rent", "yes") == ["utter_handoff_offered"]


FOLLOWED_UP = [
    ("tips_later", "tips_worked", "warmer", ["utter_tips_worked"]),
    ("tips_later", "tips_worked", "not_done", ["utter_tips_not_done", "utter_ask_wijk"]),
    ("tips_later", "tips_worked", "same", ["utter_tips_same", "utter_ask_wijk"]),
    ("landlord_later", "landlord_answer", "fixed", ["utter_landlord_fixed"]),
    ("landlord_later", "landlord_answer", "promised", ["utter_landlord_promised"]),
    ("landlord_later", "landlord_answer", "nothing", ["utter_landlord_long_ago", "utter_ask_wijk"]),
]


@pytest.mark.parametrize(("flow", "slot", "value", "said"), FOLLOWED_UP, ids=[row[2] for row in FOLLOWED_UP])
def test_an_answer_to_a_question_that_was_sent_on_its_own_begins_its_flow_and_is_counted(
    talking: Talking, flow: str, slot: str, value: str, said: list[str]
) -> None:
    assert talking.hears(begins=flow, answer=Answer(slot, value)) == said
    assert ("told", f"{slot}:{value}") in talking.happened()
    assert ("flow_started", flow) in talking.happened()
    assert talking.conversation.topics == (FOLLOW_UPS[flow],)


def test_the_flows_of_questions_sent_on_their_own_begin_with_a_question(content: Content) -> None:
    for flow, topic in FOLLOW_UPS.items():
        assert isinstance(content.flows[flow].steps[content.flows[flow].first], Collect)
        assert not topic or content.tier(topic) == "normal"


def test_after_an_answer_to_a_question_sent_on_its_own_the_open_question_comes_back(talking: Talking) -> None:
    talking.means("draught")
    said = talking.hears(begins="tips_later", answer=Answer("tips_worked", "warmer"))
    assert said == ["utter_tips_worked", "utter_back_to_question", "utter_ask_tenure"]


def test_back_at_an_answer_to_a_question_sent_on_its_own_asks_it_again(talking: Talking) -> None:
    talking.hears(begins="tips_later", answer=Answer("tips_worked", "same"))
    assert talking.wishes("back") == ["utter_ask_tips_worked"]
    assert talking.answers("warmer") == ["utter_tips_worked"]


def test_who_answers_after_the_talk_was_erased_is_helped_and_then_welcomed_anew(new: Talking) -> None:
    said = new.hears(begins="landlord_later", answer=Answer("landlord_answer", "nothing"))
    assert said == ["utter_landlord_long_ago", "utter_ask_handoff_consent"]
    assert new.answers("no") == ["utter_not_sent"]
    assert new.means("greet") == ["utter_welcome", "utter_welcome_careful", "utter_ask_consent"]


def test_back_from_a_danger_before_the_welcome_begins_with_it_once(new: Talking) -> None:
    new.danger("gas_smell")
    assert new.wishes("back")[0] == "utter_welcome"
    assert new.answers("yes") == ["utter_consent_yes", "utter_ask_menu_choice"]


def test_what_was_said_beside_a_danger_is_offered_before_the_menu(talking: Talking) -> None:
    talking.wishes("repeat")
    assert talking.asks == "menu_choice"
    talking.hears(danger=Danger("fire", certain=True), intents=("cut_off",))
    assert talking.answers("no") == ["utter_danger_after", "utter_ask_wants_kept"]


def test_a_topic_that_is_typed_while_two_are_asked_about_is_taken(talking: Talking) -> None:
    talking.hears(doubt=("draught", "high_bill"))
    assert talking.asks == "meant"
    talking.means("high_bill")
    assert talking.asks == "bill_what"
    assert [run.flow for run in talking.conversation.runs] == ["high_bill"]
