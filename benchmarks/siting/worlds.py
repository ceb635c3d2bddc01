# SPDX-License-Identifier: Apache-2.0
"""
Siting over many worlds: one made town whose streets and sites are doubtful, drawn many times.

A perturbed grid of streets; people live at its corners. Some streets are blocked in every world,
some are doubtful: each world closes its own part of them, and makes some sites unfit. A site covers
what it reaches within a clock, and reaches hospitals within a longer one.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from goldenhour.siting.plain.cover import Cover

Floats = NDArray[np.float64]

_BLOCKED, _DOUBTFUL, _CLOSED, _UNFIT = 0.15, 0.2, 0.5, 0.05


class Town(NamedTuple):
    """How large a problem is asked for."""

    n_demand: int
    n_sites: int
    n_hospitals: int
    n_worlds: int
    covers: float = 8.0
    links: float = 10.0
    seed: int = 1

    @property
    def name(self) -> str:
        """Say it."""
        tiers = f" x {self.n_hospitals}" if self.n_hospitals else ""
        return f"{self.n_worlds} worlds x {self.n_demand:,} x {self.n_sites}{tiers}"


class Drawn(NamedTuple):
    """All worlds of one town."""

    covers: list[Cover]
    linked: list[NDArray[np.bool_]]
    people: Floats


def draw(town: Town) -> Drawn:
    """
    Draw the worlds of a town.

    Parameters
    ----------
    town
        How large, and the seed of everything.

    Returns
    -------
    drawn
        Cover and links of each world; 1 to 99 people a demand.
    """
    rng = np.random.Generator(np.random.PCG64(town.seed))
    streets = _Streets(rng, int(np.ceil(np.sqrt(town.n_demand))))
    corner = np.arange(town.n_demand)
    spots = rng.permutation(streets.n_corners)[: town.n_sites + town.n_hospitals]
    site, hospital = spots[: town.n_sites], spots[town.n_sites :]
    first = dijkstra(streets.world(None), directed=False, indices=site)
    clock_s = _quantile(first[:, corner], town.covers / town.n_sites)
    link_s = _quantile(first[:, hospital], town.links / max(1, town.n_hospitals))
    covers, linked = [], []
    for _ in range(town.n_worlds):
        network, fit = streets.world(rng), rng.random(town.n_sites) >= _UNFIT
        away = dijkstra(network, directed=False, indices=site, limit=max(clock_s, link_s))
        covers.append(Cover.from_dense((away[:, corner] <= clock_s) & fit[:, np.newaxis]))
        linked.append(away[:, hospital] <= link_s)
    return Drawn(covers, linked, rng.integers(1, 100, town.n_demand).astype(np.float64))


class _Streets:
    """A perturbed grid: what is blocked for sure, what is doubtful, how long each street takes."""

    def __init__(self, rng: np.random.Generator, side: int) -> None:
        x, y = np.meshgrid(np.arange(side), np.arange(side))
        place = np.stack([x.ravel(), y.ravel()], axis=1) + rng.uniform(-0.3, 0.3, (side * side, 2))
        node = np.arange(side * side).reshape(side, side)
        self._tail = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
        self._head = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
        away = np.linalg.norm(place[self._tail] - place[self._head], axis=1)
        self._seconds = away * rng.uniform(50, 90, len(away))
        drawn = rng.random(len(away))
        self._blocked = drawn < _BLOCKED
        self._doubtful = ~self._blocked & (drawn < _BLOCKED + _DOUBTFUL)
        self.n_corners = side * side

    def world(self, rng: np.random.Generator | None) -> sparse.csr_array:
        """Close some of the doubtful streets; none without chance."""
        closed = self._blocked.copy()
        if rng is not None:
            closed |= self._doubtful & (rng.random(len(closed)) < _CLOSED)
        left = ~closed
        one_way = sparse.coo_array(
            (self._seconds[left], (self._tail[left], self._head[left])),
            shape=(self.n_corners, self.n_corners),
        )
        return sparse.csr_array(one_way + one_way.T)


def _quantile(away: Floats, share: float) -> float:
    """Clock within which such a share of the pairs lies."""
    if not away.size:
        return 0.0
    return float(np.partition(away.ravel(), int(share * away.size))[int(share * away.size)])
