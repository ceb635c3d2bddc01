# SPDX-License-Identifier: Apache-2.0
"""The ground of the exercise: the river and the main roads, before any house stands."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from shapely.geometry import LineString, Polygon

from goldenhour.exercise.pinned import Plan, pinned, road_m, to_plan, value

_STEP_M = 150.0
_BANK_M = 40.0
_CALM_M = 2500.0  # a road runs straight near the points that pin it
_ROAD_WAVES_M = (9000.0, 14000.0)
_TIMES_HALVED = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """
    One main road, before it is cut at junctions.

    Parameters
    ----------
    key
        Its word in the exercise's messages.
    highway
        OSM class.
    line
        Its course, metric.
    """

    key: str
    highway: str
    line: LineString


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """
    River and main roads.

    Parameters
    ----------
    river
        Water, metric.
    banks
        Water and a little more: where a road in it stands on a bridge, metric.
    roads
        Main roads, the highway first.
    """

    river: Polygon
    banks: Polygon
    roads: tuple[Road, ...]


def lay_ground(rng: np.random.Generator) -> Ground:
    """
    Draw the river and the main roads.

    Parameters
    ----------
    rng
        Source of all chance.

    Returns
    -------
    ground
        The highway's length from Al Qaim to Haditha is the detour factor times the geodesic.
    """
    river = _river(rng)
    return Ground(
        river=river,
        banks=shapely.buffer(river, _BANK_M),
        roads=(Road(key="highway", highway="trunk", line=_highway(rng)), *_branches()),
    )


def _curve(points: Plan) -> Plan:
    """Draw a smooth curve through points, with a vertex every few hundred metres."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    stations = np.union1d(np.arange(0.0, along[-1], _STEP_M), along)
    return np.asarray(CubicSpline(along, points)(stations))


def _normals(points: Plan) -> Plan:
    """Point to the left of a line at each of its vertices."""
    ahead = np.gradient(points, axis=0)
    ahead /= np.hypot(*ahead.T)[:, None]
    return np.column_stack([-ahead[:, 1], ahead[:, 0]])


def _along(points: Plan) -> NDArray[np.float64]:
    """Measure how far along a line each vertex lies."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])


def _river(rng: np.random.Generator) -> Polygon:
    """Draw the water: a meandering course of uneven width."""
    course = _curve(to_plan(value("river_course")))
    narrow, wide = value("river_width_m")
    phase = rng.uniform(0, 2 * np.pi, 3)
    s = _along(course)
    swing = (np.sin(s / 700 + phase[0]) + 0.6 * np.sin(s / 370 + phase[1]) + 1.6) / 3.2
    half = 0.5 * (narrow + (wide - narrow) * swing)
    bend = 220.0 * np.sin(s / 1150 + phase[2])
    left = _normals(course)
    middle = course + left * bend[:, None]
    left = _normals(middle)
    ring = np.vstack([middle + left * half[:, None], (middle - left * half[:, None])[::-1]])
    return Polygon(ring)


def _highway(rng: np.random.Generator) -> LineString:
    """Draw the highway from the border to Haditha, bent until it is as long as a real road."""
    west = [pinned(key).xy_m for key in ("border_crossing", "husaybah", "karabilah", "al_qaim")]
    by_way = [
        *to_plan(value("highway_by_way_of")),
        pinned("rawa_junction").xy_m,
        pinned("ana").xy_m,
    ]
    east = [*by_way, *to_plan(value("highway_after_ana")), pinned("haditha").xy_m]
    points = _curve(np.array([*west, *east]))
    bends = _bends(points, pins=np.array([*west, by_way[0], *by_way[-2:], east[-1]]), rng=rng)
    start = int(np.argmin(np.hypot(*(points - west[-1]).T)))
    straight_m = road_m(np.array([pinned("al_qaim").xy_m, pinned("haditha").xy_m]))
    wanted_m = value("detour_factor") * straight_m
    low, high = 0.0, 4000.0
    for _ in range(_TIMES_HALVED):
        middle = (low + high) / 2
        if road_m((points + middle * bends)[start:]) < wanted_m:
            low = middle
        else:
            high = middle
    return LineString(points + high * bends)


def _bends(points: Plan, *, pins: Plan, rng: np.random.Generator) -> Plan:
    """Bend a road sideways by one metre at most, and not at all near its pins."""
    s = _along(points)
    waves = rng.uniform(*_ROAD_WAVES_M, 2)
    phases = rng.uniform(0, 2 * np.pi, 2)
    sway = np.sin(2 * np.pi * s[:, None] / waves + phases).mean(axis=1)
    far_m = np.hypot(*(points[:, None, :] - pins[None, :, :]).transpose(2, 0, 1)).min(axis=1)
    calm = np.clip(far_m / _CALM_M, 0, 1) ** 2
    # West of Ubaydi the highway is a street of the towns and keeps its course.
    east = points[:, 0] > pins[4, 0]
    return np.asarray(_normals(points) * (sway * calm * east)[:, None])


def _branches() -> tuple[Road, ...]:
    """Draw the roads that leave the highway."""
    qaim, rummaneh, ubaydi = pinned("al_qaim").xy_m, pinned("rummaneh").xy_m, pinned("ubaydi").xy_m
    rawa, junction = pinned("rawa").xy_m, pinned("rawa_junction").xy_m
    south_of_ubaydi = to_plan(value("highway_by_way_of"))[0]
    west_bank = [_off(rummaneh, -8200, 3600), _off(rummaneh, -4000, 900)]
    east_bank = [_off(rummaneh, 1800, 500), _off(rummaneh, 4500, 2300)]
    to_pontoon = [_off(ubaydi, 100, 3900), _off(ubaydi, 0, 1600)]
    south = [_off(qaim, -1900, -4200), _off(qaim, -9000, -13000)]
    works = [_off(qaim, 1500, -2600), _off(qaim, 2600, -4600)]
    banks = [*west_bank, rummaneh, *east_bank, *to_pontoon, ubaydi, south_of_ubaydi]
    return (
        _road("rummaneh_road", "secondary", [qaim, _off(qaim, -400, 1600), rummaneh]),
        _road("north_bank_road", "tertiary", banks),
        _road("akashat_road", "secondary", [qaim, *south]),
        _road("phosphate_road", "tertiary", [qaim, *works]),
        _road("rawa_road", "secondary", [junction, _off(junction, 1100, 2400), rawa]),
    )


def _off(point: Plan, east_m: float, north_m: float) -> Plan:
    """Give the point so far from another. Shape ``(2,)``."""
    return np.asarray(point + np.array([east_m, north_m]))


def _road(key: str, highway: str, points: list[Plan]) -> Road:
    """Draw one road through points."""
    return Road(key=key, highway=highway, line=LineString(_curve(np.array(points))))
