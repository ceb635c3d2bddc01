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
from goldenhour.siting.engine.problem import Bools, Branched, Floats
from goldenhour.siting.kernels import p_median as kernel
from goldenhour.siting.kernels.p_median import EMPTY, SHORTEST_STEP, Climb
from goldenhour.siting.plain.effort import Effort

_MOST_STAGES, _STAGE_ROUNDS, _MOST_ROUNDS, _CLIMB_WORK = 8, 200, 100, 5e8
_LITTLE = 0.01
_SIZE = 1e3  # of all costs in the linear program, about
_FEW, _FEW_PER_SITE, _GROWS, _MOST_OF, _FEW_NODES, _IDLE = 50, 1.3, 2.0, 0.7, 60, 2
_LIKELY = 0.02
_KICK_WORK, _MOST_KICKS = 3e6, 25
_HALF = 0.5
_ALMOST_ONE = 0.999


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
        self.if_open: Floats = np.full(assignment.n_sites, -np.inf)
        self.if_shut: Floats = self.if_open.copy()
        self.step = 1.0

    def run(self) -> Proven:
        """Raise prices, search among few sites, then among more and more of them, until all."""
        greedy = self.core.sites(self.chosen)
        if not self._is_over():
            self._raise_prices()
        few, idle = int(_FEW_PER_SITE * self.core.n) + _FEW, 0
        while few < _MOST_OF * self.core.n_sites and idle < _IDLE and not self._is_over():
            before = self.cost
            self._among(few)
            self._drop()
            few, idle = int(few * _GROWS), idle + (self.cost >= before)
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

    def _raise_prices(self) -> None:
        """Raise prices, search where they point, drop what cannot matter; again while it pays."""
        self.price[self.core.row] = _first_prices(self.core, self.chosen)
        for stage in range(_MOST_STAGES):
            before = self.bound
            self._climb()
            self._search(self.effort.seed + stage)
            self._drop()
            flat = self.bound - before < _LITTLE * (self.cost - self.bound)
            if flat or self.step < SHORTEST_STEP or self._is_over():
                break

    def _search(self, seed: int) -> None:
        """Look where the prices point, then kick among the sites that they ever took."""
        self._weigh(search(self.core, self.share))
        likely = (self.share > _LIKELY) | self.chosen
        work = float(likely.sum()) * self.core.n + len(self.core.table.site)
        kicks = int(min(_MOST_KICKS, _KICK_WORK / work))
        start = self.chosen.astype(np.float64)
        self._weigh(search(self.core, start, kicks=kicks, seed=seed, among=likely))

    def _weigh(self, chosen: Bools) -> None:
        """Keep a choice if it is the cheapest so far."""
        cost = self.core.cost(chosen)
        if cost < self.cost:
            self.chosen, self.cost = chosen, cost

    def _climb(self) -> None:
        """Raise the prices a few rounds at a time."""
        core, reach = self.core, self.cost - self.core.constant
        begin = np.minimum(self.price[core.row], core.table.most)
        climb = Climb(
            begin,
            -np.inf,
            begin,
            np.zeros(len(begin)),
            self.step,
            0,
            self.if_open,
            self.if_shut,
            self.share,
        )
        enough = reach - core.grain * _ALMOST_ONE if core.grain else reach
        at_once = int(min(_MOST_ROUNDS, 1 + _CLIMB_WORK / (1 + len(core.table.site))))
        for _ in range(0, _STAGE_ROUNDS, at_once):
            climb = kernel.climb(core.table, climb, core.n, reach, enough, at_once)
            self.bound = max(self.bound, core.constant + climb.bound)
            self.price[core.row], self.step = climb.price, climb.step
            if climb.step < SHORTEST_STEP or self._is_over():
                break

    def _drop(self) -> None:
        """Drop sites that nothing cheaper can open, and open those that it cannot shut."""
        core, at = self.core, self.core.constant
        dear = [not core.beats(at + bound, self.cost) for bound in self.if_open]
        needed = [not core.beats(at + bound, self.cost) for bound in self.if_shut]
        opens = np.array(needed, dtype=np.bool_) & self.chosen
        keep = (~np.array(dear, dtype=np.bool_) | self.chosen) & ~opens
        self.core = shrink(core, keep=keep, opens=opens)
        gone = self.core.constant - at
        self.chosen, self.share = self.chosen[keep], self.share[keep]
        self.if_open, self.if_shut = self.if_open[keep] - gone, self.if_shut[keep] - gone

    def _among(self, few: int) -> None:
        """Solve for the sites of which the bound allows most."""
        rank = np.argsort(np.where(self.chosen, -np.inf, self.if_open), kind="stable")
        among = np.zeros(self.core.n_sites, dtype=np.bool_)
        among[rank[:few]] = True
        part = shrink(self.core, keep=among, opens=np.zeros_like(among))
        effort = replace(self.effort, nodes=min(_FEW_NODES, self.effort.nodes - self.nodes))
        branched = self._tree(part, among, effort, bound=self.bound)
        if branched.chosen is not None:
            chosen = np.zeros_like(among)
            chosen[among] = branched.chosen
            self._weigh(chosen)

    def _branch(self) -> None:
        """Give all that is left to the tree."""
        every = np.ones(self.core.n_sites, dtype=np.bool_)
        effort = replace(self.effort, nodes=self.effort.nodes - self.nodes)
        branched = self._tree(self.core, every, effort, bound=None)
        self.bound = max(self.bound, -branched.bound)
        if branched.chosen is not None:
            self._weigh(branched.chosen)

    def _tree(
        self, part: Assignment, among: Bools, effort: Effort, *, bound: float | None
    ) -> Branched:
        """Branch among some sites; what is told is of all of them."""
        unit = float(2.0 ** np.round(np.log2(max(self.cost, 1.0) / _SIZE)))
        problem = AssignmentProblem(
            part.in_units(unit),
            price=np.minimum(self.price[part.row], part.table.most) / unit,
            lead=self.share[among] + self.chosen[among],
            most=self.cost / unit,
        )

        def told(value: float, above: float) -> None:
            least = bound if bound is not None else max(self.bound, -above * unit)
            self.effort.told(-value * unit, min(-value * unit, least))

        found = branch(problem, replace(effort, told=told), first=self.chosen[among])
        self.nodes, self.stopped = self.nodes + found.nodes, self.stopped or found.stopped
        return replace(found, value=found.value * unit, bound=found.bound * unit)

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
