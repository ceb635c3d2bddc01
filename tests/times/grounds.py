# SPDX-License-Identifier: Apache-2.0
"""Small made-up ground for tests, and the slow and obvious way over it."""

import heapq
import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Mode
from goldenhour.times import access, modes
from goldenhour.town.layers import LayerSource
from goldenhour.town.terrain import Frame, GroundClass, Terrain
from goldenhour.town.town import Town
from tests.towns import make_town, words

CELL_M = 50.0
SOURCE = LayerSource(file="dem.tif", sha256="1" * 64, format="elevation", exercise=True)
CLASSES = tuple(
    GroundClass(code=code, label=str(code), walking_kmh=kmh)
    for code, kmh in ((10, 2.0), (30, 4.0), (60, 3.0), (80, 0.0))
)
Floats = NDArray[np.float64]
Cell = tuple[int, int]
Graph = dict[object, list[tuple[object, float]]]


def far_town(seed: int, *, n_far: int = 5) -> Town:
    """
    Grow a town of which some structures stand 350 to 700 m north and south of all streets.

    Ditches as thin as a line run among them, some within a few metres of a structure.
    """
    rng = np.random.Generator(np.random.PCG64(seed + 1))
    town = make_town(seed, n_structures=8, n_side=4)
    y_m, nodes_m = town.structures.y_m.copy(), town.streets.node_y_m
    off_m = rng.uniform(350, 700, n_far)
    north = rng.random(n_far) < 0.5
    y_m[:n_far] = np.where(north, nodes_m.max() + off_m, nodes_m.min() - off_m)
    x_m = town.structures.x_m
    starts = np.column_stack([x_m, y_m]) + rng.uniform(-15, 15, (len(x_m), 2))
    ends = starts + rng.uniform(-250, 250, starts.shape)
    ditches = shapely.linestrings(np.stack([starts, ends], axis=1)[: n_far - 2])
    was = town.barriers
    barriers = replace(
        was,
        name=np.concatenate([was.name, words([""] * (n_far - 2))]),
        kind=np.concatenate([was.kind, words(["ditch"] * (n_far - 2))]),
        shape=np.concatenate([was.shape, ditches]),
    )
    return replace(town, structures=replace(town.structures, y_m=y_m), barriers=barriers)


def ground_of(town: Town, seed: int | None = None, *, margin_m: float = 800.0) -> Terrain:
    """Make ground around a town: flat grass, or from a seed hills, four covers and gaps."""
    x_m = np.concatenate([town.streets.node_x_m, town.structures.x_m])
    y_m = np.concatenate([town.streets.node_y_m, town.structures.y_m])
    west, north = (
        math.floor((x_m.min() - margin_m) / CELL_M),
        math.ceil((y_m.max() + margin_m) / CELL_M),
    )
    east, south = (
        math.ceil((x_m.max() + margin_m) / CELL_M),
        math.floor((y_m.min() - margin_m) / CELL_M),
    )
    frame = Frame(
        crs=town.crs,
        west_m=west * CELL_M,
        north_m=north * CELL_M,
        cell_m=CELL_M,
        n_rows=north - south,
        n_columns=east - west,
    )
    heights, ground = np.zeros(frame.shape), np.full(frame.shape, 30)
    if seed is not None:
        rng = np.random.Generator(np.random.PCG64(seed))
        row, column = np.mgrid[: frame.n_rows, : frame.n_columns]
        heights = (
            20 * np.sin(row / 3 + rng.random()) + 25 * np.cos(column / 4) + rng.random(frame.shape)
        )
        ground = rng.choice([10, 30, 60, 80, -1], frame.shape, p=[0.2, 0.4, 0.3, 0.07, 0.03])
        heights[rng.random(frame.shape) < 0.03] = np.nan
    return Terrain(
        frame=frame,
        elevation_m=heights.astype(np.float32),
        ground=ground.astype(np.int16),
        classes=CLASSES,
        sources=(SOURCE,),
    )


