# SPDX-License-Identifier: Apache-2.0
"""
Branch and cut: HiGHS solves linear programs, the tree is ours.

A node goes only when its choices are spent or its own reckoned bound cannot beat the best plan;
whatever is left open when the work ends counts in the bound.
"""

import heapq
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.covering import NO_CLASH, Covering
from goldenhour.siting.engine.master import Bounded, Box, Master, is_solved
from goldenhour.siting.engine.search import Found, improve
from goldenhour.siting.highs import LpAnswer
from goldenhour.siting.plain.effort import Effort

Floats = NDArray[np.float64]
_WHOLE = 1e-6
_HALF = 0.5
_ROUNDS, _ROUNDS_WHOLE = 4, 30
_ROOT_ROUNDS, _STALLED, _PURGE = 80, 3, 15
_PROGRESS = 1e-5
_CAREFUL, _TRIED = 6, 2
_MOST_CUTS = 900
_SAME = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """
    What a search took.

    Parameters
    ----------
    nodes
        Nodes looked at.
    stopped
        True if somebody asked to stop.
    """

    nodes: int = 0
    stopped: bool = False


def beats(covering: Covering, bound: float, value: float) -> bool:
    """
    Whether a bound leaves room for a plan better than one in hand.

    Parameters
    ----------
    covering
        Knows the grain: plans differ by whole grains.
    bound
        A proven bound.
    value
        Value in hand.

    Returns
    -------
    room
        False if nothing better can lie below the bound.
    """
    if covering.grain:
        return bound >= value + covering.grain * (1 - 1e-3)
    return bound > value * (1 + _SAME)


def root(
    master: Master, best: Found, effort: Effort, *, round_every: int
) -> tuple[LpAnswer, Bounded, Found]:
    """
    Add planes until the bound stands still.

    Planes are taken half-way between the program's answer and a point well inside (in-out
    separation), which needs far fewer of them.

    Parameters
    ----------
    master
        The linear program.
    best
        The best choice so far.
    effort
        When to stop.
    round_every
        Solves between two attempts to round to a better choice.

    Returns
    -------
    answer, bounded, best
        The last solve, its bound, and the best choice.
    """
    covering, box = master.covering, master.first_box()
    inner = _inner_point(master, best)
    answer, stalled, last = master.solve(box), 0, np.inf
    for number in range(_ROOT_ROUNDS):
        if not is_solved(answer) or effort.stop():
            break
        point = np.concatenate(master.point(answer))
        middle = _HALF * (point + inner)
        x, z = np.split(middle if stalled < _STALLED else point, [master.n_x])
        if not master.cut(x, z, answer=answer) and not master.cut(
            *np.split(point, [master.n_x]), answer=answer
        ):
            break
        inner = 0.6 * inner + 0.4 * point
        if number % _PURGE == _PURGE - 1:
            master.drop_slack(answer)
        answer = master.solve(box)
        stalled = stalled + 1 if answer.objective > last * (1 - _PROGRESS) else 0
        last = answer.objective
        if number % round_every == round_every - 1:
            best = rounded(master, answer, best)
        if is_solved(answer) and not beats(covering, master.bounded(answer, box).bound, best.value):
            break
    if is_solved(answer):
        best = rounded(master, answer, best)
    return answer, master.bounded(answer, box), best


def rounded(master: Master, answer: LpAnswer, best: Found) -> Found:
    """
    Round an answer to a choice and improve it.

    Parameters
    ----------
    master
        The linear program.
    answer
        A solve.
    best
        The best choice so far.

    Returns
    -------
    found
        The better of the two.
    """
    x, z = master.point(answer)
    hospitals = master.covering.hospitals
    open_hospital = hospitals.forced.copy()
    order = np.argsort(-np.where(hospitals.allowed & ~hospitals.forced, z, -1.0), kind="stable")
    open_hospital[order[: hospitals.n - int(open_hospital.sum())]] = True
    sites = master.core[np.argsort(-x, kind="stable")[: master.covering.sites.n]]
    return improve(master.covering, open_hospital, best, sites=sites)


