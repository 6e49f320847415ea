"""The resident's side of a message: play the talk, or pass it on to the person who helps."""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from actions import appointments, handoffs, outbox, people, relay, screen, team
from actions.outbox import Message, queue
from actions.relay import Letter
from actions.team import JoinRefused
from bot import aftercare, attached, counting, entry, misheard, watched
from bot.asked import Asked
from bot.dialogue import player
from bot.dialogue.conversation import Event, Heard, Question, Said
from bot.dialogue.playing import MENU, Turn
from bot.incoming import FILES, Kind
from bot.messages import LISTEN, answered, message
from bot.steps import STEPS
from bot.team_side import BUTTONS as TEAM_BUTTONS
from bot.team_visit import requests_of
from bot.understanding.answers import FREE_TEXT
from bot.understanding.understand import WISH
from bot.visit import Visit
from bot.words import Words
from store.tables import Outgoing

log = structlog.get_logger()
START, WIPE = "/start", "wipe"


@dataclass(frozen=True)
class Resident:
    """What happens with an update of somebody who is not of the team."""

    words: Words

    def handle(self, visit: Visit) -> None:
        """Answer one update."""
        incoming = visit.incoming
        match incoming.kind:
            case Kind.BLOCKED:
                people.lose(visit.session, incoming.chat_id)
                relay.tell_lost(visit.session, visit.now, incoming.chat_id)
            case Kind.UNBLOCKED:
                return
            case _ if incoming.text.startswith(f"{START} {team.LINK_PREFIX}"):
                _join(visit)
            case _ if not watched.answers(visit):
                self._listen(visit)

    def _listen(self, visit: Visit) -> None:
        """Pass it on, or answer it."""
        if visit.heard.wish == WIPE:
            return _wipe(visit)
        comes_back, visit = watched.comes_back(visit), watched.opened(visit)
        if comes_back or not self._passed_on(visit):
            self._play(aftercare.talk_again(entry.by_poster(visit, self.words.wijk_names), self.words.content))

    def _passed_on(self, visit: Visit) -> bool:
        """Plain messages go to the person who helps; buttons and commands stay with the bot; danger goes to both."""
        incoming, danger = visit.incoming, visit.heard.danger is not None
        if incoming.kind is Kind.PRESS or (incoming.text.startswith("/") and not danger):
            return False
        if handoffs.claimed_for(visit.session, visit.person) is None:
            return False
        if danger:
            _pass_on(visit)
        elif not (_answers_the_bot(visit) or _changes_appointment(visit)):
            _pass_on(visit)
            return True
        return False

    def _play(self, visit: Visit) -> None:
        if visit.incoming.data.startswith(TEAM_BUTTONS):
            log.warning("team_button_refused", update_id=visit.incoming.update_id, person_id=visit.person.id)
        visit = attached.keep(self._once(_without_menu(visit)))
        turn = player.play(self.words.content, visit.conversation, visit.heard)
        events = list(turn.events)
        while acting := turn.acting:
            asked = Asked(visit.session, visit.now, visit.person, turn.conversation, acting.slots, self.words)
            done = STEPS[acting.name](asked)
            if done.forgets:
                return
            turn = player.resume(self.words.content, turn.conversation, acting, done)
            events += turn.events
        counted = counting.note(visit, turn.conversation, events)
        took_up = misheard.took_up(self.words.content, visit, events)
        visit.keep(replace(turn.conversation, took_up=took_up, counted=counted))
        misheard.note(self.words.content, visit, events)
        entry.forget_if_refused(visit, turn.conversation)
        for said in _spoken(visit, turn, attached.told(visit, events)):
            answer = message(said, visit.person.language)
            if said.aloud:
                visit.say(replace(answer, aloud=_said_last(visit)), subject=_aloud(visit))
            else:
                visit.say(answer, subject=_subject(said.question))
        self._show_choice(visit)

    def _once(self, visit: Visit) -> Visit:
        """What was sent with a question that was asked on its own is known in the talk.

        It counts once: its second answer is a press on an old button.
        """
        row = _asked_on_its_own(visit)
        if row is None:
            return visit
        if outbox.is_replaced(visit.session, row):
            return replace(visit, heard=Heard(visit.now, remark="utter_old_button"))
        values = Message.from_json(row.content).values
        known = {name: value for name, value in values.items() if name in self.words.content.slots}
        return replace(visit, heard=replace(visit.heard, told={**known, **visit.heard.told}))

    def _show_choice(self, visit: Visit) -> None:
        """The question that was answered shows the choice and loses its buttons; after the next one is asked."""
        if visit.heard.begins and visit.heard.answer:
            return self._show_follow_up(visit)
        question = visit.conversation.open
        chosen = self._chosen(visit, question) if question is not None else None
        if question is None or chosen is None:
            return
        outbox.withdraw(visit.session, _aloud(visit))
        row = outbox.last_about(visit.session, visit.person.chat_id, _subject(question.number) or "")
        if row is not None:
            shown = answered(self.words, Message.from_json(row.content), chosen)
            queue(visit.session, visit.now, visit.person.chat_id, shown, edits=row)

    def _show_follow_up(self, visit: Visit) -> None:
        """A question that was sent on its own shows the choice too, so that it is not answered twice."""
        row, answer = _asked_on_its_own(visit), visit.heard.answer
        if row is not None and answer is not None:
            chosen = _typed_wish(visit) or f"f:{visit.heard.begins}:{answer.value}"
            shown = answered(self.words, Message.from_json(row.content), chosen)
            queue(visit.session, visit.now, visit.person.chat_id, shown, edits=row)

    def _chosen(self, visit: Visit, question: Question) -> str | None:
        """The button that the answer stands for; None when the open question was not answered.

        Empty for a free text: an address or a number stands in no message of ours, so that erasing it erases all.
        """
        heard, incoming = visit.heard, visit.incoming
        if incoming.kind is Kind.PRESS:
            took_effect = heard.answer or heard.line or heard.wish not in ("", LISTEN)
            return incoming.data if took_effect and incoming.data.startswith(f"q{question.number}:") else None
        if heard.answer is None or heard.corrects:
            return None
        value = str(heard.answer.value)
        free = self.words.content.slots[question.slot].free
        return "" if free else _typed_wish(visit) or f"q{question.number}:{value}"


