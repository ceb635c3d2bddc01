# SPDX-License-Identifier: Apache-2.0
"""GRASS GIS as an oracle: grids in, one script, grids out, in a throw-away location."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.conftest import missing


def require_grass() -> str:
    """Find GRASS, or skip for a user and fail in CI."""
    found = shutil.which("grass")
    if not found:
        missing("GRASS is not installed; on Debian: apt-get install grass-core")
    return found or ""


def run(folder: Path, script: str) -> None:
    """Run shell lines inside a location that is gone afterwards."""
    file = folder / "script.sh"
    file.write_text(f"set -e\ncd '{folder}'\n{script}\n")
    command = [require_grass(), "--tmp-location", "XY", "--exec", "bash", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def write_grid(file: Path, grid: NDArray[np.float64], cell_m: tuple[float, float]) -> None:
    """Write a grid for ``r.in.ascii``, NaN as no data."""
    rows, columns = grid.shape
    size = {"north": rows * cell_m[0], "south": 0, "east": columns * cell_m[1], "west": 0}
    header = [f"{edge}: {value}" for edge, value in size.items()]
    lines = [" ".join("*" if np.isnan(x) else repr(float(x)) for x in row) for row in grid]
    file.write_text("\n".join([*header, f"rows: {rows}", f"cols: {columns}", *lines, ""]))


def read_grid(file: Path) -> NDArray[np.float64]:
    """Read what ``r.out.ascii -h`` wrote, no data as NaN."""
    return np.array(
        [
            [float("nan" if x == "*" else x) for x in line.split()]
            for line in file.read_text().splitlines()
        ]
    )
