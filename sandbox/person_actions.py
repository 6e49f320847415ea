"""What a person does with their phone, and which update the bot gets for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sandbox.limits import START_PAYLOAD_CHARACTERS, TEXT_CHARACTERS
from sandbox.marked_text import with_automatic
from sandbox.methods.sending import origin, replied_body
from sandbox.people import Chat, Person, StoredMessage, view
from sandbox.wire import ControlError, Json
from sandbox.world import Press, World

PAYLOAD = re.compile(rf"[A-Za-z0-9_-]{{0,{START_PAYLOAD_CHARACTERS}}}")


def chat_of(world: World, person: Person, data: Json) -> Chat:
    """Return the chat in which someone does something: their own with the bot, or a group."""
    chat = world.chat(data.get("chat") or person.id)
    if person.id not in chat.members:
        raise ControlError(f"{person.first_name} is not in chat {chat.id}", 403)
    return chat


def message_in(chat: Chat, number: object) -> StoredMessage:
    """Return a message of a chat that was not deleted."""
    message = chat.messages.get(number) if isinstance(number, int) else None
    if message is None or message.deleted:
        raise ControlError(f"there is no message {number} in chat {chat.id}", 404)
    return message


def send(world: World, person: Person, data: Json, content: Json, **head: Any) -> Json:
    """Put someone's message in the chat and queue the update."""
    chat = chat_of(world, person, data)
    if chat.private and chat.blocked:
        raise ControlError("this person has blocked the bot", 409)
    if data.get("reply_to"):
        head["reply_to_message"] = replied_body(message_in(chat, data["reply_to"]))
    if chat.private and not chat.started:
        chat.started = True
        world.tell(chat, "started")
    message = world.post(chat, person, content, **head)
    return _queued(world, chat, message, "message")


def _queued(world: World, chat: Chat, message: StoredMessage, kind: str) -> Json:
    result: Json = {"message_id": message.id, "update_id": None}
    if chat.private or _reaches_bot_in_group(world, chat, message):
        result["update_id"] = world.updates.push(kind, message.body(), chat.id)
    else:
        message.seen_by_bot = False
    return result


def _reaches_bot_in_group(world: World, chat: Chat, message: StoredMessage) -> bool:
    # With privacy mode on, as it is by default, a bot hears commands, replies to it and its own name.
    text = message.content.get("text", "")
    replied = message.head.get("reply_to_message", {}).get("from", {}).get("id")
    called = text.startswith("/") or f"@{world.bot.username}" in text or replied == world.bot.id
    return not chat.blocked and called


def text_of(data: Json) -> Json:
    """Return the content of a typed message; raises ControlError for what a phone would not send."""
    text = data.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ControlError("a message needs a text")
    if len(text) > TEXT_CHARACTERS:
        raise ControlError(f"a text has at most {TEXT_CHARACTERS} characters")
    entities = with_automatic(text, [])
    return {"text": text, "entities": entities} if entities else {"text": text}


def start(world: World, person: Person, data: Json) -> Json:
    """Press Start, with the payload of a start link when there is one."""
    payload = data.get("payload", person.start) or ""
    if not isinstance(payload, str) or not PAYLOAD.fullmatch(payload):
        raise ControlError(f"a start payload has at most {START_PAYLOAD_CHARACTERS} of A-Z a-z 0-9 _ -")
    chat = chat_of(world, person, data)
    if chat.blocked and chat.private:
        unblock(world, person, {})
    return send(world, person, data, text_of({"text": f"/start {payload}".strip()}))


def say(world: World, person: Person, data: Json) -> Json:
    """Type a message; `reply_to` answers another one."""
    return send(world, person, data, text_of(data))


def press(world: World, person: Person, data: Json) -> Json:
    """Press a button by `label` (the newest one so called), or by `message_id` and `data`, also made-up data."""
    chat = chat_of(world, person, data)
    if chat.private and chat.blocked:
        raise ControlError("this person has blocked the bot", 409)
    if "label" in data:
        return _press_label(world, person, chat, data)
    if not isinstance(data.get("data"), str) or not isinstance(data.get("message_id"), int):
        raise ControlError("a press needs a label, or a message_id and data")
    return press_data(world, person, chat, data["message_id"], data["data"])


def _press_label(world: World, person: Person, chat: Chat, data: Json) -> Json:
    wanted = data.get("message_id")
    for message in reversed(chat.messages.values()):
        if message.deleted or not message.by_bot or wanted not in (None, message.id):
            continue
        for button in (button for row in message.inline_rows for button in row):
            if button["text"] == data["label"] and "callback_data" in button:
                return press_data(world, person, chat, message.id, button["callback_data"])
        labels = [button["text"] for row in (message.markup or {}).get("keyboard", []) for button in row]
        if data["label"] in labels:
            return say(world, person, {"chat": chat.id, "text": data["label"]})
    raise ControlError(f"there is no button {data['label']!r} in chat {chat.id}", 404)


