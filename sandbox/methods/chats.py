"""Methods about a chat as a whole, and the answer to a pressed button."""

from __future__ import annotations

from sandbox.limits import CALLBACK_ANSWER_CHARACTERS
from sandbox.methods.sending import find_message
from sandbox.params import Params
from sandbox.wire import BotApiError, Json, bad_request
from sandbox.world import World

CHAT_ACTIONS = (
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
)  # fmt: skip
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


def answer_callback(world: World, params: Params) -> bool:
    """answerCallbackQuery: only for a press that is recent and not answered yet."""
    text = params.text("text")
    if len(text) > CALLBACK_ANSWER_CHARACTERS:
        raise bad_request("MESSAGE_TOO_LONG")
    press = world.presses.pop(params.text("callback_query_id"), None)
    lifetime = world.pace.limits.callback_seconds
    if press is None or (lifetime and world.seconds() - press.at > lifetime):
        raise bad_request(TOO_OLD)
    chat = world.chats[press.chat]
    world.tell(chat, "answered", message_id=press.message, person=press.person, text=text,
               alert=params.flag("show_alert"), callback_query_id=params.text("callback_query_id"))  # fmt: skip
    return True


def send_chat_action(world: World, params: Params) -> bool:
    """sendChatAction."""
    action = params.text("action")
    if action not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.tell(world.reachable(params.values.get("chat_id")), "action", action=action)
    return True


def get_chat(world: World, params: Params) -> Json:
    """getChat."""
    chat = world.known_chat(params.values.get("chat_id"))
    gifts = dict.fromkeys(GIFTS, False)
    full: Json = {**world.chat_object(chat), "accent_color_id": 0, "max_reaction_count": 11,
                  "accepted_gift_types": gifts}  # fmt: skip
    if chat.pinned and not chat.messages[chat.pinned].deleted:
        full["pinned_message"] = chat.messages[chat.pinned].body()
    return full


def leave_chat(world: World, params: Params) -> bool:
    """leaveChat: groups only."""
    chat = world.known_chat(params.values.get("chat_id"))
    if chat.private:
        raise bad_request("chat member status can't be changed in private chats")
    if chat.blocked:
        raise BotApiError(403, "Forbidden: bot is not a member of the group chat")
    chat.blocked = True
    world.tell(chat, "bot_left")
    return True


def pin_message(world: World, params: Params) -> bool:
    """pinChatMessage."""
    world.reachable(params.values.get("chat_id"))
    message = find_message(world, params, "pin")
    chat = world.chats[message.chat]
    chat.pinned = message.id
    world.tell(chat, "pinned", message_id=message.id)
    return True


def unpin_message(world: World, params: Params) -> bool:
    """unpinChatMessage and unpinAllChatMessages."""
    chat = world.reachable(params.values.get("chat_id"))
    chat.pinned = None
    world.tell(chat, "pinned", message_id=None)
    return True


METHODS = {
    "answerCallbackQuery": answer_callback,
    "sendChatAction": send_chat_action,
    "getChat": get_chat,
    "leaveChat": leave_chat,
    "pinChatMessage": pin_message,
    "unpinChatMessage": unpin_message,
    "unpinAllChatMessages": unpin_message,
}
