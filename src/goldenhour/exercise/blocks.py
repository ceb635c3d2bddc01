# SPDX-License-Identifier: Apache-2.0
"""The inside of a quarter: streets, staggered cross streets and alleys, and blocks between them."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from goldenhour.exercise.moving import Shapes, turned
from goldenhour.exercise.quarters import Quarter

_STREET_M = 6.6  # kerb to kerb, from house front to house front
_ARTERIAL_HALF_M = 9.0
_PLOT_DEPTH_M = (14.0, 20.0)
_CROSS_EVERY_M = (55.0, 125.0)
_ALLEY_SHARE, _LANE_SHARE = 0.22, 0.25
_SHORTEST_STREET_M = 15.0
_LEAST_BLOCK_M2 = 140.0
_GRID_M = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """
    Streets and blocks of one quarter.

    Parameters
    ----------
    quarter
        The quarter.
    streets
        Lines in plan metres. Shape ``(n_lines,)``.
    highway
        OSM class of each line. Shape ``(n_lines,)``.
    blocks
        Ground between streets in the quarter's own frame (streets run along x), metres. Shape
        ``(n_blocks,)``.
    """

    quarter: Quarter
    streets: Shapes
    highway: NDArray[np.str_]
    blocks: Shapes


def lay_blocks(quarter: Quarter, rng: np.random.Generator) -> Inside:
    """
    Lay streets and blocks into a quarter.

    Parameters
    ----------
    quarter
        The quarter.
    rng
        Source of all chance.

    Returns
    -------
    inside
        Streets that may stick out over nothing; blocks that keep clear of all of them.
    """
    ground = turned(quarter.shape, -quarter.angle_deg)
    rows = _rows(ground, rng)
    lines, classes = _lines(ground, rows, rng)
    shape = shapely.boundary(ground)
    net = shapely.unary_union([*lines, shape], grid_size=_GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(net)))
    inner = shapely.buffer(ground, -_ARTERIAL_HALF_M, join_style="mitre")
    blocks = shapely.intersection(shapely.buffer(faces, -_STREET_M / 2, join_style="mitre"), inner)
    blocks = shapely.get_parts(blocks)
    return Inside(
        quarter=quarter,
        streets=turned(np.array([*lines, shape], dtype=object), quarter.angle_deg),
        highway=np.append(classes, "tertiary"),
        blocks=blocks[shapely.area(blocks) > _LEAST_BLOCK_M2],
    )


def _rows(ground: Polygon, rng: np.random.Generator) -> NDArray[np.float64]:
    """Choose where streets run: two plots and a street apart."""
    _, south, _, north = ground.bounds
    n_rows = int((north - south) / (2 * _PLOT_DEPTH_M[0])) + 2
    apart = 2 * rng.uniform(*_PLOT_DEPTH_M, n_rows) + _STREET_M
    rows = south + _ARTERIAL_HALF_M - _STREET_M / 2 + np.cumsum(apart)
    return rows[rows < north - _PLOT_DEPTH_M[0] - _ARTERIAL_HALF_M]


def _lines(
    ground: Polygon, rows: NDArray[np.float64], rng: np.random.Generator
) -> tuple[Shapes, NDArray[np.str_]]:
    """Draw the streets along rows and the cross streets between them, cut to the quarter."""
    west, south, east, north = ground.bounds
    along = [((west - 1, y), (east + 1, y)) for y in rows]
    across = []
    edges = np.array([south - 1, *rows, north + 1])
    for low, high in pairwise(edges):
        steps = rng.uniform(*_CROSS_EVERY_M, int((east - west) / _CROSS_EVERY_M[0]) + 2)
        x_m = west + np.cumsum(steps) - 0.5 * _CROSS_EVERY_M[0]
        across += [((x, low), (x, high)) for x in x_m[x_m < east]]
    drawn = np.array([*along, *across], dtype=np.float64).reshape(-1, 2, 2)
    chance = rng.random(len(across))
    crossing = np.where(
        chance < _ALLEY_SHARE,
        "footway",
        np.where(chance < _ALLEY_SHARE + _LANE_SHARE, "living_street", "residential"),
    )
    classes = np.concatenate([np.full(len(along), "residential"), crossing])
    cut = shapely.intersection(shapely.linestrings(drawn), ground)
    parts, source = shapely.get_parts(cut, return_index=True)
    long = shapely.length(parts) > _SHORTEST_STREET_M
    return parts[long], classes[source[long]]