class _Tree:
    """One search; ``grow`` runs it."""

    def __init__(self, master: Master, best: Found, effort: Effort) -> None:
        self.master, self.covering = master, master.covering
        self.best, self.effort = best, effort
        self.nodes = 0
        self.stopped = False
        self._heap: list[tuple[float, int, Box]] = []
        self._order = 0
        n = master.n_x + master.n_z
        self._gain = np.zeros((2, n))  # per unit of rounding down, up
        self._seen = np.zeros((2, n), dtype=np.int64)
        self._heavy = np.concatenate(
            [_site_weight(master), np.full(master.n_z, _site_weight(master).max(initial=1.0))]
        )

    def grow(self, box: Box, bound: float) -> float:
        """Branch until nothing can beat the best, or the work is spent; give the bound."""
        self._push(box, bound)
        while self._heap:
            bound = -self._heap[0][0]
            if not beats(self.covering, bound, self.best.value):
                return self.best.value
            enough = self.effort.is_enough(bound, self.best.value, nodes=self.nodes)
            if enough or self.nodes >= self.effort.nodes:
                return bound
            if self.effort.stop():
                self.stopped = True
                return bound
            _, _, box = heapq.heappop(self._heap)
            self.nodes += 1
            self._visit(box, bound)
        return self.best.value

    def _push(self, box: Box, bound: float) -> None:
        """Keep a node for later; of equal bounds the newest is looked at first."""
        self._order -= 1
        heapq.heappush(self._heap, (-bound, self._order, box))

    def _visit(self, box: Box, bound: float) -> None:
        """Bound one node, and split it if it may hold something better."""
        settled = _settle(self.covering, self.master, box)
        if settled is None:
            return
        if np.array_equal(settled.lower, settled.upper):
            self._take(settled.lower)
            return
        answer = self._cut_rounds(settled)
        if not is_solved(answer):
            # Nothing is believed of a failed solve: the node stays, split at its first column.
            self._split(settled, int(np.argmax(settled.lower != settled.upper)), bound)
            return
        bounded = self.master.bounded(answer, settled)
        bound = min(bound, bounded.bound)
        if not beats(self.covering, bound, self.best.value):
            return
        settled = self.fixed(settled, bounded)
        point = np.concatenate(self.master.point(answer))
        column = self._column(settled, point, answer)
        if column >= 0:
            self._split(settled, column, bound)
        else:  # a tolerance hides it; what is left open keeps counting
            self._take(np.rint(point))
            undecided = np.flatnonzero(settled.lower != settled.upper)
            if len(undecided):
                self._split(settled, int(undecided[0]), bound)
            else:
                self._take(settled.lower)

    def _cut_rounds(self, box: Box) -> LpAnswer:
        """Solve a node, adding planes that its answer violates."""
        answer = self.master.solve(box)
        for number in range(_ROUNDS_WHOLE):
            if not is_solved(answer):
                break
            point = np.concatenate(self.master.point(answer))
            is_whole = bool(np.all(np.abs(point - np.rint(point)) <= _WHOLE))
            if is_whole:
                self._take(np.rint(point))
            if number >= _ROUNDS and not is_whole:
                break
            bounded = self.master.bounded(answer, box)
            if not beats(self.covering, bounded.bound, self.best.value):
                break
            if not self.master.cut(*np.split(point, [self.master.n_x]), answer=answer):
                break
            if self.master.n_cuts > _MOST_CUTS:
                self.master.drop_slack(answer)
            answer = self.master.solve(box)
        if self.nodes % 5 == 1 and is_solved(answer):
            self.best = rounded(self.master, answer, self.best)
        return answer

    def fixed(self, box: Box, bounded: Bounded) -> Box:
        """Fix columns whose other value cannot lead to anything better."""
        least = self.best.value
        shut = np.array([not beats(self.covering, b, least) for b in bounded.if_opened])
        opened = np.array([not beats(self.covering, b, least) for b in bounded.if_shut])
        free = box.lower != box.upper
        return Box(
            lower=np.where(free & opened & ~shut, 1.0, box.lower),
            upper=np.where(free & shut, 0.0, box.upper),
        )

    def _take(self, point: Floats) -> None:
        """Weigh a whole point and keep it if it is better."""
        x, z = np.split(point > _HALF, [self.master.n_x])
        if x.sum() != self.covering.sites.n or z.sum() != self.covering.hospitals.n:
            return
        clash = self.covering.clash[self.master.core[x]]
        if z[clash[clash != NO_CLASH]].any():
            return
        sites = self.master.core[x]
        value = self.covering.value(sites, z)
        if value > self.best.value:
            self.best = Found(sites=sites, open_hospital=z, value=value)

    def _column(self, box: Box, point: Floats, answer: LpAnswer) -> int:
        """Choose a fractional column to branch on: by what branching on it has brought so far."""
        part = point - np.floor(point)
        free = (box.lower != box.upper) & (part > _WHOLE) & (part < 1 - _WHOLE)
        columns = np.flatnonzero(free)
        if not len(columns):
            return -1
        rough = part[columns] * (1 - part[columns]) * self._heavy[columns]
        for column in columns[np.argsort(-rough, kind="stable")[:_CAREFUL]]:
            if self._seen[:, column].min() < _TRIED:
                self._try(box, int(column), part[column], answer.objective)
        mean = self._gain / np.maximum(self._seen, 1)
        known = self._seen.min(axis=0) > 0
        typical = mean[:, known].mean(axis=1) if known.any() else np.ones(2)
        mean = np.where(known, mean, typical[:, np.newaxis])
        down, up = mean[0, columns] * part[columns], mean[1, columns] * (1 - part[columns])
        score = np.maximum(down, 1e-9) * np.maximum(up, 1e-9)
        return int(columns[np.argmax(score)])

    def _try(self, box: Box, column: int, part: float, objective: float) -> None:
        """Solve both children of a column and note what the bound lost."""
        for side, unit in ((0, part), (1, 1 - part)):
            child = self.master.solve(_child(box, column, side))
            lost = max(0.0, objective - child.objective) if is_solved(child) else objective
            self._gain[side, column] += lost / unit
            self._seen[side, column] += 1

    def _split(self, box: Box, column: int, bound: float) -> None:
        """Push both children, the opened one to be looked at first."""
        self._push(_child(box, column, 0), bound)
        self._push(_child(box, column, 1), bound)


