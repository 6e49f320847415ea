"""Instellingen: what somebody sets for themselves, what they read of the organisation, and what is never shown."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from actions import clocks, monday, sign_in
from actions.mail import Mail
from actions.monday import Way
from actions.sign_in import LinkRefused
from actions.terms import TERMS
from dashboard.pages import settings
from store.dashboard_tables import SignInLink, WebSession
from store.database import Database
from store.states import InboxState, Role, Why
from store.tables import Inbox, Member, Misunderstood
from tests.dashboard.conftest import Browser, House, house_of

OLD, NEW = "coby@example.org", "nieuw@example.org"


def mailing(database: Database) -> tuple[House, list[EmailMessage]]:
    got: list[EmailMessage] = []
    return house_of(database, Mail(got.append)), got


def _member(house: House, number: int) -> Member:
    with house.looks() as session:
        return session.get_one(Member, number)


async def _coby(house: House, **settings: Any) -> tuple[int, Browser]:
    number = house.member(Role.COORDINATOR, email=OLD, **settings)
    return number, await house.signs_in(number)


# --- figures on Monday ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("where", "way"), [("telegram", Way.TELEGRAM), ("mail", Way.MAIL), ("niet", None)])
async def test_somebody_chooses_how_the_figures_come(database: Database, where: str, way: Way | None) -> None:
    house, _ = mailing(database)
    coby, browser = await _coby(house, monday_figures=where != "niet", figures_by_mail=where == "telegram")
    answer = await browser.acts("/instellingen/cijfers", waar=where)
    assert answer.headers["Location"] == "/instellingen?gedaan=cijfers_gekozen"
    text = (await browser.opens(answer.headers["Location"])).text
    assert "Zo gaat het vanaf de volgende maandag." in text
    assert f'value="{where}" required checked' in text and text.count(" checked") == 1
    with house.looks() as session:
        assert monday.way(session.get_one(Member, coby), mail=True) is way
    assert house.log()[-1] == (coby, "chose_figures", "")


@pytest.mark.parametrize("where", ["", "post", "Mail", "<script>", "telegram,mail"])
async def test_a_way_that_there_is_not_is_refused(database: Database, where: str) -> None:
    house, _ = mailing(database)
    coby, browser = await _coby(house)
    answer = await browser.acts("/instellingen/cijfers", waar=where)
    assert answer.status_code == 422 and "Kies een van deze manieren." in answer.text and "<script" not in answer.text
    assert 'aria-describedby="waar-fout"' in answer.text and 'id="waar-fout"' in answer.text
    with house.looks() as session:
        assert monday.way(session.get_one(Member, coby), mail=True) is Way.TELEGRAM


async def test_without_a_mail_server_there_is_no_mail_to_choose_and_the_page_says_why(house: House) -> None:
    _, browser = await _coby(house)
    text = (await browser.opens("/instellingen")).text
    assert 'value="mail"' not in text and "geen mailserver ingesteld" in text
    assert (await browser.acts("/instellingen/cijfers", waar="mail")).status_code == 422


async def test_without_an_address_there_is_no_mail_to_choose(database: Database) -> None:
    house, _ = mailing(database)
    browser = await house.signed_in()
    text = (await browser.opens("/instellingen")).text
    assert 'value="mail"' not in text and "als u hieronder een adres invult" in text
    assert (await browser.acts("/instellingen/cijfers", waar="mail")).status_code == 422


async def test_who_has_not_used_the_start_link_is_told(database: Database) -> None:
    house, _ = mailing(database)
    _, browser = await _coby(house, person_id=None)
    text = (await browser.opens("/instellingen")).text
    assert 'value="telegram"' not in text and "Gebruik eerst uw startlink." in text


async def test_a_reader_has_no_figures_on_monday(database: Database) -> None:
    house, _ = mailing(database)
    reader = house.member(Role.READER, email=OLD)
    browser = await house.signs_in(reader)
    assert "Cijfers op maandag" not in (await browser.opens("/instellingen")).text
    await browser.acts("/instellingen/cijfers", waar="mail")
    with house.looks() as session:
        assert monday.way(session.get_one(Member, reader), mail=True) is None


# --- the address ------------------------------------------------------------------------------------------------


async def test_a_new_address_is_told_to_the_old_one_and_written_down(database: Database) -> None:
    house, got = mailing(database)
    coby, browser = await _coby(house)
    answer = await browser.acts("/instellingen/adres", email=f" {NEW} ")
    assert answer.headers["Location"] == "/instellingen?gedaan=adres"
    assert _member(house, coby).email == NEW
    assert [message["To"] for message in got] == [OLD]
    assert "gewijzigd" in got[0]["Subject"] and NEW not in got[0].as_string()
    assert house.log()[-1] == (coby, "changed_email", f"member:{coby}")
    assert "@" not in str(house.log())


async def test_a_link_that_went_to_the_old_address_works_no_more(database: Database) -> None:
    house, _ = mailing(database)
    coby, browser = await _coby(house)
    link = house.link(coby)
    await browser.acts("/instellingen/adres", email=NEW)
    with database.transaction() as session:
        assert sign_in.refusal(session, house.clock.at, link.rsplit("/")[-1]) is LinkRefused.UNKNOWN
        assert session.scalar(select(SignInLink).where(SignInLink.used_at.is_(None))) is None


async def test_the_same_address_again_is_no_change(database: Database) -> None:
    house, got = mailing(database)
    _, browser = await _coby(house)
    assert (await browser.acts("/instellingen/adres", email=OLD)).status_code == 303
    assert got == [] and "changed_email" not in str(house.log())


@pytest.mark.parametrize(
    ("email", "told"),
    [
        ("coby", "Dat is geen e-mailadres."),
        ("coby@example", "Dat is geen e-mailadres."),
        ("a b@example.org", "Dat is geen e-mailadres."),
        ("coby@example.org\r\nBcc: all@example.org", "Dat is geen e-mailadres."),
        ('"><script>alert(1)</script>@example.org', "Dat is geen e-mailadres."),
        ("a" * 65 + "@example.org", "Dat is geen e-mailadres."),
        ("Fatma@Example.org", "Iemand anders van het team heeft dit adres al."),
    ],
)
async def test_a_wrong_address_is_told_beside_the_field_and_stays_in_it(
    database: Database, email: str, told: str
) -> None:
    house, got = mailing(database)
    house.member(Role.WIJKVERBINDER, "Fatma", email="fatma@example.org")
    coby, browser = await _coby(house)
    answer = await browser.acts("/instellingen/adres", email=email)
    assert answer.status_code == 422 and told in answer.text and "<script" not in answer.text
    assert 'aria-describedby="email-fout"' in answer.text and 'role="alert" id="email-fout"' in answer.text
    assert email[:5].replace('"', "&#34;").replace(">", "&gt;").replace("<", "&lt;") in answer.text
    assert _member(house, coby).email == OLD and got == []


@pytest.mark.parametrize(("person", "email"), [({}, None), ({"person_id": None}, OLD)])
async def test_an_address_is_taken_away_only_from_who_is_on_telegram(
    database: Database, person: dict[str, None], email: str | None
) -> None:
    house, got = mailing(database)
    coby, browser = await _coby(house, figures_by_mail=True, **person)
    answer = await browser.acts("/instellingen/adres", email=" ")
    assert answer.status_code == (422 if email else 303)
    assert not email or "Zonder adres kunt u zich niet meer aanmelden." in answer.text
    found = _member(house, coby)
    assert (found.email, found.figures_by_mail) == (email, bool(email)) and len(got) == (0 if email else 1)


async def test_a_mail_server_that_is_away_keeps_nobody_from_changing(database: Database) -> None:
    def away(message: EmailMessage) -> None:
        raise ConnectionRefusedError

    house = house_of(database, Mail(away))
    coby, browser = await _coby(house)
    with capture_logs() as lines:
        assert (await browser.acts("/instellingen/adres", email=NEW)).status_code == 303
    assert _member(house, coby).email == NEW
    assert [line["event"] for line in lines] == ["mail_not_sent"] and OLD not in str(lines)


async def test_without_a_mail_server_an_address_is_changed_all_the_same(house: House) -> None:
    coby, browser = await _coby(house)
    assert (await browser.acts("/instellingen/adres", email=NEW)).status_code == 303
    assert _member(house, coby).email == NEW


# --- sessions ---------------------------------------------------------------------------------------------------


async def test_what_is_open_elsewhere_ends_and_this_stays(house: House) -> None:
    coby, here = await _coby(house)
    there, others = await house.signs_in(coby), await house.signed_in()
    assert "nog op 1 andere plek aangemeld" in (await here.opens("/instellingen")).text
    assert (await here.acts("/instellingen/afmelden")).headers["Location"] == "/instellingen?gedaan=afgemeld_elders"
    assert (await there.opens("/instellingen")).headers["Location"] == "/aanmelden?waarom=voorbij"
    assert "U bent alleen hier aangemeld." in (await here.opens("/instellingen")).text
    assert (await others.opens("/instellingen")).status_code == 200
    with house.looks() as session:
        assert len(session.scalars(select(WebSession)).all()) == 2
    assert (coby, "signed_out_others", "") in house.log()


async def test_a_session_that_is_over_is_not_counted_and_does_nothing(house: House) -> None:
    coby, old = await _coby(house)
    house.later(minutes=31)
    here = await house.signs_in(coby)
    assert "U bent alleen hier aangemeld." in (await here.opens("/instellingen")).text
    answer = await old.acts("/instellingen/adres", email=NEW)
    assert answer.headers["Location"] == "/aanmelden?waarom=voorbij" and _member(house, coby).email == OLD


# --- the organisation -------------------------------------------------------------------------------------------


async def test_the_organisation_is_told_from_the_code_that_decides(house: House) -> None:
    text = (await (await house.signed_in(Role.ADMINISTRATOR)).opens("/instellingen")).text
    for said in ("Soesterberg", "ma-vr 9:00-17:00", "niet op feestdagen", "10 werkdagen", "3 werkuren", "1 werkuur<"):
        assert said in text, said
    for said in ("Tigrinya", "Turks", "30 dagen", "90 dagen", "1 jaar", "Zinnen die de bot niet begreep"):
        assert said in text, said
    assert text.count("<caption>") == 3


async def test_every_period_and_every_urgency_has_its_row(house: House) -> None:
    text = (await (await house.signed_in()).opens("/instellingen")).text
    rows = sum(term.told for term in TERMS.values()) + len(clocks.PATIENCE)
    assert text.split("Wie het beheert")[0].count('<th scope="row"') == rows


@pytest.mark.parametrize(
    ("hours", "words"),
    [(1, "1 werkuur"), (3, "3 werkuren"), (8, "1 werkdag"), (12, "12 werkuren"), (80, "10 werkdagen")],
)
def test_working_time_is_said_in_words(hours: int, words: str) -> None:
    assert settings._worked(timedelta(hours=hours)) == words


async def test_a_reader_sees_only_their_own_part(house: House) -> None:
    text = (await (await house.signed_in(Role.READER)).opens("/instellingen")).text
    assert "Uw e-mailadres" in text and "De organisatie" not in text and "werkdagen" not in text


async def test_no_secret_is_ever_on_the_page(database: Database) -> None:
    secrets = {
        "smtp_url": "smtp://wijk:geheim-1@mail.example.org:587",
        "mail_from": "wijk@example.org",
        "telegram_bot_token": "42:geheim-2",
        "telegram_webhook_secret": "geheim-3-geheim-3",
        "encryption_keys": "geheim-4",
    }
    house = house_of(database, None, **secrets)
    text = (await (await house.signed_in(Role.ADMINISTRATOR)).opens("/instellingen")).text
    assert "geheim" not in text and "mail.example.org" not in text and database.url not in text
    assert "kan verstuurd worden" in text


async def test_the_bot_was_seen_when_it_was_last_done_with_a_message(house: House) -> None:
    browser = await house.signed_in()
    assert "las de laatste weken geen bericht" in (await browser.opens("/instellingen")).text
    with house.wijk() as wijk:
        for number, (ago, state) in enumerate([(3, "handled"), (2, "handled"), (1, "received")], start=1):
            at = house.clock.at - timedelta(hours=ago)
            handled = at if state == "handled" else None
            row = Inbox(update_id=number, chat_id=1, received_at=at, state=InboxState(state), handled_at=handled)
            wijk.session.add(row)
    assert "di 24 nov 2026, 8:00" in (await browser.opens("/instellingen")).text


async def test_the_model_is_named_once_it_is_known(house: House) -> None:
    browser = await house.signed_in()
    assert "Taalmodel" not in (await browser.opens("/instellingen")).text
    with house.wijk() as wijk:
        for model in ("model-<b>1</b>", None):
            fields: dict[str, Any] = {"text": "brr", "intents": [], "shown": [], "why": Why.UNSURE}
            row = Misunderstood(at=wijk.now, person_id=wijk.person().id, read_by_model=model, **fields)
            wijk.session.add(row)
    assert "model-&lt;b&gt;1&lt;/b&gt;" in (await browser.opens("/instellingen")).text
