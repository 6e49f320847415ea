"""Plays a talk: a conversation and what was heard give the next conversation and what follows. Pure.

`play` takes what somebody meant, `resume` what an action gave. Both return a
`Turn`; when its last event is `Acting`, the caller lets the organisation act
and resumes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.dialogue.content import Content
from bot.dialogue.conversation import (
    Acting,
    Answer,
    Conversation,
    Danger,
    Done,
    Event,
    Happened,
    Heard,
    Mark,
    Question,
    Run,
    Said,
)
from bot.dialogue.summary import lines_of
from bot.dialogue.walk import Walked, walk

START, MENU, HANDOFF, OFFER_KEPT = "start", "menu", "handoff", "offer_kept"
START_KEPT = "action_start_kept"
HUMAN = "talk_to_human"
SKIPPED = "skipped"
URGENT = "crisis"
KEEP_FROM = "soon"


@dataclass(frozen=True)
class Turn:
    """The conversation after a turn, and its events in order."""

    conversation: Conversation
    events: tuple[Event, ...]

    @property
    def acting(self) -> Acting | None:
        last = self.events[-1] if self.events else None
        return last if isinstance(last, Acting) else None


def play(content: Content, conversation: Conversation, heard: Heard) -> Turn:
    """What follows when `heard` is heard."""
    player = _Player(content, _new_session(content, conversation, heard))
    player.hear(heard)
    return player.turn(heard)


def resume(content: Content, conversation: Conversation, acted: Acting, done: Done) -> Turn:
    """Go on after the organisation did what `acted` asked."""
    player = _Player(content, conversation)
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
    return replace(conversation, slots=kept, topics=(), kept=(), misunderstood=0)


class _Player:
    def __init__(self, content: Content, conversation: Conversation) -> None:
        self.content = content
        self.now = conversation
        self.events: list[Event] = []
        self.resumed = False

    def turn(self, heard: Heard | None = None) -> Turn:
        if heard is not None:
            self.now = replace(self.now, last_heard=heard.at)
        return Turn(self.now, tuple(self.events))

    # --- what was heard, most important first ---------------------------------------------------------------

    def hear(self, heard: Heard) -> None:
        if heard.danger:
            self._note_topics(heard.intents)
            return self._endanger(heard.danger)
        if not self.now.started and self.now.open is None:
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
            return self._answer(heard.answer, corrects=heard.corrects, intents=heard.intents)
        if heard.refused:
            self.say(heard.refused)
            return self.go_on(or_menu=True)
        if heard.intents:
            return self._topics(heard.intents)
        if heard.remark:
            return self.go_on(or_menu=True)
        return self._not_understood()

    def _endanger(self, danger: Danger) -> None:
        """Put the numbers on top of whatever is going on; the question below comes back afterwards."""
        flow = danger.intent if danger.certain else f"check_{danger.intent}"
        runs = self.now.runs
        while runs and (runs[-1].flow == danger.intent or runs[-1].flow.startswith("check_")):
            runs = runs[:-1]
        self.happened("danger", danger.intent if danger.certain else f"asked_{danger.intent}")
        self._clear_collected(flow)
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
        wanted = (HUMAN,) if heard.wish == "human" else heard.intents
        self._note_topics(tuple(i for i in wanted if i in self.content.triggers))
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
                self._start(self.content.triggers[HUMAN], HUMAN)
            case "help":
                self.say("utter_help")
                self.go_on(or_menu=True)
            case _:
                self.go_on(or_menu=True)

    def _back(self) -> None:
        """Cut the trail back to before the last answer; what has been done stays done."""
        for depth in range(len(self.now.runs) - 1, -1, -1):
            run = self.now.runs[depth]
            position = self._last_answer(run)
            if position is not None:
                slots = _without(self.now.slots, {run.trail[position].name})
                later = (mark for mark in run.trail[position + 1 :] if mark.what == "slot")
                runs = (*self.now.runs[:depth], replace(run, trail=(*run.trail[:position], *later)))
                self.now = replace(self.now, runs=runs, slots=slots)
                self.happened("went_back")
                return self.go_on()
            if any(mark.what == "done" for mark in run.trail):
                self.say("utter_no_way_back")
                return self.go_on(or_menu=True)
        self._drop_runs()
        self._start(MENU if "consent" in self.now.slots else START)

    def _last_answer(self, run: Run) -> int | None:
        """Where in the trail the last answer stands that can be taken back, if nothing was done after it.

        Answers to questions that come after the open one (a line is being changed) stay where they are.
        """
        passed = {step.slot for step in walk(self.content, run, self.now.slots).collected}
        for position in range(len(run.trail) - 1, -1, -1):
            mark = run.trail[position]
            if mark.what == "done":
                return None
            if mark.what == "slot" and mark.name in passed:
                return position
        return None

    def _skip(self) -> None:
        question = self.now.open
        if question and SKIPPED in self.content.slots[question.slot].values:
            return self._answer(Answer(question.slot, SKIPPED))
        self.say("utter_cannot_skip" if question else "utter_nothing_open")
        self.go_on(or_menu=True)

    def _stop(self) -> None:
        self.happened("stopped", self.now.runs[-1].flow if self.now.runs else "")
        self._drop_runs()
        self.say("utter_stopped")

    def _restart(self) -> None:
        kept = {name: value for name, value in self.now.slots.items() if name in self.content.persisted}
        self._drop_runs()
        self.now = replace(self.now, slots=kept, topics=(), kept=(), misunderstood=0)
        self.say("utter_restarted")
        self._start(MENU if "consent" in kept else START)

    def _drop_runs(self) -> None:
        for run in reversed(self.now.runs):
            self._clear_collected(run.flow)
        self.now = replace(self.now, runs=(), kept=(), open=None)
        self._forget_if_refused()

    def _change_line(self, number: int) -> None:
        """A line of the open summary: ask its questions again, or leave it out of what is sent."""
        question = self.now.open
        walked = self._walk_top()
        lines = lines_of(self.content, question.slot, walked.slots) if question and walked else ()
        if not question or number > len(lines) or number < 1:
            self.say("utter_old_button")
            return self.go_on(or_menu=True)
        line = lines[number - 1]
        if self._each_line(question.slot) == "leave_out":
            left_out = [*self.now.slots.get("left_out", []), line.key]
            self.now = replace(self.now, slots={**self.now.slots, "left_out": left_out})
        else:
            self._forget_answers(frozenset(line.slots))
        self.go_on()

    def _each_line(self, slot: str) -> str:
        return self.content.response(f"utter_ask_{slot}").variants[0].each_line

    def _forget_answers(self, slots: frozenset[str]) -> None:
        runs = tuple(run.without_slots(slots) for run in self.now.runs)
        self.now = replace(self.now, runs=runs, slots=_without(self.now.slots, slots))

    def _answer(self, answer: Answer, *, corrects: bool = False, intents: tuple[str, ...] = ()) -> None:
        if self.now.runs[-1].flow == MENU and any(self._is_topic(i) for i in intents):
            return self._topics(intents)
        self.now = replace(self.now, slots={**self.now.slots, answer.slot: answer.value}, misunderstood=0)
        if corrects:
            self.say("utter_corrected")
        else:
            top = self.now.runs[-1].with_mark(Mark("slot", answer.slot, answer.message))
            self.now = self.now.with_top(top)
            self.happened("answered", answer.slot)
        self._note_topics(tuple(i for i in intents if self._is_topic(i)))
        urgent = self._take_urgent(intents)
        return self._start(urgent[0], urgent[1]) if urgent else self.go_on()

    def _topics(self, intents: tuple[str, ...]) -> None:
        """Take the most urgent first; a topic that can wait is kept while a question is open."""
        known = tuple(sorted((i for i in intents if i in self.content.triggers), key=self.content.rank))
        self.now = replace(self.now, misunderstood=0)
        if not known:
            return self._remark_on(intents[0])
        first = known[0]
        if self._is_topic(first):
            return self._take_topic(first, known)
        self._note_topics(tuple(i for i in known[1:] if self._is_topic(i)))
        self._start(self.content.triggers[first], first)

    def _take_topic(self, first: str, known: tuple[str, ...]) -> None:
        flow = self.content.triggers[first]
        waiting = self.now.open is not None and self.now.runs and self.now.runs[-1].flow != MENU
        if any(run.flow == flow for run in self.now.runs):
            self._note_topics(known[1:])
            return self.go_on()
        if waiting and self.content.tier(first) != URGENT:
            self._note_topics(known)
            self.say("utter_topic_kept", kept_topic=first)
            return self.go_on()
        self._note_topics(known[1:])
        self._start(flow, first)

    def _remark_on(self, intent: str) -> None:
        """Small talk: say something back, and the open question or the menu."""
        self.say(f"utter_{intent}" if self.content.knows(f"utter_{intent}") else "utter_nothing_open")
        if intent != "goodbye":
            self.go_on(or_menu=True)

    def _not_understood(self) -> None:
        self.now = replace(self.now, misunderstood=self.now.misunderstood + 1)
        self.happened("not_understood", self.now.open.slot if self.now.open else "")
        self.say("utter_not_understood" if self.now.misunderstood == 1 else "utter_not_understood_again")
        self.go_on(or_menu=True)

    # --- topics ---------------------------------------------------------------------------------------------

    def _is_topic(self, intent: str) -> bool:
        """Whether an intent is something to help with, rather than a question about the bot or a wish."""
        return intent in self.content.triggers and self.content.tier(intent) in ("crisis", "soon", "normal")

    def _note_topics(self, intents: tuple[str, ...]) -> None:
        under_way = {run.flow for run in self.now.runs}
        new = [i for i in intents if self.content.triggers.get(i) not in under_way and i not in self.now.kept]
        kept = sorted((*self.now.kept, *dict.fromkeys(new)), key=self.content.rank)
        self.now = replace(self.now, kept=tuple(kept))

    def _take_urgent(self, intents: tuple[str, ...]) -> tuple[str, str] | None:
        for intent in intents:
            if intent in self.content.triggers and self.content.tier(intent) == URGENT:
                self.now = replace(self.now, kept=tuple(i for i in self.now.kept if i != intent))
                return self.content.triggers[intent], intent
        return None

    def _start(self, flow: str, topic: str = "") -> None:
        """Begin a flow on top of what is open; the menu never stays beneath something else."""
        self._hold_derived()
        runs = tuple(run for run in self.now.runs if run.flow not in (MENU, flow))
        self._clear_collected(flow)
        kept = tuple(i for i in self.now.kept if self.content.triggers.get(i) != flow)
        topics = self.now.topics
        if topic and topic not in topics and self._counts_as_topic(topic):
            topics = (*topics, topic)
        self.now = replace(self.now, runs=(*runs, Run(flow)), topics=topics, kept=kept, open=None)
        self.resumed = False
        self.happened("flow_started", flow)
        self.go_on()

    def _hold_derived(self) -> None:
        """What the flow underneath has set so far holds while something else goes first."""
        walked = self._walk_top()
        if walked:
            self.now = replace(self.now, slots={**self.now.slots, **walked.derived})

    def _counts_as_topic(self, topic: str) -> bool:
        return self._is_topic(topic) or topic == HUMAN

    def _clear_collected(self, flow: str) -> None:
        """Answers that a flow asks anew each time are forgotten when it begins and ends."""
        anew = self.content.asked_anew[flow]
        self.now = replace(self.now, slots=_without(self.now.slots, anew))

    # --- going on -------------------------------------------------------------------------------------------

    def go_on(self, *, or_menu: bool = False) -> None:
        """Play the flow on top until it asks or acts; when it ends, what lies beneath it."""
        self.now = replace(self.now, open=None)
        while walked := self._walk_top():
            if self._drop_unreached(walked):
                continue
            top = replace(self.now.runs[-1], trail=walked.trail)
            self.now = self.now.with_top(top)
            for key in walked.says:
                self.say(key, walked)
            if walked.asks:
                return self._ask(walked)
            if walked.acts:
                return self._act(walked.acts.name, walked)
            self._finish(walked)
            if walked.links:
                return self._link(walked.links)
        self._nothing_left(or_menu)
        return None

    def _act(self, name: str, walked: Walked) -> None:
        if name == START_KEPT:
            self._start_kept()
        else:
            self.events.append(Acting(name, walked.mark, walked.slots))

    def _link(self, flow: str) -> None:
        """Go on in another flow; what it is triggered by is what the talk is now about."""
        topic = next((i for i in self.content.flows[flow].triggers if self._counts_as_topic(i)), "")
        self._start(flow, topic)

    def _walk_top(self) -> Walked | None:
        return walk(self.content, self.now.runs[-1], self.now.slots) if self.now.runs else None

    def _drop_unreached(self, walked: Walked) -> bool:
        """Forget answers on a branch that a changed answer has left; gives whether there were any.

        Only at a summary, an action or the end: before that, what was not reached may still lie ahead.
        """
        if walked.asks and not lines_of(self.content, walked.asks.slot, walked.slots):
            return False
        run = self.now.runs[-1]
        passed = {step.slot for step in walked.collected}
        answered = {mark.name for mark in run.trail if mark.what == "slot"}
        stale = frozenset(answered - passed)
        if stale:
            self._forget_answers(stale)
        return bool(stale)

    def _ask(self, walked: Walked) -> None:
        assert walked.asks is not None
        if self.resumed:
            self.say("utter_back_to_question")
        slot, number = walked.asks.slot, self.now.asked + 1
        self.now = replace(self.now, asked=number, open=Question(number, slot))
        lines = tuple(line.key for line in lines_of(self.content, slot, walked.slots))
        values = {**walked.slots, **self._kept_values()}
        self.events.append(Said(f"utter_ask_{slot}", values, number, self._nav(walked), lines))
        self.happened("asked", slot)

    def _kept_values(self) -> dict[str, Any]:
        return {"kept_topic": self.now.kept[0]} if self.now.kept else {}

    def _nav(self, walked: Walked) -> tuple[str, ...]:
        assert walked.asks is not None
        nav = ["back"] if any(self._last_answer(run) is not None for run in self.now.runs) else []
        if SKIPPED in self.content.slots[walked.asks.slot].values:
            nav.append("skip")
        if HANDOFF not in walked.path and walked.asks.slot != "menu_choice":
            nav.append("human")
        return tuple(nav)

    def _finish(self, walked: Walked) -> None:
        """Take the ended flow off; keep the answers that outlive it."""
        run = self.now.runs[-1]
        slots = {**self.now.slots, **walked.derived}
        kept = self.now.kept[1:] if run.flow == OFFER_KEPT else self.now.kept  # offered and not wanted
        self.now = replace(self.now, runs=self.now.runs[:-1], slots=slots, kept=kept)
        self._clear_collected(run.flow)
        self.happened("flow_ended", run.flow)
        self.resumed = bool(self.now.runs)
        self._forget_if_refused()

    def _forget_if_refused(self) -> None:
        """Who said no to keeping answers leaves nothing behind once the talk is over."""
        if self.now.over and not self.now.kept and self.now.slots.get("consent") == "no":
            self.now = replace(self.now, slots={"consent": "no"}, topics=())

    def _nothing_left(self, or_menu: bool) -> None:
        ended = [event.detail for event in self.events if isinstance(event, Happened) and event.name == "flow_ended"]
        if not self.now.started:
            return None
        if self.now.kept:
            return self._offer_kept(after_start=START in ended)
        if or_menu or START in ended:
            self._start(MENU)
        return None

    def _offer_kept(self, *, after_start: bool) -> None:
        if after_start:
            return self._start_kept()
        return self._start(OFFER_KEPT)

    def _start_kept(self) -> None:
        """Begin with the most urgent topic that was kept."""
        first, rest = self.now.kept[0], self.now.kept[1:]
        runs = tuple(run for run in self.now.runs if run.flow != OFFER_KEPT)
        self.now = replace(self.now, kept=rest, runs=runs)
        self._start(self.content.triggers[first], first)

    def note_done(self, acted: Acting, done: Done) -> None:
        """Write down that an action was carried out, and what it gave."""
        top = self.now.runs[-1].with_mark(Mark("done", acted.step))
        runs = (top,) if done.ends_talk else (*self.now.runs[:-1], top)
        kept = () if done.ends_talk else self.now.kept
        self.now = replace(self.now, runs=runs, kept=kept, slots={**self.now.slots, **done.slots})

    def say(self, key: str, walked: Walked | None = None, **values: Any) -> None:
        slots = walked.slots if walked else self.now.slots
        self.events.append(Said(key, {**slots, **values}))

    def happened(self, name: str, detail: str = "") -> None:
        self.events.append(Happened(name, detail))


def _without(slots: Any, names: Any) -> dict[str, Any]:
    return {name: value for name, value in slots.items() if name not in names}
