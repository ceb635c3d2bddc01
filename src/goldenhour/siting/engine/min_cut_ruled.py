# SPDX-License-Identifier: Apache-2.0
"""Sites and hospitals with capacities that also keep distances and a budget, for the tree."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from goldenhour.siting.engine.capacity_search import settle
from goldenhour.siting.engine.min_cut import Capped
from goldenhour.siting.engine.min_cut_problem import CappedProblem
from goldenhour.siting.engine.problem import Bools, Floats
from goldenhour.siting.engine.ruled import KEEPS, Ruled
from goldenhour.siting.engine.ruled_program import crowded_rows
from goldenhour.siting.kernels import capacity as kernel
from goldenhour.siting.kernels.capacity import Rules
from goldenhour.siting.linear_rows import LinearRows

Rows = NDArray[np.int32]
_WISHED = 1e-6


class CappedRuledProblem(CappedProblem):
    """
    Capacities and side rules at once.

    Parameters
    ----------
    capped
        The inner problem with capacities.
    ruled
        The same sites, hospitals and levels with what a choice must keep. Its backup and zones are
        not looked at: capacities give no meaning to them.
    """

    def __init__(self, capped: Capped, ruled: Ruled) -> None:
        self.ruled = ruled
        super().__init__(capped)
        self._search = CappedRuledSearch(capped=capped, ruled=ruled)

    def _lasting_rows(self) -> LinearRows:
        """How many of each tier, fewer where they may be, and the budget."""
        ruled = self.ruled
        rows = np.zeros((3, len(self.profit)))
        rows[0, : ruled.n_sites] = 1.0
        rows[1, ruled.n_sites : self.n_open] = 1.0
        size = max(1.0, float(ruled.cost.max(initial=0.0)))
        rows[2, : self.n_open] = ruled.cost / size
        limit = np.array([ruled.sites.n, ruled.hospitals.n, ruled.budget / size * (1 + KEEPS)])
        least = np.array(
            [-np.inf if ruled.fewer_sites else ruled.sites.n, ruled.hospitals.n, -np.inf]
        )
        kept = slice(None) if np.isfinite(ruled.budget) else slice(2)
        return LinearRows.from_dense(rows[kept], limit[kept], least=least[kept])

    def cuts(self, value: Floats, *, whole: bool) -> LinearRows:
        """
        Find planes and distances that a point breaks.

        Parameters
        ----------
        value
            Column values. Shape ``(n_columns,)``.
        whole
            True where all sites and hospitals are decided.

        Returns
        -------
        rows
            Valid for every choice.
        """
        planes, crowded = super().cuts(value, whole=whole), crowded_rows(self.ruled, value)
        shape = (planes.n, len(value))
        above = sparse.csr_array((planes.factor, planes.column, planes.start), shape=shape)
        table = sparse.vstack([above, crowded], format="csr")
        return LinearRows(
            start=table.indptr.astype(np.int64),
            column=table.indices.astype(np.int32),
            factor=table.data,
            limit=np.concatenate([planes.limit, np.ones(crowded.shape[0])]),
            least=np.full(table.shape[0], -np.inf),
        )

    def choice(self, value: Floats) -> Bools | None:
        """
        Round a point and exchange sites and hospitals until nothing gains.

        Parameters
        ----------
        value
            Column values. Shape ``(n_columns,)``.

        Returns
        -------
        chosen
            None if none is found that keeps the rules. Shape ``(n_open,)``.
        """
        chosen = settle(self.capped, value[: self.n_open])
        if chosen is not None and self.ruled.keeps_rules(chosen):
            return chosen
        return self._search.improve(value[: self.n_open])

    def one_by_one(self) -> float:
        """
        Place one hospital and site after another without any look back: the common rule.

        Returns
        -------
        people
            Served; 0 if it ends in a choice that breaks a rule.
        """
        return max(0.0, self.worth(self._search.built(np.zeros(self.n_open))))

    def worth(self, chosen: Bools) -> float:
        """
        Weigh a choice by flow.

        Parameters
        ----------
        chosen
            Shape ``(n_open,)``, bool.

        Returns
        -------
        people
            The most that it can serve; ``-inf`` if it breaks a rule.
        """
        return self.capped.weigh(chosen) if self.ruled.keeps_rules(chosen) else -np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class CappedRuledSearch:
    """
    Good choices under rules and capacities: by wish, then by what they add, then by exchange.

    Parameters
    ----------
    capped
        What a choice serves.
    ruled
        What it must keep.
    """

    capped: Capped
    ruled: Ruled

    def improve(self, wish: Floats) -> Bools | None:
        """
        Build a choice from wishes, then change single sites and hospitals while that gains.

        Parameters
        ----------
        wish
            How much each site and hospital is wished for. Shape ``(n_open,)``.

        Returns
        -------
        chosen
            None if none is found that keeps the rules. Shape ``(n_open,)``, bool.
        """
        chosen = self.built(wish)
        if not self.ruled.keeps_rules(chosen):
            chosen = self._packed(chosen)
        if not self.ruled.keeps_rules(chosen):
            return None
        value, calm = self.capped.weigh(chosen), False
        while not calm:
            calm = True
            for out in np.flatnonzero(chosen & ~self.ruled.forced):
                trial = chosen.copy()
                trial[out] = False
                self._add_best(trial, is_hospital=bool(out >= self.ruled.n_sites))
                found = self.capped.weigh(trial) if self.ruled.keeps_rules(trial) else -1.0
                if found > value:
                    chosen, value, calm = trial, found, False
        return chosen

    def built(self, wish: Floats) -> Bools:
        """
        Open what is forced, then what is wished for, then hospitals and sites by their gain.

        Parameters
        ----------
        wish
            How much each site and hospital is wished for. Shape ``(n_open,)``.

        Returns
        -------
        chosen
            It may fall short of the counts. Shape ``(n_open,)``, bool.
        """
        ruled = self.ruled
        chosen = ruled.forced.copy()
        order = np.argsort(-wish, kind="stable")
        for column in order[wish[order] > _WISHED]:
            if self._free(chosen, is_hospital=bool(column >= ruled.n_sites))[column]:
                chosen[column] = True
        while self._add_best(chosen, is_hospital=True):
            pass
        while self._add_best(chosen, is_hospital=False):
            pass
        return chosen

    def _packed(self, chosen: Bools) -> Bools:
        """Start the sites again with those that stand in the way of fewest others, and cheap."""
        ruled, n = self.ruled, self.ruled.n_sites
        packed = ruled.forced.copy()
        packed[n:] = chosen[n:]
        in_the_way = ruled.clash.sum(axis=1)
        while (free := self._free(packed, is_hospital=False)).any():
            options = np.flatnonzero(free)
            packed[options[np.lexsort((ruled.cost[options], in_the_way[options]))[0]]] = True
        return packed

    def _free(self, chosen: Bools, *, is_hospital: bool) -> Bools:
        """Columns of one tier that may be opened beside what is open."""
        ruled, n = self.ruled, self.ruled.n_sites
        tier = np.zeros(ruled.n_open, dtype=np.bool_)
        part, level = (slice(n, None), ruled.hospitals) if is_hospital else (slice(n), ruled.sites)
        tier[part] = int(chosen[part].sum()) < level.n
        near = ruled.clash[chosen].any(axis=0)
        left = ruled.budget * (1 + KEEPS) - float(ruled.cost[chosen].sum())
        free: Bools = tier & ruled.allowed & ~chosen & ~near & (ruled.cost <= left)
        return free

    def _add_best(self, chosen: Bools, *, is_hospital: bool) -> bool:
        """Open the column of a tier that serves most; False if none may be opened."""
        free = self._free(chosen, is_hospital=is_hospital)
        if not free.any():
            return False
        best = self._best_hospital(chosen, free) if is_hospital else self._best_site(chosen, free)
        chosen[best] = True
        return True

    def _best_site(self, chosen: Bools, free: Bools) -> int:
        """Site that adds most to the flow; of those that add nothing the first."""
        n = self.ruled.n_sites
        seats = np.append(_rows(chosen[:n]), kernel.EMPTY).astype(np.int32)
        fixed = np.ones(len(seats), dtype=np.bool_)
        hospitals = _rows(chosen[n:])
        rules = Rules(np.ascontiguousarray(free[:n]), fixed)
        found = int(kernel.place(self.capped.tiers, seats, hospitals, rules, -1, 1)[-1])
        return found if found != kernel.EMPTY else int(np.argmax(free))

    def _best_hospital(self, chosen: Bools, free: Bools) -> int:
        """Hospital with which the open sites serve most; before any is open, the one to hope of."""
        n, tiers = self.ruled.n_sites, self.capped.tiers
        options, held = np.flatnonzero(free), _rows(chosen[n:])
        sites = _rows(chosen[:n])
        if not len(sites):
            return int(options[np.argmax(self._hoped(held)[options - n])])
        value = [
            int(kernel.served(tiers, sites, np.append(held, h - n).astype(np.int32)))
            for h in options
        ]
        return int(options[np.argmax(value)])

    def _hoped(self, held: Rows) -> NDArray[np.int64]:
        """Most that each hospital could take of sites that none of those held is linked to."""
        tiers, allowed = self.capped.tiers, self.ruled.sites.allowed
        inside = np.append(tiers.weight[tiers.site_group], 0)
        in_reach = np.add.reduceat(inside, tiers.site_start[:-1]) if self.ruled.n_sites else inside
        in_reach = np.where(np.diff(tiers.site_start) > 0, in_reach, 0)
        new = allowed & ~tiers.linked[:, held].any(axis=1)
        most: NDArray[np.int64] = np.minimum(in_reach, tiers.room) * new @ tiers.linked
        return np.minimum(most, tiers.beds)


def _rows(chosen: Bools) -> Rows:
    """Rows that are chosen."""
    return np.flatnonzero(chosen).astype(np.int32)
