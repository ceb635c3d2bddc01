# SPDX-License-Identifier: Apache-2.0
"""One structure holds one tier: what that leaves of each tier's choice."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.errors import BadQuestionError, NoPlanError
from goldenhour.siting.engine.covering import NO_CLASH, Level


def without_clashes(first: Level, second: Level, same: NDArray[np.int32]) -> tuple[Level, Level]:
    """
    Take from each tier what is forced into the other, and see that both can be filled.

    Parameters
    ----------
    first
        Stabilisation points.
    second
        Field hospitals.
    same
        Hospital in the same structure as each site, -1 if none. Shape ``(n_sites,)``.

    Returns
    -------
    levels
        The same, with less allowed.

    Raises
    ------
    BadQuestionError
        If a structure is forced into both tiers.
    NoPlanError
        If there are too few structures for both.
    """
    paired = np.flatnonzero(same != NO_CLASH)
    site_may, hospital_may = first.allowed.copy(), second.allowed.copy()
    hospital_may[same[paired[first.forced[paired]]]] = False
    site_may[paired[second.forced[same[paired]]]] = False
    twice = int(np.sum(site_may[paired] & hospital_may[same[paired]]))
    n_structures = int(site_may.sum() + hospital_may.sum()) - twice
    wanted = first.n + second.n
    if (first.forced & ~site_may).any() or (second.forced & ~hospital_may).any():
        raise BadQuestionError("A structure is forced into both tiers.", do="Force it into one.")
    if site_may.sum() < first.n or hospital_may.sum() < second.n or n_structures < wanted:
        raise NoPlanError(
            f"{first.n} stabilisation points and {second.n} field hospitals wanted, but only "
            f"{n_structures} structures pass for either, and one structure holds one tier.",
            where="stabilisation points and field hospitals",
            do=f"Ask for at most {n_structures} sites together.",
        )
    return replace(first, allowed=site_may), replace(second, allowed=hospital_may)
