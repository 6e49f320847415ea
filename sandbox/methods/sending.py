"""Methods that put a new message without a file in a chat."""

from __future__ import annotations

from sandbox.keyboards import read_markup
from sandbox.limits import CAPTION_CHARACTERS, TEXT_CHARACTERS
from sandbox.marked_text import read_marked
from sandbox.params import Params
from sandbox.people import Chat, StoredMessage
from sandbox.wire import Json, bad_request
from sandbox.world import World


def text_content(params: Params) -> Json:
    """Return a call's text with its entities; raises 400 when it is empty or too long."""
    text, entities = read_marked(params, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    if len(text) > TEXT_CHARACTERS:
        raise bad_request("message is too long")
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption_content(params: Params) -> Json:
    """Return a call's caption with its entities; raises 400 when it is too long."""
    text, entities = read_marked(params, "caption", "caption_entities")
    if len(text) > CAPTION_CHARACTERS:
        raise bad_request("message caption is too long")
    if not text:
        return {}
    return {"caption": text, "caption_entities": entities} if entities else {"caption": text}


def deliver(world: World, params: Params, content: Json) -> StoredMessage:
    """Put the bot's message in the chat of this call, after all of Telegram's checks."""
    markup = read_markup(params)
    chat = world.reachable(params.values.get("chat_id"))
    head = _reply_head(chat, params)
    if params.flag("protect_content"):
        head["has_protected_content"] = True
    world.pace.take(chat.id)
    return world.post(chat, None, content, markup, silent=params.flag("disable_notification"), **head)


def _reply_head(chat: Chat, params: Params) -> Json:
    wanted = params.mapping("reply_parameters")
    number = Params(wanted).integer("message_id") or params.integer("reply_to_message_id")
    if not number:
        return {}
    replied = chat.messages.get(number)
    if replied is not None and not replied.deleted:
        return {"reply_to_message": replied_body(replied)}
    if wanted.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")


def replied_body(message: StoredMessage) -> Json:
    """Return the message that is replied to, without the one that it replies to itself."""
    body = message.body()
    body.pop("reply_to_message", None)
    return body


def find_message(world: World, params: Params, what: str, chat_field: str = "chat_id") -> StoredMessage:
    """Return the message that a call points at; `what` names it in Telegram's error."""
    chat = world.known_chat(params.values.get(chat_field))
    message = chat.messages.get(params.integer("message_id"))
    if message is None or message.deleted or not message.seen_by_bot:
        raise bad_request(f"message to {what} not found")
    return message


def send_message(world: World, params: Params) -> Json:
    """sendMessage."""
    return deliver(world, params, text_content(params)).body()


def send_location(world: World, params: Params) -> Json:
    """sendLocation."""
    place = {"latitude": params.number("latitude"), "longitude": params.number("longitude")}
    return deliver(world, params, {"location": place}).body()


def send_contact(world: World, params: Params) -> Json:
    """sendContact."""
    contact = {name: params.text(name) for name in ("phone_number", "first_name", "last_name") if params.text(name)}
    for name in ("phone_number", "first_name"):
        if name not in contact:
            raise bad_request(f"contact {name.replace('_', ' ')} is empty")
    return deliver(world, params, {"contact": contact}).body()


def copy_message(world: World, params: Params) -> Json:
    """copyMessage."""
    source = find_message(world, params, "copy", "from_chat_id")
    if "text" not in source.content and params.values.get("caption") is not None:
        plain = {key: value for key, value in source.content.items() if not key.startswith("caption")}
        content = {**plain, **caption_content(params)}
    else:
        content = source.content
    if "new_chat_members" in content:
        raise bad_request("message can't be copied")
    return {"message_id": deliver(world, params, content).id}


def forward_message(world: World, params: Params) -> Json:
    """forwardMessage."""
    source = find_message(world, params, "forward", "from_chat_id")
    if source.head.get("has_protected_content"):
        raise bad_request("message can't be forwarded")
    chat = world.reachable(params.values.get("chat_id"))
    world.pace.take(chat.id)
    silent = params.flag("disable_notification")
    return world.post(chat, None, source.content, silent=silent, forward_origin=origin(source)).body()


def origin(source: StoredMessage) -> Json:
    """Return where a forwarded message comes from, as the Bot API shows it."""
    given: Json | None = source.head.get("forward_origin")
    return given or {"type": "user", "date": source.head["date"], "sender_user": source.head["from"]}


METHODS = {
    "sendMessage": send_message,
    "sendLocation": send_location,
    "sendContact": send_contact,
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
}
