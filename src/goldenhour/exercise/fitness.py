# SPDX-License-Identifier: Apache-2.0
"""Who is still inside, and which structures could really hold care."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base.grades import Grade
from goldenhour.exercise.city import City
from goldenhour.exercise.damage import TrueDamage
from goldenhour.exercise.dangers import Danger
from goldenhour.exercise.fields import smooth_field
from goldenhour.exercise.pinned import value
from goldenhour.town.town import Objects

_LIVED_IN = ("house", "farm")
_FULL_TOWN = 20_000
_SMALLEST_HOUSEHOLD = 3.0
_WAVE_M = (250.0, 1500.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueFitness:
    """
    Fitness of every building.

    Parameters
    ----------
    tsp
        Fit for a stabilisation point. Shape ``(n,)``, bool.
    field_hospital
        Fit for a field hospital. Shape ``(n,)``, bool.
    because
        The first rule that refuses it, ``""`` if fit. Shape ``(n,)``, objects.
    """

    tsp: NDArray[np.bool_]
    field_hospital: NDArray[np.bool_]
    because: Objects


def settle_people(city: City, damage: TrueDamage, rng: np.random.Generator) -> NDArray[np.float64]:
    """
    Put the people who are still inside into houses, unevenly.

    Parameters
    ----------
    city
        What stood.
    damage
        Nobody lives in a destroyed house.
    rng
        Source of all chance.

    Returns
    -------
    people
        Whole persons per building. Shape ``(n,)``.
    """
    n = city.buildings.n
    draw = smooth_field(city.xy_m, wave_m=_WAVE_M, rng=rng) + 0.8 * rng.standard_normal(n)
    standing = np.isin(city.buildings.use, _LIVED_IN) & (damage.grade < Grade.G3)
    draw = np.where(standing, draw - 0.5 * damage.grade, -np.inf)
    n_occupied = max(1, int(value("occupied_house_share") * standing.sum()))
    occupied = np.argsort(-draw, kind="stable")[:n_occupied]
    mean = value("people_inside") * n / _FULL_TOWN / n_occupied
    people = np.zeros(n)
    more = rng.poisson(max(mean - _SMALLEST_HOUSEHOLD, 0.0), n_occupied)
    people[occupied] = _SMALLEST_HOUSEHOLD + more
    return people


def judge_fitness(
    city: City,
    damage: TrueDamage,
    dangers: tuple[Danger, ...],
    people: NDArray[np.float64],
    rng: np.random.Generator,
) -> TrueFitness:
    """
    Judge every building as a perfect assessor would.

    Parameters
    ----------
    city
        What stood.
    damage
        What was hit.
    dangers
        Where nobody may work.
    people
        Persons per building. Shape ``(n,)``.
    rng
        Source of all chance.

    Returns
    -------
    fitness
        With the first rule that refuses each.
    """
    n = city.buildings.n
    floor_m2 = shapely.area(city.buildings.outline) * city.storeys
    mended = rng.random(n) < value("repairable_share")
    sound = (damage.grade == Grade.G0) | ((damage.grade == Grade.G1) & mended)
    refused = (
        ("damage", ~sound),
        ("explosive", _within(city, dangers, "explosive", apart_m=0.0)),
        ("armed-use", _within(city, dangers, "armed_group", apart_m=value("armed_radius_m"))),
        ("looted", city.buildings.use == "hospital"),
        ("families-live-there", people > 0),
        ("owner-refuses", rng.random(n) >= value("owner_agrees_share")),
        ("no-water", rng.random(n) >= value("water_possible_share")),
        ("too-small", floor_m2 < value("tsp_area_m2")),
    )
    because = np.full(n, "", dtype=object)
    for reason, where in refused:
        because[where & (because == "")] = reason
    fit = because == ""
    return TrueFitness(
        tsp=fit,
        field_hospital=fit & (floor_m2 >= value("field_hospital_area_m2")),
        because=because,
    )


def _within(
    city: City, dangers: tuple[Danger, ...], hazard: str, *, apart_m: float
) -> NDArray[np.bool_]:
    """Find buildings in, or too near to, any danger of one kind."""
    shapes = np.array([one.shape for one in dangers if one.hazard == hazard], dtype=object)
    near, _ = shapely.STRtree(shapes).query(
        city.buildings.outline, predicate="dwithin", distance=apart_m
    )
    found = np.zeros(city.buildings.n, dtype=bool)
    found[near] = True
    return found