def grow(
    master: Master, best: Found, effort: Effort, bounded: Bounded
) -> tuple[Found, float, Work]:
    """
    Search the tree below a root.

    Parameters
    ----------
    master
        The linear program after ``root``.
    best
        The best choice so far.
    effort
        When to stop.
    bounded
        Bound of the root.

    Returns
    -------
    best, bound, work
        Best choice, what no choice exceeds, and what it took.
    """
    tree = _Tree(master, best, effort)
    box = tree.fixed(master.first_box(), bounded)
    bound = max(best.value, tree.grow(box, bounded.bound))
    return tree.best, bound, Work(nodes=tree.nodes, stopped=tree.stopped)


def _child(box: Box, column: int, side: int) -> Box:
    """Shut (0) or open (1) one column."""
    bounds = (box.upper if side == 0 else box.lower).copy()
    bounds[column] = side
    return replace(box, upper=bounds) if side == 0 else replace(box, lower=bounds)


def _settle(covering: Covering, master: Master, box: Box) -> Box | None:
    """Draw what follows from a box; None if no choice is left in it."""
    lower, upper = box.lower.copy(), box.upper.copy()
    clash = covering.clash[master.core]
    paired = np.flatnonzero(clash != NO_CLASH)
    other = master.n_x + clash[paired]
    upper[other[lower[paired] > _HALF]] = 0.0
    upper[paired[lower[other] > _HALF]] = 0.0
    if np.any(lower > upper):
        return None
    for part, n in (
        (slice(0, master.n_x), covering.sites.n),
        (slice(master.n_x, None), covering.hospitals.n),
    ):
        if not lower[part].sum() <= n <= upper[part].sum():
            return None
        if lower[part].sum() == n:
            upper[part] = lower[part]
        elif upper[part].sum() == n:
            lower[part] = upper[part]
    return Box(lower=lower, upper=upper)


def _inner_point(master: Master, best: Found) -> Floats:
    """Point well inside: half the best choice, half everything alike."""
    inside = np.isin(master.core, best.sites)
    sites, hospitals = master.covering.sites, master.covering.hospitals
    x = _HALF * inside + _HALF * sites.n / max(1, master.n_x)
    z = _HALF * best.open_hospital + _HALF * hospitals.n / max(1, master.n_z)
    return np.concatenate([x, z])


def _site_weight(master: Master) -> Floats:
    """Weight that each site of the core covers."""
    table = master.covering.table
    per_entry = table.weight[table.site_group]
    total = np.concatenate([[0.0], np.cumsum(per_entry)])
    weight: Floats = total[table.site_start[1:]] - total[table.site_start[:-1]]
    return weight[master.core]
