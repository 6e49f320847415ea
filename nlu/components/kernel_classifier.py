"""The intent classifier: kernel ridge regression on sentence vectors and words together.

Two regressions share the work. One compares meaning (the encoders' vectors) and words; it answers for texts
whose words it knows. The other compares meaning alone; it answers for texts in other languages, of which the
words tell nothing. In between they are mixed by the share of known words.
"""

from __future__ import annotations

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
from scipy.sparse import csr_matrix, load_npz, save_npz, vstack

from nlu.components.kernel import Ridge
from nlu.components.word_counts import KNOWN_WORDS

INTENT_RANKING = "intent_ranking"
NO_INTENT = {"name": None, "confidence": 0.0}
ARRAYS, WORDS = "classifier.npz", "words.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class KernelClassifier(IntentClassifier, GraphComponent):
    """Ranks the intents by likeness to the training sentences."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Rasa refuses a pipeline without these before it."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What the settings mean.

        `encoders`: aliases with their share of the meaning. `words`: the alias of the word counts.
        `words_share`: how much words count beside meaning. `nearness`: higher lets only near sentences count.
        `smoothing`: higher follows single sentences less. `known_words`: up to the first share of known words
        meaning alone answers, from the second on words count in full. `ranking_length`: how many intents an
        answer names.
        """
        return {
            "encoders": {},
            "words": "",
            "words_share": 0.3,
            "nearness": 1.5,
            "smoothing": 0.1,
            "known_words": [0.3, 0.7],
            "ranking_length": 10,
        }

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
    ) -> None:
        if not config["encoders"] or not config["words"]:
            raise InvalidConfigException(
                "config.yml: KernelClassifier needs `encoders` and `words`, aliases of featurizers before it."
            )
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._intents: list[str] = []

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> KernelClassifier:
        """Makes an untrained component (Rasa's hook)."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Trains both regressions and keeps the features of the sentences to compare with."""
        examples = training_data.intent_examples
        names = [example.get(INTENT) for example in examples]
        self._intents = sorted(set(names))
        labels = np.array([self._intents.index(name) for name in names])
        self._meanings = np.vstack([self._meaning(example) for example in examples])
        self._words = vstack([self._word_row(example) for example in examples]).T.tocsr()
        meaning = self._alike_in_meaning(self._meanings)
        smoothing = self._config["smoothing"]
        self._by_meaning = Ridge.fit(meaning, labels, smoothing)
        words = (self._words.T @ self._words).toarray()
        self._by_both = Ridge.fit(self._both(meaning, words), labels, smoothing)
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets `intent` and `intent_ranking` of each message."""
        for message in messages:
            ranking = self._ranking(message)
            message.set(INTENT, ranking[0] if ranking else NO_INTENT, add_to_output=True)
            message.set(INTENT_RANKING, ranking, add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        if not self._intents or not (message.get(TEXT) or "").strip():
            return []
        likely = self._probabilities(message)
        best = np.argsort(-likely, kind="stable")[: self._config["ranking_length"]]
        return [{"name": self._intents[number], "confidence": float(likely[number])} for number in best]

    def _probabilities(self, message: Message) -> np.ndarray:
        meaning = self._alike_in_meaning(self._meaning(message))
        few, many = self._config["known_words"]
        trust = np.clip((message.get(KNOWN_WORDS, 0.0) - few) / (many - few), 0, 1)
        likely = np.zeros(len(self._intents))
        if trust < 1:
            likely += (1 - trust) * self._by_meaning.probabilities(meaning)[0]
        if trust > 0:
            words = (self._word_row(message) @ self._words).toarray()
            likely += trust * self._by_both.probabilities(self._both(meaning, words))[0]
        return likely

    def _both(self, meaning: np.ndarray, words: np.ndarray) -> np.ndarray:
        share = self._config["words_share"]
        return (1 - share) * meaning + share * words

    def _meaning(self, message: Message) -> np.ndarray:
        """The encoders' vectors side by side, scaled so that a dot product is their weighed likeness."""
        shares = self._config["encoders"]
        total = sum(shares.values())
        rows = [_row(message, alias) * np.sqrt(share / total) for alias, share in shares.items()]
        return np.hstack(rows).astype(np.float32)

    def _alike_in_meaning(self, rows: np.ndarray) -> np.ndarray:
        """1 for the same vector, falling with the squared distance."""
        return np.exp(2 * self._config["nearness"] * (rows @ self._meanings.T - 1))

    def _word_row(self, message: Message) -> csr_matrix:
        return _row(message, self._config["words"])

    def _persist(self) -> None:
        with self._model_storage.write_to(self._resource) as folder:
            save_npz(folder / WORDS, self._words)
            np.savez(
                folder / ARRAYS,
                intents=np.array(self._intents),
                meanings=self._meanings,
                by_meaning=self._by_meaning.weights,
                by_both=self._by_both.weights,
                temperatures=[self._by_meaning.temperature, self._by_both.temperature],
            )

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> KernelClassifier:
        """Takes sentences' features and regressions from the trained model."""
        classifier = cls(config, model_storage, resource)
        with (
            model_storage.read_from(resource) as folder,
            np.load(folder / ARRAYS) as arrays,
        ):
            classifier._words = load_npz(folder / WORDS)
            classifier._intents = arrays["intents"].tolist()
            classifier._meanings = arrays["meanings"]
            first, second = arrays["temperatures"].tolist()
            classifier._by_meaning = Ridge(arrays["by_meaning"], first)
            classifier._by_both = Ridge(arrays["by_both"], second)
        return classifier


def _row(message: Message, alias: str) -> Any:
    """The features that the featurizer with this alias gave to the message."""
    for features in message.features:
        if features.origin == alias and features.type == FEATURE_TYPE_SENTENCE:
            return features.features
    raise InvalidConfigException(
        f"config.yml: KernelClassifier names the features '{alias}', but no featurizer has that alias."
    )
