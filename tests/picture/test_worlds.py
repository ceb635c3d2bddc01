# SPDX-License-Identifier: Apache-2.0
"""Worlds: drawn the same by everybody, as often as is believed, and never safer than was said."""

from dataclasses import fields, replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base import facts
from goldenhour.base.errors import InputError
from goldenhour.base.grades import Mode, StreetState
from goldenhour.picture import worlds
from goldenhour.picture.belief import Evidence, Picture
from goldenhour.picture.worlds import World
from goldenhour.reports.said import HazardStatus
from goldenhour.town.town import Town
from tests.times.pictures import hazard, picture_of
from tests.towns import make_town

SPOT = shapely.Point(693_100.0, 3_805_100.0).buffer(30)
chances = st.floats(0, 1)
seeds = st.integers(0, 2**40)


def small_town(seed: int = 3) -> Town:
    """Grow a few streets."""
    return make_town(seed, n_structures=4, n_side=4)


def doubtful(town: Town, *, rubble: float = 0.3, level: float = 0.5) -> Picture:
    """Half of the streets are unknown; rubble, delays and a danger may be anywhere."""
    unknown = range(0, town.streets.n_edges, 2)
    return picture_of(
        town,
        unknown=tuple(unknown),
        rubble_share=rubble,
        delay_s=60.0,
        hazards=[hazard(SPOT, kind="armed_group", level=level)],
    )


def drawn(town: Town, picture: Picture, *, seed: int, number: int = 0) -> World:
    """Draw one world."""
    return worlds.draw(worlds.doubts(town, picture), seed=seed, number=number)


def said_together(picture: Picture, *groups: tuple[int, ...]) -> Picture:
    """Let one report after the other speak of some streets each."""
    n = len(picture.streets.delay_s)
    behind = [[row for row, group in enumerate(groups) if edge in group] for edge in range(n)]
    start = np.concatenate([[0], np.cumsum([len(rows) for rows in behind])])
    report = np.array([row for rows in behind for row in rows], dtype=np.int32)
    evidence = Evidence(start=start.astype(np.int64), report=report)
    return replace(picture, streets=replace(picture.streets, evidence=evidence))


def same(one: World, other: World) -> bool:
    """Compare everything."""
    parts = [each.name for each in fields(World) if each.name != "unfit"]
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in parts) and all(
        np.array_equal(one.unfit[tier], other.unfit[tier]) for tier in one.unfit
    )


@pytest.mark.laws
@settings(max_examples=30, deadline=None)
@given(seeds, st.integers(0, 30), st.integers(1, 5))
def test_a_world_is_its_seed_and_number(seed: int, number: int, more: int) -> None:
    """Whoever draws a world, alone or among many, however many come after, draws the same one."""
    town = small_town()
    doubts = worlds.doubts(town, doubtful(town))
    alone = worlds.draw(doubts, seed=seed, number=number)
    among = list(worlds.draw_many(doubts, seed=seed, n=number + more))
    assert len(among) == number + more
    assert same(alone, among[number])
    assert not same(alone, worlds.draw(doubts, seed=seed + 1, number=number))


def test_the_draws_of_a_seed_never_change() -> None:
    """Worlds of today are worlds of tomorrow: these streets of this seed, on every machine."""
    town = small_town()
    rubble = {
        seed: np.flatnonzero(drawn(town, doubtful(town), seed=seed, number=7).rubble).tolist()
        for seed in (26, 62)
    }
    assert rubble == {26: [1, 4, 6, 10, 12], 62: [2, 4, 6, 11, 13]}


