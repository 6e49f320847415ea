"""Buttons fit, and stand where one expects them."""

from __future__ import annotations

import pytest
from telegram.constants import InlineKeyboardButtonLimit

from bot.telegram.keyboards import keyboard
from bot.telegram.rendered import arrange

NAVIGATION = ((("Terug", "back"), ("Ik wil een mens", "human")),)


def test_short_labels_share_a_row_of_three() -> None:
    options = [("Ja", "1"), ("Nee", "2"), ("Weet ik niet", "3"), ("Soms", "4")]
    assert arrange(options, NAVIGATION) == (tuple(options[:3]), (options[3],), *NAVIGATION)


def test_a_long_label_gets_a_row_of_its_own() -> None:
    options = [("Ja", "1"), ("Ik huur van iemand anders", "2"), ("Nee", "3"), ("Soms", "4")]
    assert arrange(options) == ((options[0],), (options[1],), (options[2], options[3]))


def test_rows_become_telegrams_keyboard() -> None:
    made = keyboard(((("Ja", "4:ja"), ("Nee", "4:nee")),))
    assert made is not None
    assert [(button.text, button.callback_data) for button in made.inline_keyboard[0]] == [
        ("Ja", "4:ja"),
        ("Nee", "4:nee"),
    ]


def test_without_buttons_there_is_no_keyboard() -> None:
    assert keyboard(()) is None
    assert keyboard(((),)) is None


def test_data_may_be_as_long_as_telegram_allows() -> None:
    assert keyboard(((("Ja", "é" * (InlineKeyboardButtonLimit.MAX_CALLBACK_DATA // 2)),),)) is not None


@pytest.mark.parametrize(("label", "data"), [("Ja", "é" * 33), ("Ja", ""), (" ", "x")])
def test_what_does_not_fit_is_refused(label: str, data: str) -> None:
    with pytest.raises(ValueError, match="button"):
        keyboard((((label, data),),))
