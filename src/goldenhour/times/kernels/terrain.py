# SPDX-License-Identifier: Apache-2.0
"""
Dijkstra over open ground, compiled: a padded grid of cells, 8 or 16 moves from each.

A move costs its horizontal distance times the mean pace of the cells it crosses, each pace bent by
the slope of the whole move. Times are ticks of 2 ** -20 s in int64, not 1/64 s as on streets: a
grid repeats a few costs thousands of times, and rounding them always the same way adds up, to 3 s
on the two hours of AccessMod's demo, which has to agree within one. It is no slower.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

TICKS_PER_S = 2**20
FAR = 2**62
LONGEST = (2**30 - 2) * 2**14
"""Largest finite time, the street network's: about 194 days; what takes longer is unreachable."""

CLOSED = -1
"""Ticks of a cell that nobody can enter: always less than now, so one test skips it."""

MARGIN = 2
STEPS_PER_SLOPE = 5120  # 0.05, where walking is fastest, falls on a step
STEEPEST = 4
N_STEPS = 2 * STEEPEST * STEPS_PER_SLOPE + 2

TO, VIA, PAST, KIND, MEAN = 0, 1, 2, 3, 4
SHARE, PER_METRE = 0, 1
STRAIGHT, DIAGONAL, KNIGHT = 0, 1, 2
_KINDS = {(0, 1): STRAIGHT, (1, 1): DIAGONAL, (1, 2): KNIGHT}
_N_BUCKETS = 4096
_BEYOND = _N_BUCKETS  # the list of what the buckets do not span
_IDLE, _NONE = -2, -1
_HALF, _ONE, _HALVES, _TOO_LONG = map(np.float32, (0.5, 1, 4, LONGEST))  # never in float64

Array = Any  # numba sees through annotations; shapes and types are in the docstrings
Real = Any  # a float32
Index = Any  # an int32 or a uint64

CELL = np.dtype(
    [
        ("ticks", np.int64),
        ("before", np.int32),
        ("after", np.int32),
        ("seed", np.int32),
        ("curve", np.int32),
        ("height", np.float32),
        ("pace", np.float32),
    ]
)
"""
A cell, half a cache line: a search asks for all of it at once, so this beats an array of each.

``ticks``: CLOSED, FAR or reached. ``before``, ``after``: the chain it waits in. ``seed``: the
lowest seed that is nearest. ``curve``: how slope bends its pace. ``height`` in metres. ``pace`` in
ticks a metre on the flat, ``inf`` where closed.
"""


class Ground(NamedTuple):
    """
    The cells, flattened from a grid with a margin of closed cells.

    CELL ``cells (n_cells,)``, clean: open ones FAR, none waiting. bool ``is_open (n_cells,)``: may
    be entered. float32 ``curves (n_curves, N_STEPS)``: the factor of the pace by slope; float32
    ``least (n_curves,)``: a bound below each. Buckets of a search are ``2 ** shift`` ticks wide:
    any value is right, half a step is fast.
    """

    cells: Array
    is_open: Array
    curves: Array
    least: Array
    shift: int


class Moves(NamedTuple):
    """
    The moves from a cell, one a row.

    uint64 ``steps (n_moves, 5)``: TO the cell entered; VIA and PAST the two cells beside a diagonal
    or under a knight's move; KIND; MEAN: 1 if the speeds of the two cells are averaged and not, as
    is right, the times. float32 ``metres (n_moves, 2)``: SHARE, metres a cell crossed; PER_METRE,
    one by the whole distance, negative where the journey runs against the search.

    Steps back wrap round: what is unsigned needs no test for Python's negative indices, which
    would cost a tenth of the time.
    """

    steps: Array
    metres: Array


class Rules(NamedTuple):
    """Whether a diagonal may pass between two closed cells; whether speeds are averaged."""

    past_corners: bool = False
    mean_speed: bool = False


class Seeds(NamedTuple):
    """Where searches start: int64 ``cell`` and ``ticks``, ``(n_seeds,)`` each."""

    cell: Array
    ticks: Array


