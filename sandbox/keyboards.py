"""Reply markup: what Telegram accepts as buttons."""

from __future__ import annotations

from sandbox.limits import CALLBACK_DATA_BYTES, KEYBOARD_BUTTONS, ROW_BUTTONS
from sandbox.params import Params
from sandbox.wire import BotApiError, Json, bad_request

ACTIONS = (
    "callback_data", "url", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip
LINKS = ("http://", "https://", "tg://")


def read_markup(params: Params) -> Json | None:
    """Return the call's reply markup, checked; None when it has none."""
    markup = params.data("reply_markup", "reply keyboard markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline(markup["inline_keyboard"])
    if "keyboard" in markup:
        return _reply_keyboard(markup)
    if markup and not (markup.get("remove_keyboard") or markup.get("force_reply")):
        raise bad_request("inline keyboard expected")
    return markup or None


def inline_only(markup: Json | None) -> Json | None:
    """Check that a markup is an inline keyboard, which is all that a message can be edited to."""
    if markup and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return markup


def _rows(rows: object, what: str) -> list[list[object]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{what}" must be an Array of Arrays')
    if sum(len(row) for row in rows) > KEYBOARD_BUTTONS or any(len(row) > ROW_BUTTONS for row in rows):
        raise bad_request("reply markup is too long")
    return [row for row in rows if row]


def _inline(given: object) -> Json | None:
    rows = _rows(given, "inline_keyboard")
    return {"inline_keyboard": [[_inline_button(button) for button in row] for row in rows]}


def _inline_button(button: object) -> Json:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise _wrong_button('Can\'t find field "text"')
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    actions = [name for name in ACTIONS if button.get(name) is not None]
    if not actions:
        raise _wrong_button("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _wrong_button("Button must have exactly one action")
    if actions == ["callback_data"]:
        _check_data(button["callback_data"])
    if actions == ["url"] and not str(button["url"]).startswith(LINKS):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return button


def _check_data(data: object) -> None:
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= CALLBACK_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")


def _wrong_button(reason: str) -> BotApiError:
    return bad_request(f"can't parse inline keyboard button: {reason}")


def _reply_keyboard(markup: Json) -> Json:
    rows = [[_reply_button(button) for button in row] for row in _rows(markup["keyboard"], "keyboard")]
    return {**markup, "keyboard": rows}


def _reply_button(button: object) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not str(button.get("text") or "").strip():
        raise bad_request("keyboard button text must be non-empty")
    return button
