"""Compares kinds of models on the same five folds: what was weighed before config.yml became what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix, hstack, issparse, vstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from nlu.components import encoders
from nlu.components.kernel import Ridge, softmax
from nlu.report.cross_validation import folds, remember_vectors
from nlu.report.groups import DANGERS, DIALOGUE, WISHES
from nlu.report.rewriting import misspelt
from nlu.report.sentences import Sentence

NEIGHBOURS = 15
MOST_SENTENCES = 4500
"""Evenly taken from all: which kind of model wins shows on so many too, and takes minutes instead of hours."""


@dataclass(frozen=True)
class Fold:
    """Features of the sentences to learn from and to ask, and the numbers of their intents.

    `copies` are those of the misspelt copies of the sentences to learn from.
    """

    learnt: dict[str, object]
    asked: dict[str, object]
    copies: dict[str, object]
    labels: np.ndarray
    truth: np.ndarray
    groups: np.ndarray  # for each intent its group


@dataclass(frozen=True)
class Row:
    """One kind of model: how often right, and how often right among the first three."""

    name: str
    first: float
    three: float


Model = Callable[[Fold], np.ndarray]


def compared(sentences: list[Sentence]) -> list[Row]:
    """A row for each kind of model."""
    remember_vectors()
    some = np.linspace(0, len(sentences) - 1, min(len(sentences), MOST_SENTENCES), dtype=int)
    prepared = list(_prepared([sentences[number] for number in some]))
    members = [{name: model(fold) for name, model in MEMBERS.items()} for fold in prepared]
    rows = [_row(name, prepared, [part[name] for part in members]) for name in MEMBERS]
    for name, shares in MIXTURES.items():
        mixed = [sum(w * part[key] for key, w in shares.items()) for part in members]
        rows.append(_row(name, prepared, mixed))
    for name, model in MODELS.items():
        rows.append(_row(name, prepared, [model(fold) for fold in prepared]))
    return rows


def _row(name: str, prepared: list[Fold], answers: list[np.ndarray]) -> Row:
    first, three = [], []
    for fold, likely in zip(prepared, answers, strict=True):
        order = np.argsort(-likely, axis=1, kind="stable")[:, :3]
        first += (order[:, 0] == fold.truth).tolist()
        three += (order == fold.truth[:, None]).any(axis=1).tolist()
    return Row(name, float(np.mean(first)), float(np.mean(three)))


def _prepared(sentences: list[Sentence]) -> list[Fold]:
    count = len(sentences)
    written = [sentence.text for sentence in sentences]
    texts = np.array(written + [misspelt(text, number) for number, text in enumerate(written)])
    names = [sentence.intents[0] for sentence in sentences]
    intents = sorted(set(names))
    labels = np.array([intents.index(name) for name in names])
    groups = np.array([_group(name) for name in intents])
    meaning = encoders._universal_sentence_encoder()(texts.tolist())
    colloquial = encoders._e5()(texts.tolist())
    return [
        Fold(
            *_features(texts, meaning, colloquial, learnt, asked, learnt + count),
            labels[learnt],
            labels[asked],
            groups,
        )
        for learnt, asked in folds(sentences)
    ]


def _group(intent: str) -> int:
    kinds = (DANGERS, WISHES, DIALOGUE)
    return next((at for at, kind in enumerate(kinds) if intent in kind), len(kinds))


def _features(
    texts: np.ndarray, meaning: np.ndarray, colloquial: np.ndarray, *parts: np.ndarray
) -> list[dict[str, object]]:
    learnt = parts[0]
    centred = _unit(colloquial - colloquial[learnt].mean(axis=0))
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b", sublinear_tf=True).fit(texts[learnt])
    signs = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True).fit(texts[learnt])
    return [
        {
            "multilingual": _unit(meaning[part]),
            "colloquial": centred[part],
            "both": np.hstack([_unit(meaning[part]), centred[part]]) / np.sqrt(2),
            "words": _scaled(words.transform(texts[part]), signs.transform(texts[part])),
        }
        for part in parts
    ]


def _scaled(words: csr_matrix, signs: csr_matrix) -> csr_matrix:
    return hstack([words * np.sqrt(0.67), signs * np.sqrt(0.33)], format="csr")


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def regression(features: str, softness: float = 10, weight: str | None = "balanced") -> Model:
    """Logistic regression on one kind of features."""

    def answer(fold: Fold) -> np.ndarray:
        return _regressed(fold, features, fold.labels, softness, weight)

    return answer


def _regressed(fold: Fold, features: str, labels: np.ndarray, softness: float, weight: str | None) -> np.ndarray:
    rows = fold.learnt[features]
    model = LogisticRegression(
        C=softness,
        class_weight=weight,
        max_iter=300,
        solver="liblinear" if issparse(rows) else "lbfgs",
    )
    chosen = OneVsRestClassifier(model) if issparse(rows) else model
    return chosen.fit(rows, labels).predict_proba(fold.asked[features])


def tree(fold: Fold) -> np.ndarray:
    """First the group (safety, wish, dialogue, topic), then the intent within it."""
    likely = np.zeros((len(fold.truth), len(fold.groups)))
    group_of = fold.groups[fold.labels]
    groups = _regressed(fold, "both", group_of, 10, "balanced")
    for group in range(groups.shape[1]):
        inside = group_of == group
        rows = fold.learnt["both"][inside]
        model = LogisticRegression(C=10, class_weight="balanced", max_iter=300)
        model.fit(rows, fold.labels[inside])
        found = model.predict_proba(fold.asked["both"])
        likely[:, model.classes_] = found * groups[:, group : group + 1]
    return likely


def nearest(fold: Fold) -> np.ndarray:
    """A vote of the nearest sentences, nearer ones counting more."""
    alike = fold.asked["both"] @ fold.learnt["both"].T
    near = np.argpartition(-alike, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    votes = np.exp(10 * np.take_along_axis(alike, near, axis=1))
    likely = np.zeros((len(alike), len(fold.groups)))
    rows = np.repeat(np.arange(len(alike)), NEIGHBOURS)
    np.add.at(likely, (rows, fold.labels[near].ravel()), votes.ravel())
    return likely / np.sqrt(np.bincount(fold.labels))


def prototypes(fold: Fold) -> np.ndarray:
    """Likeness to the mean of each intent's sentences."""
    wanted = np.eye(len(fold.groups))[fold.labels]
    means = _unit(wanted.T @ fold.learnt["both"])
    return softmax(10 * fold.asked["both"] @ means.T)


