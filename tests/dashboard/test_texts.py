"""Teksten: finding a text, what is shown of it, what is refused, and the check while somebody types."""

from __future__ import annotations

import re
from html import unescape

import pytest
from telegram.constants import MessageLimit

from actions.directory import load_directory
from actions.service_reader import Everything
from actions.text_changes import Wording, Written
from bot.changed_texts import places
from bot.content.rules import Rules
from bot.text_check import LONGEST_TEXT
from dashboard.pages import texts as page
from dashboard.phone import EXAMPLES, Examples
from dashboard.texts import Now, Text, typed
from store.dashboard_tables import TextChange
from store.database import Database
from store.settings import ROOT
from tests.dashboard.conftest import NOW, House, house_of
from tests.dashboard.text_desk import (
    CARD,
    ENGLISH,
    ORGANISATION,
    PLACE,
    SCRIPT,
    TEXTS,
    THANKS,
    address,
    alert,
    desk,
    rows,
    with_texts,
)
from tests.store.shared import empty


@pytest.fixture
def house(shared_sqlite: Database) -> House:
    """On one database: nothing here depends on which."""
    empty(shared_sqlite)
    return with_texts(house_of(shared_sqlite))


# --- finding -------------------------------------------------------------------------------------------------

FOUND = {
    "a word of a text": ("?zoek=Graag+gedaan", THANKS, True),
    "words in another order": ("?zoek=gedaan+GRAAG", THANKS, True),
    "a word of a button": ("?zoek=brievenbus+groep&soort=alle", PLACE, False),
    "a word on a button": ("?zoek=In+het+hele+huis", PLACE, True),
    "a key": ("?zoek=utter_ask_draught_place", PLACE, True),
    "a topic": ("?groep=draught", PLACE, True),
    "another topic": ("?groep=mould", PLACE, False),
    "a language": ("?taal=en", ENGLISH, True),
    "another language": ("?taal=en&zoek=gedaan", THANKS, False),
    "only changed": ("?soort=veranderd", THANKS, False),
    "a script": ("?zoek=" + SCRIPT.replace("&", "%26").replace("'", "%27"), THANKS, False),
}


@pytest.mark.parametrize(("query", "wording", "there"), FOUND.values(), ids=FOUND)
async def test_texts_are_found(house: House, query: str, wording: Wording, there: bool) -> None:
    answer = await (await house.signed_in()).opens(f"/teksten{query}")
    assert (f'href="{address(wording)}"' in answer.text) == there
    assert answer.status_code == 200 and "<script" not in answer.text


async def test_TEXTS_are_there_page_after_page_and_each_once(house: House) -> None:
    browser, seen, number = await house.signed_in(), list[str](), 1
    while True:
        shown = (await browser.opens(f"/teksten?bladzijde={number}&groep=system")).text
        seen += re.findall(r'<a href="(/teksten/[^"]+)"', shown)
        if 'rel="next"' not in shown:
            break
        number += 1
    wanted = [one.address for one in TEXTS.book().texts.values() if one.group == "system"]
    assert seen == wanted and number > 1
    assert "Er zijn geen teksten die hierbij passen." in (await browser.opens("/teksten?bladzijde=99999")).text


WRONG_QUERIES = {
    "?groep=onbekend": "Dat onderwerp ken ik niet. Kies er een uit de lijst.",
    "?taal=xx": "Die taal ken ik niet. Kies er een uit de lijst.",
    "?soort=geheim": "Dat kan ik niet zoeken. Kies uit de lijst.",
    "?bladzijde=min": "Die bladzijde is er niet. U ziet nu het begin.",
    "?bladzijde=0": "Die bladzijde is er niet. U ziet nu het begin.",
}


@pytest.mark.parametrize(("query", "told"), WRONG_QUERIES.items())
async def test_what_cannot_be_looked_for_is_told_and_the_words_stay(house: House, query: str, told: str) -> None:
    answer = await (await house.signed_in()).opens(f"/teksten{query}&zoek=graag")
    assert (answer.status_code, alert(answer)) == (422, told)
    assert 'value="graag"' in answer.text and 'class="texts"' in answer.text


def test_texts_that_the_bot_does_not_say_are_not_there() -> None:
    keys = {wording.key for wording in TEXTS.book().texts}
    assert not [key for key in keys if key.startswith(("drawing_", "words_for_", "poster_", "calendar_"))]
    assert {"utter_thank", "button_human", "card_request", "command_start"} <= keys


def test_every_text_fits_the_log_and_has_a_group_with_a_dutch_name(house: House) -> None:
    rules = house.site.templates.get_template("text_rules.html").module
    for one in TEXTS.book().texts.values():
        row = TextChange(version=10**9)
        assert len(page._about(one, row)) <= 80
        assert one.group in rules.GROUPS or one.group in house.site.topics, one.group  # type: ignore[attr-defined]


