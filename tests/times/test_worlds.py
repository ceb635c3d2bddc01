# SPDX-License-Identifier: Apache-2.0
"""Worlds, measured as if each were the only one."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base import facts
from goldenhour.base.errors import InputError
from goldenhour.base.grades import Mode, UnknownStreets
from goldenhour.picture import worlds
from goldenhour.picture.belief import Picture
from goldenhour.picture.worlds import World
from goldenhour.times import worlds as over
from goldenhour.times.carry import Evacuation
from goldenhour.times.result import WithinReach
from goldenhour.times.worlds import WorldCase
from goldenhour.town.town import Town
from tests.times.pictures import hazard, picture_of
from tests.times.ruled import ruled
from tests.times.test_oracles_real import town_of
from tests.towns import make_town

_Result = TypeVar("_Result")
PASSABLE = UnknownStreets.PASSABLE


def draw(seed: int) -> Town:
    """Make a small town."""
    return make_town(seed, n_structures=16, n_side=4)


def _case(town: Town, picture: Picture, *, limit_s: float = 3600.0, seed: int = 5) -> WorldCase:
    """Ask about every structure from the first three."""
    rows = np.arange(town.structures.n)
    return WorldCase(
        evacuation=Evacuation.of(town, picture, unknown_streets=PASSABLE),
        picture=picture,
        seed=seed,
        sites=rows[:3],
        homes=rows,
        limit_s=limit_s,
    )


def _doubtful(town: Town, chance: float = 0.3) -> Picture:
    """Half of the streets are unknown, rubble may lie on all of them, and there are dangers."""
    streets, n = town.streets, town.streets.n_edges
    kinds = ((0, "armed_group", 0.15), (4, "shelling", 0.9), (9, "direct_fire", 0.6))
    return picture_of(
        town,
        unknown=tuple(range(0, n, 2)),
        closed_to_vehicles=(1,),
        rubble_share=chance,
        delay_s=np.where(np.arange(n) % 5 == 0, 120.0, 0.0),
        hazards=[
            hazard(
                shapely.Point(streets.node_x_m[node], streets.node_y_m[node]).buffer(20),
                kind=kind,
                level=level,
            )
            for node, kind, level in kinds
        ],
    )


def _drawn(town: Town, picture: Picture, *, seed: int, number: int) -> World:
    """Draw one world."""
    return worlds.draw(worlds.doubts(town, picture), seed=seed, number=number)


@pytest.mark.laws
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 60), st.integers(0, 10**6))
def test_a_world_is_measured_as_a_picture_without_doubt(town_seed: int, seed: int) -> None:
    """Weighing shared streets anew gives the same times as building the graph of that world."""
    rng = np.random.Generator(np.random.PCG64(town_seed))
    town = draw(town_seed)
    oneway = rng.integers(-1, 2, town.streets.n_edges, dtype=np.int8)
    town = ruled(replace(town, streets=replace(town.streets, oneway=oneway)), rng)
    picture = _doubtful(town)
    case = _case(town, picture, seed=seed)
    for number, reach in enumerate(over.carry_times(case, 3)):
        world = _drawn(town, picture, seed=seed, number=number)
        alone = Evacuation.of(town, worlds.in_world(picture, world), unknown_streets=PASSABLE)
        expected = alone.carry_times(case.sites, case.homes, case.limit_s)
        assert np.array_equal(reach.start, expected.start)
        assert np.array_equal(reach.home, expected.home)
        assert np.array_equal(reach.seconds, expected.seconds)


@pytest.mark.laws
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 60), st.integers(0, 10**6))
def test_the_soonest_site_is_the_least_of_all(town_seed: int, seed: int) -> None:
    """One search from all sites gives each home the least of its times, world by world."""
    town = draw(town_seed)
    case = _case(town, _doubtful(town), seed=seed)
    for reach, soonest in zip(over.carry_times(case, 3), over.soonest(case, 3), strict=True):
        least = np.full(len(case.homes), np.inf, dtype=np.float32)
        np.minimum.at(least, reach.home, reach.seconds)
        assert np.array_equal(soonest, least)


def test_worlds_leave_the_picture_as_it_was() -> None:
    """Asking in many worlds changes neither picture nor evacuation."""
    town = draw(4)
    picture = _doubtful(town)
    case = _case(town, picture)
    before = case.evacuation.carry_times(case.sites, case.homes, 600.0).seconds.copy()
    list(over.soonest(case, 4))
    assert np.array_equal(
        before, case.evacuation.carry_times(case.sites, case.homes, 600.0).seconds
    )


def test_shares_come_near_what_can_be_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """With three doubtful streets the share of worlds nears the sum over all that can be."""
    for name in ("vehicle", "stretcher"):
        monkeypatch.setitem(facts.fact("picture.world_open_closed_share").value, name, 0.0)
    town, limit_s, rubble = draw(6), 240.0, 0.5
    n = town.streets.n_edges
    before_the_doors = _case(town, picture_of(town)).evacuation.landing.edge[:3, 0]
    doubtful = tuple(np.unique(before_the_doors).tolist())
    share = np.where(np.isin(np.arange(n), doubtful), rubble, 0.0)
    picture = picture_of(town, unknown=doubtful, rubble_share=share)
    case = _case(town, picture, limit_s=limit_s)
    shares, n_worlds = over.reached_share(over.soonest(case, 600), (limit_s,))
    expected = np.zeros(len(case.homes))
    for kinds in product(*(_outcomes(case, edge) for edge in doubtful)):
        reach = _in_this_world(case, doubtful, [kind for kind, _ in kinds])
        expected[np.unique(reach.home)] += np.prod([chance for _, chance in kinds])
    assert n_worlds == 600
    assert ((expected > 0.05) & (expected < 0.95)).any()
    assert np.abs(shares[0] - expected).max() < 0.07


def _outcomes(case: WorldCase, edge: int) -> list[tuple[tuple[bool, bool, bool], float]]:
    """List what can be of a doubtful street (on foot, by vehicle, rubble), and how likely."""
    on_foot, by_vehicle = case.doubts.closed_on_foot[edge], case.doubts.closed_to_vehicles[edge]
    rubble = case.doubts.rubble[edge]
    closed = (
        ((True, True), on_foot),
        ((False, True), by_vehicle - on_foot),
        ((False, False), 1 - by_vehicle),
    )
    lying = ((True, rubble), (False, 1 - rubble))
    return [((*ways, lies), one * other) for (ways, one), (lies, other) in product(closed, lying)]


def _in_this_world(
    case: WorldCase, doubtful: tuple[int, ...], kinds: list[tuple[bool, bool, bool]]
) -> WithinReach:
    """Measure in one world that is written down street by street."""
    n = case.evacuation.town.streets.n_edges
    on_foot, by_vehicle, lies = (np.zeros(n, dtype=np.bool_) for _ in range(3))
    for edge, kind in zip(doubtful, kinds, strict=True):
        on_foot[edge], by_vehicle[edge], lies[edge] = kind
    world = World(
        seed=0,
        number=0,
        closed_on_foot=on_foot,
        closed_to_vehicles=by_vehicle,
        rubble=lies,
        delay_s=np.zeros(n, dtype=np.float32),
        danger=np.zeros(0, dtype=np.bool_),
        advance_m=np.zeros(0),
        unfit={},
        people=case.picture.people.people,
    )
    seen = worlds.in_world(case.picture, world)
    there = Evacuation.of(case.evacuation.town, seen, unknown_streets=PASSABLE)
    return there.carry_times(case.sites, case.homes, case.limit_s)


def test_share_is_of_all_worlds() -> None:
    """Limits are inclusive, out of reach counts as not reached, and no world is no share."""
    seconds = [np.array([10, np.inf], dtype=np.float32), np.array([11, 12], dtype=np.float32)]
    share, n = over.reached_share(iter(seconds), (10.0, 12.0))
    assert n == 2
    assert share.tolist() == [[0.5, 0.0], [1.0, 0.5]]
    assert over.reached_share(iter(()), (1.0,))[1] == 0


def test_a_missing_world_is_an_error() -> None:
    """Fewer worlds than asked for never pass as all of them."""
    case = _case(draw(4), _doubtful(draw(4)))
    with pytest.raises(InputError, match="came back"):
        list(over.soonest(case, 3, run=_only_the_first))


def _only_the_first(
    work: Callable[[WorldCase, int], _Result], case: WorldCase, numbers: Iterable[int]
) -> Iterator[_Result]:
    """Forget all worlds but one."""
    yield work(case, min(numbers))


@pytest.mark.real_data
def test_worlds_of_a_real_town(real_data: Path) -> None:
    """Aleppo without a report in 8 worlds: closures cost some 3 % of the homes, and win none."""
    town = town_of(real_data / "aleppo" / "streets.parquet")
    picture = picture_of(town, unknown=range(town.streets.n_edges))
    rows = np.arange(town.structures.n)
    case = replace(_case(town, picture, limit_s=600.0, seed=1), sites=rows[::2000], homes=rows)
    if_open = np.unique(case.evacuation.carry_times(case.sites, case.homes, 600.0).home)
    n_reached = [int(np.isfinite(one).sum()) for one in over.soonest(case, 8)]
    assert len(set(n_reached)) == 8
    assert max(n_reached) < len(if_open)
    assert np.mean(n_reached) / len(if_open) == pytest.approx(0.965, abs=0.02)
    for number, reach in enumerate(over.carry_times(case, 2)):
        assert len(np.unique(reach.home)) == n_reached[number]
    km = town.streets.length_m.sum() / 1000
    assert case.doubts.km_unknown[Mode.VEHICLE] == pytest.approx(km)
