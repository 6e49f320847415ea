"""Plain Dutch for what stands in flows and tables: questions, answers, conditions and what is done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.dialogue import conditions
from bot.dialogue.content import Content
from bot.dialogue.flow import Branch, Collect, Flow, Step
from bot.drawing.clauses import Both, Clause, Condition, Either, Not, clauses

MOST_ANSWERS = 8
MOST_TOGETHER = 3
ABOUT = "about_"
PLAIN = {"yes": "drawing_yes", "no": "drawing_no", "unknown": "drawing_unknown"}
LIMITS = {">": "drawing_over", ">=": "drawing_at_least", "<": "drawing_under", "<=": "drawing_at_most"}
_PLACEHOLDER = re.compile(r"\{\w+\}")


_FACE = re.compile("[\U0001f600-\U0001f64f] ?")
"""Faces beside the words of a button; the letters of the pictures do not have them."""


@dataclass
class Phrases:
    """Words from the texts. What has none is shown by its name, and the key to write is noted in `missing`."""

    content: Content
    missing: set[str] = field(default_factory=set)

    def word(self, key: str, **values: object) -> str:
        """A text of `drawing.yml`, filled in."""
        return self.content.response(key).variants[0].text.format(**values)

    # --- flows and steps ------------------------------------------------------------------------------------

    def title(self, flow: Flow) -> str:
        """The description up to its first semicolon, else the flow's name."""
        return flow.description.split(";")[0].strip() or _spaced(flow.name)

    def said(self, key: str) -> str:
        """The first line of a text."""
        return self._open(self.content.response(key).variants[-1].text.split("\n")[0])

    def question(self, slot: str) -> str:
        """The whole question, without the lines that come from answers."""
        lines = self.content.response(f"utter_ask_{slot}").variants[-1].text.split("\n")
        return "\n".join(self._open(line) for line in lines if _PLACEHOLDER.sub("", line).strip())

    def answers(self, slot: str) -> list[str]:
        """What can be answered, at most `MOST_ANSWERS`."""
        variant = self.content.response(f"utter_ask_{slot}").variants[-1]
        if self.content.slots[slot].free:
            return [self.word("drawing_free")]
        if variant.only:
            return [self.word("drawing_fitting"), *(self.value(slot, value) for value in variant.always)]
        titles = [self.value(slot, value) for value in self._offered(slot)]
        more = len(titles) - MOST_ANSWERS
        return titles if more <= 1 else [*titles[:MOST_ANSWERS], self.word("drawing_more", number=more)]

    def _offered(self, slot: str) -> list[str]:
        pressed = [option.value for option in self.content.response(f"utter_ask_{slot}").variants[-1].options]
        return [*pressed, *(value for value in self.content.slots[slot].values if value not in pressed)]

    def action(self, name: str) -> str:
        return self._else_name(f"drawing_{name}", name.removeprefix("action_"))

    def topics(self, flow: Flow) -> str:
        """The topics with which a flow begins, empty when it has none."""
        return ", ".join(self.topic(intent) for intent in flow.triggers)

    def topic(self, intent: str) -> str:
        """An intent in words: as the bot says it, else the title of its button."""
        if self.content.knows(f"utter_topic_{intent}"):
            return self.word(f"utter_topic_{intent}")
        return self._title_of("meant", intent) or self._else_name(f"drawing_topic_{intent}", intent)

    # --- answers --------------------------------------------------------------------------------------------

    def value(self, slot: str, value: str) -> str:
        """The button's title for a value of a slot, else the words that stand for it in a sentence."""
        if title := self._title_of(slot, value):
            return title
        if value == "skipped":
            return self.word("button_skip")
        for key in (f"drawing_say_{slot}", f"utter_say_{slot}"):
            if words := self._words_for(key, slot, value):
                return words
        if slot.startswith(ABOUT):
            return self.topic(slot.removeprefix(ABOUT))
        if value in PLAIN:
            return self.word(PLAIN[value])
        if value in self.content.triggers:
            return self.topic(value)
        if self.content.knows(value):
            return self.said(value).rstrip(".")
        self.missing.add(f"drawing_say_{slot}")
        return _spaced(value)

    def setting(self, slot: str, value: str) -> str:
        """What is remembered: `Haast: vandaag`."""
        return self.about(slot, self.value(slot, value))

    def answer(self, slot: str, words: str) -> str:
        """An answer with its question: `Haast: vandaag`, `Past de pen in de kier? Ja`."""
        asked = self.asked(slot)
        return self.word("drawing_answer", asked=asked if asked.endswith("?") else f"{asked}:", words=words)

    def about(self, slot: str, words: str, *, holds: bool = True) -> str:
        """An answer, or what it must not be, with its question: `Haast: niet vandaag`, `Het gaat over: schimmel`."""
        if slot.startswith(ABOUT):
            return self.word("drawing_about" if holds else "drawing_not_about", topic=words)
        return self.answer(slot, words if holds else self.word("drawing_not", words=words))

    def asked(self, slot: str) -> str:
        """A slot in words: the line of its question that asks, or what it is called."""
        if self.content.knows(f"utter_ask_{slot}"):
            lines = self.question(slot).split("\n")
            return next((line for line in lines if line.endswith("?")), lines[0])
        return self._else_name(f"drawing_slot_{slot}", slot)

    def _words_for(self, key: str, slot: str, value: str) -> str:
        """The variant that names the value, or the last one when it stands for the only value that no other names."""
        variants = self.content.response(key).variants if self.content.knows(key) else ()
        named = [variant for variant in variants if (slot, value) in variant.conditions]
        left = set(self.content.slots[slot].values) - {given for one in variants for name, given in one.conditions}
        words = named or (list(variants[-1:]) if left == {value} else [])
        return self._open(words[0].text) if words else ""

    def _title_of(self, slot: str, value: str) -> str:
        response = self.content.texts["nl"].get(f"utter_ask_{slot}")
        options = response.variants[-1].options if response else ()
        title = next((option.title for option in options if option.value == value), "")
        return _FACE.sub("", title)

    def _else_name(self, key: str, name: str) -> str:
        if self.content.knows(key):
            return self.word(key)
        self.missing.add(key)
        return _spaced(name)

    def _open(self, text: str) -> str:
        """A text in which what is filled in later is left open."""
        return _PLACEHOLDER.sub(self.word("drawing_left_open"), text).strip()

    def either(self, words: Sequence[str]) -> str:
        """`a, b of c`."""
        return f" {self.word('drawing_or')} ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