# --- looking at one ------------------------------------------------------------------------------------------


async def test_a_text_is_shown_with_its_buttons_its_use_and_a_phone(house: House) -> None:
    shown = (await desk(house, PLACE)).shown.text
    assert "Waar voelt u de tocht?" in shown and 'value="Bij het raam"' in shown
    assert '<span class="key">Bij het raam</span>' in shown
    assert "Als vraag in: Tocht" in shown and "Dit mag zo" in shown
    assert shown.count("<script") == 1 and '<script src="/static/live.js" defer></script>' in shown


async def test_a_condition_is_told_in_words_and_the_other_wordings_are_linked(house: House) -> None:
    wording = Wording("nl", "utter_say_gap", 1)
    shown = (await desk(house, wording)).shown.text
    assert "Past de pen in de kier? Nee, te smal" in shown
    assert f'href="{address(Wording("nl", "utter_say_gap", 4))}"' in shown
    assert f'href="{address(Wording("nl", "utter_line_draught", 0))}"' in shown, "where it is filled in"
    last = await (await house.signed_in()).opens(address(Wording("nl", "utter_say_gap", 4)))
    assert "Alleen als geen van de andere teksten hieronder past." in last.text


@pytest.mark.parametrize(
    "at", ["nl/utter_gone/0", "nl/utter_thank/9", "xx/utter_thank/0", "nl/drawing_yes/0", "nl/utter_thank/99999999999"]
)
async def test_a_text_that_is_not_there_is_told(house: House, at: str) -> None:
    answer = await (await house.signed_in()).opens(f"/teksten/{at}")
    assert answer.status_code == 404 and "Deze pagina is er niet" in answer.text


def test_every_text_of_ours_may_be_said_and_can_be_drawn() -> None:
    """Of each key one wording: the others hold the same places."""
    now = Now(TEXTS.book(), ())
    directory = load_directory(ROOT / "directory", "soest", Everything())
    for wording, one in now.texts.items():
        assert one.file == Written(one.said.text, tuple(title for title, _ in one.said.buttons))
        unknown = [name for name in places(one.file) if name not in EXAMPLES and not name.startswith("say_")]
        assert unknown in ([], ["services"]), wording
    for wording in (PLACE, THANKS, CARD, Wording("nl", "utter_line_draught", 0), Wording("nl", "button_human", 0)):
        phone = Examples(now, now.texts[wording], directory, ORGANISATION, NOW).phone(now.texts[wording].words)
        assert (phone.text or phone.rows) and "{" not in phone.text + str(phone.rows)


def test_services_are_those_of_the_directory() -> None:
    now = Now(TEXTS.book(), ())
    directory = load_directory(ROOT / "directory", "soest", Everything())
    one = next(text for text in now.texts.values() if text.variant.services)
    phone = Examples(now, one, directory, ORGANISATION, NOW).phone(one.words)
    named = [directory.service(key) for key in one.variant.services]
    assert any(service.name in phone.text for service in named)


# --- what is refused

REFUSED = {
    "a word that we do not use": (
        THANKS,
        {"tekst": "Dat is uw schuld."},
        ["Dit woord gebruiken we niet.", "geldzorgen"],
    ),
    "a rarer word": (THANKS, {"tekst": "Dat is een kwestieuze zaak."}, ["Kies een gewoner woord."]),
    "a long sentence": (THANKS, {"tekst": " ".join(["dag"] * 13) + "."}, ["Gebruik hoogstens 12 woorden."]),
    "a long sentence of the team": (CARD, {"tekst": " ".join(["dag"] * 16)}, ["Gebruik hoogstens 15 woorden."]),
    "words that make another text too long": (
        Wording("nl", "utter_say_draught_place", 0),
        {"tekst": "Het tocht " + "bij het raam en " * 3 + "bij de deur"},
        ["Deze woorden komen in een andere tekst."],
    ),
    "a button that is too long": (PLACE, {"knop_0": "Bij het raam of bij de deur of zo"}, ["hoogstens 26 letters"]),
    "two buttons alike": (PLACE, {"knop_0": "Bij de deur"}, ["2 knoppen hebben dezelfde woorden."]),
    "a button that means another": (PLACE, {"knop_0": "voordeur"}, ["Wie dit typt, bedoelt een ander antwoord."]),
    "no words": (THANKS, {"tekst": " \r\n\t "}, ["Schrijf een tekst. Er staan nu geen woorden."]),
    "a button without words": (PLACE, {"knop_0": "  "}, ["Schrijf iets op elke knop."]),
    "a place that nothing fills": (
        CARD,
        {"tekst": "Vraag {naam}"},
        ["Dit kan de bot hier niet invullen.", "{number}"],
    ),
    "a loose brace": (THANKS, {"tekst": "Graag { gedaan."}, ["Gebruik { en } alleen"]),
    "a place with more in it": (CARD, {"tekst": "Vraag {number:>9999999999}"}, ["Gebruik { en } alleen"]),
    "a number that is not certain": (THANKS, {"tekst": "Bel 0800-1234567."}, ["Dit nummer staat niet in de gids"]),
    "an emoji": (THANKS, {"tekst": "Graag gedaan 🎉."}, ["Zeg het met woorden, niet met een plaatje."]),
    "a script": (THANKS, {"tekst": SCRIPT}, ["Schrijf een woord in plaats van dit teken."]),
    "quotes": (PLACE, {"knop_0": "\" autofocus onfocus='x'"}, ["Schrijf een woord in plaats van dit teken."]),
    "4,000 letters": (THANKS, {"tekst": "dag " * 1000}, ["Gebruik hoogstens 300 letters en tekens."]),
    "more than Telegram takes": (THANKS, {"tekst": "a" * 20_000}, ["Deze tekst past niet in Telegram."]),
    "in another language too": (ENGLISH, {"tekst": "Call 0800-1234567 {name}."}, ["niet in de gids", "niet invullen"]),
}


