# SPDX-License-Identifier: Apache-2.0
"""Joining places to streets, naming the way, and drawing from where a site is reached."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import goldenhour.times
from goldenhour.base.errors import InputError
from goldenhour.base.grades import Mode, UnknownStreets
from goldenhour.picture.belief import Picture
from goldenhour.times import evacuation, modes
from goldenhour.times.access import attach
from goldenhour.times.areas import reach_areas
from goldenhour.times.carry import Evacuation
from goldenhour.times.graph import Network
from goldenhour.times.path import fastest_path
from goldenhour.town.town import Town
from tests.times.pictures import picture_of
from tests.towns import draw, make_town, words

PASSABLE = UnknownStreets.PASSABLE

SQUARE = """
A---B
|   |
C---D
"""


def driven(town: Town, picture: Picture) -> Network:
    """Build the vehicle network."""
    return evacuation.build(town, picture, mode=Mode.VEHICLE, unknown_streets=PASSABLE)[0]


def test_a_place_joins_the_sooner_end_of_the_nearest_open_street() -> None:
    """Ten metres off, forty along: open ground at 3 km/h and street at 5, both with a stretcher."""
    town, _ = draw(SQUARE)
    x_m, y_m = town.streets.node_x_m, town.streets.node_y_m
    straight_m = x_m[1] - x_m[0]
    streets = replace(town.streets, length_m=np.full(4, straight_m))
    town = replace(town, streets=streets)
    found = attach(driven(town, picture_of(town)), x_m[[0]] + 40, y_m[[0]] + 10)
    assert found.node.tolist() == [0]
    assert found.seconds[0] == pytest.approx(1.6 * 3.6 * (10 / 3 + 40 / 5), abs=0.1)
    closed = attach(driven(town, picture_of(town, closed=[0])), x_m[[0]] + 40, y_m[[0]] + 10)
    assert closed.node.tolist() == [0]
    assert closed.seconds[0] > found.seconds[0]


def test_a_place_too_far_from_any_street_is_counted() -> None:
    """Beyond the allowed distance, or nowhere at all: no node, no finite time, one more counted."""
    town, _ = draw(SQUARE)
    x_m = np.array([town.streets.node_x_m[0], town.streets.node_x_m[0], np.nan])
    y_m = town.streets.node_y_m[0] + np.array([299.0, 301.0, 0.0])
    found = attach(driven(town, picture_of(town)), x_m, y_m)
    assert (found.node >= 0).tolist() == [True, False, False]
    assert np.isinf(found.seconds).tolist() == [False, True, True]
    assert found.n_unattached == 2
    nothing_open = attach(driven(town, picture_of(town, closed=[0, 1, 2, 3])), x_m, y_m)
    assert nothing_open.n_unattached == 3


def test_nobody_joins_a_bridge_or_a_scrap_of_street() -> None:
    """From the bank one cannot climb onto the bridge, nor use a piece of map that joins nothing."""
    town, _ = draw("A---B---C")
    bridge = np.array([True, False])
    on_bridge = replace(town, streets=replace(town.streets, bridge=bridge))
    spot = town.streets.node_x_m[[0]] + 5, town.streets.node_y_m[[0]]
    found = attach(driven(on_bridge, picture_of(on_bridge)), *spot)
    assert found.node.tolist() == [1]


def test_a_plain_network_has_no_streets_to_step_onto() -> None:
    """Attaching to arrays from elsewhere is refused with a named error."""
    net = goldenhour.times.network(tail=[0], head=[1], seconds=[1.0], lon=[0, 0], lat=[0, 0])
    with pytest.raises(InputError):
        attach(net, np.zeros(1), np.zeros(1))


def test_the_fastest_path_names_its_streets_and_their_direction() -> None:
    """From A to D by C, when A-B is closed: along one street and along the next."""
    town, _ = draw(SQUARE)
    net = driven(town, picture_of(town, closed=[0]))
    edges, forward, seconds = fastest_path(net, 3, 0)
    assert town.streets.id[edges].tolist() == ["C-D", "A-C"]
    assert forward.tolist() == [False, False]
    assert seconds == net.travel_times([3], [0])[0, 0]


def test_no_path_is_an_answer() -> None:
    """Unreachable is infinite and has no streets; being there already takes no time."""
    town, _ = draw("A-B")
    net = driven(town, picture_of(town, closed=[0]))
    there = fastest_path(net, 0, 0)
    cut_off = fastest_path(net, 0, 1)
    assert (len(there.edges), there.seconds, there.is_reachable) == (0, 0.0, True)
    assert (len(cut_off.edges), cut_off.seconds, cut_off.is_reachable) == (0, np.inf, False)
    with pytest.raises(InputError):
        fastest_path(net, 0, 2)


@pytest.mark.laws
@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_a_path_takes_what_its_streets_take(seed: int) -> None:
    """The streets of a path join up, and their seconds add up to the travel time."""
    town = make_town(seed, n_structures=2)
    rng = np.random.Generator(np.random.PCG64(seed))
    n = town.streets.n_edges
    streets = replace(town.streets, oneway=rng.choice([-1, 0, 0, 1], n).astype(np.int8))
    town = replace(town, streets=streets)
    net = driven(town, picture_of(town, closed=np.flatnonzero(rng.random(n) < 0.2).tolist()))
    start, end = (int(node) for node in rng.integers(0, net.n_nodes, 2))
    path = fastest_path(net, start, end)
    assert path.seconds == net.travel_times([start], [end])[0, 0]
    if path.is_reachable:
        enter = np.where(path.forward, streets.tail[path.edges], streets.head[path.edges])
        leave = np.where(path.forward, streets.head[path.edges], streets.tail[path.edges])
        assert [start, *leave.tolist()] == [*enter.tolist(), end]
        assert net.seconds[np.where(path.forward, path.edges, path.edges + n)].sum() == path.seconds


@pytest.mark.laws
@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000))
def test_reach_areas_cover_the_homes_on_the_streets_that_are_in_time(seed: int) -> None:
    """Who stands on a junction in time is inside; the area grows with the clock."""
    town = make_town(seed, n_structures=10)
    rng = np.random.Generator(np.random.PCG64(seed))
    n = town.streets.n_edges
    picture = picture_of(town, closed=np.flatnonzero(rng.random(n) < 0.1).tolist())
    evac = Evacuation.of(town, picture, unknown_streets=PASSABLE)
    small, large = reach_areas(evac, [0, 0], [120.0, 400.0])
    assert large.buffer(0.01).covers(small)
    for limit_s, area in ((120.0, small), (400.0, large)):
        homes = np.arange(10)
        reach = evac.carry_times(np.array([0]), homes, limit_s)
        home = reach.home[evac.landing.off_m[reach.home, 0] < 20]
        spots = shapely.points(town.structures.x_m[home], town.structures.y_m[home])
        assert (shapely.distance(area, spots) <= 20).all()


def test_a_reach_area_stops_where_the_time_runs_out() -> None:
    """Five minutes with a stretcher: along the street to its end, over open ground on the side."""
    town, _ = draw("A" + "-" * 20 + "B")
    straight_m = float(town.streets.node_x_m[1] - town.streets.node_x_m[0])
    streets = replace(town.streets, length_m=np.array([straight_m]), highway=words(["footway"]))
    town = replace(town, streets=streets)
    evac = Evacuation.of(town, picture_of(town), unknown_streets=PASSABLE)
    west, _, east, _ = reach_areas(evac, [0], 300.0)[0].bounds
    assert east - town.streets.node_x_m[0] == pytest.approx(300 * 5 / 3.6 / 1.6, abs=80)
    over_ground_m = 300 / modes.carry_off_road_s_per_m()
    assert town.streets.node_x_m[0] - west == pytest.approx(over_ground_m, abs=80)
    far = replace(town.structures, y_m=town.structures.y_m + 5000)
    lost = Evacuation.of(replace(town, structures=far), picture_of(town), unknown_streets=PASSABLE)
    assert reach_areas(lost, [0], 300.0)[0].is_empty
