# SPDX-License-Identifier: Apache-2.0
"""
Upper bounds: a linear program over sites and hospitals with cutting planes in closed form.

Coverage of a cluster of groups is concave in the fractions of open sites, so that its slope at any
point is a plane above it (Benders cuts; Cordeau, Furini and Ljubić 2019). Columns: sites of the
core, link classes, hospitals, one coverage per cluster. Every bound is reckoned here from the
multipliers, whatever they are, so that no tolerance of the solver enters a proof.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.bounds import Bounded, Box, ranked
from goldenhour.siting.engine.covering import NO_CLASH, NO_CLASS, Covering
from goldenhour.siting.engine.zero_half import ZeroHalf
from goldenhour.siting.highs import MOST_ITERATIONS, LpAnswer, LpStatus, WarmLp
from goldenhour.siting.kernels import cover as kernel
from goldenhour.siting.plain.effort import never

Floats = NDArray[np.float64]
_VIOLATED = 1e-7
_SLACK = 1e-7
_FULL = 1.0 - 1e-9
_STRETCH = 500  # simplex iterations between two questions whether to stop


class _Planes(NamedTuple):
    """Planes above coverage: slopes over sites and classes, constants, and whose coverage."""

    slope: Floats
    constant: Floats
    member: NDArray[np.bool_]  # [plane, cluster]


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
    stop
        Asked between stretches of a long solve.
    n_clusters
        Number of clusters, where some may be empty.
    """

    def __init__(
        self,
        covering: Covering,
        core: NDArray[np.int32],
        cluster: NDArray[np.int32],
        stop: Callable[[], bool] = never,
        *,
        n_clusters: int | None = None,
    ) -> None:
        self.covering, self.core, self.cluster = covering, core, cluster
        self.zero_half: ZeroHalf | None = None
        self._stop = stop
        self.n_clusters = n_clusters or 1 + int(cluster.max(initial=0))
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
        self._member = np.zeros((0, self.n_clusters), dtype=np.bool_)
        self._round: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._uncovered: list[NDArray[np.bool_] | None] = []  # None with zero-half cuts

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

    def solve(self, box: Box, *, iterations: int = MOST_ITERATIONS) -> LpAnswer:
        """
        Solve within a box.

        Parameters
        ----------
        box
            Bounds of sites and hospitals.
        iterations
            Most simplex iterations.

        Returns
        -------
        answer
            As HiGHS gives it, scaled.
        """
        free = np.ones(self.n_s)
        lower = np.concatenate([box.lower[: self.n_x], 0 * free, box.lower[self.n_x :]])
        upper = np.concatenate([box.upper[: self.n_x], free, box.upper[self.n_x :]])
        self._lp.set_bounds(lower, upper)
        answer, spent = self._lp.solve(iterations=min(iterations, _STRETCH)), _STRETCH
        while answer.status is LpStatus.STOPPED and spent < iterations and not self._stop():
            answer = self._lp.solve(iterations=min(iterations - spent, _STRETCH))
            spent += _STRETCH
        return answer

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

    def usable(self, x: Floats, z: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """
        Tell in which fraction sites count, and where the link, not the site, holds it down.

        Parameters
        ----------
        x
            Fractions of the core's sites. Shape ``(n_core,)``.
        z
            Fractions of hospitals. Shape ``(n_hospitals,)``.

        Returns
        -------
        usable, by_link
            Shapes ``(n_sites,)`` and ``(n_core,)``.
        """
        linked = np.minimum(1.0, self.covering.classes.astype(np.float64) @ z)
        needs = self._class != NO_CLASS
        link = np.ones(self.n_x)
        link[needs] = linked[self._class[needs]]
        usable = np.zeros(self.covering.n_sites)
        usable[self.core] = np.minimum(x, link)
        return usable, link < x

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
        usable, by_link = self.usable(x, z)
        cover = kernel.cover_at(self.covering.table, usable)
        packed = None if self.zero_half is None else self.zero_half.pack(usable, cover)
        uncovered = cover < _FULL
        if packed is None:
            joint, left = np.arange(self.n_clusters, dtype=np.int32), None
        else:
            joint, left = packed.joint, packed.left
        slope, constant = self._sums(uncovered, joint, left)
        if packed is not None and self.zero_half is not None:
            self.zero_half.add_slopes(packed, slope)
            constant += packed.constant
        member = np.zeros((len(constant), self.n_clusters), dtype=np.bool_)
        member[joint, np.arange(self.n_clusters)] = True
        planes = _Planes(self._with_classes(slope, by_link), constant, member)
        if answer is not None:
            planes = self._violated(planes, answer)
        if len(planes.constant):
            self._add(planes, uncovered if packed is None else None)
        return len(planes.constant)

    def _sums(
        self, uncovered: NDArray[np.bool_], joint: NDArray[np.int32], left: Floats | None
    ) -> tuple[Floats, Floats]:
        """Sum, for each joint cluster, what each site adds and what is covered."""
        table = self.covering.table if left is None else self.covering.table._replace(weight=left)
        of_group = joint[self.cluster]
        n = int(joint.max()) + 1
        slope = kernel.slopes(table, self.core, uncovered, of_group, n)
        covered = np.where(uncovered, 0.0, table.weight)
        return slope, np.bincount(of_group, weights=covered, minlength=n).astype(np.float64)

    def _with_classes(self, of_site: Floats, by_link: NDArray[np.bool_]) -> Floats:
        """Let a slope belong to the link class where the link holds a site down."""
        slope = np.zeros((len(of_site), self.n_x + self.n_s))
        slope[:, : self.n_x] = np.where(by_link, 0.0, of_site)
        if by_link.any():
            into = np.zeros((self.n_s, len(of_site)))
            np.add.at(into, self._class[by_link], of_site[:, by_link].T)
            slope[:, self.n_x :] = into.T
        return slope

    def _violated(self, planes: _Planes, answer: LpAnswer) -> _Planes:
        """Keep the planes that an answer lies above."""
        values, covered = answer.value[: self.n_x + self.n_s], answer.value[-self.n_clusters :]
        over = planes.member @ covered - (planes.slope @ values + planes.constant) / self.scale
        chosen = over > _VIOLATED
        return _Planes(planes.slope[chosen], planes.constant[chosen], planes.member[chosen])

    def _add(self, planes: _Planes, uncovered: NDArray[np.bool_] | None) -> None:
        """Put planes into the program."""
        n = len(planes.constant)
        rows = np.zeros((n, self._n))
        rows[:, : planes.slope.shape[1]] = -planes.slope / self.scale
        rows[:, self._n - self.n_clusters :] = planes.member
        self._lp.add_rows(rows, planes.constant / self.scale)
        self._slope = np.vstack([self._slope, planes.slope])
        self._constant = np.concatenate([self._constant, planes.constant])
        self._member = np.vstack([self._member, planes.member])
        self._round = np.concatenate([self._round, np.full(n, len(self._uncovered))])
        self._uncovered.append(uncovered)

    def inherit(self, other: "Master", answer: LpAnswer) -> None:
        """
        Take over the planes that carry another master's answer, for more sites than it had.

        Parameters
        ----------
        other
            Of the same covering and clusters, without zero-half cuts and hospitals.
        answer
            Its last solve.
        """
        active = other._shares(answer)[0] > 0  # noqa: SLF001 - of the same class
        for number in np.unique(other._round[active]):  # noqa: SLF001 - of the same class
            uncovered = other._uncovered[number]  # noqa: SLF001 - of the same class
            if uncovered is None:
                continue
            member = other._member[active & (other._round == number)]  # noqa: SLF001 - same class
            every = np.arange(self.n_clusters, dtype=np.int32)
            slope, constant = self._sums(uncovered, every, None)
            owner = np.argmax(member, axis=1)
            planes = _Planes(
                self._with_classes(slope, np.zeros(self.n_x, dtype=np.bool_))[owner],
                constant[owner],
                member,
            )
            self._add(planes, uncovered)

    def shrunk(
        self, covering: Covering, keep: NDArray[np.int32], group: NDArray[np.int32]
    ) -> "Master":
        """
        Make the same program over fewer sites, with all planes and zero-half cuts of this one.

        Parameters
        ----------
        covering
            From ``shrink``, with groups of different clusters kept apart.
        keep
            Its sites, as columns of this one. Shape ``(n_kept,)``.
        group
            Its group of each group here. Shape ``(n_groups,)``.

        Returns
        -------
        master
            Bounds only choices among the sites that are kept.
        """
        cluster = np.zeros(len(covering.table.weight), dtype=np.int32)
        cluster[group[group >= 0]] = self.cluster[group >= 0]
        every = np.arange(covering.n_sites, dtype=np.int32)
        smaller = Master(covering, every, cluster, self._stop, n_clusters=self.n_clusters)
        columns = np.concatenate([keep, self.n_x + np.arange(self.n_s)])
        smaller._add(_Planes(self._slope[:, columns], self._constant, self._member), None)
        if self.zero_half is not None:
            smaller.zero_half = ZeroHalf(covering.table, cluster, self.n_clusters)
            smaller.zero_half.inherit(self.zero_half, group)
        return smaller

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
        self._member, self._round = self._member[keep], self._round[keep]

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
        best_x = ranked(
            np.concatenate([x_score, outside]),
            np.concatenate([box.lower[: self.n_x], 0.0 * outside]),
            np.concatenate([box.upper[: self.n_x], np.ones(len(outside))]),
            self.covering.sites.n,
        )
        best_z = ranked(
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
        """Scale the multipliers so that no cluster has more than one; give them and their sums."""
        raw = np.zeros(self.n_cuts)
        known = answer.multiplier[self._n_fixed_rows :]
        raw[: len(known)] = known
        over = np.maximum(raw @ self._member, 1.0)
        share = raw / np.max(np.where(self._member, over, 1.0), axis=1, initial=1.0)
        return share, np.minimum(share @ self._member, 1.0)

    def prices(self, answer: LpAnswer) -> Floats:
        """
        Price every group: what covering it is worth at the multipliers of planes of one cluster.

        Parameters
        ----------
        answer
            A solved program.

        Returns
        -------
        price
            0 to the group's weight; planes with zero-half cuts add nothing. Shape ``(n_groups,)``.
        """
        share, _ = self._shares(answer)
        price = np.zeros(len(self.cluster))
        for number in np.unique(self._round[share > 0]):
            uncovered = self._uncovered[number]
            if uncovered is None:
                continue
            mine = self._round == number
            by_cluster = share[mine] @ self._member[mine]
            price += np.where(uncovered, by_cluster[self.cluster], 0.0)
        priced: Floats = price * self.covering.table.weight
        return priced


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
