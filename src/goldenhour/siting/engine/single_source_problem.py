# SPDX-License-Identifier: Apache-2.0
"""
What unsplit demand with capacities gives to the tree: sites, and one cost bounded by prices.

At any prices of demand, serving all of it costs at least the sum of the prices less what each open
site is worth: a knapsack (Lagrangian bound; Ceselli and Righini 2005 price the same columns). That
is a row in the open sites, valid for every choice. A choice whose best assignment is known gets a
row that touches there alone (integer L-shaped cut; Laporte and Louveaux 1993).
"""

from dataclasses import replace

import numpy as np

from goldenhour.siting.engine.problem import Bools, Floats
from goldenhour.siting.engine.single_source import (
    Assigned,
    Parcels,
    open_rows,
    rough_prices,
)
from goldenhour.siting.kernels import single_source as kernel
from goldenhour.siting.kernels.single_source import Climb
from goldenhour.siting.linear_rows import LinearRows
from goldenhour.siting.plain.effort import Effort

_FIRST_ROUNDS, _ROUNDS = 1500, 60
_FIRST_SCALE, _SCALE = 1.5, 0.5
_AHEAD = 1.004  # of the cost so far: what a climb aims at
_KICKS, _FEW_KICKS = 2000, 8
_STAGES, _CALMER = 10, 0.75
_WORK, _KICK_WORK = 4e8, 2e8
_TINY = 1e-11  # far below what costs are told apart by
_HALF = 0.5


class Watch:
    """
    What the tree is told and asks, for a cost that is to be least.

    Parameters
    ----------
    effort
        Of whoever asked.
    """

    def __init__(self, effort: Effort) -> None:
        self._effort = effort
        self._enough = False
        self.asked = False
        """True if somebody asked to stop."""

    def effort(self) -> Effort:
        """
        Give the tree's effort: minus the cost is told as the cost.

        Returns
        -------
        effort
            Ends where the gap asked for is reached.
        """
        return replace(self._effort, told=self._told, stop=self.stop, gap_share=0.0)

    def _told(self, value: float, bound: float) -> None:
        if np.isfinite(value):
            self._effort.told(-value, max(0.0, -bound))
            self._enough = 0.0 < bound - value <= self._effort.gap_share * -value

    def stop(self) -> bool:
        """
        Say whether to stop.

        Returns
        -------
        stop
            True if somebody asked, or the gap is small enough.
        """
        self.asked = self.asked or self._effort.stop()
        return self.asked or self._enough


