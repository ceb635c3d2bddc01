# SPDX-License-Identifier: Apache-2.0
"""What ambulance, pick-up and truck do differently, what the ground does, and who waits."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base import facts
from goldenhour.base.errors import InputError
from goldenhour.base.grades import Mode, UnknownStreets
from goldenhour.times import layers, modes
from goldenhour.times.carry import Evacuation
from goldenhour.times.evacuation import ClosedBy, build
from goldenhour.times.modes import VehicleClass
from goldenhour.town.town import Town
from tests.times.pictures import picture_of
from tests.times.ruled import SURFACES
from tests.times.test_carry import all_pairs, damaged
from tests.towns import draw, words

PASSABLE = UnknownStreets.PASSABLE
AMBULANCE, PICK_UP, TRUCK = VehicleClass


def kilometre(highway: str, surface: str = "") -> Town:
    """Draw one street of a kilometre."""
    town = draw("A---B").town
    streets = replace(
        town.streets,
        highway=words([highway]),
        surface=words([surface]),
        length_m=np.array([1000.0]),
    )
    return replace(town, streets=streets)


def speed_kmh(town: Town, vehicle: VehicleClass = AMBULANCE, mode: Mode = Mode.VEHICLE) -> float:
    """Say how fast the street is passed."""
    net, _ = build(town, picture_of(town), mode=mode, unknown_streets=PASSABLE, vehicle=vehicle)
    return float(3600 / net.seconds[0])


@pytest.mark.parametrize(
    ("highway", "surface", "speeds"),
    [
        ("primary", "", (40, 40, 35)),
        ("primary", "asphalt", (40, 40, 35)),
        ("primary", "gravel", (40, 40, 20)),
        ("primary", "sand", (20, 30, 10)),
        ("residential", "mud", (10, 15, 5)),
        ("track", "", (10, 15, 8)),
        ("residential", "", (15, 15, 10)),
    ],
)
def test_speeds_by_vehicle_and_surface(
    highway: str, surface: str, speeds: tuple[float, float, float]
) -> None:
    """A 4x4 keeps going where an ambulance slows down; a truck is slow; unknown ground is none."""
    found = [speed_kmh(kilometre(highway, surface), vehicle) for vehicle in VehicleClass]
    assert found == pytest.approx(speeds, rel=1e-3)


def test_a_stretcher_is_slow_on_sand_and_mud() -> None:
    """Soft ground is carried over as slowly as open ground; gravel is not soft."""
    hard = speed_kmh(kilometre("track"), mode=Mode.STRETCHER)
    assert hard == pytest.approx(5 / 1.6, rel=1e-3)
    assert speed_kmh(kilometre("track", "gravel"), mode=Mode.STRETCHER) == hard
    for soft in ("sand", "mud"):
        found = speed_kmh(kilometre("track", soft), mode=Mode.STRETCHER)
        assert found == pytest.approx(3 / 1.6, rel=1e-3)


def test_streets_of_unknown_surface_are_counted() -> None:
    """Kilometres of which the map does not name the ground are told."""
    for surface, unknown_km in (("", 1.0), ("asphalt", 0.0)):
        town = kilometre("primary", surface)
        _, use = build(town, picture_of(town), mode=Mode.VEHICLE, unknown_streets=PASSABLE)
        assert use.km_surface_unknown == unknown_km


def test_trucks_keep_out_of_narrow_and_weak_streets() -> None:
    """A lane of 2.5 m, a bridge for 3.5 t and a living street: no truck, others pass."""
    town = draw("A---B---C---D---E").town
    streets = replace(
        town.streets,
        highway=words(["residential", "residential", "living_street", "residential"]),
        width_m=np.array([2.5, np.nan, np.nan, 4.0], dtype=np.float32),
        maxweight_t=np.array([np.nan, 3.5, np.nan, 20.0], dtype=np.float32),
    )
    town = replace(town, streets=streets)
    uses = [
        build(town, picture_of(town), mode=Mode.VEHICLE, unknown_streets=PASSABLE, vehicle=vehicle)[
            1
        ]
        for vehicle in VehicleClass
    ]
    assert [use.closed_by.tolist() for use in uses[:2]] == [[ClosedBy.OPEN] * 4] * 2
    assert uses[2].closed_by.tolist() == [ClosedBy.NOT_FOR_MODE] * 3 + [ClosedBy.OPEN]


def test_rubble_stops_a_pick_up_later_and_a_truck_sooner() -> None:
    """At one chance in four an ambulance turns back and a 4x4 does not; at one in five a truck."""
    town = draw("A---B---C---D").town
    picture = picture_of(town, unknown=[0, 1, 2], rubble_share=[0.2, 0.25, 0.4])
    closed = [
        build(town, picture, mode=Mode.VEHICLE, unknown_streets=PASSABLE, vehicle=vehicle)[1]
        for vehicle in VehicleClass
    ]
    assert [use.is_open.tolist() for use in closed] == [
        [True, False, False],
        [True, True, False],
        [False, False, False],
    ]
    seen = picture_of(town, rubble_share=1.0)
    factors = []
    for vehicle in VehicleClass:
        slow, clear = (
            build(town, each, mode=Mode.VEHICLE, unknown_streets=PASSABLE, vehicle=vehicle)[0]
            for each in (seen, picture_of(town))
        )
        factors.append(float(slow.seconds[0] / clear.seconds[0]))
    assert factors == pytest.approx([3, 2, 4], rel=1e-3)


def test_the_ambulance_is_what_there_is_unless_a_question_says_otherwise() -> None:
    """Asked for nothing, the vehicle is the ambulance."""
    town, picture = damaged(5)
    plain = layers.build(town, picture, unknown_streets=PASSABLE)
    named = layers.build(town, picture, unknown_streets=PASSABLE, vehicle=AMBULANCE)
    assert np.array_equal(plain.network.ticks, named.network.ticks)
    assert plain.vehicle_use.vehicle is AMBULANCE


def test_the_wait_for_a_vehicle_is_part_of_the_way() -> None:
    """Half an hour's wait instead of two minutes: 28 minutes later, or carried after all."""
    town = draw("A" + "-" * 60 + "B").town
    usual, late, at_once = (
        all_pairs(
            Evacuation.of(town, picture_of(town), unknown_streets=PASSABLE, vehicle_wait_s=wait_s)
        )[0, 1]
        for wait_s in (None, 1800.0, 0.0)
    )
    assert late - usual == pytest.approx(1680, abs=0.1)
    assert usual - at_once == facts.number("times.vehicle_wait_s") == 120
    assert facts.number("times.vehicle_wait_s") + facts.number("times.loading_s") == 180


