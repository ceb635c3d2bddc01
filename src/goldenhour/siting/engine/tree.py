# SPDX-License-Identifier: Apache-2.0
"""
Branch and cut: HiGHS solves linear programs, the tree is ours.

A node goes only when its choices are spent or its own reckoned bound cannot beat the best plan;
whatever is left open when the work ends counts in the bound.
"""

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.bounds import Box, beats, fixed, settle
from goldenhour.siting.engine.covering import NO_CLASH
from goldenhour.siting.engine.master import Master, is_solved
from goldenhour.siting.engine.root import rounded
from goldenhour.siting.engine.search import Found
from goldenhour.siting.engine.watch import Watch
from goldenhour.siting.highs import LpAnswer, LpStatus

Floats = NDArray[np.float64]
_WHOLE = 1e-6
_HALF = 0.5
_ROUNDS, _ROUNDS_WHOLE = 4, 30
_CAREFUL, _TRIED, _TRIAL_ITERATIONS = 6, 2, 50
_MOST_CUTS = 900
_ROUND_EVERY = 5


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


class _Tree:
    """One search; ``grow`` runs it."""

    def __init__(self, master: Master, best: Found, watch: Watch) -> None:
        self.master, self.covering = master, master.covering
        self.best, self.watch, self.effort = best, watch, watch.effort
        self.nodes = 0
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
            self.watch.proved(max(bound, self.best.value))
            if not beats(self.covering, bound, self.best.value):
                return self.best.value
            enough = self.effort.is_enough(bound, self.best.value, nodes=self.nodes)
            if enough or self.nodes >= self.effort.nodes:
                return bound
            if self.watch.stop():
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
        settled = settle(self.covering, self.master.core, box)
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
        settled = fixed(self.covering, settled, bounded, self.best.value)
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
            if not is_solved(answer) or self.watch.stop():
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
            if number == 0 and not is_whole and self.master.zero_half is not None:
                usable, _ = self.master.usable(*np.split(point, [self.master.n_x]))
                self.master.zero_half.find(usable)
            if not self.master.cut(*np.split(point, [self.master.n_x]), answer=answer):
                break
            if self.master.n_cuts > _MOST_CUTS:
                self.master.drop_slack(answer)
            answer = self.master.solve(box)
        if self.nodes % _ROUND_EVERY == 1 and is_solved(answer):
            self.best = rounded(self.master, answer, self.best)
            self.watch.found(self.best.value)
        return answer

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
            self.watch.found(value)

    def _column(self, box: Box, point: Floats, answer: LpAnswer) -> int:
        """Choose a fractional column to branch on: by what branching on it has brought so far."""
        part = point - np.floor(point)
        free = (box.lower != box.upper) & (part > _WHOLE) & (part < 1 - _WHOLE)
        columns = np.flatnonzero(free)
        if not len(columns):
            return -1
        rough = part[columns] * (1 - part[columns]) * self._heavy[columns]
        for column in columns[np.argsort(-rough, kind="stable")[:_CAREFUL]]:
            if self._seen[:, column].min() < _TRIED and not self.watch.stop():
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
            child = self.master.solve(box.child(column, side), iterations=_TRIAL_ITERATIONS)
            is_empty = child.status is LpStatus.INFEASIBLE
            lost = objective if is_empty else max(0.0, objective - child.objective)
            self._gain[side, column] += lost / unit
            self._seen[side, column] += 1

    def _split(self, box: Box, column: int, bound: float) -> None:
        """Push both children, the opened one to be looked at first."""
        self._push(box.child(column, 0), bound)
        self._push(box.child(column, 1), bound)


def grow(
    master: Master, best: Found, watch: Watch, box: Box, bound: float
) -> tuple[Found, float, Work]:
    """
    Search the tree below a root.

    Parameters
    ----------
    master
        The linear program after the root.
    best
        The best choice so far.
    watch
        Asked to stop, and told.
    box
        What the root left open.
    bound
        Of the root.

    Returns
    -------
    best, bound, work
        Best choice, what no choice exceeds, and what it took.
    """
    tree = _Tree(master, best, watch)
    bound = max(best.value, tree.grow(box, bound))
    return tree.best, bound, Work(nodes=tree.nodes, stopped=watch.stopped)


def _site_weight(master: Master) -> Floats:
    """Weight that each site of the core covers."""
    table = master.covering.table
    per_entry = table.weight[table.site_group]
    total = np.concatenate([[0.0], np.cumsum(per_entry)])
    weight: Floats = total[table.site_start[1:]] - total[table.site_start[:-1]]
    return weight[master.core]
