"""Numbers about answers: pure functions over what was meant and what was ranked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from nlu.report.groups import DANGERS
from nlu.report.sentences import Sentence

BINS = 10


@dataclass(frozen=True)
class Answer:
    """A sentence, the intents that a server named for it, surest first, with confidences, and its language if named."""

    sentence: Sentence
    ranking: tuple[tuple[str, float], ...]
    language: str | None = None

    @property
    def named(self) -> str:
        """The first intent named."""
        return self.ranking[0][0] if self.ranking else ""

    @property
    def confidence(self) -> float:
        """How sure the server was of it."""
        return self.ranking[0][1] if self.ranking else 0.0

    @property
    def right(self) -> bool:
        """Whether the first intent named is really in the sentence (one of several will do)."""
        return self.named in self.sentence.intents

    @property
    def among_three(self) -> bool:
        """Whether the most urgent intent is among the first three named."""
        return self.sentence.intents[0] in [name for name, _ in self.ranking[:3]]


@dataclass(frozen=True)
class OfIntent:
    """Precision, recall and F1 of one intent, and in how many sentences it is the most urgent."""

    intent: str
    count: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True)
class Bin:
    """Answers of about the same confidence: how many, how sure on average, how often right."""

    count: int
    confidence: float
    right: float


def share(hits: list[bool]) -> float:
    """The share of true values; 0 of none."""
    return sum(hits) / len(hits) if hits else 0.0


def accuracy(answers: list[Answer]) -> float:
    """The share that is right."""
    return share([answer.right for answer in answers])


def top_three(answers: list[Answer]) -> float:
    """The share with the most urgent intent among the first three."""
    return share([answer.among_three for answer in answers])


def meant(answer: Answer) -> str:
    """The intent that counts for a sentence: the one named if it is in it, else the most urgent one."""
    return answer.named if answer.right else answer.sentence.intents[0]


def per_intent(answers: list[Answer]) -> list[OfIntent]:
    """The numbers of each intent that occurs, worst first."""
    wanted = Counter(map(meant, answers))
    named = Counter(answer.named for answer in answers)
    hits = Counter(answer.named for answer in answers if answer.right)
    rows = [
        OfIntent(intent, count, _ratio(hits[intent], named[intent]), hits[intent] / count)
        for intent, count in wanted.items()
    ]
    return sorted(rows, key=lambda row: (row.f1, row.intent))


def macro_f1(answers: list[Answer]) -> float:
    """The mean F1 over the intents that occur, each counting the same."""
    rows = per_intent(answers)
    return sum(row.f1 for row in rows) / len(rows) if rows else 0.0


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def found_or_asked(answers: list[Answer], intent: str, asked_from: float) -> tuple[int, int]:
    """Of the sentences with this intent: how many are named so or asked about, and how many there are.

    A question is asked when the intent has at least the confidence `asked_from`, wherever it stands.
    """
    with_it = [answer for answer in answers if intent in answer.sentence.intents]
    return sum(_noticed(answer, intent, asked_from) for answer in with_it), len(with_it)


def _noticed(answer: Answer, intent: str, asked_from: float) -> bool:
    asked = any(name == intent and sure >= asked_from for name, sure in answer.ranking)
    return asked or answer.named == intent


def asked_needlessly(answers: list[Answer], asked_from: float) -> float:
    """The share of sentences without a danger in which one would be asked about."""
    safe = [answer for answer in answers if not {*DANGERS} & {*answer.sentence.intents}]
    return share([any(_noticed(answer, danger, asked_from) for danger in DANGERS) for answer in safe])


def calibration(answers: list[Answer]) -> list[Bin]:
    """Ten bins of equal width, empty ones left out."""
    bins: list[list[Answer]] = [[] for _ in range(BINS)]
    for answer in answers:
        bins[min(BINS - 1, int(answer.confidence * BINS))].append(answer)
    return [_bin(group) for group in bins if group]


def _bin(group: list[Answer]) -> Bin:
    mean = sum(answer.confidence for answer in group) / len(group)
    return Bin(len(group), mean, accuracy(group))


def calibration_error(answers: list[Answer]) -> float:
    """The mean distance between confidence and share right, weighed by the bins' sizes."""
    bins = calibration(answers)
    off = sum(found.count * abs(found.confidence - found.right) for found in bins)
    return off / max(1, len(answers))


def confused(answers: list[Answer], count: int) -> list[tuple[str, str, int]]:
    """Pairs of intents that are taken for each other, in either direction, most often first."""
    pairs = Counter(tuple(sorted((answer.sentence.intents[0], answer.named))) for answer in answers if not answer.right)
    return [(first, second, times) for (first, second), times in pairs.most_common(count)]