def press_data(world: World, person: Person, chat: Chat, number: int, data: str) -> Json:
    """Queue a callback query; a message that is gone is sent as Telegram sends one it cannot show."""
    message = chat.messages.get(number)
    if message is None or message.deleted:
        shown: Json = {"message_id": number, "chat": world.chat_object(chat), "date": 0}
    else:
        shown = message.body()
    world.last_press += 1
    query = str(world.last_press)
    world.presses[query] = Press(chat.id, number, person.id, world.seconds())
    _forget_old_presses(world)
    update = world.updates.push(
        "callback_query",
        {"id": query, "from": person.user, "chat_instance": str(chat.id), "message": shown, "data": data},
        chat.id,
    )
    world.tell(chat, "pressed", message_id=number, person=person.id, data=data, callback_query_id=query)
    return {"update_id": update, "callback_query_id": query, "message_id": number}


def _forget_old_presses(world: World) -> None:
    while len(world.presses) > 10_000:
        del world.presses[next(iter(world.presses))]


def edit(world: World, person: Person, data: Json) -> Json:
    """Change the text or caption of an own message."""
    chat = chat_of(world, person, data)
    message = message_in(chat, data.get("message_id"))
    if message.by != person.id or "forward_origin" in message.head:
        raise ControlError("only an own message can be edited", 403)
    content = text_of(data)
    if "text" in message.content:
        message.content = content
    elif {"photo", "voice", "document", "audio", "video"} & set(message.content):
        kept = {key: value for key, value in message.content.items() if not key.startswith("caption")}
        message.content = {**kept, "caption": content["text"]}
    else:
        raise ControlError("this message cannot be edited")
    world.edited(message)
    return _queued(world, chat, message, "edited_message")


def delete(world: World, person: Person, data: Json) -> Json:
    """Take an own message away; Telegram does not tell bots about that."""
    message = message_in(chat_of(world, person, data), data.get("message_id"))
    world.delete(message)
    return {"message_id": message.id}


def forward(world: World, person: Person, data: Json) -> Json:
    """Forward a message: `to` another person (the bot does not see that), or into the chat with the bot."""
    source = message_in(chat_of(world, person, {"chat": data.get("from_chat")}), data.get("message_id"))
    if "to" not in data or data["to"] == person.id:
        return send(world, person, {}, source.content, forward_origin=origin(source))
    receiver = world.person(data["to"])
    chat = world.chats[receiver.id]
    message = world.post(chat, person, source.content, forward_origin=origin(source))
    message.seen_by_bot = False
    return {"message_id": message.id, "update_id": None}


def react(world: World, person: Person, data: Json) -> Json:
    """Put an emoji under a message; the bot hears of it only when it asked for `message_reaction`."""
    chat = chat_of(world, person, data)
    message = message_in(chat, data.get("message_id"))
    emoji = str(data.get("emoji") or "👍")
    new = [{"type": "emoji", "emoji": emoji}]
    update = {"chat": world.chat_object(chat), "message_id": message.id, "user": person.user,
              "date": world.clock.timestamp(), "old_reaction": [], "new_reaction": new}  # fmt: skip
    world.tell(chat, "reaction", message_id=message.id, reaction=new, message=view(message))
    return {"update_id": world.updates.push("message_reaction", update, chat.id), "message_id": message.id}


def membership(world: World, person: Person, chat: Chat, old: str, new: str) -> int:
    """Queue `my_chat_member`: the bot's own place in a chat changed."""
    states: Json = {}
    for name, status in (("old_chat_member", old), ("new_chat_member", new)):
        states[name] = {"user": world.bot.user, "status": status}
        if status == "kicked":
            states[name]["until_date"] = 0
    update = {"chat": world.chat_object(chat), "from": person.user, "date": world.clock.timestamp(), **states}
    return world.updates.push("my_chat_member", update, chat.id)


def block(world: World, person: Person, _data: Json) -> Json:
    """Block the bot."""
    chat = world.chats[person.id]
    if chat.blocked:
        raise ControlError("this person has blocked the bot already", 409)
    chat.blocked = True
    world.tell(chat, "blocked")
    return {"update_id": membership(world, person, chat, "member", "kicked")}


def unblock(world: World, person: Person, _data: Json) -> Json:
    """Let the bot write again."""
    chat = world.chats[person.id]
    if not chat.blocked:
        raise ControlError("this person has not blocked the bot", 409)
    chat.blocked = False
    world.tell(chat, "unblocked")
    return {"update_id": membership(world, person, chat, "kicked", "member")}


def add_to_group(world: World, person: Person, data: Json) -> Json:
    """Add the bot to a group: an existing one (`chat`) or a new one (`title`, `members`)."""
    if data.get("chat"):
        chat = chat_of(world, person, data)
    else:
        wanted = data.get("members", [])
        if not isinstance(wanted, list):
            raise ControlError("members must be a list of ids")
        members = {person.id, *(world.person(member).id for member in wanted)}
        chat = world.add_group(str(data.get("title") or "Voorbeeldgroep"), members)
    if not chat.blocked:
        raise ControlError("the bot is in this group already", 409)
    chat.blocked = False
    member = membership(world, person, chat, "left", "member")
    joined = world.post(chat, person, {"new_chat_members": [world.bot.user]})
    update = world.updates.push("message", joined.body(), chat.id)
    return {"chat": chat.id, "message_id": joined.id, "update_id": update, "member_update_id": member}


Action = Callable[[World, Person, Json], Json]

ACTIONS: dict[str, Action] = {
    "start": start,
    "say": say,
    "press": press,
    "edit": edit,
    "delete": delete,
    "forward": forward,
    "react": react,
    "block": block,
    "unblock": unblock,
    "add_to_group": add_to_group,
}
