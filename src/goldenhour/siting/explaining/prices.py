# SPDX-License-Identifier: Apache-2.0
"""
What homes are worth at most: prices that bound every plan, with whichever candidates.

With a price from 0 to its people on every home, no plan of ``n`` sites serves more than what is
not priced, and the ``n`` best sums of prices (Lagrangian relaxation of the covering constraints;
Galvão and ReVelle 1996). Any prices bound; good ones come from the proof on a core of candidates.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.covering import Level, build
from goldenhour.siting.engine.prove import prove
from goldenhour.siting.kernels.cover import merge_rows, turn
from goldenhour.siting.plain.cover import Cover
from goldenhour.siting.plain.effort import Effort

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]
_ROUNDS, _JOIN = 3, 120
_KICKS = 0.1
_ROUNDING = 1e-6  # people; sums of many prices round


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """
    Prices of homes, and what follows for candidates.

    Parameters
    ----------
    price
        Of each home, 0 to its people. Shape ``(n_homes,)``.
    unpriced
        People that the prices leave out, of homes that some candidate covers; and what sums round.
    score
        Sum of the prices that each candidate covers. Shape ``(n_sites,)``.
    n
        Sites wanted.
    """

    price: Floats
    unpriced: float
    score: Floats
    n: int

    @property
    def bound(self) -> float:
        """No plan serves more people."""
        return self.unpriced + float(np.sort(self.score)[::-1][: self.n].sum())

    @property
    def at_most_with(self) -> Floats:
        """No plan with a candidate serves more people than this. Shape ``(n_sites,)``."""
        best = np.sort(self.score)[::-1][: self.n]
        others = best[: self.n - 1].sum()
        least = best[-1] if len(best) else 0.0
        with_it = np.where(self.score >= least, self.bound, self.unpriced + others + self.score)
        return np.asarray(with_it, dtype=np.float64)

    def bound_with(self, homes: NDArray[np.integer], *, uncovered: float) -> float:
        """
        Bound every plan that may also use a new candidate.

        Parameters
        ----------
        homes
            Homes that it covers, by position. Shape ``(n_covered,)``.
        uncovered
            People among them that no candidate covered before.

        Returns
        -------
        bound
            No plan serves more people.
        """
        score = float(self.price[homes].sum())
        scores = np.sort(np.append(self.score, score + uncovered))[::-1]
        return self.unpriced + float(scores[: self.n].sum())


def priced(cover: Cover, people: Floats, n: int, core: Rows) -> Priced:
    """
    Price homes by the proof on a core of candidates, and take in whoever is worth more than it.

    Parameters
    ----------
    cover
        Homes within reach of each candidate.
    people
        People of each home. Shape ``(n_homes,)``.
    n
        Sites wanted.
    core
        Promising candidates. Shape ``(n_core,)``.

    Returns
    -------
    priced
        The best of a few rounds.
    """
    best = None
    for _ in range(_ROUNDS):
        found = _scored(cover, people, _prices(cover, people, n, core), n)
        best = found if best is None or found.bound < best.bound else best
        joining = np.argsort(-found.score, kind="stable")[:_JOIN]
        if np.isin(joining[:n], core).all():
            break
        core = np.union1d(core, joining).astype(np.int64)
    return best or _scored(cover, people, people, n)


def _scored(cover: Cover, people: Floats, price: Floats, n: int) -> Priced:
    """Add up the prices that each candidate covers."""
    in_reach = np.zeros(cover.n_homes, dtype=np.bool_)
    in_reach[cover.home] = True
    score, filled = np.zeros(cover.n_sites), np.flatnonzero(np.diff(cover.start))
    if len(filled):
        score[filled] = np.add.reduceat(price[cover.home], cover.start[filled])
    unpriced = float((people - price)[in_reach].sum()) + _ROUNDING
    return Priced(price=price, unpriced=unpriced, score=score, n=max(0, min(n, len(score))))


def _prices(cover: Cover, people: Floats, n: int, core: Rows) -> Floats:
    """Take the prices of the proof on the core; where there are none, all people."""
    start, home = _part(cover, core)
    home_start, home_site = turn(start, home, cover.n_homes)
    group, first = merge_rows(home_start, home_site, 1)
    held = group >= 0
    weight = np.bincount(group[held], weights=people[held], minlength=len(first)).astype(np.float64)
    n_inside = np.diff(home_start)[first]
    group_start = np.concatenate([[0], np.cumsum(n_inside)]).astype(np.int64)
    at = np.repeat(home_start[first] - group_start[:-1], n_inside) + np.arange(group_start[-1])
    site_start, site_group = turn(group_start, home_site[at], len(core))
    merged = Cover(start=site_start, home=site_group, n_homes=len(first))
    every = np.ones(len(core), dtype=np.bool_)
    level = Level(n=min(n, len(core)), forced=~every, allowed=every)
    covering = build(merged, weight, level)
    if not np.array_equal(covering.table.weight, weight):  # it knows groups that we do not
        return people
    found = prove(covering, Effort(nodes=0, kicks_share=_KICKS)).price
    share = np.append(np.clip(found / np.maximum(weight, 1e-300), 0.0, 1.0), 1.0)
    priced_home: Floats = people * share[group]  # -1 looks up the last: all of it
    return priced_home


def _part(cover: Cover, sites: Rows) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Keep some sites' rows."""
    n_inside = np.diff(cover.start)[sites]
    start = np.concatenate([[0], np.cumsum(n_inside)]).astype(np.int64)
    at = np.repeat(cover.start[sites] - start[:-1], n_inside) + np.arange(start[-1])
    return start, cover.home[at]
