# SPDX-License-Identifier: Apache-2.0
"""Where the towns stand: quarters between arterials, off the river, along the main roads."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.ops import split

from goldenhour.exercise.ground import Ground
from goldenhour.exercise.moving import turned_points
from goldenhour.exercise.pinned import BUILT, Plan, pinned, value

_SPARE = 1.2  # more ground than houses: some plots stay empty
_PUBLIC_M2 = 7000.0  # even a small town has its public buildings
_CELLS_WANTED = 9
_CELL_M = (130.0, 430.0)
_SCATTER = 0.3  # of a cell
_LENGTH_TO_WIDTH = 1.5
_OFF_THE_RIVER_M = 140.0
_LEAST_QUARTER_M2 = 4500.0
_TANGENT_M = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """
    One part of a town, with arterials on all sides.

    Parameters
    ----------
    town
        Key of the town it belongs to.
    number
        Its number in the town, from 1.
    shape
        Its ground up to the middle of the arterials, metric.
    angle_deg
        Direction of its streets in degrees from east.
    """

    town: str
    number: int
    shape: Polygon
    angle_deg: float


def lay_quarters(ground: Ground, *, n_structures: int, rng: np.random.Generator) -> list[Quarter]:
    """
    Lay out the quarters of every built town.

    Parameters
    ----------
    ground
        River and main roads.
    n_structures
        Structures wanted in all.
    rng
        Source of all chance.

    Returns
    -------
    quarters
        Town by town, each from its middle outwards.
    """
    shares = value("share_of_structures")
    taken: list[Quarter] = []
    for town in BUILT:
        area_m2 = n_structures * shares[town] * value("gross_area_m2") * _SPARE + _PUBLIC_M2
        taken += _town(town, area_m2=area_m2, ground=ground, rng=rng)
    return taken


def _town(town: str, *, area_m2: float, ground: Ground, rng: np.random.Generator) -> list[Quarter]:
    """Lay out one town: cells around scattered seeds, cut by the main roads."""
    middle = pinned(town).xy_m
    roads = [road.line for road in ground.roads]
    along_deg = _direction_deg(roads, Point(middle))
    cell_m = float(np.clip(np.sqrt(area_m2 / _CELLS_WANTED), *_CELL_M))
    seeds = middle + _seeds(area_m2, cell_m=cell_m, along_deg=along_deg, rng=rng)
    wet = shapely.buffer(ground.river, _OFF_THE_RIVER_M)
    cells = _cells(seeds, middle=middle, along_deg=along_deg)
    pieces = [piece for cell in cells for piece in _cut(cell, wet=wet, roads=roads)]
    ends = np.searchsorted(np.cumsum([piece.area for piece in pieces]), area_m2) + 1
    angles = rng.normal(0.0, 7.0, len(pieces))
    return [
        Quarter(
            town=town, number=n + 1, shape=piece, angle_deg=_grain_deg(piece, roads) + angles[n]
        )
        for n, piece in enumerate(pieces[:ends])
    ]


def _direction_deg(roads: list[LineString], at: Point) -> float:
    """Direction of the nearest main road, in degrees from east."""
    road = min(roads, key=lambda line: line.distance(at))
    here = road.project(at)
    a, b = road.interpolate(here - _TANGENT_M), road.interpolate(here + _TANGENT_M)
    return float(np.degrees(np.arctan2(b.y - a.y, b.x - a.x)))


def _seeds(area_m2: float, *, cell_m: float, along_deg: float, rng: np.random.Generator) -> Plan:
    """Scatter seeds around the origin, far enough out that outer cells are closed."""
    reach_m = 1.4 * np.sqrt(area_m2 * _LENGTH_TO_WIDTH / np.pi) + 3 * cell_m
    n_side = int(np.ceil(reach_m / cell_m))
    steps = np.arange(-n_side, n_side + 1) * cell_m
    x_m, y_m = np.meshgrid(steps, steps)
    x_m = x_m + 0.5 * cell_m * (np.arange(len(steps)) % 2)[:, None]
    grid = np.column_stack([x_m.ravel(), y_m.ravel()])
    grid += rng.uniform(-_SCATTER, _SCATTER, grid.shape) * cell_m
    return turned_points(grid, along_deg)


def _cells(seeds: Plan, *, middle: Plan, along_deg: float) -> list[Polygon]:
    """Cut the ground into cells around seeds, from the middle outwards."""
    found = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(seeds)))
    tree = shapely.STRtree(found)
    seed, cell = tree.query(shapely.points(seeds), predicate="within")
    far = turned_points(seeds[seed] - middle, -along_deg) / [_LENGTH_TO_WIDTH, 1.0]
    outwards = np.argsort(np.hypot(*far.T), kind="stable")
    return list(found[cell[outwards]])


def _cut(cell: Polygon, *, wet: Polygon, roads: list[LineString]) -> list[Polygon]:
    """Keep the dry parts of a cell, cut along main roads."""
    pieces = [cell.difference(wet)] if cell.intersects(wet) else [cell]
    for road in roads:
        if road.intersects(cell):
            pieces = [part for piece in pieces for part in split(piece, road).geoms]
    parts = shapely.get_parts(np.array(pieces, dtype=object))
    return [part for part in parts if part.area > _LEAST_QUARTER_M2]


def _grain_deg(piece: Polygon, roads: list[LineString]) -> float:
    """Direction of a quarter's streets: along its main road, else along its longest side."""
    if min(road.distance(piece) for road in roads) < 1.0:
        return _direction_deg(roads, piece.centroid)
    ring = shapely.get_coordinates(piece.exterior)
    sides = np.diff(ring, axis=0)
    longest = sides[np.argmax(np.hypot(*sides.T))]
    return float(np.degrees(np.arctan2(longest[1], longest[0])))
