# SPDX-License-Identifier: Apache-2.0
"""Good plans over many worlds: sites for given hospitals, hospitals for given sites, in turn."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.covering import NO_CLASH, Level
from goldenhour.siting.engine.problem import Bools, Floats
from goldenhour.siting.engine.world_table import WorldTable
from goldenhour.siting.kernels import worlds as kernel
from goldenhour.siting.kernels.cover import turn
from goldenhour.siting.kernels.worlds import EMPTY, Aim, Rules, Served
from goldenhour.siting.plain.effort import never

Rows = NDArray[np.int32]
_TINY = 1e-10
_GREEDY_ONLY = -1
_MANY = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    """
    What may be opened of both tiers.

    Parameters
    ----------
    sites
        First tier.
    hospitals
        Second tier; none in models of one tier.
    clash
        Hospital in the same structure as each site, ``NO_CLASH`` if none. Shape ``(n_sites,)``.
    """

    sites: Level
    hospitals: Level
    clash: Rows

    @property
    def n_open(self) -> int:
        """Sites and hospitals."""
        return len(self.sites.allowed) + len(self.hospitals.allowed)

    def keeps(self, chosen: Bools) -> bool:
        """
        Whether a choice keeps counts, what is forced and forbidden, and one tier a structure.

        Parameters
        ----------
        chosen
            Sites, then hospitals. Shape ``(n_open,)``, bool.

        Returns
        -------
        keeps
            True if it does.
        """
        x, z = np.split(chosen, [len(self.sites.allowed)])
        for tier, is_open in ((self.sites, x), (self.hospitals, z)):
            if is_open.sum() != tier.n or (is_open & ~tier.allowed).any():
                return False
            if (tier.forced & ~is_open).any():
                return False
        taken = self.clash[x]
        return not z[taken[taken != NO_CLASH]].any()


def restricted_tiers(tiers: Tiers, kept: Bools) -> Tiers:
    """
    Keep some sites and hospitals only.

    Parameters
    ----------
    tiers
        All of them.
    kept
        Sites, then hospitals; with all that is forced. Shape ``(n_open,)``, bool.

    Returns
    -------
    tiers
        With those that stay, in their order.
    """
    x, z = np.split(kept, [len(tiers.sites.allowed)])
    number = np.append(np.where(z, np.cumsum(z) - 1, NO_CLASH), NO_CLASH)
    return Tiers(
        sites=replace(tiers.sites, forced=tiers.sites.forced[x], allowed=tiers.sites.allowed[x]),
        hospitals=replace(
            tiers.hospitals, forced=tiers.hospitals.forced[z], allowed=tiers.hospitals.allowed[z]
        ),
        clash=number[tiers.clash[x]].astype(np.int32),  # -1 looks up the last: NO_CLASH
    )


class WorldSearch:
    """
    Search over the choices of both tiers.

    Parameters
    ----------
    table
        All worlds.
    aim
        How worlds are weighed.
    tiers
        What may be opened.
    backup_share
        What a second cover adds.
    """

    def __init__(self, table: WorldTable, aim: Aim, tiers: Tiers, *, backup_share: float) -> None:
        self.aim, self.tiers = aim, tiers
        n_lanes = len(table.lanes.lane_site)
        site_start, site_lane = turn(
            np.arange(n_lanes + 1, dtype=np.int64), table.lanes.lane_site, table.n_sites
        )
        self.served = Served(
            table.lanes,
            table.entries,
            table.lane_start,
            table.lane_group,
            site_start,
            site_lane,
            backup_share,
        )
        self._n_worlds = table.n_worlds
        self._least = _TINY * float(table.entries.weight.sum())

    def values(self, chosen: Bools) -> NDArray[np.float64]:
        """
        Count what a choice is worth in each world.

        Parameters
        ----------
        chosen
            Sites, then hospitals. Shape ``(n_open,)``, bool.

        Returns
        -------
        value
            Shape ``(n_worlds,)``.
        """
        x, z = self._split(chosen)
        usable = kernel.usable_lanes(self.served.lanes, z)
        sites = np.flatnonzero(x).astype(np.int32)
        return kernel.value_of(self.served, sites, usable, self._n_worlds)

    def worth(self, chosen: Bools) -> float:
        """
        Weigh a choice over all worlds.

        Parameters
        ----------
        chosen
            Sites, then hospitals. Shape ``(n_open,)``, bool.

        Returns
        -------
        worth
            ``-inf`` if it breaks a rule.
        """
        if not self.tiers.keeps(chosen):
            return -np.inf
        slope = np.zeros(self._n_worlds)
        return float(kernel.weigh(self.aim, self.values(chosen), slope))

    def greedy(self) -> Bools | None:
        """
        Place one site after another as if all hospitals were open, then these: the common rule.

        Returns
        -------
        chosen
            None if the rule finds no whole choice. Shape ``(n_open,)``, bool.
        """
        sites = self._place(self.tiers.hospitals.allowed, kicks=_GREEDY_ONLY, seed=1)
        return self._whole(sites, self._hospitals(sites, self.tiers.hospitals.forced))

    def hospitals_first(self) -> Bools | None:
        """
        Place one hospital after another, each time the one with which greedy sites serve most.

        Returns
        -------
        chosen
            None if this finds no whole choice. Shape ``(n_open,)``, bool.
        """
        tier, sites = self.tiers.hospitals, np.zeros(0, dtype=np.int32)
        if not tier.n:
            return None
        open_hospital = tier.forced.copy()
        while open_hospital.sum() < tier.n:
            best, best_worth = -1, -np.inf
            for k in np.flatnonzero(tier.allowed & ~open_hospital).tolist():
                trial = open_hospital.copy()
                trial[k] = True
                placed = self._place(trial, kicks=_GREEDY_ONLY, seed=1)
                worth = self._weighed(placed, trial)
                if worth > best_worth:
                    best, best_worth, sites = k, worth, placed
            if best < 0:
                return None
            open_hospital[best] = True
        return self._whole(sites, open_hospital)

    def _weighed(self, sites: Rows, open_hospital: Bools) -> float:
        """Weigh both tiers, whether or not they keep all rules."""
        usable = kernel.usable_lanes(self.served.lanes, open_hospital)
        value = kernel.value_of(self.served, sites, usable, self._n_worlds)
        return float(kernel.weigh(self.aim, value, np.zeros(self._n_worlds)))

    def improve(self, chosen: Bools, *, kicks: int = 0, seed: int = 1) -> Bools:
        """
        Settle sites and hospitals on each other until nothing gains.

        Parameters
        ----------
        chosen
            Where to begin. Shape ``(n_open,)``, bool.
        kicks
            Random kicks on the way.
        seed
            Their seed.

        Returns
        -------
        chosen
            At least as good if the first keeps all rules. Shape ``(n_open,)``, bool.
        """
        best, best_worth = chosen, self.worth(chosen)
        x, z = self._split(chosen)
        while True:
            sites = self._place(z, kicks=kicks, seed=seed, start=np.flatnonzero(x))
            found = self._whole(sites, self._hospitals(sites, z))
            if found is None or self.worth(found) <= best_worth + self._least:
                return best
            best, best_worth = found, self.worth(found)
            x, z = self._split(best)
            if not len(z):
                return best

    def explore(
        self,
        chosen: Bools,
        stop: Callable[[], bool] = never,
        *,
        score: Floats | None = None,
        most: int = _MANY,
    ) -> Bools:
        """
        Exchange each hospital for each other one, and place the sites anew every time.

        Parameters
        ----------
        chosen
            Where to begin. Shape ``(n_open,)``, bool.
        stop
            Asked now and then.
        score
            Hospitals with a higher one are tried first; the others are if left out. Shape
            ``(n_hospitals,)``.
        most
            Most exchanges to look at.

        Returns
        -------
        chosen
            At least as good. Shape ``(n_open,)``, bool.
        """
        best, best_worth, gained = chosen, self.worth(chosen), True
        while gained:
            gained = False
            for out, into in self._exchanges(best, score):
                most -= 1
                if most < 0 or stop():
                    return best
                x, z = (part.copy() for part in self._split(best))
                if not z[out] or z[into]:
                    continue
                z[out], z[into] = False, True
                sites = self._place(z, kicks=0, seed=1, start=np.flatnonzero(x))
                found = self._whole(sites, z)
                if found is not None and self.worth(found) > best_worth + self._least:
                    best, best_worth, gained = found, self.worth(found), True
        return best

    def _exchanges(self, chosen: Bools, score: Floats | None) -> list[tuple[int, int]]:
        """All pairs of an open and a closed hospital that may change places."""
        z, hospitals = self._split(chosen)[1], self.tiers.hospitals
        closed = np.flatnonzero(hospitals.allowed & ~z)
        if score is not None:
            closed = closed[np.argsort(-score[closed], kind="stable")]
        opened = np.flatnonzero(z & ~hospitals.forced).tolist()
        return [(out, k) for k in closed.tolist() for out in opened]

    def _split(self, chosen: Bools) -> tuple[Bools, Bools]:
        """Sites and hospitals."""
        n = len(self.tiers.sites.allowed)
        return chosen[:n], chosen[n:]

    def _whole(self, sites: Rows, open_hospital: Bools) -> Bools | None:
        """Put both tiers together, if they keep all rules."""
        x = np.zeros(len(self.tiers.sites.allowed), dtype=np.bool_)
        x[sites] = True
        chosen = np.concatenate([x, open_hospital])
        return chosen if self.tiers.keeps(chosen) else None

    def _place(
        self, open_hospital: Bools, *, kicks: int, seed: int, start: NDArray[np.int64] | None = None
    ) -> Rows:
        """Choose sites for given hospitals; sites that would not count only fill up."""
        tier, clash = self.tiers.sites, self.tiers.clash
        may = tier.allowed.copy()
        clashing = np.flatnonzero(clash != NO_CLASH)
        # While hospitals are only hoped for (more open than asked), none of them blocks a site.
        asked = open_hospital.sum() <= self.tiers.hospitals.n
        blocks = open_hospital if asked else self.tiers.hospitals.forced
        may[clashing[blocks[clash[clashing]]]] = False
        held = np.flatnonzero(tier.forced)
        others = [] if start is None else [j for j in start if may[j] and not tier.forced[j]]
        seats = np.full(tier.n, EMPTY, dtype=np.int32)
        begin = np.concatenate([held, np.array(others, dtype=np.int64)])[: tier.n]
        seats[: len(begin)] = begin
        rules = Rules(may, np.arange(tier.n) < len(held), self._least)
        served = self.served
        if len(open_hospital):
            usable = kernel.usable_lanes(served.lanes, open_hospital)
            served = kernel.only(served, usable)
        placed: Rows = kernel.place(served, self.aim, rules, seats, (kicks, seed))
        filled: Rows = placed[placed != EMPTY]
        return filled

    def _hospitals(self, sites: Rows, begin: Bools) -> Bools:
        """Choose hospitals for given sites, from those that are open."""
        tier = self.tiers.hospitals
        if not tier.n:
            return np.zeros(len(tier.allowed), dtype=np.bool_)
        may = tier.allowed.copy()
        taken = self.tiers.clash[sites]
        may[taken[taken != NO_CLASH]] = False
        held = np.flatnonzero(tier.forced)
        others = np.flatnonzero(begin & may & ~tier.forced)
        seats = np.full(tier.n, EMPTY, dtype=np.int32)
        first = np.concatenate([held, others])[: tier.n]
        seats[: len(first)] = first
        rules = Rules(may, np.arange(tier.n) < len(held), self._least)
        found = kernel.best_hospitals(self.served, self.aim, rules, sites, seats)
        is_open = np.zeros(len(tier.allowed), dtype=np.bool_)
        is_open[found[found != EMPTY]] = True
        return is_open
