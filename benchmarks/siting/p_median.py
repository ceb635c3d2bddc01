# SPDX-License-Identifier: Apache-2.0
"""p-median and p-centre: OR-Library and TSPLIB to the proof, and beside plain HiGHS."""

import csv
import time
from pathlib import Path

import numpy as np
from benchmarks.bars import Bar, bar_table, below, faster
from numpy.typing import NDArray
from scipy.sparse.csgraph import floyd_warshall

from goldenhour.siting.highs import LpStatus, MixedProgram, solve_mip
from goldenhour.siting.models import Effort, Solution, p_centre, p_median
from goldenhour.siting.plain.result import ProofStatus

_TSPLIB_LIMIT_S = 150.0
_HIGHS_NODES = 100_000
_CENTRES = {"pmed1": 127, "pmed6": 84, "pmed11": 59, "pmed16": 47}


def bars(data: Path, scratch: Path) -> list[Bar]:
    """Measure everything; ``scratch`` is not needed."""
    del scratch
    folder = data / "facility_location"
    p_median(np.eye(3), None, 1)  # compiled
    return [
        *_orlib(folder),
        *_centres(folder),
        *_beside_highs(),
        *_tsplib(folder, "rl1304"),
        *_tsplib(folder, "pcb3038"),
    ]


def read_orlib(path: Path) -> tuple[NDArray[np.float64], int]:
    """Read a network and take all shortest paths; the last cost of a repeated edge counts."""
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    (n, _, p), *edges = [[int(word) for word in line] for line in lines if line]
    length = np.full((n, n), np.inf)
    for i, j, cost in edges:
        length[i - 1, j - 1] = length[j - 1, i - 1] = cost
    np.fill_diagonal(length, 0)
    return floyd_warshall(length, directed=False), p


def read_tsplib(path: Path) -> NDArray[np.float64]:
    """Read points and cut the distances to whole numbers, as the p-median papers do."""
    text = path.read_text(encoding="utf-8").split("NODE_COORD_SECTION")[1].split("EOF")[0]
    point = np.array([line.split()[1:] for line in text.strip().splitlines()], dtype=np.float64)
    east, north = (point[:, axis][:, None] - point[:, axis][None] for axis in (0, 1))
    return np.floor(np.sqrt(east**2 + north**2))


def _orlib(folder: Path) -> list[Bar]:
    """pmed1 to pmed20."""
    proven, took_s = 0, 0.0
    for row in _table(folder / "orlib_pmed"):
        times, p = read_orlib(folder / "orlib_pmed" / f"{row['instance']}.txt")
        found, seconds = _timed(times, p)
        took_s += seconds
        proven += found.status is ProofStatus.OPTIMAL and found.objective == float(row["optimum"])
    return [
        Bar("pmed1-20, proven at the published optimum", 20, proven, "of 20", at_least=True),
        below("pmed1-20, together", 20, took_s, "s"),
    ]


def _centres(folder: Path) -> list[Bar]:
    """p-centre on four of them."""
    bars_ = []
    for name, radius in _CENTRES.items():
        times, p = read_orlib(folder / "orlib_pmed" / f"{name}.txt")
        begin_s = time.process_time()
        found = p_centre(times, p)
        took_s = time.process_time() - begin_s
        is_right = found.status is ProofStatus.OPTIMAL and found.objective == radius
        bars_.append(below(f"p-centre {name}", 10, took_s if is_right else np.nan, "s"))
    return bars_


def _beside_highs() -> list[Bar]:
    """500 demands, 500 sites, 10 open, on a plane; both to the proof."""
    rng = np.random.Generator(np.random.PCG64(1))
    home, site = rng.random((500, 2)), rng.random((500, 2))
    times = np.floor(10_000 * np.linalg.norm(home[:, None] - site[None], axis=2))
    weights = rng.integers(1, 100, 500).astype(np.float64)
    begin_s = time.process_time()
    found = p_median(times, weights, 10)
    ours_s = time.process_time() - begin_s
    begin_s = time.process_time()
    answer = solve_mip(compact(times, weights, 10), nodes=_HIGHS_NODES)
    theirs_s = time.process_time() - begin_s
    both = answer.status is LpStatus.OPTIMAL and found.status is ProofStatus.OPTIMAL
    is_same = both and bool(np.isclose(-answer.objective, found.objective))
    ratio = faster("p-median 500 x 500 x 10, against HiGHS", 100, theirs_s, ours_s)
    return [ratio if is_same else ratio._replace(seen=np.nan)]


def compact(times: NDArray[np.float64], weights: NDArray[np.float64], p: int) -> MixedProgram:
    """Write the classic program: a column for each pair, a row that ties it to its site."""
    n, m = times.shape
    pair = np.arange(n * m)
    tie = np.stack([m + pair, np.tile(np.arange(m), n)], axis=1).reshape(-1)
    column = np.concatenate([np.arange(m), m + pair, tie])
    factor = np.concatenate([np.ones(m + n * m), np.tile([1.0, -1.0], n * m)])
    length = np.concatenate([[m], np.full(n, m), np.full(n * m, 2)])
    return MixedProgram(
        profit=np.concatenate([np.zeros(m), -(weights[:, None] * times).reshape(-1)]),
        upper=np.ones(m + n * m),
        whole=np.arange(m + n * m) < m,
        row_start=np.concatenate([[0], np.cumsum(length)]).astype(np.int32),
        column=column.astype(np.int32),
        factor=factor,
        row_lower=np.concatenate([[p], np.ones(n), np.full(n * m, -np.inf)]),
        row_upper=np.concatenate([[p], np.ones(n), np.zeros(n * m)]),
    )


def _tsplib(folder: Path, name: str) -> list[Bar]:
    """Take every p of the published table; the gap that is left after the time allowed."""
    times = read_tsplib(folder / "tsplib" / f"{name}.tsp")
    bars_ = []
    for row in _table(folder / "tsplib"):
        if row["instance"] != name:
            continue
        found, took_s = _timed(times, int(row["p"]), limit_s=_TSPLIB_LIMIT_S)
        above = found.objective / float(row["opt_or_bkn"]) - 1
        said = f"{name} p = {row['p']}, {100 * above:.3f} % above the published, {took_s:.1f} s"
        bars_.append(below(f"{said}: gap", 0, 100 * found.gap, "%"))
    return bars_


def _timed(
    times: NDArray[np.float64], p: int, *, limit_s: float = float("inf")
) -> tuple[Solution, float]:
    """Solve, and count processor seconds."""
    begin_s = time.process_time()
    effort = Effort(stop=lambda: time.process_time() - begin_s > limit_s)
    found = p_median(times, None, p, effort=effort)
    return found, time.process_time() - begin_s


def _table(folder: Path) -> list[dict[str, str]]:
    """Read the published values."""
    with (folder / "optima.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Print the table."""
    data = Path(__file__).parents[3] / "shared" / "data"
    print("\n".join(bar_table(bars(data, data))))


if __name__ == "__main__":
    main()