@pytest.mark.laws
@settings(max_examples=30, deadline=None)
@given(seeds, chances, chances, chances, chances)
def test_more_danger_and_rubble_close_the_same_and_more(
    seed: int, rubble: float, other: float, level: float, another: float
) -> None:
    """Raising a chance never opens anything in any world, and changes nothing else in it."""
    town = small_town()
    low, high = (
        drawn(town, doubtful(town, rubble=share, level=strength), seed=seed)
        for share, strength in zip(sorted((rubble, other)), sorted((level, another)), strict=True)
    )
    assert not (low.rubble & ~high.rubble).any()
    assert not (low.danger & ~high.danger).any()
    for name in ("closed_on_foot", "closed_to_vehicles", "delay_s"):
        assert np.array_equal(getattr(low, name), getattr(high, name))


@pytest.mark.laws
@settings(max_examples=30, deadline=None)
@given(seeds, st.integers(0, 5), st.sampled_from(StreetState))
def test_news_of_a_street_leaves_the_draws_of_others_alone(
    seed: int, edge: int, state: StreetState
) -> None:
    """Another state of one street, or another danger, changes that one and no other."""
    town = small_town()
    before = doubtful(town)
    states = before.streets.state_vehicle.copy()
    states[edge] = state
    news = (hazard(SPOT.buffer(5), kind="direct_fire"), *before.hazards)
    after = replace(before, hazards=news, streets=replace(before.streets, state_vehicle=states))
    one, other = drawn(town, before, seed=seed), drawn(town, after, seed=seed)
    rest = np.arange(town.streets.n_edges) != edge
    assert np.array_equal(one.closed_to_vehicles[rest], other.closed_to_vehicles[rest])
    assert np.array_equal(one.rubble, other.rubble)
    assert one.danger[0] == other.danger[1]


def test_reported_closures_hold_in_every_world() -> None:
    """A street reported closed is closed in all worlds; what stops a stretcher stops a vehicle."""
    town = small_town()
    picture = picture_of(town, closed=(0,), closed_to_vehicles=(1,), unknown=(2, 3))
    for world in worlds.draw_many(worlds.doubts(town, picture), seed=1, n=200):
        assert world.closed_on_foot[0]
        assert world.closed_to_vehicles[[0, 1]].all()
        assert not (world.closed_on_foot & ~world.closed_to_vehicles).any()


def test_things_happen_as_often_as_is_believed() -> None:
    """Over two thousand worlds the shares are the chances of facts and picture."""
    town = small_town()
    streets, n = town.streets, town.streets.n_edges
    picture = picture_of(
        town,
        unknown=tuple(range(n)),
        rubble_share=[0.4, np.nan, *[0.0] * (n - 2)],
        hazards=[
            hazard(SPOT, kind="armed_group", level=0.2),
            hazard(SPOT, kind="armed_group", level=1.0, status=HazardStatus.CLEARED),
        ],
    )
    doubts = worlds.doubts(replace(town, streets=streets), picture)
    many = list(worlds.draw_many(doubts, seed=2, n=2000))
    rubble = np.mean([world.rubble for world in many], axis=0)
    closed = np.mean([world.closed_to_vehicles for world in many], axis=0)
    stretches = streets.length_m / 100
    share = facts.fact("picture.world_unknown_closed_share").value["vehicle"]
    heaps = facts.number("picture.world_rubble_unknown_share")
    chance = 1 - (1 - share) ** stretches
    assert abs(rubble[0] - 0.4) < 0.05
    assert abs(rubble[1] - (1 - (1 - heaps) ** stretches[1])) < 0.02
    assert not rubble[2:].any()
    assert np.abs(closed - chance).max() < 0.03
    assert abs(np.mean([world.danger[0] for world in many]) - 0.2) < 0.04
    assert not any(world.danger[1] for world in many)


@pytest.mark.laws
@settings(max_examples=30, deadline=None)
@given(st.floats(0.01, 0.99), st.floats(10, 5000))
def test_cutting_a_street_in_two_changes_no_chance(share: float, length_m: float) -> None:
    """A way that nobody reported on is as likely passable in one piece as in two."""
    town = small_town()
    lengths = np.full(town.streets.n_edges, length_m)
    lengths[:2] = share * length_m, (1 - share) * length_m
    streets = replace(town.streets, length_m=lengths)
    picture = picture_of(town, unknown=tuple(range(streets.n_edges)))
    doubts = worlds.doubts(replace(town, streets=streets), picture)
    for chance in (doubts.closed_on_foot, doubts.closed_to_vehicles, doubts.rubble):
        passes = 1 - chance
        assert np.isclose(passes[0] * passes[1], passes[2], rtol=1e-9)


