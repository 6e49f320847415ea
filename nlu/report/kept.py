"""Keeps what took minutes under var/report, so that a report that was broken off goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from nlu.report.comparison import Row
from nlu.report.measures import Answer
from nlu.report.sentences import DATA, ROOT, Sentence
from nlu.report.servers import OURS, REPORT
from tools.stamps import fingerprint


def folds(make: Callable[[], list[Answer]], *, anew: bool) -> list[Answer]:
    """The answers of the cross-validation."""
    found = _kept("folds", lambda: [asdict(answer) for answer in make()], anew)
    return [_answer(entry) for entry in found]


def _answer(entry: dict[str, Any]) -> Answer:
    text, intents, hard = entry["sentence"].values()
    return Answer(Sentence(text, tuple(intents), hard), tuple(map(tuple, entry["ranking"])))


def rows(make: Callable[[], list[Row]], *, anew: bool) -> list[Row]:
    """The comparison of kinds of models."""
    return [Row(**entry) for entry in _kept("models", lambda: [asdict(row) for row in make()], anew)]


def _kept(name: str, make: Callable[[], list[Any]], anew: bool) -> list[Any]:
    code = [ROOT / "nlu" / "report" / f"{module}.py" for module in ("cross_validation", "comparison")]
    made_from = fingerprint([*OURS.files, *code, *DATA.glob("*.yml")], base=ROOT)
    file = REPORT / f"{name}-{made_from}.json"
    if anew or not file.exists():
        REPORT.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(make(), ensure_ascii=False), encoding="utf-8")
    return json.loads(file.read_text(encoding="utf-8"))
