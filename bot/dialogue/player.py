"""Plays a talk: a conversation and what was heard give the next conversation and what follows. Pure.

`play` takes what somebody meant, `resume` what an action gave. Both return a
`Turn`; when its last event is `Acting`, the caller lets the organisation act
and resumes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.dialogue.content import DUTCH, Content
from bot.dialogue.conversation import Acting, Answer, Conversation, Danger, Done, Heard, Mark, Run, Said
from bot.dialogue.playing import (
    CHANGE_LINE,
    CHANGING,
    DOUBT,
    DOUBTED,
    FOLLOW_UPS,
    HUMAN,
    LINE_CHOICES,
    MEANT,
    MENU,
    SKIPPED,
    START,
    Playing,
    Turn,
    without,
)
from bot.dialogue.summary import lines_of

MESSAGES, MY_DATA, DISCREET, APPOINTMENT, PLAN_NOW = "messages", "my_data", "discreet", "make_appointment", "plan_now"
SPEAKS, FOR_ANOTHER, FOR_OTHER = "speaks", "for_someone_else", "for_other"


def play(content: Content, conversation: Conversation, heard: Heard) -> Turn:
    """What follows when `heard` is heard."""
    begun = _new_session(content, conversation, heard)
    player = _Listener(content, begun)
    if begun is not conversation and not heard.begins:
        player.happened("talk_started")
    player.hear(heard)
    return player.turn(heard)


def resume(content: Content, conversation: Conversation, acted: Acting, done: Done) -> Turn:
    """Go on after the organisation did what `acted` asked."""
    player = Playing(content, conversation)
    player.note_done(acted, done)
    player.go_on()
    return player.turn()


def _new_session(content: Content, conversation: Conversation, heard: Heard) -> Conversation:
    """Forget what belonged to an earlier talk, when that is over and long ago."""
    last = conversation.last_heard
    long_ago = last is not None and heard.at - last > timedelta(minutes=content.session_minutes)
    if not (conversation.over and long_ago):
        return conversation
    kept = {name: value for name, value in conversation.slots.items() if name in content.persisted}
    return replace(conversation, slots=kept, topics=(), kept=(), misunderstood=0, counted={})


class _Listener(Playing):
    """Takes what was heard, the most important first."""

    def hear(self, heard: Heard) -> None:
        self.now = replace(self.now, slots={**heard.known, **self.now.slots, **heard.told})
        if not (heard.danger and heard.danger.certain):
            self._notice(heard.language)
        if heard.danger:
            self.note_topics(heard.intents)
            return self._endanger(heard.danger)
        if heard.begins:
            self.note_topics(tuple(i for i in heard.intents if self.is_topic(i)))
            if heard.answer:
                self._note_answered(heard.answer, heard.begins)
            return self.start(heard.begins, FOLLOW_UPS[heard.begins], heard.answer)
        if not self.now.started and self.now.open is None and heard.wish != MY_DATA:
            return self._begin(heard)
        if self._long_ago(heard) and not heard.answer:
            self.say("utter_welcome_back")
        if heard.remark:
            self.say(heard.remark)
        if heard.wish:
            return self._wish(heard.wish)
        if heard.line is not None:
            return self._change_line(heard.line)
        if heard.answer:
            doubt = () if any(self._under_way(intent) for intent in heard.doubt) else heard.doubt
            return self._answer(heard.answer, corrects=heard.corrects, intents=heard.intents, doubt=doubt)
        if heard.refused:
            self.say(heard.refused)
            return self.go_on(or_menu=True)
        if heard.doubt:
            return self._doubt(heard.doubt, heard.intents)
        if heard.intents:
            return self._topics(heard.intents)
        if heard.remark:
            return self.go_on(or_menu=True)
        self.happened("not_understood", self.now.open.slot if self.now.open else "")
        return self.not_understood()

    def _notice(self, language: str) -> None:
        """Who writes another language is told, once and in that language, how we go on."""
        if language in ("", DUTCH, self.now.language):
            return
        speaks = language if language in self.content.slots[SPEAKS].values else "other"
        self.now = replace(self.now, language=language, slots={**self.now.slots, SPEAKS: speaks})
        self.happened("language", language)
        self.say("utter_a_little")

    def _endanger(self, danger: Danger) -> None:
        """Put the numbers on top of whatever is going on; the question below comes back afterwards."""
        self.hold_derived()
        flow = danger.intent if danger.certain else f"check_{danger.intent}"
        runs = self.now.runs
        while runs and (runs[-1].flow == danger.intent or runs[-1].flow.startswith("check_")):
            runs = runs[:-1]
        if self.now.kept:  # what was said beside it is offered afterwards, before the menu
            runs = tuple(run for run in runs if run.flow != MENU)
        self.happened("danger", danger.intent if danger.certain else f"asked_{danger.intent}")
        self.clear_collected(flow)
        self.now = replace(self.now, runs=(*runs, Run(flow)))
        self.go_on()

    def _long_ago(self, heard: Heard) -> bool:
        """Whether somebody comes back to an open question after more than a session."""
        last = self.now.last_heard
        session = timedelta(minutes=self.content.session_minutes)
        return self.now.open is not None and last is not None and heard.at - last > session

    def _begin(self, heard: Heard) -> None:
        """The first words to somebody new: who we are; what they came for waits until they have answered."""
        self.now = replace(self.now, started=True, runs=(Run(START),))
        self.happened("talk_started")
        if heard.doubt:
            self._keep_doubt(heard.doubt)
            self.now = replace(self.now, runs=(Run(DOUBT), Run(START)))
        wanted = (HUMAN,) if heard.wish == "human" else heard.intents
        self.note_topics(tuple(i for i in wanted if i in self.content.triggers))
        if heard.remark:
            self.say(heard.remark)
        self.go_on()

    def _wish(self, wish: str) -> None:
        match wish:
            case "back":
                self._back()
            case "skip":
                self._skip()
            case "stop":
                self._stop()
            case "restart":
                self._restart()
            case "human":
                self.start(self.content.triggers[HUMAN], HUMAN)
            case "help":
                self.say("utter_help")
                self.go_on(or_menu=True)
            case "listen":
                self._read_aloud()
            case "messages":
                self.start(MESSAGES)
            case "my_data":
                self.start(MY_DATA)
            case "discreet":
                self.start(DISCREET)
            case "appointment" if self.now.open and self.now.open.slot == PLAN_NOW:
                self._answer(Answer(PLAN_NOW, "yes"))
            case "appointment":
                self.start(APPOINTMENT)
            case _:
                self.go_on(or_menu=True)

    def _read_aloud(self) -> None:
        """What was said last is read aloud; the open question stays as it is."""
        self.events.append(Said("utter_listen_failed", {}, aloud=True))
        self.happened("listened", self.now.open.slot if self.now.open else "")

    def _back(self) -> None:
        """Cut the trail back to before the last answer; what has been done stays done."""
        if self.drop(DOUBT, CHANGE_LINE):
            return self.go_on(or_menu=True)
        for depth in range(len(self.now.runs) - 1, -1, -1):
            run = self.now.runs[depth]
            position = self.last_answer(run)
            if position is not None:
                slots = without(self.now.slots, {run.trail[position].name})
                later = (mark for mark in run.trail[position + 1 :] if mark.what == "slot")
                runs = (*self.now.runs[:depth], replace(run, trail=(*run.trail[:position], *later)))
                self.now = replace(self.now, runs=runs, slots=slots)
                self.happened("went_back")
                return self.go_on()
            if any(mark.what == "done" for mark in run.trail):
                self.say("utter_no_way_back")
                return self.go_on(or_menu=True)
        self.drop_runs()
        self.start(MENU if "consent" in self.now.slots else START)

    def _skip(self) -> None:
        question = self.now.open
        if question and SKIPPED in self.content.slots[question.slot].values:
            return self._answer(Answer(question.slot, SKIPPED))
        self.say("utter_cannot_skip" if question else "utter_nothing_open")
        self.go_on(or_menu=True)

    def _stop(self) -> None:
        self.happened("stopped", self.now.runs[-1].flow if self.now.runs else "")
        self.drop_runs()
        self.say("utter_stopped")

    def _restart(self) -> None:
        kept = {name: value for name, value in self.now.slots.items() if name in self.content.persisted}
        self.drop_runs()
        self.now = replace(self.now, slots=kept, topics=(), kept=(), misunderstood=0)
        self.say("utter_restarted")
        self.start(MENU if "consent" in kept else START)

    def _change_line(self, number: int) -> None:
        """A line of the open summary: ask what must happen with it."""
        question = self.now.open
        walked = self.walk_top()
        lines = lines_of(self.content, question.slot, walked.slots) if question and walked else ()
        if not question or number > len(lines) or number < 1:
            self.say("utter_old_button")
            return self.go_on(or_menu=True)
        line = lines[number - 1]
        asked = {step.slot for step in walked.collected} if walked else set()
        choices = ["change"] * bool(asked & set(line.slots)) + ["leave_out", "keep"]
        self.now = replace(self.now, slots={**self.now.slots, CHANGING: line.key, LINE_CHOICES: choices})
        self.start(CHANGE_LINE)

    def _answer(
        self, answer: Answer, *, corrects: bool = False, intents: tuple[str, ...] = (), doubt: tuple[str, ...] = ()
    ) -> None:
        if self.now.runs[-1].flow in (MENU, DOUBT) and any(self.is_topic(i) for i in intents):
            self.drop(DOUBT)
            return self._topics(intents)
        misunderstood = self.now.misunderstood if answer.slot == MEANT else 0
        slots = {**self.now.slots, answer.slot: answer.value}
        self.now = replace(self.now, slots=slots, misunderstood=misunderstood)
        if corrects:
            self.say("utter_corrected")
            self.now = self.now.with_top(self.now.runs[-1].said_anew(frozenset({answer.slot})))
        else:
            top = self.now.runs[-1].with_mark(Mark("slot", answer.slot, answer.message))
            self.now = self.now.with_top(top)
            self._note_answered(answer)
        self.note_topics(tuple(i for i in intents if self.is_topic(i)))
        if doubt:
            return self._doubt(doubt, intents)
        urgent = self.take_urgent(intents)
        return self.start(self.content.triggers[urgent], urgent) if urgent else self.go_on()

    def _note_answered(self, answer: Answer, flow: str = "") -> None:
        """For the figures: that it was answered, and of some questions also what."""
        self.happened("answered", answer.slot, flow)
        if self.content.slots[answer.slot].counted:
            self.happened("told", f"{answer.slot}:{answer.value}", flow)

    def _topics(self, intents: tuple[str, ...]) -> None:
        """Take the most urgent first; a topic that can wait is kept while a question is open."""
        known = tuple(sorted((i for i in intents if i in self.content.triggers), key=self.content.rank))
        self.now = replace(self.now, misunderstood=0)
        topics = tuple(i for i in known if self.is_topic(i))
        if topics:
            self.drop(DOUBT)  # it says which of the two was meant, or something else altogether
        if not known:
            return self._remark_on(intents[0])
        if HUMAN in known and topics:
            return self._to_human_about(topics)
        if FOR_ANOTHER in known and topics:
            self.now = replace(self.now, slots={**self.now.slots, FOR_OTHER: "yes"})
            self.say("utter_for_someone_else")
        return self.take(topics or known)

    def _to_human_about(self, topics: tuple[str, ...]) -> None:
        """Who wants a person for something gets no questions about it: the person hears what it is about."""
        new = tuple(i for i in topics if i not in self.now.topics)
        self.now = replace(self.now, topics=(*self.now.topics, *new))
        for topic in new:
            self.count_topic(topic)
        self.start(self.content.triggers[HUMAN], HUMAN)

    def _doubt(self, between: tuple[str, ...], certain: tuple[str, ...]) -> None:
        """Ask which of two was meant; what was understood for certain is kept for afterwards."""
        self.note_topics(tuple(i for i in certain if self.is_topic(i) and i not in between))
        self._keep_doubt(between)
        self.happened("doubted", "/".join(between))
        self.start(DOUBT)

    def _keep_doubt(self, intents: tuple[str, ...]) -> None:
        self.now = replace(self.now, slots={**self.now.slots, DOUBTED: list(intents)})

    def _under_way(self, intent: str) -> bool:
        flow = self.content.triggers.get(intent)
        return intent in self.now.kept or any(run.flow == flow for run in self.now.runs)

    def _remark_on(self, intent: str) -> None:
        """Small talk: say something back, and the open question or the menu."""
        self.say(f"utter_{intent}" if self.content.knows(f"utter_{intent}") else "utter_nothing_open")
        if intent != "goodbye":
            self.go_on(or_menu=True)
