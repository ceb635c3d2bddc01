# SPDX-License-Identifier: Apache-2.0
"""Good plans first: greedy, swap and kicks for sites; every single change for hospitals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.covering import NO_CLASH, Covering
from goldenhour.siting.engine.watch import Watch
from goldenhour.siting.kernels import placing
from goldenhour.siting.kernels.placing import EMPTY, Rules

_TINY = 1e-9
_WORK, _MOST_KICKS = 4e7, 600
_AT_ONCE = 2e6
_GREEDY_ONLY = -1
INCOMPLETE = -1.0
_STARTS = 4
_SEEDS = 1_000_003


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """
    One choice of sites and hospitals.

    Parameters
    ----------
    sites
        Open sites, ascending. Shape ``(n_open,)``, int32.
    open_hospital
        Shape ``(n_hospitals,)``, bool.
    value
        Weight that it covers; ``INCOMPLETE`` if fewer are open than the question asks for.
    """

    sites: NDArray[np.int32]
    open_hospital: NDArray[np.bool_]
    value: float


def greedy(covering: Covering) -> Found:
    """
    Place one site after another, then one hospital after another: the common rule.

    Parameters
    ----------
    covering
        The inner problem.

    Returns
    -------
    found
        Without any look back.
    """
    hoped = covering.hospitals.allowed
    sites = _place(covering, hoped, kicks=_GREEDY_ONLY, seed=1)
    return _found(covering, sites, _hospitals_one_by_one(covering, sites))


def search(
    covering: Covering,
    *,
    seed: int,
    first: Found | None = None,
    watch: Watch | None = None,
    share: float = 1.0,
) -> Found:
    """
    Find a good choice: sites for given hospitals, hospitals for given sites, in turn.

    Parameters
    ----------
    covering
        The inner problem.
    seed
        Seed of the kicks.
    first
        A choice to do at least as well as.
    watch
        Asked to stop between kicks.
    share
        Share of the usual number of kicks.

    Returns
    -------
    found
        The best seen.
    """
    best = greedy(covering) if first is None else first
    size = 1 + len(covering.table.site_group)
    kicks = int(share * min(_MOST_KICKS, _WORK / size))
    n_starts = 1 if best.value > INCOMPLETE and len(covering.classes) <= 1 else _STARTS
    rng = np.random.Generator(np.random.PCG64(seed))
    for number in range(n_starts):
        hospitals = best.open_hospital if number == 0 else _some_hospitals(covering, rng)
        best = improve(covering, hospitals, best, sites=best.sites if number == 0 else None)
        best = _kicked(covering, best, kicks // n_starts, seed + number, watch)
    return best


def _kicked(covering: Covering, best: Found, kicks: int, seed: int, watch: Watch | None) -> Found:
    """Kick a choice so often, a few kicks at a time, so that somebody can ask to stop."""
    at_once = max(1, int(_AT_ONCE / (1 + len(covering.table.site_group))))
    for first in range(0, kicks, at_once):
        if watch is not None and watch.stop():
            break
        n = min(at_once, kicks - first)
        best = improve(
            covering,
            best.open_hospital,
            best,
            kicks=n,
            seed=seed * _SEEDS + first,
            sites=best.sites,
        )
    return best


def improve(
    covering: Covering,
    open_hospital: NDArray[np.bool_],
    best: Found,
    *,
    kicks: int = 0,
    seed: int = 1,
    sites: NDArray[np.int32] | None = None,
) -> Found:
    """
    Settle sites and hospitals on each other from one set of hospitals, until nothing gains.

    Parameters
    ----------
    covering
        The inner problem.
    open_hospital
        Hospitals to begin with. Shape ``(n_hospitals,)``, bool.
    best
        The best choice so far.
    kicks
        Random kicks on the way.
    seed
        Their seed.
    sites
        Sites to begin with; none if left out. Shape ``(n_some,)``.

    Returns
    -------
    found
        The better of ``best`` and what was found.
    """
    while True:
        placed = _place(covering, open_hospital, kicks=kicks, seed=seed, start=sites)
        hospitals = _hospitals_by_exchange(covering, placed, open_hospital)
        found = _found(covering, placed, hospitals)
        if found.value <= max(best.value, best.value * (1 + _TINY)):
            return best
        best, open_hospital, sites = found, found.open_hospital, found.sites


def _found(covering: Covering, sites: NDArray[np.int32], open_hospital: NDArray[np.bool_]) -> Found:
    """Weigh a choice."""
    whole = len(sites) == covering.sites.n and open_hospital.sum() == covering.hospitals.n
    return Found(
        sites=np.sort(sites),
        open_hospital=open_hospital,
        value=covering.value(sites, open_hospital) if whole else INCOMPLETE,
    )


def _place(
    covering: Covering,
    open_hospital: NDArray[np.bool_],
    *,
    kicks: int,
    seed: int,
    start: NDArray[np.int32] | None = None,
) -> NDArray[np.int32]:
    """Choose sites for given hospitals; sites that would not count only fill up."""
    n, forced = covering.sites.n, np.flatnonzero(covering.sites.forced)
    counts = covering.usable(open_hospital)
    clashes = covering.clash != NO_CLASH
    # While hospitals are still hoped for (more open than asked), none of them blocks a site.
    if clashes.any() and open_hospital.sum() <= covering.hospitals.n:
        clashes[clashes] = open_hospital[covering.clash[clashes]]
    elif clashes.any():
        clashes[clashes] = covering.hospitals.forced[covering.clash[clashes]]
    may = covering.sites.allowed & ~clashes
    idle = forced[~counts[forced]]
    held = forced[counts[forced]]
    others = [] if start is None else start[may[start] & counts[start] & ~np.isin(start, held)]
    seats = np.full(n - len(idle), EMPTY, dtype=np.int32)
    begin = np.concatenate([held, np.array(others, dtype=np.int64)])[: len(seats)]
    seats[: len(begin)] = begin
    rules = Rules(
        may & counts,
        np.arange(len(seats)) < len(held),
        _TINY * float(covering.table.weight.sum()),
    )
    placed = placing.place(covering.table, seats, rules, kicks, seed)
    placed = np.concatenate([idle, placed[placed != EMPTY]]).astype(np.int32)
    spare = may.copy()
    spare[placed] = False
    filler = np.flatnonzero(spare)[: n - len(placed)]
    return np.concatenate([placed, filler]).astype(np.int32)


def _patterns(
    covering: Covering, sites: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Sum weights by which of the sites cover them: ``(n_patterns,)`` and ``(n_patterns, k)``."""
    table = covering.table
    covers = np.zeros((len(table.weight), len(sites)), dtype=np.bool_)
    for at, j in enumerate(sites):
        covers[table.site_group[table.site_start[j] : table.site_start[j + 1]], at] = True
    touched = covers.any(axis=1)
    packed = np.packbits(covers[touched], axis=1)
    _, first, inverse = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    weight = np.bincount(inverse.reshape(-1), weights=table.weight[touched])
    return weight.astype(np.float64), covers[touched][first]