def kernel(features: str = "both", words: float = 0.3, nearness: float = 1.5, smoothing: float = 0.1) -> Model:
    """Kernel ridge regression, as in production for a text of known words."""

    def alike(fold: Fold, rows: dict[str, object]) -> np.ndarray:
        meaning = rows[features] @ fold.learnt[features].T
        counted = (rows["words"] @ fold.learnt["words"].T).toarray()
        return (1 - words) * np.exp(2 * nearness * (meaning - 1)) + words * counted

    def answer(fold: Fold) -> np.ndarray:
        ridge = Ridge.fit(alike(fold, fold.learnt), fold.labels, smoothing)
        return ridge.probabilities(alike(fold, fold.asked))

    return answer


def with_copies(model: Model) -> Model:
    """The same, learning from a misspelt copy of each sentence too."""

    def answer(fold: Fold) -> np.ndarray:
        learnt = {name: _above(rows, fold.copies[name]) for name, rows in fold.learnt.items()}
        return model(replace(fold, learnt=learnt, labels=np.concatenate([fold.labels, fold.labels])))

    return answer


def _above(rows: object, more: object) -> object:
    return vstack([rows, more], format="csr") if issparse(rows) else np.vstack([rows, more])


MEMBERS: dict[str, Model] = {
    "USE alone": regression("multilingual"),
    "E5 alone": regression("colloquial"),
    "TF-IDF alone": regression("words"),
}
MIXTURES = {
    "USE .5, E5 .5": {"USE alone": 0.5, "E5 alone": 0.5},
    "USE .4, TF-IDF .6 (before)": {"USE alone": 0.4, "TF-IDF alone": 0.6},
    "E5 .5, TF-IDF .5": {"E5 alone": 0.5, "TF-IDF alone": 0.5},
    "USE .25, E5 .5, TF-IDF .25": {
        "USE alone": 0.25,
        "E5 alone": 0.5,
        "TF-IDF alone": 0.25,
    },
    "USE .2, E5 .4, TF-IDF .4": {"USE alone": 0.2, "E5 alone": 0.4, "TF-IDF alone": 0.4},
}
MODELS: dict[str, Model] = {
    "USE and E5 side by side": regression("both"),
    "the same, C 3": regression("both", softness=3),
    "the same, C 30": regression("both", softness=30),
    "the same, unbalanced": regression("both", weight=None),
    "a tree: group, then intent": tree,
    "nearest 15 examples": nearest,
    "nearest mean of an intent": prototypes,
    "kernel: USE": kernel("multilingual", words=0),
    "kernel: E5": kernel("colloquial", words=0),
    "kernel: USE and E5": kernel(words=0),
    "kernel: TF-IDF": kernel(words=1),
    "kernel: USE and TF-IDF": kernel("multilingual"),
    "kernel: USE, E5 and TF-IDF .3": kernel(),
    "**kernel: E5 and TF-IDF .5**": kernel("colloquial", words=0.5),
    "the same, TF-IDF .3": kernel("colloquial"),
    "the same, TF-IDF .7": kernel("colloquial", words=0.7),
    "the same, nearness 1": kernel("colloquial", words=0.5, nearness=1),
    "the same, smoothing .3": kernel("colloquial", words=0.5, smoothing=0.3),
    "the same, with misspelt copies": with_copies(kernel("colloquial", words=0.5)),
}
