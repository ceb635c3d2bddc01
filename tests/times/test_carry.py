# SPDX-License-Identifier: Apache-2.0
"""Carrying casualties through drawn and grown towns."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.base.errors import InputError
from goldenhour.base.grades import UnknownStreets
from goldenhour.picture.belief import Picture
from goldenhour.times.carry import Evacuation, Spots, carry_times, transfer_times
from goldenhour.times.result import WithinReach
from goldenhour.town.town import Town
from tests.times.oracle import carry_seconds
from tests.times.pictures import hazard, picture_of
from tests.times.ruled import ruled
from tests.towns import Drawn, draw, make_town, words

PASSABLE, CLOSED = UnknownStreets.PASSABLE, UnknownStreets.CLOSED
CARRY_MINUTE_S = 60 * 1.6
"""One drawn minute, walked with a stretcher, in seconds."""
FAR_S = 100_000.0

BRIDGE = """
A-x-B
|   |
C---D
"""


def full(reach: WithinReach) -> NDArray[np.float32]:
    """Write pairs out as a matrix, homes by sites."""
    table = np.full((reach.n_homes, reach.n_sites), np.inf, dtype=np.float32)
    site = np.repeat(np.arange(reach.n_sites), np.diff(reach.start))
    table[reach.home, site] = reach.seconds
    return table


def everywhere(town: Town, picture: Picture, assumed: UnknownStreets = PASSABLE) -> Evacuation:
    """Build the evacuation."""
    return Evacuation.of(town, picture, unknown_streets=assumed)


def all_pairs(evacuation: Evacuation, limit_s: float = FAR_S) -> NDArray[np.float32]:
    """Measure from every structure to every structure."""
    every = np.arange(evacuation.town.structures.n)
    return full(evacuation.carry_times(every, every, limit_s))


def damaged(seed: int) -> tuple[Town, Picture]:
    """Grow a town with all kinds of street and break it in all kinds of way."""
    rng = np.random.Generator(np.random.PCG64(seed))
    town = make_town(seed, n_structures=14, n_side=4)
    n = town.streets.n_edges
    kinds = ["residential", "primary", "trunk", "motorway", "steps", "footway", "", "alley"]
    streets = replace(
        town.streets,
        highway=words(list(rng.choice(kinds, n))),
        oneway=rng.choice([-1, 0, 0, 0, 1], n).astype(np.int8),
    )
    town = ruled(replace(town, streets=streets), rng)
    spot = rng.integers(streets.n_nodes)
    danger = shapely.Point(streets.node_x_m[spot], streets.node_y_m[spot]).buffer(20)
    picture = picture_of(
        town,
        closed=np.flatnonzero(rng.random(n) < 0.1).tolist(),
        closed_to_vehicles=np.flatnonzero(rng.random(n) < 0.1).tolist(),
        unknown=np.flatnonzero(rng.random(n) < 0.3).tolist(),
        rubble_share=np.where(rng.random(n) < 0.5, rng.random(n), np.nan),
        delay_s=np.where(rng.random(n) < 0.2, 120.0, 0.0),
        hazards=[hazard(danger)] if rng.random() < 0.5 else [],
    )
    return town, picture


@pytest.mark.laws
@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.sampled_from(UnknownStreets))
def test_carry_times_are_what_trying_everything_gives(seed: int, assumed: UnknownStreets) -> None:
    """Stretcher, vehicle and any mix of both: no way is missed and none is made up."""
    town, picture = damaged(seed)
    evacuation = everywhere(town, picture, assumed)
    expected = carry_seconds(town, picture, unknown_streets=assumed)
    found = all_pairs(evacuation)
    assert np.array_equal(np.isinf(found), np.isinf(expected))
    np.testing.assert_allclose(found, expected, atol=0.5)
    every = np.arange(town.structures.n)
    assert np.array_equal(
        evacuation.transfer_times(origins=every, destinations=every[:5]), found[:, :5]
    )
    assert np.array_equal(
        evacuation.transfer_times(origins=every[:5], destinations=every), found[:5]
    )


@pytest.mark.laws
@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.data())
def test_closing_streets_never_shortens_a_time(seed: int, data: st.DataObject) -> None:
    """Whatever is closed, to whom and why, nobody gets anywhere sooner."""
    town, picture = damaged(seed)
    n = town.streets.n_edges
    some = np.array(data.draw(st.lists(st.integers(0, n - 1), max_size=4)), dtype=np.int64)
    state = picture.streets.state_stretcher.copy()
    vehicle = picture.streets.state_vehicle.copy()
    vehicle[some] = 3
    if data.draw(st.booleans()):
        state[some] = 3
    worse = replace(
        picture, streets=replace(picture.streets, state_stretcher=state, state_vehicle=vehicle)
    )
    before = everywhere(town, picture)
    after = Evacuation.of(town, worse, unknown_streets=PASSABLE, landing=before.any_day)
    assert (all_pairs(after) >= all_pairs(before)).all()


@pytest.mark.laws
@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.floats(0, 1), st.data())
def test_more_rubble_never_shortens_a_time(seed: int, more: float, data: st.DataObject) -> None:
    """Rubble slows and blocks; more of it never helps."""
    town, picture = damaged(seed)
    rubble_share = picture.streets.rubble_share.copy()
    some = data.draw(st.lists(st.integers(0, len(rubble_share) - 1), max_size=6))
    rubble_share[some] = np.fmax(rubble_share[some], np.float32(more))
    worse = replace(picture, streets=replace(picture.streets, rubble_share=rubble_share))
    assert (all_pairs(everywhere(town, worse)) >= all_pairs(everywhere(town, picture))).all()


@pytest.mark.laws
@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000))
def test_counting_unknown_streets_as_closed_never_shortens_a_time(seed: int) -> None:
    """The careful assumption is never the quicker one."""
    town, picture = damaged(seed)
    careful = all_pairs(everywhere(town, picture, CLOSED))
    assert (careful >= all_pairs(everywhere(town, picture, PASSABLE))).all()


def test_a_limit_keeps_exactly_those_within() -> None:
    """Pairs within the limit, the limit included, are listed in order; all others are not."""
    town, picture = damaged(3)
    evacuation = everywhere(town, picture)
    table = all_pairs(evacuation)
    limit_s = float(np.sort(table[np.isfinite(table) & (table > 0)])[20])
    every = np.arange(town.structures.n)
    reach = evacuation.carry_times(every, every, limit_s)
    assert np.array_equal(full(reach), np.where(table <= limit_s, table, np.inf))
    for j in range(reach.n_sites):
        assert (np.diff(reach.home[reach.start[j] : reach.start[j + 1]]) > 0).all()


def test_a_blocked_bridge_sends_the_stretcher_round() -> None:
    """A to B is three minutes over the bridge, five by the lower street once it is down."""
    town, blocked = draw(BRIDGE)
    every = range(town.streets.n_edges)
    whole = picture_of(town, closed_to_vehicles=every)
    down = picture_of(town, closed=blocked, closed_to_vehicles=every)
    way = (np.array([1]), np.array([0]), 500.0)
    assert carried(town, whole, way) == pytest.approx(3 * CARRY_MINUTE_S, abs=1)
    assert carried(town, down, way) == pytest.approx(5 * CARRY_MINUTE_S, abs=1)


def carried(
    town: Town, picture: Picture, way: tuple[NDArray[np.int64], NDArray[np.int64], float]
) -> float:
    """Measure one way in seconds."""
    return float(full(everywhere(town, picture).carry_times(*way))[0, 0])


def test_nobody_who_is_cut_off_is_listed() -> None:
    """With every way closed the pair is not in the list, and the transfer is infinite."""
    town, _ = draw("A-B")
    closed = picture_of(town, closed=[0])
    reach = carry_times(
        town,
        closed,
        sites=np.array([1]),
        homes=np.array([0]),
        limit_s=FAR_S,
        unknown_streets=PASSABLE,
    )
    assert reach.start.tolist() == [0, 0]
    moved = transfer_times(
        town,
        closed,
        origins=np.array([0]),
        destinations=np.array([1]),
        unknown_streets=PASSABLE,
    )
    assert np.isinf(moved).all()
    assert not everywhere(town, closed).is_attached.any()


def test_people_in_the_site_itself_need_no_time() -> None:
    """A home in the very structure of the site is reached at once, even on a closed street."""
    town, _ = draw("A-B")
    found = all_pairs(everywhere(town, picture_of(town, closed=[0])), 60)
    assert found.tolist() == [[0, np.inf], [np.inf, 0]]


def test_far_ways_go_by_vehicle() -> None:
    """Thirty minutes' walk at 15 km/h on the street: loading, driving and unloading."""
    town, _ = draw("A" + "-" * 30 + "B")
    drive_s = 2500 / (15 / 3.6)
    found = all_pairs(everywhere(town, picture_of(town)))
    assert found[0, 1] == pytest.approx(180 + drive_s + 60, abs=0.5)


