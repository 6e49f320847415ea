"""Keys and values become words and buttons, at the moment of sending."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from actions.outbox import Button, Message
from bot.dialogue.content import Content
from bot.dialogue.responses import Option, Response, Variant
from bot.words import Words

SAID = {
    "utter_plain": [Variant("Hallo.")],
    "utter_name": [Variant("{name}: {text}")],
    "utter_ask_colour": [Variant("Kleur?", options=(Option("Rood", "red"), Option("Blauw", "blue")))],
    "utter_by_slot": [Variant("Rood!", (("colour", "red"),)), Variant("Anders: {say_colour}")],
    "utter_say_colour": [Variant("rood", (("colour", "red"),)), Variant("blauw")],
    "utter_lines": [Variant("Klopt dit?\n{lines}")],
    "utter_line_a": [Variant("De kleur is {say_colour}.")],
    "utter_line_b": [Variant("Klaar.")],
    "utter_topics": [Variant("{topics} / {topic}")],
    "utter_topic_draught": [Variant("tocht")],
    "utter_topic_mould": [Variant("schimmel")],
    "utter_where": [Variant("in {wijk_name}, {urgency_words}, {reach_words}")],
    "utter_another_wijk": [Variant("een andere wijk")],
    "utter_say_urgency": [Variant("vandaag", (("urgency", "crisis"),)), Variant("later")],
    "utter_say_reach": [Variant("bellen")],
    "utter_tips": [Variant("Dit past:\n{tips}")],
    "utter_also": [Variant("Ook: {also_topics}.")],
    "utter_one_line": [Variant('"{line}"')],
    "utter_why": [Variant("Waarom: {reasons}")],
    "button_change": [Variant("Wijzig {number}")],
    "utter_day": [Variant("Op {promised_day}.")],
    "utter_told": [Variant("Gehoord: {say_day}")],
    "utter_say_day": [Variant("dag: {promised_day}")],
}
MONDAY = datetime(2026, 11, 23, 11, tzinfo=UTC)
THURSDAY = {"promised": "2026-11-26T09:30:00+00:00"}


@pytest.fixture
def words(content: Content) -> Words:
    responses = {key: Response(key, tuple(variants), "here") for key, variants in SAID.items()}
    return Words(replace(content, texts={"nl": responses}), {"de_eng": "De Eng"})


@pytest.mark.parametrize(
    ("key", "values", "text"),
    [
        ("utter_plain", {}, "Hallo."),
        ("utter_name", {"name": "Fatma", "text": "dag {lines} {0} {name}"}, "Fatma: dag {lines} {0} {name}"),
        ("utter_by_slot", {"colour": "red"}, "Rood!"),
        ("utter_by_slot", {"colour": "blue"}, "Anders: blauw"),
        (
            "utter_lines",
            {"colour": "red", "line_keys": ["utter_line_a", "utter_line_b"]},
            "Klopt dit?\n1. De kleur is rood.\n2. Klaar.",
        ),
        ("utter_lines", {}, "Klopt dit?\n"),
        ("utter_topics", {"topics": ["draught", "mould"], "kept_topic": "mould"}, "tocht, schimmel / schimmel"),
        ("utter_where", {"wijk": "de_eng", "urgency": "crisis"}, "in De Eng, vandaag, bellen"),
        ("utter_where", {"wijk": None}, "in een andere wijk, later, bellen"),
        ("utter_tips", {"tips": ["utter_plain", "utter_line_b"]}, "Dit past:\n1. Hallo.\n2. Klaar."),
        ("utter_tips", {}, "Dit past:\n"),
        ("utter_also", {"also": ["mould", "draught"]}, "Ook: schimmel, tocht."),
        ("utter_one_line", {"changing": "utter_line_a", "colour": "red"}, '"De kleur is rood."'),
        ("utter_why", {"why": []}, "Waarom: "),
        ("utter_why", {"why": ["taken_out_since"]}, "Waarom: taken_out_since"),
    ],
)
def test_a_message_is_put_into_words(words: Words, key: str, values: dict[str, Any], text: str) -> None:
    assert words.render(Message(key, values)).text == text


def test_a_question_has_its_options_and_then_the_buttons_of_the_message(words: Words) -> None:
    buttons = ((Button("button_change", "q4:~1", {"number": 1}),),)
    rows = words.render(Message("utter_ask_colour", question=4, buttons=buttons)).rows
    assert [cell for row in rows for cell in row] == [("Rood", "q4:red"), ("Blauw", "q4:blue"), ("Wijzig 1", "q4:~1")]


def test_a_question_that_is_sent_on_its_own_names_its_flow_in_its_options(words: Words) -> None:
    rows = words.render(Message("utter_ask_colour", opens="tips_later")).rows
    assert [cell for row in rows for cell in row] == [("Rood", "f:tips_later:red"), ("Blauw", "f:tips_later:blue")]


def test_what_is_not_asked_has_no_options(words: Words) -> None:
    assert words.render(Message("utter_ask_colour")).rows == ()


@pytest.mark.parametrize("message", [Message("utter_gone"), Message("utter_name", {"name": "Fatma"})])
def test_a_missing_key_or_value_is_an_error_and_no_half_message(words: Words, message: Message) -> None:
    with pytest.raises(KeyError):
        words.render(message)


def test_the_lines_that_are_sent_on_have_no_numbers(words: Words) -> None:
    assert words.lines(("utter_line_a", "utter_line_b"), {"colour": "red"}, "nl") == "De kleur is rood.\nKlaar."


@pytest.mark.parametrize(
    ("language", "text"),
    [("nl", "Op donderdag 26 november."), ("de", "Am Donnerstag 26 November."), ("pl", "Op donderdag 26 november.")],
)
def test_a_day_is_told_in_the_language_of_the_text_around_it(words: Words, language: str, text: str) -> None:
    pattern = Response("utter_day", (Variant("Am {promised_day}."),), "here")
    words.content = replace(words.content, texts={**words.content.texts, "de": {"utter_day": pattern}})
    assert words.render(Message("utter_day", THURSDAY, language=language)).text == text


def test_what_fills_a_dutch_text_is_dutch(words: Words) -> None:
    german = Response("utter_say_day", (Variant("Tag: {promised_day}"),), "here")
    words.content = replace(words.content, texts={**words.content.texts, "de": {"utter_say_day": german}})
    assert words.render(Message("utter_told", THURSDAY, language="de")).text == "Gehoord: dag: donderdag 26 november"


@pytest.mark.parametrize(
    ("first", "last", "promised", "text"),
    [
        ("", "", "", "Wanneer weet ik niet, u krijgt hier bericht."),
        ("1", "2", "", "Wanneer weet ik niet, u krijgt hier bericht."),
        ("", "", "26", "Wanneer weet ik niet, maar uiterlijk donderdag 26 november hoort u iets."),
        ("0", "0", "26", "Meestal hoort u vandaag iets, en uiterlijk donderdag 26 november."),
        ("1", "1", "26", "Meestal hoort u iets binnen 1 werkdag, uiterlijk donderdag 26 november."),
        ("0", "1", "26", "Meestal hoort u iets binnen 1 werkdag, uiterlijk donderdag 26 november."),
        ("0", "2", "26", "Meestal hoort u iets binnen 2 werkdagen, uiterlijk donderdag 26 november."),
        ("1", "3", "26", "Meestal duurt het 1 tot 3 werkdagen, hoogstens tot donderdag 26 november."),
        ("1", "4", "26", "Het duurt nu vaak langer, op donderdag 26 november hoort u meer."),
        ("3", "3", "26", "Meestal hoort u iets binnen 3 werkdagen, uiterlijk donderdag 26 november."),
        ("4", "4", "26", "Het duurt nu vaak langer, op donderdag 26 november hoort u meer."),
        ("0", "", "26", "Wanneer weet ik niet, maar uiterlijk donderdag 26 november hoort u iets."),
        ("1", "", "26", "Meestal duurt het minstens 1 werkdag, hoogstens tot donderdag 26 november."),
        ("3", "", "26", "Meestal duurt het minstens 3 werkdagen, hoogstens tot donderdag 26 november."),
        ("4", "", "26", "Het duurt nu vaak langer, op donderdag 26 november hoort u meer."),
        ("0", "0", "23", "Meestal hoort u vandaag iets, en uiterlijk maandag 23 november."),
        ("0", "1", "23", "Het duurt nu vaak langer, op maandag 23 november hoort u meer."),
        ("5", "5", "30", "Meestal hoort u iets binnen 5 werkdagen, uiterlijk maandag 30 november."),
        ("5", "6", "30", "Het duurt nu vaak langer, op maandag 30 november hoort u meer."),
    ],
)
def test_how_long_it_takes_never_contradicts_the_promise(
    content: Content, first: str, last: str, promised: str, text: str
) -> None:
    real = Words(content, {}, now=lambda: MONDAY)
    at = f"2026-11-{promised}T13:00:00+00:00" if promised else ""
    told = real.fill("{waiting}", {"waiting_from": first, "waiting_to": last, "promised": at}, "nl")
    assert told == text


@pytest.mark.parametrize(("last", "late"), [("1", False), ("2", True)])
def test_at_the_weekend_the_first_working_day_is_1(content: Content, last: str, late: bool) -> None:
    real = Words(content, {}, now=lambda: datetime(2026, 11, 21, 23, 30, tzinfo=UTC))
    values = {"waiting_from": "0", "waiting_to": last, "promised": "2026-11-23T16:00:00+00:00"}
    assert ("vaak langer" in real.fill("{waiting}", values, "nl")) is late


@pytest.mark.parametrize(
    ("key", "values", "text"),
    [
        ("utter_say_state", {"state": "claimed", "promised": ""}, "neem contact op"),
        ("utter_say_state", {"state": "claimed", **THURSDAY}, "contact uiterlijk donderdag 26 november"),
        ("button_hand_over", {"count": 1}, "Geef mijn vraag over"),
        ("button_hand_over", {"count": 2}, "Geef mijn 2 vragen over"),
    ],
)
def test_the_words_for_the_team_fit_what_there_is(
    content: Content, key: str, values: dict[str, Any], text: str
) -> None:
    assert Words(content, {}).say(key, values) == text


@pytest.mark.parametrize("exit_", ["local", "municipality"])
@pytest.mark.parametrize(("readers", "said"), [(1, "naar 1 persoon van het team."), (2, "naar 2 mensen van het team.")])
def test_readers_are_counted_as_people_of_the_team(content: Content, exit_: str, readers: int, said: str) -> None:
    values = {"exit": exit_, "readers": readers}
    variant = content.response("utter_handoff_no_professional").variant(values)
    assert said in Words(content, {}).fill(variant.text, {**values, "services": ()}, "nl")


@pytest.mark.parametrize("complex_", ["", "voorbeeldflat"])
def test_who_is_counted_with_the_others_is_not_told_that_the_others_are_so_many(
    content: Content, complex_: str
) -> None:
    told = content.response("utter_ask_together").variant({"complex": complex_}).text
    assert "huishoudens" in told and "hebben ook" not in told


@pytest.mark.parametrize("exit_", ["local", "municipality"])
@pytest.mark.parametrize("shown_at", ["", "2026-11-24T08:00:00+00:00"])
@pytest.mark.parametrize("key", ["utter_handoff_professional_too", "utter_handoff_full"])
def test_who_is_in_a_crisis_hears_until_when_it_takes_by_day_and_by_night(
    content: Content, key: str, shown_at: str, exit_: str
) -> None:
    values = {"exit": exit_, "urgency": "crisis", "shown_at": shown_at, "professionals": 2, "services": (), **THURSDAY}
    variant = content.response(key).variant(values)
    assert "uiterlijk donderdag 26 november" in Words(content, {}).fill(variant.text, values, "nl")


@pytest.mark.parametrize(
    "key", ["utter_handoff_professional_too", "utter_handoff_full", "utter_handoff_no_professional"]
)
@pytest.mark.parametrize("shown_at", ["", "2026-11-24T08:00:00+00:00"])
@pytest.mark.parametrize(("exit_", "calls"), [("local", False), ("municipality", True)])
def test_call_yourself_is_said_only_with_whom_to_call(
    content: Content, key: str, shown_at: str, exit_: str, calls: bool
) -> None:
    values = {"exit": exit_, "urgency": "crisis", "shown_at": shown_at, "readers": 3, "professionals": 2, **THURSDAY}
    variant = content.response(key).variant(values)
    assert ("Bel ook zelf" in variant.text, bool(variant.services)) == (calls, calls)
