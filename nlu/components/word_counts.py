"""TF-IDF of words and of characters in words: what the sentence encoders do not see (names, spelling)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from nlu.components.sentence_featurizer import SentenceFeaturizer

# What a message carries beside its features: the share of its words that stand in the training sentences.
KNOWN_WORDS = "known_words"
WORD = r"(?u)\b\w+\b"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class WordCounts(SentenceFeaturizer):
    """TF-IDF rows, the words' columns first and then the characters'."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Ranges are the shortest and longest n-gram, both ends included; `word_share` is that of the words."""
        return {
            **SentenceFeaturizer.get_default_config(),
            "word_range": [1, 2],
            "character_range": [2, 4],
            "word_share": 0.67,
        }

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
    ) -> None:
        super().__init__(config, name, model_storage, resource)
        self._vectorizers = {
            "words": TfidfVectorizer(
                ngram_range=tuple(config["word_range"]),
                token_pattern=WORD,
                dtype=np.float32,
                sublinear_tf=True,
            ),
            "characters": TfidfVectorizer(
                analyzer="char_wb",
                ngram_range=tuple(config["character_range"]),
                sublinear_tf=True,
                dtype=np.float32,
            ),
        }

    def vectors(self, texts: list[str]) -> csr_matrix:
        """One sparse row for each text, of length one when it has known words and known characters."""
        share = self._config["word_share"]
        words = self._vectorizers["words"].transform(texts) * np.sqrt(share)
        signs = self._vectorizers["characters"].transform(texts) * np.sqrt(1 - share)
        return hstack([words, signs], format="csr")

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds features, and notes how many of the words are known."""
        for message in messages:
            if message.get(TEXT) is not None:
                message.set(KNOWN_WORDS, self._known(self.text_of(message)))
        return super().process(messages)

    def _known(self, text: str) -> float:
        words = re.findall(WORD, text.lower())
        known = sum(word in self._vectorizers["words"].vocabulary_ for word in words)
        return known / len(words) if words else 0.0

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the vocabulary of the training sentences."""
        texts = self.training_texts(training_data)
        with self._model_storage.write_to(self._resource) as folder:
            for name, vectorizer in self._vectorizers.items():
                vectorizer.fit(texts)
                _write(vectorizer, folder / f"{name}.json")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> WordCounts:
        """Takes the vocabularies from the trained model."""
        component = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            for name, vectorizer in component._vectorizers.items():
                _read(vectorizer, folder / f"{name}.json")
        return component


def _write(vectorizer: TfidfVectorizer, file: Path) -> None:
    """Writes terms in column order with their weights.

    JSON, because skops, with which Rasa stores scikit-learn models, takes 17 seconds to import.
    """
    terms = vectorizer.get_feature_names_out().tolist()
    file.write_text(json.dumps({"terms": terms, "idf": vectorizer.idf_.tolist()}))


def _read(vectorizer: TfidfVectorizer, file: Path) -> None:
    stored = json.loads(file.read_text())
    vectorizer.vocabulary_ = {term: column for column, term in enumerate(stored["terms"])}
    vectorizer.idf_ = np.array(stored["idf"])
