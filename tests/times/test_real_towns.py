# SPDX-License-Identifier: Apache-2.0
"""Real streets with random closures: the same numbers as scipy's Dijkstra, to the last bit."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from goldenhour.base.grades import Mode, UnknownStreets
from goldenhour.sources.recognise import read
from goldenhour.times import evacuation, layers
from goldenhour.times.areas import reach_areas
from goldenhour.times.carry import Evacuation
from goldenhour.times.graph import Network, from_arcs
from goldenhour.times.kernels import reach
from goldenhour.town import build
from goldenhour.town.layers import LayerKind
from goldenhour.town.town import Town
from tests.times.pictures import picture_of

pytestmark = pytest.mark.real_data

Floats = NDArray[np.float64]
READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
PASSABLE = UnknownStreets.PASSABLE


@pytest.fixture(scope="module")
def aleppo(real_data: Path) -> Town:
    """Streets and structures of Aleppo."""
    folder = real_data / "aleppo"
    streets = read(folder / "streets.parquet", recorded_at=READ_AT, want=LayerKind.STREETS)
    structures = read(
        folder / "osm_building_points_2018.csv", recorded_at=READ_AT, want=LayerKind.STRUCTURES
    )
    return build.build([*streets.layers, *structures.layers], name="Aleppo")[0]


@pytest.fixture(scope="module")
def vavuniya(real_data: Path) -> Town:
    """Streets with one-way traffic and bridges, and structures, from one OpenStreetMap file."""
    reading = read(real_data / "osm_pbf" / "vavuniya.osm.pbf", recorded_at=READ_AT)
    return build.build(list(reading.layers), name="Vavuniya")[0]


def by_scipy(net: Network, origins: NDArray[np.int64], limit_s: float = np.inf) -> Floats:
    """Measure with scipy, in float64; of double arcs it must be given the sooner."""
    open_arc = np.flatnonzero(net.ticks < reach.FAR)
    order = open_arc[np.argsort(net.ticks[open_arc], kind="stable")]
    pair = net.tail[order].astype(np.int64) * net.n_nodes + net.head[order]
    arc = order[np.unique(pair, return_index=True)[1]]
    shape = (net.n_nodes, net.n_nodes)
    table = csr_matrix((net.ticks[arc] / 64, (net.tail[arc], net.head[arc])), shape=shape)
    found: Floats = dijkstra(table, indices=origins, limit=limit_s)
    return found


@pytest.mark.parametrize("name", ["aleppo", "vavuniya"])
@pytest.mark.parametrize("mode", list(Mode))
def test_real_streets_with_closures_agree_with_scipy(
    name: str, mode: Mode, request: pytest.FixtureRequest
) -> None:
    """After closing every tenth street, every time is the same to the last bit."""
    town: Town = request.getfixturevalue(name)
    rng = np.random.Generator(np.random.PCG64(7))
    closed = np.flatnonzero(rng.random(town.streets.n_edges) < 0.1).tolist()
    picture = picture_of(town, closed=closed, rubble_share=rng.random(town.streets.n_edges))
    net, _ = evacuation.build(town, picture, mode=mode, unknown_streets=PASSABLE)
    origins, every = rng.integers(0, net.n_nodes, 6), np.arange(net.n_nodes)
    for limit_s in (None, 600.0):
        expected = by_scipy(net, origins, np.inf if limit_s is None else limit_s)
        found = net.travel_times(origins, every, limit_s)
        assert np.array_equal(found, expected.astype(np.float32))
        few = every[:4]
        assert np.array_equal(net.travel_times(origins, few, limit_s), found[:, :4])


def test_carrying_through_a_real_town_agrees_with_scipy(vavuniya: Town) -> None:
    """Both layers, loading, and the first and last steps: the same as scipy on the same graph."""
    town = vavuniya
    rng = np.random.Generator(np.random.PCG64(8))
    closed = np.flatnonzero(rng.random(town.streets.n_edges) < 0.05).tolist()
    evac = Evacuation.of(town, picture_of(town, closed=closed), unknown_streets=PASSABLE)
    net = evac.layers.network
    sites, homes = rng.integers(0, town.structures.n, 3), np.arange(town.structures.n)
    reach = evac.carry_times(sites, homes, 1200.0)
    leave = layers.departures(evac.layers, evac.landing_of(homes))
    for j, site in enumerate(sites):
        seeds = layers.arrivals(evac.layers, evac.landing_of(np.array([site])))
        backwards = _with_seeds(net, seeds)
        seconds = by_scipy(backwards, np.array([net.n_nodes]))[0]
        ways = np.where(leave.node >= 0, seconds[leave.node] + leave.ticks / 64, np.inf)
        expected = ways.min(axis=1)
        row = slice(reach.start[j], reach.start[j + 1])
        found = np.full(len(homes), np.inf)
        found[reach.home[row]] = reach.seconds[row]
        one_street = (evac.landing.edge[homes][:, :, None] == evac.landing.edge[site]).any((1, 2))
        plain = ~one_street
        assert np.array_equal(found[plain], np.where(expected > 1200, np.inf, expected)[plain])
        assert (found[one_street] <= expected[one_street]).all()


def _with_seeds(net: Network, seeds: reach.Points) -> Network:
    """Turn all arcs round and add a node from which the seeds are reached."""
    use = seeds.node[0] >= 0
    node, ticks = seeds.node[0][use], np.maximum(seeds.ticks[0][use], 1)
    first = np.full(len(node), net.n_nodes, dtype=np.int32)
    return from_arcs(
        tail=np.concatenate([net.head, first]),
        head=np.concatenate([net.tail, node]),
        ticks=np.concatenate([net.ticks, ticks]),
        x=np.append(net.x, 0.0),
        y=np.append(net.y, 0.0),
    )


def test_closing_streets_of_a_real_town_never_shortens_a_time(aleppo: Town) -> None:
    """Aleppo before and after closing every fifth street: nobody new is in time, nobody sooner."""
    rng = np.random.Generator(np.random.PCG64(9))
    shut = np.flatnonzero(rng.random(aleppo.streets.n_edges) < 0.2).tolist()
    sites, homes = rng.integers(0, aleppo.structures.n, 40), np.arange(aleppo.structures.n)
    before = Evacuation.of(aleppo, picture_of(aleppo), unknown_streets=PASSABLE)
    after = Evacuation.of(
        aleppo,
        picture_of(aleppo, closed_to_vehicles=shut),
        unknown_streets=PASSABLE,
        landing=before.any_day,
    )
    tables = []
    for evac in (before, after):
        reach = evac.carry_times(sites, homes, 600.0)
        table = np.full((len(sites), len(homes)), np.inf)
        table[np.repeat(np.arange(len(sites)), np.diff(reach.start)), reach.home] = reach.seconds
        again = evac.carry_times(sites, homes, 600.0)
        assert np.array_equal(reach.home, again.home)
        assert np.array_equal(reach.seconds, again.seconds)
        tables.append(table)
    assert (tables[1] >= tables[0]).all()
    assert np.isfinite(tables[1]).sum() < np.isfinite(tables[0]).sum()


def test_reach_areas_of_a_real_town_are_sound_shapes(aleppo: Town) -> None:
    """Valid, not empty, not larger than the town, and growing with the clock."""
    evac = Evacuation.of(aleppo, picture_of(aleppo), unknown_streets=PASSABLE)
    sites = np.flatnonzero(evac.is_attached)[[10, 5000]]
    for near, far in zip(reach_areas(evac, sites, 300), reach_areas(evac, sites, 600), strict=True):
        assert near.is_valid
        assert far.is_valid
        assert 0 < near.area <= far.area < 1e9