class _Hospitals:
    """What a set of hospitals is worth to given sites."""

    def __init__(self, covering: Covering, sites: NDArray[np.int32]) -> None:
        self._weight, self._pattern = _patterns(covering, sites)
        self._covering, self._sites = covering, sites
        taken = covering.clash[sites]
        self.may = covering.hospitals.allowed.copy()
        self.may[taken[taken != NO_CLASH]] = False

    def worth(self, open_hospital: NDArray[np.bool_]) -> float:
        """Weight that the sites cover with these hospitals."""
        counts = self._covering.usable(open_hospital)[self._sites]
        return float(self._weight[(self._pattern & counts).any(axis=1)].sum())

    def best_to_open(self, open_hospital: NDArray[np.bool_]) -> int:
        """Hospital that adds most, the lowest of equals; -1 if none may be opened."""
        best, best_worth = -1, -1.0
        for k in np.flatnonzero(self.may & ~open_hospital):
            trial = open_hospital.copy()
            trial[k] = True
            worth = self.worth(trial)
            if worth > best_worth:
                best, best_worth = int(k), worth
        return best


def _hospitals_one_by_one(
    covering: Covering,
    sites: NDArray[np.int32],
    begin: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Open hospitals for given sites, each time the one that adds most."""
    if not covering.hospitals.n:
        return covering.hospitals.forced.copy()
    hospitals = _Hospitals(covering, sites)
    chosen = covering.hospitals.forced.copy()
    if begin is not None:
        chosen |= begin & hospitals.may
    while chosen.sum() < covering.hospitals.n:
        best = hospitals.best_to_open(chosen)
        if best < 0:
            break
        chosen[best] = True
    return chosen


def _hospitals_by_exchange(
    covering: Covering, sites: NDArray[np.int32], begin: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Exchange single hospitals for better ones while that gains."""
    if begin.sum() > covering.hospitals.n:
        begin = covering.hospitals.forced
    chosen = _hospitals_one_by_one(covering, sites, begin)
    if not covering.hospitals.n:
        return chosen
    hospitals = _Hospitals(covering, sites)
    worth = hospitals.worth(chosen)
    gained = True
    while gained:
        gained = False
        for k in np.flatnonzero(chosen & ~covering.hospitals.forced):
            trial = chosen.copy()
            trial[k] = False
            other = hospitals.best_to_open(trial)
            if other < 0:
                continue
            trial[other] = True
            if hospitals.worth(trial) > worth * (1 + _TINY):
                chosen, worth, gained = trial, hospitals.worth(trial), True
    return chosen


def _some_hospitals(covering: Covering, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Draw hospitals by chance."""
    chosen = covering.hospitals.forced.copy()
    may = np.flatnonzero(covering.hospitals.allowed & ~chosen)
    wanted = min(len(may), covering.hospitals.n - int(chosen.sum()))
    chosen[rng.choice(may, size=wanted, replace=False)] = True
    return chosen
