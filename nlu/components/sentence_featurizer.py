"""What every featurizer here shares: one vector for a whole message, none for its words."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.cleaning import clean

# Below this a conversation's line ends; what follows is seldom about something else and costs time.
LONGEST_TEXT = 600
# What a message carries beside its features: the share of its words that stand in the training sentences.
KNOWN_WORDS = "known_words"


class SentenceFeaturizer(Featurizer, GraphComponent):
    """Adds to each message one row of features, named by the `alias` of the component.

    A subclass says in `vectors` how a list of cleaned texts becomes one row each.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`max_characters`: how much of a message is read; the rest is left out."""
        return {**Featurizer.get_default_config(), "max_characters": LONGEST_TEXT}

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
    ) -> None:
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """Makes an untrained component (Rasa's hook)."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing to check beyond what Rasa checks."""

    @abstractmethod
    def vectors(self, texts: list[str]) -> Any:
        """One row for each cleaned text: a numpy array or a sparse matrix."""

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds features to messages, all texts in one call to the encoder."""
        written = [message for message in messages if message.get(TEXT) is not None]
        if written:
            rows = self.vectors([self.text_of(message) for message in written])
            for number, message in enumerate(written):
                message.add_features(self._features(rows[number : number + 1]))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds features to the training examples."""
        self.process(training_data.training_examples)
        return training_data

    def text_of(self, message: Message) -> str:
        """The part of a message that is read, without what encoders trip over."""
        return clean(message.get(TEXT), self._config["max_characters"])

    def training_texts(self, training_data: TrainingData) -> list[str]:
        """The cleaned training sentences."""
        return [self.text_of(example) for example in training_data.intent_examples]

    def _features(self, row: Any) -> Features:
        return Features(row, FEATURE_TYPE_SENTENCE, TEXT, self._identifier)
