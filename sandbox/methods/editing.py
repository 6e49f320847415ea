"""Methods that change or remove messages."""

from __future__ import annotations

from sandbox.keyboards import inline_only, read_markup
from sandbox.methods.sending import caption_content, find_message, text_content
from sandbox.params import Params
from sandbox.people import StoredMessage
from sandbox.wire import BotApiError, Json, bad_request
from sandbox.world import World

DELETABLE_SECONDS = 48 * 3600
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def _editable(world: World, params: Params) -> StoredMessage:
    if params.values.get("chat_id") is None and params.text("inline_message_id"):
        raise bad_request("message to edit not found")
    world.reachable(params.values.get("chat_id"))
    message = find_message(world, params, "edit")
    if not message.by_bot or "forward_origin" in message.head:
        raise bad_request("message can't be edited")
    return message


def _change(world: World, message: StoredMessage, content: Json, markup: Json | None) -> Json:
    same_buttons = (markup or {}).get("inline_keyboard", []) == message.inline_rows
    if content == message.content and same_buttons:
        raise bad_request(NOT_MODIFIED)
    message.content, message.markup = content, markup
    world.edited(message)
    return message.body()


def edit_text(world: World, params: Params) -> Json:
    """editMessageText."""
    content = text_content(params)
    markup = inline_only(read_markup(params))
    message = _editable(world, params)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    return _change(world, message, content, markup)


def edit_caption(world: World, params: Params) -> Json:
    """editMessageCaption."""
    caption = caption_content(params)
    markup = inline_only(read_markup(params))
    message = _editable(world, params)
    if not set(message.content) & {"photo", "voice", "document", "audio", "video"}:
        raise bad_request("there is no caption in the message to edit")
    plain = {key: value for key, value in message.content.items() if not key.startswith("caption")}
    return _change(world, message, {**plain, **caption}, markup)


def edit_markup(world: World, params: Params) -> Json:
    """editMessageReplyMarkup."""
    markup = inline_only(read_markup(params))
    message = _editable(world, params)
    return _change(world, message, message.content, markup)


def _check_deletable(world: World, message: StoredMessage) -> None:
    too_old = world.clock.timestamp() - message.head["date"] > DELETABLE_SECONDS
    others_in_group = not message.by_bot and message.chat < 0
    if too_old or others_in_group:
        raise bad_request("message can't be deleted")


def delete_message(world: World, params: Params) -> bool:
    """deleteMessage: not after 48 hours."""
    world.reachable(params.values.get("chat_id"))
    message = find_message(world, params, "delete")
    _check_deletable(world, message)
    world.delete(message)
    return True


def delete_messages(world: World, params: Params) -> bool:
    """deleteMessages: messages that cannot be found or deleted are skipped."""
    numbers = params.data("message_ids")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= 100:
        raise bad_request("there must be 1-100 message identifiers")
    world.reachable(params.values.get("chat_id"))
    for number in numbers:
        _delete_if_possible(world, Params({**params.values, "message_id": number}))
    return True


def _delete_if_possible(world: World, params: Params) -> None:
    try:
        delete_message(world, params)
    except BotApiError as error:
        if error.code != 400:
            raise


def set_reaction(world: World, params: Params) -> bool:
    """setMessageReaction."""
    reaction = params.data("reaction") or []
    if not isinstance(reaction, list) or len(reaction) > 1 or not all(_is_emoji(item) for item in reaction):
        raise bad_request("REACTION_INVALID")
    world.reachable(params.values.get("chat_id"))
    message = find_message(world, params, "react")
    message.reaction = reaction
    world.tell(world.chats[message.chat], "reaction", message_id=message.id, reaction=reaction)
    return True


def _is_emoji(item: object) -> bool:
    return isinstance(item, dict) and item.get("type") == "emoji"


METHODS = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "setMessageReaction": set_reaction,
}
