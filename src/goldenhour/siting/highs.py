# SPDX-License-Identifier: Apache-2.0
"""The one module that talks to HiGHS: a linear program kept warm, and a mixed-integer one to check.

Nothing here is believed: bounds are reckoned again from the multipliers (``master``), plans from
travel times (``certificate``). Limits are counts, never seconds, so that runs repeat.
"""

from dataclasses import dataclass
from enum import StrEnum

import highspy
import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import GoldenHourError
from goldenhour.siting.linear_rows import LinearRows

Floats = NDArray[np.float64]
_SEED = 1
MOST_ITERATIONS = 2**31 - 1


class LpStatus(StrEnum):
    """What HiGHS says about a solve."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class LpAnswer:
    """
    One solve.

    Parameters
    ----------
    status
        What HiGHS says.
    objective
        Its objective.
    value
        Column values. Shape ``(n_columns,)``.
    multiplier
        Non-negative multipliers of the rows, where all are ``<=``. Shape ``(n_rows,)``.
    signed
        Multipliers of the rows, negative where ``>=`` binds. Shape ``(n_rows,)``.
    iterations
        Simplex iterations it took.
    """

    status: LpStatus
    objective: float
    value: Floats
    multiplier: Floats
    signed: Floats
    iterations: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedProgram:
    """
    Maximise ``profit @ v`` with ``lower <= v <= upper`` and ``row_lower <= rows @ v <= row_upper``.

    Parameters
    ----------
    profit
        Per column. Shape ``(n_columns,)``.
    upper
        Upper bounds; lower bounds are 0. Shape ``(n_columns,)``.
    whole
        True where the column must be a whole number. Shape ``(n_columns,)``, bool.
    row_start
        Compressed rows. Shape ``(n_rows + 1,)``.
    column
        Columns of the entries. Shape ``(n_entries,)``.
    factor
        Values of the entries. Shape ``(n_entries,)``.
    row_lower
        Shape ``(n_rows,)``.
    row_upper
        Shape ``(n_rows,)``.
    """

    profit: Floats
    upper: Floats
    whole: NDArray[np.bool_]
    row_start: NDArray[np.int32]
    column: NDArray[np.int32]
    factor: Floats
    row_lower: Floats
    row_upper: Floats


class WarmLp:
    """
    A linear program that keeps its basis while rows come and go and bounds move.

    It maximises ``profit @ v``; every row reads ``row @ v <= limit``, except the first ``n_equal``
    added through ``add_equality``.

    Parameters
    ----------
    profit
        Per column. Shape ``(n_columns,)``.
    lower
        Shape ``(n_columns,)``.
    upper
        Shape ``(n_columns,)``.
    """

    def __init__(self, profit: Floats, lower: Floats, upper: Floats) -> None:
        self._highs = _quiet_solver()
        for name, value in (("solver", "simplex"), ("presolve", "off")):
            self._highs.setOptionValue(name, value)
        n = len(profit)
        self._columns = np.arange(n, dtype=np.int32)
        self._highs.addVars(n, lower, upper)
        self._highs.changeColsCost(n, self._columns, -profit)
        self.n_rows = 0

    def add_rows(self, rows: Floats, limit: Floats, *, least: Floats | None = None) -> None:
        """
        Add rows ``row @ v <= limit``, and ``>= least`` where given.

        Parameters
        ----------
        rows
            Dense rows. Shape ``(n_new, n_columns)``.
        limit
            Upper limits. Shape ``(n_new,)``.
        least
            Lower limits, none if left out. Shape ``(n_new,)``.
        """
        row, column = np.nonzero(rows)
        start = np.searchsorted(row, np.arange(len(rows))).astype(np.int32)
        self._highs.addRows(
            len(rows),
            np.full(len(rows), -highspy.kHighsInf) if least is None else least,
            limit,
            len(row),
            start,
            column.astype(np.int32),
            rows[row, column],
        )
        self.n_rows += len(rows)

    def add(self, rows: LinearRows) -> None:
        """
        Add compressed rows.

        Parameters
        ----------
        rows
            ``least <= row @ v <= limit``.
        """
        if not rows.n:
            return
        self._highs.addRows(
            rows.n,
            np.maximum(rows.least, -highspy.kHighsInf),
            np.minimum(rows.limit, highspy.kHighsInf),
            len(rows.column),
            rows.start[:-1].astype(np.int32),
            rows.column,
            rows.factor,
        )
        self.n_rows += rows.n

    def delete_rows(self, rows: NDArray[np.int32]) -> None:
        """
        Delete rows.

        Parameters
        ----------
        rows
            Their positions, ascending. Shape ``(n_deleted,)``.
        """
        self._highs.deleteRows(len(rows), rows.astype(np.int32))
        self.n_rows -= len(rows)

    def set_bounds(self, lower: Floats, upper: Floats) -> None:
        """
        Set the bounds of the first columns.

        Parameters
        ----------
        lower
            Shape ``(n_first,)``.
        upper
            Shape ``(n_first,)``.
        """
        self._highs.changeColsBounds(len(lower), self._columns[: len(lower)], lower, upper)

    def solve(self, *, iterations: int = MOST_ITERATIONS) -> LpAnswer:
        """
        Solve from the last basis.

        Parameters
        ----------
        iterations
            Most simplex iterations; the answer is STOPPED if they do not do.

        Returns
        -------
        answer
            Values and multipliers.
        """
        self._highs.setOptionValue("simplex_iteration_limit", iterations)
        self._highs.run()
        solution, info = self._highs.getSolution(), self._highs.getInfo()
        signed = -np.asarray(solution.row_dual, dtype=np.float64)
        return LpAnswer(
            status=_status(self._highs),
            objective=-float(info.objective_function_value),
            value=np.asarray(solution.col_value, dtype=np.float64),
            multiplier=np.maximum(signed, 0.0),
            signed=signed,
            iterations=int(info.simplex_iteration_count),
        )

    def ray(self) -> Floats:
        """
        Ask why an infeasible program is so.

        Returns
        -------
        ray
            Multipliers of the rows that contradict each other; all 0 if HiGHS has none. Shape
            ``(n_rows,)``.
        """
        _, found, values = self._highs.getDualRay()  # type: ignore[attr-defined] # missing in its stubs
        if not found:
            return np.zeros(self.n_rows)
        return np.asarray(values, dtype=np.float64)


def solve_mip(program: MixedProgram, *, gap_share: float = 0.0, nodes: int = 10_000) -> LpAnswer:
    """
    Solve a whole mixed-integer program with HiGHS's own tree: the oracle of tests and benchmarks.

    Parameters
    ----------
    program
        What to maximise.
    gap_share
        HiGHS may stop at this gap, a share; its own default of 1e-4 would not be a proof.
    nodes
        Most nodes to look at.

    Returns
    -------
    answer
        Values; the multipliers are empty.
    """
    solver = _quiet_solver()
    solver.setOptionValue("mip_rel_gap", gap_share)
    solver.setOptionValue("mip_abs_gap", 0.0)
    solver.setOptionValue("mip_max_nodes", nodes)
    n = len(program.profit)
    columns = np.arange(n, dtype=np.int32)
    solver.addVars(n, np.zeros(n), program.upper)
    solver.changeColsCost(n, columns, -program.profit)
    whole = columns[program.whole]
    kinds = np.full(len(whole), highspy.HighsVarType.kInteger)
    solver.changeColsIntegrality(len(whole), whole, kinds)
    solver.addRows(
        len(program.row_lower),
        program.row_lower,
        program.row_upper,
        len(program.column),
        program.row_start[:-1],
        program.column,
        program.factor,
    )
    solver.run()
    return LpAnswer(
        status=_status(solver),
        objective=-float(solver.getInfo().objective_function_value),
        value=np.asarray(solver.getSolution().col_value, dtype=np.float64),
        multiplier=np.empty(0),
        signed=np.empty(0),
    )


def _quiet_solver() -> highspy.Highs:
    """Make a solver that prints nothing, uses one thread and always runs the same way."""
    solver = highspy.Highs()
    for name, value in (("output_flag", False), ("threads", 1), ("random_seed", _SEED)):
        solver.setOptionValue(name, value)
    return solver


def _status(solver: highspy.Highs) -> LpStatus:
    """Translate HiGHS's status."""
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        return LpStatus.OPTIMAL
    if status == highspy.HighsModelStatus.kInfeasible:
        return LpStatus.INFEASIBLE
    if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kModelError):
        raise GoldenHourError(
            f"The solver was given a broken program: {status}.", where="siting", code="GH901"
        )
    return LpStatus.STOPPED
