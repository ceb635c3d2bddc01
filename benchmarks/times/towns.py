# SPDX-License-Identifier: Apache-2.0
"""Real towns through goldenhour's own readers, as directed car graphs with benchmark speeds."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from benchmarks.times.contract import contracted
from benchmarks.times.graph import Flags, Graph, cleaned
from numpy.typing import NDArray

from goldenhour.base.crs import to_lon_lat
from goldenhour.sources.recognise import read
from goldenhour.town import build
from goldenhour.town.layers import LayerKind
from goldenhour.town.town import Streets, Town

READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
FILES = (
    "aleppo/streets.parquet",
    "osm_pbf/vavuniya.osm.pbf",
    "osm_pbf/Helsinki.osm.pbf",
    "osm_pbf/andorra.osm.pbf",
    "osm_pbf/liechtenstein-latest.osm.pbf",
)
# km/h for comparing engines, not field values: links are slower, what is not listed has no cars.
SPEED_KMH = {
    "motorway": 90,
    "trunk": 85,
    "primary": 65,
    "secondary": 55,
    "tertiary": 40,
    "unclassified": 25,
    "residential": 25,
    "road": 25,
    "service": 15,
    "living_street": 10,
    "track": 10,
    "motorway_link": 45,
    "trunk_link": 40,
    "primary_link": 30,
    "secondary_link": 25,
    "tertiary_link": 20,
}


def town_of(path: Path) -> Town:
    """Read and build one town; Aleppo's structures lie beside its streets."""
    if path.suffix != ".parquet":
        return build.build(list(read(path, recorded_at=READ_AT).layers), name=path.stem)[0]
    points = path.parent / "osm_building_points_2018.csv"
    streets = read(path, recorded_at=READ_AT, want=LayerKind.STREETS)
    structures = read(points, recorded_at=READ_AT, want=LayerKind.STRUCTURES)
    return build.build([*streets.layers, *structures.layers], name=path.parent.name)[0]


def car_graph(town: Town) -> Graph:
    """Make the directed graph for cars: strongly connected, chains contracted."""
    streets = town.streets
    ticks = _ticks(streets)
    along = np.flatnonzero((ticks > 0) & (streets.oneway >= 0))
    against = np.flatnonzero((ticks > 0) & (streets.oneway <= 0))
    lon, lat = to_lon_lat(streets.node_x_m, streets.node_y_m, town.crs)
    graph = Graph(
        tail=np.concatenate([streets.tail[along], streets.head[against]]),
        head=np.concatenate([streets.head[along], streets.tail[against]]),
        ticks=np.concatenate([ticks[along], ticks[against]]),
        lon=lon,
        lat=lat,
        tile=np.zeros(streets.n_nodes, dtype=np.int32),
    )
    return contracted(cleaned(graph))


def _ticks(streets: Streets) -> NDArray[np.int32]:
    """Give ticks per street, at least one; 0 where cars may not go."""
    kmh = np.array([SPEED_KMH.get(str(name), 0) for name in streets.highway], dtype=np.float64)
    drivable: Flags = kmh > 0
    ticks = np.zeros(streets.n_edges, dtype=np.int32)
    seconds = streets.length_m[drivable] / (kmh[drivable] / 3.6)
    ticks[drivable] = np.maximum(np.rint(seconds * 64), 1)
    return ticks
