# SPDX-License-Identifier: Apache-2.0
"""Both layers of five real towns: the same times as scipy and RoutingKit, to the last bit."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from goldenhour.base.grades import UnknownStreets
from goldenhour.sources.recognise import read
from goldenhour.times import layers
from goldenhour.times.graph import Network
from goldenhour.town import build
from goldenhour.town.layers import LayerKind
from goldenhour.town.town import Town
from tests.times.peers import Hierarchy, by_scipy
from tests.times.pictures import picture_of

pytestmark = pytest.mark.real_data

READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
FILES = (
    "aleppo/streets.parquet",
    "osm_pbf/vavuniya.osm.pbf",
    "osm_pbf/andorra.osm.pbf",
    "osm_pbf/liechtenstein-latest.osm.pbf",
    "osm_pbf/Helsinki.osm.pbf",
)


class Question(NamedTuple):
    """A network, RoutingKit's hierarchy over its topology, and whom to ask about."""

    net: Network
    hierarchy: Hierarchy
    origins: NDArray[np.int64]
    destinations: NDArray[np.int64]


@pytest.fixture(scope="module", params=FILES, ids=lambda name: Path(name).stem)
def question(request: pytest.FixtureRequest, real_data: Path) -> Question:
    """Read a town and draw 8 origins and 1,000 destinations."""
    town = town_of(real_data / request.param)
    evacuation = layers.build(town, picture_of(town), unknown_streets=UnknownStreets.PASSABLE)
    net = evacuation.network
    rng = np.random.Generator(np.random.PCG64(21))
    return Question(
        net=net,
        hierarchy=Hierarchy(net),
        origins=rng.integers(0, net.n_nodes, 8),
        destinations=rng.integers(0, net.n_nodes, 1000),
    )


def town_of(path: Path) -> Town:
    """Read a town; Aleppo's structures lie in a file of their own."""
    if path.suffix == ".pbf":
        return build.build(list(read(path, recorded_at=READ_AT).layers), name=path.stem)[0]
    points = path.parent / "osm_building_points_2018.csv"
    found = [
        *read(path, recorded_at=READ_AT, want=LayerKind.STREETS).layers,
        *read(points, recorded_at=READ_AT, want=LayerKind.STRUCTURES).layers,
    ]
    return build.build(found, name="Aleppo")[0]


def damaged(net: Network) -> Network:
    """Close every tenth arc and slow every fifth down, some to hours."""
    rng = np.random.Generator(np.random.PCG64(22))
    slow = np.flatnonzero(rng.random(net.n_arcs) < 0.2)
    slowed = net.reweight(slow, net.seconds[slow] * rng.choice([1.5, 4.0, 200.0], len(slow)))
    return slowed.reweight(np.flatnonzero(rng.random(net.n_arcs) < 0.1), np.inf)


def swept(
    net: Network, origins: NDArray[np.int64], destinations: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Ask about so many origins that the hierarchy answers, and give the rows of a few."""
    times = net.travel_times(np.tile(origins, 40), destinations)
    assert net.weights.is_customised
    return times[: len(origins)]


def test_a_real_town_before_and_after_damage_agrees_with_both_engines(question: Question) -> None:
    """Open, then closed and slowed over the same order: every time is the same, to the bit."""
    net, hierarchy, origins, destinations = question
    tables = []
    for state in (net, damaged(net)):
        found = swept(state, origins, destinations)
        assert np.array_equal(found, by_scipy(state, origins, destinations))
        assert np.array_equal(found, hierarchy.measure(state, origins, destinations))
        tables.append(found)
    assert (tables[1] >= tables[0]).all()
    assert (tables[1] > tables[0]).any()
    assert np.isfinite(tables[1]).any()


def test_searches_and_the_hierarchy_give_the_same_bits(question: Question) -> None:
    """The same question to a network without and with a customised hierarchy, limits and all."""
    net, _, origins, destinations = question
    state = damaged(net)
    for limit_s in (None, 600.0):
        fresh = state.with_ticks(state.ticks)
        searched = fresh.travel_times(origins[:1], destinations, limit_s)
        assert not fresh.weights.is_customised
        swept(state, origins, destinations)
        assert np.array_equal(searched, state.travel_times(origins, destinations, limit_s)[:1])


def test_the_way_there_and_the_way_back_are_told_apart(question: Question) -> None:
    """Many origins to few destinations: searched from the few, the same as scipy's long way."""
    net, _, few, many = question
    state = damaged(net)
    found = state.travel_times(many[:20], few)
    assert np.array_equal(found, by_scipy(state, many[:20], few))
    assert not np.array_equal(found, state.travel_times(few, many[:20]).T)


def test_reach_and_nearest_agree_with_scipy(question: Question) -> None:
    """Within ten minutes exactly those that scipy finds; the nearest is the least of its column."""
    net, _, few, many = question
    state = damaged(net)
    every = np.arange(net.n_nodes)
    out = by_scipy(state, few, every)
    for origin, seconds in zip(few.tolist(), out, strict=True):
        reached = state.reach(origin, 600.0)
        assert np.array_equal(reached.node, np.flatnonzero(seconds <= 600))
        assert np.array_equal(reached.seconds, seconds[reached.node])
    towards = by_scipy(state, many[:50], few)
    nearest = state.nearest(many[:50], few)
    assert np.array_equal(nearest.seconds, towards.min(axis=1))
    known = nearest.index >= 0
    assert np.array_equal(known, np.isfinite(nearest.seconds))
    assert np.array_equal(nearest.index[known], towards.argmin(axis=1)[known])
