"""The intent classifier: a logistic regression per featurizer, their probabilities averaged.

One regression per featurizer, not one on all features side by side: with few sentences per intent the many
word columns would drown the encoders, and with them every language the training data is not in
(`docs/decisions/`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import vstack
from sklearn.linear_model import LogisticRegression

INTENT_RANKING = "intent_ranking"
NO_INTENT = {"name": None, "confidence": 0.0}


@dataclass(frozen=True)
class Regression:
    """What a trained logistic regression needs in order to answer; a dot product beats a library call."""

    coefficients: np.ndarray  # a row per feature, a column per intent
    intercept: np.ndarray

    @classmethod
    def fit(cls, rows: Any, labels: np.ndarray, softness: float) -> Regression:
        """Trains on rows and the numbers of their intents; a higher `softness` follows the data closer."""
        # For many sparse columns, one regression per intent trains ten times faster and answers as well.
        solver = "lbfgs" if isinstance(rows, np.ndarray) else "liblinear"
        model = LogisticRegression(
            C=softness,
            solver=solver,
            class_weight="balanced",
            max_iter=1000,
            random_state=1,
        )
        model.fit(rows, labels)
        # One row per feature, side by side in memory: a sparse row then touches only its own.
        coefficients = np.ascontiguousarray(model.coef_.T, dtype=np.float32)
        return cls(coefficients, model.intercept_.astype(np.float32))

    def probabilities(self, row: Any) -> np.ndarray:
        """The probability of each intent for one row."""
        if isinstance(row, np.ndarray):
            scores = row[0] @ self.coefficients + self.intercept
            likely = np.exp(scores - scores.max())
        else:
            scores = row.data @ self.coefficients[row.indices] + self.intercept
            likely = 1 / (1 + np.exp(-scores))
        return likely / likely.sum()


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True
)
class AveragedClassifier(IntentClassifier, GraphComponent):
    """Averages one logistic regression per member, by weight.

    `members` is a list of `{features: <alias of a featurizer>, weight: <share>, softness: <C>}`.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Rasa refuses a pipeline without these before it."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`ranking_length`: how many intents an answer names."""
        return {"members": [], "ranking_length": 10}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        intents: list[str] | None = None,
        regressions: list[Regression] | None = None,
    ) -> None:
        self._config = config
        self._members = _members(config)
        self._model_storage = model_storage
        self._resource = resource
        self._intents = intents or []
        self._regressions = regressions or []

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AveragedClassifier:
        """Makes an untrained component (Rasa's hook)."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Trains a regression for each member."""
        examples = training_data.intent_examples
        names = [example.get(INTENT) for example in examples]
        self._intents = sorted(set(names))
        labels = np.array([self._intents.index(name) for name in names])
        for member in self._members:
            rows = _stacked([_row(example, member["features"]) for example in examples])
            self._regressions.append(Regression.fit(rows, labels, member["softness"]))
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` and `intent_ranking` of each message."""
        for message in messages:
            ranking = self._ranking(message)
            message.set(
                INTENT, ranking[0] if ranking else NO_INTENT, add_to_output=True
            )
            message.set(INTENT_RANKING, ranking, add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        if not self._regressions or not (message.get(TEXT) or "").strip():
            return []
        mean = self._average(message)
        best = np.argsort(-mean, kind="stable")[: self._config["ranking_length"]]
        return [
            {"name": self._intents[number], "confidence": float(mean[number])}
            for number in best
        ]

    def _average(self, message: Message) -> np.ndarray:
        total = np.zeros(len(self._intents))
        for member, regression in zip(self._members, self._regressions, strict=True):
            row = _row(message, member["features"])
            total += member["weight"] * regression.probabilities(row)
        return total

    def _persist(self) -> None:
        arrays: dict[str, np.ndarray] = {"intents": np.array(self._intents)}
        for number, regression in enumerate(self._regressions):
            arrays[f"coefficients_{number}"] = regression.coefficients
            arrays[f"intercept_{number}"] = regression.intercept
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / "classifier.npz", **arrays)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> AveragedClassifier:
        """Takes the regressions from the trained model."""
        with (
            model_storage.read_from(resource) as folder,
            np.load(folder / "classifier.npz") as arrays,
        ):
            intents = arrays["intents"].tolist()
            regressions = [
                Regression(
                    arrays[f"coefficients_{number}"], arrays[f"intercept_{number}"]
                )
                for number in range(len(config["members"]))
            ]
        return cls(config, model_storage, resource, intents, regressions)


def _members(config: dict[str, Any]) -> list[dict[str, Any]]:
    """The members with their weights scaled so that they add up to one."""
    members = config["members"]
    if not members:
        raise InvalidConfigException(
            "config.yml: AveragedClassifier has no members; name the alias of at least one featurizer."
        )
    total = sum(member["weight"] for member in members)
    return [
        {
            **member,
            "weight": member["weight"] / total,
            "softness": member.get("softness", 1.0),
        }
        for member in members
    ]


def _row(message: Message, alias: str) -> Any:
    """The features that the featurizer with this alias gave to the message."""
    for features in message.features:
        if features.origin == alias and features.type == FEATURE_TYPE_SENTENCE:
            return features.features
    raise InvalidConfigException(
        f"config.yml: AveragedClassifier names the features '{alias}', but no featurizer has that alias."
    )


def _stacked(rows: list[Any]) -> Any:
    return (
        np.vstack(rows)
        if isinstance(rows[0], np.ndarray)
        else vstack(rows, format="csr")
    )
