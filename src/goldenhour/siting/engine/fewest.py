# SPDX-License-Identifier: Apache-2.0
"""
Fewest sites that cover all rows: set covering, made small by dominance, proven in the tree.

A row that asks for all that another row asks for, and more, is idle; so is a site all of whose rows
another site covers too; a row with one site opens it (Toregas and ReVelle 1973).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.branch import branch
from goldenhour.siting.engine.problem import Bools, Floats
from goldenhour.siting.kernels import fewest as kernel
from goldenhour.siting.kernels.cover import turn
from goldenhour.siting.kernels.fewest import EMPTY
from goldenhour.siting.linear_rows import LinearRows
from goldenhour.siting.plain.effort import Effort

_FIRST_ROWS, _ROWS_AT_ONCE = 1500, 400
_BROKEN, _BROKEN_WHOLE = 1e-6, 1e-9
_ALMOST = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """
    Which sites would do for each row.

    Parameters
    ----------
    start
        Shape ``(n_rows + 1,)``, int64.
    site
        Ascending within a row. Shape ``(n_pairs,)``, int32.
    n_sites
        Number of sites.
    """

    start: NDArray[np.int64]
    site: NDArray[np.int32]
    n_sites: int

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.start) - 1

    @property
    def turned(self) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Rows of each site, compressed."""
        start, row = turn(self.start, self.site, self.n_sites)
        return start, row

    def part(self, rows: Bools, sites: Bools) -> "Needs":
        """
        Keep some rows and sites.

        Parameters
        ----------
        rows
            Shape ``(n_rows,)``, bool.
        sites
            Shape ``(n_sites,)``, bool.

        Returns
        -------
        needs
            With sites numbered anew.
        """
        number = np.where(sites, np.cumsum(sites) - 1, EMPTY).astype(np.int32)
        start, site = kernel.sub_table(self.start, self.site, rows, number)
        return Needs(start=start, site=site, n_sites=int(sites.sum()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fewest:
    """
    The smallest cover found, and how small any could be.

    Parameters
    ----------
    sites
        Open sites, ascending.
    bound
        No cover has fewer.
    nodes
        Nodes of the tree that were looked at.
    stopped
        True if somebody asked to stop.
    """

    sites: tuple[int, ...]
    bound: int
    nodes: int
    stopped: bool


def fewest(
    needs: Needs, *, forced: Bools, effort: Effort, is_enough: Callable[[int, int], bool]
) -> Fewest:
    """
    Cover every row with as few sites as can be.

    Parameters
    ----------
    needs
        Every row has at least one site.
    forced
        Sites that are open anyway. Shape ``(n_sites,)``, bool.
    effort
        When to stop, and who is told.
    is_enough
        Asked with the sites in hand and the bound: True ends the search.

    Returns
    -------
    fewest
        Sites, those forced among them, and bound.
    """
    core, site_of, opened = _reduced(needs, forced)
    at_least = len(opened) + (1 if core.n_rows else 0)
    first = _cover(core, np.zeros(core.n_sites))
    sites = _named(opened, site_of, first)
    found = Fewest(sites=sites, bound=at_least, nodes=0, stopped=False)
    effort.told(float(len(sites)), float(at_least))
    if not core.n_rows or is_enough(len(sites), at_least) or len(sites) == at_least:
        return replace(found, bound=at_least if core.n_rows else len(sites))
    ended = _Ended(effort, len(opened), is_enough)
    branched = branch(
        _CoverProblem(core), replace(effort, told=ended.told, stop=ended.stop), first=first
    )
    best = first if branched.chosen is None else branched.chosen
    return Fewest(
        sites=_named(opened, site_of, best),
        bound=max(at_least, len(opened) + _up(-branched.bound)),
        nodes=branched.nodes,
        stopped=ended.was_asked,
    )


class _Ended:
    """Tells sites instead of profit, and ends the search once it is enough."""

    def __init__(
        self, effort: Effort, n_opened: int, is_enough: Callable[[int, int], bool]
    ) -> None:
        self._effort, self._n_opened, self._is_enough = effort, n_opened, is_enough
        self._ends, self.was_asked = False, False

    def told(self, value: float, bound: float) -> None:
        """Hear of the search."""
        if not np.isfinite(value):
            return
        n, least = self._n_opened + _up(-value), self._n_opened + _up(-bound)
        self._effort.told(float(n), float(least))
        self._ends = self._is_enough(n, least)

    def stop(self) -> bool:
        """Whether to end."""
        self.was_asked = self.was_asked or self._effort.stop()
        return self._ends or self.was_asked


class _CoverProblem:
    """The sites as columns, a row for each need, the first at once and others when broken."""

    def __init__(self, needs: Needs) -> None:
        self.needs = needs
        self._turned = needs.turned
        self.n_open = needs.n_sites
        self.profit: Floats = -np.ones(needs.n_sites)
        self.lower: Floats = np.zeros(needs.n_sites)
        self.upper: Floats = np.ones(needs.n_sites)
        self.grain = 1.0
        shortest = np.argsort(np.diff(needs.start), kind="stable")[:_FIRST_ROWS]
        self.rows = self._rows(np.sort(shortest))

    def cuts(self, value: Floats, *, whole: bool) -> LinearRows:
        """
        Find rows that are not covered at a point.

        Parameters
        ----------
        value
            Shape ``(n_sites,)``.
        whole
            True where every site is open or shut.

        Returns
        -------
        rows
            The least covered first.
        """
        sums = kernel.row_sums(self.needs.start, self.needs.site, value)
        broken = np.flatnonzero(sums < 1.0 - (_BROKEN_WHOLE if whole else _BROKEN))
        worst = broken[np.argsort(sums[broken], kind="stable")[:_ROWS_AT_ONCE]]
        return self._rows(np.sort(worst))

    def choice(self, value: Floats) -> Bools | None:
        """
        Cover by the sites that the point prefers.

        Parameters
        ----------
        value
            Shape ``(n_sites,)``.

        Returns
        -------
        chosen
            Shape ``(n_open,)``, bool.
        """
        return _cover(self.needs, np.clip(value, 0.0, 1.0))

    def worth(self, chosen: Bools) -> float:
        """
        Count the sites, if they cover every row.

        Parameters
        ----------
        chosen
            Shape ``(n_open,)``, bool.

        Returns
        -------
        objective
            Minus their number.
        """
        sums = kernel.row_sums(self.needs.start, self.needs.site, chosen.astype(np.float64))
        return -float(chosen.sum()) if np.all(sums > 0) else float("-inf")

    def _rows(self, rows: NDArray[np.int64]) -> LinearRows:
        """Ask for one site at least in each of some rows."""
        keep = np.zeros(self.needs.n_rows, dtype=np.bool_)
        keep[rows] = True
        part = self.needs.part(keep, np.ones(self.n_open, dtype=np.bool_))
        return LinearRows(
            start=part.start,
            column=part.site,
            factor=-np.ones(len(part.site)),
            limit=-np.ones(len(rows)),
            least=np.full(len(rows), -np.inf),
        )


def _cover(needs: Needs, lean: Floats) -> Bools:
    """Cover one by one."""
    chosen: Bools = kernel.cover_all(needs.start, needs.site, *needs.turned, lean)
    return chosen


def _reduced(needs: Needs, forced: Bools) -> tuple[Needs, NDArray[np.int64], NDArray[np.int64]]:
    """Drop idle rows and sites, open what must be, until nothing changes."""
    site_of, opened, opens = np.arange(needs.n_sites), np.zeros(0, dtype=np.int64), forced
    while True:
        size = (needs.n_rows, needs.n_sites)
        opened = np.concatenate([opened, site_of[opens]])
        rows = kernel.row_sums(needs.start, needs.site, opens.astype(np.float64)) == 0
        needs, site_of = needs.part(rows, ~opens), site_of[~opens]
        rows = ~kernel.larger_rows(needs.start, needs.site, *needs.turned)
        needs = needs.part(rows, np.ones(needs.n_sites, dtype=np.bool_))
        sites = ~kernel.smaller_rows(*needs.turned, needs.start, needs.site)
        needs, site_of = needs.part(np.ones(needs.n_rows, dtype=np.bool_), sites), site_of[sites]
        opens = np.zeros(needs.n_sites, dtype=np.bool_)
        opens[needs.site[needs.start[:-1][np.diff(needs.start) == 1]]] = True
        if size == (needs.n_rows, needs.n_sites) and not opens.any():
            return needs, site_of, np.sort(opened)


def _named(opened: NDArray[np.int64], site_of: NDArray[np.int64], chosen: Bools) -> tuple[int, ...]:
    """Name all open sites."""
    return tuple(int(j) for j in np.union1d(opened, site_of[chosen]))


def _up(value: float) -> int:
    """Round a bound on a number of sites up; none is 0."""
    return int(np.ceil(max(0.0, value) - _ALMOST))
