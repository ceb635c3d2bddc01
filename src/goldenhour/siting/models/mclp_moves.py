# SPDX-License-Identifier: Apache-2.0
"""
Relocatable maximal covering over time steps: k sites at every step, and a price for each move.

After Schilling (1980) and Gunawardane (1982): the front moves on, a site goes stale, another takes
its place, but no site moves for a few people more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from goldenhour.base.errors import InputError, NoPlanError
from goldenhour.siting.certificate import people_covered
from goldenhour.siting.engine.branch import SAME, branch
from goldenhour.siting.engine.covering import Covering, build, level
from goldenhour.siting.engine.problem import Bools, Branched, Floats
from goldenhour.siting.kernels import cover as kernel
from goldenhour.siting.linear_rows import LinearRows
from goldenhour.siting.plain.choice import Choice, as_choice
from goldenhour.siting.plain.cover import Cover, Covers, as_cover
from goldenhour.siting.plain.effort import Effort
from goldenhour.siting.plain.inputs import require_people
from goldenhour.siting.plain.result import Solution, proof_status

_CLUSTERS = 5
_BROKEN = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveSolution(Solution):
    """
    Sites at every step.

    Parameters
    ----------
    steps
        Open sites at each step, ascending; ``sites`` are those of the first.
    served
        People served at each step.
    moves
        Sites opened at each step that were not open before.
    """

    steps: tuple[tuple[int, ...], ...]
    served: tuple[float, ...]
    moves: tuple[tuple[int, ...], ...]


def mclp_moves(
    covers: Sequence[Covers],
    people: Sequence[ArrayLike],
    k: int | Choice,
    *,
    price: float,
    before: Sequence[int] | None = None,
    effort: Effort | None = None,
) -> MoveSolution:
    """
    Choose sites for every step, so that most people are served over all steps, less the moves.

    Parameters
    ----------
    covers
        Which demand each site covers at each step: dense or sparse, shape ``(n_demand, n_sites)``.
        A site that cannot be used at a step covers nobody there.
    people
        People of each demand at each step. Shape ``(n_demand,)`` each, all ``>= 0``.
    k
        Sites open at every step, or a ``Choice`` with what is forced and forbidden at all.
    price
        People that opening a site anew must be worth, 0 or more.
    before
        Sites open before the first step; None lets the first step open all without a price.
    effort
        When to stop; left out, not before the proof.

    Returns
    -------
    solution
        Objective: people served, summed over steps, less the price of all moves.

    Raises
    ------
    InputError
        If steps do not fit together, or the price is negative or no number.
    NoPlanError
        If more sites are wanted than may be opened.
    """
    counted = [require_people(one) for one in people]
    if not counted or len(covers) != len(counted):
        raise InputError(
            f"{len(covers)} steps of cover, but people of {len(counted)}.",
            where="covers",
            do="Give one cover and one list of people for each step, at least one.",
            code="GH121",
        )
    tables = [as_cover(one, len(here)) for one, here in zip(covers, counted, strict=True)]
    if len({table.n_sites for table in tables}) != 1:
        raise InputError("Steps differ in their sites.", where="covers", code="GH121")
    if not price >= 0 or not np.isfinite(price):
        raise InputError("The price of a move is 0 or more people.", where="price", code="GH121")
    choice, n_sites = as_choice(k), tables[0].n_sites
    bounds = level(choice, n_sites, "sites")
    start = None if before is None else np.isin(np.arange(n_sites), np.asarray(before, np.int64))
    program = _Moves(
        steps=tuple(build(t, p, bounds) for t, p in zip(tables, counted, strict=True)),
        price=float(price),
        before=start,
    )
    found = branch(program, effort or Effort())
    if found.chosen is None:
        raise NoPlanError("The search ended before any whole plan was found.", code="GH402")
    return program.solution(tables, counted, found)


@dataclass(frozen=True)
class _Moves:
    """Sites by step, then moves by step, then coverage by step and cluster."""

    steps: tuple[Covering, ...]
    price: float
    before: Bools | None
    grain: float = 0.0

    @property
    def n_sites(self) -> int:
        """Sites at one step."""
        return self.steps[0].n_sites

    @property
    def n_open(self) -> int:
        """One column a site and step."""
        return len(self.steps) * self.n_sites

    @cached_property
    def clusters(self) -> tuple[tuple[NDArray[np.int32], Floats, int], ...]:
        """Cluster of each group, people in each cluster, and its first column, by step."""
        found, first = [], 2 * self.n_open
        for step in self.steps:
            pivot = kernel.lone_greedy(step.table, min(_CLUSTERS * step.sites.n, self.n_sites))
            none = np.zeros(len(step.table.weight), dtype=np.int32)
            cluster = kernel.cluster_groups(step.table, pivot) if len(pivot) else none
            people = np.bincount(cluster, weights=step.table.weight, minlength=1)
            found.append((cluster, people.astype(np.float64), first))
            first += len(people)
        return tuple(found)

    @cached_property
    def profit(self) -> Floats:
        """People count, moves cost."""
        n_theta = sum(len(people) for _, people, _ in self.clusters)
        return np.concatenate(
            [np.zeros(self.n_open), np.full(self.n_open, -self.price), np.ones(n_theta)]
        )

    @cached_property
    def lower(self) -> Floats:
        """What is forced is open at every step."""
        forced = np.tile(self.steps[0].sites.forced, len(self.steps)).astype(np.float64)
        return np.concatenate([forced, np.zeros(len(self.profit) - self.n_open)])

    @cached_property
    def upper(self) -> Floats:
        """What is forbidden is open at none; no cluster covers more than its people."""
        allowed = np.tile(self.steps[0].sites.allowed, len(self.steps)).astype(np.float64)
        ceilings = [people for _, people, _ in self.clusters]
        return np.concatenate([allowed, np.ones(self.n_open), *ceilings])

    @cached_property
    def rows(self) -> LinearRows:
        """So many sites at every step; a site that was not open before is a move."""
        n, m, width = len(self.steps), self.n_sites, len(self.profit)
        count = np.zeros((n, width))
        for t in range(n):
            count[t, t * m : (t + 1) * m] = 1.0
        wanted = np.full(n, float(self.steps[0].sites.n))
        moved = np.zeros((self.n_open, width))
        at = np.arange(self.n_open)
        moved[at, at], moved[at, self.n_open + at] = 1.0, -1.0
        moved[at[m:], at[m:] - m] = -1.0
        least = np.full(self.n_open, 0.0)
        least[:m] = 1.0 if self.before is None else self.before.astype(np.float64)
        return LinearRows.from_dense(
            np.vstack([count, moved]),
            np.concatenate([wanted, least]),
            least=np.concatenate([wanted, np.full(self.n_open, -np.inf)]),
        )

    def cuts(self, value: Floats, *, whole: bool) -> LinearRows:  # noqa: ARG002 - all are exact
        """Touch the coverage of every step and cluster at the point."""
        rows, limits = [], []
        for t, (step, (cluster, people, first)) in enumerate(
            zip(self.steps, self.clusters, strict=True)
        ):
            columns = slice(t * self.n_sites, (t + 1) * self.n_sites)
            slope, constant = _planes(step, cluster, len(people), value[columns])
            over = value[first : first + len(people)] - slope @ value[columns] - constant
            for c in np.flatnonzero(over > _BROKEN * np.maximum(1.0, people)):
                row = np.zeros(len(value))
                row[columns], row[first + c] = -slope[c], 1.0
                rows.append(row)
                limits.append(constant[c])
        table = np.array(rows).reshape(len(rows), len(value))
        return LinearRows.from_dense(table, np.array(limits, dtype=np.float64))

    def choice(self, value: Floats) -> Bools | None:
        """Round every step by itself, and all steps to the same sites; take the better."""
        point = value[: self.n_open].reshape(len(self.steps), -1)
        point = np.where(self.steps[0].sites.allowed, point, -1.0) + self.steps[0].sites.forced
        each = np.array([_largest(row, self.steps[0].sites.n) for row in point])
        same = np.tile(_largest(point.sum(axis=0), self.steps[0].sites.n), (len(self.steps), 1))
        return max((each.reshape(-1), same.reshape(-1)), key=self.worth)

    def worth(self, chosen: Bools) -> float:
        """Count people served over all steps, less the moves."""
        open_ = chosen.reshape(len(self.steps), -1)
        sites = self.steps[0].sites
        if np.any(open_.sum(axis=1) != sites.n) or np.any(open_ & ~sites.allowed):
            return -np.inf
        if np.any(sites.forced & ~open_):
            return -np.inf
        served = sum(
            step.value(np.flatnonzero(row).astype(np.int32), np.zeros(0, np.bool_))
            for step, row in zip(self.steps, open_, strict=True)
        )
        return float(served - self.price * self.moved(open_).sum())

    def moved(self, open_: Bools) -> Bools:
        """Mark sites that were not open before. Shape as ``open_``."""
        first = open_[:1] if self.before is None else self.before[np.newaxis, :]
        return np.asarray(open_ & ~np.vstack([first, open_[:-1]]))

    def solution(self, tables: list[Cover], people: list[Floats], found: Branched) -> MoveSolution:
        """Count once more from the covers as given."""
        open_ = np.asarray(found.chosen).reshape(len(self.steps), -1)
        steps = tuple(tuple(int(j) for j in np.flatnonzero(row)) for row in open_)
        served = tuple(
            people_covered(table, here, sites)
            for table, here, sites in zip(tables, people, steps, strict=True)
        )
        moved = self.moved(open_)
        objective = sum(served) - self.price * float(moved.sum())
        bound = max(objective, found.bound)
        if bound - objective <= SAME * max(1.0, abs(objective)):
            bound = objective
        return MoveSolution(
            sites=steps[0],
            objective=objective,
            bound=bound,
            status=proof_status(objective, bound),
            nodes=found.nodes,
            stopped=found.stopped,
            steps=steps,
            served=served,
            moves=tuple(tuple(int(j) for j in np.flatnonzero(row)) for row in moved),
        )


def _planes(
    step: Covering, cluster: NDArray[np.int32], n_clusters: int, point: Floats
) -> tuple[Floats, Floats]:
    """Slopes by cluster and site, and constants, of coverage at a point."""
    table = step.table
    site = np.repeat(np.arange(step.n_sites), np.diff(table.site_start))
    covered = np.bincount(table.site_group, weights=point[site], minlength=len(table.weight))
    is_open = covered < 1.0
    entry = is_open[table.site_group]
    at = cluster[table.site_group[entry]] * step.n_sites + site[entry]
    slope = np.bincount(
        at, weights=table.weight[table.site_group[entry]], minlength=n_clusters * step.n_sites
    ).reshape(n_clusters, step.n_sites)
    constant = np.bincount(cluster[~is_open], weights=table.weight[~is_open], minlength=n_clusters)
    return slope.astype(np.float64), constant.astype(np.float64)


def _largest(score: Floats, n: int) -> Bools:
    """Mark the n largest; of equals the first."""
    chosen = np.zeros(len(score), dtype=np.bool_)
    chosen[np.argsort(-score, kind="stable")[:n]] = True
    return chosen