@pytest.mark.parametrize("wait_s", [-30.0, np.nan, np.inf])
def test_an_impossible_wait_is_refused(wait_s: float) -> None:
    """A negative, endless or unknown wait is a named error, never a shorter way."""
    town = draw("A---B").town
    with pytest.raises(InputError) as problem:
        Evacuation.of(town, picture_of(town), unknown_streets=PASSABLE, vehicle_wait_s=wait_s)
    assert problem.value.code == "GH141"


@pytest.mark.laws
@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.data())
def test_worse_ground_never_shortens_a_time(seed: int, data: st.DataObject) -> None:
    """From asphalt to gravel to sand to mud: no vehicle and no stretcher gets quicker."""
    town, picture = damaged(seed)
    order = {surface: rank for rank, surface in enumerate(SURFACES)}
    some = data.draw(st.lists(st.integers(0, town.streets.n_edges - 1), max_size=6))
    vehicle = data.draw(st.sampled_from(VehicleClass))
    worst = data.draw(st.sampled_from(SURFACES[2:]))
    surface = town.streets.surface.copy()
    for edge in some:
        surface[edge] = max(surface[edge], worst, key=lambda word: order[word])
    worse = replace(town, streets=replace(town.streets, surface=surface))
    before, after = (
        all_pairs(Evacuation.of(each, picture, unknown_streets=PASSABLE, vehicle=vehicle))
        for each in (town, worse)
    )
    assert (after >= before).all()


@pytest.mark.laws
@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.floats(0, 3600))
def test_a_longer_wait_never_shortens_a_time(seed: int, wait_s: float) -> None:
    """Whoever waits longer is nowhere sooner."""
    town, picture = damaged(seed)
    now, later = (
        all_pairs(Evacuation.of(town, picture, unknown_streets=PASSABLE, vehicle_wait_s=each))
        for each in (wait_s, wait_s + 60)
    )
    assert (later >= now).all()


@pytest.mark.laws
@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000))
def test_an_ambulance_is_never_slower_than_a_truck_by_class_and_ground(seed: int) -> None:
    """On any street as the map has it a truck takes as long or longer."""
    streets = damaged(seed)[0].streets
    ambulance, pick_up, truck = (
        modes.clear_seconds(streets, mode=Mode.VEHICLE, vehicle=vehicle) for vehicle in VehicleClass
    )
    assert (truck >= ambulance).all()
    assert (pick_up <= ambulance).all()
