"""What each page shows and does, and what it says to what nobody should fill in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from actions import directory_changes, leak, sign_in, team, weeks
from actions.text_changes import Written
from dashboard.pages import figures, requests, today
from store.dashboard_tables import TextChange
from store.states import RequestState, Role
from store.tables import DirectoryChange, Member, Offer, Person, Request
from tests.actions.people import wish
from tests.dashboard.busy import QUOTED, fill
from tests.dashboard.conftest import Browser, House

ESCAPED = "Fa&#39;tma &#34;Fa&#34; &lt;b&gt;Voorbeeld&lt;/b&gt;&lt;script&gt;alert(1)&lt;/script&gt;"


async def _busy(house: House, requests: int = 3, role: Role = Role.ADMINISTRATOR) -> Browser:
    coby = fill(house, requests)
    with house.database.transaction() as session:
        session.get_one(Member, coby).role = role
        weeks.settle(session, house.clock.at)
    return await house.signs_in(coby)


def _number(house: House, name: str) -> int:
    with house.looks() as session:
        return next(one.id for one in session.scalars(select(Member)) if one.name == name)


# --- Vandaag ----------------------------------------------------------------------------------------------------


async def test_today_says_what_waits_and_never_what_was_said(house: House) -> None:
    text = (await (await _busy(house)).opens("/vandaag")).text
    for said in ("Wacht op u: 2", "Belofte niet gehouden.", "Belofte voorbij: 5", "afspraak: 1", "Klopt dit nog? 1"):
        assert said in text
    assert "Huurt van Portaal" not in text and "Voorbeeld van" not in text


async def test_what_stands_under_one_heading_does_not_stand_under_another(house: House) -> None:
    text = (await (await _busy(house)).opens("/vandaag")).text
    with house.looks() as session:
        for number in session.scalars(select(Request.id)):
            assert text.count(f'#vraag-{number}"') + text.count(f"<strong>Vraag {number}</strong>") == 1


async def test_who_waits_long_is_shown_after_two_working_days(house: House) -> None:
    browser = await house.signed_in()
    with house.wijk() as wijk:
        wijk.member("Fatma")
        wijk.request(wish())
    house.later(hours=16)  # Tuesday 10:00 to Wednesday 2:00
    assert "Wacht al lang" not in (await (await house.signed_in()).opens("/vandaag")).text
    house.later(hours=32)  # Thursday 10:00
    assert "Wacht al lang: 1" in (await (await house.signed_in()).opens("/vandaag")).text
    assert (await browser.opens("/vandaag")).status_code == 303


async def test_only_the_first_are_on_today(house: House) -> None:
    text = (await (await _busy(house, 30)).opens("/vandaag")).text
    assert text.count("Beloofd voor") == today.MOST and "En nog 22: kijk bij Aanvragen" in text


async def test_a_day_without_work_says_so(house: House) -> None:
    assert "Er is nu niets dat op u wacht." in (await (await house.signed_in()).opens("/vandaag")).text


async def test_a_text_that_a_new_version_overtook_is_told_with_where_it_is(house: House) -> None:
    browser = await house.signed_in()
    for digest, told in ((Written("geen", ()).digest, False), ("0" * 64, True)):
        with house.wijk() as wijk:
            row = {"language": "nl", "key": "utter_none", "variant": 0, "text": "niets van dat", "titles": []}
            found = wijk.session.scalar(select(TextChange)) or TextChange(at=wijk.now, version=1, **row)
            found.replaces = digest
            wijk.session.add(found)
        text = (await browser.opens("/vandaag")).text
        assert ("Tekst van u geldt niet meer: 1" in text) == told
        assert ('href="/teksten?soort=ingehaald"' in text) == told


async def test_a_request_is_passed_on_to_somebody(house: House) -> None:
    browser = await _busy(house)
    with house.looks() as session:
        number = session.scalar(select(Request.id).where(Request.on_top)) or 0
    answer = await browser.acts(f"/vandaag/vragen/{number}/doorgeven", lid=str(_number(house, QUOTED)))
    assert answer.headers["Location"] == "/vandaag?gedaan=doorgegeven"
    assert "Doorgegeven." in (await browser.opens(answer.headers["Location"])).text
    with house.looks() as session:
        assert session.get_one(Request, number).state is RequestState.OFFERED
        offered = session.scalars(select(Offer.member_id).where(Offer.request_id == number)).all()
        assert _number(house, QUOTED) in offered
    assert house.log()[-2][1:] == ("passed_on", f"request:{number} member:{_number(house, QUOTED)}")


@pytest.mark.parametrize(
    ("lid", "told"),
    [("", "Kies eerst aan wie"), ("x", "Kies eerst aan wie"), ("0", "Kies eerst"), ("-1", "Kies eerst"),
     ("999999999", "Doorgeven lukt niet."), ("9" * 40, "Kies eerst"), ("٣", "Kies eerst"), ("Kees", "Kies eerst")],
)  # fmt: skip
async def test_a_request_goes_to_nobody_who_is_not_there(house: House, lid: str, told: str) -> None:
    browser = await _busy(house)
    answer = await browser.acts("/vandaag/vragen/2/doorgeven", lid=lid)
    assert answer.status_code == 422 and told in answer.text and 'role="alert"' in answer.text
    assert "passed_on" not in [act for _, act, _ in house.log()]


async def test_a_request_is_not_passed_on_to_a_reader_or_a_coach(house: House) -> None:
    browser = await _busy(house)
    for number in (_number(house, "Kees"), house.member(Role.READER, "Lezer"), house.member(Role.ADMINISTRATOR, "Ab")):
        assert (await browser.acts("/vandaag/vragen/2/doorgeven", lid=str(number))).status_code == 422


@pytest.mark.parametrize("number", ["2147483648", "9" * 30])
async def test_a_number_that_cannot_exist_is_nowhere(house: House, number: str) -> None:
    browser = await house.signed_in()
    assert (await browser.acts(f"/vandaag/vragen/{number}/doorgeven", lid="1")).status_code == 404
    assert (await browser.acts(f"/team/{number}/vrij")).status_code == 404


async def test_a_record_is_confirmed_and_denied(house: House) -> None:
    browser = await _busy(house)
    with house.looks() as session:
        key = session.scalars(select(DirectoryChange.service)).one()
    for act, done, said in (("klopt", "bevestigd", "confirmed"), ("klopt-niet", "ontkend", "denied")):
        with house.looks() as session:
            seen = str(session.scalar(select(func.max(DirectoryChange.id))))
        answer = await browser.acts(f"/vandaag/gids/{key}/{act}", versie=seen)
        assert answer.headers["Location"] == f"/vandaag?gedaan={done}"
        with house.looks() as session:
            last = session.scalars(select(DirectoryChange).order_by(DirectoryChange.id.desc())).first()
        assert last is not None and (last.service, last.change) == (key, said)
        assert house.log()[-1][1:] == (said, f"service:{key}")
    for act in ("klopt", "klopt-niet"):
        answer = await browser.acts(f"/vandaag/gids/nobody/{act}")
        assert answer.status_code == 422 and "Dit staat niet meer in de gids." in answer.text


@pytest.mark.parametrize("act", ["klopt", "klopt-niet"])
async def test_what_was_said_of_a_record_since_the_page_was_shown_is_seen_first(house: House, act: str) -> None:
    browser = await _busy(house)
    page = (await browser.opens("/vandaag")).text
    form = re.search(r'/vandaag/gids/(\w+)/klopt">.*?name="versie" value="(\d+)"', page)
    assert form is not None
    with house.wijk() as wijk:
        service = house.site.directory(wijk.session).service(form[1])
        directory_changes.change_numbers(wijk.session, wijk.now, wijk.coordinator("Dirk"), service, ["0800-8115"])
    answer = await browser.acts(f"/vandaag/gids/{form[1]}/{act}", versie=form[2])
    assert answer.status_code == 422 and "Iemand anders zei hier intussen iets over." in answer.text
    with house.looks() as session:
        assert directory_changes.history(session, form[1])[-1].change == "changed"


# --- Aanvragen --------------------------------------------------------------------------------------------------


async def test_requests_are_counted_and_listed_without_words(house: House) -> None:
    text = (await (await _busy(house)).opens("/aanvragen")).text
    assert '<th scope="row">Smitsveen</th><td class="number">4</td><td class="number">1</td>' in text
    assert "Petra" in text and "tocht in huis, schimmel of vocht" in text
    assert "Huurt van Portaal" not in text


@pytest.mark.parametrize(
    ("query", "numbers"),
    [("", 7), ("stand=wacht", 6), ("stand=opgepakt", 1), ("stand=gesloten", 0), ("wijk=de_eng", 2), ("voor=3", 2)],
)
async def test_requests_are_chosen_by_state_and_wijk(house: House, query: str, numbers: int) -> None:
    browser = await _busy(house)
    with house.looks() as session:
        first = min(session.scalars(select(Request.id)))
    query = query.replace("voor=3", f"voor={first + 2}")
    assert (await browser.opens(f"/aanvragen?{query}")).text.count('<tr id="vraag-') == numbers


async def test_who_waits_for_an_appointment_is_not_said_to_wait_since_a_day_that_comes(house: House) -> None:
    with house.wijk() as wijk:
        wijk.member("Fatma")
        wijk.request(wish()).waiting_since = wijk.now + timedelta(days=2)
    text = (await (await house.signed_in()).opens("/aanvragen")).text
    assert '<td data-label="Sinds">wacht tot de afspraak, <time datetime="2026-11-26T10:00' in text


async def test_a_wijk_that_is_no_longer_ours_and_none_are_counted_too(house: House) -> None:
    with house.wijk() as wijk:
        wijk.member("Fatma")
        wijk.request(wish(wijk="gone"))
        wijk.request(wish(wijk=None))
    text = (await (await house.signed_in()).opens("/aanvragen")).text
    assert '<th scope="row">gone</th>' in text and '<th scope="row">geen wijk</th>' in text


async def test_requests_are_paged_and_none_is_missed_or_seen_twice(house: House) -> None:
    browser, seen, address = await _busy(house, requests.MOST * 2), [], "/aanvragen"
    for _ in range(3):
        text = (await browser.opens(address)).text
        seen += [part.split('"')[0] for part in text.split('<tr id="vraag-')[1:]]
        address = text.split('rel="next" href="')[-1].split('"')[0].replace("&amp;", "&")
    assert 'rel="next"' not in text and len(seen) == len(set(seen)) == requests.MOST * 2 + 4


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("wijk=nergens", "Die wijk ken ik niet."),
        ("wijk='%20OR%201=1--", "Die wijk ken ik niet."),
        ("wijk=<script>alert(1)</script>", "Die wijk ken ik niet."),
        ("stand=alles", "Die stand ken ik niet."),
        ("voor=eerst", "Die bladzijde is er niet."),
        ("voor=-1", "Die bladzijde is er niet."),
        ("voor=" + "9" * 25, "Die bladzijde is er niet."),
    ],
)
async def test_a_choice_that_is_not_there_is_told(house: House, query: str, told: str) -> None:
    answer = await (await house.signed_in()).opens(f"/aanvragen?{query}")
    assert answer.status_code == 422 and told in answer.text and "<script" not in answer.text


# --- Team -------------------------------------------------------------------------------------------------------


async def test_a_name_is_shown_as_it_is_written(house: House) -> None:
    browser = await _busy(house)
    for address in ("/team", "/vandaag", "/cijfers"):
        text = (await browser.opens(address)).text
        assert ESCAPED in text and "<script" not in text and "<b>" not in text


async def test_somebody_goes_on_holiday_and_comes_back(house: House) -> None:
    browser = await _busy(house)
    fatma = _number(house, QUOTED)
    for given, until in (({}, None), ({"tot": "2026-12-01"}, "2026-12-01")):
        answer = await browser.acts(f"/team/{fatma}/vrij", **given)
        assert answer.headers["Location"] == f"/team?gedaan=vrij#lid-{fatma}"
        with house.looks() as session:
            found = session.get_one(Member, fatma)
            assert (found.available, found.away_until and found.away_until.isoformat()) == (until is not None, until)
    assert "terug op <time" in (await browser.opens("/team")).text
    assert (await browser.acts(f"/team/{fatma}/terug")).headers["Location"] == f"/team?gedaan=terug#lid-{fatma}"
    with house.looks() as session:
        assert session.get_one(Member, fatma).away_until is None
    assert [entry[1:] for entry in house.log() if entry[1] in ("went_away", "came_back")] == [
        ("went_away", f"member:{fatma}"),
        ("went_away", f"member:{fatma}"),
        ("came_back", f"member:{fatma}"),
    ]


async def test_who_comes_back_is_shown_what_waited(house: House) -> None:
    with house.wijk() as wijk:
        fatma = wijk.member("Fatma", available=False)
        number, name = wijk.request(wish()).id, fatma.id
    assert (await (await house.signed_in()).acts(f"/team/{name}/terug")).status_code == 303
    with house.looks() as session:
        assert session.scalar(select(Offer.id).where(Offer.request_id == number, Offer.member_id == name))


@pytest.mark.parametrize(
    ("tot", "told"),
    [
        ("2026-11-24", "Kies een dag na vandaag."),
        ("1926-11-24", "Kies een dag na vandaag."),
        ("morgen", "Dat is geen datum."),
        ("2026-02-30", "Dat is geen datum."),
        ("<script>", "Dat is geen datum."),
    ],
)
async def test_a_wrong_day_is_told_and_kept_in_the_form(house: House, tot: str, told: str) -> None:
    fatma, browser = house.member(Role.WIJKVERBINDER, "Fatma"), await house.signed_in()
    answer = await browser.acts(f"/team/{fatma}/vrij", tot=tot)
    assert answer.status_code == 422 and told in answer.text and "<script" not in answer.text
    assert "<details open>" in answer.text and f'value="{tot.replace("<", "&lt;").replace(">", "&gt;")}"' in answer.text
    with house.looks() as session:
        assert session.get_one(Member, fatma).available


@pytest.mark.parametrize(("wanted", "capacity"), [("1", 1), ("30", 30), ("0", 8), ("31", 8), ("veel", 8), ("", 8)])
async def test_how_much_somebody_can_have_at_once(house: House, wanted: str, capacity: int) -> None:
    fatma, browser = house.member(Role.WIJKVERBINDER, "Fatma"), await house.signed_in()
    answer = await browser.acts(f"/team/{fatma}/hoeveel", hoeveel=wanted)
    assert answer.status_code == (303 if wanted in ("1", "30") else 422)
    assert answer.status_code == 303 or "Kies een getal van 1 tot en met 30." in answer.text
    with house.looks() as session:
        assert session.get_one(Member, fatma).capacity == capacity


async def test_a_new_start_link_is_shown_once_and_works(house: House) -> None:
    fatma, browser = house.member(Role.WIJKVERBINDER, "Fatma"), await house.signed_in()
    answer = await browser.acts(f"/team/{fatma}/startlink")
    payload = answer.text.split("/start ")[1].split("<")[0]
    assert payload not in (await browser.opens("/team")).text and payload not in str(house.log())
    with house.wijk() as wijk:
        person = wijk.person("Fatma")
        joined = team.join(wijk.session, wijk.now, person, payload)
        assert isinstance(joined, Member) and joined.id == fatma
        assert wijk.session.scalar(select(Person.id).where(Person.id == joined.person_id)) == person.id


@pytest.mark.parametrize("act", ["vrij", "terug", "hoeveel", "startlink"])
async def test_who_has_left_is_not_changed(house: House, act: str) -> None:
    fatma, browser = house.member(Role.WIJKVERBINDER, "Fatma", active=False), await house.signed_in()
    for number in (fatma, 999):
        answer = await browser.acts(f"/team/{number}/{act}", hoeveel="3")
        assert answer.status_code == 422 and "zit niet meer in het team" in answer.text


# --- Cijfers ----------------------------------------------------------------------------------------------------


async def test_figures_have_captions_definitions_and_bars(house: House) -> None:
    text = (await (await _busy(house)).opens("/cijfers")).text
    assert text.count("<caption>") == text.count("<table>") == text.count('class="definition"') > 5
    assert '<svg class="bar"' in text and 'aria-hidden="true"' in text


async def test_figures_of_one_wijk_are_fewer(house: House) -> None:
    browser = await _busy(house)
    answer = await browser.opens("/cijfers?wijk=de_eng&van=2026-09-01&tot=2026-11-15")
    assert answer.status_code == 200 and '<th scope="row">De Eng</th>' in answer.text
    assert '<th scope="row">Soesterberg</th>' not in answer.text


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("van=2026-13-01", "Dat is geen datum."),
        ("tot=gisteren", "Dat is geen datum."),
        ("van=2026-11-02&tot=2026-11-01", "De laatste dag ligt voor de eerste dag."),
        ("van=2006-11-01&tot=2026-11-01", "Kies hoogstens 2 jaar."),
        ("van=9999-12-31&tot=9999-12-31", "Kies hoogstens 2 jaar."),
        ("wijk=utrecht", "Die wijk ken ik niet."),
        ("wijk=%00", "Die wijk ken ik niet."),
    ],
)
async def test_a_period_that_cannot_be_is_told_and_the_usual_one_shown(house: House, query: str, told: str) -> None:
    browser = await house.signed_in(Role.READER)
    answer = await browser.opens(f"/cijfers?{query}")
    assert answer.status_code == 422 and told in answer.text and "<h2" in answer.text
    for file in ("/cijfers.xlsx", "/cijfers/talks.csv"):
        assert (await browser.opens(f"{file}?{query}")).status_code == 404


@pytest.mark.parametrize(
    ("query", "whole"),
    [("van=0001-01-01&tot=0001-01-08", True), ("van=2030-01-01&tot=2030-02-01", False), ("van=&tot=", True)],
)
async def test_a_time_in_which_nothing_happened_is_no_mistake(house: House, query: str, whole: bool) -> None:
    answer = await (await house.signed_in(Role.READER)).opens(f"/cijfers?{query}")
    assert answer.status_code == 200 and ("nog geen hele week" not in answer.text) == whole


async def test_figures_are_given_as_files(house: House) -> None:
    browser = await _busy(house)
    book = await browser.opens("/cijfers.xlsx")
    assert book.content[:2] == b"PK" and book.headers["Content-Type"] == figures.WORKBOOK
    assert book.headers["Content-Disposition"] == 'attachment; filename="cijfers.xlsx"'
    table = await browser.opens("/cijfers/talks.csv")
    assert table.headers["Content-Type"] == figures.CSV and "Smitsveen;" in table.text
    assert (await browser.opens("/cijfers/nothing.csv")).status_code == 404
    assert [about for _, act, about in house.log() if act == "shown"].count("file:cijfers") == 3


async def test_a_reader_sees_no_names_in_figures_and_files(house: House) -> None:
    await _busy(house)
    browser = await house.signed_in(Role.READER)
    assert "Joop" not in (await browser.opens("/cijfers")).text
    assert (await browser.opens("/cijfers/load.csv")).status_code == 404


# --- Logboek ----------------------------------------------------------------------------------------------------


async def test_the_log_tells_who_saw_and_did_what(house: House) -> None:
    browser = await _busy(house)
    fatma = _number(house, QUOTED)
    await browser.acts(f"/team/{fatma}/vrij")
    await browser.opens("/team")
    text = (await browser.opens("/logboek")).text
    assert f'<td data-label="Wat">zette iemand op vrij</td><td data-label="Waarover">{ESCAPED}' in text
    assert 'bekeek</td><td data-label="Waarover">Team' in text


async def test_the_log_tells_what_was_done_at_the_command_line(house: House) -> None:
    number = house.member(name="Rika")
    with house.wijk() as wijk:
        sign_in.sign_out_all(wijk.session, wijk.now, wijk.session.get_one(Member, number))
        sign_in.sign_out_all(wijk.session, wijk.now)
        leak.note(wijk.session, wijk.now, "Het ging mis.", leak.Residents(12, 0, 0, 1))
    browser = await house.signed_in(Role.ADMINISTRATOR)
    text = (await browser.opens("/logboek")).text
    assert text.count('<td data-label="Wie">wie de machine beheert</td>') == 3
    assert 'meldde iemand overal af</td><td data-label="Waarover">Rika</td>' in text
    assert 'meldde iedereen overal af</td><td data-label="Waarover">-</td>' in text
    assert "stuurde bewoners een bericht over een datalek" in text and "residents:12, left_out:1" in text


async def test_the_log_is_paged(house: House) -> None:
    browser = await house.signed_in(Role.ADMINISTRATOR)
    for _ in range(101):
        await browser.opens("/logboek")
    text = (await browser.opens("/logboek")).text
    assert text.count("<tr>") == 101 and 'rel="next"' in text
    older = (await browser.opens(text.split('rel="next" href="')[1].split('"')[0])).text
    assert older.count("<tr>") == 4 and 'rel="next"' not in older
    wrong = await browser.opens("/logboek?voor=x")
    assert wrong.status_code == 422 and "Die bladzijde is er niet." in wrong.text
