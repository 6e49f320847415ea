"""Five-fold cross-validation through Rasa itself: each fold trains the pipeline of config.yml and asks its agent."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rasa.utils.log_utils import configure_structlog
from sklearn.model_selection import StratifiedKFold

from nlu.components import encoders
from nlu.components.memory import Encode
from nlu.report.measures import Answer
from nlu.report.sentences import Sentence, as_training_file
from nlu.report.servers import OURS

FOLDS = 5
SEED = 1


def folds(sentences: list[Sentence]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Numbers of the sentences to learn from and to ask, for each fold; the same in every run."""
    intents = [sentence.intents[0] for sentence in sentences]
    splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    return splitter.split(np.zeros(len(intents)), intents)


def cross_validated(sentences: list[Sentence]) -> list[Answer]:
    """An answer for each sentence, by a model that has not seen it."""
    remember_vectors()
    configure_structlog(logging.WARNING)
    answers = []
    for learnt, asked in folds(sentences):
        with tempfile.TemporaryDirectory() as folder:
            model = _trained([sentences[number] for number in learnt], Path(folder))
            answers += asyncio.run(_asked(model, [sentences[n] for n in asked]))
    return answers


def _trained(sentences: list[Sentence], folder: Path) -> Path:
    from rasa.model_training import train_nlu

    data = folder / "sentences.yml"
    data.write_text(as_training_file(sentences), encoding="utf-8")
    return Path(train_nlu(str(OURS.config), str(data), str(folder)))


async def _asked(model: Path, sentences: list[Sentence]) -> list[Answer]:
    from rasa.core.agent import load_agent

    agent = await load_agent(str(model))
    return [Answer(sentence, _ranking(await agent.parse_message(sentence.text))) for sentence in sentences]


def _ranking(found: dict[str, list[dict[str, float]]]) -> tuple[tuple[str, float], ...]:
    return tuple((one["name"], one["confidence"]) for one in found["intent_ranking"])


class _Remembered:
    """An encoder that reads each sentence once in this process: the folds share nearly all of them."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._vectors: dict[str, np.ndarray] = {}

    def __call__(self, texts: list[str]) -> np.ndarray:
        unread = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if unread:
            self._vectors.update(zip(unread, self._encode(unread), strict=True))
        return np.stack([self._vectors[text] for text in texts])


def remember_vectors() -> None:
    """Puts a memory before both encoders; the components themselves stay as in production."""
    if isinstance(encoders._e5(), _Remembered):
        return
    meaning, colloquial = (
        _Remembered(encoders._universal_sentence_encoder()),
        _Remembered(encoders._e5()),
    )
    encoders._universal_sentence_encoder = lambda: meaning
    encoders._e5 = lambda: colloquial
