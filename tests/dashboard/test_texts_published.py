"""Teksten: publishing, two people at one text, putting back, and how it reaches the bot."""

from __future__ import annotations

import re
from html import unescape

import pytest

from actions import text_changes
from actions.outbox import Message
from actions.text_changes import Taken, Written
from bot.live_content import LiveContent
from bot.live_directory import DirectoryFile
from bot.understanding.rasa import Rasa
from bot.understanding.safety import SafetyPhrases
from bot.understanding.understand import Understanding
from bot.words import Words
from store.settings import ROOT
from store.states import Role
from store.tables import Member
from tests.dashboard.conftest import NOW, House
from tests.dashboard.text_desk import (
    CARD,
    DANGER,
    ENGLISH,
    ORGANISATION,
    PLACE,
    SCRIPT,
    TEXTS,
    THANKS,
    Desk,
    address,
    alert,
    desk,
    rows,
    with_texts,
)


@pytest.fixture
def house(house: House) -> House:
    return with_texts(house)


# --- writing -------------------------------------------------------------------------------------------------


async def test_a_new_text_is_published_shown_and_noted(house: House) -> None:
    at_desk = await desk(house)
    answer = await at_desk.publishes(tekst="  Heel graag gedaan.\r\n\r\n")
    assert answer.headers["Location"] == f"{address(THANKS)}?gedaan=gepubliceerd"
    assert rows(house) == [("utter_thank", 1, "Heel graag gedaan.", [])]
    assert house.log()[-1][1:] == ("published_text", "text:nl/utter_thank/0 version:1")
    shown = await at_desk.looks("?gedaan=gepubliceerd")
    assert "Gepubliceerd. De bot zegt dit binnen 10 seconden." in shown.text
    assert "De bot zegt nu de woorden van versie 1, van Coby." in shown.text
    assert "Heel graag gedaan." in (await at_desk.browser.opens("/teksten?soort=veranderd")).text


async def test_the_words_on_buttons_are_published_in_their_order(house: House) -> None:
    answer = await (await desk(house, PLACE)).publishes(knop_1="Bij  een deur")
    assert answer.status_code == 303
    ((_, _, text, titles),) = rows(house)
    assert titles[:3] == ["Bij het raam", "Bij een deur", "Bij de brievenbus"] and text is not None


async def test_words_of_the_file_that_are_written_again_are_kept_as_such(house: House) -> None:
    at_desk = await desk(house)
    await at_desk.publishes(tekst="Heel graag gedaan.")
    await at_desk.looks()
    assert (await at_desk.publishes(tekst="Graag gedaan.")).status_code == 303
    assert rows(house)[-1][1:] == (2, None, [])


async def test_the_rules_for_dutch_are_not_those_of_another_language(house: House) -> None:
    answer = await (await desk(house, ENGLISH)).publishes(tekst="I am a computer & I know je and schuld! " + "a " * 300)
    assert answer.status_code == 303


async def test_the_longest_form_that_can_be_right_fits(house: House) -> None:
    answer = await (await desk(house, ENGLISH)).publishes(tekst="🙂" * 4096)
    assert answer.status_code == 303 and len(rows(house)[0][2] or "") == 4096


async def test_what_cannot_be_seen_or_kept_is_left_out(house: House) -> None:
    await (await desk(house)).publishes(tekst="Heel\x00 graag\x1b gedaan.")
    assert rows(house)[0][2] == "Heel graag gedaan."


@pytest.mark.parametrize("end", ["\r", "\u2028", "\u2029", "\x0b", "\x85"])
async def test_every_sign_that_ends_a_line_becomes_the_one_that_the_bot_knows(house: House, end: str) -> None:
    await (await desk(house, ENGLISH)).publishes(tekst=f"One.{end} Two.")
    assert rows(house)[0][2] == "One.\nTwo."


@pytest.mark.parametrize("nothing", ["\u200b", "\u2060 \ufeff"])
async def test_words_that_nobody_can_see_are_none(house: House, nothing: str) -> None:
    answer = await (await desk(house, ENGLISH)).publishes(tekst=nothing)
    assert answer.status_code == 422 and "Schrijf een tekst. Er staan nu geen woorden." in answer.text


async def test_what_was_filled_in_and_is_left_out_is_pointed_out_and_may_be_published(house: House) -> None:
    at_desk = await desk(house, CARD)
    checked = await at_desk.does("proef", tekst="Vraag {number}")
    assert checked.status_code == 200 and "Dit vulde de bot eerst in. Het staat er nu niet meer." in checked.text
    assert (await at_desk.publishes(tekst="Vraag {number}")).status_code == 303


async def test_the_same_words_are_no_change(house: House) -> None:
    answer = await (await desk(house)).publishes()
    assert (answer.status_code, alert(answer)) == (422, "Dit zijn dezelfde woorden. Verander eerst iets.")
    assert rows(house) == []


