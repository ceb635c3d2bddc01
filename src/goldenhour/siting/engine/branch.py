# SPDX-License-Identifier: Apache-2.0
"""
Branch and cut over any ``Problem``: warm linear programs, cuts, fixing, a best-first tree.

HiGHS has no call-back for cuts, so the tree is ours. A node goes only if it is shown to be empty,
if its bound does not beat the best choice, or if all of it is decided and weighed; whatever is
left when the search ends counts in the bound. Branching by pseudo-costs that start from short
trial solves (Achterberg, Koch and Martin 2005); cuts at the root between the point and one well
inside (Fischetti and Salvagnin 2010).
"""

import heapq
import math

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.problem import Bools, Branched, Floats, Problem
from goldenhour.siting.engine.program import Bounded, Box, Program
from goldenhour.siting.engine.pseudo_costs import PseudoCosts
from goldenhour.siting.highs import LpAnswer, LpStatus
from goldenhour.siting.plain.effort import Effort

SAME = 1e-9
"""Two objectives are told apart if they differ by more than this share, or by half a grain."""

_HALF = 0.5
_WHOLE = 1e-6
_BROKEN, _BROKEN_WHOLE = 1e-6, 1e-9
_ROOT_ROUNDS, _NODE_ROUNDS = 400, 6
_FLAT, _FLAT_ROUNDS = 1e-5, 4
_INNER = 0.6  # of the inner point that stays, each round
_ROOT_CHOICES, _NODE_CHOICES = 5, 10
_TIDY = 15
_MANY_CUTS = 1200
_DIVE = 0.25  # of the gap: a node whose bound lies further below the highest waits its turn


def branch(
    problem: Problem,
    effort: Effort,
    *,
    first: Bools | None = None,
    rank: NDArray[np.int64] | None = None,
    in_hand: float = -np.inf,
) -> Branched:
    """
    Find the best choice and prove how good it is.

    Parameters
    ----------
    problem
        The model.
    effort
        When to stop, and who is told.
    first
        A good choice to start from, found by search. Shape ``(n_open,)``, bool.
    rank
        Columns of a lower rank are branched on first while they are in doubt, such as the few that
        many others hang on; all alike if left out. Shape ``(n_open,)``, int.
    in_hand
        Worth of a choice that is known from elsewhere: only what is better is looked for.

    Returns
    -------
    branched
        Choice, value and bound. They are equal only if nothing better fits between them.
    """
    tree = _Tree(problem, effort, rank)
    tree.value = in_hand
    if first is not None:
        tree.weigh(first)
    bound = tree.grow()
    return Branched(
        chosen=tree.best,
        value=tree.value,
        bound=bound if tree.beats(bound) else tree.value,
        nodes=tree.nodes,
        stopped=tree.stopped,
        score=tree.score,
    )


