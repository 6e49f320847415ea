"""What somebody typed for a record: each refusal stands at its field, with a sentence that says what to write."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader

from actions.directory import load_directory
from actions.service_reader import Everything, ServiceReader
from actions.services import Fit
from bot.content.rules import read_rules
from dashboard.pages.directory import GROUPS
from dashboard.pages.directory_form import PARTS, Form

_WORDS = Environment(loader=FileSystemLoader("dashboard/templates"), autoescape=True)
_WORDS.filters.update(wijk=str, day=str)
SENTENCES: Any = _WORDS.get_template("directory_words.html").make_module({"form_token": ""})
ALONE = "Vul ook het nummer in. Of maak leeg wat erbij staat."
WRONG: list[tuple[str, str, str]] = [
    ("naam", "", "Vul een naam in."),
    ("naam", "x" * 300, "Gebruik een kortere naam: hoogstens 60 letters, op 1 regel."),
    ("naam", "Geld\x07fit", "Gebruik een kortere naam"),
    ("naam", "Geld\u202efit", "Gebruik een kortere naam"),
    ("omschrijving", "", "Vul in wat een bewoner hier vindt."),
    ("omschrijving", "Hulp bij schulden.", "Schrijf: "),
    ("omschrijving", "Geld.\x00", "Hier staat een teken dat niet te zien is."),
    ("omschrijving", "Praten over geld. U bent welkom.", "Zet elke zin op een eigen regel."),
    ("omschrijving", "U kunt hier altijd en met iedereen praten over al uw geld en meer.", "Deze zin is te lang."),
    ("omschrijving", "Er wordt gebeld.", "Zeg wie het doet."),
    ("nummer-1", "12345", "Dit is geen Nederlands nummer."),
    ("nummer-3", "+49 30 123456", "Dit is geen Nederlands nummer."),
    ("nummer-2", "<script>alert(1)</script>", "Dit is geen Nederlands nummer."),
    ("bij-2", "gratis", ALONE),
    ("bij-1", "x" * 41, "Gebruik hoogstens 40 letters"),
    ("website", "http://goos.example.nl", "Schrijf het hele adres, met https:// ervoor."),
    ("website", "javascript:alert(1)", "Schrijf het hele adres"),
    ("website", "https://goos", "Schrijf het hele adres"),
    ("open", "25:00", "Deze tijden zijn niet te lezen."),
    ("open", "ma 9-25:00", "Deze tijden zijn niet te lezen."),
    ("open", "ma 17-9", "Deze tijden zijn niet te lezen."),
    ("open", "ma 9-12, ma 11-13", "Deze tijden zijn niet te lezen."),
    ("open", "soms", "Deze tijden zijn niet te lezen."),
    ("nakijken", "0", "Vul een getal in van 1 tot en met 1095"),
    ("nakijken", "1096", "Vul een getal in van 1 tot en met 1095"),
    ("nakijken", "²", "Vul een getal in van 1 tot en met 1095"),
    ("nakijken", "9" * 50, "Vul een getal in van 1 tot en met 1095"),
    ("wie", "reader", "Kies iemand uit de lijst."),
    ("wie", "", "Kies iemand uit de lijst."),
]


@pytest.fixture(scope="module")
def form() -> Form:
    """The form of a record with a number and hours, as the page makes it of our own files."""
    file = load_directory(Path("directory"), "soest", Everything()).service("gas_and_power_failure")
    rules = Path("flows/texts/nl/wordrules.yml")
    return Form(file, ServiceReader(("smitsveen",), ("draught",)), ("draught",), rules)


@pytest.mark.parametrize(("name", "typed", "said"), WRONG)
def test_what_is_wrong_is_found_with_what_to_write_instead(form: Form, name: str, typed: str, said: str) -> None:
    changed = {**form.values, "nummer-1": "", "bij-1": "", name: typed}
    filled = form.read(changed)
    where = "nummer-2" if said == ALONE else name
    assert list(filled.problems) == [where]
    told = SENTENCES.problem(filled.problems[where][0], read_rules(form.rules))
    assert said in html.unescape(told)
    others = {one: getattr(form.service, one) for one in ("name", "description", "url", "schedules", "responsible")}
    assert {one: getattr(filled.service, one) for one in others if PARTS[one] != (name,)}.items() <= others.items()


def test_every_field_that_the_reader_refuses_has_a_sentence() -> None:
    assert set(PARTS) - set(SENTENCES.PROBLEMS) == {"switched_on"}


def test_the_groups_hold_every_record_once() -> None:
    assert sorted(fit for fits in GROUPS for fit in fits) == sorted(Fit)