def test_streets_of_one_report_are_as_slow_as_each_other() -> None:
    """Who holds up an avenue holds up all its pieces; the newest report has the last word."""
    town = small_town()
    first, second = (3, 4, 8), (5, 6, 8)
    picture = said_together(picture_of(town, delay_s=60.0), first, second)
    doubts = worlds.doubts(town, picture)
    delay_s = np.array([world.delay_s for world in worlds.draw_many(doubts, seed=4, n=20)])
    assert (delay_s[:, 3] == delay_s[:, 4]).all()
    assert (delay_s[:, [5, 6]] == delay_s[:, [8]]).all()
    assert (delay_s[:, 3] != delay_s[:, 5]).all()
    assert (delay_s[:, 0] != delay_s[:, 1]).all()


def test_delays_stay_between_their_bounds() -> None:
    """A checkpoint takes between the least and the most, on average what the law says."""
    town = small_town()
    factor = facts.fact("picture.world_delay_factor").value
    doubts = worlds.doubts(town, picture_of(town, delay_s=100.0))
    delay_s = np.array([world.delay_s for world in worlds.draw_many(doubts, seed=5, n=500)])
    assert delay_s.min() >= 100 * factor["least"]
    assert delay_s.max() <= 100 * factor["most"]
    assert abs(delay_s.mean() - 100 * sum(factor.values()) / 3) < 3


def test_what_rests_on_priors_is_counted() -> None:
    """Kilometres without a report, by mode, and without damage evidence; bridges have no rubble."""
    town = small_town()
    streets, unknown = town.streets, [0, 2, 5]
    rubble = np.full(streets.n_edges, 0.1)
    rubble[[1, *np.flatnonzero(streets.bridge)]] = np.nan
    picture = picture_of(town, unknown=unknown, closed_to_vehicles=[2], rubble_share=rubble)
    doubts = worlds.doubts(replace(town, streets=streets), picture)
    assert np.isclose(doubts.km_unknown[Mode.STRETCHER], streets.length_m[unknown].sum() / 1000)
    assert np.isclose(doubts.km_unknown[Mode.VEHICLE], streets.length_m[[0, 5]].sum() / 1000)
    assert np.isclose(doubts.km_rubble_unknown, streets.length_m[1] / 1000)
    assert not doubts.rubble[streets.bridge].any()
    assert doubts.rubble[1] > 0


def test_in_a_world_the_picture_is_without_doubt() -> None:
    """Closed is closed, rubble lies or does not, a danger that is there is sure; the rest stays."""
    town = small_town()
    picture = doubtful(town)
    for world in worlds.draw_many(worlds.doubts(town, picture), seed=6, n=30):
        seen = worlds.in_world(picture, world)
        assert (
            (seen.streets.state_vehicle == StreetState.CLOSED) == world.closed_to_vehicles
        ).all()
        assert set(np.unique(seen.streets.rubble_share)) <= {0.0, 1.0}
        assert seen.hazards[0].level == (1.0 if world.danger[0] else 0.5)
        still = ~world.closed_on_foot
        assert (seen.streets.state_stretcher == picture.streets.state_stretcher)[still].all()
        assert seen.damage is picture.damage


@pytest.mark.parametrize(("seed", "number"), [(-1, 0), (0, -1)])
def test_seeds_and_numbers_count_from_0(seed: int, number: int) -> None:
    """A negative one is an error that says so."""
    town = small_town()
    with pytest.raises(InputError, match="from 0"):
        drawn(town, doubtful(town), seed=seed, number=number)