@pytest.mark.parametrize("at", ["nl/utter_gone/0", "nl/utter_thank/9", "xx/utter_thank/0"])
@pytest.mark.parametrize("what", ["proef", "publiceer", "terug"])
async def test_a_form_of_a_text_that_is_gone_loses_nothing(house: House, at: str, what: str) -> None:
    answer = await (await house.signed_in()).acts(f"/teksten/{at}/{what}", tekst=SCRIPT, versie="0")
    assert (answer.status_code, alert(answer)) == (422, "Deze tekst is er niet meer. Zoek een andere tekst.")
    assert SCRIPT in unescape(answer.text) and "<script" not in answer.text


async def test_a_form_of_another_site_publishes_nothing(house: House) -> None:
    at_desk = await desk(house)
    at_desk.fields["form_token"] = at_desk.browser.form_token()
    for what in ("publiceer", "terug", "proef"):
        forged = await at_desk.browser.sends(
            f"{address(THANKS)}/{what}", {**at_desk.fields, "tekst": "Dag."}, {"Sec-Fetch-Site": "cross-site"}
        )
        assert forged.status_code == 403
    assert rows(house) == []


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 12])
async def test_a_form_that_does_not_say_what_it_saw_is_as_good_as_one_that_saw_nothing(house: House, seen: str) -> None:
    at_desk = await desk(house)
    await at_desk.publishes(tekst="Heel graag gedaan.")
    answer = await at_desk.publishes(tekst="Dank u wel.", gezien=seen)
    assert answer.status_code == 422 and alert(answer).startswith("Iemand was u voor.")


@pytest.mark.parametrize("seen", ["", "1", "5"])
async def test_no_form_gets_round_the_rules(house: House, seen: str) -> None:
    answer = await (await desk(house)).publishes(tekst="Bel 0800-1234567.", gezien=seen)
    assert answer.status_code == 422 and "Dit nummer staat niet in de gids" in answer.text
    assert rows(house) == []


async def test_words_that_the_files_say_anew_in_the_meantime_are_shown_first(house: House) -> None:
    at_desk = await desk(house)
    answer = await at_desk.publishes(tekst="Heel graag gedaan.", bestand="0" * 64)
    assert answer.status_code == 422 and alert(answer).startswith("Er kwam een nieuwe versie van Wijkwijzer")
    assert (await at_desk.publishes()).status_code == 303, "what was typed stayed, and may be sent again"


# --- two people, and back ------------------------------------------------------------------------------------


async def test_the_second_of_two_sees_both_texts_and_chooses(house: House) -> None:
    first, second = await desk(house), Desk(house, await house.signs_in(house.member(name="Dirk")), THANKS)
    await second.looks()
    await first.publishes(tekst="Heel graag gedaan.")
    answer = await second.publishes(tekst="Dank u wel.")
    assert (answer.status_code, alert(answer)[:20]) == (422, "Iemand was u voor. U")
    assert "Dit schreef Coby" in answer.text and "Heel graag gedaan." in answer.text
    assert second.fields["tekst"] == "Dank u wel." and len(rows(house)) == 1
    assert (await second.publishes()).status_code == 303
    assert [(version, text) for _, version, text, _ in rows(house)] == [(1, "Heel graag gedaan."), (2, "Dank u wel.")]


async def test_who_is_second_by_a_blink_sees_it_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    at_desk = await desk(house)
    with house.wijk() as wijk:
        other = text_changes.publish(
            wijk.session, NOW, wijk.coordinator("Dirk"), THANKS, Written("Dag."), 0, Written("Graag gedaan.")
        )

    def taken(*_: object) -> None:
        raise Taken(other)

    monkeypatch.setattr(text_changes, "publish", taken)
    answer = await at_desk.publishes(tekst="Dank u wel.", gezien="1")
    assert answer.status_code == 422 and "Dit schreef Dirk" in answer.text
    assert at_desk.fields["tekst"] == "Dank u wel."


async def test_a_change_is_undone_and_put_back(house: House) -> None:
    at_desk = await desk(house)
    for words in ("Heel graag gedaan.", "Dank u wel."):
        await at_desk.publishes(tekst=words)
        shown = (await at_desk.looks()).text
    assert "Maak de laatste verandering ongedaan" in shown and "Zet versie 1 terug" in shown
    assert "Zet de vaste woorden terug" in shown
    for version, said in (("1", "Heel graag gedaan."), ("0", None), ("2", "Dank u wel.")):
        answer = await at_desk.does("terug", versie=version)
        assert answer.headers["Location"] == f"{address(THANKS)}?gedaan=teruggezet"
        assert rows(house)[-1][2] == said
        assert "Teruggezet." in (await at_desk.looks("?gedaan=teruggezet")).text
    assert house.log()[-1][1:] == ("put_text_back", "text:nl/utter_thank/0 version:5")


@pytest.mark.parametrize("version", ["7", "x", ""])
async def test_a_version_that_never_was_cannot_come_back(house: House, version: str) -> None:
    answer = await (await desk(house)).does("terug", versie=version)
    assert (answer.status_code, alert(answer)) == (422, "Die versie is er niet. Kies een versie uit de lijst.")


