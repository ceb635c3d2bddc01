# SPDX-License-Identifier: Apache-2.0
"""
Dijkstra over open ground, compiled: a padded grid of cells, 8 or 16 moves from each.

A move costs its horizontal distance times the mean pace of the cells it crosses, each pace bent by
the slope of the whole move. Times are ticks of 2 ** -20 s in int64. The 1/64 s of the street
network would not do: grids repeat a few costs thousands of times, and rounding always the same way
adds up: by 3 s on the two hours of AccessMod's demo. These are exact, and no slower.
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

HEIGHT, PACE, CURVE = 0, 1, 2
TO, VIA, PAST, KIND, MEAN = 0, 1, 2, 3, 4
SHARE, PER_METRE = 0, 1
STRAIGHT, DIAGONAL, KNIGHT = 0, 1, 2
_KINDS = {(0, 1): STRAIGHT, (1, 1): DIAGONAL, (1, 2): KNIGHT}
_N_BUCKETS = 4096
_BEYOND = _N_BUCKETS  # the list of what the buckets do not span
_BEFORE, _AFTER = 0, 1
_IDLE, _NONE = -2, -1
_HALF, _ONE, _HALVES, _TOO_LONG = map(np.float32, (0.5, 1, 4, LONGEST))  # never in float64

Array = Any  # numba sees through annotations; shapes and types are in the docstrings
Real = Any  # a float32
Index = Any  # an int32 or a uint64


class Ground(NamedTuple):
    """
    The cells, flattened from a grid with a margin of closed cells.

    float32 ``cells (n_cells, 3)``: HEIGHT in metres; PACE in ticks a metre on the flat, ``inf``
    where closed; CURVE, a row of float32 ``curves (n_curves, N_STEPS)``: the factor of the pace by
    slope; float32 ``least (n_curves,)``: a bound below each. bool ``is_open (n_cells,)``: may be
    entered.
    """

    cells: Array
    curves: Array
    least: Array
    is_open: Array


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

    ``(n_cells,)`` each: int64 ``ticks`` (CLOSED, FAR, or reached), int32 ``seed`` (lowest seed that
    is nearest) and ``touched`` (the cells reached). int32 ``links (n_cells, 2)`` chain the waiting
    cells of a bucket; int32 ``first (n_buckets + 1,)`` of every bucket, the last for what lies
    beyond. Buckets are ``2 ** shift`` ticks wide.
    """

    ticks: Array
    seed: Array
    touched: Array
    links: Array
    first: Array
    shift: int


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


def desk(is_open: Array, shift: int) -> Desk:
    """
    Make clean work arrays.

    Parameters
    ----------
    is_open
        Cells that may be entered. Shape ``(n_cells,)``, bool.
    shift
        Buckets are ``2 ** shift`` ticks wide; any value is right, half a usual step is fast.

    Returns
    -------
    desk
        For one thread.
    """
    n_cells = len(is_open)
    return Desk(
        ticks=np.where(is_open, np.int64(FAR), np.int64(CLOSED)),
        seed=np.empty(n_cells, dtype=np.int32),
        touched=np.empty(n_cells, dtype=np.int32),
        links=np.full((n_cells, 2), _IDLE, dtype=np.int32),
        first=np.full(_N_BUCKETS + 1, _NONE, dtype=np.int32),
        shift=shift,
    )


# Helpers take arrays one by one: numba counts references whenever an array leaves a tuple.
@njit(cache=True, nogil=True)
def _slot(ticks: int, shift: int, base: int) -> int:
    """Give the list a time belongs to: its bucket of this round, or what lies beyond."""
    return min((ticks >> shift) - base, _BEYOND)


@njit(cache=True, nogil=True)
def _leave(links: Array, first: Array, slot: int, cell: Index) -> None:
    """Take a waiting cell out of its list."""
    before, after = links[cell, _BEFORE], links[cell, _AFTER]
    if before >= 0:
        links[before, _AFTER] = after
    else:
        first[slot] = after
    if after >= 0:
        links[after, _BEFORE] = before
    links[cell, _BEFORE] = _IDLE


@njit(cache=True, nogil=True)
def _arrive(links: Array, first: Array, slot: int, cell: Index) -> None:
    """Let a cell wait in a list."""
    after = first[slot]
    links[cell, _BEFORE], links[cell, _AFTER] = _NONE, after
    if after >= 0:
        links[after, _BEFORE] = cell
    first[slot] = cell


@njit(cache=True, nogil=True)
def _place(slope: Real) -> Real:
    """Find a slope in the curves."""
    place = (slope + np.float32(STEEPEST)) * np.float32(STEPS_PER_SLOPE)
    return min(max(place, np.float32(0)), np.float32(N_STEPS - 2))


