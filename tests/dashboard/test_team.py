"""Somebody joins the team on the web page, speaks languages, and leaves; and who may let them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from actions import team, team_changes
from actions.mail import Mail
from actions.team_changes import LONGEST_NAME, Joining, TeamRefused
from store.agenda_tables import Appointment, AppointmentState
from store.database import Database
from store.states import RequestState, Role
from store.tables import Member, Offer, Request
from tests.actions import agenda
from tests.actions.people import wish
from tests.dashboard.conftest import Browser, House, house_of

ADMINISTRATOR, COORDINATOR = Role.ADMINISTRATOR, Role.COORDINATOR
FATMA = {"naam": "Fatma", "rol": "wijkverbinder", "wijk": "smitsveen"}


def _active(house: House) -> dict[str, Member]:
    with house.looks() as session:
        return {one.name: one for one in session.scalars(select(Member).where(Member.active))}


async def _nobody_new(house: House, browser: Browser, told: str, **fields: str) -> str:
    before = set(_active(house))
    answer = await browser.acts("/team/nieuw", **{**FATMA, **fields})
    assert answer.status_code == 422 and told in answer.text and "<script" not in answer.text
    assert set(_active(house)) == before and "added_member" not in str(house.log())
    return answer.text


# --- joining ----------------------------------------------------------------------------------------------------


async def test_a_wijkverbinder_joins_with_a_start_link_that_works(house: House) -> None:
    browser = await house.signed_in()
    assert 'href="/team/nieuw"' in (await browser.opens("/team")).text
    sent = {**FATMA, "naam": "  Fatma   de Wit ", "taal-tr": "ja", "taal-ar": "ja"}
    answer = await browser.acts("/team/nieuw", **sent)
    assert answer.status_code == 200 and "<h1>Fatma de Wit hoort bij het team</h1>" in answer.text
    payload = answer.text.split("/start ")[1].split("<")[0]
    found = _active(house)["Fatma de Wit"]
    assert (found.role, found.wijk, found.languages, found.email) == (Role.WIJKVERBINDER, "smitsveen", "ar tr", None)
    with house.wijk() as wijk:
        joined = team.join(wijk.session, wijk.now, wijk.person(), payload)
        assert isinstance(joined, Member) and joined.id == found.id
    assert house.log()[-1][1:] == ("added_member", f"member:{found.id}")
    assert payload not in str(house.log()) and "Fatma" not in str(house.log())
    assert "Nederlands, Arabisch, Turks" in (await browser.opens("/team")).text


@pytest.mark.parametrize(
    ("role", "email", "said", "not_said"),
    [
        (Role.READER, "lezer@example.org", "vult het e-mailadres in", "/start "),
        (Role.READER, "", "wijkwijzer dashboard link", "/start "),
        (ADMINISTRATOR, "ab@example.org", "vult het e-mailadres in", "/start "),
        (COORDINATOR, "cor@example.org", "/start ", "dashboard link"),
        (COORDINATOR, "", "/webpagina", "dashboard link"),
        (Role.VOLUNTEER, "", "/start ", "Aanmelden op deze webpagina"),
    ],
)
async def test_everybody_new_is_told_how_they_get_in(
    database: Database, role: Role, email: str, said: str, not_said: str
) -> None:
    house = house_of(database, Mail(lambda message: None))
    browser = await house.signed_in(ADMINISTRATOR)
    answer = await browser.acts("/team/nieuw", naam="Nieuw", rol=role.value, email=email)
    assert answer.status_code == 200 and said in answer.text and not_said not in answer.text
    found = _active(house)["Nieuw"]
    assert (found.role, found.email, found.wijk) == (role, email or None, None)


@pytest.mark.parametrize(
    ("fields", "told", "field"),
    [
        ({"naam": ""}, "Vul een naam in", "naam"),
        ({"naam": " \t "}, "Vul een naam in", "naam"),
        ({"naam": "F" * (LONGEST_NAME + 1)}, "Vul een naam in", "naam"),
        ({"naam": "Fat\u202ema"}, "Vul een naam in", "naam"),
        ({"naam": "Fat\x00ma"}, "Vul een naam in", "naam"),
        ({"naam": "cOBY"}, "Er is al iemand in het team met deze naam.", "naam"),
        ({"rol": ""}, "Kies een rol uit de lijst.", "rol"),
        ({"rol": "koning"}, "Kies een rol uit de lijst.", "rol"),
        ({"rol": "<script>alert(1)</script>"}, "Kies een rol uit de lijst.", "rol"),
        ({"wijk": ""}, "Een wijkverbinder heeft altijd een wijk.", "wijk"),
        ({"wijk": "utrecht"}, "Die wijk ken ik niet.", "wijk"),
        ({"email": "fatma"}, "Dat is geen e-mailadres.", "email"),
        ({"email": '"<script>"@x.nl'}, "Dat is geen e-mailadres.", "email"),
        ({"email": "COBY@example.org"}, "Iemand anders van het team heeft dit adres al.", "email"),
        ({"taal-xx": "ja"}, "Die taal ken ik niet.", ""),
        ({"taal-<script>": "ja"}, "Die taal ken ik niet.", ""),
    ],
)
async def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_lost(
    house: House, fields: dict[str, str], told: str, field: str
) -> None:
    browser = await house.signs_in(house.member(COORDINATOR, email="coby@example.org"))
    text = await _nobody_new(house, browser, told, **{"taal-tr": "ja", **fields})
    assert not field or (f'id="{field}-fout"' in text and f'aria-describedby="{field}-fout"' in text)
    assert 'role="alert"' in text and 'name="taal-tr" value="ja" checked' in text
    assert "naam" in fields or 'value="Fatma"' in text
    assert "rol" in fields or '<option value="wijkverbinder" selected>' in text
    assert "wijk" in fields or '<option value="smitsveen" selected>' in text


async def test_a_name_with_quotes_and_script_joins_and_is_shown_as_written(house: House) -> None:
    browser, name = await house.signed_in(), '\'t "Fa" <script>alert(1)</script>'
    assert (await browser.acts("/team/nieuw", **{**FATMA, "naam": name})).status_code == 200
    text = (await browser.opens("/team")).text
    assert "&#39;t &#34;Fa&#34; &lt;script&gt;" in text and "<script" not in text
    for address in (f"/team/{_active(house)[name].id}/uit", "/team/nieuw"):
        assert "<script" not in (await browser.opens(address)).text


@pytest.mark.parametrize("role", [COORDINATOR, ADMINISTRATOR, Role.READER])
async def test_a_coordinator_lets_nobody_join_who_can_sign_in(house: House, role: Role) -> None:
    browser = await house.signed_in()
    assert f'value="{role.value}"' not in (await browser.opens("/team/nieuw")).text
    await _nobody_new(house, browser, "Dit mag alleen een beheerder.", rol=role.value, wijk="")


async def test_a_form_that_is_sent_twice_makes_one_member(house: House) -> None:
    browser = await house.signed_in()
    assert (await browser.acts("/team/nieuw", **FATMA)).status_code == 200
    again = await browser.acts("/team/nieuw", **FATMA)
    assert again.status_code == 422 and "met deze naam" in again.text
    assert sorted(_active(house)) == ["Coby", "Fatma"]


def test_two_at_the_same_moment_do_not_take_one_name_or_address(database: Database) -> None:
    house = house_of(database)
    numbers = [house.member(ADMINISTRATOR, name) for name in ("Ab", "An")]
    start = Barrier(2)

    def add(number: int) -> bool:
        start.wait(10)
        try:
            with database.transaction() as session:
                joining = Joining(f"Lezer {number}", Role.READER, None, "een@example.org")
                team_changes.add(session, house.clock.at, session.get_one(Member, number), joining)
        except TeamRefused:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        done = [one.result(30) for one in [threads.submit(add, number) for number in numbers]]
    assert sorted(done) == [False, True]


# --- languages --------------------------------------------------------------------------------------------------


async def test_who_speaks_a_language_is_shown_what_waited_for_it(house: House) -> None:
    browser = await house.signed_in()
    with house.wijk() as wijk:
        number = wijk.request(wish()).id
        fatma = wijk.member("Fatma").id
    answer = await browser.acts(f"/team/{fatma}/talen", **{"taal-tr": "ja", "taal-pl": "ja"})
    assert answer.headers["Location"] == f"/team?gedaan=talen#lid-{fatma}"
    assert _active(house)["Fatma"].languages == "pl tr"
    assert house.log()[-1][1:] == ("set_languages", f"member:{fatma}")
    with house.looks() as session:
        assert session.scalar(select(Offer.id).where(Offer.request_id == number, Offer.member_id == fatma))
    assert (await browser.acts(f"/team/{fatma}/talen")).status_code == 303
    assert _active(house)["Fatma"].languages == ""


async def test_an_unknown_language_or_member_is_told(house: House) -> None:
    fatma, browser = house.member(Role.WIJKVERBINDER, "Fatma", languages="tr"), await house.signed_in()
    for number, told in ((fatma, "Die taal ken ik niet."), (999, "zit niet meer in het team")):
        answer = await browser.acts(f"/team/{number}/talen", **{"taal-klingon": "ja"})
        assert answer.status_code == 422 and told in answer.text
    assert _active(house)["Fatma"].languages == "tr"


# --- start links ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [COORDINATOR, ADMINISTRATOR, Role.READER])
async def test_a_coordinator_becomes_nobody_else_by_their_start_link(house: House, role: Role) -> None:
    other, browser = house.member(role, "Ander"), await house.signed_in()
    assert f'action="/team/{other}/startlink"' not in (await browser.opens("/team")).text
    answer = await browser.acts(f"/team/{other}/startlink")
    assert answer.status_code == 422 and "Dit mag alleen een beheerder." in answer.text
    assert _active(house)["Ander"].link_digest is None


@pytest.mark.parametrize("role", [COORDINATOR, ADMINISTRATOR])
async def test_somebody_makes_a_new_start_link_for_a_telephone_of_their_own(house: House, role: Role) -> None:
    coby = house.member(role)
    browser = await house.signs_in(coby)
    assert "/start team_" in (await browser.acts(f"/team/{coby}/startlink")).text


# --- leaving ----------------------------------------------------------------------------------------------------


async def test_what_leaving_means_is_read_first_and_then_done(house: House) -> None:
    browser = await house.signed_in()
    with house.wijk() as wijk:
        fatma = wijk.member("Fatma")
        agenda.give_hours(wijk, fatma)
        request = wijk.claimed(fatma)
        agenda.booked(wijk, request, fatma)
        number, name = request.id, fatma.id
    address = f"/team/{name}/uit"
    assert f'href="{address}"' in (await browser.opens("/team")).text
    text = (await browser.opens(address)).text
    assert "1 open vraag gaat naar anderen" in text and "1 afspraak gaat niet door" in text
    assert "Fatma" in _active(house)
    assert (await browser.acts(address)).headers["Location"] == "/team?gedaan=uit"
    assert "Fatma" not in _active(house)
    assert house.log()[-1][1:] == ("removed_member", f"member:{name}")
    with house.looks() as session:
        assert session.get_one(Request, number).state is not RequestState.CLAIMED
        assert session.scalars(select(Appointment.state)).all() == [AppointmentState.CANCELLED]


async def test_who_has_nothing_leaves_nothing(house: House) -> None:
    kees, browser = house.member(Role.ENERGY_COACH, "Kees"), await house.signed_in()
    text = (await browser.opens(f"/team/{kees}/uit")).text
    assert "nu geen open vragen" in text and "nu geen afspraken" in text


async def test_who_leaves_is_signed_out(house: House) -> None:
    number = house.member(Role.READER, "Lezer")
    reader, browser = await house.signs_in(number), await house.signed_in(ADMINISTRATOR)
    assert (await browser.acts(f"/team/{number}/uit")).status_code == 303
    assert (await reader.opens("/cijfers")).headers["Location"] == "/aanmelden?waarom=voorbij"


@pytest.mark.parametrize("role", [COORDINATOR, ADMINISTRATOR])
async def test_nobody_takes_themselves_off(house: House, role: Role) -> None:
    house.member(role, "Ander")
    coby = house.member(role)
    browser = await house.signs_in(coby)
    assert f'href="/team/{coby}/uit"' not in (await browser.opens("/team")).text
    answer = await browser.acts(f"/team/{coby}/uit")
    assert answer.status_code == 422 and "U kunt uzelf niet uit het team halen." in answer.text
    assert "Coby" in _active(house)


async def test_the_last_coordinator_stays_and_the_one_before_may_go(house: House) -> None:
    first, last = house.member(COORDINATOR, "Coby"), house.member(COORDINATOR, "Cor")
    browser = await house.signs_in(house.member(ADMINISTRATOR, "Ab"))
    assert (await browser.acts(f"/team/{first}/uit")).status_code == 303
    answer = await browser.acts(f"/team/{last}/uit")
    assert answer.status_code == 422 and "Dit is de laatste met deze rol." in answer.text
    assert set(_active(house)) == {"Cor", "Ab"}


@pytest.mark.parametrize("role", [COORDINATOR, ADMINISTRATOR, Role.READER])
async def test_a_coordinator_lets_nobody_leave_who_can_sign_in(house: House, role: Role) -> None:
    other, browser = house.member(role, "Ander"), await house.signed_in()
    assert f'href="/team/{other}/uit"' not in (await browser.opens("/team")).text
    answer = await browser.acts(f"/team/{other}/uit")
    assert answer.status_code == 422 and "Dit mag alleen een beheerder." in answer.text
    assert "Ander" in _active(house)


async def test_who_is_not_there_cannot_leave(house: House) -> None:
    gone, browser = house.member(Role.WIJKVERBINDER, "Fatma", active=False), await house.signed_in()
    for number in (gone, 999):
        assert (await browser.opens(f"/team/{number}/uit")).status_code == 404
        assert (await browser.acts(f"/team/{number}/uit")).status_code == 404


def test_two_administrators_who_let_each_other_leave_do_not_both_go(database: Database) -> None:
    house = house_of(database)
    ab, an = (house.member(ADMINISTRATOR, name) for name in ("Ab", "An"))
    start = Barrier(2)

    def remove(by: int, number: int) -> bool:
        try:
            with database.transaction() as session:
                member = session.get_one(Member, by)
                if not database.on_sqlite:
                    start.wait(10)
                team_changes.remove(session, house.clock.at, member, number)
        except TeamRefused:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        done = [one.result(30) for one in [threads.submit(remove, ab, an), threads.submit(remove, an, ab)]]
    assert sorted(done) == [False, True] and len(_active(house)) == 1
