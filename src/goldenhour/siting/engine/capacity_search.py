# SPDX-License-Identifier: Apache-2.0
"""Good choices first, where sites and hospitals have capacities: greedy, exchange, kicks."""

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.min_cut import Capped
from goldenhour.siting.engine.problem import Bools, Floats
from goldenhour.siting.kernels import capacity as kernel
from goldenhour.siting.kernels.capacity import Rules
from goldenhour.siting.plain.effort import Effort

Rows = NDArray[np.int32]

_GREEDY_ONLY = -1
_WORK, _KICKS = 2e6, 20
"""Kicks in one round: fewer where there is much to search."""
_STARTS, _ROUNDS, _IDLE = 3, 12, 4
_HALF = 0.5


def greedy(capped: Capped) -> Bools | None:
    """
    Open one site after another, each time the one that serves most, then hospitals likewise.

    Parameters
    ----------
    capped
        The inner problem.

    Returns
    -------
    chosen
        None if structures offered for both tiers stand in the way. Shape ``(n_open,)``.
    """
    hoped = np.flatnonzero(capped.hospitals.allowed).astype(np.int32)
    sites = _place(capped, hoped, _no_rows(), kicks=_GREEDY_ONLY, seed=1, hoping=True)
    return _chosen(capped, sites, _hospitals(capped, sites, _no_rows()))


def search(capped: Capped, effort: Effort, *, first: Bools | None = None) -> Bools | None:
    """
    Settle sites and hospitals on each other from several starts, then kick the best.

    Parameters
    ----------
    capped
        The inner problem.
    effort
        Its seed, when to stop, and who is told.
    first
        A choice to do at least as well as. Shape ``(n_open,)``.

    Returns
    -------
    chosen
        The best seen; None if none was whole. Shape ``(n_open,)``.
    """
    rng = np.random.Generator(np.random.PCG64(effort.seed))
    best, most, idle = first, -1.0 if first is None else capped.weigh(first), 0
    kicks = int(min(_KICKS, 1 + _WORK / (1 + len(capped.tiers.site_group))))
    n_starts = _STARTS if capped.tiers.two else 1
    for number in range(n_starts + _ROUNDS):
        if best is not None:
            effort.told(most, capped.ceiling())
        if idle >= _IDLE or most >= capped.ceiling() or effort.stop():
            break
        fresh = best is None or 0 < number < n_starts
        size = capped.n_sites + capped.n_hospitals
        point = rng.random(size) if fresh or best is None else best.astype(np.float64)
        kicked = 0 if number < n_starts else kicks
        found = settle(capped, point, kicks=kicked, seed=effort.seed + number)
        gained = found is not None and capped.weigh(found) > most
        if found is not None and gained:
            best, most = found, capped.weigh(found)
        idle = 0 if gained or number < n_starts else idle + 1
    return best


def settle(capped: Capped, point: Floats, *, kicks: int = 0, seed: int = 1) -> Bools | None:
    """
    Round a point, then exchange sites for given hospitals, and the reverse, while that gains.

    Parameters
    ----------
    capped
        The inner problem.
    point
        Shares by which sites and hospitals are open. Shape ``(n_open,)``.
    kicks
        Random kicks of the sites.
    seed
        Their seed.

    Returns
    -------
    chosen
        None if structures offered for both tiers stand in the way. Shape ``(n_open,)``.
    """
    x, z = point[: capped.n_sites], point[capped.n_sites :]
    hospitals = _top(z, capped.hospitals.n, capped.hospitals.forced, capped.hospitals.allowed)
    sites = _top(x, capped.sites.n, capped.sites.forced, capped.sites.allowed)
    best: Bools | None = None
    most: kernel.Whole = -1
    while True:
        sites = _place(capped, hospitals, sites, kicks=kicks, seed=seed)
        if capped.n_hospitals:
            hospitals = _hospitals(capped, sites, hospitals)
        value = kernel.served(capped.tiers, sites, hospitals)
        chosen = _chosen(capped, sites, hospitals)
        if chosen is None or value <= most:
            return best
        best, most = chosen, value
        if not capped.n_hospitals:
            return best


