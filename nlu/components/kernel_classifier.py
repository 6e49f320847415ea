"""The intent classifier: kernel ridge regression on sentence vectors and words together.

Two regressions share the work. One compares words and meaning, by one encoder; it answers for texts whose words
it knows. The other compares meaning alone, by all encoders; it answers for texts in other languages, of which
the words tell nothing. In between they are mixed by the share of known words.
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
from scipy.sparse import load_npz, save_npz, vstack

from nlu.components.kernel import Ridge
from nlu.components.word_counts import KNOWN_WORDS

INTENT_RANKING = "intent_ranking"
NO_INTENT = {"name": None, "confidence": 0.0}
ARRAYS, WORDS = "classifier.npz", "words.npz"
VECTORS = "vectors_of_"


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

        `encoders`: aliases with their share where meaning alone answers. `words`: the alias of the word counts.
        `beside_words`: the encoder that is compared beside them. `words_share`: how much words count there.
        `nearness`: higher lets only near sentences count. `smoothing`: higher follows single sentences less.
        `known_words`: up to the first share of known words meaning alone answers, from the second on words
        count in full. `ranking_length`: how many intents an answer names.
        """
        return {
            "encoders": {},
            "words": "",
            "beside_words": "",
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
        if not config["words"] or config["beside_words"] not in config["encoders"]:
            raise InvalidConfigException(
                "config.yml: KernelClassifier needs `words`, `encoders` and one of those as `beside_words`."
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
        self._vectors = {
            alias: np.vstack([_row(example, alias) for example in examples]).astype(np.float32)
            for alias in self._config["encoders"]
        }
        self._words = vstack([_row(example, self._config["words"]) for example in examples]).T.tocsr()
        dots = {alias: rows @ rows.T for alias, rows in self._vectors.items()}
        words = (self._words.T @ self._words).toarray()
        smoothing = self._config["smoothing"]
        self._by_both = Ridge.fit(self._alike_in_both(dots, words), labels, smoothing)
        # The regressions are as sharp as each other; finding that out twice would take seconds.
        sharp = self._by_both.temperature
        self._by_meaning = Ridge.fit(self._alike_in_meaning(dots), labels, smoothing, sharp)
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
        few, many = self._config["known_words"]
        trust = np.clip((message.get(KNOWN_WORDS, 0.0) - few) / (many - few), 0, 1)
        likely = np.zeros(len(self._intents))
        dots = {self._config["beside_words"]: self._dots(message, self._config["beside_words"])}
        if trust > 0:
            words = (_row(message, self._config["words"]) @ self._words).toarray()
            likely += trust * self._by_both.probabilities(self._alike_in_both(dots, words))[0]
        if trust < 1:
            others = [alias for alias in self._config["encoders"] if alias not in dots]
            dots.update((alias, self._dots(message, alias)) for alias in others)
            likely += (1 - trust) * self._by_meaning.probabilities(self._alike_in_meaning(dots))[0]
        return likely

    def _dots(self, message: Message, alias: str) -> np.ndarray:
        return _row(message, alias).astype(np.float32) @ self._vectors[alias].T

    def _alike_in_meaning(self, dots: dict[str, np.ndarray]) -> np.ndarray:
        shares = self._config["encoders"]
        total = sum(shares.values())
        return self._curved(sum(share / total * dots[alias] for alias, share in shares.items()))

    def _alike_in_both(self, dots: dict[str, np.ndarray], words: np.ndarray) -> np.ndarray:
        share = self._config["words_share"]
        return (1 - share) * self._curved(dots[self._config["beside_words"]]) + share * words

    def _curved(self, dots: np.ndarray) -> np.ndarray:
        """1 for the same vector, falling with the squared distance."""
        return np.exp(2 * self._config["nearness"] * (dots - 1))

    def _persist(self) -> None:
        with self._model_storage.write_to(self._resource) as folder:
            save_npz(folder / WORDS, self._words)
            np.savez(
                folder / ARRAYS,
                intents=np.array(self._intents),
                by_meaning=self._by_meaning.weights,
                by_both=self._by_both.weights,
                temperature=self._by_both.temperature,
                **{VECTORS + alias: rows for alias, rows in self._vectors.items()},
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
            classifier._vectors = {alias: arrays[VECTORS + alias] for alias in config["encoders"]}
            temperature = float(arrays["temperature"])
            classifier._by_meaning = Ridge(arrays["by_meaning"], temperature)
            classifier._by_both = Ridge(arrays["by_both"], temperature)
        return classifier


def _row(message: Message, alias: str) -> Any:
    """The features that the featurizer with this alias gave to the message."""
    for features in message.features:
        if features.origin == alias and features.type == FEATURE_TYPE_SENTENCE:
            return features.features
    raise InvalidConfigException(
        f"config.yml: KernelClassifier names the features '{alias}', but no featurizer has that alias."
    )
