# SPDX-License-Identifier: Apache-2.0
"""
From an inner p-median to a choice with its bound: search, raise prices, shrink, branch.

Prices of demand bound the cost and say which sites cannot be, or must be, in anything cheaper; what
they relax to is where the search looks again. What is then left goes to the general tree.
"""

from dataclasses import dataclass, replace

import numpy as np

from goldenhour.siting.engine.assignment import Assignment, shrink
from goldenhour.siting.engine.assignment_problem import AssignmentProblem, exchange_step
from goldenhour.siting.engine.branch import branch
from goldenhour.siting.engine.problem import Bools, Floats
from goldenhour.siting.kernels import p_median as kernel
from goldenhour.siting.kernels.p_median import EMPTY, SHORTEST_STEP, Climb
from goldenhour.siting.plain.effort import Effort

_ROUNDS_AT_ONCE, _MOST_CLIMBS, _MOST_STAGES = 60, 20, 12
_LIKELY = 0.02
_KICK_WORK, _MOST_KICKS = 2e7, 200
_SHRUNK = 0.95
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """
    The best choice found, and how cheap any could be.

    Parameters
    ----------
    sites
        Open sites, ascending.
    cost
        Of this choice, in the inner problem.
    bound
        No choice costs less.
    greedy
        Sites of placing one after another, ascending.
    score
        What each site takes off the prices of demand. Shape ``(n_sites,)``.
    nodes
        Nodes of the tree that were looked at.
    stopped
        True if somebody asked to stop.
    """

    sites: tuple[int, ...]
    cost: float
    bound: float
    greedy: tuple[int, ...]
    score: Floats
    nodes: int
    stopped: bool


def search(
    assignment: Assignment,
    start: Floats | None = None,
    *,
    kicks: int = 0,
    seed: int = 1,
    among: Bools | None = None,
) -> Bools:
    """
    Find a good choice by exchange; serving more counts before serving faster.

    Parameters
    ----------
    assignment
        The inner problem.
    start
        How much each site asks to be open at first; placed one by one if left out. Shape
        ``(n_sites,)``.
    kicks
        Random kicks; below 0 there is no exchange at all.
    seed
        Their seed.
    among
        Sites to look among; all if left out. Shape ``(n_sites,)``, bool.

    Returns
    -------
    chosen
        Shape ``(n_sites,)``, bool.
    """
    slots = np.full(assignment.n, EMPTY, dtype=np.int32)
    if start is not None:
        slots = np.argsort(-start, kind="stable")[: assignment.n].astype(np.int32)
    allowed = np.ones(assignment.n_sites, dtype=np.bool_) if among is None else among
    least = exchange_step(assignment)
    return assignment.choice(kernel.place(assignment.steep, slots, allowed, least, kicks, seed))


def prove(assignment: Assignment, first: Bools, effort: Effort) -> Proven:
    """
    Make a choice better and prove how good it is.

    Parameters
    ----------
    assignment
        The inner problem; ``left`` says what may be left out.
    first
        A choice that leaves out no more. Shape ``(n_sites,)``, bool.
    effort
        When to stop, and who is told.

    Returns
    -------
    proven
        Choice and bound.
    """
    return _Proof(assignment, first, effort).run()


