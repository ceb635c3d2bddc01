# SPDX-License-Identifier: Apache-2.0
"""Of all choices that serve as many people, one in which casualties are carried for less time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.plain.cover import Cover

Rows = NDArray[np.int64]
_MOST_ROUNDS = 4
_MORE = 1e-9


def people_by_nearest(
    cover: Cover, seconds: NDArray[np.float32], sites: Rows
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """
    Give each home its nearest open site; of equals the first.

    Parameters
    ----------
    cover
        Homes within the clock of each candidate.
    seconds
        Carry time of each pair in seconds. Shape ``(n_pairs,)``.
    sites
        Open candidates. Shape ``(n_open,)``.

    Returns
    -------
    nearest, carry_s
        Position in ``sites``, -1 if none, and seconds to it, ``inf`` if none. Shape ``(n_homes,)``.
    """
    nearest = np.full(cover.n_homes, -1, dtype=np.int32)
    carry_s = np.full(cover.n_homes, np.inf, dtype=np.float32)
    for at, site in enumerate(sites):
        row = slice(cover.start[site], cover.start[site + 1])
        home, time_s = cover.home[row], seconds[row]
        sooner = time_s < carry_s[home]
        nearest[home[sooner]] = at
        carry_s[home[sooner]] = time_s[sooner]
    return nearest, carry_s


def soonest_hospitals(
    link_s: NDArray[np.float32],
    casualties: NDArray[np.float64],
    chosen: tuple[int, ...],
    *,
    fixed: frozenset[int],
    barred: frozenset[int],
) -> tuple[int, ...]:
    """
    Exchange hospitals while the drives get shorter and no stabilisation point loses its link.

    Parameters
    ----------
    link_s
        Seconds from each open stabilisation point to each hospital, ``inf`` if too far. Shape
        ``(n_open, n_hospitals)``.
    casualties
        Weight of each open stabilisation point. Shape ``(n_open,)``.
    chosen
        Hospitals that serve most people.
    fixed
        Those that must stay.
    barred
        Those that may not come in.

    Returns
    -------
    hospitals
        As many as before, ascending.
    """
    served = np.isfinite(link_s[:, list(chosen)]).any(axis=1)
    times_s = np.where(np.isfinite(link_s), link_s, np.inf).astype(np.float64)[served]
    weight = 1.0 + casualties[served]  # a point that nobody uses now should be near one too
    current, cost = list(chosen), _cost(times_s, weight, list(chosen))
    free = [k for k in range(link_s.shape[1]) if k not in barred]
    improved = True
    while improved:
        improved = False
        for at, hospital in enumerate(current):
            if hospital in fixed:
                continue
            others = current[:at] + current[at + 1 :]
            trials = [k for k in free if k not in others]
            costs = np.array([_cost(times_s, weight, [*others, k]) for k in trials])
            best = int(np.argmin(costs)) if len(costs) else -1
            if best >= 0 and costs[best] < cost * (1 - 1e-9):
                current[at], cost, improved = trials[best], float(costs[best]), True
    return tuple(sorted(current))


def _cost(times_s: NDArray[np.float64], weight: NDArray[np.float64], hospitals: list[int]) -> float:
    """Weighted seconds to the nearest of some hospitals; ``inf`` if a point has none."""
    if not len(weight):
        return 0.0
    return float(weight @ times_s[:, hospitals].min(axis=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """
    What it takes to carry casualties along the chain, with the hospitals given.

    Parameters
    ----------
    cover
        Homes within the clock of each candidate.
    seconds
        Carry time of each pair in seconds. Shape ``(n_pairs,)``.
    drive_s
        Seconds from each candidate to its nearest open hospital, ``inf`` if none is in time.
        Shape ``(n_sites,)``.
    people
        People of each home. Shape ``(n_homes,)``.
    """

    cover: Cover
    seconds: NDArray[np.float32]
    drive_s: NDArray[np.float64]
    people: NDArray[np.float64]

    def total_s(self, sites: Rows) -> NDArray[np.float64]:
        """
        Find the time of each home along its soonest chain.

        Parameters
        ----------
        sites
            Open candidates. Shape ``(n_open,)``.

        Returns
        -------
        seconds
            ``inf`` where no chain holds. Shape ``(n_homes,)``.
        """
        soonest = np.full(self.cover.n_homes, np.inf)
        for site in sites:
            row = self.row(site)
            home = self.cover.home[row]
            soonest[home] = np.minimum(soonest[home], self.seconds[row] + self.drive_s[site])
        return soonest

    def row(self, site: int | np.int64) -> slice:
        """
        Find the pairs of one candidate.

        Parameters
        ----------
        site
            The candidate.

        Returns
        -------
        row
            Their positions.
        """
        return slice(int(self.cover.start[site]), int(self.cover.start[site + 1]))


def soonest_sites(carry: Carry, sites: Rows, *, fixed: Rows, barred: Rows) -> Rows:
    """
    Exchange stabilisation points while as many people are served and the chain gets shorter.

    Red cases are the same share of people everywhere, so that people are their weight.

    Parameters
    ----------
    carry
        Times along the chain.
    sites
        Those that serve most people. Shape ``(n_open,)``.
    fixed
        Those that must stay. Shape ``(n_fixed,)``.
    barred
        Those that may not come in. Shape ``(n_barred,)``.

    Returns
    -------
    sites
        As many as before, ascending, serving exactly as many people. Shape ``(n_open,)``.
    """
    may = np.isfinite(carry.drive_s)
    may[barred] = False
    current = np.array(sites, dtype=np.int64)
    for _ in range(_MOST_ROUNDS):
        before = current.copy()
        for at in range(len(current)):
            if current[at] not in fixed:
                current[at] = _sooner(carry, np.delete(current, at), current[at], may)
        if np.array_equal(before, current):
            break
    return np.sort(current)


def _sooner(carry: Carry, others: Rows, site: np.int64, may: NDArray[np.bool_]) -> np.int64:
    """Find what serves as many people as one site beside the others, in the least time."""
    rest_s = carry.total_s(others)
    left = np.where(np.isfinite(rest_s), 0.0, carry.people)
    gain = _sums(carry.cover, left[carry.cover.home])
    wanted = gain[site] if may[site] else 0.0
    equal = may & (gain == wanted)
    equal[others] = False
    equal[site] = False
    best, best_s = site, _saved_s(carry, rest_s, site)
    for other in np.flatnonzero(equal):
        saved_s = _saved_s(carry, rest_s, other)
        if saved_s > best_s * (1 + _MORE) + _MORE:
            best, best_s = other, saved_s
    return best


def _saved_s(carry: Carry, rest_s: NDArray[np.float64], site: np.int64) -> float:
    """
    Weigh the time that a site saves people whom others serve, less what it takes the others.

    Parameters are as in ``_sooner``; more is better.
    """
    if not np.isfinite(carry.drive_s[site]):
        return 0.0
    row = carry.row(site)
    home = carry.cover.home[row]
    own_s, before_s = carry.seconds[row] + carry.drive_s[site], rest_s[home]
    saved_s = np.where(np.isfinite(before_s), np.maximum(before_s - own_s, 0.0), -own_s)
    return float(carry.people[home] @ saved_s)


def _sums(cover: Cover, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum values of pairs over the candidates."""
    filled = np.flatnonzero(np.diff(cover.start))
    sums = np.zeros(cover.n_sites)
    if len(filled):
        sums[filled] = np.add.reduceat(values, cover.start[filled])
    return sums
