"""How people write when they are in danger, and what only looks like it."""

from __future__ import annotations

import pytest

from bot.understanding.safety import SafetyPhrases

FEWEST = 25

ACT = {
    "gas_smell": [
        "ik ruik gas",
        "help ik ruik heel erg gas in de keuken!!",
        "Het stinkt hier naar gas, wat moet ik doen?",
        "er is een GASLEK",
        "gaslugt in de gang",
        "I smell gas",
        "evde gaz kokusu var",
        "w kuchni czuć gaz",
        "في ريحة غاز بالمطبخ",
        "gasrekening is hoog maar nu ruik ik gas, ik ruik gas",
    ],
    "carbon_monoxide": [
        "de koolmonoxidemelder gaat af",
        "mijn CO-melder piept steeds",
        "we hebben allemaal hoofdpijn sinds de kachel aan is",
        "heb de bbq binnen gezet, zo koud",
        "duizelig van de geiser",
        "the CO alarm is going off",
        "karbonmonoksit",
    ],
    "suicide": [
        "ik wil dood",
        "ik wil niet meer leven",
        "denk aan zelfmoord",
        "ik maak er een eind aan",
        "wou dat ik dood was",
        "i don't want to live",
        "ölmek istiyorum",
        "chcę umrzeć",
        "بدي موت",
    ],
    "violence": [
        "mijn man slaat mij",
        "hij heeft me geslagen en de kinderen ook",
        "hij staat voor de deur met een mes",
        "word geslagen thuis",
        "man slaan ik bang",
        "he hits me",
        "beni dövüyor",
        "mąż bije mnie",
        "زوجي يضربني",
    ],
    "fire": [
        "brand in de keuken",
        "het huis staat in brand",
        "huis vol rook",
        "vlam in de pan help",
        "rookmelder gaat af en het stinkt",
        "my kitchen is on fire",
        "yangın var",
        "حريق",
    ],
}
ASK = {
    "gas_smell": ["het ruikt naar rotte eieren", "de gasmelder", "geen gaslucht meer"],
    "carbon_monoxide": ["ik zet de oven aan voor de warmte", "oranje vlam in de geiser", "hoofdpijn en misselijk"],
    "suicide": ["ik zie het niet meer zitten", "niemand zou me missen"],
    "violence": ["ik ben bang voor mijn man", "thuis is niet veilig"],
    "fire": ["ik ruik brandlucht", "er komen vonken uit het stopcontact"],
}
NO_DANGER = [
    "mijn gasrekening is veel te hoog",
    "gas is zo duur geworden",
    "ik ruik geen gas",
    "we hebben geen wifi en geen gas",
    "vermoord me maar met die prijzen",
    "ik ga dood van de kou haha",
    "het tocht bij mijn balkondeur",
    "de verwarming slaat steeds af",
    "dat slaat nergens op",
    "ze bedreigen me met een deurwaarder",
    "ik wil een koolmonoxidemelder kopen",
    "de ketel brandt niet",
    "ik kan niet meer betalen",
    "laat me met rust",
    "mijn zoon slaapt slecht van de kou",
    "geen brood in huis",
    "ik werk me dood en het is nog te weinig",
    "",
]


def _cases(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(intent, text) for intent, texts in table.items() for text in texts]


@pytest.mark.parametrize(("intent", "text"), _cases(ACT))
def test_a_danger_that_is_named_shows_the_numbers_at_once(phrases: SafetyPhrases, intent: str, text: str) -> None:
    danger = phrases.find(text)
    assert danger is not None
    assert (danger.intent, danger.certain) == (intent, True)


@pytest.mark.parametrize(("intent", "text"), _cases(ASK))
def test_what_may_be_a_danger_gets_one_question(phrases: SafetyPhrases, intent: str, text: str) -> None:
    danger = phrases.find(text)
    assert danger is not None
    assert (danger.intent, danger.certain) == (intent, False)


@pytest.mark.parametrize("text", NO_DANGER)
def test_what_only_looks_like_danger_is_left_alone(phrases: SafetyPhrases, text: str) -> None:
    assert phrases.find(text) is None


@pytest.mark.parametrize("intent", list(ACT))
def test_every_danger_has_phrases_enough(phrases: SafetyPhrases, intent: str) -> None:
    assert len(phrases.phrases[intent].act) >= FEWEST


def test_no_phrase_stands_under_two_dangers(phrases: SafetyPhrases) -> None:
    stands = [phrase for found in phrases.phrases.values() for phrase in set(found.act)]
    assert len(stands) == len(set(stands))