class _Tree:
    """Open nodes, the best choice and the linear program that they share."""

    def __init__(
        self, problem: Problem, effort: Effort, rank: NDArray[np.int64] | None = None
    ) -> None:
        self.problem, self.effort = problem, effort
        self.program = Program(problem, stop=effort.stop)
        self.costs = PseudoCosts(self.program, rank)
        self.best: Bools | None = None
        self.value, self.nodes, self.stopped = float("-inf"), 0, False
        self.score: Floats = np.zeros(problem.n_open)
        self._open: list[tuple[float, int, Box]] = []
        self._pushed = 0
        self._told = (-np.inf, np.inf)
        self._known: set[bytes] = set()

    def beats(self, bound: float) -> bool:
        """Whether anything that this bound allows could be better than what is in hand."""
        return bool(self._beating(np.array([bound]))[0])

    def _beating(self, bounds: Floats) -> Bools:
        """Which of some bounds allow anything better."""
        if not math.isfinite(self.value):
            return np.asarray(bounds > -np.inf)
        if grain := self.problem.grain:
            return np.asarray(np.floor(bounds / grain) * grain > self.value + _HALF * grain)
        return np.asarray(bounds - self.value > SAME * max(1.0, abs(self.value)))

    def weigh(self, chosen: Bools) -> None:
        """Keep a choice if it is the best so far."""
        key = np.packbits(chosen).tobytes()
        if key in self._known:
            return
        self._known.add(key)
        worth = self.problem.worth(chosen)
        if worth > self.value:
            self.best, self.value = chosen.copy(), worth

    def grow(self) -> float:
        """Look at nodes, the most promising first, until nothing can be better; give the bound."""
        self._push(self.program.first_box(), np.inf)
        while self._open and not self._is_over():
            bound, box = self._pop()
            while self.beats(bound):
                followed = self._look(box, bound)
                if followed is None or self._is_over(extra=followed[1]) or self._waits(followed[1]):
                    self._keep(followed)
                    break
                box, bound = followed
        self._tell(self._bound())
        return self._bound()

    def _waits(self, bound: float) -> bool:
        """Whether a dive has gone so far down that others come first; never before any choice."""
        top = self._bound(bound)
        return bool(bound < top - _DIVE * (top - self.value))

    def _push(self, box: Box, bound: float) -> None:
        """Keep a node for later."""
        self._pushed += 1
        heapq.heappush(self._open, (-bound, self._pushed, box))

    def _pop(self) -> tuple[float, Box]:
        """Take the node with the highest bound."""
        minus_bound, _, box = heapq.heappop(self._open)
        return -minus_bound, box

    def _keep(self, node: tuple[Box, float] | None) -> None:
        """Put a node back that there was no time for, or whose turn has not come."""
        if node is not None:
            self._push(*node)

    def _bound(self, extra: float = -np.inf) -> float:
        """No choice is worth more than this."""
        top = -self._open[0][0] if self._open else -np.inf
        return max(top, extra, self.value)

    def _is_over(self, extra: float = -np.inf) -> bool:
        """Whether the search may or must end; tells how far it is."""
        bound = self._bound(extra)
        self._tell(bound)
        self.stopped = self.stopped or self.effort.stop()
        spent = self.nodes >= self.effort.nodes
        return bool(self.stopped or spent or self._is_enough(bound))

    def _is_enough(self, bound: float) -> bool:
        """Whether nothing better is allowed by a bound, or so little that it is not looked for."""
        if not self.beats(bound):
            return True
        known = math.isfinite(self.value)
        return known and self.effort.is_enough(bound, self.value, nodes=self.nodes)

    def _tell(self, bound: float) -> None:
        """Tell value and bound when one of them got better."""
        if self.value > self._told[0] or bound < self._told[1]:
            self._told = (self.value, bound)
            self.effort.told(self.value, bound)

    def _look(self, box: Box, bound: float) -> tuple[Box, float] | None:
        """Work on one node; give the child to look at next, None if nothing of it is left."""
        self.nodes += 1
        answer, bounded = self._cut(box, bound)
        bound = min(bound, bounded.bound)
        if self.nodes == 1:
            self.score = np.where(np.isfinite(bounded.if_open), bounded.if_open, -np.inf)
        if not self.beats(bound):
            return None
        box = self._fixed(box, bounded)
        if not box.free.any():
            self.weigh(box.lower > _HALF)
            return None
        self._try_choice(answer, every=_NODE_CHOICES)
        if not self.beats(bound):
            return None
        if self.stopped:
            return box, bound
        column, side = self.costs.choose(box, answer, bound)
        self._push(box.child(column, 1 - side), bound)
        return box.child(column, side), bound

    def _cut(self, box: Box, above: float) -> tuple[LpAnswer, Bounded]:
        """Solve and cut until the point keeps all cuts, or cutting no longer pays."""
        at_root = self.nodes == 1
        answer = self.program.solve(box)
        bounded, inner, flat = self.program.bounded(answer, box), None, 0
        for count in range(_ROOT_ROUNDS if at_root else _NODE_ROUNDS):
            best = min(above, bounded.bound)
            if answer.status is not LpStatus.OPTIMAL or self._asked() or self._is_enough(best):
                break
            if count % _TIDY == _TIDY - 1 or self.program.n_cuts > _MANY_CUTS:
                self.program.purge(answer)
            if at_root:
                self._try_choice(answer, every=_ROOT_CHOICES, count=count)
                self._tell(max(best, self.value))
                inner = self._inner(inner, answer.value)
            if not self._add_cuts(answer.value, inner if flat < _FLAT_ROUNDS - 1 else None):
                break
            answer = self.program.solve(box)
            newer = self.program.bounded(answer, box)
            gained = best - newer.bound
            flat = flat + 1 if gained <= _FLAT * abs(best) else 0
            bounded = newer if newer.bound <= bounded.bound else bounded
            if flat >= _FLAT_ROUNDS and not _is_whole(self._open_part(answer)):
                break
        return answer, bounded

    def _add_cuts(self, value: Floats, inner: Floats | None) -> bool:
        """Add what the point breaks, first as seen from further inside; False if nothing."""
        whole = _is_whole(value[: self.program.n_open])
        if inner is not None and not whole:
            between = value.copy()
            between[: self.program.n_open] = inner
            found = self.program.broken(
                self.problem.cuts(between, whole=False), value, least=_BROKEN
            )
            if found.n:
                self.program.add(found)
                return True
        point = _rounded(value, self.program.n_open) if whole else value
        found = self.problem.cuts(point, whole=whole)
        found = self.program.broken(found, value, least=_BROKEN_WHOLE if whole else _BROKEN)
        self.program.add(found)
        return found.n > 0

    def _inner(self, inner: Floats | None, value: Floats) -> Floats:
        """Move the inner point towards the newest; it starts between the best choice and here."""
        point = value[: self.program.n_open]
        if inner is None:
            start = point if self.best is None else self.best.astype(np.float64)
            return _HALF * start + _HALF * point
        return _INNER * inner + (1 - _INNER) * point

    def _try_choice(self, answer: LpAnswer, *, every: int, count: int | None = None) -> None:
        """Let the problem make a choice of the point, now and then, and where it is whole."""
        point = self._open_part(answer)
        turn = self.nodes if count is None else count
        if _is_whole(point):
            self.weigh(point > _HALF)
        elif turn % every and self.best is not None:
            return
        chosen = self.problem.choice(answer.value)
        if chosen is not None:
            self.weigh(chosen)

    def _fixed(self, box: Box, bounded: Bounded) -> Box:
        """Decide what cannot be otherwise in anything better."""
        lower, upper, free = box.lower.copy(), box.upper.copy(), box.free
        shut = free & ~self._beating(bounded.if_open)
        upper[shut] = 0.0
        lower[free & ~shut & ~self._beating(bounded.if_shut)] = 1.0
        return Box(lower=lower, upper=upper)

    def _open_part(self, answer: LpAnswer) -> Floats:
        """Values of the yes-or-no columns."""
        return answer.value[: self.program.n_open]

    def _asked(self) -> bool:
        """Whether somebody asked to stop."""
        self.stopped = self.stopped or self.effort.stop()
        return self.stopped


def _is_whole(point: Floats) -> bool:
    """Whether every value is 0 or 1, but for the solver's tolerance."""
    return bool(np.all(np.minimum(np.abs(point), np.abs(1.0 - point)) <= _WHOLE))


def _rounded(value: Floats, n_open: int) -> Floats:
    """Take off the solver's tolerance."""
    clean = value.copy()
    clean[:n_open] = np.rint(clean[:n_open])
    return clean
