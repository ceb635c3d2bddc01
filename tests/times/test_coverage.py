# SPDX-License-Identifier: Apache-2.0
"""Whom facilities of given capacity serve: rings of AccessMod, and nobody lost or served twice."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from goldenhour.base.errors import InputError
from goldenhour.times import coverage
from goldenhour.times.coverage import Coverage

MINUTES = np.array([[0.0, 1, 1, 2, 3, np.inf]])
PEOPLE = np.array([[1.0, 2, 4, np.nan, 10, 99]])


def filled(capacity: float) -> Coverage:
    """Fill one facility: rings of 1, 6, 0 and 10 people, and 99 out of reach."""
    return coverage.fill(at, order=[0], capacity=[capacity], people=PEOPLE)


def at(_facility: int) -> NDArray[np.float32]:
    """Give the times of the one facility in seconds."""
    return (MINUTES * 60).astype(np.float32)


def test_the_ring_that_does_not_fit_is_served_in_part() -> None:
    """Of 4 places 1 goes to the nearest ring, 3 to half of each cell of the next."""
    (one,), left = filled(4)
    assert (one.full_s, one.part_s, one.part_share) == (0, 60, 0.5)
    assert (one.served, one.unused, one.catchment_cells) == (4, 0, 3)
    assert left.tolist() == [[0, 1, 2, 0, 10, 99]]


def test_a_capacity_below_the_nearest_ring_is_shared_there() -> None:
    """Half a place for one person serves half of that person's cell, and no ring whole."""
    (one,), left = filled(0.5)
    assert math.isnan(one.full_s)
    assert (one.part_s, one.part_share, one.served) == (0, 0.5, 0.5)
    assert left[0, 0] == 0.5


def test_a_capacity_that_fits_whole_rings_cuts_none() -> None:
    """Seven places end exactly with the second ring; the empty third is not counted."""
    (one,), left = filled(7)
    assert (one.full_s, one.served, one.part_share, one.catchment_cells) == (60, 7, 0, 3)
    assert math.isnan(one.part_s)
    assert left.tolist() == [[0, 0, 0, 0, 10, 99]]


def test_a_capacity_beyond_need_is_left_over() -> None:
    """All 17 in reach are served, 3 places stay free, those out of reach are still listed."""
    (one,), left = filled(20)
    assert (one.in_reach, one.served, one.unused) == (17, 17, 3)
    assert one.catchment_cells == 5
    assert left.tolist() == [[0, 0, 0, 0, 0, 99]]


def test_a_facility_that_reaches_nobody_serves_nobody() -> None:
    """A site inside a barrier has no ring at all."""
    nowhere = np.full((1, 6), np.inf, dtype=np.float32)
    (one,), left = coverage.fill(lambda _: nowhere, order=[0], capacity=[5], people=PEOPLE)
    assert (one.in_reach, one.served, one.unused, one.catchment_cells) == (0, 0, 5, 0)
    assert left.sum() == 116


def test_the_facility_with_most_people_in_reach_comes_first() -> None:
    """Of equals the one named first."""
    times = [np.full((1, 6), np.inf), MINUTES, MINUTES]

    def of(facility: int) -> NDArray[np.float32]:
        return times[facility].astype(np.float32)

    assert coverage.by_people_in_reach(of, 3, PEOPLE) == [1, 2, 0]


@given(
    st.integers(0, 2**32),
    st.lists(st.one_of(st.integers(0, 60), st.floats(0, 60)), min_size=1, max_size=4),
)
def test_served_and_left_are_all_people(seed: int, capacity: list[float]) -> None:
    """Whatever the order and capacities, nobody is lost, served twice, or served out of reach."""
    rng = np.random.Generator(np.random.PCG64(seed))
    people = rng.integers(0, 5, (4, 5)).astype(float)
    times = np.where(rng.random((4, 4, 5)) < 0.2, np.inf, rng.uniform(0, 400, (4, 4, 5)))
    found = coverage.fill(
        lambda facility: times[facility].astype(np.float32),
        order=range(len(capacity)),
        capacity=capacity,
        people=people,
    )
    served = sum(one.served for one in found.facilities)
    assert served + found.left.sum() == pytest.approx(people.sum())
    assert (found.left >= 0).all()
    assert (found.left <= people).all()
    for one in found.facilities:
        assert one.served == pytest.approx(min(one.capacity, one.in_reach))
    out_of_reach = np.isinf(times[: len(capacity)]).all(axis=0)
    assert np.array_equal(found.left[out_of_reach], people[out_of_reach])


def test_zones_add_up() -> None:
    """Two cities and a cell in none; an empty zone has no share."""
    zone = [[1, 1, 1, 3, 2, -1]]
    first, second, empty = coverage.by_zone(zone, people=PEOPLE, left=filled(4).left)
    assert [first.zone, first.people, first.served] == [1, 7, 4]
    assert [second.zone, second.people, second.served] == [2, 10, 0]
    assert first.share == pytest.approx(4 / 7)
    assert math.isnan(empty.share)


@pytest.mark.parametrize(
    "wrong", [{"people": [[-1.0] * 6]}, {"capacity": [-1]}, {"capacity": [math.nan]}, {"ring_s": 0}]
)
def test_impossible_people_and_capacities_are_named_errors(wrong: dict[str, object]) -> None:
    """Fewer than nobody, and a ring without width, are refused."""
    right: dict[str, object] = {"order": [0], "capacity": [1], "people": PEOPLE}
    with pytest.raises(InputError) as caught:
        coverage.fill(at, **(right | wrong))  # type: ignore[arg-type] # wrong on purpose
    assert caught.value.code == "GH136"
