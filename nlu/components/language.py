"""Tells the language of a message, for people who write in another one than Dutch."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.cleaning import clean
from nlu.components.recogniser import Caution, Recogniser
from nlu.components.scripts import LANGUAGES_OF
from nlu.components.sentence_featurizer import LONGEST_TEXT

LANGUAGE = "language"
WORDS_FILE = "dutch_words.json"


# Rasa calls "extractors" whatever notes something about a message beside its intent.
@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class LanguageRecogniser(GraphComponent):
    """Sets `language` of a message to `{"name": "tr", "confidence": 0.97}`, the name null when unsure.

    It learns nothing but which words the Dutch training sentences use. What the word counts know would not do: their
    vocabulary holds "my dutch is not good" too, as a way to ask for another language.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What the settings mean.

        `sure`: the least confidence with which a language is named. `sure_of_few`: the same for another language
        than Dutch in a text of at most `few` words. `known_words`: how much likelier a text is Dutch when all its
        words are known to be, as a logarithm of odds; in proportion when some are.
        """
        return {"sure": 0.95, "sure_of_few": 0.9999, "few": 2, "known_words": 20.0}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._caution = Caution(**{name: config[name] for name in self.get_default_config()})
        self._model_storage = model_storage
        self._resource = resource
        self._know(set())

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageRecogniser:
        """Makes a component that knows no words yet (Rasa's hook)."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Keeps the words of the Dutch training sentences."""
        words = self._recogniser.dutch_words(_text_of(example) for example in training_data.intent_examples)
        with self._model_storage.write_to(self._resource) as folder:
            (folder / WORDS_FILE).write_text(json.dumps(sorted(words)))
        self._know(words)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Notes the language of each message that has a text."""
        for message in messages:
            if message.get(TEXT) is not None:
                name, confidence = self._recogniser.language(_text_of(message))
                message.set(LANGUAGE, {"name": name, "confidence": confidence}, add_to_output=True)
        return messages

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LanguageRecogniser:
        """Takes the words from the trained model."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._know(set(json.loads((folder / WORDS_FILE).read_text())))
        return component

    def _know(self, words: set[str]) -> None:
        self._recogniser = Recogniser(evidence_of, self._caution, words)


def evidence_of(text: str) -> dict[str, float]:
    """Logarithms of how likely the text is in each language that py3langid knows and residents may write."""
    return dict(_identifier().rank(text))


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE)
    wanted = {language for several in LANGUAGES_OF.values() for language in several if len(several) > 1}
    identifier.set_languages(sorted(wanted))
    return identifier


def _text_of(message: Message) -> str:
    return clean(message.get(TEXT), LONGEST_TEXT)
