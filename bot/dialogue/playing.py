"""The course of a talk: begin a flow, play it until it asks or acts, end it, go on with what lies beneath."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.dialogue.content import Content
from bot.dialogue.conversation import (
    Acting,
    Answer,
    Conversation,
    Done,
    Event,
    Happened,
    Heard,
    Mark,
    Question,
    Run,
    Said,
)
from bot.dialogue.responses import Line
from bot.dialogue.summary import lines_of
from bot.dialogue.walk import Walked, walk

START, MENU, HANDOFF, OFFER_KEPT = "start", "menu", "handoff", "offer_kept"
DOUBT, DOUBTED, MEANT, NEITHER = "doubt", "doubted", "meant", "neither"
REQUEST_HANDOFF = "action_request_handoff"
START_KEPT, TAKE_MEANT = "action_start_kept", "action_take_meant"
CHANGE_LINE, TAKE_LINE = "change_line", "action_change_line"
COUNT_ALONG = "count_along"
LINE_CHOICE, CHANGING, LINE_CHOICES = "line_choice", "changing", "line_choices"
ALSO = "also"
FOLLOW_UPS: Mapping[str, str] = {
    "tips_later": "small_measures",
    "landlord_later": "landlord_complaint",
    "promise_later": "",
    "solved_later": "",
    "warmer_later": "",
    "talk_again": "",
    "together_later": "",
    "appointment_offered": "",
    "appointment_soon": "",
    "appointment_later": "",
}
"""The flows that begin with a question which was sent on its own, and the topic that each is about, if any."""
APPOINTMENTS = frozenset(
    {"plan_appointment", "plan_later", "plan_on_day", "make_appointment", "change_appointment", "appointment_soon"}
    | {"appointment_offered", "appointment_later"}
)
"""The flows about a time: beginning one ends the others, so that nobody comes back to times of long ago."""
HUMAN = "talk_to_human"
SKIPPED = "skipped"
URGENT = "crisis"


@dataclass(frozen=True)
class Turn:
    """The conversation after a turn, and its events in order."""

    conversation: Conversation
    events: tuple[Event, ...]

    @property
    def acting(self) -> Acting | None:
        last = self.events[-1] if self.events else None
        return last if isinstance(last, Acting) else None


class Playing:
    """A talk that is being played: the conversation as it is now, and the events so far."""

    def __init__(self, content: Content, conversation: Conversation) -> None:
        self.content = content
        self.now = conversation
        self.events: list[Event] = []
        self.resumed = False

    def turn(self, heard: Heard | None = None) -> Turn:
        if heard is not None:
            self.now = replace(self.now, last_heard=heard.at)
        return Turn(self.now, tuple(self.events))

    def start(self, flow: str, topic: str = "", answer: Answer | None = None) -> None:
        """Begin a flow on top of what is open, with the `answer` to its first question if that was given already.

        The menu never stays beneath something else, nor the question to count along beneath another topic.
        """
        self.hold_derived()
        begins = answer is not None or self._counts_as_topic(topic)
        ended = {MENU, flow, *([COUNT_ALONG] if begins else []), *(APPOINTMENTS if flow in APPOINTMENTS else ())}
        runs = tuple(run for run in self.now.runs if run.flow not in ended)
        self.clear_collected(flow)
        kept = tuple(i for i in self.now.kept if self.content.triggers.get(i) != flow)
        topics = self.now.topics
        if topic and topic not in topics and self._counts_as_topic(topic):
            topics = (*topics, topic)
            if answer is None:  # not a question of ours about what was a topic before
                self.count_topic(topic)
        begun = Run(flow, (Mark("slot", answer.slot, answer.message),) if answer else ())
        slots = {**self.now.slots, answer.slot: answer.value} if answer else self.now.slots
        self.now = replace(self.now, runs=(*runs, begun), slots=slots, topics=topics, kept=kept, open=None)
        self.now = replace(self.now, started=self.now.started or flow == START)
        self.resumed = False
        self.happened("flow_started", flow)
        self.go_on()

    def go_on(self, *, or_menu: bool = False) -> None:
        """Play the flow on top until it asks or acts; when it ends, what lies beneath it."""
        self.now = replace(self.now, open=None)
        while walked := self.walk_top():
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

    def walk_top(self) -> Walked | None:
        slots = {**self.now.slots, ALSO: list(self.now.kept)} if self.now.kept else self.now.slots
        return walk(self.content, self.now.runs[-1], slots) if self.now.runs else None

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
        nav = ["back"] if any(self.last_answer(run) is not None for run in self.now.runs) else []
        if SKIPPED in self.content.slots[walked.asks.slot].values and not self._says_skip(walked):
            nav.append("skip")
        if HANDOFF not in walked.path and walked.asks.slot != "menu_choice":
            nav.append("human")
        return tuple(nav)

    def _says_skip(self, walked: Walked) -> bool:
        """Whether a button of the question's own means the same ("Zeg ik liever niet")."""
        assert walked.asks is not None
        asked = self.content.response(f"utter_ask_{walked.asks.slot}").variant(walked.slots)
        return any(option.value == SKIPPED for option in asked.options)

    def last_answer(self, run: Run) -> int | None:
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

    def _act(self, name: str, walked: Walked) -> None:
        if name == START_KEPT:
            self._start_kept()
        elif name == TAKE_MEANT:
            self._take_meant(walked.slots[MEANT])
        elif name == TAKE_LINE:
            self._take_line(walked.slots[LINE_CHOICE], walked.slots[CHANGING])
        else:
            self.events.append(Acting(name, walked.mark, walked.slots))

    def _link(self, flow: str) -> None:
        """Go on in another flow; what it is triggered by is what the talk is now about."""
        topic = next((i for i in self.content.flows[flow].triggers if self._counts_as_topic(i)), "")
        self.start(flow, topic)

    def _finish(self, walked: Walked) -> None:
        """Take the ended flow off; keep the answers that outlive it."""
        run = self.now.runs[-1]
        slots = {**self.now.slots, **walked.derived}
        kept = self.now.kept[1:] if run.flow == OFFER_KEPT else self.now.kept  # offered and not wanted
        self.now = replace(self.now, runs=self.now.runs[:-1], slots=slots, kept=kept)
        self.clear_collected(run.flow)
        self.happened("flow_ended", run.flow)
        self.resumed = bool(self.now.runs) and run.flow != START  # what waits beneath the start was not asked yet
        self._forget_if_refused()

    def _nothing_left(self, or_menu: bool) -> None:
        ended = [event.detail for event in self.events if isinstance(event, Happened) and event.name == "flow_ended"]
        if not self.now.started:
            return None
        if self.now.kept:
            return self._offer_kept(after_start=START in ended)
        if or_menu or START in ended or DOUBT in ended:
            self.start(MENU)
        return None

    def _offer_kept(self, *, after_start: bool) -> None:
        if after_start:
            return self._start_kept()
        return self.start(OFFER_KEPT)

    def _start_kept(self) -> None:
        """Begin with the most urgent topic that was kept."""
        first, rest = self.now.kept[0], self.now.kept[1:]
        runs = tuple(run for run in self.now.runs if run.flow != OFFER_KEPT)
        self.now = replace(self.now, kept=rest, runs=runs)
        self.start(self.content.triggers[first], first)

    def _take_meant(self, meant: str) -> None:
        """Go on with what was chosen out of two; neither of them counts as not understood."""
        self.drop(DOUBT)
        self.happened("meant", meant)
        if meant != NEITHER:
            self.now = replace(self.now, misunderstood=0)
            return self.take((meant,))
        return self.not_understood("utter_meant_neither")

    def _take_line(self, choice: str, key: str) -> None:
        """Ask again what a line of the summary rests on, or leave the line out of what is sent."""
        self.drop(CHANGE_LINE)
        if choice == "leave_out":
            left_out = [*self.now.slots.get("left_out", []), key]
            self.now = replace(self.now, slots={**self.now.slots, "left_out": left_out})
        elif choice == "change":
            walked = self.walk_top()
            asked = {step.slot for step in walked.collected} if walked else set()
            resting = next((line.slots for line in self._lines_asked(walked) if line.key == key), ())
            changing = frozenset(asked & set(resting))
            self.now = self.now.with_top(self.now.runs[-1].said_anew(changing))
            self.forget_answers(changing)
        self.go_on()

    def _lines_asked(self, walked: Walked | None) -> tuple[Line, ...]:
        return lines_of(self.content, walked.asks.slot, walked.slots) if walked and walked.asks else ()

    def drop(self, *flows: str) -> bool:
        """Take a question aside off, if one of these flows is on top; gives whether it was."""
        if not self.now.runs or self.now.runs[-1].flow not in flows:
            return False
        flow = self.now.runs[-1].flow
        self.now = replace(self.now, runs=self.now.runs[:-1])
        self.clear_collected(flow)
        return True

    def not_understood(self, first_time: str = "utter_not_understood") -> None:
        """Say so; the second time in a row with the way to a human first."""
        self.now = replace(self.now, misunderstood=self.now.misunderstood + 1)
        self.say(first_time if self.now.misunderstood == 1 else "utter_not_understood_again")
        self.go_on(or_menu=True)

    def take(self, known: tuple[str, ...]) -> None:
        """Begin with the first of these intents, the most urgent; a topic that can wait does so while one is open."""
        first, flow = known[0], self.content.triggers[known[0]]
        self.note_topics(tuple(i for i in known[1:] if self.is_topic(i)))
        if self.is_topic(first) and any(run.flow == flow for run in self.now.runs):
            return self.go_on()
        if self.is_topic(first) and self._busy() and self.content.tier(first) != URGENT:
            self.note_topics(known)
            self.say("utter_topic_kept", kept_topic=first)
            return self.go_on()
        return self.start(flow, first)

    def _busy(self) -> bool:
        """Whether something is under way that another topic waits for."""
        return bool(self.now.runs) and self.now.runs[-1].flow not in (MENU, COUNT_ALONG)

    def take_urgent(self, intents: tuple[str, ...]) -> str:
        """The first of these intents that cannot wait, taken off what was kept."""
        for intent in intents:
            if intent in self.content.triggers and self.content.tier(intent) == URGENT:
                self.now = replace(self.now, kept=tuple(i for i in self.now.kept if i != intent))
                return intent
        return ""

    def note_done(self, acted: Acting, done: Done) -> None:
        """Write down that an action was carried out, and what it gave."""
        if acted.name == REQUEST_HANDOFF:
            self.events.append(Happened("passed_on"))
        top = self.now.runs[-1].with_mark(Mark("done", acted.step))
        runs = (top,) if done.ends_talk else (*self.now.runs[:-1], top)
        kept = () if done.ends_talk else self.now.kept
        self.now = replace(self.now, runs=runs, kept=kept, slots={**self.now.slots, **done.slots})

    def _drop_unreached(self, walked: Walked) -> bool:
        """Forget answers on a branch that a changed answer has left; gives whether there were any.

        Only at a summary, an action or the end: before that, what was not reached may still lie ahead.
        """
        if walked.asks and not lines_of(self.content, walked.asks.slot, walked.slots):
            return False
        run = self.now.runs[-1]
        passed = {step.slot for step in walked.collected}
        answered = {mark.name for mark in run.trail if mark.what == "slot"}
        stale = frozenset(answered - passed - self.content.persisted)
        if stale:
            self.forget_answers(stale)
        return bool(stale)

    def forget_answers(self, slots: frozenset[str]) -> None:
        runs = tuple(run.without_slots(slots) for run in self.now.runs)
        self.now = replace(self.now, runs=runs, slots=without(self.now.slots, slots))

    def clear_collected(self, flow: str) -> None:
        """Answers that a flow asks anew each time are forgotten when it begins and ends."""
        anew = self.content.asked_anew[flow]
        self.now = replace(self.now, slots=without(self.now.slots, anew))

    def hold_derived(self) -> None:
        """What the flow underneath has set so far holds while something else goes first."""
        walked = self.walk_top()
        if walked:
            self.now = replace(self.now, slots={**self.now.slots, **walked.derived})

    def drop_runs(self) -> None:
        for run in reversed(self.now.runs):
            self.clear_collected(run.flow)
        self.now = replace(self.now, runs=(), kept=(), open=None)
        self._forget_if_refused()

    def _forget_if_refused(self) -> None:
        """Who said no to keeping answers leaves nothing behind once the talk is over."""
        if self.now.over and not self.now.kept and self.now.slots.get("consent") == "no":
            self.now = replace(self.now, slots={"consent": "no"}, topics=())

    def is_topic(self, intent: str) -> bool:
        """Whether an intent is something to help with, rather than a question about the bot or a wish."""
        return intent in self.content.triggers and self.content.tier(intent) in ("crisis", "soon", "normal")

    def _counts_as_topic(self, topic: str) -> bool:
        return self.is_topic(topic) or topic == HUMAN

    def note_topics(self, intents: tuple[str, ...]) -> None:
        under_way = {run.flow for run in self.now.runs}
        new = [i for i in intents if self.content.triggers.get(i) not in under_way and i not in self.now.kept]
        kept = sorted((*self.now.kept, *dict.fromkeys(new)), key=self.content.rank)
        self.now = replace(self.now, kept=tuple(kept))

    def say(self, key: str, walked: Walked | None = None, **values: Any) -> None:
        slots = walked.slots if walked else self.now.slots
        self.events.append(Said(key, {**slots, **values}))

    def count_topic(self, topic: str) -> None:
        """That the talk is about this topic, and that it has one; who only wants a person names none."""
        if topic != HUMAN:
            self.events += [Happened("with_topic"), Happened("topic", topic)]

    def happened(self, name: str, detail: str = "", flow: str = "") -> None:
        """Something to be counted, in this flow or else in the one on top."""
        top = self.now.runs[-1].flow if self.now.runs else ""
        self.events.append(Happened(name, detail, flow or top))


def without(slots: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """The slots that are not named."""
    return {name: value for name, value in slots.items() if name not in names}
