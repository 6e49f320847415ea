"""The main job as `make demo` shows it: real processes, a real Rasa, a real browser.

With WIJKWIJZER_PICTURES=<folder> the picture of the README is made anew; with SANDBOX_SCREENSHOTS=<folder> the other
moments are kept too.
"""

from __future__ import annotations

from datetime import datetime, time

import pytest
from playwright.sync_api import Locator, Page, expect

from actions.clocks import PATIENCE
from actions.opening_hours import AMSTERDAM
from actions.working_time import OFFICE, later
from bot.words import Words
from store.states import Urgency
from tests.e2e.demo_page import DESKTOP, SMALL, Demo, next_tuesday, picture, sets_the_clock
from tests.e2e.phones import Phone

pytestmark = [pytest.mark.e2e, pytest.mark.rasa, pytest.mark.browser]
RESIDENT, FATMA, JOOP, PETRA = 5000001, 5000002, 5000003, 5000004
NAMES = {FATMA: "Fatma", JOOP: "Joop", PETRA: "Petra"}
CARD = {"number": 1, "wijk": "smitsveen", "topics": ["draught"], "urgency": "normal", "reach": "here"}
ANSWERS = {
    "about_draught": "yes",
    "tenure": "other_landlord",
    "draught_place": "door",
    "inside_temperature": "16_19",
    "can_pay": "sometimes",
    "letters": "no",
    "pen_fits": "yes",
}
LINES = ("utter_line_home", "utter_line_draught", "utter_line_pay")
CLICK_BOTH = "([one, other]) => { one.click(); other.click(); }"


# --- a draught, from the first words to the end ---------------------------------------------------------------


def test_a_draught_reaches_a_wijkverbinder(page: Page, demo: Demo, words: Words) -> None:
    """The whole line: a resident's draught, two wijkverbinders who both want it, and a talk through the bot."""
    resident, fatma, joop, petra = (Phone(page, words, chat) for chat in (RESIDENT, FATMA, JOOP, PETRA))
    for member in (fatma, joop, petra):
        member.shows("team_welcome", name=NAMES[member.chat])
    sets_the_clock(page, next_tuesday(), 10)
    picture(page, "e2e-start")
    approved = [words.say(key, ANSWERS) for key in LINES[:2]]
    left_out = words.say(LINES[2], ANSWERS)

    tells_what_is_wrong(resident)
    is_advised(resident)
    changes_a_line(resident, [*approved, left_out])
    sends_on_without_a_line(resident, left_out)
    cards = [sees_a_card_without_the_person(member, [*approved, left_out]) for member in (fatma, joop)]
    picture(page, "e2e-cards")
    taker, loser = both_want_it(page, (fatma, joop), cards)
    sees_the_approved_text(taker, approved, left_out)
    resident.hears("utter_claimed", name=NAMES[taker.chat], promised=promised(), reach="here")
    page.locator("h1").click()  # nothing in focus, nothing under the pointer
    picture(page, "demo", "WIJKWIJZER_PICTURES")

    they_talk_on_a_small_screen(page, resident, taker)
    smells_gas(page, resident, taker)
    closes(resident, taker, petra)
    assert loser.screen.locator(".message", has_text=left_out).count() == 0
    picture(page, "e2e-closed")
    assert "balkondeur" not in demo.program.printed(), "the logs hold no word of a resident"


def promised() -> str:
    """The moment before which somebody is heard of, who asks on that day at ten."""
    asked = datetime.combine(next_tuesday(), time(10), AMSTERDAM)
    return later(OFFICE, asked, PATIENCE[Urgency.NORMAL].promise).isoformat()


