# SPDX-License-Identifier: Apache-2.0
"""
A linear program with cuts that come and go, and bounds that owe nothing to the solver.

Any multipliers of the rows give a bound (weak duality). It is reckoned here from the rows as they
were given, so that no tolerance of the solver enters a proof, and so is the word *infeasible*.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from goldenhour.siting.engine.problem import Bools, Floats, Problem
from goldenhour.siting.highs import MOST_ITERATIONS, LpAnswer, LpStatus, WarmLp
from goldenhour.siting.linear_rows import LinearRows
from goldenhour.siting.plain.effort import never

_SLACK = 1e-7
_STRETCH = 2_000  # simplex iterations between two questions whether to stop
_ENDLESS, _ENDLESS_PER_ROW = 50_000, 50  # iterations after which a simplex is running in circles
_BLOCKS = 24
_ROUNDING = 1e-12  # of a sum in float64, relative to what is summed


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """
    What a node leaves open.

    Parameters
    ----------
    lower
        1 where a column is held open. Shape ``(n_open,)``.
    upper
        0 where it is held shut. Shape ``(n_open,)``.
    """

    lower: Floats
    upper: Floats

    @property
    def free(self) -> Bools:
        """Columns that are not decided. Shape ``(n_open,)``."""
        free: Bools = self.upper > self.lower
        return free

    def child(self, column: int, side: int) -> "Box":
        """
        Shut (0) or open (1) one column.

        Parameters
        ----------
        column
            Which.
        side
            0 or 1.

        Returns
        -------
        box
            The smaller one.
        """
        lower, upper = self.lower.copy(), self.upper.copy()
        lower[column] = upper[column] = float(side)
        return Box(lower=lower, upper=upper)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """
    A proven bound and what it says of each yes-or-no column.

    Parameters
    ----------
    bound
        No choice in the box is worth more; ``-inf`` if there is none.
    if_open
        Bound if a column were open. Shape ``(n_open,)``.
    if_shut
        Bound if it were shut. Shape ``(n_open,)``.
    """

    bound: float
    if_open: Floats
    if_shut: Floats


class Program:
    """
    The linear program of one problem, warm from node to node.

    Parameters
    ----------
    problem
        Columns, bounds and lasting rows.
    stop
        Asked between stretches of a long solve; True leaves it as it is, which still gives a
        bound.
    """

    def __init__(self, problem: Problem, *, stop: Callable[[], bool] = never) -> None:
        self._stop = stop
        self.n_open, self._profit = problem.n_open, np.asarray(problem.profit, np.float64)
        self._lower = np.asarray(problem.lower, np.float64).copy()
        self._upper = np.asarray(problem.upper, np.float64).copy()
        self._lp = WarmLp(self._profit, self._lower, self._upper)
        self._blocks: list[sparse.csr_array] = []
        self._limit: Floats = np.zeros(0)
        self._least: Floats = np.zeros(0)
        self.add(problem.rows)
        self._n_lasting = self.n_rows

    @property
    def n_rows(self) -> int:
        """Rows now in the program."""
        return len(self._limit)

    @property
    def n_cuts(self) -> int:
        """Cuts now in the program."""
        return self.n_rows - self._n_lasting

    def first_box(self) -> Box:
        """
        Bounds before any branching.

        Returns
        -------
        box
            As the problem gives them.
        """
        return Box(lower=self._lower[: self.n_open], upper=self._upper[: self.n_open])

    def add(self, rows: LinearRows) -> None:
        """
        Add rows.

        Parameters
        ----------
        rows
            Valid for every choice.
        """
        self._lp.add(rows)
        table = sparse.csr_array(
            (rows.factor, rows.column, rows.start), shape=(rows.n, len(self._profit))
        )
        self._blocks.append(table)
        self._limit = np.concatenate([self._limit, rows.limit])
        self._least = np.concatenate([self._least, rows.least])

    def solve(self, box: Box, *, iterations: int = MOST_ITERATIONS) -> LpAnswer:
        """
        Solve within a box.

        Parameters
        ----------
        box
            What is decided.
        iterations
            Most simplex iterations; never more than a simplex needs that gets anywhere.

        Returns
        -------
        answer
            As HiGHS gives it.
        """
        self._lp.set_bounds(box.lower, box.upper)
        iterations = min(iterations, _ENDLESS + _ENDLESS_PER_ROW * self.n_rows)
        answer = self._lp.solve(iterations=min(iterations, _STRETCH))
        spent = _STRETCH
        while answer.status is LpStatus.STOPPED and spent < iterations and not self._stop():
            answer = self._lp.solve(iterations=min(iterations - spent, _STRETCH))
            spent += _STRETCH
        return answer

    def bounded(self, answer: LpAnswer, box: Box) -> Bounded:
        """
        Reckon a bound from an answer's multipliers, whatever they are.

        Parameters
        ----------
        answer
            Of this program.
        box
            It was solved in.

        Returns
        -------
        bounded
            ``-inf`` only where rows and box are shown to contradict each other.
        """
        if answer.status is LpStatus.INFEASIBLE and self._is_empty(box):
            nothing = np.full(self.n_open, -np.inf)
            return Bounded(bound=-np.inf, if_open=nothing, if_shut=nothing)
        return self._weigh(self._profit, self._usable(answer.signed), box)

    def _usable(self, multiplier: Floats) -> Floats:
        """Take multipliers that are numbers; any others would make the bound none."""
        if len(multiplier) != self.n_rows:
            return np.zeros(self.n_rows)
        return np.where(np.isfinite(multiplier), multiplier, 0.0)

    def _weigh(self, profit: Floats, multiplier: Floats, box: Box) -> Bounded:
        """Bound ``profit @ v`` by weak duality."""
        price = np.where(np.isfinite(self._limit), np.maximum(multiplier, 0.0), 0.0)
        price -= np.where(np.isfinite(self._least), np.maximum(-multiplier, 0.0), 0.0)
        sides = np.where(price >= 0, self._limit, self._least)
        held = price != 0
        left = profit - self._priced(price)
        lower, upper = self._lower.copy(), self._upper.copy()
        lower[: self.n_open], upper[: self.n_open] = box.lower, box.upper
        parts = np.maximum(left * lower, left * upper)
        constant = price[held] * sides[held]
        size = float(np.abs(parts).sum() + np.abs(constant).sum())
        bound = float(parts.sum() + constant.sum()) + _ROUNDING * size
        first = slice(0, self.n_open)
        return Bounded(
            bound=bound,
            if_open=bound - parts[first] + left[first],
            if_shut=bound - parts[first],
        )

    def _priced(self, price: Floats) -> Floats:
        """Sum of the rows, each times its price."""
        if len(self._blocks) > _BLOCKS:
            self._table()
        total, first = np.zeros_like(self._profit), 0
        for block in self._blocks:
            after = first + block.shape[0]
            total += block.T @ price[first:after]
            first = after
        return total

    def _is_empty(self, box: Box) -> bool:
        """See for ourselves that no point keeps all rows in the box."""
        ray = self._lp.ray()
        nothing = np.zeros_like(self._profit)
        return any(
            self._weigh(nothing, self._usable(sign * ray), box).bound < 0 for sign in (-1.0, 1.0)
        )

    def broken(self, rows: LinearRows, value: Floats, *, least: float) -> LinearRows:
        """
        Keep the rows that a point breaks.

        Parameters
        ----------
        rows
            Candidates.
        value
            Column values. Shape ``(n_columns,)``.
        least
            A row is broken if it is exceeded by more than this share of its size.

        Returns
        -------
        rows
            Those that are broken.
        """
        if not rows.n:
            return rows
        at = np.repeat(np.arange(rows.n), np.diff(rows.start))
        found = np.bincount(at, weights=rows.factor * value[rows.column], minlength=rows.n)
        over = np.maximum(found - rows.limit, rows.least - found)
        size = np.maximum(1.0, np.abs(np.where(np.isfinite(rows.limit), rows.limit, rows.least)))
        return _some(rows, over > least * size)

    def purge(self, answer: LpAnswer) -> None:
        """
        Delete the cuts that do not bind; the others keep their basis.

        Parameters
        ----------
        answer
            The last one.
        """
        table = self._table()
        slack = self._limit - table @ answer.value
        goes = (slack > _SLACK * np.maximum(1.0, np.abs(self._limit))) & (answer.signed == 0)
        goes[: self._n_lasting] = False
        if not goes.any():
            return
        self._lp.delete_rows(np.flatnonzero(goes).astype(np.int32))
        self._blocks = [table[~goes]]
        self._limit, self._least = self._limit[~goes], self._least[~goes]

    def _table(self) -> sparse.csr_array:
        """All rows as one table."""
        if len(self._blocks) > 1:
            self._blocks = [sparse.vstack(self._blocks, format="csr")]
        return self._blocks[0]


def _some(rows: LinearRows, keep: Bools) -> LinearRows:
    """Take some of the rows."""
    if keep.all():
        return rows
    length = np.diff(rows.start)
    entry = np.repeat(keep, length)
    start = np.zeros(int(keep.sum()) + 1, dtype=np.int64)
    np.cumsum(length[keep], out=start[1:])
    return LinearRows(
        start=start,
        column=rows.column[entry],
        factor=rows.factor[entry],
        limit=rows.limit[keep],
        least=rows.least[keep],
    )
