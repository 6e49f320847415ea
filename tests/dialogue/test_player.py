"""The player: what is heard first, going back, what is kept for later, and what is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dialogue.content import Content
from bot.dialogue.conversation import Answer, Conversation, Danger, Done, Said
from tests.dialogue import small
from tests.dialogue.talking import Talking, to_approval

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


def _lines(talking: Talking) -> tuple[str, ...]:
    return next(event.lines for event in talking.events if isinstance(event, Said) and event.question)


HOME, DRAUGHT, PAY = "utter_line_home", "utter_line_draught", "utter_line_pay"


def test_a_line_asks_only_its_own_questions_again(talking: Talking) -> None:
    to_approval(talking)
    assert talking.hears(line=2) == ["utter_ask_line_choice"]
    assert talking.answers("change") == ["utter_ask_draught_place"]
    assert talking.answers("door") == ["utter_ask_inside_temperature"]
    assert talking.answers("20_or_more") == ["utter_ask_pen_fits"]
    assert talking.answers("no") == ["utter_ask_mould"]
    assert talking.answers("no") == ["utter_tips", "utter_tips_safe", "utter_ask_send_ok"]
    assert _lines(talking) == (HOME, DRAUGHT, PAY)


def test_a_changed_answer_brings_the_advice_that_belongs_to_it(talking: Talking) -> None:
    to_approval(talking)
    talking.hears(line=2)
    said = talking.answers("change", "door", "16_19", "yes")
    assert said == ["utter_landlord_job", "utter_landlord_letter", "utter_landlord_how", "utter_ask_send_ok"]
    assert "mould" not in talking.conversation.slots


def test_an_answer_of_a_way_that_was_left_drops_out(talking: Talking) -> None:
    to_approval(talking)
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
    to_approval(talking)
    talking.hears(line=2)
    talking.answers("change", "door")
    assert talking.wishes("back") == ["utter_ask_draught_place"]
    assert talking.conversation.slots["can_pay"] == "yes"


@pytest.mark.parametrize("leaves", ["keep", "back"])
def test_a_line_that_is_only_looked_at_stays_as_it_is(talking: Talking, leaves: str) -> None:
    to_approval(talking)
    before = talking.conversation
    talking.hears(line=2)
    said = talking.wishes("back") if leaves == "back" else talking.answers("keep")
    assert said == ["utter_ask_send_ok"]
    assert _lines(talking) == (HOME, DRAUGHT, PAY)
    assert talking.conversation.runs == before.runs
    assert "left_out" not in talking.conversation.slots


def test_lines_are_left_out_one_after_the_other(talking: Talking) -> None:
    to_approval(talking)
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
    to_approval(talking)
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
    to_approval(talking)
    assert talking.answers("choose", "home", "professional") == ["utter_ask_send_ok_chosen"]
    talking.hears(line=1)
    assert talking.answers("change", "other_landlord")[-1] == "utter_ask_send_ok_chosen"
    assert (talking.conversation.slots["reach"], talking.conversation.slots["by_whom"]) == ("home", "professional")


@pytest.mark.parametrize("line", [0, 4, 99])
def test_a_line_that_is_not_there_is_an_old_button(talking: Talking, line: int) -> None:
    to_approval(talking)
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


# --- time and ends --------------------------------------------------------------------------------------------
