# SPDX-License-Identifier: Apache-2.0
"""
The root of the tree: planes until the bound stands still, then zero-half cuts within the planes.

Planes are taken half-way between the program's answer and a point well inside (in-out separation),
which needs far fewer of them. Columns that cannot be otherwise in anything better are fixed on the
way.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.engine.bounds import Bounded, Box, beats, fixed
from goldenhour.siting.engine.master import Master, is_solved
from goldenhour.siting.engine.search import Found, improve
from goldenhour.siting.engine.watch import Watch
from goldenhour.siting.engine.zero_half import ZeroHalf
from goldenhour.siting.highs import LpAnswer

Floats = NDArray[np.float64]
_HALF, _STAYS = 0.5, 0.6
_ROUNDS, _STALLED, _STUCK, _PURGE = 80, 3, 6, 15
_FLAT, _FLAT_SHARE = 1e-6, 0.005
_HALF_ROUNDS, _FIND_EVERY = 240, 4
_SPAN, _LEAST_CLOSED = 16, 0.1
_ROUND_EVERY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooted:
    """
    What the root came to.

    Parameters
    ----------
    answer
        The last solve.
    bounded
        Its bound.
    best
        The best choice.
    box
        What is not fixed by now.
    bound
        The least bound seen: no choice covers more than this or than ``best``.
    """

    answer: LpAnswer
    bounded: Bounded
    best: Found
    box: Box
    bound: float


class Root:
    """
    The rounds at the root of one master.

    Parameters
    ----------
    master
        The linear program.
    best
        The best choice so far.
    watch
        Asked to stop, and told.
    """

    def __init__(self, master: Master, best: Found, watch: Watch) -> None:
        self.master, self._watch = master, watch
        self._covering = master.covering
        self.best = best
        self._box = master.first_box()
        self._inner = _inner_point(master, best)
        self._answer = master.solve(self._box)
        self._bounded = master.bounded(self._answer, self._box)
        self._bound = self._bounded.bound
        self._count, self._tells = 0, True

    @property
    def is_open(self) -> bool:
        """Whether it makes sense to go on."""
        room = beats(self._covering, self._bound, self.best.value)
        return room and is_solved(self._answer) and not self._watch.stop()

    def rooted(self) -> Rooted:
        """
        Say what it came to.

        Returns
        -------
        rooted
            As of now.
        """
        return Rooted(
            answer=self._answer,
            bounded=self._bounded,
            best=self.best,
            box=self._box,
            bound=max(self._bound, self.best.value),
        )

    def take(self, found: Found) -> None:
        """
        Take a choice that was found elsewhere, if it is better.

        Parameters
        ----------
        found
            Of the same problem.
        """
        if found.value > self.best.value:
            self.best = found
            self._watch.found(found.value)

    def planes(self, *, inside_only: bool = False) -> None:
        """
        Add planes until the bound stands still.

        Parameters
        ----------
        inside_only
            True where sites outside the core exist: then the bound is not one of the whole.
        """
        self._tells = not inside_only
        flat, ceiling = 0, self._bound
        for _ in range(_ROUNDS):
            if not self.is_open or flat >= _STUCK:
                break
            before = self._bound
            point = self._point()
            middle = _HALF * (point + self._inner)
            self._inner = _STAYS * self._inner + (1 - _STAYS) * point
            if not (flat < _STALLED and self._cut(middle)) and not self._cut(point):
                break
            self._solve()
            is_flat = before - self._bound <= self._little(before)
            flat = flat + 1 if is_flat and self._bound < ceiling else 0
        self._round()

    def zero_half(self) -> None:
        """Look for zero-half cuts and use them, as long as they close the gap."""
        master, marks = self.master, [self._bound]
        if master.zero_half is None:
            master.zero_half = ZeroHalf(self._covering.table, master.cluster, master.n_clusters)
        looked = -_FIND_EVERY
        for number in range(_HALF_ROUNDS):
            if not self.is_open:
                break
            point = self._point()
            middle = _HALF * (point + self._inner)
            self._inner = _STAYS * self._inner + (1 - _STAYS) * point
            if number - looked >= _FIND_EVERY:
                looked = number
                found = self._find(point)
                if number == 0 and not found:
                    break
                middle = point
            if not self._cut(middle) and not self._cut(point):
                self._find(point)
                if looked == number or not self._cut(point):
                    break
                looked = number
            self._solve()
            marks.append(self._bound)
            if len(marks) > _SPAN:
                gap = max(marks[-_SPAN - 1] - self.best.value, 0.0)
                if marks[-_SPAN - 1] - marks[-1] < _LEAST_CLOSED * gap:
                    break
        self._round()

    def _find(self, point: Floats) -> int:
        """Look for zero-half cuts that a point breaks."""
        if self.master.zero_half is None:
            return 0
        usable, _ = self.master.usable(*np.split(point, [self.master.n_x]))
        return self.master.zero_half.find(usable)

    def _little(self, bound: float) -> float:
        """Say what counts as no progress."""
        return max(_FLAT * abs(bound), _FLAT_SHARE * (bound - self.best.value))

    def _point(self) -> Floats:
        """Fractions of the last answer."""
        return np.concatenate(self.master.point(self._answer))

    def _cut(self, point: Floats) -> int:
        """Add planes at a point."""
        return self.master.cut(*np.split(point, [self.master.n_x]), answer=self._answer)

    def _solve(self) -> None:
        """Solve again, fix columns, and round now and then."""
        self._count += 1
        if self._count % _PURGE == 0:
            self.master.drop_slack(self._answer)
        self._answer = self.master.solve(self._box)
        self._bounded = self.master.bounded(self._answer, self._box)
        self._bound = min(self._bound, self._bounded.bound)
        if self._tells:
            self._watch.proved(max(self._bound, self.best.value))
        if is_solved(self._answer) and self._count % _ROUND_EVERY == 0:
            self._round()
        if self._tells:
            self._box = fixed(self._covering, self._box, self._bounded, self.best.value)

    def _round(self) -> None:
        """Round the answer to a choice."""
        if is_solved(self._answer) and not self._watch.stop():
            self.best = rounded(self.master, self._answer, self.best)
            self._watch.found(self.best.value)


def rounded(master: Master, answer: LpAnswer, best: Found) -> Found:
    """
    Round an answer to a choice and improve it.

    Parameters
    ----------
    master
        The linear program.
    answer
        A solve.
    best
        The best choice so far.

    Returns
    -------
    found
        The better of the two.
    """
    x, z = master.point(answer)
    hospitals = master.covering.hospitals
    open_hospital = hospitals.forced.copy()
    order = np.argsort(-np.where(hospitals.allowed & ~hospitals.forced, z, -1.0), kind="stable")
    open_hospital[order[: hospitals.n - int(open_hospital.sum())]] = True
    sites = master.core[np.argsort(-x, kind="stable")[: master.covering.sites.n]]
    return improve(master.covering, open_hospital, best, sites=sites)


def _inner_point(master: Master, best: Found) -> Floats:
    """Point well inside: half the best choice, half everything alike."""
    inside = np.isin(master.core, best.sites)
    sites, hospitals = master.covering.sites, master.covering.hospitals
    x = _HALF * inside + _HALF * sites.n / max(1, master.n_x)
    z = _HALF * best.open_hospital + _HALF * hospitals.n / max(1, master.n_z)
    return np.concatenate([x, z])
