# SPDX-License-Identifier: Apache-2.0
"""
From many worlds to a choice with its bound: search, cut a little, shrink, and only then branch.

Prices of a short round of cuts rule most sites and hospitals out. Those are dropped for good, the
demand of all worlds is merged again, and the search goes on in what is left: much less, as a rule.
"""

from dataclasses import dataclass, replace

import numpy as np

from goldenhour.siting.engine.branch import SAME, branch
from goldenhour.siting.engine.problem import Bools, Branched, Floats
from goldenhour.siting.engine.world_cuts import WorldProgram
from goldenhour.siting.plain.effort import Effort

_ROUNDS = (15, 25, 40)
_FEWER = 0.85
_KICKS, _WORK, _EXCHANGES = 40, 2e7, 1e8


def prove(program: WorldProgram, effort: Effort, *, first: Bools | None = None) -> Branched:
    """
    Find the best choice and prove how good it is.

    Parameters
    ----------
    program
        All worlds and a goal.
    effort
        When to stop, and who is told.
    first
        A choice to do at least as well as. Shape ``(n_open,)``, bool.

    Returns
    -------
    branched
        Choice, value and bound.
    """
    proof = _Proof(program, effort)
    proof.begin(first)
    for rounds in _ROUNDS:
        if proof.is_over or not proof.shrink(rounds):
            break
    if not proof.is_over:
        proof.finish()
    return Branched(
        chosen=proof.best,
        value=proof.value,
        bound=proof.bound,
        nodes=proof.nodes,
        stopped=proof.is_open and effort.stop(),
        score=proof.score,
    )


class _Proof:
    """The best value and bound of the whole search, and what is left of the question."""

    def __init__(self, program: WorldProgram, effort: Effort) -> None:
        self.program, self.effort = program, effort
        self.kept = np.ones(program.n_open, dtype=np.bool_)
        self.score: Floats = np.zeros(program.n_open)
        self.best: Bools | None = None
        most = np.maximum(program.profit * program.lower, program.profit * program.upper)
        self.value, self.bound, self.nodes = -np.inf, float(most.sum()), 0
        self._worth = -np.inf  # of the best choice; the tree tells its value before its choice

    @property
    def is_open(self) -> bool:
        """Whether the bound leaves room for anything better."""
        return bool(beating(np.array([self.bound]), self.value, self.program.grain)[0])

    @property
    def is_over(self) -> bool:
        """Whether the search may or must end."""
        enough = np.isfinite(self.value) and self.effort.is_enough(
            self.bound, self.value, nodes=self.nodes
        )
        spent = self.nodes >= self.effort.nodes
        return bool(not self.is_open or enough or spent or self.effort.stop())

    def tell(self, value: float, bound: float) -> None:
        """Take what a part of the search says, and say it if it is better."""
        if value > self.value or bound < self.bound:
            self.value, self.bound = max(self.value, value), min(self.bound, bound)
            if not self.is_open:
                self.bound = self.value
            self.effort.told(self.value, self.bound)

    def begin(self, first: Bools | None) -> None:
        """Find a choice to begin with; a first one is found even if there is no time at all."""
        search = self.program.search
        if first is not None:
            self._keep(first)
        for start in (search.greedy, search.hospitals_first):
            if self.best is not None and self.is_over:
                return
            chosen = start()
            if chosen is not None:
                self._keep(chosen)
                self._keep(chosen if self.is_over else search.improve(chosen))

    def _keep(self, chosen: Bools) -> None:
        """Keep a choice among what is left if it is the best so far."""
        value = self.program.worth(chosen)
        if value > self._worth:
            self._worth = value
            self.best = np.zeros(len(self.kept), dtype=np.bool_)
            self.best[np.flatnonzero(self.kept)[chosen]] = True
            self.tell(value, np.inf)

    def _branch(self, effort: Effort) -> Branched:
        """Let the tree work on what is left."""
        first = None if self.best is None else self.best[self.kept]
        found = branch(
            self.program,
            replace(effort, told=self.tell),
            first=first,
            rank=self.program.rank,
        )
        self.nodes += found.nodes
        if found.chosen is not None:
            self._keep(found.chosen)
        self.tell(found.value, found.bound)
        return found

    def shrink(self, rounds: int) -> bool:
        """Cut a little, drop what the prices rule out, search what is left; False if it is all."""
        found = self._branch(replace(self.effort, nodes=1, stop=_After(rounds, self.effort)))
        if self.kept.all():
            self.score = found.score
        if self.best is None or self.is_over:
            return False
        may = beating(found.score, self.value, self.program.grain)
        may |= self.best[self.kept] | (self.program.lower[: len(may)] > 0)
        fewer = bool(may.mean() <= _FEWER)
        if fewer:
            self.kept[np.flatnonzero(self.kept)[~may]] = False
            self.program = self.program.restricted(may)
        self._search(self.best[self.kept], found.score[may] if fewer else found.score)
        return fewer

    def _search(self, chosen: Bools, score: Floats) -> None:
        """Search what is left more thoroughly, as far as its size allows."""
        program = self.program
        size = 1 + len(program.table.lanes.group_lane)
        kicks, exchanges = int(min(_KICKS, _WORK / size)), int(_EXCHANGES / size)
        better = program.search.improve(chosen, kicks=kicks, seed=self.effort.seed)
        self._keep(better)
        score = score[program.table.n_sites :]
        self._keep(program.search.explore(better, self.effort.stop, score=score, most=exchanges))

    def finish(self) -> None:
        """Branch in what is left."""
        self._branch(replace(self.effort, nodes=max(1, self.effort.nodes - self.nodes)))


def beating(bounds: Floats, value: float, grain: float) -> Bools:
    """
    Find the bounds that leave room for anything better, as the tree does.

    Parameters
    ----------
    bounds
        Proven bounds. Shape ``(n_bounds,)``.
    value
        Value in hand.
    grain
        Every objective is a whole multiple of this; 0 if no such number is known.

    Returns
    -------
    beating
        Shape ``(n_bounds,)``, bool.
    """
    if not np.isfinite(value):
        return np.asarray(bounds > value)
    if grain:
        return np.asarray(np.floor(bounds / grain) * grain > value + grain / 2)
    return np.asarray(bounds - value > SAME * max(1.0, abs(value)))


@dataclass(slots=True)
class _After:
    """Stops when asked so often, or when somebody asked to."""

    left: int
    effort: Effort

    def __call__(self) -> bool:
        """Count, and ask."""
        self.left -= 1
        return self.left < 0 or self.effort.stop()
