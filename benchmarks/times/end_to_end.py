# SPDX-License-Identifier: Apache-2.0
"""
A real town from its files to the tables that a plan asks for.

Usage: ``python -m benchmarks.times.end_to_end DATA_FOLDER OUT``; writes one JSON object.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.times.graph import Graph, cleaned
from benchmarks.times.measure import Cost, cost
from benchmarks.times.towns import town_of

from goldenhour.base.crs import to_lon_lat
from goldenhour.base.grades import UnknownStreets
from goldenhour.times.areas import reach_areas
from goldenhour.times.carry import Evacuation
from goldenhour.town.town import Town
from tests.times.pictures import picture_of  # a benchmark needs closures, not a ledger

PASSABLE = UnknownStreets.PASSABLE
N_SITES, N_HOSPITALS = 800, 60
ALEPPO = "aleppo/streets.parquet"
TOWNS = {"Vavuniya": "osm_pbf/vavuniya.osm.pbf", "Aleppo": ALEPPO}


def layered(town: Town) -> Graph:
    """Give both layers of the evacuation graph, the largest connected part, as plain arrays."""
    evac = Evacuation.of(town, picture_of(town), unknown_streets=PASSABLE)
    net = evac.layers.network
    lon, lat = to_lon_lat(net.x, net.y, town.crs)
    is_open = np.isfinite(net.seconds)
    tile = np.zeros(net.n_nodes, dtype=np.int32)
    graph = Graph(net.tail, net.head, net.ticks, lon=lon, lat=lat, tile=tile)
    return cleaned(graph.only(is_open))


def measured(path: Path) -> list[tuple[str, Cost]]:
    """Go from the file to reach areas, one step after the other; each is measured once."""
    steps: list[tuple[str, Cost]] = []

    def step(name: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - each step gives its own
        seen, result = cost(work)
        steps.append((name, seen))
        return result

    town = step("read and build the town", lambda: town_of(path))
    picture = picture_of(town)
    evac = step(
        "join structures, build layers",
        lambda: Evacuation.of(town, picture, unknown_streets=PASSABLE),
    )
    rng = np.random.Generator(np.random.PCG64(2))
    homes = np.arange(town.structures.n)
    sites = rng.choice(homes, N_SITES, replace=False)
    for again in ("", ", again"):
        step(
            f"{N_SITES} sites x {len(homes):,} homes within 10 min{again}",
            lambda: evac.carry_times(sites, homes, 600.0),
        )
    step(
        f"{N_SITES} sites x {N_HOSPITALS} hospitals, no limit",
        lambda: evac.transfer_times(origins=sites, destinations=sites[:N_HOSPITALS]),
    )
    step("reach areas of 8 sites, 10 min", lambda: reach_areas(evac, sites[:8], 600.0))
    return steps


def main() -> None:
    """Measure and write."""
    data, out = Path(sys.argv[1]), Path(sys.argv[2])
    seen = {name: measured(data / path) for name, path in TOWNS.items()}
    out.write_text(json.dumps(seen), encoding="utf-8")


if __name__ == "__main__":
    main()
