"""Weighs what the classifier makes of a message and its parts: go on, ask which of two, or not understood.

The thresholds were chosen from the folds of the training sentences, not from the evaluation set; what each of them
costs and gives stands in `docs/understanding.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.dialogue.content import Content
from bot.understanding.rasa import Meaning

SURE = 0.60
"""From here on the first intent is taken as meant ..."""
AHEAD = 0.30
"""... when it is so much ahead of the second; otherwise both are offered."""
ALSO = 0.20
"""From here on a second topic is taken as meant too, in a message that has parts."""
PART_SURE = 0.60
"""From here on the first topic of a part is taken as meant."""
CLOSE = 0.40
"""What two intents must have together to be offered both; else the message was not understood."""
WORRIED = 0.10
"""From here on a danger is asked about, whatever else was understood."""
PRESSED = 0.05
"""From here on a crisis is."""
WORRIED_IN_PART = 0.25
"""The same for both within a part: parts say less, and there are more of them.

For a danger also in what reads as an answer: "gisteren gebeld" out of its place is like many things.
"""
BESIDE = frozenset({"talk_to_human", "for_someone_else"})
"""No topics, but they change what is done with one."""
DANGER, TOPICS = "danger", ("crisis", "soon", "normal")

Meanings = Sequence[Meaning]


@dataclass(frozen=True)
class Weighed:
    """What a message seems to mean.

    `danger` is to be asked about. `sure` holds the intents that are taken as meant, the first one first; beside
    a danger only topics, to be offered afterwards. `doubt` holds one or two intents to choose from.
    """

    danger: str = ""
    sure: tuple[str, ...] = ()
    doubt: tuple[str, ...] = ()


def weigh(
    content: Content,
    offered: frozenset[str],
    whole: Meanings,
    parts: Sequence[Meanings] = (),
    *,
    answers: bool = False,
) -> Weighed:
    """Weigh a message; `offered` are the intents that a button can name, `answers` whether it answers a question."""
    return _Weighing(content, offered, whole, parts, answers).result()


@dataclass(frozen=True)
class _Weighing:
    content: Content
    offered: frozenset[str]
    whole: Meanings
    parts: Sequence[Meanings]
    answers: bool

    def result(self) -> Weighed:
        worried = WORRIED_IN_PART if self.answers else WORRIED
        danger = self._worrying(lambda intent: self.content.tier(intent) == DANGER, worried)
        pressing = self._worrying(self.content.is_pressing, PRESSED)
        sure = self._sure()
        if danger:
            topics = (intent for intent in (*sure, pressing) if intent and self._is_topic(intent))
            return Weighed(danger=danger, sure=tuple(dict.fromkeys(topics)))
        if pressing and pressing not in sure:
            return Weighed(sure=self._other(sure, pressing), doubt=self._with_first(pressing))
        return Weighed(sure=sure) if sure else Weighed(doubt=self._close())

    def _sure(self) -> tuple[str, ...]:
        """What is meant for certain; small talk around a topic is no meaning of its own."""
        certain = (*self._first(), *self._in_parts())
        also = self._also() if certain and self.parts else ()
        found = tuple(dict.fromkeys((*certain, *also)))
        telling = tuple(intent for intent in found if self._tells(intent))
        return telling or found

    def _first(self) -> tuple[str, ...]:
        first, second = self._two()
        ahead = first.confidence - second.confidence >= AHEAD
        return (first.intent,) if first.confidence >= SURE and (ahead or self.parts) else ()

    def _in_parts(self) -> Iterator[str]:
        """What a part says clearly."""
        firsts = (part[0] for part in self.parts if part)
        return (m.intent for m in firsts if m.confidence >= PART_SURE and self._tells(m.intent))

    def _also(self) -> Iterator[str]:
        """What the whole says less clearly, beside something that is certain."""
        return (m.intent for m in self.whole if m.confidence >= ALSO and self._tells(m.intent))

    def _worrying(self, is_so: Callable[[str], bool], enough: float) -> str:
        """The intent of that kind with the most confidence, if it is enough to ask; the whole goes before its parts."""
        whole = [(m.confidence, m.intent) for m in self.whole if is_so(m.intent) and m.confidence >= enough]
        parts = [
            (m.confidence, m.intent)
            for part in self.parts
            for m in part
            if is_so(m.intent) and m.confidence >= WORRIED_IN_PART
        ]
        return max(whole or parts, default=(0.0, ""))[1]

    def _with_first(self, pressing: str) -> tuple[str, ...]:
        others = (m.intent for m in self.whole[:1] if m.intent != pressing and m.intent in self.offered)
        return (pressing, *others)

    def _other(self, sure: tuple[str, ...], pressing: str) -> tuple[str, ...]:
        return tuple(intent for intent in sure if intent not in self._with_first(pressing))

    def _close(self) -> tuple[str, ...]:
        """The first two, when together they are likely enough and a button can name them."""
        first, second = self._two()
        if first.confidence + second.confidence < CLOSE:
            return ()
        return tuple(intent for intent in self._ordered(first, second) if intent in self.offered)

    def _two(self) -> tuple[Meaning, Meaning]:
        nothing = Meaning("", 0.0)
        first, second, *_ = (*self.whole[:2], nothing, nothing)
        return first, second

    def _ordered(self, *meanings: Meaning) -> Iterator[str]:
        """The more urgent one first."""
        return (m.intent for m in sorted(meanings, key=lambda m: self.content.rank(m.intent)))

    def _tells(self, intent: str) -> bool:
        return self._is_topic(intent) or intent in BESIDE

    def _is_topic(self, intent: str) -> bool:
        return self.content.tier(intent) in TOPICS