def tells_what_is_wrong(resident: Phone) -> None:
    """First words, consent, and the questions: with buttons, in own words, once back."""
    resident.starts()
    resident.hears("utter_welcome")
    resident.is_asked("consent")
    resident.types("het tocht zo in mijn huis")
    resident.answers("consent", "yes")
    resident.hears("utter_consent_yes")
    resident.answers("tenure", "portaal")
    picture(resident.page, "e2e-question")
    resident.answers("draught_place", "window")
    resident.presses(resident.is_asked("inside_temperature"), resident.words.say("button_back", {}))
    resident.says("draught_place", "balkondeur")
    resident.says("inside_temperature", "18 graden")
    payment = resident.is_asked("can_pay")
    picture(resident.page, "e2e-payment")
    resident.presses(payment, resident.label("can_pay", "sometimes"))
    resident.says("letters", "nee hoor")
    resident.answers("pen_fits", "yes")


def is_advised(resident: Phone) -> None:
    """A wide gap is work for the landlord: what to write, and how."""
    for key in ("utter_landlord_job", "utter_landlord_letter", "utter_landlord_how"):
        resident.hears(key, **ANSWERS)
    picture(resident.page, "e2e-advice")
    resident.answers("wijk", "smitsveen")


def changes_a_line(resident: Phone, lines: list[str]) -> None:
    """Change who the landlord is in the text that is sent on, and find the other answers kept."""
    first = resident.is_asked("send_ok")
    picture(resident.page, "e2e-summary")
    expect(first).to_contain_text(resident.words.say(LINES[0], {**ANSWERS, "tenure": "portaal"}))
    resident.presses(first, resident.words.say("button_change", {"number": 1}))
    resident.answers("line_choice", "change")
    resident.answers("tenure", "other_landlord")
    second = resident.is_asked("send_ok")
    for line in lines:
        expect(second).to_contain_text(line)
    resident.presses(second, resident.words.say("button_change", {"number": 3}), by_keyboard=True)


def sends_on_without_a_line(resident: Phone, left_out: str) -> None:
    """By keyboard only; the last line is taken out of what is sent."""
    resident.answers("line_choice", "leave_out", by_keyboard=True)
    shorter = resident.is_asked("send_ok")
    expect(shorter).not_to_contain_text(left_out)
    picture(resident.page, "e2e-approve")
    resident.presses(shorter, resident.label("send_ok", "yes"), by_keyboard=True)
    resident.hears("utter_handoff_offered", readers=2, shown_at="", waiting_from="", promised=promised())
    resident.answers("ask_again", "yes", by_keyboard=True)
    resident.hears("utter_will_ask_again")


def sees_a_card_without_the_person(member: Phone, lines: list[str]) -> Locator:
    card = member.hears("card_request", **CARD)
    for detail in (*lines, "balkondeur", "Bewoner", str(RESIDENT)):
        expect(card).not_to_contain_text(detail)
    return card


def both_want_it(page: Page, members: tuple[Phone, Phone], cards: list[Locator]) -> tuple[Phone, Phone]:
    """Two presses at once: one gets it, the other hears who was first. Gives who has it and who has not."""
    words = members[0].words
    claims = [card.get_by_role("button", name=words.say("button_claim", {})) for card in cards]
    page.evaluate(CLICK_BOTH, [claim.element_handle() for claim in claims])
    close = page.get_by_role("button", name=words.say("button_close", {}), exact=True)
    expect(close).to_have_count(1)
    taker, loser = members if members[0].screen.get_by_role("button", name="Sluiten").count() else members[::-1]
    taker.shows("card_claimed_by_you", **CARD)
    loser.hears("utter_already_claimed", name=NAMES[taker.chat])
    loser.shows("card_claimed_by_other", **CARD, name=NAMES[taker.chat])
    for claim in claims:
        expect(claim).to_have_count(0)
    return taker, loser


def sees_the_approved_text(taker: Phone, approved: list[str], left_out: str) -> None:
    text = taker.words.content.response("case_text").variant({}).text.partition("{summary}")[0]
    case = taker.screen.locator(".message", has_text=text.format(number=1))
    for line in approved:
        expect(case).to_contain_text(line)
    expect(case).not_to_contain_text(left_out)


# --- the talk through the bot ---------------------------------------------------------------------------------


