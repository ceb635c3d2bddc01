# SPDX-License-Identifier: Apache-2.0
"""
The off-road first mile: how places that no street passes come to the streets, and the way back.

The search runs over the town's ground and its streets on foot, nothing closed: which streets a
place joins must not depend on what is closed today, else closing one could shorten a way.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.times import layers, many, modes
from goldenhour.times.access import Landing
from goldenhour.times.footing import Footing
from goldenhour.times.kernels import first_mile as kernel
from goldenhour.times.kernels import reach, terrain
from goldenhour.times.kernels.reach import FAR
from goldenhour.times.layers import Layers
from goldenhour.times.ticks import limit_ticks

_BLOCK = 32
_STREET_S, _GROUND_S = reach.TICKS_PER_S, terrain.TICKS_PER_S

_T = TypeVar("_T", bound=np.generic)
Floats = NDArray[np.float64]


def land(  # noqa: PLR0913 - how far and how many, all by name
    footing: Footing,
    x_m: Floats,
    y_m: Floats,
    *,
    limit_s: float | None = None,
    gain_s: float | None = None,
    n_streets: int | None = None,
    n_threads: int = many.N_THREADS,
) -> Landing:
    """
    Find the streets worth carrying a casualty to over open ground, the greatest gain first.

    The nearest comes first. Another is kept if it, or some junction by it, is sooner reached over
    the ground than along the streets from those kept before; at least two are, for the day when
    one is closed.

    Parameters
    ----------
    footing
        Ground and streets.
    x_m
        Eastings in metres. Shape ``(n,)``.
    y_m
        Northings in metres. Shape ``(n,)``.
    limit_s
        Longest walk with a stretcher in seconds; None for the usual.
    gain_s
        Seconds that a street must save to be kept; None for the usual.
    n_streets
        Most streets per place; None for the usual.
    n_threads
        Threads to use; they never change a number.

    Returns
    -------
    landing
        As many streets per place as the place with most has. ``off_m`` and ``back_m`` are metres
        of even ground that would take as long.
    """
    seeds = footing.joins(x_m, y_m)
    wish = _wish(limit_s, gain_s, n_streets)
    shape = (len(x_m), wish.most)
    kept = kernel.Kept(
        stop=np.full(shape, -1, dtype=np.int32),
        away=np.full(shape, FAR, dtype=np.int32),
        back=np.full(shape, FAR, dtype=np.int32),
    )
    away, back = _moves(footing, towards=False), _moves(footing, towards=True)

    def work(rows: NDArray[np.int64]) -> None:
        block = terrain.Seeds(seeds.cell[rows], seeds.ticks[rows])
        part = kernel.Kept(*(column[rows] for column in kept))
        desk = _desk(footing, wish)
        ground, streets = footing.surface.ground, footing.streets
        kernel.first_miles(ground, away, back, streets, block, wish, desk, part)
        for column, found in zip(kept, part, strict=True):
            column[rows] = found

    row = np.flatnonzero(seeds.cell.any(axis=1))
    n_parts = min(max(n_threads, 1), -(-len(row) // _BLOCK))
    with ThreadPoolExecutor(max(n_parts, 1)) as pool:
        list(pool.map(work, np.array_split(row, n_parts) if n_parts else ()))
    return _landing(footing, kept)


def extend(landing: Landing, footing: Footing, x_m: Floats, y_m: Floats) -> Landing:
    """
    Give places that no street was found for the streets that they reach over open ground.

    Parameters
    ----------
    landing
        Where places step onto streets, found in a straight line. Shape ``(n, k)``.
    footing
        Ground and streets.
    x_m
        Eastings of the places in metres. Shape ``(n,)``.
    y_m
        Northings in metres. Shape ``(n,)``.

    Returns
    -------
    landing
        The same for places that had a street, perhaps with more columns.
    """
    lost = np.flatnonzero((landing.edge < 0).all(axis=1))
    if not len(lost):
        return landing
    found = land(footing, x_m[lost], y_m[lost])
    width = max(landing.edge.shape[1], found.edge.shape[1])
    back_m = _widened(_back_m(landing), width, np.inf)
    wide = Landing(
        edge=_widened(landing.edge, width, -1),
        share=_widened(landing.share, width, 0),
        off_m=_widened(landing.off_m, width, np.inf),
        back_m=back_m,
    )
    n = found.edge.shape[1]
    wide.edge[lost, :n], wide.share[lost, :n] = found.edge, found.share
    wide.off_m[lost, :n], back_m[lost, :n] = found.off_m, _back_m(found)
    return wide


def open_ground(
    graph: Layers,
    footing: Footing,
    sites: Landing,
    *,
    at: tuple[Floats, Floats] | None = None,
    limit_s: float | None = None,
) -> NDArray[np.float32]:
    """
    Measure how long a casualty needs from every cell of open ground to the nearest site.

    One search of the streets, closed as they are today, then one of the grid that starts with
    what it found: over the ground to any street, and on from there on foot or by vehicle.

    Parameters
    ----------
    graph
        Both layers of streets.
    footing
        Ground and streets.
    sites
        Where the sites step onto streets. Shape ``(n_sites, k)``.
    at
        Eastings and northings of the sites in metres, for ways that meet no street; None leaves
        those out.
    limit_s
        Longest time of interest in seconds, inclusive; None for no limit.

    Returns
    -------
    seconds
        From each cell of ``footing.frame``, ``inf`` where closed, unreachable or beyond the
        limit. Shape ``(rows, columns)``.

    Raises
    ------
    InputError
        If the limit is negative.
    """
    soonest = _from_stops(graph, footing.stops, sites, limit_s)
    cell, start_s = _seeds(footing, soonest, at)
    width = footing.frame.n_columns + 2 * terrain.MARGIN
    row, column = np.divmod(cell, width)
    return footing.surface.travel_times(
        row - terrain.MARGIN, column - terrain.MARGIN, start_s=start_s, limit_s=limit_s
    )


def _from_stops(
    graph: Layers, stops: Landing, sites: Landing, limit_s: float | None
) -> NDArray[np.int64]:
    """Measure the ticks from every stop to the nearest site along the streets."""
    seeds = layers.arrivals(graph, sites)
    desk, _ = many.spread(graph.network.arriving, seeds, limit_s)
    leave = layers.departures(graph, stops)
    ticks = desk.state[:, reach.TICKS].astype(np.int64)
    ways = np.where(leave.node >= 0, ticks[leave.node] + leave.ticks, FAR)
    soonest: NDArray[np.int64] = ways.min(axis=1, initial=FAR)
    same = layers.along_one_street(graph, sites, stops, limit=limit_ticks(limit_s))
    np.minimum.at(soonest, same.home, same.ticks)
    return soonest


def _seeds(
    footing: Footing, soonest: NDArray[np.int64], at: tuple[Floats, Floats] | None
) -> tuple[NDArray[np.int64], Floats]:
    """Start on the cells that join a street or a site; give each the soonest of its starts."""
    streets = footing.streets
    cell = np.repeat(np.arange(len(streets.start) - 1), np.diff(streets.start))
    start_s = soonest[streets.stop] / _STREET_S + streets.ticks / _GROUND_S
    start_s[soonest[streets.stop] >= FAR] = np.inf
    if at is not None:
        near = footing.joins(*at)
        cell = np.concatenate([cell, near.cell[near.cell > 0]])
        start_s = np.concatenate([start_s, near.ticks[near.cell > 0] / _GROUND_S])
    known = np.isfinite(start_s)
    return cell[known], start_s[known]


def _wish(limit_s: float | None, gain_s: float | None, n_streets: int | None) -> kernel.Wish:
    """Say how far, and how many."""
    if limit_s is None:
        limit_s = facts.number("terrain.first_mile_min") * 60
    if gain_s is None:
        gain_s = facts.number("terrain.first_mile_gain_s")
    most = n_streets or int(facts.number("terrain.first_mile_streets"))
    return kernel.Wish(
        limit=int(limit_ticks(limit_s) * (_GROUND_S // _STREET_S)),
        least=min(int(facts.number("times.access_streets")), most),
        most=most,
        gain=int(gain_s * _STREET_S),
    )


def _moves(footing: Footing, *, towards: bool) -> terrain.Moves:
    """List the moves on the grid."""
    surface = footing.surface
    return terrain.moves(
        width=footing.frame.n_columns + 2 * terrain.MARGIN,
        cell_m=surface.cell_m,
        n=8,
        towards=towards,
        rules=surface.rules,
    )


def _desk(footing: Footing, wish: kernel.Wish) -> kernel.Desk:
    """Make clean work arrays for one thread."""
    streets, town = footing.streets, footing.town.streets
    n_places = town.n_nodes + town.n_edges
    latest = wish.limit * _STREET_S // _GROUND_S + int(streets.part.max(initial=0)) + 1
    seeds = reach.Points(np.zeros((1, 1), np.int32), np.full((1, 1), latest, np.int32))
    return kernel.Desk(
        ground=terrain.desk(footing.surface.ground),
        streets=reach.desk(streets.rows, seeds, max(2 * latest, 1)),
        best=np.full(n_places, FAR, dtype=np.int32),
        via=np.zeros(n_places, dtype=np.int32),
        met=np.zeros(n_places, dtype=np.int32),
    )


def _landing(footing: Footing, kept: kernel.Kept) -> Landing:
    """Turn stops into a landing of as few columns as hold them all."""
    width = max(int((kept.stop >= 0).sum(axis=1).max(initial=0)), 1)
    stop, away, back = (part[:, :width] for part in kept)
    found = stop >= 0
    return Landing(
        edge=np.where(found, footing.stops.edge[stop, 0], -1).astype(np.int32),
        share=np.where(found, footing.stops.share[stop, 0], 0.0),
        off_m=_even_m(away),
        back_m=_even_m(back),
    )


def _even_m(ticks: NDArray[np.int32]) -> Floats:
    """Say how far a team gets in this time over even ground; exact, there and back."""
    metres = ticks / _STREET_S / modes.carry_off_road_s_per_m()
    return np.where(ticks == FAR, np.inf, metres)


def _back_m(landing: Landing) -> Floats:
    """Give the metres back, also where they are those there."""
    return landing.off_m if landing.back_m is None else landing.back_m


def _widened(values: NDArray[_T], width: int, empty: float) -> NDArray[_T]:
    """Add columns."""
    more = width - values.shape[1]
    return np.pad(values, ((0, 0), (0, more)), constant_values=empty)
