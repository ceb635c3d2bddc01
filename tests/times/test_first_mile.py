# SPDX-License-Identifier: Apache-2.0
"""Over open ground to the streets: against a plain search of the joined graph, and law by law."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.base.grades import Mode, UnknownStreets
from goldenhour.times import first_mile, layers, modes
from goldenhour.times.access import Landing, walk_back_seconds, walk_seconds
from goldenhour.times.carry import Evacuation
from goldenhour.times.footing import Footing
from goldenhour.times.unattached import WhyUnattached
from goldenhour.town.terrain import Terrain
from goldenhour.town.town import Barriers, Town
from tests.times.grounds import CELL_M, SlowGround, far_town, ground_of, soonest, turned
from tests.times.oracle import floyd_warshall
from tests.times.pictures import picture_of
from tests.times.test_carry import full
from tests.towns import draw, make_structures, words

PASSABLE = UnknownStreets.PASSABLE
EVERY = 200
SEEDS = st.integers(0, 10_000)


def exact(footing: Footing, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> Landing:
    """Keep every street that saves any time at all."""
    return first_mile.land(footing, x_m, y_m, limit_s=20_000, gain_s=0, n_streets=EVERY)


def to_junctions(town: Town, landing: Landing) -> NDArray[np.float64]:
    """Measure the seconds from each place to every junction on foot, nothing closed."""
    streets = town.streets
    street_s = modes.clear_seconds(streets, mode=Mode.STRETCHER)
    tail, head = streets.tail, streets.head
    between = floyd_warshall(
        streets.n_nodes,
        np.concatenate([tail, head]),
        np.concatenate([head, tail]),
        np.tile(street_s, 2),
    )
    walk_s, part_s = walk_seconds(landing), street_s[landing.edge]
    to_tail = walk_s + landing.share * part_s
    to_head = walk_s + (1 - landing.share) * part_s
    ways = np.minimum(
        to_tail[:, :, None] + between[tail[landing.edge]],
        to_head[:, :, None] + between[head[landing.edge]],
    )
    return np.asarray(ways.min(axis=1))


def expected(town: Town, terrain: Terrain) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Search the joined graph from every structure: seconds to all junctions, to all stops."""
    slow = SlowGround(town, terrain)
    graph, structures, n_stops = slow.graph(), town.structures, len(slow.stops())
    junctions = np.full((structures.n, town.streets.n_nodes), np.inf)
    stops = np.full((structures.n, n_stops), np.inf)
    for i, at in enumerate(zip(structures.x_m, structures.y_m, strict=True)):
        found = soonest(graph, dict(slow.joins(*at)))
        for node in range(town.streets.n_nodes):
            junctions[i, node] = found.get(("node", node), np.inf)
        stops[i] = [found.get(("stop", number), np.inf) for number in range(n_stops)]
    return junctions, stops


@pytest.mark.laws
@settings(deadline=None, max_examples=6)
@given(SEEDS)
def test_junctions_and_streets_are_reached_as_soon_as_a_plain_search_says(seed: int) -> None:
    """Hills, water, gaps and quays: with every street kept no way is missed and none made up."""
    town = far_town(seed)
    terrain = ground_of(town, seed)
    footing, structures = Footing.of(town, terrain), town.structures
    landing = exact(footing, structures.x_m, structures.y_m)
    junctions, stops = expected(town, terrain)
    found = to_junctions(town, landing)
    np.testing.assert_allclose(found, junctions, atol=0.3)
    np.testing.assert_allclose(walk_seconds(landing)[:, 0], stops.min(axis=1), atol=0.1)
    street_s = modes.clear_seconds(town.streets, mode=Mode.STRETCHER)
    edge, share = footing.stops.edge[:, 0], footing.stops.share[:, 0]
    to_tail = found[:, town.streets.tail[edge]] + share * street_s[edge]
    to_head = found[:, town.streets.head[edge]] + (1 - share) * street_s[edge]
    onto = _onto_streets(landing, edge, share * street_s[edge], street_s)
    at_stops = np.minimum(np.minimum(to_tail, to_head), onto)
    for one in np.unique(edge):
        nearest = stops[:, edge == one].min(axis=1)
        assert (at_stops[:, edge == one].min(axis=1) <= nearest + 0.3).all()


