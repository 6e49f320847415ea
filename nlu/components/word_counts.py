"""TF-IDF of words and of characters in words: what the sentence encoders do not see (names, spelling)."""

from __future__ import annotations

import json
import re
from functools import cached_property
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

from nlu.components.sentence_featurizer import KNOWN_WORDS, SentenceFeaturizer

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
        if len(texts) == 1:
            return self._one(texts[0])
        words, signs = self._vectorizers.values()
        rows = [words.transform(texts) * np.sqrt(share), signs.transform(texts) * np.sqrt(1 - share)]
        return hstack(rows, format="csr", dtype=np.float32)

    def _one(self, text: str) -> csr_matrix:
        """As `vectors` of one text, without the checks of `transform`, which take 4 ms."""
        share = self._config["word_share"]
        words, signs = self._counters
        columns, values = words.row(text, share)
        more_columns, more_values = signs.row(text, 1 - share)
        columns = np.concatenate([columns, more_columns + words.width])
        values = np.concatenate([values, more_values])
        return csr_matrix((values, columns, [0, len(columns)]), shape=(1, words.width + signs.width))

    @cached_property
    def _counters(self) -> list[_Counter]:
        return [_Counter(vectorizer) for vectorizer in self._vectorizers.values()]

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


class _Counter:
    """A trained vectorizer, for one text at a time."""

    def __init__(self, vectorizer: TfidfVectorizer) -> None:
        self._terms = vectorizer.build_analyzer()
        self._columns = vectorizer.vocabulary_
        self._rarity = vectorizer.idf_.astype(np.float32)
        self.width = len(self._columns)

    def row(self, text: str, share: float) -> tuple[np.ndarray, np.ndarray]:
        """The columns of the known terms and their values, of which the squares add up to `share`."""
        known = [self._columns[term] for term in self._terms(text) if term in self._columns]
        columns, times = np.unique(np.array(known, dtype=np.int32), return_counts=True)
        values = (1 + np.log(times)) * self._rarity[columns]
        length = np.sqrt(values @ values / share) or 1.0
        return columns, (values / length).astype(np.float32)


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