class ParcelProblem:
    """
    Unsplit demand with capacities, as the tree sees it: sites, and minus the cost.

    Parameters
    ----------
    parcels
        The inner problem.
    effort
        Its seed, and when to stop.
    """

    def __init__(self, parcels: Parcels, effort: Effort) -> None:
        self.parcels, self._effort = parcels, effort
        self.n_open = parcels.n_sites
        self.grain = parcels.grain
        self.best = np.inf
        self._seen: dict[bytes, Assigned] = {}
        self._settled: dict[bytes, float] = {}
        self.first = self._kicked(np.zeros(self.n_open), _KICKS)
        self._price, self.least = self._climb_all()
        self.profit = np.append(np.zeros(self.n_open), 1.0)
        self.lower = np.append(parcels.sites.forced.astype(np.float64), -self._most())
        self.upper = np.append(parcels.sites.allowed.astype(np.float64), -self.least)
        self.rows = self._lasting_rows()

    def _most(self) -> float:
        """Bound the cost of any assignment from above."""
        cost = self.parcels.depot.cost
        return float(np.where(np.isfinite(cost), cost, 0.0).max(axis=0, initial=0.0).sum())

    def _lasting_rows(self) -> LinearRows:
        """Open so many, and with room enough; the cost at the first prices."""
        depot, n = self.parcels.depot, self.parcels.sites.n
        load = float(depot.load.sum())
        rows = np.zeros((2, self.n_open + 1))
        rows[0, : self.n_open] = 1.0
        rows[1, : self.n_open] = np.minimum(depot.room, load)
        return LinearRows.from_dense(
            rows, np.array([float(n), np.inf]), least=np.array([float(n), load])
        )

    def _climb_all(self) -> tuple[Floats, float]:
        """Raise the bound over all choices; a choice of sites is part of each step."""
        parcels, price = self.parcels, rough_prices(self.parcels)
        target = self.best if np.isfinite(self.best) else 2.0 * float(price.sum())
        sites, nothing = parcels.sites, np.zeros(self.n_open)
        best, least = price, 0.0
        rounds = int(min(_FIRST_ROUNDS, 1 + _WORK / (1 + parcels.depot.cost.size)))
        scale = _FIRST_SCALE
        for _ in range(_STAGES):
            if self._effort.stop():
                break
            part = rounds // _STAGES + 1
            how = Climb(nothing, sites.n, sites.forced, sites.allowed, target, part, scale)
            bound, price = kernel.climb(parcels.depot, best, how)
            scale *= _CALMER
            if bound > least:
                best, least = price, float(bound)
        return parcels.exact(best), min(least * (1 - _TINY), self.best)

    def _kicked(self, point: Floats, rounds: int) -> Bools | None:
        """Round a point and search around it; None if no assignment is found."""
        sites, depot = self.parcels.sites, self.parcels.depot
        rank = np.where(sites.forced, np.inf, np.where(sites.allowed, point, -np.inf))
        if not point.any():
            rank = np.where(sites.allowed, self._spread(), rank)
        start = np.argsort(-rank, kind="stable")[: sites.n].astype(np.int32)
        fixed = sites.forced[start]
        work = depot.load.size**2 * max(1, sites.n)
        rounds = min(rounds, 1 + int(_KICK_WORK / (1 + work)))
        opened, seat, cost = kernel.kick(
            depot, start, sites.allowed, fixed, rounds, self._effort.seed
        )
        if not np.isfinite(cost):
            return None
        chosen = np.zeros(self.n_open, dtype=np.bool_)
        chosen[opened] = True
        self._keep(chosen, Assigned(cost=float(cost), bound=0.0, site_of=opened[seat]))
        return chosen

    def _keep(self, chosen: Bools, assigned: Assigned) -> Assigned:
        """Remember the better of two assignments to the same sites, and the higher bound."""
        key = np.packbits(chosen).tobytes()
        known = self._seen.get(key, assigned)
        better = assigned if assigned.cost <= known.cost else known
        kept = replace(better, bound=max(known.bound, assigned.bound))
        self._seen[key] = kept
        self.best = min(self.best, kept.cost)
        return kept

    def _spread(self) -> Floats:
        """Rank sites by chance, what is forced first."""
        rng = np.random.Generator(np.random.PCG64(self._effort.seed))
        return rng.random(self.n_open) + self.parcels.sites.forced

    def cuts(self, value: Floats, *, whole: bool) -> LinearRows:
        """
        Bound the cost at the best prices for a point.

        Parameters
        ----------
        value
            Column values. Shape ``(n_columns,)``.
        whole
            True where all sites are decided.

        Returns
        -------
        rows
            One, and at a whole point another that says what this very choice costs.
        """
        share, none = np.clip(value[:-1], 0.0, 1.0), np.zeros(self.n_open, dtype=np.bool_)
        if whole:
            return _as_rows(self._planes_of_choice(share > _HALF))
        so_far = max(-float(value[-1]), self.least)
        target = min(so_far * _AHEAD, self.best) if np.isfinite(self.best) else so_far * _AHEAD
        how = Climb(share, 0, none, none, max(target, so_far + self.grain), _ROUNDS, _SCALE)
        _, price = kernel.climb(self.parcels.depot, self._price, how)
        self._price = self.parcels.exact(price)
        return _as_rows([self._plane(self._price)])

    def _plane(self, price: Floats) -> tuple[Floats, float]:
        """Say what the cost is at least, whatever is open: a row and its limit."""
        worth = kernel.worths(self.parcels.depot, price)
        return np.append(-worth, 1.0), -float(price.sum())

    def _planes_of_choice(self, chosen: Bools) -> list[tuple[Floats, float]]:
        """Bound by prices for one choice, and by its best assignment: that binds there alone."""
        assigned = self.assigned(chosen)
        own = np.zeros(self.n_open + 1)
        n = float(chosen.sum())
        if not np.isfinite(assigned.bound):
            own[:-1][chosen] = 1.0
            return [self._plane(self._price), (own, n - 1.0)]
        more = max(0.0, assigned.bound - self.least)
        own[:-1][chosen] = more
        own[-1] = 1.0
        return [self._plane(self._price), (own, more * n - assigned.bound)]

    def assigned(self, chosen: Bools) -> Assigned:
        """
        Find what a choice costs, as far as it can beat the best.

        Parameters
        ----------
        chosen
            Shape ``(n_open,)``, bool.

        Returns
        -------
        assigned
            Cost and bound.
        """
        key = np.packbits(chosen).tobytes()
        if key not in self._settled:
            found, self._price = self.parcels.assign(
                open_rows(chosen), self._price, self.best, stop=self._effort.stop
            )
            self._settled[key] = self._keep(chosen, found).bound
        return self._seen[key]

    def unsettled(self) -> float:
        """
        Bound the choices that were weighed, whether or not their best assignment is known.

        Returns
        -------
        bound
            None of them costs less.
        """
        return min(self._settled.values(), default=np.inf)

    def choice(self, value: Floats) -> Bools | None:
        """
        Round a point and search around it.

        Parameters
        ----------
        value
            Column values. Shape ``(n_columns,)``.

        Returns
        -------
        chosen
            None if no assignment is found. Shape ``(n_open,)``.
        """
        return self._kicked(value[:-1], _FEW_KICKS)

    def worth(self, chosen: Bools) -> float:
        """
        Weigh a choice.

        Parameters
        ----------
        chosen
            Shape ``(n_open,)``, bool.

        Returns
        -------
        objective
            Minus its cost; ``-inf`` if it breaks a rule or no assignment is known.
        """
        sites = self.parcels.sites
        if chosen.sum() != sites.n or np.any(chosen & ~sites.allowed):
            return -np.inf
        if np.any(sites.forced & ~chosen):
            return -np.inf
        return -self.assigned(chosen).cost


def _as_rows(planes: list[tuple[Floats, float]]) -> LinearRows:
    """Put rows and limits together."""
    return LinearRows.from_dense(
        np.array([row for row, _ in planes]), np.array([limit for _, limit in planes])
    )
