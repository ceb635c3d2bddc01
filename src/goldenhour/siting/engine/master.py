# SPDX-License-Identifier: Apache-2.0
"""
Upper bounds: a linear program over sites and hospitals with cutting planes in closed form.

Coverage of a cluster of groups is concave in the fractions of open sites, so that its slope at any
point is a plane above it (Benders cuts; Cordeau, Furini and Ljubić 2019). Columns: sites of the
core, link classes, hospitals, one coverage per cluster. Every bound is reckoned here from the
multipliers, whatever they are, so that no tolerance of the solver enters a proof.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.covering import NO_CLASH, NO_CLASS, Covering
from goldenhour.siting.highs import LpAnswer, LpStatus, WarmLp
from goldenhour.siting.kernels import cover as kernel

Floats = NDArray[np.float64]
_VIOLATED = 1e-6
_SLACK = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """
    Bounds of a node: what is fixed open and what may still be opened.

    Parameters
    ----------
    lower
        1 where open. Shape ``(n_core + n_hospitals,)``.
    upper
        0 where shut. Shape ``(n_core + n_hospitals,)``.
    """

    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """
    A proven bound, and what it says of each column.

    Parameters
    ----------
    bound
        No choice in the box covers more.
    if_opened
        Bound if a column were open. Shape ``(n_columns,)``.
    if_shut
        Bound if a column were shut. Shape ``(n_columns,)``.
    if_outside
        Bound if a site outside the core were open. Shape ``(n_outside,)``.
    """

    bound: float
    if_opened: Floats
    if_shut: Floats
    if_outside: Floats


class Master:
    """
    The linear program of one covering problem, restricted to a core of sites.

    Parameters
    ----------
    covering
        The inner problem.
    core
        Sites that are columns, ascending. Shape ``(n_core,)``.
    cluster
        Cluster of each group, from ``clusters``; each has planes of its own. Shape ``(n_groups,)``.
    """

    def __init__(
        self, covering: Covering, core: NDArray[np.int32], cluster: NDArray[np.int32]
    ) -> None:
        self.covering, self.core, self.cluster = covering, core, cluster
        self.n_clusters = 1 + int(cluster.max(initial=0))
        weight = covering.table.weight
        self._ceiling = np.bincount(cluster, weights=weight, minlength=self.n_clusters)
        self.scale = float(self._ceiling.max(initial=0.0)) or 1.0
        self.n_x, self.n_s = len(core), len(covering.classes)
        self.n_z = covering.n_hospitals
        self._n = self.n_x + self.n_s + self.n_z + self.n_clusters
        self._class = covering.class_of[core]
        self._lp = self._new_lp()
        self._n_equal = self._lp.n_rows
        self._add_side_rows()
        self._n_fixed_rows = self._lp.n_rows
        n_slopes = self.n_x + self.n_s
        self._slope: Floats = np.zeros((0, n_slopes))
        self._constant: Floats = np.zeros(0)
        self._owner: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._round: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._uncovered: list[NDArray[np.bool_]] = []
        self._last: LpAnswer | None = None

    def _new_lp(self) -> WarmLp:
        """Columns, bounds and the two counts of open sites."""
        profit = np.zeros(self._n)
        profit[-self.n_clusters :] = 1.0
        upper = np.ones(self._n)
        upper[-self.n_clusters :] = self._ceiling / self.scale
        lp = WarmLp(profit, np.zeros(self._n), upper)
        rows = np.zeros((2, self._n))
        rows[0, : self.n_x] = 1.0
        rows[1, self.n_x + self.n_s :][: self.n_z] = 1.0
        wanted = np.array([self.covering.sites.n, self.covering.hospitals.n], dtype=np.float64)
        n_rows = 2 if self.n_z else 1
        lp.add_rows(rows[:n_rows], wanted[:n_rows], least=wanted[:n_rows])
        return lp

    def _add_side_rows(self) -> None:
        """Let a class count only with a hospital of its own, and a structure hold one tier."""
        z_from = self.n_x + self.n_s
        links = np.zeros((self.n_s, self._n))
        links[np.arange(self.n_s), self.n_x + np.arange(self.n_s)] = 1.0
        links[:, z_from : z_from + self.n_z] = -self.covering.classes.astype(np.float64)
        clash = self.covering.clash[self.core]
        self._clash_x = np.flatnonzero(clash != NO_CLASH)
        self._clash_z = clash[self._clash_x]
        once = np.zeros((len(self._clash_x), self._n))
        once[np.arange(len(once)), self._clash_x] = 1.0
        once[np.arange(len(once)), z_from + self._clash_z] = 1.0
        self._lp.add_rows(
            np.vstack([links, once]), np.concatenate([np.zeros(self.n_s), np.ones(len(once))])
        )

    @property
    def n_cuts(self) -> int:
        """Cuts now in the program."""
        return len(self._constant)

    def first_box(self) -> Box:
        """
        Bounds before any branching.

        Returns
        -------
        box
            With what is forced and forbidden.
        """
        sites, hospitals = self.covering.sites, self.covering.hospitals
        return Box(
            lower=np.concatenate([sites.forced[self.core], hospitals.forced]).astype(np.float64),
            upper=np.concatenate([sites.allowed[self.core], hospitals.allowed]).astype(np.float64),
        )

    def solve(self, box: Box) -> LpAnswer:
        """
        Solve within a box.

        Parameters
        ----------
        box
            Bounds of sites and hospitals.

        Returns
        -------
        answer
            As HiGHS gives it, scaled.
        """
        free = np.ones(self.n_s)
        lower = np.concatenate([box.lower[: self.n_x], 0 * free, box.lower[self.n_x :]])
        upper = np.concatenate([box.upper[: self.n_x], free, box.upper[self.n_x :]])
        self._lp.set_bounds(lower, upper)
        self._last = self._lp.solve()
        return self._last

    def point(self, answer: LpAnswer) -> tuple[Floats, Floats]:
        """
        Take fractions of sites and hospitals from an answer.

        Parameters
        ----------
        answer
            A solved program.

        Returns
        -------
        x, z
            Shapes ``(n_core,)`` and ``(n_hospitals,)``, 0 to 1.
        """
        z_from = self.n_x + self.n_s
        value = np.clip(answer.value, 0.0, 1.0)
        return value[: self.n_x], value[z_from : z_from + self.n_z]

    def cut(self, x: Floats, z: Floats, *, answer: LpAnswer | None) -> int:
        """
        Add the planes that touch coverage at a point.

        Parameters
        ----------
        x
            Fractions of the core's sites. Shape ``(n_core,)``.
        z
            Fractions of hospitals. Shape ``(n_hospitals,)``.
        answer
            Only planes that this answer violates are added; all of them if None. Shape none.

        Returns
        -------
        n_added
            Number of planes.
        """
        linked = np.minimum(1.0, self.covering.classes.astype(np.float64) @ z)
        needs = self._class != NO_CLASS
        link = np.ones(self.n_x)
        link[needs] = linked[self._class[needs]]
        usable = np.zeros(self.covering.n_sites)
        usable[self.core] = np.minimum(x, link)
        uncovered = kernel.uncovered_at(self.covering.table, usable)
        slope, constant = self._planes(uncovered, to_class=link < x)
        chosen = np.arange(self.n_clusters)
        if answer is not None:
            values = answer.value[: self.n_x + self.n_s]
            over = answer.value[-self.n_clusters :] - (slope @ values + constant) / self.scale
            chosen = np.flatnonzero(over > _VIOLATED)
        if len(chosen):
            self._add(slope[chosen], constant[chosen], chosen, uncovered)
        return len(chosen)

    def _planes(
        self, uncovered: NDArray[np.bool_], *, to_class: NDArray[np.bool_]
    ) -> tuple[Floats, Floats]:
        """One plane a cluster: its slope over sites and classes, and its constant."""
        table = self.covering.table
        of_site = kernel.slopes(table, self.core, uncovered, self.cluster, self.n_clusters)
        slope = np.zeros((self.n_clusters, self.n_x + self.n_s))
        slope[:, : self.n_x] = np.where(to_class, 0.0, of_site)
        if to_class.any():
            into = np.zeros((self.n_s, self.n_clusters))
            np.add.at(into, self._class[to_class], of_site[:, to_class].T)
            slope[:, self.n_x :] = into.T
        open_weight = np.bincount(
            self.cluster[uncovered], weights=table.weight[uncovered], minlength=self.n_clusters
        )
        return slope, np.asarray(self._ceiling - open_weight, dtype=np.float64)

    def _add(
        self,
        slope: Floats,
        constant: Floats,
        owner: NDArray[np.int64],
        uncovered: NDArray[np.bool_],
    ) -> None:
        """Put planes into the program."""
        rows = np.zeros((len(owner), self._n))
        rows[:, : slope.shape[1]] = -slope / self.scale
        rows[np.arange(len(owner)), self._n - self.n_clusters + owner] = 1.0
        self._lp.add_rows(rows, constant / self.scale)
        self._slope = np.vstack([self._slope, slope])
        self._constant = np.concatenate([self._constant, constant])
        self._owner = np.concatenate([self._owner, owner])
        self._round = np.concatenate([self._round, np.full(len(owner), len(self._uncovered))])
        self._uncovered.append(uncovered)

    def drop_slack(self, answer: LpAnswer) -> None:
        """
        Delete planes that carry nothing at the last answer.

        Parameters
        ----------
        answer
            The last solved program.
        """
        n_known = len(answer.multiplier) - self._n_fixed_rows
        idle = np.zeros(self.n_cuts, dtype=np.bool_)
        idle[:n_known] = answer.multiplier[self._n_fixed_rows :] <= _SLACK
        if not idle.any():
            return
        self._lp.delete_rows((np.flatnonzero(idle) + self._n_fixed_rows).astype(np.int32))
        keep = ~idle
        self._slope, self._constant = self._slope[keep], self._constant[keep]
        self._owner, self._round = self._owner[keep], self._round[keep]

    def bounded(self, answer: LpAnswer, box: Box, outside: Floats | None = None) -> Bounded:
        """
        Reckon a bound from the multipliers, valid whatever they are.

        Within each cluster the multipliers of its planes are scaled to sum to at most one; the
        rest goes to the plane "everything is covered". What is left is a sum of column scores,
        whose best choice within the box is found by sorting.

        Parameters
        ----------
        answer
            A solved program.
        box
            The box it was solved in.
        outside
            Scores of sites outside the core that the bound is to hold for. Shape ``(n_outside,)``.

        Returns
        -------
        bounded
            Bound, and bounds if one column moved.
        """
        outside = np.zeros(0) if outside is None else outside
        share, total = self._shares(answer)
        constant = float(share @ self._constant + (1.0 - total) @ self._ceiling)
        score = share @ self._slope
        side = answer.multiplier[self._n_equal : self._n_fixed_rows] * self.scale
        link, once = side[: self.n_s], side[self.n_s :]
        constant += float(once.sum())
        x_score = score[: self.n_x].copy()
        x_score[self._clash_x] -= once
        z_score = link @ self.covering.classes if self.n_s else np.zeros(self.n_z)
        np.subtract.at(z_score, self._clash_z, once)
        constant += float(np.maximum(0.0, score[self.n_x :] - link).sum())
        best_x = _best(
            np.concatenate([x_score, outside]),
            np.concatenate([box.lower[: self.n_x], 0.0 * outside]),
            np.concatenate([box.upper[: self.n_x], np.ones(len(outside))]),
            self.covering.sites.n,
        )
        best_z = _best(
            z_score, box.lower[self.n_x :], box.upper[self.n_x :], self.covering.hospitals.n
        )
        bound = constant + best_x.total + best_z.total
        opening, inside = best_x.opening, self.n_x
        return Bounded(
            bound=bound,
            if_opened=bound + np.concatenate([opening[:inside], best_z.opening]),
            if_shut=bound + np.concatenate([best_x.shutting[:inside], best_z.shutting]),
            if_outside=bound + opening[inside:],
        )

    def _shares(self, answer: LpAnswer) -> tuple[Floats, Floats]:
        """Multipliers of the planes, scaled within each cluster, and their sums."""
        raw = np.zeros(self.n_cuts)
        known = answer.multiplier[self._n_fixed_rows :]
        raw[: len(known)] = known
        total = np.bincount(self._owner, weights=raw, minlength=self.n_clusters)
        scaled = np.maximum(total, 1.0)
        return raw / scaled[self._owner], total / scaled

    def prices(self, answer: LpAnswer) -> Floats:
        """
        Price every group: what covering it is worth at the multipliers.

        Parameters
        ----------
        answer
            A solved program.

        Returns
        -------
        price
            0 to the group's weight. Shape ``(n_groups,)``.
        """
        share, _ = self._shares(answer)
        price = np.zeros(len(self.cluster))
        for number in np.unique(self._round[share > 0]):
            mine = self._round == number
            by_cluster = np.bincount(
                self._owner[mine], weights=share[mine], minlength=self.n_clusters
            )
            price += np.where(self._uncovered[number], by_cluster[self.cluster], 0.0)
        priced: Floats = price * self.covering.table.weight
        return priced


@dataclass(frozen=True, slots=True, kw_only=True)
class _Best:
    """The best sum of exactly ``n`` scores within a box, and what moving one column would cost."""

    total: float
    opening: Floats
    shutting: Floats


def _best(score: Floats, lower: Floats, upper: Floats, n: int) -> _Best:
    """Sort scores; what is fixed open counts first."""
    is_open = lower > 0.5  # noqa: PLR2004 - a bound is 0 or 1
    free = (upper > 0.5) & ~is_open  # noqa: PLR2004 - between a shut and an open bound
    left = n - int(is_open.sum())
    order = np.argsort(-score[free], kind="stable")
    ranked = score[free][order]
    opening, shutting = np.full(len(score), -np.inf), np.full(len(score), -np.inf)
    if left < 0 or left > len(ranked):
        return _Best(total=-np.inf, opening=opening, shutting=shutting)
    total = float(score[is_open].sum() + ranked[:left].sum())
    last = ranked[left - 1] if left else np.inf
    after = ranked[left] if left < len(ranked) else -np.inf
    rank = np.empty(len(ranked), dtype=np.int64)
    rank[order] = np.arange(len(ranked))
    chosen = rank < left
    opening[free] = np.where(chosen, 0.0, score[free] - last)
    shutting[free] = np.where(chosen, after - score[free], 0.0)
    opening[is_open] = 0.0
    shutting[~is_open & ~free] = 0.0
    return _Best(total=total, opening=opening, shutting=shutting)


def clusters(covering: Covering, n: int) -> NDArray[np.int32]:
    """
    Cluster groups around greedy sites, which lie far apart in what they cover.

    Parameters
    ----------
    covering
        The inner problem.
    n
        Most clusters.

    Returns
    -------
    cluster
        Cluster of each group. Shape ``(n_groups,)``, int32.
    """
    n = max(1, min(n, covering.n_sites))
    pivots = kernel.lone_greedy(covering.table, n)
    return kernel.cluster_groups(covering.table, pivots)


def is_solved(answer: LpAnswer) -> bool:
    """
    Whether an answer has multipliers to reckon with.

    Parameters
    ----------
    answer
        A solve.

    Returns
    -------
    solved
        True if HiGHS says optimal.
    """
    return answer.status is LpStatus.OPTIMAL
