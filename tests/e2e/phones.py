"""A phone on the sandbox's page, in the hands of somebody who reads keys instead of Dutch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, TimeoutError, expect

from bot.words import Words

MOST_TABS = 40
NEW_WITH_TEXT = """([chat, text, after]) => {
  const said = [...document.querySelectorAll(`[data-chat="${chat}"] .message.theirs`)];
  const heard = said.find((one) => Number(one.dataset.messageId) > after
    && one.querySelector(".words")?.textContent.includes(text));
  return heard ? Number(heard.dataset.messageId) : null;
}"""


@dataclass
class Phone:
    """One chat with the bot. `heard` is the number of the last message that was waited for."""

    page: Page
    words: Words
    chat: int
    heard: int = 0

    @property
    def screen(self) -> Locator:
        return self.page.locator(f"[data-chat='{self.chat}']")

    # --- what the bot says ----------------------------------------------------------------------------------

    def hears(self, key: str, **values: object) -> Locator:
        """Wait for a new message with the words of that key; gives it."""
        return self._hears(self.words.say(key, values), key)

    def is_asked(self, slot: str, **values: object) -> Locator:
        """Wait for a question; of a summary the words before its lines."""
        text = self.words.content.response(f"utter_ask_{slot}").variant(values).text
        return self._hears(text.partition("{")[0].strip(), f"utter_ask_{slot}")

    def gets(self, kind: str) -> Locator:
        """Wait for a new photo, voice message ..."""
        media = self.screen.locator(f".message.theirs[data-kind='{kind}']")
        expect(media).to_have_count(1)
        return media

    def shows(self, key: str, **values: object) -> Locator:
        """Wait until the words of that key are on the screen, such as those of a card that was changed."""
        shown = self.screen.locator(".message", has_text=self.words.say(key, values))
        expect(shown).to_be_visible()
        return shown

    def _hears(self, text: str, key: str) -> Locator:
        try:
            found = self.page.wait_for_function(NEW_WITH_TEXT, arg=[self.chat, text, self.heard])
        except TimeoutError:
            said = self.screen.locator(".message.theirs").all_inner_texts()[-5:]
            raise AssertionError(f"{self.chat} did not hear {key} ('{text}'); the last messages: {said}") from None
        self.heard = found.json_value()
        return self.screen.locator(f"[data-message-id='{self.heard}']")

    # --- what its owner does --------------------------------------------------------------------------------

    def comes_into_view(self) -> None:
        """On a small screen only one phone is shown: choose it."""
        self.page.locator(f"#tab-{self.chat}").click()
        expect(self.screen).to_be_visible()

    def starts(self) -> None:
        self.screen.get_by_role("button", name="Start", exact=True).click()

    def types(self, text: str) -> None:
        self.screen.get_by_role("textbox").fill(text)
        self.screen.get_by_role("textbox").press("Enter")

    def sends(self, kind: str) -> None:
        self.screen.get_by_role("button", name="Iets meesturen").click()
        self.page.get_by_role("menuitem", name=re.compile(rf"^{kind}\b")).click()

    def answers(self, slot: str, value: str, *, by_keyboard: bool = False) -> None:
        """Wait for a question and press one of its answers."""
        question = self.is_asked(slot)
        self.presses(question, self.label(slot, value), by_keyboard=by_keyboard)

    def says(self, slot: str, text: str) -> None:
        """Wait for a question and type the answer."""
        self.is_asked(slot)
        self.types(text)

    def presses(self, message: Locator, label: str, *, by_keyboard: bool = False) -> None:
        """Press a button of a message, which then loses it."""
        button = message.get_by_role("button", name=label, exact=True)
        if by_keyboard:
            self._walks_to(button, label)
            self.page.keyboard.press("Enter")
        else:
            button.click()
        expect(button).to_have_count(0)
        if by_keyboard:
            expect(self.screen.get_by_role("textbox")).to_be_focused()

    def _walks_to(self, button: Locator, label: str) -> None:
        """From where one types back to a button, with Shift and Tab."""
        expect(button).to_be_visible()
        self.screen.get_by_role("textbox").focus()
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Shift+Tab")
            if button.evaluate("(one) => one === document.activeElement"):
                return
        raise AssertionError(f"'{label}' cannot be reached with Tab")

    def label(self, slot: str, value: str, slots: Mapping[str, object] | None = None) -> str:
        """What stands on the button for that value."""
        options = self.words.content.response(f"utter_ask_{slot}").variant(slots or {}).options
        return next(option.title for option in options if option.value == value)