def _wipe(visit: Visit) -> None:
    """Take what the bot said off the screen; what is held stays, and so does the open question."""
    chat_id = visit.person.chat_id
    sent = screen.sent(visit.session, visit.now, chat_id)
    screen.take_away(visit.session, visit.now, chat_id, sent.young)
    visit.say(Message("utter_wiped"))


def _pass_on(visit: Visit) -> None:
    """Send it to the person who helps; what was passed on to somebody else and is edited now goes to nobody."""
    incoming, danger = visit.incoming, visit.heard.danger is not None
    is_file, is_edit = incoming.kind in FILES and not incoming.refused, incoming.kind is Kind.EDITED
    claimed = handoffs.claimed_for(visit.session, visit.person, _about(visit))
    assert claimed is not None, "one was there a moment ago, and is held fast"
    elsewhere = is_edit and _passed_on_about(visit) not in (None, claimed.id)
    if danger:
        relay.warn(visit.session, visit.now, claimed)
    elif elsewhere:
        visit.say(Message("utter_edit_to_nobody"))
    elif incoming.masked:
        visit.say(Message("utter_masked"))
    if incoming.refused:
        visit.say(Message("utter_file_refused"))
    if not elsewhere and (incoming.text or not incoming.refused):
        letter = Letter(incoming.chat_id, incoming.message_id, incoming.text, is_file, is_edit)
        relay.to_member(visit.session, visit.now, claimed, letter)


def _answers_the_bot(visit: Visit) -> bool:
    """Whether it answers what the bot asked last, or asks about danger, though somebody helps meanwhile."""
    heard, question = visit.heard, visit.conversation.open
    if heard.answer is None and not _nearly_answers(visit):
        return False
    if heard.begins or question is None:
        return bool(heard.begins)
    last = outbox.last_subject(visit.session, visit.now, visit.person.chat_id)
    return question.slot.startswith("check_") or last == _subject(question.number)


def _nearly_answers(visit: Visit) -> bool:
    """Whether it is an address or telephone number in which something is wrong: that is asked again."""
    wrong = visit.heard.refused in (refusal for _, refusal in FREE_TEXT.values())
    return wrong and any(character.isdigit() for character in visit.incoming.text)


