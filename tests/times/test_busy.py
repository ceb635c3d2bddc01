# SPDX-License-Identifier: Apache-2.0
"""Whom a closed street can cost their way: never more than are counted on it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenhour.base.grades import UnknownStreets
from goldenhour.times.busy import (
    is_reached,
    people_by_street,
    street_seconds,
    with_street_seconds,
)
from goldenhour.times.carry import Evacuation
from tests.siting.cases import case


def made(seed: int, n_sites: int) -> tuple[Evacuation, np.ndarray, np.ndarray]:
    """A small town, and some sites in it."""
    start = case(seed, n_structures=40)
    evacuation = Evacuation.of(start.town, start.picture, unknown_streets=UnknownStreets.PASSABLE)
    rng = np.random.Generator(np.random.PCG64(seed))
    return evacuation, rng.choice(40, n_sites, replace=False), start.picture.people.people


def closing(evacuation: Evacuation, edge: int) -> Evacuation:
    """Close one street to everybody."""
    seconds = street_seconds(evacuation)
    seconds[:, edge] = np.inf
    return with_street_seconds(evacuation, seconds)


@pytest.mark.laws
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 500), st.integers(1, 4), st.sampled_from([60.0, 150.0, 600.0]))
def test_one_search_reaches_whom_all_searches_reach(
    seed: int, n_sites: int, limit_s: float
) -> None:
    """Who is reached from any site is who is listed for one of them."""
    evacuation, sites, _ = made(seed, n_sites)
    homes = np.arange(40)
    reach = evacuation.carry_times(sites, homes, limit_s)
    listed = np.isin(homes, reach.home)
    np.testing.assert_array_equal(is_reached(evacuation, sites, homes, limit_s), listed)


@pytest.mark.laws
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 500), st.integers(1, 3), st.sampled_from([60.0, 150.0, 600.0]))
def test_no_closure_costs_more_people_than_pass_the_street(
    seed: int, n_sites: int, limit_s: float
) -> None:
    """Close each street in turn: whoever loses the way was counted on that street."""
    evacuation, sites, people = made(seed, n_sites)
    homes = np.arange(40)
    before = is_reached(evacuation, sites, homes, limit_s)
    busy = people_by_street(evacuation, sites, homes, people, limit_s=limit_s)
    for edge in range(evacuation.town.streets.n_edges):
        after = is_reached(closing(evacuation, edge), sites, homes, limit_s)
        assert not (after & ~before).any()
        assert float(people[before & ~after].sum()) <= busy[edge] + 1e-9


def test_some_street_is_the_only_way() -> None:
    """Where one street leads to the only site, closing it costs all who pass it their way."""
    evacuation, sites, people = made(3, 1)
    homes = np.arange(40)
    before = is_reached(evacuation, sites, homes, 600.0)
    lost = [
        float(people[before & ~is_reached(closing(evacuation, edge), sites, homes, 600.0)].sum())
        for edge in range(evacuation.town.streets.n_edges)
    ]
    assert max(lost) > 0
    busy = people_by_street(evacuation, sites, homes, people, limit_s=600.0)
    assert busy[int(np.argmax(lost))] >= max(lost)


def test_the_same_seconds_give_the_same_times() -> None:
    """Streets that take what they took before change nothing."""
    evacuation, _, _ = made(5, 2)
    same = with_street_seconds(evacuation, street_seconds(evacuation))
    np.testing.assert_array_equal(same.layers.network.ticks, evacuation.layers.network.ticks)
