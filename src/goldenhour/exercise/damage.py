# SPDX-License-Identifier: Apache-2.0
"""True damage: clustered where there was fighting, and dated by the days of the story."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.grades import Grade
from goldenhour.exercise.city import City
from goldenhour.exercise.fields import smooth_field
from goldenhour.exercise.pinned import Plan, value

_FOUGHT_ON = {
    "al_qaim": "2017-10-31T06:00:00",
    "ubaydi": "2017-11-02T05:00:00",
    "karabilah": "2017-11-02T12:00:00",
    "husaybah": "2017-11-03T04:00:00",
    "farms": "2017-11-03T04:00:00",
    "rummaneh": "2017-11-07T10:00:00",
}
_FIGHTS = {"husaybah": 4, "karabilah": 2, "al_qaim": 2, "ubaydi": 1, "rummaneh": 1}
_FOUGHT_S = 30 * 3600
_EARLIER_SHARE, _EARLIEST = 0.15, "2017-10-25T00:00:00"
_FIGHT_SHARE = 0.4  # of a town's radius
_WAVE_M = (180.0, 900.0)
_FIGHT, _FIELD, _OWN = 1.6, 0.9, 0.8
_HELD = {"hospital": 1.0, "government": 0.7, "police": 0.8, "industrial": 0.5, "farm": -1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueDamage:
    """
    Damage of every building.

    Parameters
    ----------
    grade
        ``Grade`` numbers. Shape ``(n,)``, int8.
    damaged_at
        When it was hit, NaT for G0. Shape ``(n,)``, datetime64[s].
    fights
        Where fighting was worst, plan metres. Shape ``(n_fights, 2)``.
    fight_town
        Town of each. Shape ``(n_fights,)``.
    """

    grade: NDArray[np.int8]
    damaged_at: NDArray[np.datetime64]
    fights: Plan
    fight_town: NDArray[np.str_]


def town_radius_m(city: City, town: str) -> float:
    """
    Measure how large a town is.

    Parameters
    ----------
    city
        What stood.
    town
        Its key.

    Returns
    -------
    radius_m
        Radius of a circle as large as its quarters, in metres.
    """
    area_m2 = sum(one.shape.area for one in city.quarters if one.town == town)
    return float(np.sqrt(area_m2 / np.pi))


def do_damage(city: City, rng: np.random.Generator) -> TrueDamage:
    """
    Damage a town.

    Parameters
    ----------
    city
        What stood.
    rng
        Source of all chance.

    Returns
    -------
    damage
        The shares of grades are exactly those of the facts, the places are chance.
    """
    xy_m = city.xy_m
    fights, town = _fights(city, xy_m, rng)
    spread_m = np.array([_FIGHT_SHARE * town_radius_m(city, one) for one in town])
    far_m = np.hypot(*(xy_m[:, None, :] - fights[None, :, :]).transpose(2, 0, 1))
    force = (np.exp(-0.5 * (far_m / spread_m) ** 2)).sum(axis=1)
    held = np.array([_HELD.get(use, 0.0) for use in city.buildings.use])
    harm = (
        _FIGHT * force
        + _FIELD * smooth_field(xy_m, wave_m=_WAVE_M, rng=rng)
        + _OWN * rng.standard_normal(len(xy_m))
        + held
    )
    grade = _graded(harm)
    return TrueDamage(
        grade=grade, damaged_at=_dates(city, grade, rng), fights=fights, fight_town=town
    )


def _fights(city: City, xy_m: Plan, rng: np.random.Generator) -> tuple[Plan, NDArray[np.str_]]:
    """Choose where fighting was worst: at buildings of each town."""
    places, towns = [], []
    for town, count in _FIGHTS.items():
        rows = np.flatnonzero(city.buildings.town == town)
        chosen = rng.choice(rows, min(count, len(rows)), replace=False)
        places.append(xy_m[chosen])
        towns += [town] * len(chosen)
    return np.vstack(places), np.array(towns)


def _graded(harm: NDArray[np.float64]) -> NDArray[np.int8]:
    """Give the least harmed G0, the most harmed G3, in the shares of the facts."""
    n = len(harm)
    rank = np.empty(n, dtype=np.int64)
    rank[np.argsort(harm, kind="stable")] = np.arange(n)
    edges = np.cumsum(value("grade_share"))[:-1] * n
    return np.searchsorted(edges, rank, side="right").astype(np.int8)


def _dates(city: City, grade: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.datetime64]:
    """Date each hit: most on the days of the fight for its town, some from the air before."""
    days = np.array([_FOUGHT_ON[town] for town in city.buildings.town], dtype="datetime64[s]")
    start = np.datetime64(_EARLIEST, "s")
    n = len(grade)
    at = days + rng.integers(0, _FOUGHT_S, n).astype("timedelta64[s]")
    before = rng.random(n) < _EARLIER_SHARE
    lead_s = (days - start).astype(np.int64)
    early = start + (rng.random(n) * lead_s).astype(np.int64).astype("timedelta64[s]")
    at = np.where(before, early, at)
    at[grade == Grade.G0] = np.datetime64("NaT")
    return at
