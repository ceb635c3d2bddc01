# SPDX-License-Identifier: Apache-2.0
"""Travel over open ground: against plain Dijkstra on small random grids, and law by law."""

import heapq
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.base.errors import InputError
from goldenhour.times import pace, terrain
from goldenhour.times.pace import Bicycle, Mode
from goldenhour.times.surface import Surface

CELL_M = (30.0, 20.0)
TICK_S = 1 / 1024


def kmh(mode: int, flat_kmh: float, slope: float) -> float:
    """Give the speed on a slope, from the formulas and not from a table."""
    if mode == Mode.WALKING:
        return flat_kmh * math.exp(0.175 - 3.5 * abs(slope + 0.05))
    if mode == Mode.BICYCLING:
        return float(pace.bicycle_kmh(flat_kmh, np.array([slope]), Bicycle.CORRECTED)[0])
    return flat_kmh


def moves(neighbours: int) -> list[tuple[int, int]]:
    """List the steps in rows and columns."""
    square = [(r, c) for r in range(-2, 3) for c in range(-2, 3) if (r, c) != (0, 0)]
    sizes = {(0, 1), (1, 1), (1, 2)} if neighbours == 16 else {(0, 1), (1, 1)}
    return [m for m in square if (min(map(abs, m)), max(map(abs, m))) in sizes]


def crossed(row: int, column: int, move: tuple[int, int]) -> list[tuple[int, int]]:
    """List the cells that a move crosses, from the first to the last."""
    r, c = move
    first, last = (row, column), (row + r, column + c)
    if max(abs(r), abs(c)) < 2:
        return [first, last]
    one_r, one_c = int(math.copysign(1, r)), int(math.copysign(1, c))
    straight = (row + one_r, column) if abs(r) == 2 else (row, column + one_c)
    return [first, straight, (row + one_r, column + one_c), last]


def slow_dijkstra(  # noqa: PLR0913 - a scene, by name
    *,
    speed: NDArray[np.float64],
    height: NDArray[np.float64],
    mode: NDArray[np.int8],
    seeds: dict[tuple[int, int], float],
    towards: bool,
    neighbours: int,
) -> NDArray[np.float64]:
    """Find the seconds between every cell and the nearest seed, in plain Python."""
    n_rows, n_columns = speed.shape
    seconds = np.full(speed.shape, math.inf)

    def is_open(cell: tuple[int, int]) -> bool:
        r, c = cell
        inside = 0 <= r < n_rows and 0 <= c < n_columns
        return inside and bool(speed[cell] > 0) and not math.isnan(height[cell])

    queue = [(start, cell) for cell, start in seeds.items() if is_open(cell)]
    for start, cell in queue:
        seconds[cell] = min(start, seconds[cell])
    heapq.heapify(queue)
    while queue:
        now, here = heapq.heappop(queue)
        if now > seconds[here]:
            continue
        for move in moves(neighbours):
            cells = crossed(*here, move)
            there = cells[-1]
            if not all(map(is_open, cells)):
                continue
            corners = (here[0], there[1]), (there[0], here[1])
            if len(cells) == 2 and not any(map(is_open, corners)):
                continue
            metres = math.hypot(move[0] * CELL_M[0], move[1] * CELL_M[1])
            slope = (height[there] - height[here]) / metres * (-1 if towards else 1)
            paces = [3.6 / kmh(mode[cell], speed[cell], slope) for cell in cells]
            then = now + metres * sum(paces) / len(paces)
            if then < seconds[there]:
                seconds[there] = then
                heapq.heappush(queue, (then, there))
    return seconds


def test_flat_ground_is_crossed_at_the_speed_given() -> None:
    """Ten cells of 30 m at 3.6 km/h take 300 s, straight ahead."""
    flat = terrain.surface(
        speed_kmh=np.full((1, 11), 3.6), elevation_m=np.zeros((1, 11)), cell_m=30
    )
    assert flat.travel_times([0], [0])[0, 10] == pytest.approx(300, abs=0.01)


@st.composite
def scenes(draw: st.DrawFn) -> dict[str, object]:
    """Draw a small hilly country with barriers, gaps in the heights, and three modes."""
    shape = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    n = shape[0] * shape[1]
    speeds = st.sampled_from([0.0, 2.0, 5.0, 5.0, 12.0, 80.0])
    heights = st.one_of(st.floats(-20, 20), st.just(math.nan))
    cells = st.tuples(st.integers(0, shape[0] - 1), st.integers(0, shape[1] - 1))
    return {
        "speed": np.array(draw(st.lists(speeds, min_size=n, max_size=n))).reshape(shape),
        "height": np.array(draw(st.lists(heights, min_size=n, max_size=n))).reshape(shape),
        "mode": np.array(
            draw(st.lists(st.sampled_from([1, 1, 2, 3]), min_size=n, max_size=n)), dtype=np.int8
        ).reshape(shape),
        "seeds": draw(st.dictionaries(cells, st.floats(0, 500), min_size=1, max_size=3)),
        "towards": draw(st.booleans()),
        "neighbours": draw(st.sampled_from([8, 16])),
    }


@pytest.mark.laws
@settings(deadline=None, max_examples=150)
@given(scenes())
def test_times_are_those_of_plain_dijkstra(scene: dict[str, object]) -> None:
    """Whatever the hills, barriers and modes, the grid search finds what the textbook finds."""
    ground = terrain.surface(
        speed_kmh=scene["speed"], elevation_m=scene["height"], mode=scene["mode"], cell_m=CELL_M
    )
    rows, columns = zip(*scene["seeds"], strict=True)
    found = ground.travel_times(
        rows,
        columns,
        start_s=list(scene["seeds"].values()),
        towards=scene["towards"],
        neighbours=scene["neighbours"],
    )
    expected = slow_dijkstra(**scene)
    expected[expected > 2**21 - 1] = math.inf
    assert (np.isfinite(found) == np.isfinite(expected)).all()
    assert np.allclose(found, expected, rtol=2e-5, atol=30 * TICK_S)
