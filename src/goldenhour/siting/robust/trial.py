# SPDX-License-Identifier: Apache-2.0
"""Two choices in the same fresh worlds: which does better, and whether that can be told."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.siting.asking.question import WorldGoal
from goldenhour.siting.engine.goals import CVaR
from goldenhour.siting.plain.worlds import tail_mean

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """
    Sites chosen over worlds beside those that are best if the picture is simply right.

    Parameters
    ----------
    goal
        What was wanted over the worlds.
    tail_share
        What of the worlds counts as the worst, a share.
    first
        Number of the first world; neither choice was made for any of them.
    served
        People served by the sites chosen over worlds, in each. Shape ``(n_worlds,)``.
    served_plain
        People served by the others. Shape ``(n_worlds,)``.
    """

    goal: WorldGoal
    tail_share: float
    first: int
    served: Floats
    served_plain: Floats

    @property
    def n(self) -> int:
        """Number of worlds."""
        return len(self.served)

    @property
    def difference(self) -> float:
        """By how many people the choice over worlds does better, by the goal; below 0 if worse."""
        return self._by_goal(self.served, self.served_plain)

    @property
    def standard_error(self) -> float:
        """
        Tell how far the difference may be off by chance.

        Worlds are left out one by one (the jackknife; Efron and Tibshirani 1993, chapter 11). For
        the greatest regret, which hangs on single worlds, that is only a rough guide.
        """
        if self.n < 2:  # noqa: PLR2004 - one world has no spread
            return float("inf")
        others = ~np.eye(self.n, dtype=np.bool_)
        without = np.array(
            [self._by_goal(self.served[kept], self.served_plain[kept]) for kept in others]
        )
        return float(np.sqrt((self.n - 1) * without.var()))

    @property
    def is_better(self) -> bool:
        """Whether the choice over worlds does at least as well: then it is kept."""
        return self.difference >= 0

    @property
    def is_clear(self) -> bool:
        """Whether the difference is more than chance would have it."""
        errors = facts.number("siting.promise_errors") * self.standard_error
        return bool(abs(self.difference) > errors)

    def _by_goal(self, served: Floats, plain: Floats) -> float:
        """Compare by what was wanted."""
        if self.goal is WorldGoal.REGRET:
            best = np.maximum(served, plain)
            return float((best - plain).max() - (best - served).max())
        value = value_of(self.goal, self.tail_share)
        return value(served) - value(plain)


def value_of(goal: WorldGoal, tail_share: float) -> Callable[[Floats], float]:
    """
    Say how people served in each world are summed up.

    Parameters
    ----------
    goal
        Most people on average, or on average and in the worst worlds.
    tail_share
        What of the worlds counts as the worst, a share above 0.

    Returns
    -------
    value
        From people in each world, all of one chance, to people.
    """
    if goal is WorldGoal.EXPECTED:
        return lambda served: float(served.mean())
    weight = CVaR().weight

    def both(served: Floats) -> float:
        worst = tail_mean(served, np.full(len(served), 1.0 / len(served)), tail_share)
        return (1 - weight) * float(served.mean()) + weight * worst

    return both
