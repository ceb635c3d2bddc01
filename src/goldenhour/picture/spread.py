# SPDX-License-Identifier: Apache-2.0
"""
One group of people, as figure after figure puts them into structures, the smallest area first.

A figure for a whole area stands beside figures for parts of it. What it leaves over is a small
difference of large, uncertain numbers: put on the few structures that no part covers, it fills
them with people nobody saw. So the parts keep their figures, the rest of the area gets as many
people per floor area as the parts, and the figure for the whole bounds the sum.
"""

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Grade
from goldenhour.picture.belief import DamageBelief
from goldenhour.picture.counts import Count, Group
from goldenhour.town.town import Town

_DESTROYED = 0.5
_BEST = 1
Members = NDArray[np.int64]
_Three = NDArray[np.float64]  # low, best, high


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """
    A figure for a whole area that figures for its parts do not fit.

    Parameters
    ----------
    whole
        The figure for the whole.
    parts
        Figures for parts of its area.
    added
        Persons that the parts and the rest of the area add up to.
    kept
        Persons put there in the end: the nearest bound of the whole.
    """

    whole: Count
    parts: tuple[Count, ...]
    added: float
    kept: float


class Spread:
    """
    People of one group, with bounds.

    Parameters
    ----------
    town
        The town.
    damage
        Damage of every structure: nobody is put where destruction is more likely than not.
    group
        Who: residents live in homes, the displaced in whatever stands.
    """

    def __init__(self, town: Town, damage: DamageBelief, group: Group) -> None:
        self._stands = damage.p_grade[:, Grade.G3] <= _DESTROYED
        self._fits = self._stands & _is_home(town) if group is Group.RESIDENTS else self._stands
        self._weight = _floor_area_m2(town)
        self._covered = np.zeros(town.structures.n, dtype=np.bool_)
        self._put: list[tuple[Count, Members]] = []
        self.people = np.zeros((3, town.structures.n))  # low, best, high
        self.unbounded = False
        self.mismatches: list[Mismatch] = []
        self.alike, self.n_alike = 0.0, 0  # persons put by what is known of others, and where

    @property
    def n_figures(self) -> int:
        """Figures that were put."""
        return len(self._put)

    def put(self, count: Count, members: Members) -> None:
        """
        Put one figure into its structures; figures for parts of its area are there already.

        Parameters
        ----------
        count
            The figure.
        members
            The structures it counts, at least one.
        """
        known = members[self._covered[members]]
        free = members[~self._covered[members]]
        if count.row < 0 and not len(free):
            return  # reports cover it all: what the map said before the fighting is over
        self.unbounded |= count.high == inf
        if not len(known):
            into = self._fit(free)
            self._add(into, self._told(count, into))
        else:
            self._add_rest(count, known, free[self._fits[free]])
            if count.row >= 0:
                self._hold(count, members)
        low, best, high = self.people[:, members]
        self.people[0, members] = np.minimum(low, best)
        self.people[2, members] = np.maximum(high, best)
        self._covered[members] = True
        self._put.append((count, members))

    def assume(self) -> int:
        """
        Fill every fitting structure that no figure covers.

        Returns
        -------
        n_assumed
            How many were given the assumed number. The others, counted in ``n_alike``, are like
            the covered ones, where those are enough to speak for the town.
        """
        covered, into = np.flatnonzero(self._covered), np.flatnonzero(~self._covered & self._fits)
        assumed = len(into) * _assumed_per_structure()
        alike = self._alike(covered, into) if self._speak_for(covered, into) else None
        if alike is None or not len(into):
            self._add(into, assumed)
            return len(into)
        low, best, high = alike
        # Nobody counted there: the assumption's wider bounds stay.
        self._add(into, np.array([min(low, assumed[0]), best, max(high, assumed[2])]))
        self._note_alike(best, into)
        return 0

    def _add_rest(self, count: Count, known: Members, rest: Members) -> None:
        """Fill what no part covers: alike if the parts are most of it, else by what is left."""
        there = self.people[:, known].sum(axis=1)
        left = np.maximum(_bounds(count) - there, 0.0)
        alike = self._alike(known, rest) if self._speak_for(known, rest) else None
        if alike is None:
            self._add(rest, np.minimum(left, self._told(count, rest)))
            return
        low, best, high = alike
        most = max(best, len(rest) * _assumed_per_structure()[_BEST])
        least = 0.0 if count.is_beyond else min(most, count.low - there[_BEST])
        best = max(best, least)
        if count.high > there[_BEST]:  # else the parts alone are too many: all are scaled
            best = min(best, count.high - there[_BEST])
        self._add(rest, np.array([min(low, left[0], best), best, max(high, left[2])]))
        self._note_alike(best, rest)

    def _hold(self, count: Count, members: Members) -> None:
        """Scale everything inside to the nearest bound of the whole, if the sum is outside it."""
        low, best, high = self.people[:, members].sum(axis=1)
        least = 0.0 if count.is_beyond else count.low
        kept = min(max(best, least), count.high)
        if np.isclose(kept, best):
            kept = best
        else:
            low = min(low, count.low)
            self.mismatches.append(
                Mismatch(whole=count, parts=self._inside(members), added=best, kept=kept)
            )
        self._scale(members, np.array([low, kept, max(high, _bounds(count)[2])]))

    def _inside(self, members: Members) -> tuple[Count, ...]:
        """Find the figures put so far that share structures with a whole."""
        return tuple(part for part, where in self._put if np.isin(where, members).any())

    def _scale(self, members: Members, wanted: _Three) -> None:
        """Bring the sums in some structures to what is wanted."""
        now = self.people[:, members].sum(axis=1)
        for i in np.flatnonzero(wanted != now):
            if now[i] > 0:
                self.people[i, members] *= wanted[i] / now[i]
            else:
                into = self._fit(members)
                self.people[i, into] += wanted[i] * self._shares(into)

    def _note_alike(self, persons: float, into: Members) -> None:
        """Count what was put by what is known of others."""
        self.alike += persons
        self.n_alike += len(into)

    def _speak_for(self, known: Members, rest: Members) -> bool:
        """Tell whether people are known in enough of the floor area to speak for the rest."""
        known = known[self._fits[known]]
        known_m2, rest_m2 = self._weight[known].sum(), self._weight[rest].sum()
        return bool(
            known_m2 >= facts.number("picture.people_speak_share") * (known_m2 + rest_m2)
            and self.people[_BEST, known].sum() > 0
        )

    def _alike(self, known: Members, rest: Members) -> _Three:
        """Give the rest as many per floor area as the known, no more a structure than assumed."""
        per_m2 = self.people[:, known].sum(axis=1) / self._weight[self._fit(known)].sum()
        most = len(rest) * _assumed_per_structure()[[1, 1, 2]]
        alike: _Three = np.minimum(per_m2 * self._weight[rest].sum(), most)
        return alike

    def _told(self, count: Count, members: Members) -> _Three:
        """Read a figure; of one that reaches beyond the map, no more than may be assumed here."""
        told = _bounds(count)
        if not count.is_beyond:
            return told
        return np.minimum(told, len(members) * _assumed_per_structure())

    def _add(self, into: Members, amounts: _Three) -> None:
        """Spread persons by floor area."""
        if len(into):
            self.people[:, into] += amounts[:, None] * self._shares(into)

    def _shares(self, into: Members) -> NDArray[np.float64]:
        """Divide by floor area."""
        shares: NDArray[np.float64] = self._weight[into] / self._weight[into].sum()
        return shares

    def _fit(self, members: Members) -> Members:
        """Prefer standing homes, then anything that stands; people do not vanish with a roof."""
        for wanted in (self._fits, self._stands):
            if len(chosen := members[wanted[members]]):
                return chosen
        return members


