# SPDX-License-Identifier: Apache-2.0
"""How much of a street rubble is believed to touch, from the damage beside it."""

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Grade
from goldenhour.picture.belief import DamageBelief
from goldenhour.picture.matching import bodies
from goldenhour.picture.snapping import Snapper
from goldenhour.town.town import Town


def rubble_share(town: Town, damage: DamageBelief, snapper: Snapper) -> NDArray[np.float32]:
    """
    Add up the rubble of the structures along every street.

    Each structure within ``picture.rubble_reach_m`` covers its front (the square root of its
    area) times the share that its damage throws; the sum is capped at the street's length.

    Parameters
    ----------
    town
        The town.
    damage
        Damage of every structure.
    snapper
        Index of the streets.

    Returns
    -------
    rubble_share
        Share of the length, 0 to 1; NaN where no structure near was reported on. Shape
        ``(n_edges,)``, float32.
    """
    streets = town.streets
    share = np.full(streets.n_edges, np.nan, dtype=np.float32)
    told = np.flatnonzero(damage.p_grade[:, Grade.U] < 1)
    if not len(told) or not streets.n_edges:
        return share
    reach_m = facts.number("picture.rubble_reach_m")
    beside, edge = snapper.tree.query(bodies(town)[told], predicate="dwithin", distance=reach_m)
    by_grade = facts.fact("picture.rubble_share_by_grade").value
    thrown = sum(by_grade[name] * damage.p_grade[told, Grade[name]] for name in sorted(by_grade))
    front_m = np.sqrt(town.structures.area_m2[told])
    front_m = np.where(np.isnan(front_m), facts.number("picture.front_m"), front_m)
    covered_m = np.bincount(edge, weights=(thrown * front_m)[beside], minlength=streets.n_edges)
    near = np.bincount(edge, minlength=streets.n_edges) > 0
    length_m = np.maximum(shapely.length(streets.line), 1.0)
    share[near] = np.minimum(covered_m[near] / length_m[near], 1.0)
    return share
