# SPDX-License-Identifier: Apache-2.0
"""
The first mile, compiled: from points over open ground to the streets that are worth walking to.

A point is carried over the grid up to a limit. Where the grid meets streets, at stops, the walk
ends; of all stops those are kept that make some junction clearly sooner reached than along the
streets from those kept already, the greatest gain first. Grid times are ticks of the terrain
kernel, street times those of the reach kernel.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from goldenhour.times.kernels import reach, terrain
from goldenhour.times.kernels.reach import FAR, NO_TAG, TICKS, Points, Rows, Stop, _clean

_GROUND_S, _STREET_S = terrain.TICKS_PER_S, reach.TICKS_PER_S

Array = Any  # numba sees through annotations; shapes and types are in the docstrings


class Streets(NamedTuple):
    """
    Streets as the grid meets them.

    Links join cells to stops: int64 ``start (n_cells + 1,)`` rows by cell, int32 ``stop`` and
    int64 ``ticks`` of the grid ``(n_links,)``. Stops lie on edges: int32 ``edge (n_stops,)``;
    int32 ``node`` at both ends and ``part``, ticks on foot to each, ``(n_stops, 2)``. ``rows``:
    all streets on foot, nothing closed.
    """

    start: Array
    stop: Array
    ticks: Array
    edge: Array
    node: Array
    part: Array
    rows: Rows


class Wish(NamedTuple):
    """``limit`` in grid ticks; keep ``least`` to ``most`` stops that gain over ``gain`` ticks."""

    limit: int
    least: int
    most: int
    gain: int


class Desk(NamedTuple):
    """
    Work arrays of one thread.

    ``ground`` and ``streets``: desks of both searches. int32 ``best`` ticks of each node over the
    ground (FAR), its stop ``via``, and the list ``met``, ``(n_nodes,)`` each.
    """

    ground: terrain.Desk
    streets: reach.Desk
    best: Array
    via: Array
    met: Array


class Kept(NamedTuple):
    """
    What was kept: ``(n_points, most)`` each.

    int32 ``stop``, -1 for none; int32 ``away``: street ticks from the point to the stop, and
    ``back``, FAR where the way back takes longer than the limit.
    """

    stop: Array
    away: Array
    back: Array


@njit(cache=True, nogil=True)
def _street_ticks(ticks: int) -> int:
    """Round grid ticks to street ticks."""
    return (ticks * _STREET_S + _GROUND_S // 2) // _GROUND_S


@njit(cache=True, nogil=True)
def _meet(streets: Streets, n_touched: int, limit: int, work: Desk) -> int:
    """Note for each junction the stop that leads to it soonest; give how many there are."""
    n_met = 0
    for i in range(n_touched):
        cell = work.ground.touched[i]
        for link in range(streets.start[cell], streets.start[cell + 1]):
            walk = work.ground.ticks[cell] + streets.ticks[link]
            if walk > limit:
                continue
            stop = streets.stop[link]
            for end in range(2):
                node = streets.node[stop, end]
                then = _street_ticks(walk) + streets.part[stop, end]
                if then > work.best[node] or (then == work.best[node] and stop >= work.via[node]):
                    continue
                if work.best[node] == FAR:
                    work.met[n_met] = node
                    n_met += 1
                work.best[node], work.via[node] = then, stop
    return n_met


@njit(cache=True, nogil=True)
def _gainer(n_met: int, gain: int, work: Desk) -> int:
    """Find the junction that gains most against the streets, the lowest of equals; -1 if none."""
    found, most = -1, gain
    for i in range(n_met):
        node = work.met[i]
        gains = int(work.streets.state[node, TICKS]) - int(work.best[node])
        if gains > most or (gains == most and 0 <= node < found):
            found, most = node, gains
    return found


@njit(cache=True, nogil=True)
def _nearest_other(streets: Streets, kept: Array, n_kept: int, n_met: int, work: Desk) -> int:
    """Find the nearest junction by a street that is not kept yet; -1 if none."""
    found, least = -1, FAR
    for i in range(n_met):
        node = work.met[i]
        edge = streets.edge[work.via[node]]
        is_kept = False
        for k in range(n_kept):
            is_kept |= streets.edge[kept[k]] == edge
        if is_kept:
            continue
        if work.best[node] < least or (work.best[node] == least and node < found):
            found, least = node, work.best[node]
    return found


@njit(cache=True, nogil=True)
def _keep(streets: Streets, wish: Wish, n_met: int, work: Desk, stop: Array, away: Array) -> int:
    """Choose stops, the greatest gain first; give how many."""
    n_kept = 0
    seeds = Points(np.full((wish.most, 2), -1, np.int32), np.zeros((wish.most, 2), np.int32))
    span = Stop(min(2 * _street_ticks(wish.limit), reach.LONGEST), np.zeros(1, np.uint8), 0)
    while n_kept < wish.most:
        n_touched = reach.search(streets.rows, seeds, span, NO_TAG, work.streets)
        node = _gainer(n_met, wish.gain, work)
        desk = work.streets
        _clean(desk.state, desk.touched, n_touched, desk.first, desk.shift)
        if node < 0 and n_kept < wish.least:
            node = _nearest_other(streets, stop, n_kept, n_met, work)
        if node < 0:
            break
        chosen = work.via[node]
        side = 0 if streets.node[chosen, 0] == node else 1
        if streets.node[chosen, 0] == streets.node[chosen, 1]:  # a loop ends where it begins
            side = int(streets.part[chosen, 1] < streets.part[chosen, 0])
        stop[n_kept], away[n_kept] = chosen, work.best[node] - streets.part[chosen, side]
        seeds.node[n_kept] = streets.node[chosen]
        seeds.ticks[n_kept] = away[n_kept] + streets.part[chosen]
        n_kept += 1
    return n_kept


@njit(cache=True, nogil=True)
def _clean_ground(work: terrain.Desk, n_touched: int) -> None:
    """Make the grid's work arrays clean again; nothing waits after a search."""
    for i in range(n_touched):
        work.ticks[work.touched[i]] = terrain.FAR


