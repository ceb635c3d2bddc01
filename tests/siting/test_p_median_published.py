# SPDX-License-Identifier: Apache-2.0
"""p-median and p-centre on published instances: what others proved, proven again."""

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse.csgraph import floyd_warshall

from goldenhour.siting.models import p_centre, p_median
from goldenhour.siting.plain.result import ProofStatus


def orlib(folder: Path, name: str) -> tuple[NDArray[np.float64], int]:
    """Read a network and take all shortest paths; the last cost of a repeated edge counts."""
    text = (folder / "orlib_pmed" / f"{name}.txt").read_text(encoding="utf-8")
    lines = [[int(word) for word in line.split()] for line in text.splitlines() if line.strip()]
    n, _, p = lines[0]
    length = np.full((n, n), np.inf)
    for i, j, cost in lines[1:]:
        length[i - 1, j - 1] = length[j - 1, i - 1] = cost
    np.fill_diagonal(length, 0)
    return floyd_warshall(length, directed=False), p


def tsplib(folder: Path, name: str) -> NDArray[np.float64]:
    """Read points; distances are cut to whole numbers, as in the papers on the p-median."""
    text = (folder / "tsplib" / f"{name}.tsp").read_text(encoding="utf-8")
    lines = text.split("NODE_COORD_SECTION")[1].split("EOF")[0].strip().splitlines()
    point = np.array([line.split()[1:] for line in lines], dtype=np.float64)
    squares = sum((point[:, axis][:, None] - point[:, axis][None]) ** 2 for axis in (0, 1))
    return np.floor(np.sqrt(squares))


def published(folder: Path, column: str, **wanted: str) -> float:
    """Look a published value up."""
    with (folder / "optima.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = [row for row in rows if all(row[key] == value for key, value in wanted.items())]
    assert len(found) == 1
    return float(found[0][column])


@pytest.mark.real_data
@pytest.mark.parametrize("number", range(1, 21))
def test_orlib(real_data: Path, number: int) -> None:
    """pmed1 to pmed20: the published optimum, proven, and counted again from the distances."""
    folder = real_data / "facility_location"
    times, p = orlib(folder, f"pmed{number}")
    found = p_median(times, None, p)
    optimum = published(folder / "orlib_pmed", "optimum", instance=f"pmed{number}")
    assert times[:, list(found.sites)].min(axis=1).sum() == found.objective == optimum
    assert found.bound == optimum
    assert found.status is ProofStatus.OPTIMAL
    assert len(found.sites) == p


@pytest.mark.real_data
@pytest.mark.parametrize("p", [20, 50, 300])
def test_tsplib(real_data: Path, p: int) -> None:
    """1,304 points of a circuit board: the published optimum, proven."""
    folder = real_data / "facility_location"
    found = p_median(tsplib(folder, "rl1304"), None, p)
    optimum = published(folder / "tsplib", "opt_or_bkn", instance="rl1304", p=str(p))
    assert found.objective == found.bound == optimum


@pytest.mark.real_data
@pytest.mark.parametrize(("number", "radius"), [(1, 127), (6, 84), (11, 59), (16, 47)])
def test_centres(real_data: Path, number: int, radius: float) -> None:
    """The p-centres of four networks (Daskin 2000; Elloumi, Labbé and Pochet 2004)."""
    times, p = orlib(real_data / "facility_location", f"pmed{number}")
    found = p_centre(times, p)
    assert found.objective == found.bound == radius
    assert times[:, list(found.sites)].min(axis=1).max() == radius