def _onto_streets(
    landing: Landing,
    edge: NDArray[np.int32],
    part_s: NDArray[np.float64],
    street_s: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Measure the seconds to stops along the very street that one lands on."""
    walk_s = walk_seconds(landing)[:, :, None]
    along_s = np.abs((landing.share * street_s[landing.edge])[:, :, None] - part_s)
    same = landing.edge[:, :, None] == edge
    return np.asarray(np.where(same, walk_s + along_s, np.inf).min(axis=1))


@pytest.mark.laws
@settings(deadline=None, max_examples=8)
@given(SEEDS, st.sampled_from([30.0, 120.0]))
def test_leaving_streets_out_costs_no_more_than_said(seed: int, gain_s: float) -> None:
    """Who keeps only streets that save a minute loses less than a minute to any junction."""
    town = far_town(seed)
    footing, structures = Footing.of(town, ground_of(town, seed)), town.structures
    whole = exact(footing, structures.x_m, structures.y_m)
    some = first_mile.land(
        footing, structures.x_m, structures.y_m, limit_s=20_000, gain_s=gain_s, n_streets=EVERY
    )
    best, found = to_junctions(town, whole), to_junctions(town, some)
    assert np.array_equal(np.isinf(best), np.isinf(found))
    known = np.isfinite(best)
    assert (found[known] >= best[known] - 0.1).all()
    assert (found[known] <= best[known] + gain_s + 0.1).all()
    assert (some.edge >= 0).sum() <= (whole.edge >= 0).sum()


@pytest.mark.laws
@settings(deadline=None, max_examples=5)
@given(SEEDS)
def test_the_way_back_is_measured_in_its_own_direction(seed: int) -> None:
    """Down to the street and up again: each slope counts as it is walked."""
    town = far_town(seed)
    terrain = ground_of(town, seed)
    footing, structures = Footing.of(town, terrain), town.structures
    landing = exact(footing, structures.x_m, structures.y_m)
    slow = SlowGround(town, terrain)
    back, stops = turned({cell: list(slow.steps(cell)) for cell in slow.open}), slow.stops()
    where = {(edge, share): (x_m, y_m) for edge, share, x_m, y_m in stops}
    for i, at in enumerate(zip(structures.x_m, structures.y_m, strict=True)):
        found = soonest(back, dict(slow.joins(*at)))
        for k in np.flatnonzero(landing.edge[i] >= 0).tolist():
            stop = where[int(landing.edge[i, k]), float(landing.share[i, k])]
            ways = [found.get(cell, np.inf) + s for cell, s in slow.joins(*stop).items()]
            assert walk_back_seconds(landing)[i, k] == pytest.approx(min(ways), abs=0.1)


@pytest.mark.laws
@settings(deadline=None, max_examples=10)
@given(SEEDS, st.data())
def test_a_new_barrier_never_shortens_a_way(seed: int, data: st.DataObject) -> None:
    """A wall anywhere, through cells, along quays or across streets, brings nobody nearer."""
    town = far_town(seed)
    terrain, structures = ground_of(town, seed), town.structures
    frame = terrain.frame
    spot = st.tuples(
        st.floats(frame.west_m, frame.west_m + frame.n_columns * CELL_M),
        st.floats(frame.north_m - frame.n_rows * CELL_M, frame.north_m),
    )
    wall = shapely.LineString([data.draw(spot), data.draw(spot)])
    before = Footing.of(town, terrain)
    after = Footing.of(_walled(town, wall), terrain)
    sooner = to_junctions(town, exact(before, structures.x_m, structures.y_m))
    later = to_junctions(town, exact(after, structures.x_m, structures.y_m))
    assert (later >= sooner - 0.1).all()


def _walled(town: Town, wall: shapely.LineString) -> Town:
    """Build a wall."""
    was = town.barriers
    return replace(
        town,
        barriers=Barriers(
            name=np.concatenate([was.name, words([""])]),
            kind=np.concatenate([was.kind, words(["wall"])]),
            shape=np.concatenate([was.shape, np.array([wall], dtype=object)]),
        ),
    )


@pytest.mark.laws
@settings(deadline=None, max_examples=10)
@given(SEEDS, st.data())
def test_closing_a_street_never_shortens_a_way_over_open_ground(
    seed: int, data: st.DataObject
) -> None:
    """The streets a far home is carried to rest on the town alone, so closures only cost."""
    town = far_town(seed)
    terrain, n = ground_of(town, seed), town.streets.n_edges
    edges = st.lists(st.integers(0, n - 1), max_size=5)
    closed = data.draw(edges)
    more = closed + data.draw(edges)
    every = np.arange(town.structures.n)
    pictures = [picture_of(town, closed=some) for some in (closed, more)]
    graphs = [
        Evacuation.of(town, picture, unknown_streets=PASSABLE, terrain=terrain)
        for picture in pictures
    ]
    before, after = (full(graph.carry_times(every, every, 50_000)) for graph in graphs)
    assert (after >= before).all()
    open_before, open_after = (
        first_mile.open_ground(graph.layers, _footing(graph), graph.landing_of(np.array([0])))
        for graph in graphs
    )
    assert (open_after >= open_before).all()


def _footing(graph: Evacuation) -> Footing:
    """Take the footing, which must be there."""
    assert graph.footing is not None
    return graph.footing


@pytest.mark.laws
@settings(deadline=None, max_examples=5)
@given(SEEDS)
def test_open_ground_is_measured_as_a_plain_search_says(seed: int) -> None:
    """From every cell: over the ground to a street, along it on foot or driven, to the site."""
    town = far_town(seed)
    terrain = ground_of(town, seed)
    graph = Evacuation.of(town, picture_of(town), unknown_streets=PASSABLE, terrain=terrain)
    footing, site = _footing(graph), graph.landing_of(np.array([7]))
    at = (town.structures.x_m[[7]], town.structures.y_m[[7]])
    found = first_mile.open_ground(graph.layers, footing, site, at=at)
    slow = SlowGround(town, terrain)
    stops = slow.stops()
    placed = zip(footing.stops.edge[:, 0], footing.stops.share[:, 0], strict=True)
    assert [stop[:2] for stop in stops] == [(int(edge), float(share)) for edge, share in placed]
    at_stops = _from_landings(graph, footing.stops, site)
    back = turned({cell: list(slow.steps(cell)) for cell in slow.open})
    for number, (_, _, x_m, y_m) in enumerate(stops):
        for cell, walk_s in slow.joins(x_m, y_m).items():
            back.setdefault(("stop", number), []).append((cell, walk_s))
    seeds: dict[object, float] = {
        ("stop", i): float(seconds) for i, seconds in enumerate(at_stops) if np.isfinite(seconds)
    }
    best = soonest(back, seeds | dict(slow.joins(float(at[0][0]), float(at[1][0]))))
    want = np.full(terrain.frame.shape, np.inf)
    for cell in slow.open:
        want[cell] = best.get(cell, np.inf)
    np.testing.assert_allclose(found, want, atol=1.5)


def _from_landings(graph: Evacuation, homes: Landing, site: Landing) -> NDArray[np.float32]:
    """Measure the way from where homes step onto streets to one site."""
    n, k = len(homes.edge), site.edge.shape[1]
    xy = np.zeros(n + 1)
    structures = make_structures([str(i) for i in range(n + 1)], x_m=xy, y_m=xy)
    padding = ((0, 0), (0, k - 1))
    joined = Landing(
        edge=np.concatenate([np.pad(homes.edge, padding, constant_values=-1), site.edge]),
        share=np.concatenate([np.pad(homes.share, padding), site.share]),
        off_m=np.concatenate([np.pad(homes.off_m, padding, constant_values=np.inf), site.off_m]),
        back_m=None
        if site.back_m is None
        else np.concatenate([np.full((n, k), np.inf), site.back_m]),
    )
    town = replace(graph.town, structures=structures)
    measured = replace(graph, town=town, landing=joined)
    return full(measured.carry_times(np.array([n]), np.arange(n), 500_000))[:, 0]


def test_a_home_half_a_kilometre_off_the_road_is_carried_to_it() -> None:
    """On flat grass at 4 km/h: the walk to the road, then along it; without ground it is listed."""
    town, _ = draw("A" + "-" * 30 + "B")
    straight_m = np.diff(town.streets.node_x_m)
    structures = replace(town.structures, y_m=town.structures.y_m + np.array([500.0, 0.0]))
    streets = replace(town.streets, length_m=straight_m)
    town = replace(town, structures=structures, streets=streets)
    bare = Evacuation.of(town, picture_of(town), unknown_streets=PASSABLE)
    assert bare.is_attached.tolist() == [False, True]
    assert bare.unattached.why.tolist() == [WhyUnattached.TOO_FAR]
    graph = Evacuation.of(town, picture_of(town), unknown_streets=PASSABLE, terrain=ground_of(town))
    assert graph.is_attached.all()
    assert graph.unattached.n == 0
    found = full(graph.carry_times(np.array([1]), np.array([0]), 50_000))[0, 0]
    walk_s = 500 * 1.6 * 3.6 / 4
    drive_s = modes.boarding_s() + straight_m[0] * 3.6 / 15 + 60
    assert found == pytest.approx(walk_s + drive_s, rel=0.06)


def test_unknown_heights_are_no_passage() -> None:
    """A home behind ground of which nobody knows the height stays unattached, and is listed."""
    town, _ = draw("A" + "-" * 30 + "B")
    structures = replace(town.structures, y_m=town.structures.y_m + np.array([500.0, 0.0]))
    town, terrain = replace(town, structures=structures), ground_of(town, margin_m=1500)
    row, _ = terrain.frame.cell_of(structures.x_m[:1], structures.y_m[:1] - 250)
    heights = terrain.elevation_m.copy()
    heights[row] = np.nan
    graph = Evacuation.of(
        town,
        picture_of(town),
        unknown_streets=PASSABLE,
        terrain=replace(terrain, elevation_m=heights),
    )
    assert graph.unattached.row.tolist() == [0]


def test_a_home_outside_the_ground_joins_nothing() -> None:
    """Where the raster ends, and where a report has no place, nobody is carried."""
    town = far_town(1)
    footing = Footing.of(town, ground_of(town))
    landing = first_mile.land(footing, np.array([0.0, np.nan]), np.array([0.0, np.nan]))
    assert (landing.edge == -1).all()
    assert np.isinf(landing.off_m).all()


def test_the_river_is_crossed_by_the_bridge_only() -> None:
    """A home on the far bank that lost its streets is not carried through the water."""
    town = far_town(5)
    river = town.barriers.shape[0]
    south = town.streets.node_y_m < river.centroid.y
    keep = ~(south[town.streets.tail] | south[town.streets.head])
    usable = replace(town.streets, highway=words(["road" if k else "razed" for k in keep]))
    north_only = replace(town, streets=usable)
    footing = Footing.of(north_only, ground_of(town, margin_m=60))
    x_m = np.array([river.centroid.x, river.centroid.x])
    y_m = np.array([river.bounds[1] - 30, river.bounds[3] + 30])
    landing = first_mile.land(footing, x_m, y_m, limit_s=20_000)
    assert (landing.edge[0] == -1).all()
    assert (landing.edge[1] >= 0).any()


def test_threads_and_blocks_change_nothing() -> None:
    """One thread or three, alone or among others: the same streets and times."""
    town = far_town(9)
    footing = Footing.of(town, ground_of(town, 9))
    x_m, y_m = np.tile(town.structures.x_m, 6), np.tile(town.structures.y_m, 6)
    one = first_mile.land(footing, x_m, y_m, n_threads=1)
    three = first_mile.land(footing, x_m, y_m, n_threads=3)
    alone = first_mile.land(footing, x_m[[3]], y_m[[3]])
    for field in ("edge", "share", "off_m", "back_m"):
        assert np.array_equal(getattr(one, field), getattr(three, field))
        n = alone.edge.shape[1]
        assert np.array_equal(getattr(one, field)[[3], :n], getattr(alone, field))


def test_who_has_a_street_keeps_it() -> None:
    """Ground is for those that no street is near; nothing changes for the others."""
    town = far_town(3)
    bare = Evacuation.of(town, picture_of(town), unknown_streets=PASSABLE).landing
    landing = first_mile.extend(
        bare, Footing.of(town, ground_of(town, 3)), town.structures.x_m, town.structures.y_m
    )
    near, n = (bare.edge >= 0).any(axis=1), bare.edge.shape[1]
    assert 0 < near.sum() < near.size
    assert np.array_equal(landing.edge[near, :n], bare.edge[near])
    assert np.array_equal(landing.off_m[near, :n], bare.off_m[near])
    assert (landing.edge[near, n:] == -1).all()
    assert (landing.edge[~near] >= 0).any()


def test_at_least_two_streets_are_kept() -> None:
    """On the day when the nearest street is closed there is another one to try."""
    town = far_town(2)
    x_m, y_m = town.structures.x_m, town.structures.y_m
    landing = first_mile.land(Footing.of(town, ground_of(town)), x_m, y_m, gain_s=1e6)
    distinct = [len(set(row[row >= 0].tolist())) for row in landing.edge]
    assert set(distinct) == {2}


def test_a_wall_beside_a_home_is_walked_round() -> None:
    """A wall thinner than any cell stands 10 m before the door, the road is 100 m behind it."""
    town, _ = draw("A" + "-" * 30 + "B")
    door = np.array([town.streets.node_x_m.mean()]), town.streets.node_y_m[:1] + 100
    terrain = ground_of(town)
    free = first_mile.land(Footing.of(town, terrain), *door)
    wall = shapely.LineString(
        [(door[0][0] - 400, door[1][0] - 10), (door[0][0] + 400, door[1][0] - 10)]
    )
    walled = first_mile.land(Footing.of(_walled(town, wall), terrain), *door)
    assert walk_seconds(free)[0, 0] == pytest.approx(100 * 1.6 * 3.6 / 4, rel=0.3)
    assert walk_seconds(walled)[0, 0] > 400 * 1.6 * 3.6 / 4


def test_the_street_on_the_other_side_is_kept() -> None:
    """One of two streets kept is on the far road: ten near junctions do not fill them."""
    town, _ = draw("""
A-B-C-D-E-F-G-H-I-J



















K-----------------L
""")
    x_m, y_m = town.streets.node_x_m, town.streets.node_y_m
    at = np.array([x_m[4]]), np.array([y_m[0] - 350.0])
    landing = first_mile.land(Footing.of(town, ground_of(town)), *at, n_streets=2)
    names = town.streets.id[landing.edge[0]]
    assert (names == "K-L").sum() == 1
    nearest = first_mile.land(Footing.of(town, ground_of(town)), *at, n_streets=1)
    assert nearest.edge[0, 0] == landing.edge[0, 0]
    assert "K-L" not in town.streets.id[nearest.edge[0]]


def test_foot_and_vehicle_start_where_the_ground_meets_the_street() -> None:
    """The points of the evacuation graph hold the walk, on foot and loaded."""
    town = far_town(4)
    graph = Evacuation.of(town, picture_of(town), unknown_streets=PASSABLE, terrain=ground_of(town))
    points = layers.departures(graph.layers, graph.landing)
    n = town.streets.n_nodes
    on_foot = (points.node >= 0) & (points.node < n)
    assert on_foot.any(axis=1).all()
    assert (points.node >= n).any(axis=1).all()