def test_a_vehicle_obeys_one_way_streets_and_a_stretcher_does_not() -> None:
    """Along a one-way street one is driven, against it one is carried."""
    town, _ = draw("A" + "-" * 30 + "B")
    streets = replace(town.streets, oneway=np.array([1], dtype=np.int8))
    found = all_pairs(everywhere(replace(town, streets=streets), picture_of(town)))
    assert found[0, 1] == pytest.approx(180 + 600 + 60, abs=0.5)
    assert found[1, 0] == pytest.approx(30 * CARRY_MINUTE_S, abs=0.5)


def test_an_ambulance_waits_on_either_side_of_a_broken_bridge() -> None:
    """Driven, carried over the rubble, and driven on: the mix beats carrying all the way."""
    town = two_banks()
    picture = picture_of(town, closed_to_vehicles=[1])
    found = all_pairs(everywhere(town, picture))
    drive_s = 1500 / (15 / 3.6)
    mixed_s = 2 * (180 + 60 + drive_s) + 3 * CARRY_MINUTE_S
    assert found[0, 3] == pytest.approx(mixed_s, abs=1)
    assert found[0, 3] < 39 * CARRY_MINUTE_S


def two_banks() -> Town:
    """Two long streets joined by a short one."""
    return draw("A" + "-" * 18 + "B---C" + "-" * 18 + "D").town


