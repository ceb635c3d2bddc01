# SPDX-License-Identifier: Apache-2.0
"""Houses on the plots of a block, wall to wall; some have a yard or a courtyard."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from goldenhour.exercise.moving import Shapes

_FRONT_M = (9.5, 14.5)
_ONE_ROW_M = 21.0  # a block thinner than this has one row of houses
_NO_YARD_SHARE = 0.5
_BUILT_DEPTH = (0.65, 0.95)
_AREA_M2 = (60.0, 420.0)
_COURTYARD_SHARE, _COURTYARD_FROM_M2 = 0.4, 120.0
_COURTYARD_SIDE = (0.34, 0.5)  # of the house's side


def build_houses(blocks: Shapes, rng: np.random.Generator) -> Shapes:
    """
    Build houses on blocks.

    Parameters
    ----------
    blocks
        Ground in the quarter's own frame (streets along x), metric. Shape ``(n_blocks,)``.
    rng
        Source of all chance.

    Returns
    -------
    outlines
        Houses that share walls and never overlap, same frame, metric. Shape ``(n_houses,)``.
    """
    corners, block = [], []
    for number, shape in enumerate(blocks):
        boxes = _boxes(shape, rng)
        corners.append(boxes)
        block.append(np.full(len(boxes), number))
    if not corners:
        return np.empty(0, dtype=object)
    box = np.vstack(corners)
    plots = shapely.box(box[:, 0], box[:, 1], box[:, 2], box[:, 3])
    cut = shapely.intersection(plots, blocks[np.concatenate(block)])
    houses = shapely.get_parts(cut)
    area_m2 = shapely.area(houses)
    fits = (shapely.get_type_id(houses) == shapely.GeometryType.POLYGON) & (area_m2 > _AREA_M2[0])
    return with_courtyards(houses[fits & (area_m2 < _AREA_M2[1])], rng)


def _boxes(block: Polygon, rng: np.random.Generator) -> NDArray[np.float64]:
    """Cut one block into plots; the house stands at the street, a yard may lie behind it."""
    west, south, east, north = block.bounds
    fronts = rng.uniform(*_FRONT_M, int((east - west) / _FRONT_M[0]) + 1)
    walls = west + np.concatenate([[0.0], np.cumsum(fronts)])
    walls = np.append(walls[walls < east - 0.6 * _FRONT_M[0]], east)
    left, right = walls[:-1], walls[1:]
    if north - south < _ONE_ROW_M:
        return np.column_stack([left, np.full(len(left), south), right, np.full(len(left), north)])
    middle = (south + north) / 2 + rng.uniform(-1.5, 1.5)
    built = rng.uniform(*_BUILT_DEPTH, (2, len(left)))
    built[rng.random(built.shape) < _NO_YARD_SHARE] = 1.0
    near = np.column_stack(
        [left, np.full(len(left), south), right, south + built[0] * (middle - south)]
    )
    far = np.column_stack(
        [left, north - built[1] * (north - middle), right, np.full(len(left), north)]
    )
    return np.vstack([near, far])


def with_courtyards(houses: Shapes, rng: np.random.Generator) -> Shapes:
    """
    Open a courtyard in some of the larger houses.

    Parameters
    ----------
    houses
        Convex outlines, metric. Shape ``(n_houses,)``.
    rng
        Source of all chance.

    Returns
    -------
    houses
        The same houses, some with a hole. Shape ``(n_houses,)``.
    """
    chance = rng.random(len(houses))
    sides = rng.uniform(*_COURTYARD_SIDE, len(houses))
    opened = (chance < _COURTYARD_SHARE) & (shapely.area(houses) > _COURTYARD_FROM_M2)
    rings, index = shapely.get_coordinates(houses[opened], return_index=True)
    middles = shapely.get_coordinates(shapely.centroid(houses[opened]))[index]
    shrunk = middles + (rings - middles) * sides[opened][index][:, None]
    courts = shapely.polygons(shapely.linearrings(shrunk, indices=index))
    result = houses.copy()
    result[opened] = shapely.difference(houses[opened], courts)
    return result
