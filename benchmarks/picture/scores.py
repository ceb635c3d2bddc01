# SPDX-License-Identifier: Apache-2.0
"""How good probabilities of severe damage are, with intervals over 500 m blocks."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_BINS, _BLOCK_M, _DRAWS = 10, 500.0, 200


class Score(NamedTuple):
    """Area under the curve, Brier score, calibration error, and expected over true count."""

    auc: float
    brier: float
    ece: float
    count: float


def score(chance: Floats, truth: Bools) -> Score:
    """
    Score chances.

    Parameters
    ----------
    chance
        Of being damaged. Shape ``(n,)``.
    truth
        Whether it was. Shape ``(n,)``.

    Returns
    -------
    score
        The calibration error is over ten bins with as many structures each.
    """
    n_true = int(truth.sum())
    lower = rankdata(chance)[truth].sum() - n_true * (n_true + 1) / 2
    bins = np.array_split(np.argsort(chance, kind="stable"), _BINS)
    off = sum(len(one) * abs(truth[one].mean() - chance[one].mean()) for one in bins if len(one))
    return Score(
        auc=float(lower / max(n_true * (len(truth) - n_true), 1)),
        brier=float(np.square(chance - truth).mean()),
        ece=float(off / len(truth)),
        count=float(chance.sum() / max(n_true, 1)),
    )


def interval(chance: Floats, truth: Bools, xy_m: Floats) -> tuple[Score, Score]:
    """
    Draw 500 m blocks with replacement.

    Parameters
    ----------
    chance
        Of being damaged. Shape ``(n,)``.
    truth
        Whether it was. Shape ``(n,)``.
    xy_m
        Where structures stand, metres. Shape ``(n, 2)``.

    Returns
    -------
    low, high
        From the 5th to the 95th of 100 draws, each figure by itself.
    """
    _, block = np.unique(np.floor(xy_m / _BLOCK_M), axis=0, return_inverse=True)
    block = block.ravel()
    order = np.argsort(block, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(block[order])) + 1)
    rng = np.random.Generator(np.random.PCG64(1))
    drawn = []
    for _ in range(_DRAWS):
        rows = np.concatenate([members[b] for b in rng.integers(len(members), size=len(members))])
        drawn.append(score(chance[rows], truth[rows]))
    low, high = np.percentile(np.array(drawn), [5, 95], axis=0)
    return Score(*low), Score(*high)
