# SPDX-License-Identifier: Apache-2.0
"""
The first mile, compiled: from points over open ground to the streets that are worth walking to.

A point is carried over the grid up to a limit. Where the grid meets streets, at stops, the walk
ends. It matters how soon one is at a street, where a vehicle can be met, and how soon at a
junction, on foot; so both are places. Of all stops those are kept by which some place is clearly
sooner reached than along the streets from the stops kept already, the greatest gain first, which
is the nearest street. Grid times are ticks of the terrain kernel, street times those of the reach
kernel.
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

    ``ground`` and ``streets``: desks of both searches. int32 ``best`` ticks of each place over the
    ground (FAR), its stop ``via``, and the list ``met``, ``(n_nodes + n_edges,)`` each: junctions,
    then streets.
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
def _offer(place: int, then: int, stop: int, n_met: int, work: Desk) -> int:
    """Note a stop by which a place is reached soonest, the lowest of equals; count places."""
    held = work.best[place]
    if then > held or (then == held and stop >= work.via[place]):
        return n_met
    work.best[place], work.via[place] = then, stop
    if held != FAR:
        return n_met
    work.met[n_met] = place
    return n_met + 1


@njit(cache=True, nogil=True)
def _meet(streets: Streets, n_touched: int, limit: int, work: Desk) -> int:
    """Note for each place the stop that leads to it soonest; give how many places there are."""
    n_met, n_nodes = 0, len(streets.rows.start) - 1
    for i in range(n_touched):
        cell = work.ground.touched[i]
        for link in range(streets.start[cell], streets.start[cell + 1]):
            walk = work.ground.cells[cell]["ticks"] + streets.ticks[link]
            if walk > limit:
                continue
            stop, then = streets.stop[link], _street_ticks(walk)
            n_met = _offer(n_nodes + streets.edge[stop], then, stop, n_met, work)
            for end in range(2):
                total = then + streets.part[stop, end]
                n_met = _offer(streets.node[stop, end], total, stop, n_met, work)
    return n_met


@njit(cache=True, nogil=True)
def _along(streets: Streets, place: int, stop: int, kept: Array, away: Array, state: Array) -> int:
    """Give the ticks to a place along the streets from the stops that are kept."""
    if place < len(state):
        return int(state[place, TICKS])
    soonest = FAR
    for end in range(2):
        label = int(state[streets.node[stop, end], TICKS])
        if label < FAR:
            soonest = min(soonest, label + int(streets.part[stop, end]))
    for k in range(len(kept)):
        if streets.edge[kept[k]] == streets.edge[stop]:
            between = abs(int(streets.part[kept[k], 0]) - int(streets.part[stop, 0]))
            soonest = min(soonest, int(away[k]) + between)
    return soonest


@njit(cache=True, nogil=True)
def _gainer(streets: Streets, n_met: int, gain: int, work: Desk, kept: Array, away: Array) -> int:
    """Find the place that gains most, the lowest of equals; -1 if none gains enough."""
    found, most = -1, gain
    for i in range(n_met):
        place = work.met[i]
        along = _along(streets, place, work.via[place], kept, away, work.streets.state)
        gains = along - int(work.best[place])
        if gains > most or (gains == most and 0 <= place < found):
            found, most = place, gains
    return found


@njit(cache=True, nogil=True)
def _nearest_other(streets: Streets, n_met: int, work: Desk, kept: Array) -> int:
    """Find the nearest street that is not kept yet, as a place; -1 if none."""
    found, least, n_nodes = -1, FAR, len(work.streets.state)
    for i in range(n_met):
        place = work.met[i]
        if place < n_nodes:
            continue
        is_kept = False
        for k in range(len(kept)):
            is_kept |= streets.edge[kept[k]] == place - n_nodes
        best = work.best[place]
        if not is_kept and (best < least or (best == least and place < found)):
            found, least = place, best
    return found


@njit(cache=True, nogil=True)
def _walk_to(streets: Streets, place: int, work: Desk) -> int:
    """Give the ticks over the ground to the stop by which a place is reached."""
    stop, best = work.via[place], int(work.best[place])
    if place >= len(work.streets.state):
        return best
    if streets.node[stop, 0] == streets.node[stop, 1]:  # a loop ends where it begins
        return best - int(min(streets.part[stop, 0], streets.part[stop, 1]))
    return best - int(streets.part[stop, 0 if streets.node[stop, 0] == place else 1])


@njit(cache=True, nogil=True)
def _keep(streets: Streets, wish: Wish, n_met: int, work: Desk, stop: Array, away: Array) -> int:
    """Choose stops, the greatest gain first; give how many."""
    n_kept, desk = 0, work.streets
    seeds = Points(np.full((wish.most, 2), -1, np.int32), np.zeros((wish.most, 2), np.int32))
    span = Stop(min(2 * _street_ticks(wish.limit), reach.LONGEST), np.zeros(1, np.uint8), 0)
    while n_kept < wish.most:
        n_touched = reach.search(streets.rows, seeds, span, NO_TAG, desk)
        place = _gainer(streets, n_met, wish.gain, work, stop[:n_kept], away[:n_kept])
        _clean(desk.state, desk.touched, n_touched, desk.first, desk.shift)
        if place < 0 and n_kept < wish.least:
            place = _nearest_other(streets, n_met, work, stop[:n_kept])
        if place < 0:
            break
        chosen, walk = work.via[place], _walk_to(streets, place, work)
        stop[n_kept], away[n_kept] = chosen, walk
        seeds.node[n_kept] = streets.node[chosen]
        seeds.ticks[n_kept] = walk + streets.part[chosen]
        n_kept += 1
    return n_kept


@njit(cache=True, nogil=True)
def _clean_ground(work: terrain.Desk, n_touched: int) -> None:
    """Make the grid's work arrays clean again; nothing waits after a search."""
    for i in range(n_touched):
        work.cells[work.touched[i]]["ticks"] = terrain.FAR


@njit(cache=True, nogil=True)
def _ways_back(
    streets: Streets, n_touched: int, limit: int, work: Desk, stop: Array, back: Array
) -> None:
    """Measure the stops that were kept in the other direction."""
    for i in range(n_touched):
        cell = work.ground.touched[i]
        for link in range(streets.start[cell], streets.start[cell + 1]):
            walk = work.ground.cells[cell]["ticks"] + streets.ticks[link]
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
