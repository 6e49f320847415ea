"""The phrases of the house: misspelt, denied, laughed about, in other languages, and how often for nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.understanding.safety import SafetyPhrases
from store.yaml_lines import read_yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "flows" / "texts").glob("*/safety_phrases.yml"))
LISTS = {"act", "ask", "not"}
CERTAIN_FOR_NOTHING = 1 / 500
ASKED_FOR_NOTHING = 1 / 50
# Usually 0.3 ms; a search phrase by phrase takes 5 ms and more. Room for a machine that is slowed down.
MEAN_SECONDS = 0.003
MISSPELT = [
    ("gas_smell", True, "ruik gaaaas in de gang"),
    ("gas_smell", True, "gas lucht bij het fornuis"),
    ("gas_smell", True, "gaslugt!!"),
    ("gas_smell", True, "ik ruk gas in de keuke"),
    ("gas_smell", False, "ruk gas"),
    ("gas_smell", False, "er hangt een gaslcht"),
    ("gas_smell", False, "ikruikgas"),
    ("carbon_monoxide", True, "koolmonoxyde melder gaat af"),
    ("carbon_monoxide", True, "de co melder piept al een uur"),
    ("carbon_monoxide", True, "c.o. melder gaat af"),
    ("carbon_monoxide", False, "koolmonoxidmelder"),
    ("suicide", True, "ik heb zelfmoordgedachten"),
    ("suicide", True, "ik wl nie meer leven"),
    ("suicide", True, "mezelf iets aan doen"),
    ("suicide", False, "zellufmoord"),
    ("suicide", False, "ikwildood"),
    ("violence", True, "hij slaad mij"),
    ("violence", True, "mn man heb me geslage"),
    ("violence", False, "ik wordt mishandelld"),
    ("violence", False, "hijslaatme"),
    ("fire", True, "help brant in de keuken"),
    ("fire", False, "er is een keukenbrandje"),
]
OTHERWISE_PUT = [
    ("gas_smell", True, "ik ruik nog steeds een beetje gas"),
    ("gas_smell", True, "ruik je dat gas ook"),
    ("gas_smell", True, "het riekt hier naar gas"),
    ("violence", True, "hij heeft mij gisteren geslagen"),
    ("violence", True, "mijn man heeft me weer eens in elkaar geslagen"),
    ("violence", True, "hij zegt dat hij me gaat vermoorden"),
    ("violence", True, "weet niet wat ik moet doen mijn man slaat me"),
    ("violence", True, "mijn vent slaagt mij"),
    ("suicide", True, "ik wil dood gaan"),
    ("gas_smell", False, "de pit bleef openstaan zonder vlam"),
    ("fire", True, "de lift staat vol rook"),
    ("suicide", True, "ik maak er vanavond een eind aan"),
    ("fire", True, "bro mn osso staat in de fik"),
    ("gas_smell", True, "kan niet slapen, ik ruik gas"),
    ("gas_smell", True, "ik ruik gas niet normaal"),
]
DENIED = [
    "ik ruik geen gas",
    "nee ik ruik gelukkig geen gas",
    "ik ruik niks van gas",
    "ik weet niet of ik gas ruik",
    "geen gaslucht meer",
    "er is geen brand",
    "nee er is nergens brand",
    "de co melder gaat niet af",
    "ik wil niet dood",
    "ik zeg niet dat ik dood wil",
    "ik denk niet aan zelfmoord",
    "hij slaat me niet",
    "hij heeft me nooit geslagen",
    "mijn man slaat me echt niet hoor",
    "evde gaz kokusu yok",
    "gaz kokusu almıyorum",
    "ölmek istemiyorum",
    "kocam beni dövmüyor",
    "nie czuję gazu",
    "mąż mnie nie bije",
    "nie ma pożaru",
    "لا يوجد تسرب غاز",
    "ما في ريحة غاز",
    "زوجي لا يضربني",
    "makanshemch lgaz",
    "he doesn't hit me",
    "no gas smell here",
    "ich rieche kein Gas",
    "я не хочу померти",
]
NO_QUESTION = [
    "ik ga dood van de kou haha",
    "ik ga dood haha",
    "vermoord me maar met die prijzen",
    "die prijzen vermoorden me",
    "gas is zo duur",
    "mijn gas rekening is belachelijk",
    "gasrekening",
    "het stinkt en gas is duur",
    "ik schaam me dood",
    "mijn mond staat in brand van de sambal",
    "dat slaat nergens op",
    "de ketel slaat niet aan",
    "hij slaat de deur dicht",
    "de rekening slaat me tegen",
    "hij dreigt met afsluiting",
    "ik krijg hoofdpijn van al die rekeningen",
    "lampje in de keuken brandt",
    "waar koop ik een co melder",
    "sta overal rood",
    "alles is verkocht",
    "tweede aanmaning",
    "zijn jullie overgeslagen",
    "mijn plant is dood",
    "ben geslaagd",
    "bu gaz faturası beni öldürecek",
    "rachunek za gaz",
    "فاتورة الغاز غالية",
    "my gas bill is huge",
    "the bills are killing me",
]
LAUGHED = ["ik ruik gas haha", "mijn man slaat me 😂", "ik wil dood lol"]
LANGUAGES = [
    ("gas_smell", "Gaz kokusu var"),
    ("gas_smell", "MUTFAKTA GAZ KOKUYOR"),
    ("carbon_monoxide", "sobadan zehirlendik"),
    ("suicide", "Ölmek istiyorum"),
    ("suicide", "intihar etmeyi düşünüyorum"),
    ("violence", "kocam beni dövüyor"),
    ("fire", "YANGIN ÇIKTI"),
    ("gas_smell", "رائحة الغاز في المطبخ"),
    ("gas_smell", "في ريحه غاز قوية"),
    ("suicide", "أُريدُ أنْ أموت"),
    ("suicide", "بدي اموت"),
    ("violence", "جوزي بيضربني"),
    ("fire", "حريق في البيت"),
    ("gas_smell", "kanshem lgaz f dar"),
    ("suicide", "bghit nmout"),
    ("violence", "rajli kaydrebni"),
    ("gas_smell", "czuc gaz w kuchni"),
    ("carbon_monoxide", "czujnik czadu piszczy"),
    ("suicide", "nie chcę już żyć"),
    ("violence", "mąż mnie bije"),
    ("fire", "pali się w kuchni"),
    ("gas_smell", "there is a strong gas smell"),
    ("suicide", "I don't want to live anymore"),
    ("violence", "my husband hits me"),
    ("fire", "my kitchen is on fire"),
    ("gas_smell", "пахне газом"),
    ("suicide", "я не хочу жити"),
    ("fire", "ገዛና ይነድድ"),
    ("gas_smell", "ich rieche Gas"),
    ("violence", "mein Mann schlägt mich"),
    ("gas_smell", "ça sent le gaz"),
    ("violence", "mon mari me frappe"),
    ("gas_smell", "huele a gas"),
    ("violence", "mi marido me pega"),
]


@pytest.mark.parametrize(("intent", "certain", "text"), MISSPELT + OTHERWISE_PUT)
def test_a_danger_is_found_however_it_is_written(phrases: SafetyPhrases, intent: str, certain: bool, text: str) -> None:
    danger = phrases.find(text)
    assert danger is not None
    assert (danger.intent, danger.certain) == (intent, certain)


@pytest.mark.parametrize("text", DENIED)
def test_what_is_denied_is_never_certain(phrases: SafetyPhrases, text: str) -> None:
    danger = phrases.find(text)
    assert danger is None or not danger.certain


@pytest.mark.parametrize("text", NO_QUESTION)
def test_a_joke_or_a_bill_is_not_even_asked_about(phrases: SafetyPhrases, text: str) -> None:
    assert phrases.find(text) is None


@pytest.mark.parametrize("text", LAUGHED)
def test_a_danger_with_a_laugh_is_asked_about(phrases: SafetyPhrases, text: str) -> None:
    danger = phrases.find(text)
    assert danger is not None
    assert not danger.certain


@pytest.mark.parametrize(("intent", "text"), LANGUAGES)
def test_a_danger_is_certain_in_another_language(phrases: SafetyPhrases, intent: str, text: str) -> None:
    danger = phrases.find(text)
    assert danger is not None
    assert (danger.intent, danger.certain) == (intent, True)


def test_what_stands_beside_a_look_alike_still_counts(phrases: SafetyPhrases) -> None:
    for text in ["hij slaat me door het huis", "hij trapt me in mijn buik", "he beats me", "mijn huis staat vol gas"]:
        danger = phrases.find(text)
        assert danger is not None and danger.certain, text


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_each_language_says_whether_a_native_speaker_has_checked_it(file: Path) -> None:
    source = read_yaml(file)
    assert source["checked_by_native_speaker"] in (True, False)
    assert all(set(lists) <= LISTS for lists in source["phrases"].values())


def test_no_phrase_holds_a_word_that_is_passed_over(phrases: SafetyPhrases) -> None:
    small = {word for file in FILES for word in read_yaml(file).get("small_words", ())}
    for found in phrases.phrases.values():
        held = [phrase for phrase in (*found.act, *found.ask, *found.but_not) if small & set(phrase.split())]
        assert held == []


def test_other_sentences_hardly_ever_set_off_an_alarm(phrases: SafetyPhrases) -> None:
    others = [text for intent, text in _training_sentences() if intent not in phrases.phrases]
    dangers = [(phrases.find(text), text) for text in others]
    certain = [text for danger, text in dangers if danger and danger.certain]
    asked = [text for danger, text in dangers if danger and not danger.certain]
    assert len(certain) <= CERTAIN_FOR_NOTHING * len(others), certain
    assert len(asked) <= ASKED_FOR_NOTHING * len(others), asked


def test_the_time_for_a_message_does_not_grow_with_the_phrases(phrases: SafetyPhrases) -> None:
    texts = [text for _, text in _training_sentences()][::20]
    began = time.process_time()
    for text in texts:
        phrases.find(text)
    assert (time.process_time() - began) / len(texts) < MEAN_SECONDS


def test_a_very_long_word_costs_no_time_either(phrases: SafetyPhrases) -> None:
    began = time.process_time()
    phrases.find("gaslucht" * 500)
    phrases.find("ruik gas " * 450)
    assert time.process_time() - began < 4


def _training_sentences() -> Iterator[tuple[str, str]]:
    for file in sorted((ROOT / "nlu" / "data").glob("*.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            for line in entry.get("examples", "").splitlines():
                yield entry.get("intent", ""), line.removeprefix("- ").strip()