@dataclass(frozen=True)
class Labels:
    """Words for the branches of one flow; `numbers` has its steps as they are drawn."""

    phrases: Phrases
    flow: Flow
    numbers: dict[str, int]

    def of(self, step: Step) -> list[str]:
        """What must hold for each branch after a step, in the order of the branches."""
        branches = self.flow.following[step.id]
        slots = {slot for branch in branches if branch.condition for slot in conditions.slots_named(branch.condition)}
        own = step.slot if isinstance(step, Collect) else ""
        if len(slots) == 1:
            return self._by_answer(branches, slots.pop(), own)
        return [self._words(branch, position, own) for position, branch in enumerate(branches)]

    def _by_answer(self, branches: Sequence[Branch], slot: str, own: str) -> list[str]:
        """When all branches look at one answer: which answers lead where, exactly."""
        chosen: dict[int, list[str]] = {}
        for value in self.phrases.content.slots[slot].values:
            position = next(n for n, branch in enumerate(branches) if branch.holds({slot: value}))
            chosen.setdefault(position, []).append(value)
        return [
            self._values(slot, chosen[position], own)
            if 0 < len(chosen.get(position, ())) <= MOST_TOGETHER
            else self._words(branch, 0, own)
            for position, branch in enumerate(branches)
        ]

    def _words(self, branch: Branch, position: int, own: str) -> str:
        if branch.condition is None:
            return self.phrases.word("drawing_else")
        words = self._condition(clauses(branch.condition), own, top=True)
        return self.phrases.word("drawing_else_if", words=words) if position else words

    def _condition(self, part: Condition, own: str, *, top: bool = False) -> str:
        match part:
            case Clause():
                return self._clause(part, own)
            case Not(part=inner):
                return self.phrases.word("drawing_not", words=self._condition(inner, own))
            case Both(parts=parts):
                return self._joined("drawing_and", [self._condition(one, own) for one in parts], top=top)
            case Either(parts=parts):
                return self._joined("drawing_or", self._alternatives(parts, own), top=top)

    def _joined(self, key: str, words: Sequence[str], *, top: bool) -> str:
        if len(words) == 1:
            return words[0]
        between = self.phrases.word(key)
        return f"\n{between} ".join(words) if top else f"({f' {between} '.join(words)})"

    def _alternatives(self, parts: Sequence[Condition], own: str) -> list[str]:
        """Values of one slot are said in one breath: `Soms niet of Nee (stap 3)`."""
        values: dict[str, list[str]] = {}
        others = []
        for part in parts:
            if isinstance(part, Clause) and part.operator in ("is", "contains") and part.value:
                values.setdefault(part.slot, []).append(part.value)
            else:
                others.append(self._condition(part, own))
        return [*(self._values(slot, given, own) for slot, given in values.items()), *others]

    def _values(self, slot: str, values: Sequence[str], own: str) -> str:
        return self._about(slot, self.phrases.either([self.phrases.value(slot, value) for value in values]), own)

    def _clause(self, clause: Clause, own: str) -> str:
        phrases, slot = self.phrases, clause.slot
        if not clause.value:
            key = "drawing_unasked" if clause.operator == "is" else "drawing_filled"
            return self._about(slot, phrases.word(key), own)
        if clause.operator in LIMITS:
            return self._about(slot, phrases.word(LIMITS[clause.operator], words=clause.value), own)
        words = phrases.value(slot, clause.value)
        return self._about(slot, words, own, holds=clause.operator != "!=")

    def _about(self, slot: str, words: str, own: str, *, holds: bool = True) -> str:
        """Words for an answer, with the question that it answers unless that is the box right above."""
        numbers = (self.numbers.get(step.id) for step in self.flow.collects() if step.slot == slot)
        number = next((number for number in numbers if number), None)
        if slot != own and number is None:
            return self.phrases.about(slot, words, holds=holds)
        words = words if holds else self.phrases.word("drawing_not", words=words)
        return words if slot == own else self.phrases.word("drawing_at_step", words=words, number=number)


def _spaced(name: str) -> str:
    return name.replace("_", " ")
