# SPDX-License-Identifier: Apache-2.0
"""What a choice is worth in each of many worlds."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.plain.result import Solution

Floats = NDArray[np.float64]


def tail_mean(value: Floats, chances: Floats, tail_share: float) -> float:
    """
    Take the mean of the worst worlds (CVaR; Rockafellar and Uryasev 2000).

    Parameters
    ----------
    value
        Value of each world. Shape ``(n_worlds,)``.
    chances
        Chance of each; they sum to 1. Shape ``(n_worlds,)``.
    tail_share
        What of the chances counts as the worst, a share above 0; a world on its edge
        counts in part.

    Returns
    -------
    mean
        Never above the mean of all worlds.
    """
    order = np.argsort(value, kind="stable")
    before = np.cumsum(chances[order]) - chances[order]
    part = np.clip(tail_share - before, 0.0, chances[order])
    return float(part @ value[order] / part.sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldValues:
    """
    What a choice is worth in each world, recounted from the input.

    Parameters
    ----------
    chances
        Chance of each world; they sum to 1. Shape ``(n_worlds,)``.
    value
        People served, those served twice counted with the backup's share more. Shape
        ``(n_worlds,)``.
    people
        People served at least once. Shape ``(n_worlds,)``.
    best
        What no choice exceeds in this world; NaN where nobody asked for regret. Shape
        ``(n_worlds,)``.
    """

    chances: Floats
    value: Floats
    people: Floats
    best: Floats

    @property
    def expected(self) -> float:
        """Mean over all worlds."""
        return float(self.chances @ self.value)

    @property
    def regret(self) -> Floats:
        """How far each world falls short of its own best. Shape ``(n_worlds,)``."""
        return self.best - self.value

    def cvar(self, tail_share: float) -> float:
        """
        Take the mean of the worst worlds.

        Parameters
        ----------
        tail_share
            What of the chances counts as the worst, a share above 0.

        Returns
        -------
        mean
            Never above ``expected``.
        """
        return tail_mean(self.value, self.chances, tail_share)


def _no_worlds() -> WorldValues:
    none = np.zeros(0)
    return WorldValues(chances=none, value=none, people=none, best=none)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldSolution(Solution):
    """
    A solution over many worlds: what every model gives, and the value of each world.

    Parameters
    ----------
    worlds
        What the choice is worth in each.
    """

    worlds: WorldValues = field(default_factory=_no_worlds)
