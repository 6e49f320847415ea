"""How often the language of a sentence is recognised: found, missed (no language named) or wrong.

`nlu/.venv/bin/python -m nlu.report.languages` measures the training sentences, each by the words of the others.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from nlu.components.recogniser import Caution, Recogniser
from nlu.components.scripts import LATIN, script_of
from nlu.report.measures import Answer
from nlu.report.sentences import Sentence, training_sentences

CODES = {"dutch": "nl", "turkish": "tr", "arabic": "ar", "polish": "pl", "english": "en"}
LEAST_WORDS = 3
# Thanks and greetings stand there in many languages, on purpose.
FROM_EVERYWHERE = ("greet", "thank", "goodbye", "other_language")


@dataclass(frozen=True)
class Count:
    """Sentences of one language by what was made of them."""

    found: int
    missed: int
    wrong: tuple[str, ...]

    @property
    def all(self) -> int:
        """How many there were."""
        return self.found + self.missed + len(self.wrong)


def counted(code: str, named: Iterable[tuple[Sentence, str | None]]) -> Count:
    """Counts sentences in the language `code`, each with the language that was named."""
    answers = list(named)
    wrong = tuple(sentence.text for sentence, name in answers if name not in (code, None))
    found = sum(name == code for _, name in answers)
    return Count(found, len(answers) - found - len(wrong), wrong)


def of_answers(language: str, answers: Iterable[Answer]) -> Count:
    """The evaluation sentences of a language with words enough to tell."""
    long = [answer for answer in answers if _is_long(answer.sentence)]
    return counted(CODES[language], ((answer.sentence, answer.language) for answer in long))


def _is_long(sentence: Sentence) -> bool:
    return len(sentence.text.split()) >= LEAST_WORDS


def of_training_sentences() -> Count:
    """The Dutch training sentences in five folds, as if residents wrote them for the first time."""
    from nlu.report.cross_validation import folds

    written = [found for found in training_sentences() if found.intents[0] not in FROM_EVERYWHERE]
    sentences = [found for found in written if _is_long(found) and script_of(found.text) == LATIN]
    named = []
    for learnt, asked in folds(sentences):
        recogniser = _taught([sentences[number].text for number in learnt])
        named += [(sentences[n], recogniser.language(sentences[n].text)[0]) for n in asked]
    return counted(CODES["dutch"], named)


def _taught(texts: list[str]) -> Recogniser:
    from nlu.components.language import LanguageRecogniser, evidence_of

    caution = Caution(**LanguageRecogniser.get_default_config())
    return Recogniser(evidence_of, caution, Recogniser(evidence_of, caution).dutch_words(texts))


def main() -> None:
    """Prints the count as JSON."""
    from nlu.__main__ import prepare

    prepare()
    json.dump(asdict(of_training_sentences()), sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main()