class Desk(NamedTuple):
    """
    Work arrays of one thread.

    CELL ``cells (n_cells,)``, and int64 ``ticks (n_cells,)``, a view of theirs for whoever reads;
    int32 ``touched (n_cells,)`` lists those reached; int32 ``first (n_buckets + 1,)`` of the chain
    of every bucket, the last for what lies beyond.
    """

    cells: Array
    ticks: Array
    touched: Array
    first: Array


def lay(*, height: Array, pace: Array, curve: Array, is_open: Array) -> Array:
    """
    Lay out cells, clean.

    Parameters
    ----------
    height
        Metres. Shape ``(n_cells,)``.
    pace
        Ticks a metre on the flat, ``inf`` where closed. Shape ``(n_cells,)``.
    curve
        Rows in the curves. Shape ``(n_cells,)``.
    is_open
        Cells that may be entered. Shape ``(n_cells,)``.

    Returns
    -------
    cells
        Shape ``(n_cells,)``, CELL.
    """
    cells = np.empty(len(is_open), dtype=CELL)
    cells["ticks"] = np.where(is_open, FAR, CLOSED)
    cells["before"], cells["after"], cells["seed"] = _IDLE, _NONE, _NONE
    cells["curve"], cells["height"], cells["pace"] = curve, height, pace
    return cells


def moves(*, width: int, cell_m: tuple[float, float], n: int, towards: bool, rules: Rules) -> Moves:
    """
    List the moves from a cell.

    Parameters
    ----------
    width
        Cells in a row, with the margin.
    cell_m
        Height and width of a cell in metres.
    n
        8, or 16 with knight's moves.
    towards
        Whether journeys end at the seeds.
    rules
        What a move may do and costs.

    Returns
    -------
    moves
        Straight, then diagonal, then knight's moves.
    """
    square = [(r, c) for r in range(-2, 3) for c in range(-2, 3)]
    kinds = {move: _KINDS.get((min(map(abs, move)), max(map(abs, move)))) for move in square}
    listed = sorted((kind, *move) for move, kind in kinds.items() if kind is not None)[:n]
    kind, rows, columns = np.array(listed, dtype=np.int64).T
    distance = np.hypot(rows * cell_m[0], columns * cell_m[1])
    down, right = np.sign(rows) * width, np.sign(columns)
    is_knight = kind == KNIGHT
    # beside a diagonal lie its two corners; under a knight's move a straight and a diagonal cell
    via = np.where(np.abs(rows) >= np.abs(columns), down, right)
    past = np.where(is_knight, down, 0) + right
    if rules.past_corners:  # look at the cell one stands on instead, which is open
        via, past = np.where(is_knight, via, 0), np.where(is_knight, past, 0)
    mean = np.full_like(kind, rules.mean_speed)
    share = distance / np.where(is_knight, 4, 2)
    per_metre = (-1 if towards else 1) / distance
    return Moves(
        steps=np.column_stack((rows * width + columns, via, past, kind, mean)).astype(np.uint64),
        metres=np.column_stack((share, per_metre)).astype(np.float32),
    )


def desk(ground: Ground) -> Desk:
    """
    Make clean work arrays.

    Parameters
    ----------
    ground
        The cells.

    Returns
    -------
    desk
        For one thread.
    """
    cells = ground.cells.copy()
    return Desk(
        cells=cells,
        ticks=cells["ticks"],
        touched=np.empty(len(ground.cells), dtype=np.int32),
        first=np.full(_N_BUCKETS + 1, _NONE, dtype=np.int32),
    )


# Helpers take arrays one by one: numba counts references whenever an array leaves a tuple.
@njit(cache=True, nogil=True)
def _slot(ticks: int, shift: int, base: int) -> int:
    """Give the chain a time belongs to: its bucket of this round, or what lies beyond."""
    return min((ticks >> shift) - base, _BEYOND)


