# SPDX-License-Identifier: Apache-2.0
"""Good choices under side rules: add, exchange and drop sites; exchange hospitals; in turn."""

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.ruled import Ruled
from goldenhour.siting.kernels import ruled as kernel

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
_MOST_PASSES = 30
_TINY = 1e-9
_PEOPLE = 1e-3  # what all people weigh beside the worst zone's share, while that is the aim


class Search:
    """
    Looks for better choices of one problem.

    Parameters
    ----------
    ruled
        The problem.
    worst_zone
        Whether the worst-served zone comes before people.
    """

    def __init__(self, ruled: Ruled, *, worst_zone: bool) -> None:
        self._ruled, self._worst_zone = ruled, worst_zone
        self._total = max(1.0, float(ruled.table.weight.sum()) * (1 + ruled.backup_share))

    def score(self, by_zone: Floats, value: float) -> float:
        """
        Weigh what a choice does.

        Parameters
        ----------
        by_zone
            People served in each zone. Shape ``(n_zones,)``.
        value
            People served, those with a backup counted on.

        Returns
        -------
        score
            More is better.
        """
        if not self._worst_zone:
            return value
        return self._ruled.worst_share(by_zone) + _PEOPLE * value / self._total

    def improve(self, wish: Floats) -> Bools | None:
        """
        Build a choice from wishes, then change single sites and hospitals while that gains.

        Parameters
        ----------
        wish
            How much each site and hospital is wished for, such as its value in a relaxation.
            Shape ``(n_open,)``.

        Returns
        -------
        chosen
            None if none is found that keeps the rules. Shape ``(n_open,)``, bool.
        """
        chosen = self._built(wish)
        if chosen is None:
            return None
        best = self._weigh(chosen)
        for _ in range(_MOST_PASSES):
            chosen = self._hospitals_changed(self._sites_changed(chosen))
            now = self._weigh(chosen)
            if now <= best * (1 + _TINY) + _TINY:
                break
            best = now
        return chosen

    def one_by_one(self) -> float:
        """
        Place one site after another without any look back: the common rule.

        Returns
        -------
        value
            People served, those with a backup counted on; 0 if it ends in a choice that breaks a
            rule.
        """
        ruled = self._ruled
        chosen = self._built(np.zeros(ruled.n_open))
        if chosen is None:
            return 0.0
        return ruled.served(ruled.covers(chosen[: ruled.n_sites] & ruled.usable(chosen)))[1]

    def _weigh(self, chosen: Bools) -> float:
        """Score a choice."""
        ruled = self._ruled
        sites = chosen[: ruled.n_sites] & ruled.usable(chosen)
        return self.score(*ruled.served(ruled.covers(sites)))

    def _built(self, wish: Floats) -> Bools | None:
        """Open what is forced, then hospitals and sites by wish, then by what they add."""
        ruled, n = self._ruled, self._ruled.n_sites
        chosen = ruled.forced.copy()
        if not self._may_stay(chosen):
            return None
        wished = np.argsort(-wish, kind="stable")
        for column in wished[wish[wished] > 0]:
            self._open(chosen, int(column))
        while self._room(chosen)[1]:
            column = self._best_hospital(chosen)
            if column < 0:
                break
            chosen[column] = True
        self._fill_sites(chosen)
        if not ruled.fewer_sites and chosen[:n].sum() < ruled.sites.n:
            chosen = self._packed(chosen)
        return chosen if ruled.keeps_rules(chosen) else None

    def _fill_sites(self, chosen: Bools) -> None:
        """Add the site that gains most until there is no room."""
        while self._room(chosen)[0]:
            free = self._free(chosen)[: self._ruled.n_sites]
            if not free.any():
                break
            gain = np.where(free, self._gains(chosen), -np.inf)
            chosen[int(np.argmax(gain))] = True

    def _packed(self, chosen: Bools) -> Bools:
        """Start the sites again with those that stand in the way of fewest others."""
        ruled, n = self._ruled, self._ruled.n_sites
        packed = ruled.forced.copy()
        packed[n:] = chosen[n:]
        degree = ruled.clash[:n].sum(axis=1)
        while self._room(packed)[0]:
            free = self._free(packed)[:n]
            if not free.any():
                break
            packed[int(np.argmin(np.where(free, degree, np.inf)))] = True
        return packed

    def _room(self, chosen: Bools) -> tuple[int, int]:
        """How many sites and hospitals may still be opened."""
        ruled, n = self._ruled, self._ruled.n_sites
        return (
            ruled.sites.n - int(chosen[:n].sum()),
            ruled.hospitals.n - int(chosen[n:].sum()),
        )

    def _may_stay(self, chosen: Bools) -> bool:
        """Whether what is open is not too near to each other, nor too dear."""
        ruled = self._ruled
        crowded = bool(ruled.clash[np.ix_(chosen, chosen)].any())
        return not crowded and float(ruled.cost[chosen].sum()) <= ruled.budget

    def _free(self, chosen: Bools) -> Bools:
        """Columns that may be opened beside what is open, counts aside."""
        ruled = self._ruled
        near = ruled.clash[chosen].any(axis=0)
        left = ruled.budget - float(ruled.cost[chosen].sum())
        free: Bools = ruled.allowed & ~chosen & ~near & (ruled.cost <= left)
        return free

    def _open(self, chosen: Bools, column: int) -> None:
        """Open a column if the rules allow it."""
        is_hospital = column >= self._ruled.n_sites
        if self._room(chosen)[is_hospital] and self._free(chosen)[column]:
            chosen[column] = True

    def _gains(self, chosen: Bools, *, hoped: bool = False) -> Floats:
        """Score of the choice with each site added. Shape ``(n_sites,)``."""
        ruled = self._ruled
        usable = ruled.usable(chosen if not hoped else ruled.allowed)
        count = ruled.covers(chosen[: ruled.n_sites] & usable)
        by_zone, value = ruled.served(count)
        weight, zones = ruled.table.weight, ruled.zones
        price = weight * (count == 0)
        new = kernel.site_sums(ruled.table, price, zones.of_group, len(zones.people))
        more = new.sum(axis=0)
        if ruled.backup_share:
            once = np.zeros(len(weight), dtype=np.int32)
            second = kernel.site_sums(ruled.table, weight * (count == 1), once, 1)[0]
            more = more + ruled.backup_share * second
        more = np.where(usable, more, 0.0)
        if not self._worst_zone:
            gained: Floats = value + more
            return gained
        by_zone = by_zone[:, np.newaxis] + np.where(usable, new, 0.0)
        counts = zones.counts
        share = by_zone[counts] / zones.people[counts][:, np.newaxis]
        worst: Floats = share.min(axis=0, initial=1.0) + _PEOPLE * (value + more) / self._total
        return worst

    def _sites_changed(self, chosen: Bools) -> Bools:
        """Exchange single sites, or add some, while that gains."""
        ruled, n = self._ruled, self._ruled.n_sites
        now = self._weigh(chosen)
        for at in np.flatnonzero(chosen[:n] & ~ruled.sites.forced):
            trial = chosen.copy()
            trial[at] = False
            free = self._free(trial)[:n]
            if not free.any():
                continue
            score = np.where(free, self._gains(trial), -np.inf)
            other = int(np.argmax(score))
            if score[other] > now * (1 + _TINY) + _TINY:
                trial[other] = True
                chosen, now = trial, float(score[other])
        self._fill_sites(chosen)
        return chosen

    def _best_hospital(self, chosen: Bools) -> int:
        """Hospital that adds most for the sites that are open or hoped for; -1 if none may."""
        n = self._ruled.n_sites
        free = np.flatnonzero(self._free(chosen)[n:])
        if not len(free):
            return -1
        hoped = self._hoped_sites(chosen)
        worth = [self._with_hospital(chosen, hoped, int(k)) for k in free]
        return n + int(free[int(np.argmax(worth))])

    def _hoped_sites(self, chosen: Bools) -> Bools:
        """Sites that would be opened if every hospital were."""
        n = self._ruled.n_sites
        hoped = chosen.copy()
        while self._room(hoped)[0]:
            free = self._free(hoped)[:n]
            if not free.any():
                break
            hoped[int(np.argmax(np.where(free, self._gains(hoped, hoped=True), -np.inf)))] = True
        return hoped[:n]

    def _with_hospital(self, chosen: Bools, sites: Bools, hospital: int) -> float:
        """Score of some sites with one more hospital."""
        trial = chosen.copy()
        trial[: self._ruled.n_sites] = sites
        trial[self._ruled.n_sites + hospital] = True
        return self._weigh(trial)

    def _hospitals_changed(self, chosen: Bools) -> Bools:
        """Exchange single hospitals while that gains."""
        ruled, n = self._ruled, self._ruled.n_sites
        now = self._weigh(chosen)
        for at in np.flatnonzero(chosen[n:] & ~ruled.hospitals.forced):
            trial = chosen.copy()
            trial[n + at] = False
            for other in np.flatnonzero(self._free(trial)[n:]):
                trial[n + other] = True
                if (score := self._weigh(trial)) > now * (1 + _TINY) + _TINY:
                    chosen, now = trial.copy(), score
                trial[n + other] = False
        return chosen