@njit(cache=True, nogil=True)
def _bent(cells: Array, curves: Array, cell: Index, place: Real) -> Real:
    """Give the pace of a cell on a slope, in ticks a metre."""
    low, curve = np.uint64(place), np.uint64(cells[cell, CURVE])
    rest = place - np.float32(np.int64(place))
    factor = curves[curve, low] * (_ONE - rest) + curves[curve, low + np.uint64(1)] * rest
    return cells[cell, PACE] * factor


@njit(cache=True, nogil=True)
def _seed(seeds: Seeds, limit: int, work: Desk) -> int:
    """Let all seeds within the limit wait beyond, and count them."""
    n = 0
    for row in range(len(seeds.cell)):
        cell, then = seeds.cell[row], seeds.ticks[row]
        if then > limit or then >= work.ticks[cell]:
            continue  # of two seeds on one cell the sooner, then the first
        if work.ticks[cell] == FAR:
            work.touched[n] = cell
            n += 1
            _arrive(work.links, work.first, _BEYOND, cell)
        work.ticks[cell], work.seed[cell] = then, row
    return n


@njit(cache=True, nogil=True)
def _next_round(work: Desk) -> int:
    """Share out what lay beyond over the buckets, and give the number of the first bucket."""
    ticks, links, first = work.ticks, work.links, work.first
    soonest, cell = FAR, first[_BEYOND]
    while cell >= 0:
        soonest = min(soonest, int(ticks[cell]))
        cell = links[cell, _AFTER]
    base, cell = soonest >> work.shift, first[_BEYOND]
    first[_BEYOND] = _NONE
    while cell >= 0:
        after = links[cell, _AFTER]
        _arrive(links, first, _slot(ticks[cell], work.shift, base), cell)
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
    cells, curves, steps, metres = ground.cells, ground.curves, ways.steps, ways.metres
    ticks, seed, touched, links = work.ticks, work.seed, work.touched, work.links
    first, shift, least = work.first, work.shift, ground.least
    n_touched = n_waiting = _seed(seeds, limit, work)
    bucket, base = 0, _next_round(work)
    while n_waiting > 0:
        if bucket == _N_BUCKETS:
            bucket, base = 0, _next_round(work)
        if first[bucket] == _NONE:
            bucket += 1
            continue
        here = np.uint64(first[bucket])
        _leave(links, first, bucket, here)
        n_waiting -= 1
        now = int(ticks[here])
        own = cells[here, PACE] * least[np.uint64(cells[here, CURVE])]
        if steps[0, MEAN]:
            own = np.float32(0)  # a fast neighbour may make a move faster than its own half
        for way in range(np.uint64(len(steps))):
            there, kind = here + steps[way, TO], steps[way, KIND]
            held = ticks[there]
            if held <= now + np.int64(own * metres[way, SHARE]):
                continue
            via, past = here + steps[way, VIA], here + steps[way, PAST]
            if kind == DIAGONAL and ticks[via] == CLOSED and ticks[past] == CLOSED:
                continue
            place = _place((cells[there, HEIGHT] - cells[here, HEIGHT]) * metres[way, PER_METRE])
            pace = _bent(cells, curves, here, place)
            if steps[way, MEAN]:
                pace = _HALVES / (_ONE / pace + _ONE / _bent(cells, curves, there, place))
            else:
                pace += _bent(cells, curves, there, place)
            if kind == KNIGHT:
                pace += _bent(cells, curves, via, place) + _bent(cells, curves, past, place)
            cost = min(pace * metres[way, SHARE], _TOO_LONG)
            then = now + max(int(cost + _HALF), 1)
            if then > limit or then > held or (then == held and seed[here] >= seed[there]):
                continue
            if held == FAR:
                touched[n_touched] = there
                n_touched += 1
            if links[there, _BEFORE] != _IDLE:
                _leave(links, first, _slot(held, shift, base), there)
                n_waiting -= 1
            ticks[there], seed[there] = then, seed[here]
            _arrive(links, first, _slot(then, shift, base), there)
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
    ticks, touched = work.ticks, work.touched
    for row in range(n_seeds):
        one = Seeds(seeds.cell[row : row + 1], seeds.ticks[row : row + 1])
        n_cells[row] = search(ground, ways, one, limit, work)
        for i in range(n_cells[row]):
            total[row] += weight[touched[i]]
            ticks[touched[i]] = FAR  # nothing waits after a search, so this is clean
    return total, n_cells
