"""The sentences of the talks against the real Rasa: most must mean what the talks say they mean."""

from __future__ import annotations

import httpx
import pytest

from bot.understanding.masking import mask
from tests.conversations.transcripts import read_talks
from tests.nlu.conftest import rasa_server
from tests.rasa_server import RasaServer

__all__ = ["rasa_server"]
AT_LEAST = 0.85


def _sentences() -> dict[str, tuple[str, ...]]:
    """The first sentence of each talk, as Rasa gets it, with what it may mean: of two topics either may come first."""
    firsts = (next((step for step in talk.steps if step.does == "says"), None) for talk in read_talks())
    return {mask(step.what)[0]: step.means for step in firsts if step and step.means and not step.language}


@pytest.mark.rasa
def test_the_first_sentences_of_the_talks_are_understood(rasa_server: RasaServer) -> None:
    sentences = _sentences()
    with httpx.Client(base_url=rasa_server.url, timeout=10) as client:
        heard = {text: client.post("/model/parse", json={"text": text}).json()["intent"] for text in sentences}
    misses = {
        text: (means, heard[text]["name"]) for text, means in sentences.items() if heard[text]["name"] not in means
    }
    for text, (means, name) in misses.items():
        print(f"'{text}' means {' or '.join(means)}, but {name} ({heard[text]['confidence']:.2f}) was understood")
    right = 1 - len(misses) / len(sentences)
    print(f"{right:.0%} of {len(sentences)} first sentences")
    assert right >= AT_LEAST
