# SPDX-License-Identifier: Apache-2.0
"""The two layers: other times on the same streets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base.errors import InputError
from goldenhour.base.grades import UnknownStreets
from goldenhour.times import layers
from goldenhour.times.carry import Evacuation
from goldenhour.times.kernels.reach import FAR
from goldenhour.times.modes import VehicleClass
from tests.times.pictures import picture_of
from tests.times.test_carry import damaged
from tests.towns import draw

PASSABLE = UnknownStreets.PASSABLE


@pytest.mark.laws
@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_other_times_are_what_building_anew_gives(seed: int) -> None:
    """Taking over the times of another picture gives the network that this picture builds."""
    town, picture = damaged(seed)
    calm = layers.build(town, picture_of(town), unknown_streets=PASSABLE)
    broken = layers.build(town, picture, unknown_streets=PASSABLE)
    ticks = broken.edge_ticks
    foot_s, along_s, against_s = np.where(ticks < FAR, ticks / 64, np.inf)
    edited = calm.with_seconds(foot_s=foot_s, along_s=along_s, against_s=against_s)
    assert np.array_equal(edited.network.ticks, broken.network.ticks)
    assert np.array_equal(edited.network.leaving.ticks, broken.network.leaving.ticks)
    assert np.array_equal(edited.stops, broken.stops)
    assert edited.network.tail is calm.network.tail


def test_other_times_of_another_town_are_refused() -> None:
    """One time per street, or a named error."""
    town, _ = draw("A---B---C")
    built = layers.build(town, picture_of(town), unknown_streets=PASSABLE)
    with pytest.raises(InputError) as problem:
        built.with_seconds(foot_s=[1.0], along_s=[1.0, 2.0], against_s=[1.0, 2.0])
    assert problem.value.code == "GH140"


def test_one_hierarchy_serves_every_picture_and_vehicle_of_a_town() -> None:
    """Prepared once, it is taken over by others and gives the numbers that searches give."""
    town, picture = damaged(21)
    every = np.arange(town.structures.n)
    first = Evacuation.of(town, picture_of(town), unknown_streets=PASSABLE)
    hierarchy = first.prepare()
    for vehicle in VehicleClass:
        searched, prepared = (
            Evacuation.of(town, picture, unknown_streets=PASSABLE, vehicle=vehicle)
            for _ in range(2)
        )
        assert prepared.prepare(hierarchy) is hierarchy
        tables = [
            each.transfer_times(origins=every, destinations=every) for each in (searched, prepared)
        ]
        assert np.array_equal(tables[0], tables[1])


def test_a_hierarchy_of_another_town_is_refused() -> None:
    """Other streets, other hierarchy: a named error and never a wrong number."""
    one, other = (
        Evacuation.of(town, picture_of(town), unknown_streets=PASSABLE)
        for town in (draw("A---B---C").town, draw("A---B").town)
    )
    with pytest.raises(InputError):
        other.prepare(one.prepare())