@njit(cache=True, nogil=True)
def _leave(cells: Array, first: Array, slot: int, cell: Index) -> None:
    """Take a waiting cell out of its chain."""
    before, after = cells[cell]["before"], cells[cell]["after"]
    if before >= 0:
        cells[np.uint64(before)]["after"] = after
    else:
        first[slot] = after
    if after >= 0:
        cells[np.uint64(after)]["before"] = before
    cells[cell]["before"] = _IDLE


@njit(cache=True, nogil=True)
def _arrive(cells: Array, first: Array, slot: int, cell: Index) -> None:
    """Let a cell wait in a chain."""
    after = first[slot]
    cells[cell]["before"] = _NONE
    cells[cell]["after"] = after
    if after >= 0:
        cells[np.uint64(after)]["before"] = cell
    first[slot] = cell


@njit(cache=True, nogil=True)
def _place(slope: Real) -> Real:
    """Find a slope in the curves."""
    place = (slope + np.float32(STEEPEST)) * np.float32(STEPS_PER_SLOPE)
    return min(max(place, np.float32(0)), np.float32(N_STEPS - 2))


@njit(cache=True, nogil=True)
def _factor(curves: Array, curve: Real, place: Real) -> Real:
    """Give the factor of a curve between two of its steps."""
    row, low = np.uint64(curve), np.uint64(place)
    rest = place - np.float32(np.int64(place))
    return curves[row, low] * (_ONE - rest) + curves[row, low + np.uint64(1)] * rest


@njit(cache=True, nogil=True)
def _paces(cells: Array, curves: Array, one: Index, other: Index, place: Real) -> Real:
    """Add up the paces of two cells on a slope, which mostly have one curve, in ticks a metre."""
    curve, curve_too = cells[one]["curve"], cells[other]["curve"]
    factor = _factor(curves, curve, place)
    if curve == curve_too:
        return (cells[one]["pace"] + cells[other]["pace"]) * factor
    return cells[one]["pace"] * factor + cells[other]["pace"] * _factor(curves, curve_too, place)


@njit(cache=True, nogil=True)
def _paces_by_speed(cells: Array, curves: Array, one: Index, other: Index, place: Real) -> Real:
    """Average the speeds of two cells, and give twice the pace of that."""
    pace = cells[one]["pace"] * _factor(curves, cells[one]["curve"], place)
    pace_too = cells[other]["pace"] * _factor(curves, cells[other]["curve"], place)
    return _HALVES / (_ONE / pace + _ONE / pace_too)


@njit(cache=True, nogil=True)
def _seed(seeds: Seeds, limit: int, work: Desk) -> int:
    """Let all seeds within the limit wait beyond, and count them."""
    cells, n = work.cells, 0
    for row in range(len(seeds.cell)):
        cell, then = seeds.cell[row], seeds.ticks[row]
        if then > limit or then >= cells[cell]["ticks"]:
            continue  # of two seeds on one cell the sooner, then the first
        if cells[cell]["ticks"] == FAR:
            work.touched[n] = cell
            n += 1
            _arrive(cells, work.first, _BEYOND, cell)
        cells[cell]["ticks"] = then
        cells[cell]["seed"] = row
    return n


@njit(cache=True, nogil=True)
def _next_round(cells: Array, first: Array, shift: int) -> int:
    """Share out what lay beyond over the buckets, and give the number of the first bucket."""
    soonest, cell = FAR, first[_BEYOND]
    while cell >= 0:
        soonest = min(soonest, cells[cell]["ticks"])
        cell = cells[cell]["after"]
    base, cell = soonest >> shift, first[_BEYOND]
    first[_BEYOND] = _NONE
    while cell >= 0:
        after = cells[cell]["after"]
        _arrive(cells, first, _slot(cells[cell]["ticks"], shift, base), cell)
        cell = after
    return base


