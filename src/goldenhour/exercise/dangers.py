# SPDX-License-Identifier: Apache-2.0
"""True dangers: armed pockets and explosive hazards, metric."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from goldenhour.exercise.city import City
from goldenhour.exercise.damage import TrueDamage, town_radius_m
from goldenhour.exercise.landmarks import hospital_point
from goldenhour.exercise.pinned import Plan, pinned

_HELD_TOWN = 1.5  # radii of Rummaneh, not retaken before 11 November
_RAWA_M = 2500.0  # not retaken before 17 November
_POCKET = {"husaybah": 0.16, "karabilah": 0.22}
_TRAPPED = {"husaybah": 0.1, "karabilah": 0.14, "al_qaim": 0.12}
_ROADS_FREE, _DRAWN_OFF_M = 2.0, 80.0  # radii from a main road, and what a report may be off
_WORKS_M, _HOSPITAL_M, _BRIDGEHEAD_M = 230.0, 45.0, 110.0
_BELT_OFF_M, _BELT_HALF_M = 270.0, 60.0
_BELTS = {"highway": (19_500.0, 20_400.0), "akashat_road": (2_600.0, 3_300.0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger:
    """
    One dangerous area.

    Parameters
    ----------
    key
        What it is, in kebab-case.
    hazard
        ``"explosive"`` or ``"armed_group"``.
    shape
        Area, metric.
    is_known
        True if direct evidence of it was seen, so that reports call it confirmed.
    """

    key: str
    hazard: str
    shape: BaseGeometry
    is_known: bool


def set_dangers(city: City, damage: TrueDamage, rng: np.random.Generator) -> tuple[Danger, ...]:
    """
    Place pockets and explosive hazards.

    Parameters
    ----------
    city
        What stood.
    damage
        Where fighting was.
    rng
        Source of all chance.

    Returns
    -------
    dangers
        Four armed pockets, then explosive hazards.
    """
    return (*_pockets(city, rng), *_explosive(city, damage))


def _pockets(city: City, rng: np.random.Generator) -> list[Danger]:
    """Hold Rummaneh and Rawa, and a few houses in each of two towns."""
    held = _HELD_TOWN * town_radius_m(city, "rummaneh")
    pockets = [
        _round("held-rummaneh", "armed_group", pinned("rummaneh").xy_m, held),
        _round("held-rawa", "armed_group", pinned("rawa").xy_m, _RAWA_M),
    ]
    for town, share in _POCKET.items():
        radius_m = share * town_radius_m(city, town)
        aside = _off_main_roads(city, city.xy_m[city.buildings.town == town], radius_m)
        pockets.append(_round(f"pocket-{town}", "armed_group", rng.choice(aside), radius_m))
    return pockets


def _explosive(city: City, damage: TrueDamage) -> list[Danger]:
    """Mine the works and two roadsides, and trap houses where fighting was worst."""
    roads = {road.key: road.line for road in city.ground.roads}
    works = shapely.multipoints(city.xy_m[city.buildings.use == "industrial"])
    near_works = shapely.get_coordinates(shapely.get_point(roads["akashat_road"], -1))[0]
    halls = shapely.get_coordinates(works)
    south = halls[np.hypot(*(halls - near_works).T).argmin()]
    bridge = city.network.line[city.network.bridge & (city.network.road == "rummaneh_road")][0]
    found = [
        _round("cement-works", "explosive", south, _WORKS_M),
        _round("hospital", "explosive", hospital_point(city.buildings)[0], _HOSPITAL_M),
        _round("bridgehead", "explosive", np.array(bridge.coords[0]), _BRIDGEHEAD_M),
    ]
    for key, (start, end) in _BELTS.items():
        found.append(_belt(f"belt-{key}", roads[key], start, end))
    for town, share in _TRAPPED.items():
        radius_m = share * town_radius_m(city, town)
        fight = damage.fights[np.flatnonzero(damage.fight_town == town)[0]]
        aside = _off_main_roads(city, city.xy_m[city.buildings.town == town], radius_m)
        at = aside[np.hypot(*(aside - fight).T).argmin()]
        found.append(_round(f"trapped-{town}", "explosive", at, radius_m, is_known=False))
    return found


def _off_main_roads(city: City, xy_m: Plan, radius_m: float) -> Plan:
    """Keep places that leave the main roads free, or the farthest one if there is none."""
    roads = shapely.multilinestrings([road.line for road in city.ground.roads])
    far_m = shapely.distance(shapely.points(xy_m), roads)
    return np.asarray(xy_m[far_m >= min(_ROADS_FREE * radius_m + _DRAWN_OFF_M, far_m.max())])


def _belt(key: str, road: LineString, start: float, end: float) -> Danger:
    """Mine a strip beside a road, never the road itself."""
    strip = shapely.offset_curve(substring(road, start, end), -_BELT_OFF_M)
    return Danger(
        key=key,
        hazard="explosive",
        shape=shapely.buffer(strip, _BELT_HALF_M, quad_segs=3),
        is_known=True,
    )


def _round(key: str, hazard: str, at: Plan, radius_m: float, *, is_known: bool = True) -> Danger:
    """Draw a round area."""
    return Danger(
        key=key, hazard=hazard, shape=Point(at).buffer(radius_m, quad_segs=6), is_known=is_known
    )
