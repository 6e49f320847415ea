"""Markdown from numbers."""

from __future__ import annotations

from collections.abc import Iterable

from nlu.report import measures
from nlu.report.comparison import Row
from nlu.report.groups import CRISES, DANGERS
from nlu.report.languages import Count
from nlu.report.measures import Answer

THRESHOLDS = (0.25, 0.15, 0.1, 0.05)
WRONG_SHOWN = 60


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; numbers between 0 and 1 with three decimals."""
    heads = list(heads)
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value).replace("|", "\\|")


def of_models(rows: list[Row]) -> str:
    """The comparison of kinds of models."""
    return table(
        ("model", "right", "among the first three"),
        [(row.name, row.first, row.three) for row in rows],
    )


def of_sets(sets: dict[str, list[Answer]]) -> str:
    """A line for each set of answers."""
    rows = [
        (
            name,
            len(answers),
            measures.accuracy(answers),
            measures.macro_f1(answers),
            measures.top_three(answers),
            measures.calibration_error(answers),
        )
        for name, answers in sets.items()
    ]
    heads = ("", "sentences", "accuracy", "macro-F1", "first three", "calibration error")
    return table(heads, rows)


def of_intents(folds: list[Answer], evaluation: list[Answer]) -> str:
    """A line for each intent, worst on the evaluation set first."""
    known = {row.intent: row for row in measures.per_intent(folds)}
    rows = [
        (row.intent, row.count, row.precision, row.recall, row.f1, known[row.intent].f1)
        for row in measures.per_intent(evaluation)
        if row.intent in known
    ]
    heads = ("intent", "sentences", "precision", "recall", "F1", "F1 in the folds")
    return table(heads, rows)


def of_languages(counts: dict[str, Count]) -> str:
    """A line for each set of sentences in one language."""
    rows = [(name, count.all, count.found, count.missed, len(count.wrong)) for name, count in counts.items()]
    return table(("", "sentences", "recognised", "not named", "another named"), rows)


def of_dangers(evaluation: list[Answer]) -> str:
    """For dangers and crises: how many are named or at least asked about, at several thresholds."""
    rows = []
    for intent in DANGERS + CRISES:
        counts = [measures.found_or_asked(evaluation, intent, sure) for sure in THRESHOLDS]
        rows.append((intent, counts[0][1], *(found for found, _ in counts)))
    needless = [f"{measures.asked_needlessly(evaluation, sure):.1%}" for sure in THRESHOLDS]
    rows.append(("*other sentences asked about a danger*", "", *needless))
    return table(("intent", "sentences", *(f"from {sure}" for sure in THRESHOLDS)), rows)


def of_pairs(answers: list[Answer], count: int = 15) -> str:
    """Pairs of intents that lie too close."""
    pairs = measures.confused(answers, count)
    return table(("one", "the other", "times taken for each other"), pairs)


def of_wrong(answers: list[Answer]) -> str:
    """The wrong sentences, surest first: those are the ones that hurt."""
    wrong = sorted(
        (answer for answer in answers if not answer.right),
        key=lambda answer: -answer.confidence,
    )
    rows = [
        (
            answer.sentence.text,
            ", ".join(answer.sentence.intents),
            f"{answer.named} ({answer.confidence:.2f})",
        )
        for answer in wrong[:WRONG_SHOWN]
    ]
    shown = table(("sentence", "meant", "named"), rows)
    left = len(wrong) - len(rows)
    return f"{shown}\n\n{left} more are wrong with less confidence." if left else shown
