# SPDX-License-Identifier: Apache-2.0
"""Slow, obvious answers: every choice by brute force, and the whole model given to HiGHS."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.certificate import people_covered
from goldenhour.siting.highs import LpAnswer, MixedProgram, solve_mip
from goldenhour.siting.models.chain import Links
from goldenhour.siting.plain.choice import Choice
from goldenhour.siting.plain.cover import Cover


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One made-up chain problem."""

    covers: NDArray[np.bool_]
    linked: NDArray[np.bool_]
    people: NDArray[np.float64]
    sites: Choice
    hospitals: Choice
    same: NDArray[np.int32] | None = None

    @property
    def cover(self) -> Cover:
        """Compressed rows."""
        return Cover.from_dense(self.covers)

    @property
    def links(self) -> Links:
        """Links with shared structures."""
        return Links(linked=self.linked, same=self.same)

    @property
    def choices(self) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Every allowed choice of sites and hospitals."""
        return [
            (sites, hospitals)
            for sites in _subsets(self.sites, len(self.covers))
            for hospitals in _subsets(self.hospitals, self.linked.shape[1])
            if self.same is None or not {int(self.same[j]) for j in sites} & set(hospitals)
        ]

    def served(self, sites: tuple[int, ...], hospitals: tuple[int, ...]) -> float:
        """People served by one choice, counted home by home."""
        total = 0.0
        for home in range(self.covers.shape[1]):
            if any(
                self.covers[j, home] and any(self.linked[j, k] for k in hospitals) for j in sites
            ):
                total += self.people[home]
        return total

    def best(self) -> float:
        """People served by the best choice; -1 if there is none."""
        return max((self.served(*choice) for choice in self.choices), default=-1.0)


def best_cover(covers: NDArray[np.bool_], people: NDArray[np.float64], k: int) -> float:
    """People covered by the best k sites."""
    cover = Cover.from_dense(covers)
    return max(
        people_covered(cover, people, sites) for sites in combinations(range(len(covers)), k)
    )


def make_instance(seed: int, *, shared: bool = False, whole: bool = True) -> Instance:
    """Draw a small problem."""
    rng = np.random.Generator(np.random.PCG64(seed))
    n_homes, n_sites = int(rng.integers(1, 30)), int(rng.integers(2, 8))
    n_hospitals = int(rng.integers(1, min(5, n_sites) + 1))
    people = rng.integers(0, 50, n_homes).astype(np.float64) if whole else rng.random(n_homes)
    same = None
    if shared:
        same = np.full(n_sites, -1, dtype=np.int32)
        same[rng.permutation(n_sites)[:n_hospitals]] = np.arange(n_hospitals)
    return Instance(
        covers=rng.random((n_sites, n_homes)) < rng.choice([0.1, 0.3, 0.5]),
        linked=rng.random((n_sites, n_hospitals)) < rng.choice([0.2, 0.5, 0.9]),
        people=people,
        sites=Choice(n=int(rng.integers(1, n_sites + 1))),
        hospitals=Choice(n=int(rng.integers(1, n_hospitals + 1))),
        same=same,
    )


def streets_like(
    seed: int, *, n_homes: int, n_sites: int, n_hospitals: int, radius: float = 0.12
) -> Instance:
    """Scatter homes and sites over a square; what is near covers and links."""
    rng = np.random.Generator(np.random.PCG64(seed))
    home, site = rng.random((n_homes, 2)), rng.random((n_sites, 2))
    hospital = rng.random((n_hospitals, 2))
    away = np.linalg.norm(site[:, None] - home[None], axis=2)
    link = np.linalg.norm(site[:, None] - hospital[None], axis=2)
    return Instance(
        covers=away < radius,
        linked=link < 2.5 * radius,
        people=rng.integers(1, 100, n_homes).astype(np.float64),
        sites=Choice(n=5),
        hospitals=Choice(n=2),
    )


def whole_model(instance: Instance) -> LpAnswer:
    """Give the compact model, one row a home, to HiGHS's own tree with no gap allowed."""
    n_sites, n_homes = instance.covers.shape
    n_hospitals = instance.linked.shape[1]
    x, z, r = 0, n_sites, n_sites + n_hospitals
    served = r + n_sites
    rows: list[dict[int, float]] = [
        {x + j: 1.0 for j in range(n_sites)},
        {z + k: 1.0 for k in range(n_hospitals)},
    ]
    lower, upper = [float(instance.sites.n), float(instance.hospitals.n)], [0.0, 0.0]
    upper[:] = lower
    for j in range(n_sites):
        rows.append({r + j: 1.0, x + j: -1.0})
        rows.append({r + j: 1.0} | {z + k: -1.0 for k in np.flatnonzero(instance.linked[j])})
    rows += [
        {served + i: 1.0} | {r + j: -1.0 for j in np.flatnonzero(instance.covers[:, i])}
        for i in range(n_homes)
    ]
    n_less = len(rows) - 2
    profit = np.concatenate([np.zeros(served), instance.people])
    return solve_mip(
        MixedProgram(
            profit=profit,
            upper=np.ones(len(profit)),
            whole=np.arange(len(profit)) < r,
            row_start=np.cumsum([0, *(len(row) for row in rows)]).astype(np.int32),
            column=np.array([c for row in rows for c in row], dtype=np.int32),
            factor=np.array([f for row in rows for f in row.values()]),
            row_lower=np.array(lower + [-np.inf] * n_less),
            row_upper=np.array(upper + [0.0] * n_less),
        )
    )


def _subsets(choice: Choice, n: int) -> list[tuple[int, ...]]:
    """All subsets that honour what is forced and forbidden."""
    allowed = [row for row in range(n) if row not in choice.forbidden]
    return [rows for rows in combinations(allowed, choice.n) if set(choice.forced) <= set(rows)]
