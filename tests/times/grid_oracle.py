# SPDX-License-Identifier: Apache-2.0
"""Travel over open ground in plain Python: every formula written out, no table, no kernel."""

import heapq
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Cell = tuple[int, int]
Kmh = Callable[[int, float, float], float]
"""Speed by mode, speed on the flat and slope."""

WALKING, BICYCLING, MOTORIZED = 1, 2, 3


class Scene(NamedTuple):
    """A small country: speeds (0 closed), heights (NaN unknown), modes, and seeds with starts."""

    speed: NDArray[np.float64]
    height: NDArray[np.float64]
    mode: NDArray[np.int8]
    seeds: dict[Cell, float]
    towards: bool = True
    neighbours: int = 8
    cell_m: tuple[float, float] = (30.0, 20.0)

    def is_open(self, cell: Cell) -> bool:
        """Tell whether a cell can be entered."""
        inside = all(0 <= place < n for place, n in zip(cell, self.speed.shape, strict=True))
        return inside and bool(self.speed[cell] > 0 and not math.isnan(self.height[cell]))


def kmh(mode: int, flat_kmh: float, slope: float) -> float:
    """Walk by Tobler, ride with the power of the flat, drive as on the flat."""
    if mode == WALKING:
        return flat_kmh * math.exp(0.175 - 3.5 * abs(slope + 0.05))
    return rider_kmh(flat_kmh, slope) if mode == BICYCLING else flat_kmh


def rider_kmh(flat_kmh: float, slope: float) -> float:
    """Solve a cyclist's cubic by its roots, at most twice the speed on the flat."""
    flat, weight, rolling = flat_kmh / 3.6, 9.8 * 95, 0.012
    air = 0.5 * 0.445 * (1.293 - 0.00426 * 20) * math.exp(-500 / 7000)
    power = flat * weight * rolling + flat**3 * air
    roots = np.roots([air, 0, weight * (slope + rolling), -power])
    real = [root.real for root in roots if abs(root.imag) < 1e-9 and root.real > 0]
    return float(min(3.6 * max(real), 2 * flat_kmh))


def moves(neighbours: int) -> list[Cell]:
    """List the steps in rows and columns."""
    sizes = {(0, 1), (1, 1), (1, 2)} if neighbours == 16 else {(0, 1), (1, 1)}
    square = [(r, c) for r in range(-2, 3) for c in range(-2, 3)]
    return [(r, c) for r, c in square if (min(abs(r), abs(c)), max(abs(r), abs(c))) in sizes]


def crossed(here: Cell, move: Cell) -> list[Cell]:
    """List the cells that a move crosses, from the first to the last."""
    (row, column), (r, c) = here, move
    ends = [here, (row + r, column + c)]
    if max(abs(r), abs(c)) < 2:
        return ends
    one_r, one_c = int(math.copysign(1, r)), int(math.copysign(1, c))
    straight = (row + one_r, column) if abs(r) == 2 else (row, column + one_c)
    return [ends[0], straight, (row + one_r, column + one_c), ends[1]]


def step_s(scene: Scene, here: Cell, move: Cell, speed_of: Kmh) -> float:
    """Give the seconds of one move, ``inf`` if it cannot be."""
    cells = crossed(here, move)
    if not all(map(scene.is_open, cells)):
        return math.inf
    metres = math.hypot(move[0] * scene.cell_m[0], move[1] * scene.cell_m[1])
    rise = float(scene.height[cells[-1]] - scene.height[here])
    slope = (-rise if scene.towards else rise) / metres
    speeds = [speed_of(int(scene.mode[c]), float(scene.speed[c]), slope) for c in cells]
    return float(metres * sum(3.6 / speed for speed in speeds) / len(cells))


def slow_dijkstra(
    scene: Scene, *, speed_of: Kmh = kmh, past_corners: bool = False
) -> NDArray[np.float64]:
    """Find the seconds between every cell and its nearest seed, with a heap."""
    seconds = np.full(scene.speed.shape, math.inf)
    queue = [(start, cell) for cell, start in scene.seeds.items() if scene.is_open(cell)]
    for start, cell in queue:
        seconds[cell] = start
    heapq.heapify(queue)
    while queue:
        now, here = heapq.heappop(queue)
        if now > seconds[here]:
            continue
        for r, c in moves(scene.neighbours):
            corners = (here[0] + r, here[1]), (here[0], here[1] + c)
            is_diagonal = abs(r) == abs(c) == 1
            if is_diagonal and not past_corners and not any(map(scene.is_open, corners)):
                continue
            there = (here[0] + r, here[1] + c)
            then = now + step_s(scene, here, (r, c), speed_of)
            if scene.is_open(there) and then < seconds[there]:
                seconds[there] = then
                heapq.heappush(queue, (then, there))
    return seconds
