"""From what came in to what was meant: safety first, then buttons and labels, then Rasa."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from actions.opening_hours import local_day
from actions.outbox import Message
from actions.time_wishes import TimeWish
from bot.dialogue.content import Content
from bot.dialogue.conversation import Answer, Conversation, Danger, Heard
from bot.dialogue.flow import Collect
from bot.dialogue.playing import FOLLOW_UPS, MEANT, NEITHER
from bot.incoming import FILES, Incoming, Kind
from bot.understanding import answers, moments
from bot.understanding.parts import parts_of
from bot.understanding.rasa import Rasa
from bot.understanding.safety import SafetyPhrases, normalised
from bot.understanding.weighing import BESIDE, Weighed, weigh

SHORT_ANSWER_WORDS = 3
SHORTEST_WITH_MORE = 8
DANGER_PATIENCE_SECONDS = 0.3
WISHES = {
    "go_back": "back",
    "skip": "skip",
    "stop": "stop",
    "repeat": "repeat",
    "help": "help",
    "talk_to_human": "human",
}
INSISTENT = frozenset({"talk_to_human", "delete_my_data", "ask_privacy", "ask_identity"})
PLAIN_ANSWERS = {"affirm": "yes", "deny": "no", "dont_know": "unknown", "skip": "skipped"}
COMMANDS = {
    "/start": "repeat",
    "/help": "help",
    "/stop": "stop",
    "/terug": "back",
    "/mens": "human",
    "/opnieuw": "restart",
    "/luister": "listen",
    "/berichten": "messages",
    "/gegevens": "my_data",
    "/wis": "wipe",
    "/stil": "discreet",
    "/afspraak": "appointment",
}
COMMAND_INTENTS = {"/privacy": "ask_privacy", "/vergeet": "delete_my_data"}
TYPED = frozenset({Kind.TEXT, Kind.EDITED})
REMARKS = {
    Kind.VOICE: "utter_voice",
    Kind.PHOTO: "utter_photo",
    Kind.DOCUMENT: "utter_document",
    Kind.STICKER: "utter_sticker",
    Kind.OTHER: "utter_other_media",
}
TIME_SLOTS: Mapping[str, tuple[str, ...]] = {"when": ("time_first", "time_second", "time_third"), "which_day": ()}
"""The questions about a time, and the slots with the times that are offered."""
WISH, TIME_WISH = "wish", "time_wish"
NOT_OURS = "out_of_scope"
NAV_MARK = "!"
COVER, READ, BACK = "cover", "read", "back"
"""Wishes of somebody who is watched (`bot.watched`): hide the talk, read what was announced, go on."""
ANY_TIME = (f"{NAV_MARK}human", f"{NAV_MARK}listen", f"{NAV_MARK}{READ}")
LINE_MARK = "~"


@dataclass
class Understanding:
    """Understands one message in the light of the open question; `content` and `phrases` are replaced as it runs."""

    content: Content
    phrases: SafetyPhrases
    rasa: Rasa

    async def understand(
        self, incoming: Incoming, conversation: Conversation, now: datetime, asked: Message | None = None
    ) -> Heard:
        """What was meant. Without Rasa it still knows dangers, buttons, labels and commands.

        `asked` is the question which was sent last, when that was sent on its own.
        """
        danger = self.phrases.find(incoming.text) if incoming.text else None
        heard = Heard(at=now)
        if danger and danger.certain:
            return replace(heard, danger=danger, intents=await self._beside_danger(incoming.text))
        if incoming.kind in TYPED and self._wish_word(incoming.text, conversation.language) == COVER:
            return replace(heard, wish=COVER)
        if incoming.kind is Kind.PRESS:
            return self._press(heard, incoming, conversation)
        if incoming.kind in FILES and not incoming.text:
            return replace(heard, remark=REMARKS[incoming.kind])
        if incoming.kind is Kind.EDITED:
            return replace(self._correction(heard, incoming, conversation), danger=danger)
        heard = await self._follow_up_or_text(heard, incoming, conversation, asked)
        found = danger or heard.danger
        return self._about_danger(replace(heard, danger=found), conversation, incoming.message_id)

    def pressing(self, incoming: Incoming, conversation: Conversation, now: datetime) -> Heard | None:
        """What is heard however much comes at once, without Rasa: a danger, and the word of who is watched."""
        danger = self.phrases.find(incoming.text) if incoming.text else None
        if danger:
            return self._about_danger(Heard(now, danger=danger), conversation, incoming.message_id)
        if incoming.kind in TYPED and self._wish_word(incoming.text, conversation.language) == COVER:
            return Heard(now, wish=COVER)
        return None

    async def read(self, text: str) -> Weighed | None:
        """What a text means by itself, with no question open; None when Rasa cannot answer now."""
        whole = await self.rasa.parse(text)
        parts = [await self.rasa.parse(part) for part in parts_of(text)] if whole else []
        if whole is None or None in parts:
            return None
        return weigh(self.content, self._offered, whole.meanings, [part.meanings for part in parts if part])

    async def _beside_danger(self, text: str) -> tuple[str, ...]:
        """A crisis in a long message with a danger, to be offered afterwards; the numbers do not wait for it."""
        if len(text.split()) < SHORTEST_WITH_MORE:
            return ()
        try:
            parsed = await asyncio.wait_for(self.rasa.parse(text), DANGER_PATIENCE_SECONDS)
        except TimeoutError:
            return ()
        weighed = weigh(self.content, self._offered, parsed.meanings) if parsed else Weighed()
        return tuple(intent for intent in (*weighed.sure, *weighed.doubt) if self.content.is_pressing(intent))

    def _about_danger(self, heard: Heard, conversation: Conversation, message: int | None) -> Heard:
        """What is unclear about the very danger that is asked about is an answer: yes, unless it says otherwise."""
        if heard.danger is None or not _being_asked(heard.danger, conversation):
            return heard
        assert conversation.open is not None
        answer = heard.answer or Answer(conversation.open.slot, "yes", message)
        return replace(heard, danger=None, answer=answer)

    # --- buttons --------------------------------------------------------------------------------------------

    def _press(self, heard: Heard, incoming: Incoming, conversation: Conversation) -> Heard:
        if incoming.data.removeprefix(NAV_MARK) == "human":
            return replace(heard, wish="human")
        follow_up = answers.followed_up(incoming.data)
        if follow_up:
            return self._follow_up(heard, *follow_up)
        pressed = answers.pressed(incoming.data)
        if pressed and pressed.value in ANY_TIME:
            return replace(heard, wish=pressed.value.removeprefix(NAV_MARK))
        question = conversation.open
        if pressed is None or question is None or pressed.number != question.number:
            return replace(heard, remark="utter_old_button")
        if pressed.value.startswith(NAV_MARK):
            return self._nav(heard, pressed.value.removeprefix(NAV_MARK))
        if pressed.value.startswith(LINE_MARK) and pressed.value[1:].isdecimal():
            return replace(heard, line=int(pressed.value[1:]))
        if pressed.value in self.content.slots[question.slot].values:
            return replace(heard, answer=Answer(question.slot, pressed.value))
        return replace(heard, remark="utter_old_button")

    def _follow_up(self, heard: Heard, flow: str, value: str) -> Heard:
        """The answer to a question that was sent on its own; it begins the flow that asks it."""
        slot = self._first_asked(flow)
        if not slot or value not in self.content.slots[slot].values:
            return replace(heard, remark="utter_old_button")
        return replace(heard, begins=flow, answer=Answer(slot, value))

    async def _follow_up_or_text(
        self, heard: Heard, incoming: Incoming, conversation: Conversation, asked: Message | None
    ) -> Heard:
        """A short answer to a question that was sent on its own; in a longer one whatever else is said goes first."""
        answer = self._typed_follow_up(heard, incoming, conversation, asked)
        if answer and _says_no_more(answer, incoming.text):
            return answer
        meant = await self._text(heard, incoming, conversation)
        more = meant.intents or meant.doubt or meant.danger or meant.wish
        return answer if answer and not more else meant

    def _typed_follow_up(
        self, heard: Heard, incoming: Incoming, conversation: Conversation, asked: Message | None
    ) -> Heard | None:
        """The typed answer to a question that was sent on its own, while nothing else is open."""
        slot = self._first_asked(asked.opens) if asked is not None else ""
        if asked is None or not slot:
            return None
        value, told = self._typed(conversation.language, slot, asked.values, incoming.text, heard.at)
        return replace(self._follow_up(heard, asked.opens, value), told=told) if value else None

    def _first_asked(self, flow: str) -> str:
        """The slot of the question with which a flow begins, if it begins so."""
        first = self.content.flows[flow].steps[self.content.flows[flow].first] if flow in FOLLOW_UPS else None
        return first.slot if isinstance(first, Collect) else ""

    def _nav(self, heard: Heard, wish: str) -> Heard:
        known = wish in ("back", "skip", "stop")
        return replace(heard, wish=wish) if known else replace(heard, remark="utter_old_button")

    # --- text -----------------------------------------------------------------------------------------------

    async def _text(self, heard: Heard, incoming: Incoming, conversation: Conversation) -> Heard:
        text = incoming.text.strip()
        if text.startswith("/"):
            return self._command(heard, text)
        if not normalised(text):
            return replace(heard, remark=REMARKS[incoming.kind]) if incoming.kind in FILES else heard
        wish = self._wish_word(text, conversation.language)
        if wish:
            return replace(heard, wish=wish)
        return await self._answer_or_meaning(heard, incoming, conversation, text)

    async def _answer_or_meaning(
        self, heard: Heard, incoming: Incoming, conversation: Conversation, text: str
    ) -> Heard:
        answer, refused, told = self._read_answer(conversation, text, incoming.message_id, heard.at)
        heard = replace(heard, answer=answer, told=told)
        if answer and _says_no_more(heard, text):
            return heard
        parsed = await self.rasa.parse(text)
        if parsed is None:
            return heard if answer else replace(heard, refused=refused or "utter_unavailable")
        parts = [part for part in [await self.rasa.parse(part) for part in parts_of(text)] if part]
        ranking = tuple((m.intent, m.confidence) for m in parsed.meanings)
        heard = replace(heard, ranking=ranking, language=parsed.language or "")
        said = [part.meanings for part in parts]
        weighed = weigh(self.content, self._offered, parsed.meanings, said, answers=bool(answer))
        heard = self._with_meanings(heard, weighed, conversation, incoming.message_id)
        heard = replace(heard, told=told if heard.answer else self._told(heard, conversation, text))
        nothing = not (heard.answer or heard.intents or heard.wish or heard.danger or heard.doubt)
        if refused and (nothing or heard.intents == (NOT_OURS,)):
            return replace(heard, intents=(), refused=refused)
        return heard

    def _told(self, heard: Heard, conversation: Conversation, text: str) -> dict[str, str]:
        """What the sentence says beside its topic, when it begins one."""
        topic = next((intent for intent in heard.intents if intent in self.content.triggers), "")
        if not topic or self.content.tier(topic) not in ("crisis", "soon", "normal"):
            return {}
        flow = self.content.triggers[topic]
        return answers.told(self.content, conversation.language, flow, conversation.slots, text)

    @property
    def _offered(self) -> frozenset[str]:
        """The intents that the question of doubt has a button for."""
        return frozenset(self.content.slots[MEANT].values) - {NEITHER}

    def _command(self, heard: Heard, text: str) -> Heard:
        """A command of ours; anything else with a slash is not understood, and never reaches Rasa as an intent."""
        name = text.split()[0].split("@")[0].casefold()
        if name in COMMANDS:
            return replace(heard, wish=COMMANDS[name])
        return replace(heard, intents=(COMMAND_INTENTS[name],)) if name in COMMAND_INTENTS else heard

    def _wish_word(self, text: str, language: str) -> str:
        """`terug`, `mens`, `stop` and their like, as the whole text; the words stand with the buttons."""
        words = normalised(text)
        response = self.content.response("words_for_wishes", language)
        for wish, synonyms in response.variants[0].synonyms.items():
            if words in (normalised(synonym) for synonym in synonyms):
                return wish
        return ""

    def _read_answer(
        self, conversation: Conversation, text: str, message: int | None, now: datetime
    ) -> tuple[Answer | None, str, dict[str, str]]:
        """The answer to the open question, what to say when a free text does not pass its check, and what is wished."""
        if conversation.open is None:
            return None, "", {}
        slot = conversation.open.slot
        if self.content.slots[slot].free:
            check, refusal = answers.FREE_TEXT[slot]
            value = check(text)
            return (Answer(slot, value, message), "", {}) if value else (None, refusal, {})
        value, told = self._typed(conversation.language, slot, conversation.slots, text, now)
        return (Answer(slot, value, message), "", told) if value else (None, "", {})

    def _typed(
        self, language: str, slot: str, slots: Mapping[str, Any], text: str, now: datetime
    ) -> tuple[str | None, dict[str, str]]:
        """The value that a typed text stands for; of a question about a time also a wish, beside what was offered."""
        if slot in TIME_SLOTS:
            offered = [datetime.fromisoformat(slots[name]) for name in TIME_SLOTS[slot] if slots.get(name)]
            chosen = moments.choice(offered, text, local_day(now))
            if chosen is not None:
                return self.content.slots[slot].values[chosen], {}
        value = answers.typed(self.content, language, slot, slots, text)
        wish = moments.read(text, local_day(now)) if value is None and slot in TIME_SLOTS else None
        if wish is None:
            return value, {}
        if before := slots.get(TIME_WISH):
            wish = TimeWish.from_json(json.loads(before)).refined(wish)
        return WISH, {TIME_WISH: json.dumps(wish.as_json())}

    def _correction(self, heard: Heard, incoming: Incoming, conversation: Conversation) -> Heard:
        """An edited message corrects the answer that it held; anything else is only remarked upon."""
        slot = conversation.slot_of(incoming.message_id) if incoming.message_id else None
        if slot is None:
            return replace(heard, remark="utter_edit_seen")
        if self.content.slots[slot].free:
            value = answers.FREE_TEXT[slot][0](incoming.text)
        else:
            value = answers.typed(self.content, conversation.language, slot, conversation.slots, incoming.text)
        if value is None:
            return replace(heard, remark="utter_edit_seen")
        return replace(heard, answer=Answer(slot, value, incoming.message_id), corrects=True)

    # --- Rasa -----------------------------------------------------------------------------------------------

    def _with_meanings(self, heard: Heard, weighed: Weighed, conversation: Conversation, message: int | None) -> Heard:
        if weighed.danger:
            return replace(heard, danger=Danger(weighed.danger, certain=False), intents=weighed.sure)
        sure, doubt = weighed.sure, weighed.doubt
        if heard.answer and not self._insists(sure, heard.answer.slot):
            # What was answered is no topic of its own; a crisis beside it is.
            doubt = doubt if doubt and self.content.is_pressing(doubt[0]) else ()
            beside = tuple(i for i in sure if self.content.tier(i) != "info" or i in BESIDE)
            return replace(heard, intents=beside, doubt=doubt[:1])
        heard = replace(heard, answer=None)
        if not (doubt and self.content.is_pressing(doubt[0])):
            answered = self._as_answer(heard, (*sure, *doubt), conversation, message)
            if answered:
                return answered
        if not sure or doubt:
            return replace(heard, intents=sure, doubt=doubt)
        wish = WISHES.get(sure[0], "") if len(sure) == 1 else ""
        return replace(heard, wish=wish) if wish else replace(heard, intents=sure)

    def _insists(self, sure: tuple[str, ...], slot: str) -> bool:
        """Who asks for a person, or to be forgotten, is heard, even when a word in the sentence fits the question."""
        if not sure or sure[0] not in INSISTENT or self._stands_for(sure[0], slot):
            return False
        return slot not in self.content.asked_anew.get(self.content.triggers.get(sure[0], ""), ())

    def _as_answer(
        self, heard: Heard, intents: tuple[str, ...], conversation: Conversation, message: int | None
    ) -> Heard | None:
        """The first of these intents that answers the open question; the other topics go beside it."""
        question = conversation.open
        for intent in intents if question else ():
            assert question is not None
            value = self._stands_for(intent, question.slot)
            if value:
                beside = tuple(i for i in intents if i != intent and self.content.tier(i) != "info")
                return replace(heard, answer=Answer(question.slot, value, message), intents=beside)
        return None

    def _stands_for(self, intent: str, slot: str) -> str | None:
        """The value of a question that an intent stands for: yes and no for most, others as the question says."""
        plain = PLAIN_ANSWERS.get(intent)
        if plain in self.content.slots[slot].values:
            return plain
        return self.content.response(f"utter_ask_{slot}").variants[0].meant_by(intent)


def _says_no_more(heard: Heard, text: str) -> bool:
    """Whether nothing but the answer is in the text: it is short, an address, or names a time and no reason for it."""
    assert heard.answer is not None
    slot = heard.answer.slot
    if slot == "address" or len(normalised(text).split()) <= SHORT_ANSWER_WORDS:
        return True
    return slot in TIME_SLOTS and moments.says_nothing_else(text, local_day(heard.at))


def _being_asked(danger: Danger, conversation: Conversation) -> bool:
    """Whether the open question is about this very danger: what is unclear then is an answer to it."""
    question = conversation.open
    return not danger.certain and question is not None and question.slot == f"check_{danger.intent}"
