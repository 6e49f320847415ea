"""The player: what is heard first, going back, what is kept for later, and what is forgotten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.dialogue.content import Content
from bot.dialogue.conversation import Answer, Conversation, Danger, Done, Said
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
    talking.means("high_bill")
    assert talking.wishes("skip") == ["utter_ask_wants_person"]
    assert talking.conversation.slots["can_pay"] == "skipped"
    assert talking.wishes("skip") == ["utter_cannot_skip", "utter_ask_wants_person"]


def test_skip_without_a_question_says_that_there_is_none(talking: Talking) -> None:
    assert talking.wishes("skip") == ["utter_nothing_open", "utter_ask_menu_choice"]


def test_stop_ends_everything_and_keeps_what_may_be_kept(talking: Talking) -> None:
    talking.means("draught", "mould")
    talking.answers("own")
    assert talking.wishes("stop") == ["utter_stopped"]
    assert talking.conversation.runs == () and talking.conversation.kept == ()
    assert talking.conversation.open is None
    assert ("stopped", "draught") in talking.happened()


def test_who_refused_leaves_nothing_after_stop_or_end(content: Content) -> None:
    for last in ("stop", "end"):
        talking = Talking(content, Conversation(started=True, slots={"consent": "no"}))
        talking.means("high_bill")
        talking.answers("no")
        talking.wishes("stop") if last == "stop" else talking.answers("no")
        assert talking.conversation.slots == {"consent": "no"}
        assert talking.conversation.topics == ()


def test_beginning_anew_forgets_the_answers_but_not_the_consent(talking: Talking) -> None:
    talking.means("draught")
    talking.answers("own", "door")
    assert talking.wishes("restart") == ["utter_restarted", "utter_ask_menu_choice"]
    assert talking.conversation.slots == {"consent": "yes"}


# --- answers, lines, corrections ------------------------------------------------------------------------------


def _review(talking: Talking) -> None:
    talking.means("draught")
    talking.answers("portaal", "window", "yes", "16_19", "no", "yes")
    assert talking.asks == "draught_review"


def test_a_line_asks_only_its_own_questions_again(talking: Talking) -> None:
    _review(talking)
    assert talking.hears(line=2) == ["utter_ask_draught_place"]
    assert talking.answers("door") == ["utter_ask_pen_fits"]
    assert talking.answers("no") == ["utter_ask_mould"]
    assert talking.answers("yes") == ["utter_ask_draught_review"]


def test_an_answer_of_a_way_that_was_left_drops_out(talking: Talking) -> None:
    _review(talking)
    talking.hears(line=1)
    assert talking.answers("own") == ["utter_ask_draught_review"]
    assert "pen_fits" not in talking.conversation.slots


def test_back_while_a_line_is_changed_does_not_take_later_answers(talking: Talking) -> None:
    _review(talking)
    talking.hears(line=2)
    talking.answers("door")
    assert talking.wishes("back") == ["utter_ask_draught_place"]
    assert talking.conversation.slots["can_pay"] == "yes"


@pytest.mark.parametrize("line", [0, 4, 99])
def test_a_line_that_is_not_there_is_an_old_button(talking: Talking, line: int) -> None:
    _review(talking)
    assert talking.hears(line=line) == ["utter_old_button", "utter_ask_draught_review"]


def test_a_line_without_a_summary_is_an_old_button(talking: Talking) -> None:
    assert talking.hears(line=1) == ["utter_old_button", "utter_ask_menu_choice"]


def test_a_correction_changes_the_answer_and_the_way(talking: Talking) -> None:
    talking.means("draught")
    talking.hears(answer=Answer("tenure", "own", message=5))
    talking.answers("window")
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
    assert talking.answers("one", "no")[-1] == "utter_ask_wants_kept"
    assert talking.answers("no") == ["utter_kept_no", "utter_ask_wants_kept"]
    assert talking.answers("no") == ["utter_kept_no"]
    assert talking.conversation.kept == ()


def test_a_topic_that_can_wait_waits_and_a_crisis_does_not(talking: Talking) -> None:
    talking.means("draught")
    assert talking.means("high_bill") == ["utter_topic_kept", "utter_ask_tenure"]
    assert talking.means("eviction")[0] == "utter_eviction"
    assert talking.answers("no")[-2:] == ["utter_back_to_question", "utter_ask_tenure"]


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
    assert talking.means("cold_home", "mould") == ["utter_ask_tenure"]
    assert talking.conversation.kept == ("mould",)


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
    talking.answers("yes", "no")
    assert "can_pay" in talking.conversation.slots
    talking.waits(hours=13)
    talking.means("ask_identity")
    assert talking.conversation.slots == {"consent": "yes"}
    assert talking.conversation.topics == ()


def test_a_hand_off_ends_what_lay_beneath_and_keeps_the_wijk(talking: Talking) -> None:
    talking.means("draught", "mould")
    talking.wishes("human")
    said = talking.answers("smitsveen", "here", "own_wijk", "yes")
    assert said == ["utter_handoff_offered"]
    assert talking.acted() == ["action_request_handoff"]
    assert talking.conversation.over and talking.conversation.kept == ()
    assert talking.conversation.slots["wijk"] == "smitsveen"
    assert "reach" not in talking.conversation.slots


def test_a_left_out_line_stays_out_while_a_question_comes_between_and_is_back_in_the_next_request(
    talking: Talking,
) -> None:
    talking.means("mould")
    talking.answers("own", "yes", "smitsveen", "here", "own_wijk")
    talking.hears(line=1)
    talking.means("ask_privacy")
    assert talking.conversation.slots["left_out"] == ["utter_line_home"]
    talking.answers("yes")
    assert "left_out" not in talking.conversation.slots


def test_buttons_offer_back_only_where_there_is_something_to_take_back(talking: Talking) -> None:
    talking.means("high_bill")
    assert _nav(talking) == ("skip", "human")
    talking.answers("yes")
    assert _nav(talking) == ("back", "human")
    talking.answers("yes")
    assert _nav(talking) == ("back",)
    menu = replace(talking, conversation=Conversation(started=True, slots={"consent": "yes"}))
    menu.wishes("repeat")
    assert _nav(menu) == ()


def _nav(talking: Talking) -> tuple[str, ...]:
    return next(event.nav for event in talking.events if isinstance(event, Said) and event.question)