@njit(cache=True, nogil=True)
def _ways_back(
    streets: Streets, n_touched: int, limit: int, work: Desk, stop: Array, back: Array
) -> None:
    """Measure the stops that were kept in the other direction."""
    for i in range(n_touched):
        cell = work.ground.touched[i]
        for link in range(streets.start[cell], streets.start[cell + 1]):
            walk = work.ground.ticks[cell] + streets.ticks[link]
            if walk > limit:
                continue
            for k in range(len(stop)):
                if stop[k] == streets.stop[link]:
                    back[k] = min(back[k], _street_ticks(walk))


@njit(cache=True, nogil=True)
def first_miles(  # noqa: PLR0913, PLR0917 - what one block of points needs
    ground: terrain.Ground,
    away: terrain.Moves,
    back: terrain.Moves,
    streets: Streets,
    seeds: terrain.Seeds,
    wish: Wish,
    work: Desk,
    kept: Kept,
) -> None:
    """
    Find the stops worth walking to, one search there and one back for each point.

    Parameters
    ----------
    ground
        The cells.
    away
        Moves from the point.
    back
        Moves towards the point.
    streets
        Where cells join streets.
    seeds
        Cells that each point joins, and ticks to their middles; a closed cell is none. Shape
        ``(n_points, k)``.
    wish
        How far, and how many.
    work
        Clean work arrays; clean again afterwards.
    kept
        Receives the stops: -1 and FAR before.
    """
    for row in range(len(seeds.cell)):
        at = terrain.Seeds(seeds.cell[row], seeds.ticks[row])
        n_touched = terrain.search(ground, away, at, wish.limit, work.ground)
        n_met = _meet(streets, n_touched, wish.limit, work)
        _clean_ground(work.ground, n_touched)
        n_kept = _keep(streets, wish, n_met, work, kept.stop[row], kept.away[row])
        for i in range(n_met):
            work.best[work.met[i]] = FAR
        if n_kept == 0:
            continue
        n_touched = terrain.search(ground, back, at, wish.limit, work.ground)
        stop, ticks = kept.stop[row, :n_kept], kept.back[row, :n_kept]
        _ways_back(streets, n_touched, wish.limit, work, stop, ticks)
        _clean_ground(work.ground, n_touched)
