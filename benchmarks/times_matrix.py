# SPDX-License-Identifier: Apache-2.0
"""
Travel times on Aleppo against scipy: processor time per source, one process, one run.

Usage: ``python benchmarks/times_matrix.py [DATA_FOLDER]``. Figures of both engines come from the
same run, so look at the ratios.
"""

import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from goldenhour.base.grades import Mode, UnknownStreets
from goldenhour.sources.recognise import read
from goldenhour.times import evacuation, many
from goldenhour.times.areas import reach_areas
from goldenhour.times.carry import Evacuation
from goldenhour.times.graph import Network
from goldenhour.times.ticks import limit_ticks
from goldenhour.town import build
from goldenhour.town.layers import LayerKind
from goldenhour.town.town import Town

# The tests' picture builder serves here too: a benchmark needs closures, not a ledger.
sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.times.pictures import picture_of

PASSABLE = UnknownStreets.PASSABLE
READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
N_SOURCES, N_TARGETS, N_SITES, N_HOMES = 100, 20_000, 800, 21_000


def town_of(folder: Path) -> Town:
    """Build Aleppo."""
    streets = read(folder / "streets.parquet", recorded_at=READ_AT, want=LayerKind.STREETS)
    structures = read(
        folder / "osm_building_points_2018.csv", recorded_at=READ_AT, want=LayerKind.STRUCTURES
    )
    return build.build([*streets.layers, *structures.layers], name="Aleppo")[0]


def cost(work: Callable[[], object]) -> tuple[float, float]:
    """Run once to warm up, once to measure; processor and wall seconds."""
    work()
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.process_time() - processor, time.perf_counter() - wall


def against_scipy(net: Network) -> None:
    """Print one row per limit."""
    rng = np.random.Generator(np.random.PCG64(1))
    origins = rng.integers(0, net.n_nodes, N_SOURCES)
    targets = many.points_at(rng.integers(0, net.n_nodes, N_TARGETS).astype(np.int32))
    is_open = np.isfinite(net.seconds)
    shape = (net.n_nodes, net.n_nodes)
    arcs = (net.tail[is_open], net.head[is_open])
    table = csr_matrix((net.seconds[is_open].astype(np.float64), arcs), shape=shape)
    sources = many.points_at(origins.astype(np.int32))
    print(f"\n{N_SOURCES} sources x {N_TARGETS} targets, vehicle network, core-ms per source")
    print(f"{'limit':>10} {'goldenhour':>12} {'scipy':>8} {'ratio':>7}")
    for limit_s in (360.0, 600.0, 3600.0, np.inf):
        limit = limit_ticks(limit_s)
        ours = cost(lambda: many.dense(net.leaving, sources, targets, limit=limit, n_threads=1))[0]  # noqa: B023 - called at once
        theirs = cost(lambda: dijkstra(table, indices=origins, limit=limit_s))[0]  # noqa: B023 - called at once
        name = "none" if np.isinf(limit_s) else f"{limit_s:.0f} s"
        ms = 1000 / N_SOURCES
        print(f"{name:>10} {ours * ms:>12.2f} {theirs * ms:>8.2f} {theirs / ours:>6.1f}x")


def whole_job(town: Town) -> None:
    """Print what a plan asks of this room."""
    rng = np.random.Generator(np.random.PCG64(2))
    picture = picture_of(town)
    evac = Evacuation.of(town, picture, unknown_streets=PASSABLE)
    sites = rng.choice(town.structures.n, N_SITES, replace=False)
    homes = rng.integers(0, town.structures.n, N_HOMES)
    steps: list[tuple[str, Callable[[], object]]] = [
        ("graph and access", lambda: Evacuation.of(town, picture, unknown_streets=PASSABLE)),
        (
            "graph alone",
            lambda: Evacuation.of(town, picture, unknown_streets=PASSABLE, landing=evac.landing),
        ),
        (
            f"{N_SITES} sites x {N_HOMES} homes, 600 s",
            lambda: evac.carry_times(sites, homes, 600.0),
        ),
        (
            "800 x 60 transfers, no limit",
            lambda: evac.transfer_times(origins=sites, destinations=sites[:60]),
        ),
        ("reach areas of 8 sites, 600 s", lambda: reach_areas(evac, sites[:8], 600.0)),
    ]
    print(f"\n{'step':<40} {'core-s':>8} {'wall s':>8}")
    for name, work in steps:
        processor, wall = cost(work)
        print(f"{name:<40} {processor:>8.2f} {wall:>8.2f}")


def main() -> None:
    """Run everything and print."""
    default = Path(__file__).parents[2] / "shared" / "data"
    town = town_of(Path(sys.argv[1] if len(sys.argv) > 1 else default) / "aleppo")
    print(f"Aleppo: {town.streets.n_nodes} nodes, {town.streets.n_edges} streets")
    net, _ = evacuation.build(town, picture_of(town), mode=Mode.VEHICLE, unknown_streets=PASSABLE)
    against_scipy(net)
    whole_job(town)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"\npeak memory {peak_mb:.0f} MB")


if __name__ == "__main__":
    main()
