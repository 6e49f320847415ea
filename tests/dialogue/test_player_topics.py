"""The player: several topics in a talk, time and ends, and what is asked long after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.dialogue.content import Content
from bot.dialogue.conversation import Acting, Answer, Conversation, Danger, Said
from bot.dialogue.flow import Collect
from bot.dialogue.playing import FOLLOW_UPS
from tests.dialogue.talking import Talking, to_approval


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


def test_what_was_named_goes_along_and_is_not_offered_any_more(talking: Talking) -> None:
    to_approval(talking)
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
