# SPDX-License-Identifier: Apache-2.0
"""Ground that can be travelled over: times, catchments and people within reach, cell by cell."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.base.errors import InputError
from goldenhour.base.findings import Finding
from goldenhour.times.kernels import terrain as kernel
from goldenhour.times.kernels.terrain import CLOSED, FAR, LONGEST, MARGIN, TICKS_PER_S
from goldenhour.times.many import N_THREADS

_BLOCK = 256
_Cell = TypeVar("_Cell", bound=np.generic)
_CUT = (slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN))


class Catchments(NamedTuple):
    """
    Which seed every cell is nearest to.

    Parameters
    ----------
    seed
        Position in the seeds, the lowest of equals; -1 where none is reached. Shape
        ``(rows, columns)``, int32.
    seconds
        Seconds to or from it, ``inf`` if none. Shape ``(rows, columns)``, float32.
    """

    seed: NDArray[np.int32]
    seconds: NDArray[np.float32]


class Reached(NamedTuple):
    """
    What each of many cells has within a limit.

    Parameters
    ----------
    people
        Sum of the weights within the limit. Shape ``(n,)``, float64.
    n_cells
        Cells within the limit. Shape ``(n,)``, int64.
    """

    people: NDArray[np.float64]
    n_cells: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """
    Ground one can travel over.

    Parameters
    ----------
    ground
        The cells as the kernel takes them.
    rules
        What a move may do and costs.
    shape
        Rows and columns.
    cell_m
        Height and width of a cell in metres.
    findings
        What is closed because it is not known, counted.
    """

    ground: kernel.Ground
    rules: kernel.Rules
    shape: tuple[int, int]
    cell_m: tuple[float, float]
    findings: tuple[Finding, ...]

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Cells that can be entered. Shape ``(rows, columns)``."""
        return self._grid(self.ground.is_open)

    def travel_times(
        self,
        rows: ArrayLike,
        columns: ArrayLike,
        *,
        start_s: ArrayLike | None = None,
        limit_s: float | None = None,
        towards: bool = True,
        neighbours: int = 8,
    ) -> NDArray[np.float32]:
        """
        Measure the way between every cell and the seed that is nearest to it.

        A seed on a closed cell reaches nothing; ask ``is_open``.

        Parameters
        ----------
        rows
            Rows of the seeds, from the top. Shape ``(n_seeds,)``.
        columns
            Columns of the seeds, from the left. Shape ``(n_seeds,)``.
        start_s
            Seconds each seed starts with, ``inf`` for never; None for 0. Shape ``(n_seeds,)``.
        limit_s
            Longest time of interest in seconds, inclusive; None for no limit.
        towards
            Whether journeys end at the seeds; else they begin there.
        neighbours
            8, or 16 with knight's moves.

        Returns
        -------
        seconds
            Seconds, ``inf`` where unreachable, beyond the limit or over 194 days. Shape
            ``(rows, columns)``.

        Raises
        ------
        InputError
            If a seed lies outside, or a time is negative or not a number.
        """
        seeds, limit = self._seeds(rows, columns, start_s), _limit(limit_s)
        return self._seconds(self._spread(seeds, limit, self._moves(neighbours, towards=towards)))

    def catchments(
        self,
        rows: ArrayLike,
        columns: ArrayLike,
        *,
        start_s: ArrayLike | None = None,
        limit_s: float | None = None,
        towards: bool = True,
        neighbours: int = 8,
    ) -> Catchments:
        """
        Find the seed that is nearest to every cell.

        Parameters
        ----------
        rows
            Rows of the seeds, from the top. Shape ``(n_seeds,)``.
        columns
            Columns of the seeds, from the left. Shape ``(n_seeds,)``.
        start_s
            Seconds each seed starts with, ``inf`` for never; None for 0. Shape ``(n_seeds,)``.
        limit_s
            Longest time of interest in seconds, inclusive; None for no limit.
        towards
            Whether journeys end at the seeds; else they begin there.
        neighbours
            8, or 16 with knight's moves.

        Returns
        -------
        catchments
            ``(seed, seconds)``.

        Raises
        ------
        InputError
            If a seed lies outside, or a time is negative or not a number.
        """
        seeds, limit = self._seeds(rows, columns, start_s), _limit(limit_s)
        desk = self._spread(seeds, limit, self._moves(neighbours, towards=towards))
        return Catchments(seed=self._grid(desk.cells["seed"]), seconds=self._seconds(desk))

    def within(  # noqa: PLR0913 - what many searches need, all but the seeds by name
        self,
        rows: ArrayLike,
        columns: ArrayLike,
        *,
        people: ArrayLike,
        limit_s: float,
        towards: bool = True,
        neighbours: int = 8,
        n_threads: int = N_THREADS,
    ) -> Reached:
        """
        Sum up the people within a limit of each of many cells, one search per cell.

        Parameters
        ----------
        rows
            Rows of the candidates, from the top. Shape ``(n,)``.
        columns
            Columns of the candidates, from the left. Shape ``(n,)``.
        people
            People, or any weight, in every cell; NaN counts as none. Shape ``(rows, columns)``.
        limit_s
            Limit in seconds, inclusive.
        towards
            Whether journeys end at the candidates; else they begin there.
        neighbours
            8, or 16 with knight's moves.
        n_threads
            Threads to use; they never change a number.

        Returns
        -------
        reached
            ``(people, n_cells)``.

        Raises
        ------
        InputError
            If a candidate lies outside, the limit is negative, or the people do not fit the grid.
        """
        seeds, limit = self._seeds(rows, columns, None), _limit(limit_s)
        weight = padded(np.nan_to_num(fitting(people, self.shape, "people")), 0.0)
        ways = self._moves(neighbours, towards=towards)
        desks: SimpleQueue[kernel.Desk] = SimpleQueue()  # they are large: one a thread, handed on
        for _ in range(n_threads):
            desks.put(kernel.desk(self.ground))

        def work(first: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
            block = kernel.Seeds(*(part[first : first + _BLOCK] for part in seeds))
            desk = desks.get()
            found = kernel.within(self.ground, ways, block, limit, weight, desk)
            desks.put(desk)
            return found

        with ThreadPoolExecutor(n_threads) as pool:
            parts = list(pool.map(work, range(0, len(seeds.cell), _BLOCK)))
        none = (np.empty(0), np.empty(0, dtype=np.int64))
        return Reached(*(np.concatenate(part) for part in zip(*parts or [none], strict=True)))

    def _moves(self, neighbours: int, *, towards: bool) -> kernel.Moves:
        """List the moves of this grid."""
        if neighbours not in (8, 16):
            raise InputError(
                f"A cell has 8 or 16 neighbours, not {neighbours}.",
                where="neighbours",
                code="GH135",
            )
        return kernel.moves(
            width=self.shape[1] + 2 * MARGIN,
            cell_m=self.cell_m,
            n=neighbours,
            towards=towards,
            rules=self.rules,
        )

    def _spread(self, seeds: kernel.Seeds, limit: int, ways: kernel.Moves) -> kernel.Desk:
        """Search from all seeds at once."""
        desk = kernel.desk(self.ground)
        kernel.search(self.ground, ways, seeds, limit, desk)
        return desk

    def _seeds(
        self, rows: ArrayLike, columns: ArrayLike, start_s: ArrayLike | None
    ) -> kernel.Seeds:
        """Place seeds on the padded grid."""
        row, column = (np.atleast_1d(np.asarray(part)) for part in (rows, columns))
        if row.shape != column.shape or row.ndim != 1:
            raise InputError("Rows and columns of seeds differ.", where="rows", code="GH135")
        if row.size and not (_in(row, self.shape[0]) and _in(column, self.shape[1])):
            raise InputError(
                f"A seed lies outside the grid of {self.shape[0]} rows, {self.shape[1]} columns.",
                where="rows, columns",
                do="Give whole numbers, counted from 0 at the top left.",
                code="GH135",
            )
        width = self.shape[1] + 2 * MARGIN
        cell = (row.astype(np.int64) + MARGIN) * width + column.astype(np.int64) + MARGIN
        start = np.zeros(row.shape) if start_s is None else np.asarray(start_s, dtype=np.float64)
        if start.shape != row.shape or np.isnan(start).any() or (start < 0).any():
            raise InputError(
                "Every seed needs a start of 0 seconds or more.", where="start_s", code="GH136"
            )
        ticks = np.minimum(np.rint(start * TICKS_PER_S), FAR)  # FAR is beyond every limit
        return kernel.Seeds(cell=cell, ticks=ticks.astype(np.int64))

    def _grid(self, cells: NDArray[_Cell]) -> NDArray[_Cell]:
        """Take the margin off."""
        padded = (self.shape[0] + 2 * MARGIN, self.shape[1] + 2 * MARGIN)
        return np.ascontiguousarray(cells.reshape(padded)[_CUT])

    def _seconds(self, desk: kernel.Desk) -> NDArray[np.float32]:
        """Turn ticks into seconds."""
        ticks = self._grid(desk.ticks)
        seconds = (ticks * (1 / TICKS_PER_S)).astype(np.float32)
        seconds[(ticks == FAR) | (ticks == CLOSED)] = np.inf
        return seconds


def padded(cells: NDArray[_Cell], margin: float) -> NDArray[_Cell]:
    """
    Put a margin around a grid and flatten it, as the kernel takes it.

    Parameters
    ----------
    cells
        A value of every cell. Shape ``(rows, columns)``.
    margin
        The value of the cells around.

    Returns
    -------
    cells
        Shape ``(n_cells,)``, with the margin.
    """
    return np.pad(cells, MARGIN, constant_values=margin).ravel()


def fitting(values: ArrayLike, shape: tuple[int, int] | None, name: str) -> NDArray[np.float64]:
    """
    Take a grid of numbers, masked cells as NaN.

    Parameters
    ----------
    values
        Numbers. Shape ``(rows, columns)``.
    shape
        Rows and columns that it must have; None for any.
    name
        What the numbers are, for the error message.

    Returns
    -------
    grid
        Shape ``(rows, columns)``.

    Raises
    ------
    InputError
        If it is no grid, or one of another shape.
    """
    grid = np.ma.filled(np.ma.asarray(values, dtype=np.float64), np.nan)
    if grid.ndim != 2 or (shape is not None and grid.shape != shape):  # noqa: PLR2004 - a grid
        raise InputError(
            f"A grid of shape {shape or '(rows, columns)'} is needed, not {grid.shape}.",
            where=name,
            do="Warp all rasters to one grid first.",
            code="GH137",
        )
    return grid


def _limit(limit_s: float | None) -> int:
    """Turn a limit into ticks, rounded down; the limit itself is still within."""
    if limit_s is None:
        return LONGEST
    if np.isnan(limit_s) or limit_s < 0:
        raise InputError("A time limit must be 0 seconds or more.", where="limit_s", code="GH122")
    return int(min(np.floor(limit_s * TICKS_PER_S), LONGEST))


def _in(place: NDArray[np.generic], n: int) -> bool:
    """Tell whether all are whole numbers from 0 to n - 1."""
    is_whole = np.issubdtype(place.dtype, np.integer)
    return bool(is_whole and place.min() >= 0 and place.max() < n)
