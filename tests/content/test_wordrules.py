"""Each rule for words with texts that break it, and texts that just do not."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import everyday
from bot.content.everyday import NOT_CHECKED, Everyday, load_everyday, not_checked
from bot.content.phrases import found_in
from bot.content.rules import Breach, read_rules
from bot.content.shape import acts
from bot.content.source import Said, read_source
from bot.content.wording import check_wordings
from bot.content.wordrules import check, check_label, check_labels, check_response
from store.yaml_lines import ContentError

FLOWS = Path(__file__).parents[2] / "flows"
FILE = FLOWS / "texts" / "nl" / "wordrules.yml"
RULES = read_rules(FILE)

BROKEN = [
    ("sentence length", "Wilt u dan zo goed zijn om mij even te vertellen hoe koud het is?", "at most 12"),
    ("sentence length", "Pak een pen en kijk of u die pen in de kier bij uw raam krijgt.", "two sentences"),
    ("sentence on its own line", "Bel uw verhuurder. Zeg dat het tocht.", "a line of its own"),
    ("sentence on its own line", "Het tocht bij\nhet raam.", "one line"),
    ("sentences in a bubble", "Een.\nNog een.\nEn nog een.\nTe veel.", "at most 3"),
    ("length of a bubble", "Dit is een heel lange zin zonder einde, " * 8, "at most 300"),
    ("first line", "Sorry, dat begrijp ik niet.", "what to do"),
    ("first line", "Helaas weet ik dat niet.\nTyp: mens", "what to do"),
    ("first line", "In dit gesprek kijken we naar de kou.", "the answer"),
    ("one act a message", "Leg uw rekening erbij.\nKijk of de prijs hoger is.", "next message"),
    ("one act a message", "Bewaar de brief, en kijk naar de datum.", "next message"),
    ("one act a message", "Bel het bedrijf.\nDaarna is er tijd.\nSchrijf daarna een brief.", "keep the first"),
    ("word to avoid", "Heeft u schulden?", "geldzorgen"),
    ("word to avoid", "Schulden komen vaak voor.", "geldzorgen"),
    ("word to avoid", "Uw hulptrajecten beginnen nu.", "hulp"),
    ("word to avoid", "U kunt hulp aanvragen.", "vragen"),
    ("word to avoid", "Vraag de toeslag aan.", "vraag"),
    ("word to avoid", "Dien de brief in.", "stuur"),
    ("word to avoid", "U dient te wachten.", "u moet"),
    ("word to avoid", "U moet beter luchten.", "verhuurder"),
    ("word to avoid", "U heeft niet gereageerd.", "Ik ben er nog"),
    ("word to avoid", "Dat is geen geldig antwoord.", "Kies een knop"),
    ("word to avoid", "Wil je een mens?", "u"),
    ("word to avoid", "Een betalingsregeling kan helpen.", "in stukjes"),
    ("word to avoid", "U heeft recht op geld.", "misschien"),
    ("word to avoid", "Derhalve is het koud.", "daarom"),
    ("word to avoid", "Is dit uw doelgroep?", "mensen"),
    ("word to avoid", "Doe een quickscan.", "vragen"),
    ("word to avoid", "Het kost circa 5 euro.", "ongeveer"),
    ("word to avoid", "Trek tijdig aan de bel.", "hulp"),
    ("numbers in figures", "Wacht zes weken.", "6"),
    ("numbers in figures", "Twee mensen lezen mee.", "2"),
    ("numbers in figures", "Het is dertig graden.", "30"),
    ("numbers in figures", "Dat scheelt 10 procent.", "1 van de 10"),
    ("whole numbers", "Het scheelt 1,5 graad.", "round"),
    ("whole numbers", "Dat kost 12.50 euro.", "round"),
    ("no percentages", "Dat scheelt 10%.", "1 van de 10"),
    ("no percentages", "Dat scheelt 10 % op de rekening.", "1 van de 10"),
    ("no abbreviations", "Bel i.v.m. de kou.", "omdat"),
    ("no abbreviations", "Vraag het t.a.v. uw huis.", "voor"),
    ("no abbreviations", "Plak iets, bijv. strips.", "bijvoorbeeld"),
    ("no abbreviations", "Dat kan evt. later.", "misschien"),
    ("no abbreviations", "Het duurt max. 6 weken.", "hoogstens"),
    ("no abbreviations", "Het kost 5 euro p/m.", "per maand"),
    ("no abbreviations", "De kier is 5 mm.", "millimeter"),
    ("no abbreviations", "Dat is t.e.a.b. goed.", "in full"),
    ("no abbreviations", "Bel meneer B. van Dam.", "in full"),
    ("no abbreviations", "Kijk 2x per dag.", "2 keer"),
    ("no abbreviations", "Vraag het de WMO.", "capitals"),
    ("words for signs", "Dat kost € 5.", "euro"),
    ("words for signs", "Het is 16° in huis.", "graden"),
    ("words for signs", "Gas & licht.", "en"),
    ("words for signs", "Is hij/zij ziek?", "of"),
    ("words for signs", "Het is koud; bel mij.", "punt"),
    ("no double negation", "U hoeft niet te komen zonder brief.", "what is so"),
    ("no double negation", "Er is nooit niemand.", "what is so"),
    ("no double negation", "Het is niet onmogelijk.", "what is so"),
    ("no passive", "Uw vraag wordt snel behandeld.", "who does it"),
    ("no passive", "De brieven worden samen geopend.", "who does it"),
    ("no passive", "Deze link is al gebruikt.", "who does it"),
    ("no passive", "Uw vraag is vandaag doorgestuurd.", "who does it"),
    ("no shouting", "Bel nu!", "full stop"),
    ("no shouting", "Doe dat NIET.", "niet"),
    ("no shouting", "Dat is GEVAARLIJK.", "gevaarlijk"),
    ("no pictures for words", "Goed zo \U0001f44d", "in words"),
    ("no meaning by colour", "Druk op de groene knop.", "what stands on it"),
]

FINE = [
    "Bel uw verhuurder.\nZeg dat het tocht.",
    "Nu in gevaar? Bel 112.",
    "Typ hier geen BSN of banknummer.",
    "Het wordt koud.",
    "U wordt weer gezond.",
    "Uw geld wordt minder.",
    "Dat duurt 6 weken.",
    "{name} pakt uw vraag op.",
    "Bel 0800-8115, dat is gratis.",
    "Wie achter loopt, is niet de enige.",
    "Ik vraag het aan iemand anders.",
    "Dat is niet nodig.\nEr is geen haast.",
    "Iemand heeft deze link al gebruikt.",
    "De bewoner is gekomen.",
    "Dit is een bericht.",
    "Kou is slecht voor uw gezondheid.",
    "Is er nog iets? Typ het hier gerust.",
    "Het is 9.30 uur.",
    "De huur is 1.000 euro.",
    "Wilt u alles wissen? Typ dan: /vergeet",
    "Kijk op geldfit.nl, dat is gratis.",
    "Ik help u.\nDat lag aan mij, sorry.",
    "Bel het jeugdhuis.",
    "Dat help ik u.",
]

ONE_ACT = [
    "Bel uw verhuurder.\nZeg dat de verwarming stuk is.",
    "Ga naar de rechter.\nNeem alle papieren mee.",
    "Typ uw antwoord, of kies een knop.",
    "Typ wat u ziet.\nLiever praten? Bel ons.",
    "Plak strips langs het raam.\nPlak ze ook langs de deur.",
    "Voel waar de tocht zit.\nGebruik nooit een kaars.",
    "Kies een knop.\nGevaar? Bel 112.",
    "Ga dan naar buiten en bel 112.",
    "Verandert dat, bel dan uw verhuurder.",
    "Iemand kan met u meekijken en vraagt u iets.",
]


@pytest.fixture(scope="module")
def weighed() -> Everyday:
    found = load_everyday(RULES)
    assert found
    return found


@pytest.mark.parametrize(("rule", "text", "remedy"), BROKEN)
def test_a_text_that_breaks_a_rule_is_told_which_and_what_to_write(rule: str, text: str, remedy: str) -> None:
    breaches = [breach for breach in check(text, RULES) if breach.rule == rule]
    assert breaches
    assert any(remedy in breach.remedy for breach in breaches), breaches
    assert all(breach.excerpt for breach in breaches)


@pytest.mark.parametrize("text", FINE)
def test_plain_dutch_passes(text: str) -> None:
    assert check(text, RULES) == []


@pytest.mark.parametrize("text", ONE_ACT)
def test_what_belongs_to_one_act_passes(text: str) -> None:
    assert len(acts(text, RULES)) <= 1


def test_a_way_out_is_only_that_on_the_last_line() -> None:
    assert acts("Zet het raam open.\nGeldzorgen? Bel Geldfit.", RULES) == ["zet"]
    assert acts("Geldzorgen? Bel Geldfit.\nZet het raam open.", RULES) == ["bel", "zet"]


def test_every_rule_has_an_example_that_breaks_it() -> None:
    told = {breach.rule for _, text, _ in BROKEN for breach in check(text, RULES)}
    assert told == {rule for rule, _, _ in BROKEN}


def test_a_list_of_tips_holds_three_lines_and_no_more() -> None:
    tips = "Plak strips.\nZet een borstel neer.\nDoe de gordijnen dicht."
    assert check(tips, RULES, listed=True) == []
    assert [breach.rule for breach in check(tips, RULES)] == ["one act a message"]
    more = check(f"{tips}\nSluit de deur.", RULES, listed=True)
    assert [breach.rule for breach in more] == ["sentences in a bubble"]


def test_steps_that_save_a_life_stay_together_in_one_bubble() -> None:
    steps = "\n".join(["Ga naar buiten.", "Sluit de deur."] * 3)
    assert check(steps, RULES, whole=True) == []
    assert check(steps, RULES) != []


@pytest.mark.parametrize(
    ("rule", "title", "remedy"),
    [
        ("button length", "Ik wil graag een afspraak maken", "at most 26"),
        ("button says what it does", "Optie 1", "stands alone"),
        ("button says what it does", "B", "stands alone"),
        ("button says what it does", "3", "stands alone"),
        ("button says what it does", "Klik hier", "stands alone"),
        ("button says what it does", "\U0001f44d", "stands alone"),
        ("no pictures for words", "Ja \U0001f44d", "in words"),
        ("no shouting", "Bel mij!", "full stop"),
        ("word to avoid", "Ik heb schulden", "geldzorgen"),
    ],
)
def test_a_button_that_is_hard_to_understand_is_refused(rule: str, title: str, remedy: str) -> None:
    assert any(breach.rule == rule and remedy in breach.remedy for breach in check_label(title, RULES))


@pytest.mark.parametrize("title", ["Ja", "Bij 1", "Meer dan 5 weken", "Vraag {number}, {wijk_name}", "Weet ik niet"])
def test_a_button_that_stands_alone_passes(title: str) -> None:
    assert check_label(title, RULES) == []


def test_two_buttons_of_a_question_differ_in_words() -> None:
    assert check_labels(["Bij het raam", "Bij de deur"], RULES) == []
    told = check_labels(["Bij het raam", "bij  het raam"], RULES)
    assert [(breach.rule, breach.excerpt) for breach in told] == [("buttons differ", "bij  het raam")]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("utter_line_draught", "Het tocht bij het raam. De kier is smal. Er is schimmel. Het is koud."),
        ("utter_say_reach", "samen wandelen"),
        ("button_back", "Terug"),
        ("poster_small", "Bel ons. Kijk op de site. Kom langs."),
    ],
)
def test_pieces_are_checked_as_what_they_are(key: str, text: str) -> None:
    assert check_response(key, text, RULES) == []


@pytest.mark.parametrize(
    ("key", "text", "rule"),
    [
        ("utter_line_draught", "Het raam is al gemaakt. Meer is er niet.", "no passive"),
        ("button_back", "Hier", "button says what it does"),
        ("utter_say_reach", "via een traject", "word to avoid"),
        ("utter_welcome", "Hallo, ik ben Wijkwijzer.", "words that must be there"),
    ],
)
def test_pieces_that_break_a_rule_are_told(key: str, text: str, rule: str) -> None:
    assert [breach.rule for breach in check_response(key, text, RULES)] == [rule]


def test_the_first_message_says_that_it_is_a_computer() -> None:
    assert check_response("utter_welcome", "Hallo, ik ben een computer.", RULES) == []
    assert set(RULES.must_say) <= read_source(FLOWS).keys


def test_the_team_may_read_longer_sentences_and_more_acts() -> None:
    sentence = "De bewoner wil graag dat u morgen belt over de kou in het huis."
    for text in (sentence, "Kies een kaart.\nTyp daarna hier.\nSluit de kaart."):
        assert check(text, RULES) != []
        assert check(text, RULES.for_team()) == []


# --- everyday words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word", ["casus", "laagdrempelig", "onverwijld", "crediteur", "discrepantie", "kwijtschelding"]
)
def test_a_rarer_word_is_asked_about(weighed: Everyday, word: str) -> None:
    told = list(weighed.breaches(f"Dit is {word}."))
    assert [(breach.rule, breach.excerpt) for breach in told] == [("everyday word", word)]
    assert "is there an everyday one?" in told[0].remedy and "'known'" in told[0].remedy


def test_a_long_word_is_asked_about(weighed: Everyday) -> None:
    told = list(weighed.breaches("Dat is uw verantwoordelijkheid."))
    assert [breach.rule for breach in told] == ["long word"]
    assert "shorter" in told[0].remedy


@pytest.mark.parametrize(
    "words",
    [
        "huis raam kou",  # used every day
        "kieren roosters kozijnen Geldfit tochtstrips",  # known, in any form
        "lichtknop meebellen energierekening doorgestuurd energie-coach",  # common parts
        "radiatorfolie gasgeiser",  # known parts
        "oppakt bewaart",  # forms of common words
        "BSN {wijk_name} /vergeet geldfit.nl 0800-8115 `triage`",  # not words to weigh
    ],
)
def test_everyday_words_pass(weighed: Everyday, words: str) -> None:
    assert list(weighed.breaches(words)) == []


def test_a_word_is_told_once(weighed: Everyday) -> None:
    assert len(list(weighed.breaches("casus, casus en nog een casus"))) == 1


def test_a_word_that_is_known_passes_only_while_it_stands_in_the_list() -> None:
    bare = load_everyday(replace(RULES, known={}))
    assert bare
    assert [breach.excerpt for breach in bare.breaches("Uw geiser is uit.")] == ["geiser"]


@pytest.fixture
def without_wordfreq(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    everyday._frequencies.cache_clear()
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    yield
    everyday._frequencies.cache_clear()


@pytest.mark.usefixtures("without_wordfreq")
def test_without_the_library_the_check_says_so_and_goes_on() -> None:
    assert load_everyday(RULES) is None
    assert not_checked() == (NOT_CHECKED,)
    assert "word to avoid" in "".join(check_wordings([_said("utter_x", "U heeft een casus en schulden.")], RULES))


def test_the_running_bot_does_not_load_the_library() -> None:
    loads = "import sys, bot.cli, bot.service; sys.exit('wordfreq' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loads], cwd=FLOWS.parent, check=False).returncode == 0


def test_with_the_library_nothing_is_left_unchecked() -> None:
    assert not_checked() == ()


# --- all texts ------------------------------------------------------------------------------------------------


def _said(key: str, text: str, **more: object) -> Said:
    return Said(key, text, FILE, 1, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (_said("utter_x", "Dat is een traject."), ["utter_x: word to avoid"]),
        (_said("utter_x", "Goed.", buttons=(("Ja", "a"), ("Ja", "b"))), ["utter_x: buttons differ"]),
        (_said("utter_x", "Goed.", buttons=(("Dit is een casus", "a"),)), ["utter_x: everyday word"]),
        (_said("utter_x", "Wis het.\nBel mij.", danger=True), []),
        (_said("utter_x", "Wis het.\nBel mij.", listed=True), []),
        (_said("utter_x", "Wis het.\nBel mij.", letter=True), []),
        (_said("utter_x", "Wis het.\nBel mij."), ["utter_x: one act"]),
        (_said("words_for_answers", "Een traject!"), []),
    ],
)
def test_texts_buttons_and_marks_are_looked_at(said: Said, told: list[str]) -> None:
    found = list(check_wordings([said], RULES))
    assert len(found) == len(told)
    assert all(part in line and line.startswith(f"{FILE}:") for part, line in zip(told, found, strict=True))


def test_words_for_a_value_count_in_the_sentence_that_they_fill() -> None:
    place = _said("utter_say_place", "Het tocht bij de vloer of de {say_wall}")
    wall = _said("utter_say_wall", "muur van het huis")
    text = _said("utter_x", "{say_place}, en er past een pen in de kier.")
    [told] = check_wordings([place, wall, text], RULES)
    assert "sentence length" in told and "muur van het huis, en er past" in told
    assert list(check_wordings([place, wall, _said("utter_x", "{say_place}.")], RULES)) == []


def test_the_rules_run_over_all_texts_in_little_time() -> None:
    said = read_source(FLOWS).said
    load_everyday(RULES)
    begun = time.process_time()
    list(check_wordings(said, RULES))
    assert time.process_time() - begun < 2


@given(st.text())
def test_no_text_crashes_the_check(text: str) -> None:
    said = _said("utter_x", text, buttons=((text, "a"), (text, "b")))
    for key in ("utter_x", "utter_line_x", "utter_say_x", "button_x"):
        for one in (said, replace(said, key=key, listed=True)):
            assert all(isinstance(line, str) for line in check_wordings([one], RULES))


@given(
    st.lists(st.sampled_from(["Bel", "u", "{say_x}", "geen", "?", ".", "!", "en", "\n", "is", "gebruikt", "/", "€"]))
)
def test_no_mix_of_words_and_signs_crashes_the_check(parts: list[str]) -> None:
    for breach in check(" ".join(parts), RULES):
        assert isinstance(breach, Breach) and breach.remedy


# --- the file with the rules ----------------------------------------------------------------------------------


def test_no_remedy_uses_a_word_that_is_banned() -> None:
    for listed in (RULES.never, RULES.numerals, RULES.short, RULES.signs):
        for avoided, remedy in listed.items():
            assert list(found_in(remedy, RULES.never)) == [], avoided


def test_each_known_word_is_rare_and_has_its_reason() -> None:
    bare = load_everyday(replace(RULES, known={}))
    assert bare
    for word, reason in RULES.known.items():
        assert len(reason.split()) > 2
        assert list(bare.breaches(word)), f"'{word}' is an everyday word; take it out of 'known'"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("rules:", "rule:", ":1: write the rules under 'rules:'"),
        ("  acts: 1 ", "  deeds: 1 ", "'deeds' is no rule"),
        ("  acts: 1 ", "  # acts: 1 ", "'acts:' is missing"),
        ("sentence_words: 12", "sentence_words: twelve", "'sentence_words:' must be a number"),
        ("capitals: [BSN]", "capitals: BSN", "'capitals:' must be a list"),
        ("capitals: [BSN]", "capitals: [1]", "'capitals:' must be a list"),
        ("    acts: 3", "    never: 3", "'team:' holds numbers for sentence_words"),
        ("utter_welcome: computer", "utter_welcome:", "'utter_welcome' in 'must_say:' needs words on both sides"),
        ("it is a name: [", 'it is a name: ["", ', "needs words on both sides"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    source = FILE.read_text(encoding="utf-8")
    assert old in source
    copy = tmp_path / "wordrules.yml"
    copy.write_text(source.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        read_rules(copy)
    assert told in str(refused.value) and str(refused.value).startswith(f"{copy}:")


def test_a_list_of_words_to_avoid_must_hold_lines(tmp_path: Path) -> None:
    (tmp_path / "wordrules_own.yml").write_text("never: [traject]\n", encoding="utf-8")
    (tmp_path / "wordrules.yml").write_text(FILE.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ContentError, match="must be lines of the form"):
        read_rules(tmp_path / "wordrules.yml")
