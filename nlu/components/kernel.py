"""Kernel ridge regression: an answer weighs how alike a text is to each training sentence.

Better than logistic regressions on the same features, and trained in seconds (`docs/understanding.md`). Pure
arrays: nothing here knows Rasa.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, lapack

TEMPERATURES = np.geomspace(2, 40, 60)


@dataclass(frozen=True)
class Ridge:
    """What one training gives: a weight for each sentence and intent, and how sharp its scores are."""

    weights: np.ndarray  # a row per training sentence, a column per intent
    temperature: float

    @classmethod
    def fit(cls, likeness: np.ndarray, labels: np.ndarray, smoothing: float, temperature: float | None = None) -> Ridge:
        """Trains on the likeness of all sentences to each other and the numbers of their intents.

        Without a `temperature` it finds the one at which the confidences of unseen sentences are most honest.
        Sentences of a rare intent are smoothed less, so that each intent counts the same.
        """
        wanted = np.eye(labels.max() + 1, dtype=np.float32)[labels]
        rarity = len(labels) / wanted.shape[1] / wanted.sum(axis=0)
        solid = likeness.astype(np.float32)
        solid[np.diag_indices_from(solid)] += smoothing / rarity[labels]
        factor = cho_factor(solid, lower=True, overwrite_a=True, check_finite=False)
        weights = cho_solve(factor, wanted, check_finite=False)
        if temperature is None:
            unseen = wanted - weights / _inverse_diagonal(factor[0])[:, None]
            temperature = _temperature(unseen, labels)
        # An intent's weights side by side in memory: an answer then takes a tenth of a millisecond, not one.
        weights = np.asfortranarray(weights, dtype=np.float32)
        return cls(weights, temperature)

    def probabilities(self, likeness: np.ndarray) -> np.ndarray:
        """The probability of each intent, for rows of likeness to the training sentences."""
        return softmax(self.temperature * (likeness @ self.weights))


def _inverse_diagonal(factor: np.ndarray) -> np.ndarray:
    """Of the inverse of the matrix with this Cholesky factor.

    With it the score that each sentence would get from a training without it costs one division
    (leave-one-out in closed form).
    """
    inverse, failed = lapack.spotri(factor, lower=1, overwrite_c=1)
    if failed:
        raise ValueError("The training sentences cannot be told apart; raise `smoothing`.")
    return np.diag(inverse).copy()


def _temperature(scores: np.ndarray, labels: np.ndarray) -> float:
    """The factor with the least log loss."""
    rows = np.arange(len(labels))
    losses = [-np.log(softmax(factor * scores)[rows, labels] + 1e-9).mean() for factor in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def softmax(scores: np.ndarray) -> np.ndarray:
    """Rows of scores as probabilities."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)
