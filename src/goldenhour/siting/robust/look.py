# SPDX-License-Identifier: Apache-2.0
"""Looking at worlds by the lot, and trying choices in them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.siting.choosing.choose import Case
from goldenhour.siting.plain.result import Solution
from goldenhour.siting.robust.pick import Pick
from goldenhour.siting.robust.promise import Tried
from goldenhour.siting.robust.trial import Trial
from goldenhour.siting.robust.views import WorldView, served_in
from goldenhour.times.worlds import Run, WorldCase

Rows = NDArray[np.int64]
_STEP = "Measuring worlds"
_LOTS = 3  # to choose, to let two choices meet, and to count on


@dataclass(frozen=True, slots=True)
class Chosen:
    """
    A choice among the candidates that are measured in every world.

    Parameters
    ----------
    tsp
        Positions of stabilisation points, ascending.
    hospital
        Positions of field hospitals, ascending.
    """

    tsp: tuple[int, ...]
    hospital: tuple[int, ...]

    @classmethod
    def of(cls, plain: Solution, pick: Pick) -> "Chosen":
        """
        Find a choice among all options again.

        Parameters
        ----------
        plain
            A choice; all its sites are among those picked.
        pick
            The candidates that are measured.

        Returns
        -------
        chosen
            The same sites.
        """
        tsp = np.searchsorted(pick.tsp, np.sort(np.array(plain.sites, np.int64)))
        hospital = np.searchsorted(
            pick.hospital, np.sort(np.array(plain.field_hospitals, np.int64))
        )
        return cls(tuple(tsp.tolist()), tuple(hospital.tolist()))

    def served(self, seen: WorldView) -> float:
        """
        Count the people whom it serves in one world.

        Parameters
        ----------
        seen
            The world.

        Returns
        -------
        people
            Within every clock up to a field hospital.
        """
        return served_in(seen, np.array(self.tsp, np.int64), np.array(self.hospital, np.int64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """
    Looks at worlds a lot at a time, until somebody asks to stop.

    Parameters
    ----------
    case
        What the proposal rests on; its question says how many worlds are a lot.
    world_case
        What worlds are drawn from.
    view
        What to look at in a world.
    run
        Where the worlds are worked out.
    """

    case: Case
    world_case: WorldCase
    view: Callable[[WorldCase, int], WorldView]
    run: Run[WorldView]

    def at(self, lot: int) -> Iterator[WorldView]:
        """
        Look at a lot of worlds.

        Parameters
        ----------
        lot
            0 to choose, 1 for a trial, 2 to count on.

        Yields
        ------
        seen
            One a world, in order; fewer if somebody asked to stop.
        """
        n = self.case.question.worlds.n
        for number, one in enumerate(
            self.run(self.view, self.world_case, range(lot * n, lot * n + n)), lot * n
        ):
            if self.case.effort.stop():
                return
            self.case.progress(_STEP, number, _LOTS * n)
            yield one

    def trial(self, chosen: Chosen, known: Chosen) -> Trial:
        """
        Let two choices meet in the second lot.

        Parameters
        ----------
        chosen
            For the worlds of the first lot.
        known
            As if the picture were simply right.

        Returns
        -------
        trial
            Both in the same worlds.
        """
        asked = self.case.question.worlds
        counts = [(chosen.served(one), known.served(one)) for one in self.at(1)]
        served, served_plain = np.array(counts, dtype=np.float64).reshape(-1, 2).T
        return Trial(
            goal=asked.goal,
            tail_share=asked.tail_share,
            first=asked.n,
            served=served,
            served_plain=served_plain,
        )

    def fresh(self, kept: Chosen) -> Tried:
        """
        Count in the third lot, which had no say in any choice.

        Parameters
        ----------
        kept
            The choice that was kept.

        Returns
        -------
        tried
            What to count on.
        """
        n = self.case.question.worlds.n
        found = tried(self.at(_LOTS - 1), (_LOTS - 1) * n, kept)
        self.case.progress(_STEP, _LOTS * n, _LOTS * n)
        return found


def tried(seen: Iterable[WorldView], first: int, kept: Chosen) -> Tried:
    """
    Try one choice in some worlds.

    Parameters
    ----------
    seen
        The worlds.
    first
        Number of the first.
    kept
        The choice.

    Returns
    -------
    tried
        People, and people served, in each.
    """
    counts = [(float(one.people.sum()), kept.served(one)) for one in seen]
    people, served = np.array(counts, dtype=np.float64).reshape(-1, 2).T
    return Tried(first=first, people=people, served=served)
