# SPDX-License-Identifier: Apache-2.0
"""Which candidates are measured in every world."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Tier
from goldenhour.siting.asking.wishes import Wishes
from goldenhour.siting.choosing.options import Options
from goldenhour.siting.plain.result import Solution
from goldenhour.siting.screening.table import Screening, TierScreening

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """
    The candidates that are measured in every world, as positions among the options.

    Parameters
    ----------
    tsp
        Ascending. Shape ``(n_tsp,)``.
    hospital
        Ascending. Shape ``(n_hospitals,)``.
    """

    tsp: Rows
    hospital: Rows


def pick(
    options: Options,
    plain: Solution,
    wanted: dict[Tier, Wishes],
    screening: Screening,
    unfit: dict[Tier, Floats],
) -> Pick:
    """
    Take the plain choice, what must be chosen, and the most promising of the others.

    What a candidate is worth counts by the chance that it turns out fit, all its parts too: one
    that is unfit in half of the worlds must not crowd out a sure one.

    Parameters
    ----------
    options
        Candidates and times.
    plain
        The choice that is best if the picture is simply right.
    wanted
        Who may and who must be chosen, by tier.
    screening
        Which structures are joined.
    unfit
        Chance that each structure turns out unfit, by tier. Shape ``(n_structures,)`` each.

    Returns
    -------
    pick
        The candidates.
    """
    worth = plain.score if len(plain.score) == len(options.tsp) else np.diff(options.cover.start)
    linked = np.isfinite(options.link_s).sum(axis=0)
    tier = Tier.FIELD_HOSPITAL
    return Pick(
        tsp=_first(
            worth * fit_chance(options.tsp, screening.of(Tier.TSP), unfit[Tier.TSP]),
            [*plain.sites, *np.flatnonzero(np.isin(options.tsp, wanted[Tier.TSP].forced))],
            int(facts.number("siting.world_tsp_shortlist")),
        ),
        hospital=_first(
            linked * fit_chance(options.hospital, screening.of(tier), unfit[tier]),
            [
                *plain.field_hospitals,
                *np.flatnonzero(np.isin(options.hospital, wanted[tier].forced)),
            ],
            int(facts.number("siting.world_field_hospital_shortlist")),
        ),
    )


def fit_chance(rows: Rows, screening: TierScreening, unfit: Floats) -> Floats:
    """
    Say how likely candidates turn out fit, with all their parts.

    Parameters
    ----------
    rows
        Structure rows. Shape ``(n,)``.
    screening
        Which structures are joined.
    unfit
        Chance that each structure turns out unfit. Shape ``(n_structures,)``.

    Returns
    -------
    chance
        0 to 1; structures are drawn each on its own. Shape ``(n,)``.
    """
    parts = [list(screening.parts(int(row))) for row in rows]
    return np.array([np.prod(1.0 - unfit[part]) for part in parts], dtype=np.float64)


def _first(score: Floats, always: Iterable[int], at_most: int) -> Rows:
    """Take the rows with the highest scores, and those that must be among them."""
    kept = {int(row) for row in always}
    for row in np.argsort(-score, kind="stable"):
        if len(kept) >= at_most:
            break
        kept.add(int(row))
    return np.array(sorted(kept), dtype=np.int64)