def _changes_appointment(visit: Visit) -> bool:
    """Whether somebody asks the bot for an appointment with the one word, or to move or call off the one they have."""
    if visit.heard.wish == "appointment":
        return True
    wanted = visit.heard.intents[:1] in (("change_appointment",), ("cancel_appointment",))
    return wanted and bool(appointments.coming_of(visit.session, visit.now, visit.person))


def _about(visit: Visit) -> int | None:
    """The request that a message is about: what it replies to, what is edited, else what was talked about last."""
    incoming = visit.incoming
    if incoming.kind is Kind.EDITED and (number := _passed_on_about(visit)) is not None:
        return number
    if incoming.reply_to is not None:
        return handoffs.request_of(outbox.subject_of(visit.session, incoming.chat_id, incoming.reply_to))
    return handoffs.last_talked_about(visit.session, visit.now, incoming.chat_id)


def _passed_on_about(visit: Visit) -> int | None:
    return relay.passed_on_about(visit.session, visit.incoming.chat_id, visit.incoming.message_id)


def _without_menu(visit: Visit) -> Visit:
    """Who is being helped does not come back to the menu, when what lies upon it ends; a danger lies upon all."""
    runs = visit.conversation.runs
    beneath = runs if visit.heard.danger else runs[:-1]
    if all(run.flow != MENU for run in beneath) or handoffs.claimed_for(visit.session, visit.person) is None:
        return visit
    left = tuple(run for run in runs if run.flow != MENU)
    return replace(visit, conversation=replace(visit.conversation, runs=left))


def _asked_on_its_own(visit: Visit) -> Outgoing | None:
    """The question that was sent on its own and is answered now, by a button or in words."""
    if not (visit.heard.begins and visit.heard.answer):
        return None
    if visit.incoming.kind is Kind.PRESS:
        return outbox.find(visit.session, visit.person.chat_id, visit.incoming.message_id or 0)
    return outbox.last_opening(visit.session, visit.now, visit.person.chat_id)


def _typed_wish(visit: Visit) -> str:
    """What was typed about a time that was not offered: there is no button for it; empty for every other answer."""
    return visit.incoming.text if visit.heard.answer and visit.heard.answer.value == WISH else ""


def _subject(question: int | None) -> str | None:
    """What a question is filed under, so that its message can be found when it is answered."""
    return None if question is None else f"question:{question}"


def _aloud(visit: Visit) -> str:
    """What voice notes are filed under: one that is not ready when its question is answered is not sent any more."""
    return f"aloud:{visit.person.id}"


def _spoken(visit: Visit, turn: Turn, events: list[Event]) -> list[Said]:
    """What is said in this turn: never nothing, and never without a way to a human."""
    said = [event for event in events if isinstance(event, Said)]
    if visit.incoming.masked:
        said.insert(0, Said("utter_masked", {}))
    if visit.incoming.refused:
        said.insert(0, Said("utter_file_refused", {}))
    if not said:
        said.append(Said("utter_nothing_open", {}))
    open_still = turn.conversation.open is not None
    asked = any(one.question is not None or (one.aloud and open_still) for one in said)
    if not asked and not turn.conversation.slots.get("handoff_result"):
        said[-1] = replace(said[-1], nav=("human",))
    return said


def _said_last(visit: Visit) -> tuple[Message, ...]:
    """The open question with what was said before it; without one what was said last."""
    question, chat_id = visit.conversation.open, visit.person.chat_id
    asked = outbox.last_about(visit.session, chat_id, f"question:{question.number}") if question else None
    return outbox.said_last(visit.session, visit.now, chat_id, asked)


def _join(visit: Visit) -> None:
    """Somebody opened the start link of a member of the team."""
    payload = visit.incoming.text.removeprefix(START).strip()
    joined = team.join(visit.session, visit.now, visit.person, payload)
    if isinstance(joined, JoinRefused):
        visit.say(Message("team_link_expired" if joined is JoinRefused.EXPIRED else "team_link_used"))
        return
    requests = requests_of(joined)
    visit.say(Message("team_welcome", {"name": joined.name, "wijk": joined.wijk, "requests": requests}))
    handoffs.catch_up(visit.session, visit.now, joined)
