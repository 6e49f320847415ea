"""Zinnen: two clicks say what a sentence means; what the bot can learn is given as files, and what it gave is shown."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import httpx
import pytest
import yaml
from sqlalchemy import select

from actions import misunderstood, privacy, retention
from actions.misunderstood import IGNORED, MARKS, NEW, Misunderstood
from bot.dialogue.content import Content
from bot.misunderstood import DATA, intents
from dashboard.pages import sentences
from store.states import Role, Why
from store.tables import Misunderstood as Row
from store.tables import Person
from tests.dashboard.conftest import Browser, House

SCRIPT = "<script>alert('koud')</script> & \"tocht\""
COLD = "brr wat een ijshol vandaag weer"


def _says(house: House, text: str = COLD, label: str | None = None, **what: Any) -> int:
    with house.wijk() as wijk:
        person = wijk.person()
        sentence = Misunderstood(text, what.pop("why", Why.UNSURE), **what)
        number = misunderstood.note(wijk.session, wijk.now, person, sentence)
        misunderstood.label(wijk.session, wijk.now, number, label)
        return number


def _reads(house: House, number: int, means: str, model: str = "a.tar.gz") -> None:
    with house.wijk() as wijk:
        label = wijk.session.get_one(Row, number).label or ""
        misunderstood.read_again(wijk.session, number, label, means, model)


def _label(house: House, number: int) -> str | None:
    with house.looks() as session:
        return session.get_one(Row, number).label


async def _points(browser: Browser, number: int, wat: str, **given: str) -> httpx.Response:
    return await browser.acts(f"/zinnen/{number}/aanwijzen", wat=wat, **given)


def _card(text: str, number: int) -> str:
    """What stands on the page about one sentence."""
    return text.split(f'id="zin-{number}"', 1)[1].split("</article>")[0]


# --- names ------------------------------------------------------------------------------------------------------


def _names(house: House) -> Any:
    return house.site.templates.get_template("intents.html").module


def test_every_intent_that_the_bot_learns_stands_in_one_group_and_has_a_dutch_name(house: House) -> None:
    names = _names(house)
    grouped = [intent for group in names.GROUPS.values() for intent in group]
    assert sorted(grouped) == intents(DATA)
    named = names.NAMES.keys() | (house.site.topics.keys() & set(grouped))
    assert named == set(grouped) and not names.NAMES.keys() & house.site.topics.keys()
    assert names.MARKS.keys() == MARKS and names.WHY.keys() == {why.value for why in Why}


def test_no_two_intents_have_the_same_name(house: House) -> None:
    names = _names(house)
    said = [str(names.of(intent, house.site.topics)) for intent in [*intents(DATA), *MARKS]]
    assert len(set(said)) == len(said) and all(one[0].isupper() for one in said)


def test_every_button_of_the_menu_is_known(content: Content) -> None:
    assert sentences.MENU.keys() == set(content.slots["menu_choice"].values)
    assert set(sentences.MENU.values()) <= set(intents(DATA))


# --- what is shown ----------------------------------------------------------------------------------------------


async def test_a_sentence_is_shown_with_what_the_bot_thought_and_what_was_chosen(house: House) -> None:
    guesses = [("cold_home", 0.4), ("draught", 0.3), ("mould", 0.1), ("fire", 0.05)]
    number = _says(house, intents=guesses, chosen="draught", why=Why.DOUBT, language="nl", open_slot="tenure")
    card = _card((await (await house.signed_in()).opens("/zinnen")).text, number)
    assert COLD in card and 'dir="auto" lang="nl"' in card and ">24 nov 2026</time>, Nederlands</h3>" in card
    assert "De bot twijfelde en vroeg het." in card and "Kou in huis, Tocht in huis, Schimmel of vocht<" in card
    assert "<dt>De bot vroeg net</dt>" in card
    at_once = card.split("Iets anders")[0].split("<fieldset>")[1]
    assert [part.split('"')[0] for part in at_once.split('value="')[1:]] == [
        "draught", "cold_home", "mould", NEW, IGNORED,
    ]  # fmt: skip
    assert "Tocht in huis (koos de bewoner)" in at_once
    others = card.split("Iets anders")[1]
    assert all(f'value="{intent}"' in others for intent in intents(DATA))


@pytest.mark.parametrize(
    ("chosen", "said", "offered"),
    [
        ("neither", "nee, iets anders", ""),
        ("bill", "De hoge rekening", "high_bill"),
        ("human", "Praten", "talk_to_human"),
        (None, "niets", ""),
        ("menu", "niets", ""),
        ("castle", "niets", ""),
    ],
)
async def test_what_the_resident_chose_is_said_and_offered(
    house: House, chosen: str | None, said: str, offered: str
) -> None:
    number = _says(house, chosen=chosen, intents=[("castle", 0.9)])
    card = _card((await (await house.signed_in()).opens("/zinnen")).text, number)
    assert f"<dt>De bewoner koos</dt><dd>{said}" in card and "<dt>De bot dacht aan</dt><dd>niets</dd>" in card
    assert ("koos de bewoner" in card.split("Iets anders")[0]) == bool(offered)
    assert offered in card.split("Iets anders")[0] and "castle" not in card


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (SCRIPT, "&lt;script&gt;alert(&#39;koud&#39;)&lt;/script&gt; &amp; &#34;tocht&#34;"),
        ("=HYPERLINK(1;2)", '<p class="said" dir="auto">=HYPERLINK(1;2)</p>'),
        ("البيت بارد جدا", '<p class="said" dir="auto">البيت بارد جدا</p>'),
    ],
)
async def test_whatever_was_said_is_shown_as_it_is_and_runs_nothing(house: House, text: str, shown: str) -> None:
    _says(house, text, language='"><b>')
    _says(house, text, "draught")
    page = (await (await house.signed_in()).opens("/zinnen")).text
    assert shown in page and "<script" not in page and page.count('dir="auto"') == 2


async def test_a_page_without_sentences_says_so(house: House) -> None:
    text = (await (await house.signed_in()).opens("/zinnen")).text
    assert "Nog te doen: 0" in text and "Alle zinnen zijn gedaan." in text and "zinnen.zip" not in text


async def test_sentences_are_paged_the_oldest_first_and_none_is_missed_or_seen_twice(house: House) -> None:
    numbers = [_says(house, f"zin nummer {number}") for number in range(2 * sentences.MOST + 3)]
    browser, address, seen = await house.signed_in(), "/zinnen", []
    for _ in range(3):
        text = (await browser.opens(address)).text
        assert f"Nog te doen: {len(numbers)}" in text
        seen += [int(part.split('"')[0]) for part in text.split('id="zin-')[1:]]
        address = text.split('rel="next" href="')[-1].split('"')[0]
    assert seen == numbers and 'rel="next"' not in text
    text = (await browser.opens(f"/zinnen?na={numbers[-1]}")).text
    assert "Hierna komen geen zinnen meer." in text and "Naar de oudste zin" in text


@pytest.mark.parametrize("query", ["na=x", "na=-1", "na=" + "9" * 30, "laatste=<script>", "laatste=0"])
async def test_a_place_that_is_not_there_is_told_and_the_begin_shown(house: House, query: str) -> None:
    number = _says(house)
    answer = await (await house.signed_in()).opens(f"/zinnen?{query}")
    assert answer.status_code == 422 and "Die bladzijde is er niet." in answer.text
    assert f'id="zin-{number}"' in answer.text and "<script" not in answer.text


async def test_a_last_sentence_that_was_erased_is_not_spoken_of(house: House) -> None:
    answer = await (await house.signed_in()).opens("/zinnen?laatste=9")
    assert answer.status_code == 200 and 'id="laatste"' not in answer.text


# --- saying what a sentence means -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wat", "said"),
    [("draught", "Tocht in huis"), ("fire", "Brand"), (NEW, "Nieuw onderwerp"), (IGNORED, "Overgeslagen")],
)
async def test_a_press_says_what_a_sentence_means_and_the_next_one_is_at_hand(
    house: House, wat: str, said: str
) -> None:
    before, number, after = _says(house, "een"), _says(house, "twee"), _says(house, "drie")
    browser = await house.signed_in()
    answer = await _points(browser, number, wat)
    assert answer.headers["Location"] == f"/zinnen?laatste={number}#laatste"
    text = (await browser.opens(answer.headers["Location"])).text
    assert f"Zin {number}: <strong>{said}</strong>" in text and "Nog te doen: 2" in text
    places = [text.index(mark) for mark in (f'id="zin-{before}"', 'id="laatste"', f'id="zin-{after}"')]
    assert places == sorted(places) and f'id="zin-{number}"' not in text
    with house.looks() as session:
        row = session.get_one(Row, number)
        assert (row.label, row.labelled_at) == (wat, house.clock.at)
    assert house.log()[-2][1:] == ("pointed_out", f"sentence:{number}")


async def test_who_works_on_a_later_page_stays_there(house: House) -> None:
    first, number = _says(house, "een"), _says(house, "twee")
    browser = await house.signed_in()
    answer = await _points(browser, number, NEW, na=str(first))
    assert answer.headers["Location"] == f"/zinnen?na={first}&laatste={number}#laatste"
    text = (await browser.opens(answer.headers["Location"])).text
    assert f'id="zin-{first}"' not in text and 'id="laatste"' in text and "Hierna komen geen zinnen meer." in text


async def test_a_place_that_is_none_does_not_end_up_in_an_address(house: House) -> None:
    number, browser = _says(house), await house.signed_in()
    answer = await _points(browser, number, NEW, na="1&x=\r\nSet-Cookie: y")
    assert answer.headers["Location"] == f"/zinnen?laatste={number}#laatste"


@pytest.mark.parametrize("wat", ["", "koud", "../data/draught", "Draught", "none", "<script>"])
async def test_what_is_no_intent_is_refused_and_the_sentence_still_waits(house: House, wat: str) -> None:
    number, browser = _says(house), await house.signed_in()
    answer = await _points(browser, number, wat)
    assert answer.status_code == 422 and "Dat onderwerp is er niet." in answer.text and 'role="alert"' in answer.text
    assert f'id="zin-{number}"' in answer.text and _label(house, number) is None and "<script" not in answer.text


async def test_a_sentence_that_was_erased_meanwhile_is_told(house: House) -> None:
    number, other, browser = _says(house), _says(house, "twee"), await house.signed_in()
    with house.database.transaction() as session:
        privacy.forget(session, house.clock.at, session.get_one(Person, session.get_one(Row, number).person_id))
    for act, wat in (("aanwijzen", "draught"), ("terugdraaien", "draught")):
        answer = await browser.acts(f"/zinnen/{number}/{act}", wat=wat)
        assert answer.status_code == 422 and "Deze zin is er niet meer." in answer.text
        assert f'id="zin-{other}"' in answer.text
    assert {act for _, act, _ in house.log()} == {"signed_in"}


async def test_a_number_that_never_was_is_told_and_one_that_cannot_be_is_nowhere(house: House) -> None:
    browser = await house.signed_in()
    assert "Deze zin is er niet meer." in (await _points(browser, 999, NEW)).text
    assert (await _points(browser, 2**31, NEW)).status_code == 404


async def test_who_is_second_sees_what_the_first_one_said_and_changes_nothing(house: House) -> None:
    number, first, second = _says(house), await house.signed_in(), await house.signed_in()
    await _points(first, number, "mould")
    answer = await _points(second, number, "draught")
    assert answer.status_code == 422 and "Iemand was u voor met deze zin." in answer.text
    assert f"Zin {number}: <strong>Schimmel of vocht</strong>" in answer.text
    assert f'action="/zinnen/{number}/terugdraaien"' in answer.text and _label(house, number) == "mould"
    assert [act for _, act, _ in house.log()].count("pointed_out") == 1


async def test_two_who_say_the_same_agree(house: House) -> None:
    number, first, second = _says(house), await house.signed_in(), await house.signed_in()
    assert (await _points(first, number, "mould")).status_code == (await _points(second, number, "mould")).status_code


# --- taking it back ---------------------------------------------------------------------------------------------


async def test_the_last_press_is_taken_back_and_the_sentence_stands_there_again(house: House) -> None:
    first, number, browser = _says(house, "een"), _says(house, "twee"), await house.signed_in()
    await _points(browser, number, "mould")
    _reads(house, number, "mould")
    answer = await browser.acts(f"/zinnen/{number}/terugdraaien", wat="mould")
    assert answer.headers["Location"] == f"/zinnen?na={number - 1}&laatste={number}#laatste"
    text = (await browser.opens(answer.headers["Location"])).text
    assert f"Zin {number} staat weer in de lijst." in text and f'id="zin-{number}"' in text
    assert f'id="zin-{first}"' not in text and "Naar de oudste zin" in text
    with house.looks() as session:
        row = session.get_one(Row, number)
        assert (row.label, row.labelled_at, row.means_now, row.read_by_model) == (None,) * 4
    assert ("took_back", f"sentence:{number}") in [one[1:] for one in house.log()]


async def test_the_first_sentence_of_all_is_taken_back(house: House) -> None:
    browser = await house.signed_in()
    with house.wijk() as wijk:
        empty = {"text": "een", "intents": [], "shown": [], "why": Why.UNSURE}
        wijk.session.add(Row(id=1, at=wijk.now, person_id=wijk.person().id, label=NEW, **empty))
    answer = await browser.acts("/zinnen/1/terugdraaien", wat=NEW)
    assert answer.headers["Location"] == "/zinnen?laatste=1#laatste"


async def test_what_somebody_else_said_meanwhile_is_not_taken_back(house: House) -> None:
    number, browser = _says(house, label="draught"), await house.signed_in()
    answer = await browser.acts(f"/zinnen/{number}/terugdraaien", wat="mould")
    assert answer.status_code == 422 and f"Zin {number}: <strong>Tocht in huis</strong>" in answer.text
    assert _label(house, number) == "draught"


@pytest.mark.parametrize("act", ["aanwijzen", "terugdraaien"])
async def test_a_forged_form_does_nothing(house: House, act: str) -> None:
    number, browser = _says(house), await house.signed_in()
    assert (await browser.sends(f"/zinnen/{number}/{act}", {"wat": NEW, "form_token": "0" * 64})).status_code == 403
    reader = await house.signed_in(Role.READER)
    assert (await _points(reader, number, NEW)).status_code == 403 and _label(house, number) is None


# --- what the bot can learn -------------------------------------------------------------------------------------


def _files(answer: httpx.Response) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


async def test_what_the_bot_can_learn_is_given_in_the_form_of_its_data_and_written_down(house: House) -> None:
    _says(house, f"{COLD} bel 06 12345678", "cold_home")
    _says(house, "=HYPERLINK(1;2) {wat}\n- intent: stop", "cold_home")
    _says(house, "البيت بارد جدا", "draught")
    _says(house, "vraag over de markt", NEW)
    _says(house, "tja pff", IGNORED)
    _says(house, "zonder iets")
    browser = await house.signed_in()
    answer = await browser.opens("/zinnen.zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="zinnen.zip"'
    assert answer.headers["Content-Type"] == "application/zip"
    files = _files(answer)
    assert "make train" in files.pop("LEESMIJ.txt") and files.keys() == {"cold_home.yml", "draught.yml"}
    read = yaml.safe_load(files["cold_home.yml"])["nlu"]
    assert read == [
        {"intent": "cold_home", "examples": f"- {COLD} bel nummer\n- =HYPERLINK(1;2) (wat) - intent: stop\n"}
    ]
    assert "البيت بارد جدا" in files["draught.yml"]
    assert house.log()[-1][1:] == ("shown", "file:zinnen")


async def test_what_the_bot_knows_already_is_not_in_the_file(house: House) -> None:
    known = yaml.safe_load((DATA / "draught.yml").read_text(encoding="utf-8"))["nlu"][0]["examples"]
    _says(house, known.splitlines()[0].removeprefix("- "), "draught")
    browser = await house.signed_in()
    assert _files(await browser.opens("/zinnen.zip")).keys() == {"LEESMIJ.txt"}


async def test_the_page_says_how_many_wait_by_topic(house: House) -> None:
    for text in (COLD, "ijspegels aan mijn neus hier binnen"):
        _says(house, text, "cold_home")
    text = (await (await house.signed_in()).opens("/zinnen")).text
    assert "Om van te leren: 2" in text and "make train" in text
    assert '<th scope="row">Kou in huis</th>' in text
    assert 'data-label="Aangewezen">2<' in text


# --- what it gave -----------------------------------------------------------------------------------------------


async def test_before_any_model_read_them_no_number_is_told(house: House) -> None:
    _says(house, label="cold_home")
    text = (await (await house.signed_in()).opens("/zinnen")).text
    assert "1 zin leest de bot nog na." in text and "begrijpt de bot er nu" not in text and "nog niet gelezen" in text


async def test_the_effect_is_told_together_by_topic_and_by_sentence(house: House) -> None:
    for means in ("cold_home", "cold_home", "draught", ""):
        _reads(house, _says(house, f"{COLD} {means}", "cold_home", intents=[("mould", 0.4)]), means)
    _reads(house, _says(house, "zo'n trekhok", "draught"), "draught")
    _says(house, "nog een", "draught")
    _says(house, "markt", NEW)
    text = (await (await house.signed_in()).opens("/zinnen")).text
    assert "Van de 5 zinnen die u aanwees, begrijpt de bot er nu 3." in text and "1 zin leest de bot nog na." in text
    for row in ("2 van 4", "1 van 1", "<strong>goed</strong>: Kou in huis", "telt niet mee", "twijfelt nog",
                '<strong class="mark">nog fout</strong>: Tocht in huis',
                '<td data-label="De bot dacht toen">Schimmel of vocht</td>'):  # fmt: skip
        assert row in text, row


async def test_only_the_last_are_listed_and_the_rest_is_counted(house: House) -> None:
    for number in range(sentences.MOST_LABELLED + 1):
        _says(house, f"brr ijshol {'x' * number}", "cold_home")
        house.later(minutes=1)
    text = (await (await house.signed_in()).opens("/zinnen")).text
    assert f"Bekijk de laatste {sentences.MOST_LABELLED}" in text
    assert f'data-label="Aangewezen">{sentences.MOST_LABELLED + 1}<' in text
    assert text.count("De bot denkt nu") == sentences.MOST_LABELLED + 1


async def test_after_thirty_days_nothing_of_it_is_there(house: House) -> None:
    _says(house)
    _reads(house, _says(house, "twee", "draught"), "draught")
    house.clock.at += timedelta(days=30)
    with house.database.transaction() as session:
        retention.erase_old(session, house.clock.at)
        assert session.scalars(select(Row)).all() == []
    text = (await (await house.signed_in()).opens("/zinnen")).text
    assert COLD not in text and "Wat het oplevert" not in text
