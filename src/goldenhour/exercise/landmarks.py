# SPDX-License-Identifier: Apache-2.0
"""Larger buildings: schools, mosques, clinics, a hospital, markets, warehouses and two works."""

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from goldenhour.exercise.blocks import Inside
from goldenhour.exercise.buildings import Buildings, buildings
from goldenhour.exercise.ground import Ground
from goldenhour.exercise.moving import Shapes, turned
from goldenhour.exercise.pinned import Plan, pinned

_PER_10_000 = {
    "school": 16,
    "mosque": 13,
    "clinic": 5,
    "government": 3,
    "retail": 6,
    "police": 2,
    "warehouse": 22,
}
_LEAST_BLOCK_M2 = 900.0
_LOT_M = {"mosque": 34.0, "clinic": 36.0, "retail": 52.0, "police": 30.0, "warehouse": 44.0}
_WHOLE_LOT_M = 78.0
_WALL_M = 3.0
_WING_M = 10.0  # depth of a wing around a yard
_WITH_YARD = ("school", "government", "hospital")
_HALL_M, _HALLS_APART_M = (22.0, 48.0), (40.0, 66.0)
_WORKS = {"akashat_road": 0.38, "phosphate_road": 1.0}
_WORKS_OFF_M = 45.0
_GATE_M = (-12.0, -33.0)  # from the works' corner


def wanted(town: str, n_structures: int) -> list[str]:
    """
    List the public buildings a town of that size has.

    Parameters
    ----------
    town
        Key of the town.
    n_structures
        Its structures.

    Returns
    -------
    uses
        One entry a building; at least a school, a mosque and a clinic, and one hospital in
        Husaybah.
    """
    always = {"school", "mosque", "clinic"}
    uses = ["hospital"] if town == "husaybah" else []
    for use, per in _PER_10_000.items():
        count = round(per * n_structures / 10_000)
        uses += [use] * max(count, int(use in always))
    return uses


def build_landmarks(
    inside: list[Inside], uses: list[str], rng: np.random.Generator
) -> tuple[list[Buildings], list[Shapes]]:
    """
    Build public buildings on blocks of one town.

    Parameters
    ----------
    inside
        The town's quarters.
    uses
        What to build, one entry a building.
    rng
        Source of all chance.

    Returns
    -------
    built, blocks
        The buildings, a table each; and each quarter's blocks less the lots that were used, in
        the quarter's own frame, metric.
    """
    blocks = [part.blocks.copy() for part in inside]
    lots = [
        (quarter, number)
        for quarter, shapes in enumerate(blocks)
        for number in np.flatnonzero(shapely.area(shapes) > _LEAST_BLOCK_M2)
    ]
    built = []
    chosen = rng.permutation(len(lots))[: len(uses)]
    for use, row in zip(uses, chosen, strict=False):
        quarter, number = lots[row]
        lot, rest = _lot(blocks[quarter][number], _LOT_M.get(use, _WHOLE_LOT_M))
        blocks[quarter][number] = rest
        part = inside[quarter].quarter
        outline = turned(np.array([_building(lot, use)], dtype=object), part.angle_deg)
        built.append(buildings(outline, town=part.town, quarter=part.number, use=use))
    return built, [shapes[~shapely.is_empty(shapes)] for shapes in blocks]


def build_works(ground: Ground, *, n_halls: int) -> tuple[list[Buildings], Shapes]:
    """
    Build the cement works at the Akashat road and the phosphate complex south of Al Qaim.

    Parameters
    ----------
    ground
        Main roads.
    n_halls
        Halls in each.

    Returns
    -------
    built, lanes
        The halls; and a lane from the road to each of the works, metric.
    """
    built, lanes = [], []
    lines = {road.key: road.line for road in ground.roads}
    for key, share in _WORKS.items():
        point = lines[key].interpolate(share, normalized=True)
        corner = np.array([point.x + _WORKS_OFF_M, point.y - _WORKS_OFF_M])
        town = "al_qaim"
        built.append(buildings(_halls(corner, n_halls), town=town, quarter=0, use="industrial"))
        gate = corner + _GATE_M
        lanes.append(LineString(np.array([[point.x, point.y], gate])))
    return built, np.array(lanes, dtype=object)


def hospital_point(table: Buildings) -> Plan:
    """
    Find the exercise's own hospital building.

    Parameters
    ----------
    table
        Buildings, metric.

    Returns
    -------
    xy_m
        A point inside in plan metres. Shape ``(1, 2)``; the town's point if it was not built.
    """
    rows = np.flatnonzero(table.use == "hospital")
    if len(rows) == 0:
        return pinned("husaybah").xy_m[None, :]
    return shapely.get_coordinates(shapely.point_on_surface(table.outline[rows[:1]]))


def _lot(block: Polygon, length_m: float) -> tuple[BaseGeometry, BaseGeometry]:
    """Take the west end of a block as a lot, all of it if little would be left."""
    west, south, east, north = block.bounds
    if east - west < length_m + _LOT_M["police"]:
        return block, Polygon()
    cut = west + length_m
    return (
        block.intersection(box(west, south, cut, north)),
        block.intersection(box(cut, south, east, north)),
    )


def _building(lot: BaseGeometry, use: str) -> BaseGeometry:
    """Set a building on its lot: a hall, or wings around a yard."""
    shape = lot.buffer(-_WALL_M, join_style="mitre")
    if use in _WITH_YARD:
        yard = shape.buffer(-_WING_M, join_style="mitre")
        if not yard.is_empty:
            return shape.difference(yard)
    return shape.buffer(-_WALL_M, join_style="mitre") if use == "mosque" else shape


def _halls(corner: Plan, n_halls: int) -> Shapes:
    """Set halls in rows of four, south-east of a corner."""
    row, column = np.divmod(np.arange(n_halls), 4)
    west = corner[0] + column * _HALLS_APART_M[0]
    south = corner[1] - (row + 1) * _HALLS_APART_M[1]
    return np.asarray(shapely.box(west, south, west + _HALL_M[0], south + _HALL_M[1]))