class _Proof:
    """The problem as it shrinks, the best choice, the best bound and the prices behind it."""

    def __init__(self, assignment: Assignment, first: Bools, effort: Effort) -> None:
        self.whole, self.core, self.effort = assignment, assignment, effort
        self.chosen, self.cost = first, assignment.cost(first)
        self.bound, self.nodes, self.stopped = 0.0, 0, False
        self.price = np.zeros(int(assignment.row.max(initial=-1)) + 1)
        self.share: Floats = first.astype(np.float64)

    def run(self) -> Proven:
        """Shrink while it pays, then branch on what is left."""
        greedy = self.core.sites(self.chosen)
        for stage in range(_MOST_STAGES):
            before = (self.core.n_sites, self.cost)
            if self._is_over():
                break
            self._stage(stage)
            if self.core.n_sites > _SHRUNK * before[0] and self.cost >= before[1]:
                break
        if not self._is_over():
            self._branch()
            self.effort.told(self.cost, self._settled())
        return Proven(
            sites=self.core.sites(self.chosen),
            cost=self.cost,
            bound=self._settled(),
            greedy=greedy,
            score=self._score(),
            nodes=self.nodes,
            stopped=self.stopped,
        )

    def _is_proven(self) -> bool:
        """Whether nothing cheaper fits above the bound, or there is no other choice."""
        is_free = 0 < self.core.n < self.core.n_sites
        return not is_free or not self.core.beats(self.bound, self.cost)

    def _settled(self) -> float:
        """Bound, or the cost in hand where nothing fits between the two."""
        return self.cost if self._is_proven() else self.bound

    def _is_over(self) -> bool:
        """Whether the search may or must end; tells how far it is."""
        self.effort.told(self.cost, self._settled())
        self.stopped = self.stopped or self.effort.stop()
        enough = self.cost - self.bound <= self.effort.gap_share * self.cost
        enough = enough and self.effort.cheap_nodes <= 0
        return self.stopped or self._is_proven() or enough or not self.effort.nodes

    def _stage(self, stage: int) -> None:
        """Raise the prices, search where they point, and drop what can no longer matter."""
        climb = self._climb(stage)
        self.share = climb.share
        likely = (climb.share > _LIKELY) | self.chosen
        self._weigh(search(self.core, climb.share))
        start = self.chosen.astype(np.float64)
        work = float(likely.sum()) * self.core.n + len(self.core.table.site)
        kicks = int(min(_MOST_KICKS, _KICK_WORK / work))
        seed = self.effort.seed + stage
        self._weigh(search(self.core, start, kicks=kicks, seed=seed, among=likely))
        self._shrink(climb)

    def _weigh(self, chosen: Bools) -> None:
        """Keep a choice if it is the cheapest so far."""
        cost = self.core.cost(chosen)
        if cost < self.cost:
            self.chosen, self.cost = chosen, cost

    def _climb(self, stage: int) -> Climb:
        """Raise the prices a few rounds at a time, until steps get short."""
        core = self.core
        begin = self.price[core.row] if stage else _first_prices(core, self.chosen)
        never = np.full(core.n_sites, -np.inf)
        climb = Climb(
            np.minimum(begin, core.table.most), -np.inf, 1.0, never, never.copy(), self.share
        )
        for _ in range(_MOST_CLIMBS):
            climb = kernel.climb(
                core.table, climb, core.n, self.cost - core.constant, _ROUNDS_AT_ONCE
            )
            self.bound = max(self.bound, core.constant + climb.bound)
            self.price[core.row] = climb.price
            if climb.step < SHORTEST_STEP or self._is_over():
                break
        return climb

    def _shrink(self, climb: Climb) -> None:
        """Drop sites that nothing cheaper can open, and open those that it cannot shut."""
        core = self.core
        dear = [not core.beats(core.constant + bound, self.cost) for bound in climb.if_open]
        needed = [not core.beats(core.constant + bound, self.cost) for bound in climb.if_shut]
        opens = np.array(needed, dtype=np.bool_) & self.chosen
        keep = (~np.array(dear, dtype=np.bool_) | self.chosen) & ~opens
        self.core = shrink(core, keep=keep, opens=opens)
        self.chosen, self.share = self.chosen[keep], self.share[keep]

    def _branch(self) -> None:
        """Give what is left to the tree."""
        core = self.core
        problem = AssignmentProblem(
            core,
            price=self.price[core.row],
            lead=self.share + self.chosen,
            most=self.cost,
        )
        bound = self.bound

        def told(value: float, above: float) -> None:
            self.effort.told(-value, min(-value, max(bound, -above)))

        branched = branch(problem, replace(self.effort, told=told), first=self.chosen)
        self.nodes, self.stopped = branched.nodes, branched.stopped
        self.bound = max(self.bound, -branched.bound)
        if branched.chosen is not None:
            self._weigh(branched.chosen)

    def _score(self) -> Floats:
        """Sum what each site takes off the prices."""
        whole = self.whole
        score = np.zeros(whole.n_sites)
        if len(whole.row):
            price = np.minimum(self.price[whole.row], whole.table.most)
            score = kernel.discounts(whole.table, price, whole.n_sites)
        return score


def _first_prices(assignment: Assignment, chosen: Bools) -> Floats:
    """Start between the costs at the nearest and at the second nearest open site."""
    slots = np.flatnonzero(chosen).astype(np.int32)
    desk = kernel.new_desk(assignment.table, slots, assignment.n_sites)
    prices: Floats = _HALF * (desk.first + np.minimum(desk.second, 2 * desk.first))
    return prices