def test_a_place_is_never_joined_across_the_river() -> None:
    """The nearest street lies over the water; the farther one on this bank counts."""
    town, _ = draw("""
A---B
|   |
C---D
""")
    y_m = (town.streets.node_y_m[0] + town.streets.node_y_m[2]) / 2
    x_m = town.streets.node_x_m[[0, 1]]
    river = shapely.LineString([(x_m[0] - 500, y_m + 5), (x_m[1] + 500, y_m + 5)]).buffer(2)
    barriers = replace(
        town.barriers, name=words([""]), kind=words(["river"]), shape=np.array([river])
    )
    spot = Spots(np.array([x_m.mean()]), np.array([y_m + 1.0]))
    edge = everywhere(town, picture_of(town)).landing_of(spot).edge[0]
    assert 0 in edge  # nearest is A-B, to the north
    wet = replace(town, barriers=barriers)
    edge = everywhere(wet, picture_of(wet)).landing_of(spot).edge[0]
    assert town.streets.id[edge].tolist() == ["C-D"] or 0 not in edge


def test_no_sites_or_no_homes_is_an_answer() -> None:
    """Asking about nobody, or about nowhere, gives empty rows."""
    town, _ = draw("A-B")
    evacuation, none, both = everywhere(town, picture_of(town)), np.array([], int), np.arange(2)
    assert evacuation.carry_times(none, both, 60).start.tolist() == [0]
    assert evacuation.carry_times(both, none, 60).start.tolist() == [0, 0, 0]
    assert evacuation.transfer_times(origins=both, destinations=none).shape == (2, 0)
    assert evacuation.transfer_times(origins=none, destinations=both).shape == (0, 2)


def test_progress_is_told() -> None:
    """Whoever waits hears how far the work is, to the end."""
    town, _ = draw("A-B")
    heard: list[tuple[str, int, int]] = []
    everywhere(town, picture_of(town)).carry_times(
        np.arange(2), np.arange(2), 60, progress=lambda *step: heard.append(step)
    )
    assert heard[-1][1] == heard[-1][2] == 1


def test_a_structure_row_out_of_range_is_refused() -> None:
    """A site that is not in the town is a named error."""
    town, _ = draw("A-B")
    with pytest.raises(InputError):
        everywhere(town, picture_of(town)).carry_times(np.array([2]), np.array([0]), 60)


def test_surgery_in_a_far_town_lies_beyond_two_hours() -> None:
    """140 km of highway at convoy speed take longer than the surgery clock allows."""
    town = highway(140_000)
    far = Spots(town.streets.node_x_m[[1]], town.streets.node_y_m[[1]])
    moved = everywhere(town, picture_of(town)).transfer_times(
        origins=np.array([0]), destinations=far
    )
    assert moved[0, 0] == pytest.approx(180 + 140_000 / (60 / 3.6) + 60, abs=1)
    assert moved[0, 0] > 7200


def highway(length_m: float) -> Town:
    """Draw one trunk road."""
    town = draw("A---B").town
    streets = replace(town.streets, highway=words(["trunk"]), length_m=np.array([length_m]))
    return replace(town, streets=streets)


def test_drawn_towns_keep_what_is_crossed_out() -> None:
    """The drawing's crossed-out street is in the town; only a picture closes it."""
    drawn: Drawn = draw(BRIDGE)
    assert drawn.town.streets.id[drawn.blocked].tolist() == ["A-B"]
