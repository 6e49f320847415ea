"""How services read: for residents what is fit to print at that moment, for the team all that is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from actions.opening_hours import AMSTERDAM, MIDNIGHT, Opening
from actions.outbox import Message
from actions.services import Directory, Phone, Service, Status
from bot.dialogue.responses import Response, Variant
from bot.words import Words

WEEK, WORKDAYS = frozenset(range(7)), frozenset(range(5))
OFFICE = (Opening(WORKDAYS, 540, 1020),)
OLD = date(2026, 4, 1)


def _service(key: str, name: str, status: Status = Status.CERTAIN, **fields: Any) -> Service:
    return Service(key, name, f"Over {name}.", status, "een bron", **fields)


SERVICES = Directory(
    (
        _service("geldfit", "Geldfit", phones=(Phone("0800-8115", "gratis"),)),
        _service("two", "Hulplijn", phones=(Phone("113", "gratis"), Phone("0800-0113", "gratis"))),
        _service("mixed", "Gemengd", phones=(Phone("112", "gevaar"), Phone("0900-8844"))),
        _service("site", "Portaal", url="https://portaal.example"),
        _service("nowhere", "Balans"),
        _service("desk", "Balie", phones=(Phone("112"),), schedules=OFFICE),
        _service("never_again", "Markt", schedules=(Opening(WEEK, 0, 60, valid_to=date(2026, 1, 1)),)),
        _service("always", "Nood", schedules=(Opening(WEEK, 0, MIDNIGHT),)),
        _service("late", "Laat", Status.DATED, phones=(Phone("112"),), assured_date=OLD),
        _service("late_site", "Site", Status.DATED, url="https://laat.example", assured_date=OLD),
        _service("late_nowhere", "Ergens", Status.DATED, assured_date=OLD),
        _service("unsure", "Onzeker", Status.UNVERIFIED, phones=(Phone("0800-8020"),)),
        _service("ours", "Buren", wijken=("de_eng",), url="https://buren.example"),
    )
)


def _at(words: Words, moment: str) -> Words:
    now = datetime.fromisoformat(moment).replace(tzinfo=AMSTERDAM)
    said = {"utter_help": Response("utter_help", (Variant("Hulp:\n{services}"),), "here")}
    said |= {"utter_own": Response("utter_own", (Variant("{services}", services=("site", "unsure")),), "here")}
    texts = {"nl": {**words.content.texts["nl"], **said}}
    content = replace(words.content, texts=texts)
    return replace(words, content=content, directory=lambda: SERVICES, now=lambda: now)


def _said(words: Words, *keys: str, moment: str = "2026-11-23T10:00", **values: Any) -> list[str]:
    text = _at(words, moment).render(Message("utter_help", {"services": list(keys), **values})).text
    return text.splitlines()[1:]


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("geldfit", "Geldfit: bel 0800-8115 (gratis)."),
        ("two", "Hulplijn: bel 113 of 0800-0113 (gratis)."),
        ("mixed", "Gemengd: bel 112 of 0900-8844."),
        ("site", "Portaal: kijk op https://portaal.example"),
        ("nowhere", "Balans: uw wijkverbinder weet hoe u daar komt."),
        ("late", "Laat: bel eerst even, 112."),
        ("late_site", "Site: kijk eerst of dit nog klopt, https://laat.example"),
        ("late_nowhere", "Ergens: vraag eerst of dit nog klopt."),
    ],
)
def test_a_service_reads_by_how_it_is_reached_and_how_fresh_it_is(words: Words, key: str, line: str) -> None:
    said = _said(words, key)
    assert said == [line, f"Over {SERVICES.service(key).name}."]


@pytest.mark.parametrize(
    ("key", "moment", "opening"),
    [
        ("desk", "2026-11-23T10:00", ["Nu open."]),
        ("desk", "2026-11-23T08:00", ["Open vanaf vandaag 9:00 uur."]),
        ("desk", "2026-11-23T18:00", ["Open vanaf morgen 9:00 uur."]),
        ("desk", "2026-11-27T18:00", ["Open vanaf maandag 30 november, 9:00 uur."]),
        ("always", "2026-11-27T18:00", ["Nu open."]),
        ("never_again", "2026-11-27T18:00", []),
    ],
)
def test_it_is_said_when_it_is_open(words: Words, key: str, moment: str, opening: list[str]) -> None:
    assert _said(words, key, moment=moment)[1:-1] == opening


def test_at_most_two_are_named_in_the_order_of_the_text_without_more_words(words: Words) -> None:
    assert _said(words, "unsure", "site", "geldfit", "two") == [
        "Portaal: kijk op https://portaal.example",
        "Geldfit: bel 0800-8115 (gratis).",
    ]


@pytest.mark.parametrize(("wijk", "shown"), [("de_eng", True), ("smitsveen", False), (None, False)])
def test_what_is_for_one_wijk_is_shown_there_only(words: Words, wijk: str | None, shown: bool) -> None:
    said = _said(words, "ours", wijk=wijk)
    assert said == (["Buren: kijk op https://buren.example", "Over Buren."] if shown else [NONE])


NONE = "Uw wijkverbinder zoekt dit voor u uit."


@pytest.mark.parametrize("keys", [("unsure",), ()])
def test_when_none_is_fit_the_wijkverbinder_finds_out(words: Words, keys: tuple[str, ...]) -> None:
    assert _said(words, *keys) == [NONE]


def test_a_text_names_its_own_services(words: Words) -> None:
    own = _at(words, "2026-11-23T10:00")
    assert own.say("utter_own", {"services": ["geldfit"]}).startswith("Portaal: kijk op ")


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("geldfit", ["Geldfit: Over Geldfit.", "Nummer: 0800-8115 (gratis)", "Site: geen", "Open: dat weten we niet"]),
        (
            "desk",
            [
                "Balie: Over Balie.",
                "Nummer: 112",
                "Site: geen",
                "Open: maandag, dinsdag, woensdag, donderdag, vrijdag van 9:00 tot 17:00 uur",
            ],
        ),
        ("always", ["Nood: Over Nood.", "Nummer: geen", "Site: geen", "Open: dag en nacht"]),
        ("never_again", ["Markt: Over Markt.", "Nummer: geen", "Site: geen", "Open: elke dag van 0:00 tot 1:00 uur"]),
    ],
)
def test_the_team_reads_all_that_is_known(words: Words, key: str, facts: list[str]) -> None:
    text = _at(words, "2026-11-23T10:00").render(Message("team_service_question", {"service": key})).text
    assert text.splitlines() == ["Klopt dit nog?", *facts]