async def test_an_old_version_that_breaks_a_rule_now_is_not_put_back(house: House) -> None:
    with house.wijk() as wijk:
        wrong = Written("Bel 0800-1234567.")
        text_changes.publish(wijk.session, NOW, wijk.coordinator(), THANKS, wrong, 0, Written("Graag gedaan."))
    at_desk = await desk(house)
    await at_desk.does("terug", versie="0")
    await at_desk.looks()
    answer = await at_desk.does("terug", versie="1")
    assert answer.status_code == 422 and "Dit nummer staat niet in de gids" in answer.text
    assert len(rows(house)) == 2


async def test_a_version_of_a_file_with_other_buttons_is_not_put_back(house: House) -> None:
    with house.wijk() as wijk:
        text_changes.publish(
            wijk.session, NOW, wijk.coordinator(), THANKS, Written("Dag.", ("Ja",)), 0, Written("Dag.")
        )
    at_desk = await desk(house)
    assert "Daarna kwam er een nieuwe versie van Wijkwijzer" in at_desk.shown.text
    answer = await at_desk.does("terug", versie="1")
    assert alert(answer) == "Die versie heeft andere knoppen. Zet de woorden zelf in het vak."
    listed = await at_desk.browser.opens("/teksten?soort=ingehaald")
    assert f'href="{address(THANKS)}"' in listed.text and "daarna vast veranderd" in listed.text


async def test_undoing_goes_back_to_what_a_release_said_and_not_to_what_it_overtook(house: House) -> None:
    with house.wijk() as wijk:
        coby, new = wijk.coordinator(), Written("Graag gedaan.")
        for words, seen, file in (("Dag.", 0, Written("Oud.")), ("Heel graag gedaan.", 1, new)):
            text_changes.publish(wijk.session, NOW, coby, THANKS, Written(words), seen, file)
    at_desk = await desk(house)
    button = re.search(r'name="versie" value="(\d+)"><button[^>]*>Maak de laatste', at_desk.shown.text)
    assert button is not None
    assert (await at_desk.does("terug", versie=button[1])).status_code == 303
    assert rows(house)[-1][2] is None


async def test_texts_about_danger_are_read_by_all_and_changed_by_an_administrator(house: House) -> None:
    at_desk = await desk(house, DANGER)
    assert "Alleen een beheerder verandert hem." in at_desk.shown.text
    assert "<textarea" not in at_desk.shown.text and "<script" not in at_desk.shown.text
    file = house.site.texts.book().texts[DANGER].file
    for what in ("publiceer", "terug"):
        answer = await at_desk.does(what, tekst="Niets aan de hand.", versie="0", gezien="0", bestand=file.digest)
        assert alert(answer) == "Deze tekst gaat over gevaar. Alleen een beheerder verandert hem."
    assert rows(house) == []
    boss = await desk(house, DANGER, Role.ADMINISTRATOR)
    text = boss.fields["tekst"].replace("Maak geen vuur.", "Maak nu geen vuur.")
    assert (await boss.publishes(tekst=text)).status_code == 303


async def test_leaving_a_number_out_of_a_text_about_danger_is_pointed_out(house: House) -> None:
    boss = await desk(house, DANGER, Role.ADMINISTRATOR)
    answer = await boss.does("proef", tekst="Ga naar buiten.")
    assert "Dit nummer stond er eerst." in answer.text and "112" in answer.text


async def test_a_text_of_somebody_who_left_still_has_its_history(house: House) -> None:
    number = house.member(name="Dirk")
    at_desk = Desk(house, await house.signs_in(number), THANKS)
    await at_desk.looks()
    await at_desk.publishes(tekst="Heel graag gedaan.")
    with house.database.transaction() as session:
        session.delete(session.get_one(Member, number))
    shown = (await desk(house)).shown.text
    assert "iemand die hier niet meer werkt" in shown and "Heel graag gedaan." in shown


# --- as far as the bot ---------------------------------------------------------------------------------------


class Bot:
    """What a running bot says, as its job refreshes it each few seconds."""

    def __init__(self, house: House) -> None:
        content = TEXTS.book().content
        self.words = Words(content, ORGANISATION.wijk_names())
        directory = DirectoryFile(ROOT / "directory", "soest", self.words).read()
        self.words.directory = lambda: directory
        phrases = SafetyPhrases.read(ROOT / "flows" / "texts")
        understanding = Understanding(content, phrases, Rasa("http://127.0.0.1:9", 1.0))
        self.live = LiveContent(ROOT / "flows", ORGANISATION, self.words, understanding, house.database)

    def says(self) -> str:
        self.live.refresh()
        return self.words.render(Message("utter_thank")).text


async def test_what_is_published_is_said_by_the_bot_and_what_is_undone_is_not(house: House) -> None:
    at_desk, bot = await desk(house), Bot(house)
    assert bot.says() == "Graag gedaan."
    await at_desk.publishes(tekst="Heel graag gedaan.")
    assert bot.says() == "Heel graag gedaan." == Bot(house).says()
    await at_desk.looks()
    await at_desk.does("terug", versie="0")
    assert bot.says() == "Graag gedaan."
