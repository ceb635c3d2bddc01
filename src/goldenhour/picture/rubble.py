# SPDX-License-Identifier: Apache-2.0
"""
How likely rubble blocks a street, from the damage beside it.

A collapsing structure throws its rubble to one side. How far is anything up to its height, all
alike, so half its height on average. A street is blocked where what is left between the rubble and
the far edge of the carriageway is narrower than a vehicle needs. Structures block independently of
each other: the street is passable if none of them does.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Grade
from goldenhour.picture.belief import DamageBelief
from goldenhour.picture.matching import bodies
from goldenhour.picture.snapping import Snapper
from goldenhour.town.town import Town

_TOUCHES_M = 0.1  # where there is no room to spare, rubble blocks as soon as it reaches the street


def rubble_share(town: Town, damage: DamageBelief, snapper: Snapper) -> NDArray[np.float32]:
    """
    Work out how likely rubble leaves too little room for a vehicle, somewhere along every street.

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
        Chance, 0 to 1; NaN where no structure near was reported on, and on bridges, which stand
        above the rubble of houses. Shape ``(n_edges,)``, float32.
    """
    streets = town.streets
    share = np.full(streets.n_edges, np.nan, dtype=np.float32)
    told = np.flatnonzero(damage.p_grade[:, Grade.U] < 1)
    if not len(told) or not streets.n_edges:
        return share
    body = bodies(town)[told]
    reach_m = facts.number("picture.rubble_reach_m")
    beside, edge = snapper.tree.query(body, predicate="dwithin", distance=reach_m)
    away_m = shapely.distance(body[beside], streets.line[edge])
    structure = told[beside]
    blocks = _falls(damage, structure) * _reaches(town, structure, edge=edge, away_m=away_m)
    with np.errstate(divide="ignore"):  # what surely blocks leaves no chance to pass
        passable = np.bincount(edge, weights=np.log1p(-blocks), minlength=streets.n_edges)
    near = (np.bincount(edge, minlength=streets.n_edges) > 0) & ~streets.bridge
    share[near] = 1.0 - np.exp(passable[near])
    return share


def _falls(damage: DamageBelief, structure: NDArray[np.int64]) -> NDArray[np.float64]:
    """Chance that each structure has thrown rubble to the side of one street."""
    chance = facts.fact("picture.rubble_chance_by_grade").value
    falls = np.zeros(len(structure))
    for name in sorted(chance):
        falls += chance[name] * damage.p_grade[structure, Grade[name]]
    return np.minimum(falls, 1.0)


def _reaches(
    town: Town,
    structure: NDArray[np.int64],
    *,
    edge: NDArray[np.int64],
    away_m: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Chance that rubble thrown towards a street reaches far enough to block it."""
    width_m = _by_class(town, edge, "carriageway_m")
    usual_m = width_m / 2 + _by_class(town, edge, "set_back_m")
    # A point stands somewhere inside its house: the front is nearer, but not on the street.
    guessed_m = np.maximum(away_m - facts.number("picture.front_m") / 2, usual_m)
    is_point = shapely.is_missing(town.structures.outline[structure])
    front_m = np.where(is_point, guessed_m, away_m)
    spare_m = front_m + width_m / 2 - facts.number("picture.vehicle_passage_m")
    height_m = _height_m(town)[structure]
    return np.clip(1.0 - np.maximum(spare_m, _TOUCHES_M) / height_m, 0.0, 1.0)


def _height_m(town: Town) -> NDArray[np.float64]:
    """Height of every structure; where not stated, that of the town's average house."""
    storeys = town.structures.storeys.astype(np.float64)
    is_stated = storeys > 0
    usual = facts.number("picture.storeys_unknown")
    if np.count_nonzero(is_stated) >= facts.number("picture.storeys_stated_least"):
        usual = np.ceil(storeys[is_stated].mean())
    height_m: NDArray[np.float64] = np.where(is_stated, storeys, usual)
    return height_m * facts.number("picture.storey_m")


def _by_class(town: Town, edge: NDArray[np.int64], fact: str) -> NDArray[np.float64]:
    """Look up what is usual for the class of some streets."""
    usual = facts.fact(f"picture.{fact}").value
    classes = town.streets.highway[edge].tolist()
    other = float(usual["other"])
    return np.array([usual.get(highway, other) for highway in classes], dtype=np.float64)
