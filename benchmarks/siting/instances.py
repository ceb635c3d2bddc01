# SPDX-License-Identifier: Apache-2.0
"""
Made-up covering problems, seeded: clusters on a plain, damaged streets, and Cordeau's customers.

``geometric`` scatters demand in clusters and covers what lies within a radius. ``streets`` builds a
perturbed grid of streets, blocks a part of them, slows others down, and covers what is reached in
time along the rest. Radius and clock are set so that a demand has so many covering sites on the
average. ``quarters`` is such a town with people in dense quarters and more streets blocked.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]

_CLUSTERS, _SCATTERED = 40, 0.5
_SPREAD = (0.05, 0.15)
_BLOCKED, _BLOCKED_WORSE, _SLOWED = 0.25, 0.4, 0.3
_QUARTERS, _EVERYWHERE = 12, 0.05
_MOST_NODES = 100_000
_SAMPLE = 4000


class Case(NamedTuple):
    """One problem: who covers whom, people of each demand, sites to open."""

    name: str
    cover: sparse.csr_array
    people: NDArray[np.int64]
    k: int


def geometric(n_demand: int, n_sites: int, k: int, *, covers: float, seed: int = 1) -> Case:
    """
    Scatter demand and sites in clusters; what lies within a radius is covered.

    Parameters
    ----------
    n_demand
        Demand points.
    n_sites
        Sites.
    k
        Sites to open.
    covers
        Covering sites of a demand, on average.
    seed
        Of everything.

    Returns
    -------
    case
        With 1 to 99 people a demand.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    centre, spread = rng.random((_CLUSTERS, 2)), rng.uniform(*_SPREAD, _CLUSTERS)
    demand = _scattered(rng, n_demand, centre, spread)
    site = _scattered(rng, n_sites, centre, spread)
    tree = cKDTree(site)
    some = demand[rng.permutation(n_demand)[:_SAMPLE]]
    near, _ = tree.query(some, k=n_sites)
    radius = float(np.partition(near.ravel(), int(covers * len(some)))[int(covers * len(some))])
    start, covering = [np.zeros(1, np.int64)], []
    for rows in np.array_split(demand, max(1, n_demand // 50_000)):
        lists = tree.query_ball_point(rows, radius, return_sorted=True)
        start.append(np.array([len(row) for row in lists], dtype=np.int64))
        covering.append(np.concatenate([np.array(row, dtype=np.int32) for row in lists]))
    people = rng.integers(1, 100, n_demand)
    start_at = np.cumsum(np.concatenate(start)).astype(np.int32)
    table = _table(start_at, np.concatenate(covering), n_sites)
    return Case(f"geometric {n_demand:,} x {n_sites:,} x {k}", table, people, k)


def streets(n_demand: int, n_sites: int, k: int, *, covers: float, seed: int = 1) -> Case:
    """
    Let people live along damaged streets, everywhere alike; what a site reaches is covered.

    Parameters
    ----------
    n_demand
        Demand points, each at a street corner.
    n_sites
        Sites, each at another corner.
    k
        Sites to open.
    covers
        Covering sites of a demand, on average.
    seed
        Of everything.

    Returns
    -------
    case
        With 1 to 9 people a demand.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    side = int(np.sqrt(min(n_demand, _MOST_NODES)))
    network = _town(rng, side, _BLOCKED)
    corner = rng.integers(side * side, size=n_demand)
    name = f"streets {n_demand:,} x {n_sites:,} x {k}"
    return _lived_in(rng, name, network, corner, k, n_sites=n_sites, covers=covers)


def quarters(n_demand: int, n_sites: int, k: int, *, covers: float, seed: int = 1) -> Case:
    """
    Let people live in the quarters of a town that is damaged worse.

    Parameters
    ----------
    n_demand
        Demand points, each at a street corner, most of them in dense quarters.
    n_sites
        Sites, each at another corner.
    k
        Sites to open.
    covers
        Covering sites of a demand, on average.
    seed
        Of everything.

    Returns
    -------
    case
        With 1 to 9 people a demand.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    side = int(np.sqrt(min(n_demand, _MOST_NODES)))
    network = _town(rng, side, _BLOCKED_WORSE)
    corner = rng.choice(side * side, size=n_demand, p=_density(rng, side))
    name = f"quarters {n_demand:,} x {n_sites:,} x {k}"
    return _lived_in(rng, name, network, corner, k, n_sites=n_sites, covers=covers)


class Customers(NamedTuple):
    """Cordeau's class: customers and sites uniform in [0, 30] squared, demand 1 to 100."""

    n_customers: int
    site: Floats
    radius: float
    k: int
    seed: int

    def chunks(self, size: int = 1_000_000) -> Iterator[tuple[Floats, NDArray[np.int64]]]:
        """Draw places and demand a chunk at a time, the same every time."""
        rng = np.random.Generator(np.random.PCG64(self.seed))
        for first in range(0, self.n_customers, size):
            n = min(size, self.n_customers - first)
            yield rng.random((n, 2)) * 30.0, rng.integers(1, 101, n)


def customers(n_customers: int, n_sites: int, k: int, *, radius: float, seed: int = 1) -> Customers:
    """
    Draw sites; customers come later, in chunks.

    Parameters
    ----------
    n_customers
        Customers.
    n_sites
        Sites.
    k
        Sites to open.
    radius
        What a site covers, in the units of the square.
    seed
        Of everything.

    Returns
    -------
    customers
        Ready to be drawn.
    """
    rng = np.random.Generator(np.random.PCG64([seed, 30]))
    return Customers(n_customers, rng.random((n_sites, 2)) * 30.0, radius, k, seed)


def _scattered(rng: np.random.Generator, n: int, centre: Floats, spread: Floats) -> Floats:
    """Most points around centres, some anywhere; all in the unit square."""
    at = rng.integers(len(centre), size=n)
    point = centre[at] + rng.normal(size=(n, 2)) * spread[at, np.newaxis]
    anywhere = rng.random(n) < _SCATTERED
    point[anywhere] = rng.random((int(anywhere.sum()), 2))
    return np.clip(point, 0.0, 1.0)


def _lived_in(  # noqa: PLR0913 - all that a town is made of
    rng: np.random.Generator,
    name: str,
    network: sparse.csr_array,
    corner: NDArray[np.int64],
    k: int,
    *,
    n_sites: int,
    covers: float,
) -> Case:
    """Put sites and people at corners."""
    site = rng.permutation(network.shape[0])[:n_sites]
    reached = _reached(network, corner, site, covers)
    people = rng.integers(1, 10, len(corner))
    table = sparse.csr_array(reached.T)[corner]
    table.sort_indices()
    return Case(name, table, people, k)


def _density(rng: np.random.Generator, side: int) -> Floats:
    """Share of the people at each corner: dense quarters, and some everywhere."""
    y, x = (part / side for part in np.divmod(np.arange(side * side), side))
    share = np.full(side * side, _EVERYWHERE)
    for _ in range(_QUARTERS):
        at_x, at_y, spread = rng.random(), rng.random(), rng.uniform(0.03, 0.12)
        away = ((x - at_x) ** 2 + (y - at_y) ** 2) / spread**2
        share += rng.uniform(0.3, 1.0) * np.exp(-0.5 * away)
    return np.asarray(share / share.sum(), dtype=np.float64)


def _town(rng: np.random.Generator, side: int, blocked: float) -> sparse.csr_array:
    """Streets between neighbours of a perturbed grid, some blocked and some slow, in seconds."""
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    place = np.stack([x.ravel(), y.ravel()], axis=1) + rng.uniform(-0.3, 0.3, (side * side, 2))
    node = np.arange(side * side).reshape(side, side)
    pairs = [(node[:, :-1], node[:, 1:]), (node[:-1], node[1:])]
    tail = np.concatenate([a.ravel() for a, _ in pairs])
    head = np.concatenate([b.ravel() for _, b in pairs])
    seconds = np.linalg.norm(place[tail] - place[head], axis=1) * rng.uniform(50, 90, len(tail))
    seconds[rng.random(len(tail)) < _SLOWED] *= 3.0
    is_open = rng.random(len(tail)) >= blocked
    one_way = sparse.coo_array(
        (seconds[is_open], (tail[is_open], head[is_open])), shape=(side * side, side * side)
    )
    return sparse.csr_array(one_way + one_way.T)


def _reached(
    network: sparse.csr_array, corner: NDArray[np.int64], site: NDArray[np.int64], covers: float
) -> sparse.csr_array:
    """Corners that each site reaches within the clock that gives so many covers a demand."""
    weight = np.bincount(corner, minlength=network.shape[0]) / len(corner)
    some = site[:100]
    away = dijkstra(network, directed=False, indices=some)
    order = np.argsort(away, axis=None)
    share = np.cumsum(np.broadcast_to(weight, away.shape).ravel()[order]) * len(site) / len(some)
    clock_s = float(away.ravel()[order[np.searchsorted(share, covers)]])
    rows = []
    for sites in np.array_split(site, max(1, len(site) // 50)):
        away = dijkstra(network, directed=False, indices=sites, limit=clock_s)
        rows.append(sparse.csr_array(np.isfinite(away)))
    return sparse.vstack(rows, format="csr")


def _table(start: NDArray[np.int32], site: NDArray[np.int32], n_sites: int) -> sparse.csr_array:
    """One row a demand."""
    yes = np.ones(len(site), dtype=np.bool_)
    return sparse.csr_array((yes, site, start), shape=(len(start) - 1, n_sites))