def they_talk_on_a_small_screen(page: Page, resident: Phone, taker: Phone) -> None:
    """Words, a photo and a voice message, both ways; one phone at a time."""
    page.set_viewport_size(SMALL)  # type: ignore[arg-type]
    name = NAMES[taker.chat]
    taker.comes_into_view()
    taker.types("Zal ik morgen om 10 uur bellen?")
    picture(page, "e2e-small-taker")
    resident.comes_into_view()
    resident.hears("utter_relay_from_member", name=name, text="Zal ik morgen om 10 uur bellen?")
    resident.types("Ja graag, ik ben thuis")
    resident.sends("Foto")
    taker.comes_into_view()
    taker.hears("utter_relay_from_resident", number=1, text="Ja graag, ik ben thuis")
    taker.hears("utter_relay_file_from_resident", number=1)
    taker.gets("photo")
    taker.sends("Spraakbericht")
    resident.comes_into_view()
    resident.hears("utter_relay_file_from_member", name=name)
    resident.gets("voice")
    picture(page, "e2e-small-relay")
    everything_fits(page)


def everything_fits(page: Page) -> None:
    """Nothing hangs over the edge of a small screen, also not what could be scrolled to."""
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    for button in page.locator("header button").all():
        box = button.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= SMALL["width"], button.inner_text()


def smells_gas(page: Page, resident: Phone, taker: Phone) -> None:
    """Danger is for the bot, also while somebody helps; whoever that is reads it too."""
    resident.types("ik ruik gas")
    resident.hears("utter_danger_gas_smell")
    picture(page, "e2e-small-danger")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    asked = resident.is_asked("call_wanted")
    resident.presses(asked, resident.label("call_wanted", "no"))
    resident.hears("utter_danger_after")
    taker.hears("team_danger", number=1)
    taker.hears("utter_relay_from_resident", number=1, text="ik ruik gas")


def closes(resident: Phone, taker: Phone, professional: Phone) -> None:
    """The end; and a professional, for whom it was not, saw nothing of it all."""
    taker.screen.get_by_role("button", name=taker.words.say("button_close", {}), exact=True).click()
    taker.screen.get_by_role("button", name=taker.words.say("button_outcome_solved", {}), exact=True).click()
    taker.hears("utter_case_closed_member", number=1)
    resident.hears("utter_case_closed_resident", name=NAMES[taker.chat], outcome="solved")
    expect(professional.screen.locator(".message.theirs")).to_have_count(1)


# --- somebody who comes back ----------------------------------------------------------------------------------


def test_a_resident_comes_back_after_three_days(page: Page, words: Words) -> None:
    """Half a talk, three days, and the same question again."""
    phones = page.locator(".phone")
    before = phones.count()
    page.get_by_role("button", name="Nieuwe bewoner").click()
    expect(phones).to_have_count(before + 1)
    newcomer = Phone(page, words, int(phones.last.get_attribute("data-chat") or 0))
    expect(newcomer.screen.get_by_role("button", name="Start", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    page.set_viewport_size(SMALL)  # type: ignore[arg-type]
    newcomer.is_asked("consent")
    expect(page.get_by_role("tab", selected=True)).to_be_in_viewport(ratio=0.95)
    picture(page, "e2e-small-consent")
    newcomer.types("ja")
    menu = newcomer.is_asked("menu_choice")
    picture(page, "e2e-small-menu")
    newcomer.presses(menu, newcomer.label("menu_choice", "draught"))
    newcomer.answers("tenure", "own")
    newcomer.is_asked("draught_place")
    picture(page, "e2e-small-place")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    for _ in range(3):
        shown = page.locator("#clock-time").inner_text()
        page.get_by_role("button", name="+1 dag").click()
        expect(page.locator("#clock-time")).not_to_have_text(shown)
    newcomer.types("hallo")
    newcomer.hears("utter_welcome_back")
    newcomer.answers("draught_place", "letterbox")
    newcomer.is_asked("inside_temperature")
    picture(page, "e2e-back")
    page.get_by_role("button", name="Terug naar nu").click()
    expect(page.locator(".clock-time.moved")).to_have_count(0)
