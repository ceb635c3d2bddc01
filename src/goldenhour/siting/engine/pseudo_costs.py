# SPDX-License-Identifier: Apache-2.0
"""Which column to branch on: what the bound lost before, and short trial solves at first."""

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.problem import Floats
from goldenhour.siting.engine.program import Box, Program
from goldenhour.siting.highs import LpAnswer, LpStatus

Ranks = NDArray[np.int64]

_CAREFUL, _TRIED, _TRIAL_ITERATIONS = 8, 4, 60
_HALF = 0.5
_TINY = 1e-9
_DOUBTFUL = 1e-3  # how far from 0 and 1 a column must be to go before others by its rank


class PseudoCosts:
    """
    What it costs, per unit, to shut or open each column.

    Parameters
    ----------
    program
        For trial solves.
    rank
        Columns of a lower rank go first where they are in doubt; all alike if None. Shape
        ``(n_open,)``.
    """

    def __init__(self, program: Program, rank: Ranks | None = None) -> None:
        self._program = program
        self._rank = np.zeros(program.n_open, dtype=np.int64) if rank is None else rank
        self._lost: Floats = np.zeros((2, program.n_open))
        self._seen: Floats = np.zeros((2, program.n_open))

    def choose(self, box: Box, answer: LpAnswer, bound: float) -> tuple[int, int]:
        """
        Choose a column and the side to look at first.

        Parameters
        ----------
        box
            The node; something in it is free.
        answer
            Its linear program.
        bound
            Its bound.

        Returns
        -------
        column, side
            Side 1 opens it.
        """
        point = np.clip(answer.value[: self._program.n_open], 0.0, 1.0)
        columns = self._in_doubt(np.flatnonzero(box.free), point)
        rough = self._score(columns, point)
        order = columns[np.lexsort((columns, -rough))]
        for column in order[:_CAREFUL]:
            if self._seen[:, column].min() < _TRIED:
                self._try(box, int(column), float(point[column]), bound)
        # Trial solves moved the basis on; only the scores count from here.
        score = self._score(order, point)
        column = int(order[np.argmax(score)])
        return column, int(point[column] >= _HALF or self._seen[1, column] == 0)

    def _in_doubt(self, free: Ranks, point: Floats) -> Ranks:
        """Columns to choose among: the lowest rank in doubt, else all that are not whole."""
        part = np.minimum(point, 1.0 - point)[free]
        doubtful = free[part > _DOUBTFUL]
        if len(doubtful) and np.ptp(self._rank):
            lowest: Ranks = doubtful[self._rank[doubtful] == self._rank[doubtful].min()]
            return lowest
        return free[part > _TINY] if np.any(part > _TINY) else free

    def _score(self, columns: np.ndarray, point: Floats) -> Floats:
        """Product of what both children lose; columns never tried take the mean of the others."""
        mean = self._lost / np.maximum(self._seen, 1)
        known = self._seen.min(axis=0) > 0
        typical = mean[:, known].mean(axis=1) if known.any() else np.ones(2)
        cost = np.where(self._seen > 0, mean, typical[:, np.newaxis])[:, columns]
        part = point[columns]
        score: Floats = np.maximum(cost[0] * part, _TINY) * np.maximum(cost[1] * (1 - part), _TINY)
        return score

    def _try(self, box: Box, column: int, part: float, bound: float) -> None:
        """Solve both children a little way and note what the bound lost."""
        for side, moved in ((0, part), (1, 1.0 - part)):
            child = box.child(column, side)
            answer = self._program.solve(child, iterations=_TRIAL_ITERATIONS)
            below = self._program.bounded(answer, child).bound
            if answer.status is LpStatus.INFEASIBLE or not np.isfinite(below):
                below = bound - abs(bound)
            self._lost[side, column] += max(0.0, bound - below) / max(moved, _TINY)
            self._seen[side, column] += 1
