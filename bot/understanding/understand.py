"""From what came in to what was meant: safety first, then buttons and labels, then Rasa."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from bot.dialogue.content import Content
from bot.dialogue.conversation import Answer, Conversation, Danger, Heard
from bot.incoming import FILES, Incoming, Kind
from bot.understanding import answers
from bot.understanding.rasa import Meaning, Rasa
from bot.understanding.safety import SafetyPhrases, normalised

SURE = 0.35
ALSO = 0.30
WORRIED = 0.35
SHORT_ANSWER_WORDS = 3
SAFETY_TIER = "danger"
WISHES = {
    "go_back": "back",
    "skip": "skip",
    "stop": "stop",
    "repeat": "repeat",
    "help": "help",
    "talk_to_human": "human",
}
INSISTENT = frozenset({"talk_to_human", "delete_my_data"})
PLAIN_ANSWERS = {"affirm": "yes", "deny": "no", "dont_know": "unknown", "skip": "skipped"}
COMMANDS = {
    "/start": "repeat",
    "/help": "help",
    "/stop": "stop",
    "/terug": "back",
    "/mens": "human",
    "/opnieuw": "restart",
}
COMMAND_INTENTS = {"/privacy": "ask_privacy", "/vergeet": "delete_my_data"}
REMARKS = {
    Kind.VOICE: "utter_voice",
    Kind.PHOTO: "utter_photo",
    Kind.DOCUMENT: "utter_document",
    Kind.STICKER: "utter_sticker",
    Kind.OTHER: "utter_other_media",
}
NAV_MARK = "!"
LINE_MARK = "~"


@dataclass(frozen=True)
class Understanding:
    """Understands one message in the light of the open question."""

    content: Content
    phrases: SafetyPhrases
    rasa: Rasa

    async def understand(self, incoming: Incoming, conversation: Conversation, now: datetime) -> Heard:
        """What was meant. Without Rasa it still knows dangers, buttons, labels and commands."""
        danger = self.phrases.find(incoming.text) if incoming.text else None
        heard = Heard(at=now)
        if danger and danger.certain:
            return replace(heard, danger=danger)
        if danger and _being_asked(danger, conversation):
            danger = None
        if incoming.kind is Kind.PRESS:
            return self._press(heard, incoming, conversation)
        if incoming.kind in FILES and not incoming.text:
            return replace(heard, remark=REMARKS[incoming.kind])
        if incoming.kind is Kind.EDITED:
            return replace(self._correction(heard, incoming, conversation), danger=danger)
        heard = await self._text(heard, incoming, conversation)
        found = danger or heard.danger
        return replace(heard, danger=None if found and _being_asked(found, conversation) else found)

    # --- buttons --------------------------------------------------------------------------------------------

    def _press(self, heard: Heard, incoming: Incoming, conversation: Conversation) -> Heard:
        if incoming.data.removeprefix(NAV_MARK) == "human":
            return replace(heard, wish="human")
        pressed = answers.pressed(incoming.data)
        if pressed and pressed.value == f"{NAV_MARK}human":
            return replace(heard, wish="human")
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
        answer, refused = self._read_answer(conversation, text, incoming.message_id)
        heard = replace(heard, answer=answer)
        if answer and len(normalised(text).split()) <= SHORT_ANSWER_WORDS:
            return heard
        meanings = await self.rasa.meanings(text)
        if meanings is None:
            return heard if answer else replace(heard, refused=refused or "utter_unavailable")
        heard = self._with_meanings(heard, meanings, conversation, incoming.message_id)
        nothing = not (heard.answer or heard.intents or heard.wish or heard.danger)
        return replace(heard, refused=refused) if nothing else heard

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

    def _read_answer(self, conversation: Conversation, text: str, message: int | None) -> tuple[Answer | None, str]:
        """The answer to the open question, and what to say when a free text does not pass its check."""
        if conversation.open is None:
            return None, ""
        slot = conversation.open.slot
        if self.content.slots[slot].free:
            check, refusal = answers.FREE_TEXT[slot]
            value = check(text)
            return (Answer(slot, value, message), "") if value else (None, refusal)
        value = answers.typed(self.content, conversation.language, slot, conversation.slots, text)
        return (Answer(slot, value, message), "") if value else (None, "")

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

    def _with_meanings(
        self, heard: Heard, meanings: tuple[Meaning, ...], conversation: Conversation, message: int | None
    ) -> Heard:
        worried = next((m.intent for m in meanings if self._is_safety(m.intent) and m.confidence >= WORRIED), None)
        if worried:
            return replace(heard, danger=Danger(worried, certain=False))
        sure = tuple(m.intent for m in meanings[:1] if m.confidence >= SURE)
        also = tuple(m.intent for m in meanings[1:] if m.confidence >= ALSO and self._can_be_second(m.intent))
        if heard.answer and not self._insists(sure, heard.answer.slot):
            return replace(heard, intents=tuple(i for i in sure + also if self.content.tier(i) != "info"))
        heard = replace(heard, answer=None)
        if not sure:
            return heard
        return self._dialogue(heard, sure[0], conversation, message) or replace(heard, intents=sure + also)

    def _insists(self, sure: tuple[str, ...], slot: str) -> bool:
        """Who asks for a person, or to be forgotten, is heard, even when a word in the sentence fits the question."""
        asked_there = self.content.asked_anew.get(self.content.triggers.get(sure[0], ""), ()) if sure else ()
        return bool(sure) and sure[0] in INSISTENT and slot not in asked_there

    def _dialogue(self, heard: Heard, intent: str, conversation: Conversation, message: int | None) -> Heard | None:
        """Yes, no, don't know and the wishes, read in the light of the open question."""
        question = conversation.open
        plain = PLAIN_ANSWERS.get(intent)
        if question and plain in self.content.slots[question.slot].values:
            return replace(heard, answer=Answer(question.slot, plain, message))
        return replace(heard, wish=WISHES[intent]) if intent in WISHES else None

    def _can_be_second(self, intent: str) -> bool:
        """A topic; a danger is asked about, or it was too unsure to count at all."""
        return self.content.tier(intent) != "info" and not self._is_safety(intent)

    def _is_safety(self, intent: str) -> bool:
        return self.content.tier(intent) == SAFETY_TIER


def _being_asked(danger: Danger, conversation: Conversation) -> bool:
    """Whether the open question is about this very danger: what is unclear then is an answer to it."""
    question = conversation.open
    return not danger.certain and question is not None and question.slot == f"check_{danger.intent}"
