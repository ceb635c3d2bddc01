# SPDX-License-Identifier: Apache-2.0
"""
The shortest radius within which so many sites serve everybody who can be served.

Binary search over the distinct weighted times (Minieka 1970). Each step is a covering problem,
answered yes, no or *unknown*; a no settles every shorter radius, an unknown settles nothing.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.assignment import SAME
from goldenhour.siting.engine.covering import Level, build
from goldenhour.siting.engine.fewest import Needs, fewest
from goldenhour.siting.engine.problem import Floats
from goldenhour.siting.engine.prove import prove, settled_bound
from goldenhour.siting.kernels.cover import turn
from goldenhour.siting.plain.cover import Cover
from goldenhour.siting.plain.effort import Effort, nobody
from goldenhour.siting.plain.times import Times


class _Answer(StrEnum):
    """Whether so many sites do within a radius."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """
    The best choice found, and a radius that no choice betters.

    Parameters
    ----------
    sites
        Open sites, ascending.
    bound
        No choice that leaves out no more has a shorter radius.
    nodes
        Nodes of the trees that were looked at.
    stopped
        True if somebody asked to stop.
    """

    sites: tuple[int, ...]
    bound: float
    nodes: int
    stopped: bool


class Radii:
    """
    The demand that counts, and what each of its sites costs it.

    Parameters
    ----------
    times
        Each demand's sites.
    weights
        What a second of each demand weighs. Shape ``(n_demand,)``.
    sites
        How many, forced and allowed.
    left
        Weight that may be left out.
    """

    def __init__(self, times: Times, weights: Floats, sites: Level, left: float) -> None:
        usable = times.only(sites.allowed[times.site] & (weights > 0)[times.demand])
        self.sites, self.left = sites, left
        self._site, self._demand = usable.site, usable.demand
        self._cost = usable.time_s * weights[usable.demand]
        self._start = usable.start
        self._rows = np.diff(usable.start) > 0
        self._weights = weights
        self._radius = np.unique(self._cost)

    def search(self, first: tuple[int, ...], effort: Effort) -> Centre:
        """
        Halve what lies between a radius that is too short and one that is had.

        Parameters
        ----------
        first
            A choice that leaves out no more than may be.
        effort
            When to stop, and who is told.

        Returns
        -------
        centre
            Choice and bound.
        """
        chosen, nodes = first, 0
        low = proven = self._lowest()
        high = self._index(chosen)
        while low < high and not self._is_over(effort, proven, self._index(chosen), nodes):
            middle = (low + high) // 2
            spare = replace(effort, nodes=effort.nodes - nodes, told=nobody)
            answer, better, looked = self._ask(float(self._radius[middle]), spare)
            nodes += looked
            if better is not None:
                chosen, high = better, min(middle, self._index(better))
                continue
            low = middle + 1
            proven = low if answer is _Answer.NO else proven
        stopped = low < high and effort.stop()
        self._is_over(effort, proven, self._index(chosen), nodes)
        bound = float(self._radius[proven]) if len(self._radius) and self.sites.n else 0.0
        return Centre(sites=chosen, bound=bound, nodes=nodes, stopped=stopped)

    def _is_over(self, effort: Effort, proven: int, had: int, nodes: int) -> bool:
        """Whether the search may or must end; tells how far it is."""
        if not len(self._radius):
            return True
        radius, bound = float(self._radius[had]), float(self._radius[proven])
        effort.told(radius, min(radius, bound))
        enough = radius - bound <= effort.gap_share * radius and nodes >= effort.cheap_nodes
        return effort.stop() or nodes >= effort.nodes or enough

    def _index(self, chosen: tuple[int, ...]) -> int:
        """Find the radius of a choice."""
        is_open = np.zeros(len(self.sites.allowed), dtype=np.bool_)
        is_open[list(chosen)] = True
        pairs = np.flatnonzero(is_open[self._site])
        _, first = np.unique(self._demand[pairs], return_index=True)
        worst = self._cost[pairs[first]].max(initial=0.0)
        return int(np.searchsorted(self._radius, worst))

    def _lowest(self) -> int:
        """Find a radius that nothing betters: that of the row farthest from its nearest site."""
        if self.left > 0 or not self._rows.any():
            return 0
        nearest = self._cost[self._start[:-1][self._rows]]
        return int(np.searchsorted(self._radius, nearest.max()))

    def _ask(self, radius: float, effort: Effort) -> tuple[_Answer, tuple[int, ...] | None, int]:
        """Ask whether the sites do within a radius: the answer, a choice that shows it, nodes."""
        pairs = self._cost <= radius
        kept = np.concatenate([[0], np.cumsum(pairs)]).astype(np.int64)
        start, home = turn(kept[self._start], self._site[pairs], len(self.sites.allowed))
        cover = Cover(start=start, home=home, n_homes=len(self._weights))
        return self._ask_most(cover, effort) if self.left > 0 else self._ask_all(cover, effort)

    def _ask_all(self, cover: Cover, effort: Effort) -> tuple[_Answer, tuple[int, ...] | None, int]:
        """Ask for a cover of every row by so few sites."""
        start, site = turn(cover.start, cover.home, cover.n_homes)
        needs = Needs(start=start, site=site, n_sites=cover.n_sites)
        if np.any(self._rows & (np.diff(start) == 0)):
            return _Answer.NO, None, 0
        n = self.sites.n
        found = fewest(
            needs.part(self._rows, np.ones(cover.n_sites, dtype=np.bool_)),
            forced=self.sites.forced,
            effort=effort,
            is_enough=lambda had, bound: had <= n or bound > n,
        )
        if len(found.sites) <= n:
            return _Answer.YES, self._filled(found.sites), found.nodes
        return _Answer.NO if found.bound > n else _Answer.UNKNOWN, None, found.nodes

    def _ask_most(
        self, cover: Cover, effort: Effort
    ) -> tuple[_Answer, tuple[int, ...] | None, int]:
        """Ask for a choice that covers all weight but what may be left out."""
        weights = np.where(self._rows, self._weights, 0.0)
        wanted = (float(weights.sum()) - self.left) * (1 - SAME)
        covering = build(cover, weights, self.sites)
        ended = _Ended(effort, wanted)
        proven = prove(covering, replace(effort, told=ended.told, stop=ended.stop, gap_share=0.0))
        if proven.found.value >= wanted:
            sites = tuple(int(j) for j in proven.found.sites)
            return _Answer.YES, self._filled(sites), proven.nodes
        bound = settled_bound(covering, proven.bound, proven.found.value)
        return _Answer.NO if bound < wanted else _Answer.UNKNOWN, None, proven.nodes

    def _filled(self, sites: tuple[int, ...]) -> tuple[int, ...]:
        """Open the lowest others until there are as many as asked for."""
        may: NDArray[np.bool_] = self.sites.allowed.copy()
        may[list(sites)] = False
        more = np.flatnonzero(may)[: self.sites.n - len(sites)]
        return tuple(sorted((*sites, *(int(j) for j in more))))


class _Ended:
    """Ends a covering once its question is answered."""

    def __init__(self, effort: Effort, wanted: float) -> None:
        self._effort, self._wanted, self._ends = effort, wanted, False

    def told(self, value: float, bound: float) -> None:
        """Hear of the search."""
        self._ends = value >= self._wanted or bound < self._wanted

    def stop(self) -> bool:
        """Whether to end."""
        return self._ends or self._effort.stop()
