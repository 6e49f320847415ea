"""From what came in to what was meant, in the light of the open question."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from actions.outbox import Message
from bot.dialogue.content import Content
from bot.dialogue.conversation import Answer, Conversation, Danger, Heard, Mark, Question, Ranking, Run
from bot.incoming import Incoming, Kind
from bot.understanding.rasa import Meaning, Parsed
from bot.understanding.safety import SafetyPhrases
from bot.understanding.understand import Understanding
from bot.understanding.weighing import PRESSED, SURE, WORRIED
from tests.talks import START

LONG = "dit is een lange zin zonder knop of woord erin"


@dataclass
class Given:
    """Rasa with one given answer."""

    gives: tuple[Meaning, ...] | None = ()
    asked: list[str] = field(default_factory=list)
    parts: dict[str, tuple[Meaning, ...]] = field(default_factory=dict)
    language: str | None = None

    async def parse(self, text: str) -> Parsed | None:
        self.asked.append(text)
        gives = self.parts.get(text, self.gives)
        return None if gives is None else Parsed(gives, self.language)


@dataclass
class Ear:
    """Understands one message with a given open question."""

    understanding: Understanding
    rasa: Given
    ranking: Ranking = ()
    language: str = ""

    def hears(self, text: str = "", *, asked: str = "", **what: Any) -> Heard:
        question = Question(7, asked) if asked else None
        trail = (Mark("slot", "tenure", 3), Mark("slot", "phone", 4))
        talk = Conversation(started=True, open=question, runs=(Run("draught", trail),))
        incoming = Incoming(1, 1, **{"kind": Kind.TEXT, "text": text, "message_id": 9, **what})
        found = asyncio.run(self.understanding.understand(incoming, talk, START))
        self.ranking, self.language = found.ranking, found.language
        return replace(found, ranking=(), language="")


@pytest.fixture
def ear(content: Content, phrases: SafetyPhrases) -> Ear:
    rasa = Given()
    return Ear(Understanding(content, phrases, rasa), rasa)  # type: ignore[arg-type]


def heard(**what: Any) -> Heard:
    return Heard(at=START, **what)


# --- safety ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.EDITED, Kind.PHOTO, Kind.DOCUMENT, Kind.VOICE])
def test_a_danger_in_words_is_heard_whatever_they_come_with_and_without_rasa(ear: Ear, kind: Kind) -> None:
    assert ear.hears("ik ruik gas", kind=kind, asked="tenure") == heard(danger=Danger("gas_smell", certain=True))
    assert ear.rasa.asked == []


def test_an_unclear_danger_goes_with_what_else_was_understood(ear: Ear) -> None:
    ear.rasa.gives = (Meaning("draught", 0.9),)
    found = ear.hears("het ruikt naar rotte eieren en het tocht")
    assert found == heard(danger=Danger("gas_smell", certain=False), intents=("draught",))


def test_a_danger_that_only_rasa_hears_is_asked_about(ear: Ear) -> None:
    ear.rasa.gives = (Meaning("thank", 0.6), Meaning("fire", WORRIED))
    assert ear.hears(LONG) == heard(danger=Danger("fire", certain=False))
    ear.rasa.gives = (Meaning("thank", 0.6), Meaning("fire", WORRIED - 0.01))
    assert ear.hears(LONG) == heard(intents=("thank",))


# --- buttons --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("q7:own", {"answer": Answer("tenure", "own")}),
        ("q6:own", {"remark": "utter_old_button"}),
        ("q7:castle", {"remark": "utter_old_button"}),
        ("q7:!back", {"wish": "back"}),
        ("q7:!skip", {"wish": "skip"}),
        ("q7:!stop", {"wish": "stop"}),
        ("q7:!erase", {"remark": "utter_old_button"}),
        ("q7:~2", {"line": 2}),
        ("q7:~x", {"remark": "utter_old_button"}),
        ("q3:!human", {"wish": "human"}),
        ("q7:!listen", {"wish": "listen"}),
        ("q3:!listen", {"wish": "listen"}),
        ("!human", {"wish": "human"}),
        ("rm -rf", {"remark": "utter_old_button"}),
        ("", {"remark": "utter_old_button"}),
    ],
)
def test_a_press_is_an_answer_a_wish_a_line_or_an_old_button(ear: Ear, data: str, expected: dict[str, Any]) -> None:
    assert ear.hears(kind=Kind.PRESS, data=data, asked="tenure") == heard(**expected)
    assert ear.rasa.asked == []


@pytest.mark.parametrize("asked", ["", "tenure"])
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("f:tips_later:warmer", {"begins": "tips_later", "answer": Answer("tips_worked", "warmer")}),
        ("f:landlord_later:nothing", {"begins": "landlord_later", "answer": Answer("landlord_answer", "nothing")}),
        ("f:tips_later:nothing", {"remark": "utter_old_button"}),
        ("f:made_up:warmer", {"remark": "utter_old_button"}),
        ("f:draught:own", {"remark": "utter_old_button"}),
        ("f:delete_my_data:yes", {"remark": "utter_old_button"}),
        ("f:tips_later:", {"remark": "utter_old_button"}),
    ],
)
def test_a_press_on_a_question_that_was_sent_on_its_own_begins_its_flow_and_nothing_else(
    ear: Ear, asked: str, data: str, expected: dict[str, Any]
) -> None:
    assert ear.hears(kind=Kind.PRESS, data=data, asked=asked) == heard(**expected)


def test_a_press_without_an_open_question_is_an_old_button(ear: Ear) -> None:
    assert ear.hears(kind=Kind.PRESS, data="q7:own") == heard(remark="utter_old_button")


# --- things without words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "remark"),
    [
        (Kind.VOICE, "utter_voice"),
        (Kind.PHOTO, "utter_photo"),
        (Kind.DOCUMENT, "utter_document"),
        (Kind.STICKER, "utter_sticker"),
        (Kind.OTHER, "utter_other_media"),
    ],
)
def test_what_has_no_words_gets_a_remark(ear: Ear, kind: Kind, remark: str) -> None:
    assert ear.hears(kind=kind) == heard(remark=remark)
    assert ear.hears("👍", kind=kind) == heard(remark=remark)


def test_words_below_a_photo_are_read(ear: Ear) -> None:
    ear.rasa.gives = (Meaning("mould", 0.9),)
    assert ear.hears("kijk eens hoe nat deze muur is", kind=Kind.PHOTO) == heard(intents=("mould",))


@pytest.mark.parametrize("text", ["👍👍", "   ", "?!", "\u200b"])
def test_a_text_without_words_is_not_understood(ear: Ear, text: str) -> None:
    assert ear.hears(text) == heard()
    assert ear.rasa.asked == []


# --- commands and words for wishes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start", {"wish": "repeat"}),
        ("/START@wijkwijzer_bot nu", {"wish": "repeat"}),
        ("/terug", {"wish": "back"}),
        ("/mens", {"wish": "human"}),
        ("/opnieuw", {"wish": "restart"}),
        ("/privacy", {"intents": ("ask_privacy",)}),
        ("/vergeet", {"intents": ("delete_my_data",)}),
        ("/delete_my_data", {}),
        ('/draught{"tenure": "own"}', {}),
        ("/", {}),
        ("terug", {"wish": "back"}),
        ("Een mens!", {"wish": "human"}),
        ("sla over", {"wish": "skip"}),
        ("Opnieuw beginnen", {"wish": "restart"}),
        ("hulp", {"wish": "help"}),
    ],
)
def test_commands_and_words_for_wishes_never_reach_rasa(ear: Ear, text: str, expected: dict[str, Any]) -> None:
    assert ear.hears(text, asked="tenure") == heard(**expected)
    assert ear.rasa.asked == []


# --- answers and meanings -------------------------------------------------------------------------------------


def test_a_short_answer_is_an_answer_without_rasa(ear: Ear) -> None:
    assert ear.hears("van mij", asked="tenure") == heard(answer=Answer("tenure", "own", 9))
    assert ear.rasa.asked == []


def test_a_long_answer_keeps_the_topics_beside_it(ear: Ear) -> None:
    ear.rasa.gives = (Meaning("high_bill", 0.9), Meaning("greet", 0.5))
    found = ear.hears("van portaal en de rekening is hoog", asked="tenure")
    assert found == heard(answer=Answer("tenure", "portaal", 9), intents=("high_bill",))


@pytest.mark.parametrize("intent", ["talk_to_human", "delete_my_data"])
def test_who_asks_for_a_person_or_to_be_forgotten_is_heard_above_a_word_that_fits(ear: Ear, intent: str) -> None:
    ear.rasa.gives = (Meaning(intent, 0.9),)
    found = ear.hears("nee ik wil gewoon iets anders", asked="pen_fits")
    assert found.answer is None
    assert found.wish == "human" or found.intents == ("delete_my_data",)


def test_the_question_of_that_very_wish_is_answered(ear: Ear) -> None:
    ear.rasa.gives = (Meaning("delete_my_data", 0.9),)
    found = ear.hears("ja wis alles maar snel", asked="confirm_forget")
    assert found.answer == Answer("confirm_forget", "yes", 9)


def test_what_is_sure_enough_counts_and_what_was_made_of_the_sentence_goes_with_it(ear: Ear) -> None:
    ear.rasa.gives, ear.rasa.language = (Meaning("draught", SURE), Meaning("mould", 0.1)), "nl"
    assert ear.hears(LONG) == heard(intents=("draught",))
    assert (ear.ranking, ear.language) == ((("draught", SURE), ("mould", 0.1)), "nl")
    ear.rasa.gives = (Meaning("draught", 0.2), Meaning("mould", 0.1))
    assert ear.hears(LONG) == heard()


def test_two_that_are_close_are_asked_about(ear: Ear) -> None:
    ear.rasa.gives = (Meaning("mould", 0.5), Meaning("draught", 0.4))
    assert ear.hears(LONG) == heard(doubt=("draught", "mould"))


def test_a_long_message_is_read_in_parts_too(ear: Ear) -> None:
    ear.rasa.gives = (Meaning("draught", 0.9),)
    ear.rasa.parts = {"mijn rekening is veel te hoog": (Meaning("high_bill", 0.9),)}
    found = ear.hears("het tocht bij het raam en mijn rekening is veel te hoog")
    assert set(found.intents) == {"draught", "high_bill"}
    assert len(ear.rasa.asked) == 3


def test_a_sentence_that_names_a_topic_may_answer_its_questions_and_an_answer_does_not(ear: Ear) -> None:
    ear.rasa.gives = (Meaning("draught", 0.9),)
    assert ear.hears("het tocht hier zo bij het raam").told == {"draught_place": "window"}
    assert ear.hears("het is portaal en het tocht bij het raam", asked="tenure").told == {}
    ear.rasa.gives = (Meaning("ask_privacy", 0.9),)
    assert ear.hears("wie leest wat ik over het raam zeg").told == {}


def test_a_crisis_beside_an_answer_is_taken_or_asked_about(ear: Ear) -> None:
    ear.rasa.gives = (Meaning("cut_off", 0.9),)
    found = ear.hears("ja en ze sluiten me vrijdag af", asked="pen_fits")
    assert found == heard(answer=Answer("pen_fits", "yes", 9), intents=("cut_off",))
    ear.rasa.gives = (Meaning("affirm", 0.6), Meaning("cut_off", PRESSED))
    found = ear.hears("ja en vrijdag komen ze hier weer", asked="pen_fits")
    assert found == heard(answer=Answer("pen_fits", "yes", 9), doubt=("cut_off",))


def test_a_crisis_beside_a_certain_danger_is_offered_afterwards(ear: Ear) -> None:
    ear.rasa.gives = (Meaning("violence", 0.8), Meaning("no_money", PRESSED), Meaning("draught", 0.1))
    text = "mijn man slaat mij en er is ook geen eten meer in huis"
    assert ear.hears(text) == heard(danger=Danger("violence", certain=True), intents=("no_money",))
    ear.rasa.gives = None
    assert ear.hears(text) == heard(danger=Danger("violence", certain=True))


def test_a_danger_does_not_wait_for_a_rasa_that_is_slow(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_text: str) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.understanding.understand.DANGER_PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(ear.rasa, "parse", never)
    text = "mijn man slaat mij en er is ook geen eten meer in huis"
    assert ear.hears(text) == heard(danger=Danger("violence", certain=True))


def test_what_is_unclear_about_the_danger_that_is_asked_about_is_an_answer(ear: Ear) -> None:
    ear.rasa.gives = (Meaning("gas_smell", 0.3),)
    found = ear.hears("in de keuken heel erg sterk toch wel", asked="check_gas_smell")
    assert found == heard(answer=Answer("check_gas_smell", "yes", 9))
    assert ear.hears("nee ik ruik geen gas hoor", asked="check_gas_smell").answer == Answer("check_gas_smell", "no", 9)


def test_a_topic_that_answers_the_open_question_is_an_answer(ear: Ear) -> None:
    ear.rasa.gives = (Meaning("mould", 0.9),)
    assert ear.hears("achter de kast groeit van alles omhoog", asked="mould") == heard(answer=Answer("mould", "yes", 9))


def test_another_topic_beside_an_answer_that_is_not_sure_does_not_interrupt(ear: Ear) -> None:
    ear.rasa.gives = (Meaning("mould", 0.5), Meaning("draught", 0.4))
    assert ear.hears("ja dat is bij ons al jaren zo", asked="pen_fits") == heard(answer=Answer("pen_fits", "yes", 9))


@pytest.mark.parametrize(
    ("intent", "asked", "expected"),
    [
        ("affirm", "pen_fits", {"answer": Answer("pen_fits", "yes", 9)}),
        ("deny", "pen_fits", {"answer": Answer("pen_fits", "no", 9)}),
        ("dont_know", "pen_fits", {"answer": Answer("pen_fits", "unknown", 9)}),
        ("skip", "can_pay", {"answer": Answer("can_pay", "skipped", 9)}),
        ("skip", "pen_fits", {"wish": "skip"}),
        ("affirm", "tenure", {"intents": ("affirm",)}),
        ("affirm", "", {"intents": ("affirm",)}),
        ("go_back", "pen_fits", {"wish": "back"}),
        ("stop", "pen_fits", {"wish": "stop"}),
        ("repeat", "pen_fits", {"wish": "repeat"}),
        ("help", "pen_fits", {"wish": "help"}),
        ("talk_to_human", "pen_fits", {"wish": "human"}),
    ],
)
def test_yes_no_and_wishes_are_read_in_the_light_of_the_question(
    ear: Ear, intent: str, asked: str, expected: dict[str, Any]
) -> None:
    ear.rasa.gives = (Meaning(intent, 0.9),)
    assert ear.hears(LONG, asked=asked) == heard(**expected)


def test_without_rasa_a_sentence_gets_an_honest_answer_and_an_answer_still_counts(ear: Ear) -> None:
    ear.rasa.gives = None
    assert ear.hears(LONG, asked="tenure") == heard(refused="utter_unavailable")
    assert ear.hears("ik huur van portaal hoor", asked="tenure") == heard(answer=Answer("tenure", "portaal", 9))


def test_a_telephone_number_is_checked_and_a_wrong_one_refused(ear: Ear) -> None:
    assert ear.hears("0612345678", asked="phone").answer == Answer("phone", "+31 6 12345678", 9)
    assert ear.hears("12345", asked="phone") == heard(refused="utter_phone_wrong")
    ear.rasa.gives = None
    assert ear.hears("12345", asked="phone") == heard(refused="utter_phone_wrong")
    ear.rasa.gives = (Meaning("mould", 0.9),)
    assert ear.hears("er is ook schimmel in huis", asked="phone") == heard(intents=("mould",))


def test_an_address_is_no_sentence_and_rasa_is_not_asked_what_it_means(ear: Ear) -> None:
    ear.rasa.gives = (Meaning("debt_collector", 0.9),)
    found = ear.hears("Burgemeester van Voorbeeldlaan 12, tweede deur", asked="address")
    assert found == heard(answer=Answer("address", "Burgemeester van Voorbeeldlaan 12, tweede deur", 9))
    assert ear.rasa.asked == []
    assert ear.hears("er komt 3 keer een deurwaarder", asked="address") == heard(intents=("debt_collector",))
    assert ear.hears("ik ruik gas op nummer 3", asked="address").danger == Danger("gas_smell", certain=True)


@pytest.mark.parametrize("gives", [(Meaning("out_of_scope", 0.9),), ()])
def test_what_is_neither_an_address_nor_anything_else_is_refused_with_an_example(
    ear: Ear, gives: tuple[Meaning, ...]
) -> None:
    ear.rasa.gives = gives
    assert ear.hears("12 Voorbeeldstraat", asked="address") == heard(refused="utter_address_wrong")


# --- when somebody would like an appointment ------------------------------------------------------------------

NO_TUESDAY = {"time_wish": '{"days": [0, 2, 3, 4, 5, 6]}'}


def test_who_names_only_times_is_asked_about_no_crisis(ear: Ear) -> None:
    ear.rasa.gives = (Meaning("goodbye", 0.5), Meaning("eviction", 0.2))
    assert ear.hears("dinsdag kan ik niet", asked="when") == heard(answer=Answer("when", "wish", 9), told=NO_TUESDAY)
    assert ear.rasa.asked == []
    found = ear.hears("dinsdag kan ik niet want dan moet ik mijn huis uit", asked="when")
    assert found == heard(answer=Answer("when", "wish", 9), told=NO_TUESDAY, doubt=("eviction",))


@pytest.mark.parametrize("text", ["morgen wordt de stroom afgesloten", "ik kan niet betalen", "dinsdag komt hij weer"])
def test_what_names_a_time_or_a_denial_and_something_else_is_no_wish(ear: Ear, text: str) -> None:
    ear.rasa.gives = (Meaning("cut_off", 0.9),)
    assert ear.hears(text, asked="when") == heard(intents=("cut_off",))


@pytest.mark.parametrize(
    ("intent", "value"), [("change_appointment", "other_day"), ("deny", "unknown"), ("decline_help", "unknown")]
)
def test_other_words_for_another_day_or_none_are_heard_as_such(ear: Ear, intent: str, value: str) -> None:
    ear.rasa.gives = (Meaning(intent, 0.9),)
    assert ear.hears(LONG, asked="when") == heard(answer=Answer("when", value, 9))


def test_a_wish_typed_below_a_question_that_was_sent_on_its_own_begins_its_flow(ear: Ear) -> None:
    ear.rasa.gives = (Meaning("change_appointment", 0.9),)
    asked = Message("utter_ask_when", {"times_free": ["first"]}, opens="appointment_offered")
    incoming = Incoming(1, 1, kind=Kind.TEXT, text="nee liever niet op dinsdag", message_id=9)
    found = asyncio.run(ear.understanding.understand(incoming, Conversation(started=True), START, asked))
    assert found == heard(begins="appointment_offered", answer=Answer("when", "wish"), told=NO_TUESDAY)


# --- edited messages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message", "expected"),
    [
        ("van portaal", 3, {"answer": Answer("tenure", "portaal", 3), "corrects": True}),
        ("geen wijs uit te worden", 3, {"remark": "utter_edit_seen"}),
        ("0612345678", 4, {"answer": Answer("phone", "+31 6 12345678", 4), "corrects": True}),
        ("12", 4, {"remark": "utter_edit_seen"}),
        ("van portaal", 8, {"remark": "utter_edit_seen"}),
        ("van portaal", None, {"remark": "utter_edit_seen"}),
    ],
)
def test_an_edited_message_corrects_the_answer_it_held_or_is_only_seen(
    ear: Ear, text: str, message: int | None, expected: dict[str, Any]
) -> None:
    assert ear.hears(text, kind=Kind.EDITED, message_id=message, asked="can_pay") == heard(**expected)
    assert ear.rasa.asked == []
