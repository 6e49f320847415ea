"""The state of the sandbox: who there is, what was said, and what waits for the bot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.files import FileStore
from sandbox.journal import Journal
from sandbox.limits import Limits, Pace
from sandbox.people import Chat, Person, StoredMessage, view
from sandbox.updates import UpdateQueue
from sandbox.webhook import Webhook
from sandbox.wire import ControlError, Json, bad_request, forbidden

DEFAULT_TOKEN = "110201543:SANDBOX-not-a-secret"
FIRST_PERSON = 5_000_001
FIRST_GROUP = -4_000_001


@dataclass(slots=True)
class Press:
    """A pressed button that the bot has not answered yet; `at` in real seconds."""

    chat: int
    message: int
    person: int
    at: float


@dataclass(slots=True)
class BotProfile:
    """How the bot presents itself; keys of `commands` are (scope, language)."""

    id: int
    first_name: str = "Wijkwijzer"
    username: str = "wijkwijzer_bot"
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)

    @property
    def user(self) -> Json:
        """The Bot API's User object of the bot."""
        return {"id": self.id, "is_bot": True, "first_name": self.first_name, "username": self.username}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the sandbox starts with."""

    token: str = DEFAULT_TOKEN
    people: tuple[Person, ...] = ()
    limits: Limits = field(default_factory=Limits)
    bot_name: str = "Wijkwijzer"
    bot_username: str = "wijkwijzer_bot"


class World:
    """Everything behind the Bot API and the control API. Times that limit the bot are real, dates are the clock's."""

    def __init__(self, settings: Settings, clock: Clock, seconds: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.clock = clock
        self.seconds = seconds
        self.journal = Journal()
        self.updates = UpdateQueue()
        self.faults = Faults()
        self.pace = Pace(settings.limits, seconds)
        self.webhook = Webhook(self.updates, clock, lambda: self.pace.limits)
        self.last_id = 0
        self.last_press = 4_000_000_000_000
        self._fill()

    def _fill(self) -> None:
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.files = FileStore()
        self.presses: dict[str, Press] = {}
        number = int(self.settings.token.partition(":")[0])
        self.bot = BotProfile(number, self.settings.bot_name, self.settings.bot_username)
        for person in self.settings.people:
            self.add_person(person)

    def reset(self) -> None:
        """Go back to the start; message and update ids go on rising."""
        commands = self.bot.commands
        self._fill()
        self.bot.commands = commands  # the bot sets them once, when it starts
        self.updates.clear()
        self.faults.clear()
        self.pace.set(self.settings.limits)
        self.journal.write("reset")

    def stop(self) -> None:
        """Let everyone go who waits here, because the program ends."""
        self.updates.stopped = True
        self.updates.signal.fire()
        self.faults.clear()
        for chat in self.chats.values():
            chat.signal.fire()

    # people and chats

    def free_person_id(self) -> int:
        """Return an id that nobody has."""
        return max([FIRST_PERSON - 1, *self.people]) + 1

    def add_person(self, person: Person) -> Person:
        """Give someone a phone with an empty chat."""
        if person.id in self.people:
            raise ControlError(f"there is already a person with id {person.id}", 409)
        self.people[person.id] = person
        self.chats[person.id] = Chat(person.id, members={person.id})
        self.journal.write("person", person.id, person=self.person_view(person))
        return person

    def person(self, number: object) -> Person:
        """Return someone; raises ControlError when there is nobody with this id."""
        if not isinstance(number, int) or number not in self.people:
            raise ControlError(f"there is nobody with id {number}", 404)
        return self.people[number]

    def add_group(self, title: str, members: Iterable[int], number: int | None = None) -> Chat:
        """Make a group, with the bot not in it yet."""
        chat = Chat(number or min([FIRST_GROUP + 1, *self.chats]) - 1, title, set(members), blocked=True)
        if chat.id in self.chats or chat.id >= 0:
            raise ControlError("a group needs a free id below 0", 409)
        self.chats[chat.id] = chat
        self.journal.write("group", chat.id, group=self.group_view(chat))
        return chat

    def chat(self, number: object) -> Chat:
        """Return a chat; raises ControlError when there is none with this id."""
        if not isinstance(number, int) or number not in self.chats:
            raise ControlError(f"there is no chat {number}", 404)
        return self.chats[number]

    def chat_object(self, chat: Chat) -> Json:
        """Return the Bot API's Chat object."""
        if not chat.private:
            return {"id": chat.id, "type": "group", "title": chat.title, "all_members_are_administrators": True}
        person = self.people[chat.id]
        shown = {"id": chat.id, "type": "private", "first_name": person.first_name}
        if person.last_name:
            shown["last_name"] = person.last_name
        if person.username:
            shown["username"] = person.username
        return shown

    def person_view(self, person: Person) -> Json:
        """Return a person as the control API shows them."""
        chat = self.chats[person.id]
        return {"id": person.id, "first_name": person.first_name, "last_name": person.last_name,
                "username": person.username, "language_code": person.language_code, "role": person.role,
                "start": person.start, "on_page": person.on_page, "started": chat.started,
                "blocked": chat.blocked}  # fmt: skip

    def group_view(self, chat: Chat) -> Json:
        """Return a group as the control API shows it."""
        return {"id": chat.id, "title": chat.title, "members": sorted(chat.members), "bot_in_it": not chat.blocked}

    def reachable(self, number: object) -> Chat:
        """Return the chat that the bot may write to; raises Telegram's 400 or 403."""
        chat = self.known_chat(number)
        if chat.private and chat.blocked:
            raise forbidden("bot was blocked by the user")
        if chat.private and not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        if not chat.private and chat.blocked:
            raise forbidden("bot was kicked from the group chat")
        return chat

    def known_chat(self, number: object) -> Chat:
        """Return a chat by the chat_id of a call; raises Telegram's 400 when there is none."""
        if number in (None, ""):
            raise bad_request("chat_id is empty")
        if isinstance(number, str) and number.lstrip("-").isdigit():
            number = int(number)
        chat = self.chats.get(number) if isinstance(number, int) else None
        if chat is None:
            raise bad_request("chat not found")
        return chat

    # messages

    def post(self, chat: Chat, by: Person | None, content: Json, markup: Json | None = None, *, silent: bool = False,
             **head: object) -> StoredMessage:  # fmt: skip
        """Put a message in a chat (`by` None: the bot) and tell the listeners; the phone stays `silent` if so asked."""
        self.last_id += 1
        sender = by.user if by else self.bot.user
        first = {"message_id": self.last_id, "from": sender, "chat": self.chat_object(chat),
                 "date": self.clock.timestamp(), **head}  # fmt: skip
        message = StoredMessage(self.last_id, chat.id, by.id if by else None, first, content, markup, silent=silent)
        chat.messages[message.id] = message
        self.tell(chat, "message", message=view(message))
        return message

    def edited(self, message: StoredMessage) -> None:
        """Note that a message was changed."""
        message.edit_date = self.clock.timestamp()
        self.tell(self.chats[message.chat], "edited", message=view(message))

    def delete(self, message: StoredMessage) -> None:
        """Take a message away; it stays in the history, marked as deleted."""
        message.deleted = True
        self.tell(self.chats[message.chat], "deleted", message=view(message))

    def tell(self, chat: Chat, kind: str, **facts: object) -> None:
        """Record an event of one chat and wake who waits for that chat."""
        chat.events.append(self.journal.write(kind, chat.id, **facts))
        chat.signal.fire()