@pytest.mark.parametrize(("wording", "typed_in", "told"), REFUSED.values(), ids=REFUSED)
async def test_what_breaks_a_rule_is_refused_with_what_to_write_and_stays_in_the_form(
    house: House, wording: Wording, typed_in: dict[str, str], told: list[str]
) -> None:
    at_desk = await desk(house, wording)
    answer = await at_desk.publishes(**typed_in)
    assert (answer.status_code, alert(answer)) == (
        422,
        "Nog niet gepubliceerd. Verander eerst wat hieronder staat.",
    )
    page = unescape(answer.text)
    assert not [part for part in told if part not in page]
    kept = {name: " ".join(typed(value).split()) for name, value in typed_in.items()}
    assert {name: " ".join(at_desk.fields[name].split()) for name in kept} == kept
    assert answer.text.count("<script") == 1 and "onfocus='" not in answer.text
    assert rows(house) == [] and "published_text" not in str(house.log())


def test_no_text_is_longer_than_telegram_takes() -> None:
    assert LONGEST_TEXT == MessageLimit.MAX_TEXT_LENGTH


# --- the check while somebody types --------------------------------------------------------------------------


async def test_the_check_alone_is_the_part_that_the_script_shows(house: House) -> None:
    at_desk = await desk(house)
    answer = await at_desk.browser.acts(
        f"{address(THANKS)}/proef", **{**at_desk.fields, "tekst": "Uw schuld.", "deel": "ja"}
    )
    assert answer.status_code == 200 and "<html" not in answer.text
    assert 'id="nakijken" class="told wrong"' in answer.text and "geldzorgen" in answer.text
    assert '<p class="bubble" dir="auto">Uw schuld.</p>' in answer.text
    assert rows(house) == []


async def test_the_button_to_check_does_the_same_on_a_whole_page(house: House) -> None:
    at_desk = await desk(house)
    answer = await at_desk.does("proef", tekst="Uw schuld.")
    assert answer.status_code == 200 and "geldzorgen" in answer.text and "<html" in answer.text
    assert at_desk.fields["tekst"] == "Uw schuld." and rows(house) == []


async def test_a_script_in_a_draft_is_words(house: House) -> None:
    at_desk = await desk(house)
    answer = await at_desk.browser.acts(f"{address(THANKS)}/proef", **{**at_desk.fields, "tekst": SCRIPT, "deel": "ja"})
    assert "<script" not in answer.text and SCRIPT in unescape(answer.text)


def test_every_rule_has_dutch_words(house: House) -> None:
    code = [*(ROOT / "bot" / "content").glob("*.py"), ROOT / "bot" / "text_check.py"]
    named = re.findall(
        r'(?:Breach|Problem)\(\s*"([^"]+)"', "\n".join(file.read_text(encoding="utf-8") for file in code)
    )
    template = house.site.templates.get_template("text_rules.html").module
    text = Text(THANKS, next(iter(house.site.texts.book().texts.values())).said, None)  # type: ignore[arg-type]
    rules: Rules = house.site.texts.book().rules
    told = {rule: template.rule({"rule": rule}, rules, text).strip() for rule in named}  # type: ignore[attr-defined]
    assert len(told) > 25 and all(told.values()) and len(set(told.values())) == len(told)