class SlowGround:
    """Open ground and streets on foot as one graph, in plain Python."""

    def __init__(self, town: Town, terrain: Terrain) -> None:
        self.town, self.frame = town, terrain.frame
        self.height = terrain.elevation_m.astype(np.float64)
        speed = {kind.code: kind.walking_kmh for kind in terrain.classes}
        factor = facts.number("times.carry_factor")
        shape = terrain.frame.shape
        every = [(r, c) for r in range(shape[0]) for c in range(shape[1])]
        self.pace: dict[Cell, float] = {}
        for cell in every:
            kmh = speed.get(int(terrain.ground[cell]), 0.0)
            if kmh > 0 and not math.isnan(self.height[cell]):
                self.pace[cell] = 3.6 * factor / kmh
        self.open = {cell for cell in self.pace if not self._wet(self._box(cell))}

    def _box(self, cell: Cell) -> shapely.Polygon:
        """Draw a cell."""
        west = self.frame.west_m + cell[1] * self.frame.cell_m
        north = self.frame.north_m - cell[0] * self.frame.cell_m
        return shapely.box(west, north - self.frame.cell_m, west + self.frame.cell_m, north)

    def _wet(self, shape: shapely.Geometry) -> bool:
        """Tell whether a barrier touches a shape."""
        return any(shapely.intersects(shape, barrier) for barrier in self.town.barriers.shape)

    def middle(self, cell: Cell) -> tuple[float, float]:
        """Find the middle of a cell."""
        box = self._box(cell)
        return box.centroid.x, box.centroid.y

    def joins(self, x_m: float, y_m: float) -> dict[Cell, float]:
        """Give the seconds from a point to the middles of the cells it joins."""
        row = math.floor((self.frame.north_m - y_m) / self.frame.cell_m)
        column = math.floor((x_m - self.frame.west_m) / self.frame.cell_m)
        found: dict[Cell, float] = {}
        if (row, column) not in self.pace:
            return found
        for r in (row - 1, row, row + 1):
            for c in (column - 1, column, column + 1):
                squeezed = (r, column) not in self.pace and (row, c) not in self.pace
                if (r, c) not in self.open or squeezed:
                    continue
                walk = shapely.LineString([(x_m, y_m), self.middle((r, c))])
                if not self._wet(walk):
                    found[r, c] = walk.length * self.pace[r, c]
        return found

    def steps(self, here: Cell) -> list[tuple[Cell, float]]:
        """Give the seconds from a cell to its neighbours."""
        found = []
        for r, c in [(r, c) for r in (-1, 0, 1) for c in (-1, 0, 1) if (r, c) != (0, 0)]:
            there = (here[0] + r, here[1] + c)
            beside = {(here[0], there[1]), (there[0], here[1])}
            if there not in self.open or not beside & (self.open | {here, there}):
                continue
            if r and c and not beside & self.open:
                continue
            metres = math.hypot(r, c) * self.frame.cell_m
            slope = (self.height[there] - self.height[here]) / metres
            tobler = math.exp(3.5 * abs(slope + 0.05) - 0.175)
            found.append((there, metres * tobler * (self.pace[here] + self.pace[there]) / 2))
        return found

    def stops(self) -> list[tuple[int, float, float, float]]:
        """List the stops: edge, share, easting, northing."""
        found = []
        for edge in np.flatnonzero(access.may_step_on(self.town)).tolist():
            line = self.town.streets.line[edge]
            n = math.ceil(line.length / self.frame.cell_m)
            for i in range(n + 1):
                spot = line.interpolate(i / n, normalized=True)
                found.append((edge, i / n, spot.x, spot.y))
        return found

    def graph(self) -> Graph:
        """Join cells, stops and junctions; from the ground to streets, and along them on foot."""
        joined: Graph = {cell: list(self.steps(cell)) for cell in self.open}
        streets = self.town.streets
        seconds = modes.clear_seconds(streets, mode=Mode.STRETCHER).tolist()
        ends = list(zip(streets.tail.tolist(), streets.head.tolist(), seconds, strict=True))
        for tail, head, street_s in ends:
            joined.setdefault(("node", tail), []).append((("node", head), street_s))
            joined.setdefault(("node", head), []).append((("node", tail), street_s))
        for number, (edge, share, x_m, y_m) in enumerate(self.stops()):
            tail, head, street_s = ends[edge]
            joined["stop", number] = [
                (("node", tail), share * street_s),
                (("node", head), (1 - share) * street_s),
            ]
            for cell, walk_s in self.joins(x_m, y_m).items():
                joined[cell].append((("stop", number), walk_s))
        return joined


def soonest(graph: Graph, seeds: Mapping[object, float]) -> dict[object, float]:
    """Find the seconds to everything, by Dijkstra's plain search."""
    found: dict[object, float] = {}
    queue = [(start, i, place) for i, (place, start) in enumerate(seeds.items())]
    heapq.heapify(queue)
    n = len(queue)
    while queue:
        now, _, here = heapq.heappop(queue)
        if here in found:
            continue
        found[here] = now
        for there, step in graph.get(here, ()):
            if there not in found:
                n += 1
                heapq.heappush(queue, (now + step, n, there))
    return found


def turned(graph: Graph) -> Graph:
    """Turn every arc round."""
    back: Graph = {}
    for here, ways in graph.items():
        for there, step in ways:
            back.setdefault(there, []).append((here, step))
    return back