# One long function on purpose: a call per move, which LLVM does not inline, doubles its time.
@njit(cache=True, nogil=True)
def search(  # noqa: C901, PLR0912, PLR0915 - see above
    ground: Ground, ways: Moves, seeds: Seeds, limit: int, work: Desk
) -> int:
    """
    Spread from all seeds at once until the limit, inclusive.

    Buckets are opened in order; a cell that improves inside the open one waits again, so the
    answer is exact whatever their width. Of seeds equally near the lowest counts.

    Parameters
    ----------
    ground
        The cells.
    ways
        The moves.
    seeds
        Start cells and ticks.
    limit
        Ticks.
    work
        Clean work arrays; afterwards they hold the answer for the touched cells.

    Returns
    -------
    n_touched
        How many cells of ``work.touched`` were reached.
    """
    curves, least, shift = ground.curves, ground.least, ground.shift
    steps, metres = ways.steps, ways.metres
    cells, touched, first = work.cells, work.touched, work.first
    n_touched = n_waiting = _seed(seeds, limit, work)
    bucket, base = 0, _next_round(cells, first, shift)
    while n_waiting > 0:
        if bucket == _N_BUCKETS:
            bucket, base = 0, _next_round(cells, first, shift)
        if first[bucket] == _NONE:
            bucket += 1
            continue
        here = np.uint64(first[bucket])
        _leave(cells, first, bucket, here)
        n_waiting -= 1
        now, seed = cells[here]["ticks"], cells[here]["seed"]
        own = min(cells[here]["pace"] * least[np.uint64(cells[here]["curve"])], _TOO_LONG)
        if steps[0, MEAN]:
            own = np.float32(0)  # a fast neighbour may make a move faster than its own half
        for way in range(np.uint64(len(steps))):
            there, kind = here + steps[way, TO], steps[way, KIND]
            held = cells[there]["ticks"]
            if held <= now + np.int64(own * metres[way, SHARE]):
                continue
            via, past = here + steps[way, VIA], here + steps[way, PAST]
            if kind == DIAGONAL and cells[via]["ticks"] == cells[past]["ticks"] == CLOSED:
                continue
            rise = cells[there]["height"] - cells[here]["height"]
            place = _place(rise * metres[way, PER_METRE])
            if steps[way, MEAN]:
                pace = _paces_by_speed(cells, curves, here, there, place)
            else:
                pace = _paces(cells, curves, here, there, place)
            if kind == KNIGHT:
                pace += _paces(cells, curves, via, past, place)
            cost = min(pace * metres[way, SHARE], _TOO_LONG)
            then = now + max(int(cost + _HALF), 1)
            if then > limit or then > held or (then == held and seed >= cells[there]["seed"]):
                continue
            if held == FAR:
                touched[n_touched] = there
                n_touched += 1
            if cells[there]["before"] != _IDLE:
                _leave(cells, first, _slot(held, shift, base), there)
                n_waiting -= 1
            cells[there]["ticks"] = then
            cells[there]["seed"] = seed
            _arrive(cells, first, _slot(then, shift, base), there)
            n_waiting += 1
    return n_touched


@njit(cache=True, nogil=True)
def within(
    ground: Ground, ways: Moves, seeds: Seeds, limit: int, weight: Array, work: Desk
) -> tuple[Array, Array]:
    """
    Sum up what lies within the limit of each seed, one search per seed.

    Parameters
    ----------
    ground
        The cells.
    ways
        The moves.
    seeds
        Start cells and ticks. Shape ``(n_seeds,)``.
    limit
        Ticks, inclusive.
    weight
        What to sum up. Shape ``(n_cells,)``, float64.
    work
        Clean work arrays; clean again afterwards.

    Returns
    -------
    total, n_cells
        Of every seed. Shape ``(n_seeds,)`` each, float64 and int64.
    """
    n_seeds = len(seeds.cell)
    total, n_cells = np.zeros(n_seeds), np.zeros(n_seeds, dtype=np.int64)
    cells, touched = work.cells, work.touched
    for row in range(n_seeds):
        one = Seeds(seeds.cell[row : row + 1], seeds.ticks[row : row + 1])
        n_cells[row] = search(ground, ways, one, limit, work)
        for i in range(n_cells[row]):
            total[row] += weight[touched[i]]
            cells[touched[i]]["ticks"] = FAR  # nothing waits after a search, so this is clean
    return total, n_cells
