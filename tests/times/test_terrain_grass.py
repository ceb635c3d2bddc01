# SPDX-License-Identifier: Apache-2.0
"""Travel over open ground against GRASS: r.cost where slopes do not count, r.walk where they do."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from goldenhour.times import accessmod
from goldenhour.times.surface import Surface
from tests.times import grass

CELL_M = (20.0, 20.0)
SEEDS = [(3, 4), (40, 50), (25, 10)]


def country() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Make speeds with barriers and roads, and gentle hills with gaps: 50 x 60 cells."""
    rng = np.random.Generator(np.random.PCG64(5))
    speed = rng.choice([2.0, 3.5, 5.0], (50, 60))
    speed[rng.random(speed.shape) < 0.25] = np.nan
    speed[20, :], speed[:, 30] = 30.0, 60.0
    rows, columns = np.indices(speed.shape)
    height = 25 * np.sin(rows / 9) * np.cos(columns / 11) + rng.uniform(0, 0.4, speed.shape)
    places = tuple(np.transpose(SEEDS))
    at_seeds = height[places]
    height[rng.random(speed.shape) < 0.02] = np.nan
    speed[places], height[places] = 5.0, at_seeds
    return speed, height


def measured(ground: Surface, neighbours: int) -> NDArray[np.float32]:
    """Measure away from the seeds, as GRASS does."""
    rows, columns = zip(*SEEDS, strict=True)
    return ground.travel_times(rows, columns, towards=False, neighbours=neighbours)


def grass_times(folder: Path, command: str, **grids: NDArray[np.float64]) -> NDArray[np.float64]:
    """Run one cost command over grids."""
    lines = []
    for name, grid in grids.items():
        grass.write_grid(folder / f"{name}.asc", grid, CELL_M)
        lines.append(f"r.in.ascii input={name}.asc output={name} --q")
    north = (np.array([row for row, _ in SEEDS]) - 50 + 0.5) * -CELL_M[0]
    east = (np.array([column for _, column in SEEDS]) + 0.5) * CELL_M[1]
    places = ",".join(f"{x},{y}" for x, y in zip(east, north, strict=True))
    lines += [
        f"g.region raster={next(iter(grids))}",
        f"{command} output=found start_coordinates={places} --q",
        "r.out.ascii -h input=found output=found.txt dp=9 null_value=* --q",
    ]
    grass.run(folder, "\n".join(lines))
    return np.nan_to_num(grass.read_grid(folder / "found.txt"), nan=np.inf)


@pytest.mark.parametrize("neighbours", [8, 16])
def test_without_slopes_times_are_those_of_r_cost(neighbours: int, tmp_path: Path) -> None:
    """Isotropic ground as AccessMod hands it to r.cost: friction is cell size x 3.6 / speed."""
    speed, _ = country()
    ground = accessmod.surface(3e6 + speed * 1e3, elevation_m=None, cell_m=CELL_M)
    knights = " -k" if neighbours == 16 else ""
    friction = CELL_M[0] * 3.6 / speed
    expected = grass_times(tmp_path, f"r.cost{knights} input=friction", friction=friction)
    found = measured(ground, neighbours)
    assert np.array_equal(np.isfinite(found), np.isfinite(expected))
    assert found == pytest.approx(expected, abs=0.001)


@pytest.mark.parametrize("neighbours", [8, 16])
def test_with_slopes_times_are_those_of_r_walk(neighbours: int, tmp_path: Path) -> None:
    """
    r.walk's own formula, given as a speed by slope, and no friction: its sum is no product.

    0.72 s a metre, 6 s a metre climbed, 1.9998 s less a metre of gentle descent; the hills are
    gentler than the slope of -0.2125 from which descent costs time again.
    """
    _, height = country()
    assert np.nanmax(np.abs(np.diff(height, axis=0))) < 0.2 * CELL_M[0]

    def kmh(_flat_kmh: float, slope: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(3.6 / (0.72 + np.where(slope >= 0, 6 * slope, 1.9998 * slope).clip(-0.5)))

    flat = np.where(np.isnan(height), np.nan, 2e6 + 5e3)
    ground = accessmod.surface(flat, elevation_m=height, cell_m=CELL_M, bicycle=kmh)
    knights = " -k" if neighbours == 16 else ""
    command = f"r.walk{knights} elevation=height friction=none lambda=0"
    expected = grass_times(tmp_path, command, height=height, none=np.where(flat > 0, 0.0, np.nan))
    found = measured(ground, neighbours)
    assert np.array_equal(np.isfinite(found), np.isfinite(expected))
    assert found == pytest.approx(expected, abs=0.01)
