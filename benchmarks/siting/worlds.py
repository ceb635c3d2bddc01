# SPDX-License-Identifier: Apache-2.0
"""
Siting over many worlds: one made town whose streets and sites are doubtful, drawn many times.

A perturbed grid of streets; people live at its corners. Some streets are blocked in every world,
some are doubtful: each world closes its own part of them, and makes some sites unfit. A site covers
what it reaches within a clock, and reaches hospitals within a longer one.
"""

import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from benchmarks.bars import Bar, below
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from goldenhour.siting.models import (
    Cover,
    CVaR,
    Effort,
    Expected,
    Links,
    WorldSolution,
    chain_worlds,
    mclp_worlds,
)

Floats = NDArray[np.float64]

_BLOCKED, _DOUBTFUL, _CLOSED, _UNFIT = 0.15, 0.2, 0.5, 0.05


class Town(NamedTuple):
    """How large a problem is asked for."""

    n_demand: int
    n_sites: int
    n_hospitals: int
    n_worlds: int
    covers: float = 8.0
    links: float = 6.0
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
    at = min(int(share * away.size), away.size - 1)
    return float(np.partition(away.ravel(), at)[at])


class Run(NamedTuple):
    """What one solve took."""

    solution: WorldSolution
    seconds: float  # processor time

    @property
    def to_the_proof(self) -> float:
        """Seconds; NaN if it was stopped before."""
        return self.seconds if self.solution.gap == 0 else float("nan")

    @property
    def gap_percent(self) -> float:
        """What was left open."""
        return 100.0 * self.solution.gap


def one_tier(
    town: Town, *, k: int, goal: CVaR | Expected, backup_share: float, most_s: float
) -> Run:
    """Solve one tier over all worlds."""
    drawn, began = draw(town), time.process_time()
    effort = Effort(stop=lambda: time.process_time() - began > most_s)
    found = mclp_worlds(
        drawn.covers, drawn.people, k, goal=goal, backup_share=backup_share, effort=effort
    )
    return Run(found, time.process_time() - began)


def two_tiers(town: Town, *, k: int, p: int, goal: CVaR | Expected, most_s: float) -> Run:
    """Solve the chain over all worlds."""
    drawn, began = draw(town), time.process_time()
    effort = Effort(stop=lambda: time.process_time() - began > most_s)
    links = [Links(linked=linked) for linked in drawn.linked]
    found = chain_worlds(
        drawn.covers, links, drawn.people, sites=k, hospitals=p, goal=goal, effort=effort
    )
    return Run(found, time.process_time() - began)


LARGE = Town(20_000, 500, 0, 50)
MIDDLE = Town(10_000, 200, 50, 20)
FAR = MIDDLE._replace(links=3.0)
DENSE = LARGE._replace(covers=25.0)


def bars(_data: Path, _scratch: Path) -> list[Bar]:
    """Measure the bars of many worlds, in processor time; compiled code is warm."""
    tiny = Town(100, 20, 5, 3)
    two_tiers(tiny, k=3, p=2, goal=CVaR(), most_s=30)
    one_tier(tiny, k=3, goal=CVaR(), backup_share=0.3, most_s=30)
    one = one_tier(LARGE, k=10, goal=CVaR(), backup_share=0.3, most_s=120)
    dense = one_tier(DENSE, k=10, goal=CVaR(), backup_share=0.3, most_s=60)
    mean = two_tiers(MIDDLE, k=8, p=3, goal=Expected(), most_s=120)
    worst = two_tiers(MIDDLE, k=8, p=3, goal=CVaR(), most_s=60)
    far = two_tiers(FAR, k=8, p=3, goal=CVaR(), most_s=60)
    return [
        below(f"{LARGE.name}, CVaR + backup: optimum", 30, one.to_the_proof, "s"),
        below(f"{MIDDLE.name}, expected: gap 0", 45, mean.to_the_proof, "s"),
        below(f"{MIDDLE.name}, CVaR: gap after 60 s", 3.5, worst.gap_percent, "%"),
        below(f"{MIDDLE.name}, CVaR: gap after 60 s, pushed", 0.5, worst.gap_percent, "%"),
        below("the same, each site reaching 3 of 50 hospitals", 3.5, far.gap_percent, "%"),
        below("one tier, each demand covered by 25 sites", 3.5, dense.gap_percent, "%"),
    ]


def main() -> None:
    """Print the bars."""
    for bar in bars(Path(), Path()):
        print(f"{bar.what}: {bar.seen:.3g} {bar.unit}, asked {bar.asked:g}: {bar.verdict}")


if __name__ == "__main__":
    main()
