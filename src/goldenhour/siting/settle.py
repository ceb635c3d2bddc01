# SPDX-License-Identifier: Apache-2.0
"""Of all field hospitals that serve as many people, those that are reached soonest."""

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.plain.cover import Cover

Rows = NDArray[np.int64]


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