def _place(
    capped: Capped, hospitals: Rows, begin: Rows, *, kicks: int, seed: int, hoping: bool = False
) -> Rows:
    """Choose sites for given hospitals; those that could not serve only fill up."""
    n, forced = capped.sites.n, np.flatnonzero(capped.sites.forced).astype(np.int32)
    blocked = np.zeros(capped.n_hospitals + 1, dtype=np.bool_)
    held = np.flatnonzero(capped.hospitals.forced) if hoping else hospitals
    blocked[held] = True
    may = capped.sites.allowed & ~blocked[capped.clash]  # -1 looks up the last, never blocked
    others = [j for j in begin if may[j] and not capped.sites.forced[j]]
    start = np.full(n, kernel.EMPTY, dtype=np.int32)
    wanted = np.concatenate([forced, np.array(others, dtype=np.int32)])[:n]
    start[: len(wanted)] = wanted
    fixed = np.arange(n) < len(forced)
    seats = kernel.place(capped.tiers, start, hospitals, Rules(may, fixed), kicks, seed)
    placed = seats[seats != kernel.EMPTY]
    spare = may.copy()
    spare[placed] = False
    filler = np.flatnonzero(spare)[: n - len(placed)]
    return np.sort(np.concatenate([placed, filler])).astype(np.int32)


def _hospitals(capped: Capped, sites: Rows, begin: Rows) -> Rows:
    """Open hospitals for given sites one after another, then exchange while that gains."""
    level, taken = capped.hospitals, capped.clash[sites]
    may = level.allowed.copy()
    may[taken[taken != kernel.EMPTY]] = False
    chosen = level.forced.copy()
    chosen[begin[may[begin]]] = True
    while chosen.sum() < level.n and np.any(may & ~chosen):
        chosen[_best_hospital(capped, sites, chosen, may)] = True
    value, calm = kernel.served(capped.tiers, sites, _rows(chosen)), False
    while not calm:
        calm = True
        for out in np.flatnonzero(chosen & ~level.forced):
            trial = chosen.copy()
            trial[out] = False
            trial[_best_hospital(capped, sites, trial, may)] = True
            found = kernel.served(capped.tiers, sites, _rows(trial))
            if found > value:
                chosen, value, calm = trial, found, False
    return _rows(chosen)


def _best_hospital(capped: Capped, sites: Rows, chosen: Bools, may: Bools) -> int:
    """Find the hospital that adds most; of equals the one that is linked best, then the lowest."""
    options = np.flatnonzero(may & ~chosen)
    links = capped.tiers.linked[np.ix_(sites, options)].sum(axis=0)
    value = [
        kernel.served(capped.tiers, sites, np.append(_rows(chosen), h).astype(np.int32))
        if links[at]
        else -1
        for at, h in enumerate(options)
    ]
    return int(options[np.lexsort((options, -links, -np.array(value)))[0]])


def _chosen(capped: Capped, sites: Rows, hospitals: Rows) -> Bools | None:
    """Turn rows into yes and no; None if fewer are open than asked."""
    if len(sites) < capped.sites.n or len(hospitals) < capped.hospitals.n:
        return None
    chosen = np.zeros(capped.n_sites + capped.n_hospitals, dtype=np.bool_)
    chosen[sites] = True
    chosen[capped.n_sites + hospitals] = True
    return chosen


def _top(point: Floats, n: int, forced: Bools, allowed: Bools) -> Rows:
    """Take what is forced and the highest of the others."""
    rank = np.where(forced, np.inf, np.where(allowed, point, -np.inf))
    return np.sort(np.argsort(-rank, kind="stable")[:n]).astype(np.int32)


def _rows(chosen: Bools) -> Rows:
    """Rows that are chosen."""
    return np.flatnonzero(chosen).astype(np.int32)


def _no_rows() -> Rows:
    return np.zeros(0, dtype=np.int32)
