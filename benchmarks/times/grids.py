# SPDX-License-Identifier: Apache-2.0
"""
Travel over open ground beside GRASS, scikit-image and xarray-spatial: 1,000 x 1,000 cells.

Usage: ``python -m benchmarks.times.grids [out.json]``. Fractal hills, five land covers, 5 % road
cells, 7 % barrier cells, five seeds, spread over the whole grid. Processor time of one thread, the
median of three runs after one to warm up. GRASS's is of the whole process, raster input and output
included: that is what AccessMod pays; ``search_s`` leaves out what the same command takes to read,
write and stop after a second. Times are compared where both go by one formula: r.walk has its own,
and the tests hold ours against it.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldenhour.times import accessmod, terrain
from goldenhour.times.pace import Mode

N_CELLS, CELL_M, ROUNDS = 1000, 30.0, 3
OURS, R_WALK, XARRAY = "goldenhour, 8 neighbours", "GRASS r.walk", "xarray-spatial"
ABSENT = "not installed"
Floats = NDArray[np.floating[Any]]
Row = dict[str, Any]


class Country(NamedTuple):
    """Speeds in km/h, 0 closed; heights in metres; modes; rows and columns of the seeds."""

    speed: Floats
    height: Floats
    mode: NDArray[np.int8]
    seeds: NDArray[np.int64]

    @property
    def s_per_m(self) -> Floats:
        """Seconds a metre, NaN where closed."""
        return np.where(self.speed > 0, 3.6 / np.where(self.speed > 0, self.speed, 1), np.nan)


def country(n: int = N_CELLS) -> Country:
    """Make the ground, the same every time."""
    rng = np.random.Generator(np.random.PCG64(1))
    height = 600 + 150 * _fractal(rng, n)
    cover = np.digitize(_fractal(rng, n), [-1, -0.3, 0.3, 1])
    speed = np.array([2, 3, 4, 5, 2.5])[cover]
    mode = np.full((n, n), Mode.WALKING, dtype=np.int8)
    for kmh in rng.choice([30, 50, 80], n // 40):
        row, column = rng.integers(n, size=2)
        for line in (np.s_[row, :], np.s_[:, column]):
            speed[line], mode[line] = kmh, Mode.MOTORIZED
    speed[rng.random((n, n)) < 0.07] = 0
    seeds = np.array([(100, 100), (900, 150), (500, 500), (200, 850), (800, 800)]) * n // 1000
    speed[tuple(seeds.T)] = 5
    return Country(speed, height, mode, seeds)


def _fractal(rng: np.random.Generator, n: int) -> Floats:
    """Make hills of all sizes, of spread 1."""
    wave = np.fft.fftfreq(n)
    size = np.hypot(*np.meshgrid(wave, wave))
    size[0, 0] = np.inf
    hills = np.fft.ifft2(np.fft.fft2(rng.standard_normal((n, n))) / size**2).real
    return np.asarray(hills / hills.std())


def rows() -> list[Row]:
    """
    Measure everything that is installed.

    Returns
    -------
    rows
        ``engine``, ``what``, ``core_s``, ``search_s``, ``times_ours``, ``largest_s``, ``missed``:
        cells that only one of the two reaches; or ``engine`` and ``failed``.
    """
    made = country()
    ours = _ours(made)
    flat = ours.pop()
    expected = flat.pop("seconds")
    peers = [*_grass(made, expected), *_skimage(made, expected), *_xarray(made, expected)]
    again = _ours(made)[0]["core_s"]  # the machine may have changed its pace meanwhile
    base = (ours[0]["core_s"] + again) / 2
    found = [*ours, flat, *peers]
    for row in found:
        if "core_s" in row:
            row["times_ours"] = row["core_s"] / base
    return found


def _ours(made: Country) -> list[Row]:
    """Measure ours: slopes and modes with 8 and 16 neighbours, within an hour, and isotropic."""
    places = made.seeds[:, 0], made.seeds[:, 1]
    hills = terrain.surface(
        speed_kmh=made.speed, elevation_m=made.height, mode=made.mode, cell_m=CELL_M
    )
    values = np.where(made.speed > 0, 3e6 + made.speed * 1e3, np.nan)
    flat = accessmod.surface(values, elevation_m=None, cell_m=CELL_M)
    asked: list[tuple[str, str, Callable[[], Floats]]] = [
        (OURS, "slopes, modes", lambda: hills.travel_times(*places)),
        (
            "goldenhour, 16 neighbours",
            "slopes, modes",
            lambda: hills.travel_times(*places, neighbours=16),
        ),
        (
            "goldenhour, within 60 min",
            "slopes, modes",
            lambda: hills.travel_times(*places, limit_s=3600),
        ),
        ("goldenhour, isotropic", "no slopes", lambda: flat.travel_times(*places)),
    ]
    found: list[Row] = []
    for engine, what, run in asked:
        core_s, seconds = _timed(run)
        found.append({"engine": engine, "what": what, "core_s": core_s, "seconds": seconds})
    for row in found[:-1]:
        del row["seconds"]
    return found


def _timed(run: Callable[[], Floats]) -> tuple[float, Floats]:
    """Run once to warm up, then take the median of processor time."""
    found, took = run(), []
    for _ in range(ROUNDS):
        start = time.process_time()
        found = run()
        took.append(time.process_time() - start)
    return float(np.median(took)), found


def _compared(found: Floats, expected: Floats) -> Row:
    """Hold times against ours."""
    is_found, is_expected = np.isfinite(found), np.isfinite(expected)
    both = is_found & is_expected
    return {
        "largest_s": float(np.abs(found[both] - expected[both]).max()),
        "missed": int(np.count_nonzero(is_found != is_expected)),
    }


def _grass(made: Country, expected: Floats) -> list[Row]:
    """Measure r.walk with its own formula, and r.cost."""
    commands = {
        R_WALK: "r.walk elevation=height friction=s_per_m",
        "GRASS r.walk -k, 16 neighbours": "r.walk -k elevation=height friction=s_per_m",
        "GRASS r.cost": "r.cost input=s_per_cell",
    }
    if shutil.which("grass") is None:
        return [{"engine": engine, "failed": ABSENT} for engine in commands]
    with tempfile.TemporaryDirectory() as folder:
        took, seconds = _grass_session(Path(folder), made, list(commands.values()))
    found: list[Row] = []
    for engine, (whole, idle) in zip(commands, took, strict=True):
        what = "no slopes" if "r.cost" in engine else "slopes by its own formula"
        found.append(
            {"engine": engine, "what": what, "core_s": whole, "search_s": max(whole - idle, 0.0)}
        )
    return [*found[:-1], found[-1] | _compared(seconds, expected)]


def _grass_session(
    folder: Path, made: Country, commands: list[str]
) -> tuple[list[tuple[float, float]], Floats]:
    """Run commands in one session: seconds each, whole and stopped at once; times of the last."""
    n = len(made.speed)
    edges = f"north={n * CELL_M} south=0 east={n * CELL_M} west=0 rows={n} cols={n}"
    grids = {"height": made.height, "s_per_m": made.s_per_m, "s_per_cell": made.s_per_m * CELL_M}
    lines = ["TIMEFORMAT='%U %S'", f"cd '{folder}'"]
    for name, grid in grids.items():
        np.nan_to_num(grid, nan=-9999).astype(np.float64).tofile(folder / name)
        lines.append(f"r.in.bin -d input={name} output={name} {edges} anull=-9999 --q")
    lines.append("g.region raster=height")
    east, north = (made.seeds[:, 1] + 0.5) * CELL_M, (n - made.seeds[:, 0] - 0.5) * CELL_M
    places = ",".join(f"{x},{y}" for x, y in zip(east, north, strict=True))
    for command in commands:
        for limit in ("", " max_cost=1"):
            line = f"{command} output=found start_coordinates={places} memory=2000{limit} --o --q"
            lines += [f"time {line}"] * ROUNDS
    lines.append(f"{commands[-1]} output=found start_coordinates={places} --o --q")
    lines.append("r.out.bin -f input=found output=found.bin bytes=8 null=-1 --q")
    script = folder / "script.sh"
    script.write_text("\n".join(lines), encoding="utf-8")
    ran = ["grass", "--tmp-location", "XY", "--exec", "bash", str(script)]
    told = subprocess.run(ran, capture_output=True, text=True, check=True).stderr.splitlines()
    took = [sum(map(float, line.split())) for line in told if _is_time(line)]
    medians = np.median(np.reshape(took, (len(commands), 2, ROUNDS)), axis=2)
    seconds = np.fromfile(folder / "found.bin").reshape(n, n)
    return [(float(a), float(b)) for a, b in medians], np.where(seconds < 0, np.inf, seconds)


def _is_time(line: str) -> bool:
    """Tell lines of user and system seconds from messages."""
    words = line.split()
    return len(words) == 2 and all(word.replace(".", "", 1).isdigit() for word in words)


def _skimage(made: Country, expected: Floats) -> list[Row]:
    """Measure scikit-image's minimum cost path."""
    engine = "scikit-image MCP_Geometric"
    try:
        graph = import_module("skimage.graph")
    except ImportError:
        return [{"engine": engine, "failed": ABSENT}]
    cost = np.nan_to_num(made.s_per_m * CELL_M, nan=-1)
    starts = [tuple(map(int, seed)) for seed in made.seeds]
    core_s, found = _timed(lambda: np.asarray(graph.MCP_Geometric(cost).find_costs(starts)[0]))
    row = {"engine": engine, "what": "no slopes", "core_s": core_s}
    return [row | _compared(found, expected)]


