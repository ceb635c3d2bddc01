# SPDX-License-Identifier: Apache-2.0
"""
The best assignment to given sites, by a tree of our own: nothing is believed of a solver.

A generalised assignment problem, bounded by prices of demand with a knapsack at each site (Fisher,
Jaikumar and Van Wassenhove 1986). Every seat of a demand has a bound of its own, so that most are
struck at once (Posta, Ferland and Michelon 2012); the demand whose best seat loses most is branched
on, one child a seat.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.problem import Bools, Floats
from goldenhour.siting.kernels import single_source as kernel
from goldenhour.siting.kernels import single_source_tree as tree
from goldenhour.siting.kernels.single_source import EMPTY, Climb, Depot, Rows

Places = NDArray[np.int64]

_ROUNDS, _SCALE = 30, 0.5


class Money(Protocol):
    """How costs are told apart, and prices rounded."""

    @property
    def grain(self) -> float:
        """Every cost is a whole multiple of this; 0 if no such number is known."""

    def beats(self, bound: float, cost: float) -> bool:
        """Say whether anything that a bound allows could cost less."""

    def exact(self, price: Floats) -> Floats:
        """Round prices down to where sums of them are exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seated:
    """
    What the tree found.

    Parameters
    ----------
    cost
        Of the best assignment found that is below what was to be beaten; ``inf`` if none.
    bound
        No assignment costs less, or less than what was to be beaten; ``inf`` if it is shown that
        there is none at all.
    seat
        Seat of each demand; empty if none was found. Shape ``(n_demand,)``, int32.
    """

    cost: float
    bound: float
    seat: Rows


@dataclass(frozen=True, slots=True)
class _Node:
    """Seats that each demand may still have, prices, and the bound that came with them."""

    may: Bools
    price: Floats
    bound: float


def seat_all(
    depot: Depot,
    price: Floats,
    *,
    money: Money,
    to_beat: float,
    nodes: int,
    stop: Callable[[], bool],
) -> Seated:
    """
    Find the best assignment to some sites, if it costs less than what is to be beaten.

    Parameters
    ----------
    depot
        Of these sites alone: one row a seat.
    price
        Prices to start from. Shape ``(n_demand,)``.
    money
        How costs are told apart.
    to_beat
        What costs as much is of no interest.
    nodes
        Most nodes to look at.
    stop
        Asked at each node.

    Returns
    -------
    seated
        With a bound that is as good as proven, however soon it ended.
    """
    search = _Search(depot, money, to_beat)
    left = [_Node(np.isfinite(depot.cost), price, 0.0)]
    for _ in range(nodes):
        if not left or stop():
            break
        node = left.pop()
        if money.beats(node.bound, search.most):
            left += search.look(node)
    open_bound = min((node.bound for node in left), default=np.inf)
    if search.seat is not None:
        return Seated(cost=search.most, bound=min(open_bound, search.most), seat=search.seat)
    # Below to_beat by what any assignment costs at most: nothing left means that there is none.
    bound = open_bound if search.most < to_beat else min(open_bound, to_beat)
    return Seated(cost=np.inf, bound=bound, seat=np.zeros(0, dtype=np.int32))


class _Search:
    """The best assignment so far, and how a node is looked at."""

    def __init__(self, depot: Depot, money: Money, to_beat: float) -> None:
        self.depot, self.money = depot, money
        self.seat: Rows | None = None
        finite = np.where(np.isfinite(depot.cost), depot.cost, 0.0)
        # No assignment costs as much as all the dearest seats and some more.
        dearest = float(finite.max(axis=0, initial=0.0).sum())
        self.most = min(to_beat, 2.0 * dearest + max(1.0, money.grain))

    def look(self, node: _Node) -> list[_Node]:
        """Bound one node and strike its seats; give its children, the best of them last."""
        may, depot = node.may.copy(), self.depot
        is_possible, seat, room = tree.settle_seats(depot, may)
        if not is_possible:
            return []
        free = np.flatnonzero(seat == EMPTY)
        settled = np.flatnonzero(seat != EMPTY)
        if not len(free):
            self._keep(seat)
            return []
        fixed = float(depot.cost[seat[settled], settled].sum())
        cost = np.where(may[:, free], depot.cost[:, free], np.inf)
        part = Depot(np.ascontiguousarray(cost), depot.load[free], room)
        own = self._climbed(part, node.price[free], fixed)
        price = node.price.copy()
        price[free] = own
        bound, seats = _bounds(part, own, fixed)
        seats = np.maximum(seats, node.bound)
        self._try(seats, seat, part, free)
        can = self._can_beat(seats)
        if not self.money.beats(bound, self.most) or not can.any(axis=0).all():
            return []
        may[:, free] = can
        least = np.where(can, seats, np.inf).min(axis=0)
        at = int(np.lexsort((np.arange(len(free)), -part.load, -least))[0])
        return _children(may, price, int(free[at]), np.where(can[:, at], seats[:, at], np.inf))

    def _can_beat(self, seats: Floats) -> Bools:
        """Which seats leave room for anything that costs less."""
        can = np.isfinite(seats)
        can[can] = [self.money.beats(float(one), self.most) for one in seats[can]]
        return can

    def _try(self, seats: Floats, seat: Rows, part: Depot, free: Places) -> None:
        """Put each demand where its bound is lowest, if there is room."""
        best = np.argmin(seats, axis=0).astype(np.int32)
        taken = np.bincount(best, weights=part.load, minlength=len(part.room))
        if np.all(taken <= part.room):
            whole = seat.copy()
            whole[free] = best
            self._keep(whole)

    def _climbed(self, part: Depot, price: Floats, fixed: float) -> Floats:
        """Better prices for what is left."""
        k = len(part.room)
        none = np.zeros(k, dtype=np.bool_)
        target = self.most - fixed
        _, better = kernel.climb(
            part, price, Climb(np.ones(k), 0, none, none, target, _ROUNDS, _SCALE)
        )
        return self.money.exact(better)

    def _keep(self, seat: Rows) -> None:
        """Keep an assignment within all rooms if it costs less."""
        cost = float(self.depot.cost[seat, np.arange(len(seat))].sum())
        if cost < self.most:
            self.seat, self.most = seat, cost


def _bounds(part: Depot, price: Floats, fixed: float) -> tuple[float, Floats]:
    """
    Bound all assignments, and those with each demand in each seat.

    A demand in one seat is in no other: what the sites lose by that adds up.
    """
    worth, into, out = tree.losses(part, price)
    bound = fixed + float(price.sum()) - float(worth.sum())
    return bound, bound + into + (out.sum(axis=0) - out)


def _children(may: Bools, price: Floats, demand: int, bound: Floats) -> list[_Node]:
    """Make one child a seat, the one with the lowest bound last."""
    children = []
    for t in np.argsort(-bound, kind="stable"):
        if np.isfinite(bound[t]):
            mine = may.copy()
            mine[:, demand] = False
            mine[t, demand] = True
            children.append(_Node(mine, price, float(bound[t])))
    return children