def _bounds(count: Count) -> _Three:
    """Give low, best and high; a figure without upper bound counts its best value there."""
    high = count.high if count.high < inf else count.best
    return np.array([count.low, count.best, max(high, count.best)])


def _assumed_per_structure() -> _Three:
    """Give the assumed persons a structure, with bounds."""
    return np.array(
        [facts.number(f"picture.people_per_structure{bound}") for bound in ("_low", "", "_high")]
    )


def _is_home(town: Town) -> NDArray[np.bool_]:
    """Find structures in which somebody may live; an unknown use may be a home."""
    avoided = frozenset(facts.fact("picture.not_homes").value)
    return np.array([str(use).casefold() not in avoided for use in town.structures.use], np.bool_)


def _floor_area_m2(town: Town) -> NDArray[np.float64]:
    """Measure floor area; where no outline is known, the town's middle one stands in."""
    area_m2 = town.structures.area_m2
    unknown = ~(area_m2 > 0)
    usual_m2 = facts.number("picture.structure_area_m2")
    if not unknown.all():
        usual_m2 = float(np.median(area_m2[~unknown]))
    storeys = np.nan_to_num(town.structures.storeys.astype(np.float64), nan=1.0)
    floors_m2: NDArray[np.float64] = np.where(unknown, usual_m2, area_m2) * np.maximum(storeys, 1.0)
    return floors_m2