def _xarray(made: Country, expected: Floats) -> list[Row]:
    """Measure xarray-spatial's cost distance."""
    try:
        xarray, xrspatial = import_module("xarray"), import_module("xrspatial")
    except ImportError:
        return [{"engine": XARRAY, "failed": ABSENT}]
    n = len(made.speed)
    middles = (np.arange(n) + 0.5) * CELL_M
    where = {"dims": ("y", "x"), "coords": {"y": middles[::-1], "x": middles}}
    seeds = np.zeros((n, n))
    seeds[tuple(made.seeds.T)] = 1
    raster, friction = xarray.DataArray(seeds, **where), xarray.DataArray(made.s_per_m, **where)
    core_s, found = _timed(lambda: np.asarray(xrspatial.cost_distance(raster, friction).data))
    row = {"engine": XARRAY, "what": "no slopes", "core_s": core_s}
    return [row | _compared(np.where(np.isnan(found), np.inf, found), expected)]


def ratios(found: list[Row]) -> dict[str, float]:
    """
    Say how many times slower the two that have a bar are.

    Parameters
    ----------
    found
        What ``rows`` gave.

    Returns
    -------
    ratios
        By engine; absent ones are left out.
    """
    return {
        row["engine"]: row["times_ours"]
        for row in found
        if row["engine"] in (R_WALK, XARRAY) and "times_ours" in row
    }


def table(found: list[Row]) -> list[str]:
    """
    Print rows as Markdown.

    Parameters
    ----------
    found
        What ``rows`` gave.

    Returns
    -------
    lines
        A table.
    """
    header = (
        "engine",
        "what",
        "core-s",
        "without raster IO",
        "x ours",
        "largest diff., s",
        "missed",
    )
    lines = [f"| {' | '.join(header)} |", f"|{'---|' * len(header)}"]
    for row in found:
        if "failed" in row:
            cells = [row["engine"], row["failed"], *[""] * 5]
        else:
            numbers = [row.get(key) for key in ("core_s", "search_s", "times_ours", "largest_s")]
            shown = ["" if x is None else f"{x:.3g}" for x in numbers]
            cells = [row["engine"], row["what"], *shown, str(row.get("missed", ""))]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def main() -> None:
    """Measure, then print, or write JSON where told."""
    found = rows()
    if len(sys.argv) > 1:
        seen = {"rows": found, "ratios": ratios(found)}
        Path(sys.argv[1]).write_text(json.dumps(seen), encoding="utf-8")
    else:
        print("\n".join(table(found)))


if __name__ == "__main__":
    main()
