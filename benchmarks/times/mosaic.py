# SPDX-License-Identifier: Apache-2.0
"""
A large road graph out of real towns: tiles on a grid with connectors between neighbours.

Longitudes are rescaled so that a tile keeps its shape at its new latitude. Deterministic.
"""

from itertools import pairwise, product
from pathlib import Path

import numpy as np
from benchmarks.times import graph as graphs
from benchmarks.times.graph import Graph, Ints
from benchmarks.times.towns import FILES, SPEED_KMH, car_graph, town_of

from goldenhour.base.crs import geodesic_m

AT_LEAST = 385_000
COLUMNS = 7
COPIES = 8  # mosaics in a country
_CORNER_LON, _CORNER_LAT = 43.0, 33.0
_BANDS = 8
_TRUNK_BANDS = (2, 5)
_GAP = 1.05
_BRIDGES, _BRIDGE_S = 24, 600


def made(data: Path, scratch: Path) -> tuple[Path, Path]:
    """Make the mosaic and the country and say where they are; the other processes read them."""
    small, large = scratch / "mosaic.npz", scratch / "country.npz"
    graph = mosaic([car_graph(town_of(data / name)) for name in FILES])
    graphs.save(graph, small)
    graphs.save(country(graph), large)
    return small, large


def mosaic(towns: list[Graph], at_least: int = AT_LEAST) -> Graph:
    """Lay the towns out in turn, row by row, until there are enough nodes."""
    pitch = (
        _GAP * max(_width(town) for town in towns),
        _GAP * max(np.ptp(town.lat) for town in towns),
    )
    tiles: list[Graph] = []
    while sum(tile.n_nodes for tile in tiles) < at_least:
        tiles.append(_placed(towns[len(tiles) % len(towns)], len(tiles), pitch))
    first = np.cumsum([0, *(tile.n_nodes for tile in tiles)])
    whole = graphs.joined(tiles)
    for one, other, is_beside in _neighbours(len(tiles)):
        whole = _connected(
            whole, slice(*first[one : one + 2]), slice(*first[other : other + 2]), is_beside
        )
    return graphs.cleaned(whole)


def country(part: Graph, copies: int = COPIES) -> Graph:
    """Join copies side by side with a few slow bridges: the size of a country, not a country."""
    width = _GAP * float(np.ptp(part.lon))
    whole = graphs.joined(
        [part._replace(lon=part.lon + i * width, tile=part.tile + i * 1000) for i in range(copies)]
    )
    rng = np.random.Generator(np.random.PCG64(3))
    east = np.argsort(-part.lon, kind="stable")[:5000]
    west = np.argsort(part.lon, kind="stable")[:5000]
    for left, right in pairwise(range(copies)):
        tail = rng.choice(east, _BRIDGES, replace=False) + left * part.n_nodes
        head = rng.choice(west, _BRIDGES, replace=False) + right * part.n_nodes
        whole = graphs.with_ways(
            whole,
            tail=tail.astype(np.int32),
            head=head.astype(np.int32),
            ticks=np.full(_BRIDGES, _BRIDGE_S * 64, dtype=np.int32),
        )
    return whole


def _width(town: Graph) -> float:
    """Give the town's width in degrees of longitude at the mosaic's corner."""
    shrink = np.cos(np.radians(town.lat.mean())) / np.cos(np.radians(_CORNER_LAT))
    return float(np.ptp(town.lon) * shrink)


def _placed(town: Graph, i: int, pitch: tuple[float, float]) -> Graph:
    """Move a town to its tile and keep its shape."""
    row, column = divmod(i, COLUMNS)
    lat = _CORNER_LAT + row * pitch[1] + (town.lat - town.lat.min())
    shrink = np.cos(np.radians(town.lat)) / np.cos(np.radians(lat))
    lon = _CORNER_LON + column * pitch[0] + (town.lon - town.lon.mean()) * shrink
    return town._replace(lon=lon, lat=lat, tile=np.full(town.n_nodes, i, dtype=np.int32))


def _neighbours(n: int) -> list[tuple[int, int, bool]]:
    """List pairs of tiles that touch, and whether they lie side by side."""
    pairs = []
    for i, (step, is_beside) in product(range(n), ((1, True), (COLUMNS, False))):
        if i + step < n and not (is_beside and (i + 1) % COLUMNS == 0):
            pairs.append((i, i + step, is_beside))
    return pairs


def _connected(whole: Graph, one: slice, other: slice, is_beside: bool) -> Graph:  # noqa: FBT001 - private
    """Join two tiles with a road in each band where both have an end near the border."""
    towards, across = (whole.lon, whole.lat) if is_beside else (whole.lat, whole.lon)
    tail = _outermost(-towards[one], across[one]) + one.start
    head = _outermost(towards[other], across[other]) + other.start
    length_m = geodesic_m(whole.lon[tail], whole.lat[tail], whole.lon[head], whole.lat[head])
    is_trunk = np.isin(np.arange(_BANDS), _TRUNK_BANDS)
    kmh = np.where(is_trunk, SPEED_KMH["trunk"], SPEED_KMH["secondary"])
    ticks = np.rint(length_m / (kmh / 3.6) * 64).astype(np.int32)
    return graphs.with_ways(
        whole, tail=tail.astype(np.int32), head=head.astype(np.int32), ticks=ticks
    )


def _outermost(depth: graphs.Floats, across: graphs.Floats) -> Ints:
    """Give the node nearest to the border in each band of a town (of as many nodes each)."""
    bands = np.array_split(np.argsort(across, kind="stable"), _BANDS)
    return np.array([band[np.argmin(depth[band])] for band in bands], dtype=np.int32)
